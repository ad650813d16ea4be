"""Contacts of the generated company: what is planted in who called, waited, was linked and was published."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from simulated import AS_OF, small

from company import Company, company
from company.answers_about import DROP_CHANNEL, DROP_SECONDS
from company.clock import DAY
from company.matters import MATTERS, NOT_FOR_FIRST_LEVEL
from company.published import LIMIT
from company.served import planted, repeats

BUSY = small().volume.model_copy(update={"interactions_per_month": 160.0})


@pytest.fixture(scope="module")
def made() -> Company:
    return company(small(volume=BUSY), np.random.default_rng(7))


@pytest.fixture(scope="module")
def contacts(made: Company) -> pd.DataFrame:
    return made.tables["interactions"]


def test_a_contact_is_a_repeat_of_one_matter_or_plainly_of_none(contacts: pd.DataFrame) -> None:
    known = contacts.dropna(subset=["customer_id", "matter"]).sort_values("offered")
    gap = known["offered"] - known.groupby(["customer_id", "matter"])["ended"].shift()
    gap = gap.dropna()
    assert (gap <= 30 * DAY).sum() > 300
    assert ((gap > 0) & ((gap <= 30 * DAY) | (gap > 44 * DAY))).all()


def test_the_truth_of_repeats_is_what_a_reader_would_count(made: Company, contacts: pd.DataFrame) -> None:
    by_matter: dict[tuple[str, str], list[tuple[int, int, bool, bool]]] = {}
    for row in contacts.sort_values("offered").itertuples():
        if isinstance(row.customer_id, str) and isinstance(row.matter, str):
            answered = not pd.isna(row.answered)
            marked = not pd.isna(row.resolved_first) and bool(row.resolved_first)
            entry = (row.offered, row.ended, answered, marked)
            by_matter.setdefault((row.customer_id, row.matter), []).append(entry)
    now = int(AS_OF.timestamp())
    counted: dict[tuple[int, bool], list[int]] = {}
    for calls in by_matter.values():
        for place, (offered, ended, answered, marked) in enumerate(calls):
            if place and offered - calls[place - 1][1] <= 30 * DAY:
                continue
            for days in (1, 3, 7, 14, 30):
                if ended + days * DAY > now:
                    continue
                back = any(offered - ended <= days * DAY for offered, *_ in calls[place + 1 : place + 2])
                entry = counted.setdefault((days, answered), [0, 0, 0])
                entry[0] += 1
                entry[1] += back
                entry[2] += back and marked
    stated = repeats(made).set_index(["days", "first_contact_answered"])
    assert {key: list(row) for key, row in zip(stated.index, stated.to_numpy(), strict=True)} == counted
    assert stated["repeated_though_marked_resolved"].sum() > 50


def test_people_customers_and_hand_overs_belong_to_the_contact(made: Company, contacts: pd.DataFrame) -> None:
    unit_of = made.tables["customers"].set_index("customer_id")["unit_id"]
    known = contacts[contacts["customer_id"].notna()]
    assert (known["customer_id"].map(unit_of) == known["unit_id"]).all()
    assert known["customer_id"].duplicated().mean() > 0.5
    staff = made.tables["employees"].set_index("person_id")
    answered = contacts[contacts["answered"].notna()]
    assert (answered["person_id"].map(staff["unit_id"]) == answered["unit_id"]).all()
    assert contacts[contacts["answered"].isna()][["person_id", "handed_over"]].isna().all(axis=None)
    share = answered.groupby(answered["matter"].isin(NOT_FOR_FIRST_LEVEL))["handed_over"].mean()
    assert share[True] > 4 * share[False]
    assert set(contacts["matter"].dropna()) == set(MATTERS)
    kinds = contacts[["matter", "first_level"]].dropna().drop_duplicates()
    assert set(kinds[~kinds["first_level"].astype(bool)]["matter"]) == set(NOT_FOR_FIRST_LEVEL)
    assert kinds["matter"].is_unique


def test_satisfaction_with_speed_drops_at_the_planted_wait_and_nowhere_else(
    made: Company, contacts: pd.DataFrame
) -> None:
    responses = made.tables["responses"]
    about = responses.dropna(subset=["interaction_id"])
    assert about["interaction_id"].is_unique
    linked = about.merge(contacts, on="interaction_id", suffixes=("", "_of_contact"))
    for name in ("unit_id", "channel", "customer_id"):
        assert (linked[name] == linked[f"{name}_of_contact"]).all()
    assert (linked["ended"] < linked["submitted"]).all()
    waited = (linked["answered"] - linked["offered"]).astype(float)
    calls = linked[linked["channel"] == DROP_CHANNEL]
    bands = pd.cut(waited[calls.index], [0, 20, DROP_SECONDS, 75, 1_000])
    soon, in_time, late, latest = calls.groupby(bands, observed=False)["q_speed"].mean()
    assert soon == pytest.approx(in_time, abs=0.25)
    assert late == pytest.approx(latest, abs=0.25)
    assert in_time - late > 0.5
    chats = linked[linked["channel"] == "chat"]
    slow = waited[chats.index] > DROP_SECONDS
    assert abs(chats[slow]["q_speed"].mean() - chats[~slow]["q_speed"].mean()) < 0.35


def test_an_outage_of_each_kind_that_is_easily_miscounted_is_planted(made: Company) -> None:
    assert made.reachable is not None
    rows = made.reachable.outages.merge(made.reachable.cases, on="outage_id").set_index("case")
    length = rows["ended"] - rows["started"]
    assert rows["ended"].isna().sum() == 1
    assert pd.isna(rows.loc["open_end", "ended"])
    assert length["across_clock_change"] == 2 * 3_600  # from 1 to 4 o'clock in the night that loses an hour
    started, ended = (
        datetime.fromtimestamp(int(rows.loc["across_midnight", name]), UTC) for name in ("started", "ended")
    )
    assert ended.date() > started.date()
    first, second = (rows.loc["overlapping"].iloc[place] for place in (0, 1))
    assert first["started"] < second["started"] < first["ended"] < second["ended"]
    assert rows["unit_id"].isna().any()


def test_published_figures_are_right_flattering_made_up_and_changed_on_the_way(
    made: Company, contacts: pd.DataFrame
) -> None:
    assert made.claimed is not None
    own = contacts[contacts["channel"] == "phone"]
    day = made.canonical("interactions").loc[own.index, "offered_day"]
    rows = made.claimed.figures.merge(made.claimed.cases, on="figure_id")
    for row in rows.itertuples():
        calls = own[(day >= row.period_start) & (day <= row.period_end)]
        in_time = (calls["answered"] - calls["offered"] <= LIMIT).fillna(value=False).sum()
        of_all, of_answered = in_time / len(calls), in_time / calls["answered"].notna().sum()
        given_up = calls["answered"].isna().mean()
        shares = {"over_ended": of_all, "over_answered": of_answered}
        if row.measure == "abandoned":
            assert row.value == pytest.approx(given_up, abs=0.0005)
        elif row.case == "made_up":
            assert min(abs(row.value - share) for share in shares.values()) > 0.05
        else:
            assert row.value == pytest.approx(shares[row.true_definition], abs=0.0005)
            assert of_answered - of_all > 0.01
    monthly = rows[rows["case"] == "changed"]["true_definition"].tolist()
    assert monthly == ["over_ended"] * 6 + ["over_answered"] * 6


def test_what_is_planted_is_written_down(made: Company, contacts: pd.DataFrame) -> None:
    stated = planted(made)
    assert stated["contacts"] == len(contacts)
    assert stated["satisfaction_with_speed_drops"] == {"channel": "phone", "seconds": 45}
