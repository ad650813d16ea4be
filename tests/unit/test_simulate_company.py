"""The generated company: what is planted is there, and can be switched off."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from simulated import AS_OF, small
from unsimulated import UNSIMULATED

from auditlib.contracts import TABLES, physical_columns
from auditlib.contracts.types import ColumnKind
from company import Company, company
from company.instruments import QUESTIONS, RELATIONSHIP, answer
from company.scenario import Cohort, Fix, Gaming, Links, Scores
from company.streams import stream
from company.truth import effects, response_rates, unit_means
from company.world import world


@pytest.fixture(scope="module")
def made() -> Company:
    return company(small(), np.random.default_rng(7))


def test_every_canonical_table_of_events_and_people_is_produced(made: Company) -> None:
    assert set(made.tables) == set(TABLES) - UNSIMULATED
    assert all(len(frame) for frame in made.tables.values())


def test_tables_keep_their_contract(made: Company) -> None:
    for name, frame in made.tables.items():
        contract = TABLES[name]
        keys = frame[list(contract.key)]
        assert not keys.isna().any(axis=None), name
        assert not keys.duplicated().any(), name
        for column in contract.columns:
            if column.required:
                assert frame[column.name].notna().all(), (name, column.name)
            if column.codes and column.name in frame:
                assert set(frame[column.name].dropna()) <= set(column.codes), (name, column.name)
            if column.references and column.name in frame:
                known = made.tables[column.references][TABLES[column.references].key[0]]
                assert frame[column.name].dropna().isin(known).all(), (name, column.name)


def test_nothing_true_happens_before_its_trigger_or_after_the_audit_looks(made: Company) -> None:
    now = int(AS_OF.timestamp())
    for name, frame in made.tables.items():
        for column in TABLES[name].columns:
            if column.kind is not ColumnKind.INSTANT or (column.optional and column.name not in frame):
                continue
            assert frame[column.name].max() <= now, (name, column.name)
            if column.after:
                assert ((frame[column.name] - frame[column.after]).dropna() >= 0).all(), (name, column.name)
    submitted = made.tables["responses"].set_index("response_id")["submitted"]
    for name, stem in (("acknowledgements", "sent"), ("follow_ups", "held"), ("rewards", "granted")):
        rows = made.tables[name]
        assert (rows[stem] > rows["response_id"].map(submitted)).all(), name


def test_stored_form_has_the_columns_of_the_contract(made: Company) -> None:
    for name in made.tables:
        stored = made.canonical(name)
        always = tuple(column for column in TABLES[name].columns if not column.optional)
        stored_always = physical_columns(replace(TABLES[name], columns=always))
        expected = [c for c in stored_always if not c.startswith("source_")]
        assert [column for column in expected if column not in stored.columns] == [], name
    row = made.canonical("responses").iloc[0]
    local = pd.Timestamp(row["submitted_at"], unit="us", tz="UTC").tz_convert(
        dict(zip(made.world.unit_ids, made.world.zones, strict=True))[row["unit_id"]]
    )
    assert local.hour * 3600 + local.minute * 60 + local.second == row["submitted_second"]
    assert (local.tz_localize(None).normalize() - pd.Timestamp(0)).days == row["submitted_day"]


def test_difficult_unit_names_are_there_and_can_be_left_out(made: Company) -> None:
    assert {"NA", "007"} <= set(made.tables["units"]["unit_id"])
    plain = company(small(difficult_names=False), np.random.default_rng(7))
    assert not {"NA", "007"} & set(plain.tables["units"]["unit_id"])


def test_rows_outside_the_period_exist_and_are_marked(made: Company) -> None:
    rows = made.canonical("responses")
    day = pd.to_datetime(rows["submitted_day"].astype(int), unit="D")
    assert (day.dt.year.eq(2023) == rows["in_period"]).all()
    assert not rows["in_period"].all()


def test_unit_means_are_exact_counts_of_half_points(made: Company) -> None:
    truth = unit_means(made).set_index(["unit_id", "item"])
    rows = made.tables["responses"]
    own = rows[(rows["unit_id"] == "NA") & rows["in_period"]]["q_speed"].dropna()
    stated = truth.loc[("NA", "q_speed")]
    assert stated["n"] == len(own)
    assert stated["sum_half_points"] == sum(int(score * 2) for score in own)
    assert stated["mean"] == pytest.approx(sum(own) / len(own), abs=1e-12)


def test_response_rates_count_linked_answers_only(made: Company) -> None:
    truth = response_rates(made)
    rows = made.tables["responses"]
    linked = rows[rows["in_period"] & rows["invitation_id"].notna()]
    assert truth["responses"].sum() == len(linked)
    assert truth["response_rate"].between(0.15, 0.75).all()


def test_the_lowest_units_are_linked_and_drift_back_by_themselves() -> None:
    cohort = Cohort(starts_on=date(2023, 7, 1), units=8)
    scenario = small(
        units=40, manager_links=Links(cohorts=(cohort,), effect=0.0), scores=Scores(), gaming=None
    )
    before, after = [], []
    for seed in range(30):
        drawn = world(scenario, np.random.default_rng(seed))
        gap = drawn.path - drawn.path.mean(axis=0)
        linked = [link.unit for link in drawn.links]
        before.append(gap[linked, 3:6].mean())
        after.append(gap[linked, 6:].mean())
    assert np.mean(before) < -0.12
    assert np.mean(after) > np.mean(before) + 0.04


def test_regression_to_the_mean_without_any_effect_can_be_planted() -> None:
    links = Links(cohorts=(Cohort(starts_on=date(2023, 7, 1), units=2),), effect=0.0)
    drawn = world(small(manager_links=links, gaming=None), np.random.default_rng(1))
    assert len(drawn.links) == 2
    assert not drawn.effect.any()
    assert not drawn.suppressed.any()


def test_a_clean_company_has_no_links_and_no_suppression() -> None:
    clean = small(manager_links=Links(), gaming=None, scores=Scores())
    made = company(clean, np.random.default_rng(7))
    assert made.tables["pay_links"].empty
    assert effects(made)["gamed_units"] == []
    assert not made.world.effect.any()


def test_a_gamed_unit_invites_fewer_unhappy_customers(made: Company) -> None:
    honest = company(small(gaming=None), np.random.default_rng(7))
    gamed = effects(made)["gamed_units"]
    assert len(gamed) == 2

    def invited(entry: Company, *, late: bool) -> int:
        rows = entry.canonical("invitations")
        turn = (date(2023, 7, 1) - date(1970, 1, 1)).days
        return int((rows["unit_id"].isin(gamed) & ((rows["sent_day"] >= turn + 2) == late)).sum())

    assert invited(made, late=True) < 0.97 * invited(honest, late=True)
    assert abs(invited(made, late=False) - invited(honest, late=False)) <= 2


def test_a_fixed_cause_brings_fewer_complaints() -> None:
    busy = small(volume=small().volume.model_copy(update={"complaints_per_month": 60.0}))
    rows = company(busy, np.random.default_rng(7)).canonical("complaints")
    after = rows["received_day"] >= (date(2023, 6, 1) - date(1970, 1, 1)).days
    share = (rows["cause_code"] == "billing_error").groupby(after).mean()
    assert share[True] < 0.7 * share[False]


def test_streams_depend_on_seed_and_name_only() -> None:
    rng = np.random.default_rng(11)
    first = stream(rng, "responses").random(3)
    rng.random(100)
    stream(rng, "another table").random(5)
    assert (stream(rng, "responses").random(3) == first).all()
    assert (stream(rng, "rewards").random(3) != first).all()


def test_what_one_table_draws_changes_no_other(made: Company) -> None:
    more = small(volume=small().volume.model_copy(update={"interactions_per_month": 90.0}))
    other = company(more, np.random.default_rng(7))
    assert len(other.tables["interactions"]) > len(made.tables["interactions"])
    assert not other.tables["responses"]["interaction_id"].equals(made.tables["responses"]["interaction_id"])
    for name in ("responses", "follow_ups", "complaints", "outages"):
        left, right = (
            entry.tables[name].drop(columns="interaction_id", errors="ignore") for entry in (other, made)
        )
        pd.testing.assert_frame_equal(left, right)


def test_the_generator_handed_over_is_not_advanced() -> None:
    rng = np.random.default_rng(5)
    before = rng.bit_generator.state
    company(small(units=4), rng)
    assert rng.bit_generator.state == before


def test_scores_round_to_the_scale() -> None:
    overall = QUESTIONS["transactional"][0]
    latent = np.array([-3.0, 3.24, 3.25, 3.49, 3.5, 9.0])
    whole = np.zeros(6, dtype=bool)
    assert answer(latent, overall, whole).tolist() == [1, 3, 3, 3, 4, 5]
    assert answer(latent, overall, ~whole).tolist() == [1, 3, 3.5, 3.5, 3.5, 5]
    recommend = QUESTIONS[RELATIONSHIP][-1]
    assert set(answer(np.linspace(-1, 7, 99), recommend, ~whole[:1].repeat(99))) == set(range(11))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start": date(2023, 1, 2)}, "first day of a month"),
        ({"as_of": AS_OF.replace(tzinfo=None)}, "offset"),
        ({"as_of": AS_OF.replace(day=1)}, "must lie after 2024-01-01"),
        ({"units": 41}, "40"),
        ({"unknown": 1}, "not permitted"),
        ({"scores": Scores(outliers={"U077": 1.0})}, "U077"),
        ({"scores": Scores(outliers={"U002": 1.0})}, "U002"),
        ({"fixes": (Fix(cause_code="weather", implemented_on=date(2023, 6, 1)),)}, "weather"),
        ({"fixes": (Fix(cause_code="handover", implemented_on=date(2024, 1, 1)),)}, "outside"),
        ({"fixes": (Fix(cause_code="handover", implemented_on=date(2022, 12, 31)),)}, "outside"),
        ({"gaming": Gaming(role="staff", starts_on=date(2023, 7, 1))}, "no cohort of the role 'staff'"),
    ],
)
def test_an_impossible_scenario_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        small(**changes)
