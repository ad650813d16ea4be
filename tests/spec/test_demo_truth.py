"""The whole demo company against its planted truth: quarantine, means, response rates, rows, duties."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unsimulated import UNSIMULATED

from auditlib import escalation, promises, service_levels
from auditlib.contracts import TABLES
from auditlib.escalation import EscalationResult
from auditlib.evidence import Evidence
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.promises import PromiseResult
from auditlib.service_levels.reach import ReachAnswer
from auditlib.service_levels.reach.availability import Availability
from auditlib.service_levels.reach.contact_counts import Trait
from auditlib.service_levels.reach.downtime import TimeSpan, lost_one
from auditlib.service_levels.reach.episodes import Episodes
from auditlib.service_levels.reach.parity import Turn
from auditlib.service_levels.reach.same_mix import Side
from auditlib.time.epoch import SECOND, day_number
from auditlib.time.zones import reached as reached_at
from company import Company, Scenario, company

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
PARAMS = ROOT / "params"


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def truth(name: str) -> pd.DataFrame:
    return pd.read_csv(DEMO / "truth" / name, dtype={"unit_id": str}, keep_default_na=False)


@pytest.fixture(scope="module")
def run() -> Run:
    return load(Run, text("params/runs/demo.yaml"), name="demo.yaml")


@pytest.fixture(scope="module")
def evidence(demo_evidence: Evidence) -> Evidence:
    return demo_evidence


@pytest.fixture(scope="module")
def made() -> Company:
    scenario = load(Scenario, text("params/scenarios/demo.yaml"), name="demo.yaml")
    return company(scenario, np.random.default_rng(scenario.seed))


def test_every_broken_row_is_in_quarantine_with_its_reason_and_no_good_row_is(evidence: Evidence) -> None:
    columns = ["file", "table", "line", "reason"]
    found = evidence.quarantine()[columns].astype({"reason": str})
    order = {"by": columns, "ignore_index": True}
    stated = truth("broken_rows.csv")[columns]
    assert len(stated) > 90
    pd.testing.assert_frame_equal(
        found.astype({"line": int}).astype(object).sort_values(**order),
        stated.astype({"line": int}).astype(object).sort_values(**order),
    )


def test_rows_in_are_rows_kept_and_quarantined(evidence: Evidence) -> None:
    counts = truth("row_counts.csv").groupby("file")["rows"].sum().to_dict()
    found: dict[str, int] = {}
    for totals in evidence.totals:
        assert totals.reconciled
        found[totals.file] = found.get(totals.file, 0) + totals.rows_in
    assert found == counts


def test_unit_means_are_exact(evidence: Evidence) -> None:
    cells = evidence.cells()
    cells["sum_half_points"] = (cells["score"] * 2 * cells["n"]).astype(int)
    keys = ["unit_id", "survey_type", "item"]
    found = cells.groupby(keys)[["n", "sum_half_points"]].sum()
    stated = truth("unit_means.csv").set_index(keys)
    assert found.to_dict("index") == stated[["n", "sum_half_points"]].to_dict("index")
    means = found["sum_half_points"] / 2 / found["n"]
    assert np.allclose(means, stated["mean"].loc[means.index], rtol=0, atol=1e-9)


def answered(frame: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Leave out what belongs to a row without any answer: it is no response, and nothing is owed for it."""
    if "response_id" not in frame:
        return frame
    silent = evidence.frame("unanswered", columns=["response_id"])["response_id"]
    return frame[~frame["response_id"].isin(silent)]


def test_response_rates_are_exact(evidence: Evidence) -> None:
    asked = evidence.frame("invitations", columns=["invitation_id", "unit_id", "survey_type", "in_period"])
    asked = asked[asked["in_period"]]
    sent_back = (evidence.frame(name, columns=["invitation_id"]) for name in ("responses", "unanswered"))
    linked = pd.concat(sent_back)["invitation_id"].dropna()
    keys = ["unit_id", "survey_type"]
    groups = asked["invitation_id"].isin(linked).groupby([asked[key] for key in keys])
    found = pd.DataFrame({"invitations": groups.size(), "responses": groups.sum()})
    stated = truth("response_rates.csv").set_index(keys)[["invitations", "responses"]]
    assert found.to_dict("index") == stated.to_dict("index")


@pytest.mark.parametrize("name", sorted(set(TABLES) - UNSIMULATED))
def test_evidence_holds_what_the_company_did(name: str, evidence: Evidence, made: Company) -> None:
    """Instants, local days, codes and numbers survive every zone, dialect and file form."""
    keys = list(TABLES[name].key)
    generated = answered(made.canonical(name), evidence).sort_values(keys, ignore_index=True)
    taken_in = answered(evidence.frame(name), evidence).sort_values(keys, ignore_index=True)
    assert len(generated) == len(taken_in)
    for column in generated.columns:
        left, right = generated[column], taken_in[column]
        assert (left.isna() == right.isna()).all(), column
        known = left.notna()
        if pd.api.types.is_numeric_dtype(right):
            difference = left[known].astype(float) - right[known].astype(float)
            assert (difference.abs() < 1e-9).all(), column
        else:
            assert left[known].tolist() == right[known].tolist(), column


def test_every_duty_has_its_true_status(run: Run, evidence: Evidence) -> None:
    paths = [path for folder in ("calendars", "policies") for path in (PARAMS / folder).glob("*.yaml")]
    texts = {path.relative_to(PARAMS).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    context = escalation.context_of(Engagement(run, evidence, texts))
    assert isinstance(context, escalation.EscalationContext)
    result = escalation.reperform(evidence, context)
    assert isinstance(result, EscalationResult)
    keys = ["response_id", "duty"]
    found = result.rows.set_index(keys)["status"].astype(str).to_dict()
    stated = answered(truth("duties.csv"), evidence).set_index(keys)["status"].to_dict()
    assert len(stated) > 40_000
    assert found == stated


def test_promised_calls_and_their_deviations_are_judged_as_they_were_planted(
    run: Run, evidence: Evidence
) -> None:
    texts = {
        path.relative_to(PARAMS).as_posix(): path.read_text(encoding="utf-8")
        for path in [*(PARAMS / "policies").glob("*.yaml"), *(PARAMS / "calendars").glob("*.yaml")]
    }
    context = promises.context_of(Engagement(run, evidence, texts))
    assert isinstance(context, promises.PromiseContext)
    found = promises.judge_promises(evidence, context)
    assert isinstance(found, PromiseResult)
    columns = ["call_back_id", "duty", "status"]
    stated = truth("call_backs.csv")[columns].set_index("call_back_id")
    told = found.rows[columns].set_index("call_back_id")
    assert len(told) > 1_000
    assert told.to_dict("index") == stated.loc[told.index].to_dict("index")
    inside = found.deviations["case_id"].isin(told.index)
    verdicts = found.deviations[inside].set_index("deviation_id")["verdict"]
    assert (
        verdicts.to_dict()
        == truth("deviations.csv").set_index("deviation_id")["verdict"][verdicts.index].to_dict()
    )
    assert found.to_frame().set_index("duty").loc["call_back", "excused_share"] > 0.05


@pytest.fixture(scope="module")
def reached(run: Run, evidence: Evidence) -> ReachAnswer:
    paths = [path for folder in ("calendars", "policies") for path in (PARAMS / folder).glob("*.yaml")]
    texts = {path.relative_to(PARAMS).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    return service_levels.reachable(Engagement(run, evidence, texts))


def test_the_channel_whose_mix_of_matters_hides_it_is_found_and_no_other(
    reached: ReachAnswer,
) -> None:
    planted = json.loads((DEMO / "truth" / "contacts.json").read_text("utf-8"))
    parity = reached.result.parity(Trait.AT_ONCE)
    assert parity is not None
    turned = {entry.channel: entry.turn for entry in parity.channels if entry.turn is not Turn.NONE}
    assert turned == {planted["resolved_more_often_within_matters_only"]: Turn.HIDDEN}
    assert not [entry for entry in parity.channels if entry.whole.side in (Side.HIGHER, Side.LOWER)]
    assert {one.subject for one in reached.findings()} == {"channel:post", "outages:endless"}


def test_open_time_lost_is_what_the_planted_outages_took(
    reached: ReachAnswer, made: Company, run: Run, evidence: Evidence
) -> None:
    """Counted a second time, window by window, from what the company knows of its outages."""
    up = reached.result.availability
    assert isinstance(up, Availability)
    assert made.reachable is not None
    rows = made.reachable.outages
    cases = truth("outages.csv").set_index("outage_id")["case"]
    assert [cases[entry.outage_id] for entry in up.endless] == ["open_end"]
    (video,) = (entry for entry in up.channels if entry.channel == "video")
    daily = load(CalendarFile, text("params/calendars/daily.yaml"), name="daily.yaml")
    now = int(run.as_of.timestamp())
    zones = dict(zip(made.world.unit_ids, made.world.zones, strict=True))
    for unit in video.units:
        ours = rows[
            (rows["channel"] == "video") & (rows["unit_id"].isna() | (rows["unit_id"] == unit.unit_id))
        ]
        ends = ours["ended"].fillna(now).astype("int64")
        outages = [TimeSpan(a * SECOND, b * SECOND) for a, b in zip(ours["started"], ends, strict=True)]
        calendar = daily.resolve(years=range(2022, 2027), time_zone=str(zones[unit.unit_id]))
        first, after = (
            reached_at(calendar.zone, day_number(day), 0) for day in (run.period.start, date(2026, 1, 1))
        )
        assert unit.most == lost_one(calendar, outages, within=TimeSpan(first, after)), unit.unit_id
    assert sum(unit.most for unit in video.units) > 0


def test_matters_come_back_as_often_as_was_planted(reached: ReachAnswer, made: Company, run: Run) -> None:
    rows = truth("repeat_contacts.csv")
    within = rows[rows["days"] == 30][["matters", "repeated"]].sum()
    found = reached.result.episodes
    assert isinstance(found, Episodes)
    # the truth leaves the last 30 days out, the room the first 30 and the last 60
    assert found.total.share == pytest.approx(within["repeated"] / within["matters"], abs=0.004)
    calls = made.tables["interactions"].dropna(subset=["customer_id", "matter"]).sort_values("offered")
    month, now = 30 * 86_400, int(run.as_of.timestamp())
    first = made.tables["interactions"]["offered"].min()
    began: dict[tuple[str, str], list[int]] = {}
    matters: list[list[int]] = []
    for who, what, offered, ended in calls[["customer_id", "matter", "offered", "ended"]].to_numpy():
        if (who, what) not in began or offered - began[who, what][1] > month:
            matters.append([offered, 0])
            began[who, what] = [len(matters) - 1, ended]
        began[who, what][1] = max(began[who, what][1], ended)
        matters[began[who, what][0]][1] += 1
    inside = [taken for start, taken in matters if first + month <= start <= now - 2 * month]
    total = found.total
    assert (total.matters, total.contacts) == (len(inside), sum(inside))
    assert total.again == sum(taken > 1 for taken in inside)
    assert total.matters + found.going_on + found.begun_before == len(matters)
