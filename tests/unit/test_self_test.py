"""Faults planted in copies: found where the check sees them, missed where it is blinded, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import filled_company
import narwhals as nw
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from surveyed_units import unfounded

from auditlib.audit.numerals import orphans
from auditlib.escalation import duties
from auditlib.parameters.engagement import Engagement
from auditlib.records import Instrument
from auditlib.self_test import (
    FaultTrial,
    SelfTest,
    SelfTestAnswer,
    broken_rows,
    complaints,
    follow_ups,
    scores,
)
from auditlib.self_test.copied_tables import CopiedTables, read
from auditlib.self_test.result import Flaw
from auditlib.standards.measure import Context

TABLES = ("units", *filled_company.company(good=True).tables)


@dataclass(frozen=True, eq=False)
class Whole(filled_company.Company):
    """The filled company as rooms see evidence: with its surveys, cells and quarantine."""

    context: Context | None = None

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        assert self.context is not None
        run = self.context.run
        return {name: run.instrument(name) for name in run.instruments}

    def cells(self) -> pd.DataFrame:
        return self.frame("cells")

    def quarantine(self) -> pd.DataFrame:
        return pd.DataFrame({"table": [], "line": []})


@pytest.fixture
def engagement(monkeypatch: pytest.MonkeyPatch) -> Engagement:
    """A company that does everything well, in which one answer in four is low."""
    monkeypatch.setattr(filled_company, "_score", lambda _good, n, _kind: 2.0 if n % 4 == 0 else 5.0)
    held = filled_company.company(good=True).held
    context = filled_company.context(tuple(held))
    return Engagement(context.run, Whole(held, context=context), context.texts)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def by_key(trials: Any) -> dict[str, FaultTrial]:
    return {trial.fault.key: trial for trial in trials}


def without(engagement: Engagement, *tables: str) -> Engagement:
    held = {name: rows for name, rows in engagement.evidence.held.items() if name not in tables}
    return Engagement(engagement.run, Whole(held, context=engagement.evidence.context), engagement.texts)


def test_every_fault_of_a_follow_up_is_found_and_nothing_beside_it(engagement: Engagement) -> None:
    trials = by_key(follow_ups.try_follow_ups(engagement, rng=rng()))
    assert set(trials) == {planted.fault.key for planted in follow_ups.PLANTED}
    for trial in trials.values():
        assert trial.planted >= 5, trial
        assert trial.found == trial.planted
        assert trial.newly == 0
        assert trial.untouched > 0


def blind_to(status: str) -> Any:
    """Return a judge of duties that calls what has `status` met."""

    def judge(chosen: Any, **options: Any) -> Any:
        judged = duties_assess(chosen, **options)
        seen = nw.when(nw.col("status") == status).then(nw.lit("met")).otherwise(nw.col("status"))
        return judged.with_columns(status=seen)

    return judge


duties_assess = duties.assess


def test_a_clock_that_cannot_be_late_finds_none_of_the_late(
    engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "assess", blind_to("late"))
    trials = by_key(follow_ups.try_follow_ups(engagement, rng=rng()))
    assert trials["contact_late"].planted > 0
    assert trials["contact_late"].found == 0
    assert trials["contact_missing"].found == trials["contact_missing"].planted
    said = SelfTestAnswer(SelfTest(tuple(trials.values()))).summary()
    planted = trials["contact_late"].planted
    assert f"Of {planted} follow-ups made late by a minute, the check found 0." in [s.text for s in said]


def test_a_check_that_calls_everything_late_is_told_by_what_it_newly_finds(
    engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def judge(chosen: Any, **options: Any) -> Any:
        calls.append(1)
        judged = duties_assess(chosen, **options)
        return judged if len(calls) == 1 else judged.with_columns(status=nw.lit("late"))

    monkeypatch.setattr(duties, "assess", judge)
    trial = by_key(follow_ups.try_follow_ups(engagement, rng=rng()))["contact_late"]
    assert trial.found == trial.planted
    assert trial.newly == trial.untouched > 0


def test_nothing_planted_is_nothing_found(engagement: Engagement, monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = tuple(
        follow_ups.PlantedDuty(planted.fault, planted.duty, planted.table, lambda rows, *_: rows)
        for planted in follow_ups.PLANTED
    )
    monkeypatch.setattr(follow_ups, "PLANTED", harmless)
    for trial in follow_ups.try_follow_ups(engagement, rng=rng()):
        assert (trial.found, trial.newly) == (0, 0)


def test_the_evidence_is_never_touched(engagement: Engagement) -> None:
    before = {name: rows.to_pylist() for name, rows in engagement.evidence.held.items()}
    for attempt in (follow_ups.try_follow_ups, complaints.try_shares, broken_rows.try_broken_rows):
        assert list(attempt(engagement, rng=rng()))
    assert {name: rows.to_pylist() for name, rows in engagement.evidence.held.items()} == before


def test_what_the_evidence_lacks_is_named(engagement: Engagement) -> None:
    trials = by_key(follow_ups.try_follow_ups(without(engagement, "attendance"), rng=rng()))
    assert "attendance" in trials["attendee_missing"].reason
    assert trials["contact_late"].found > 0
    bare = without(engagement, "follow_ups")
    for trial in follow_ups.try_follow_ups(bare, rng=rng()):
        assert (trial.planted, trial.reason) == (0, "the evidence has no follow_ups")
    answer = SelfTestAnswer(SelfTest(tuple(follow_ups.try_follow_ups(bare, rng=rng()))))
    assert answer.summary()[0].text.startswith("Nothing could be planted")
    assert answer.exhibit() == ()
    (sentence,) = answer.left_out()
    assert sentence.text.startswith("Not planted, because the evidence has no follow_ups: acknowledgements")
    assert len(sentence.keys) == len(follow_ups.PLANTED)


def test_shares_of_a_standard_move_by_what_was_planted(engagement: Engagement) -> None:
    trials = by_key(complaints.try_shares(engagement, rng=rng()))
    assert set(trials) == {"complaint_unsolved", "complaint_uncoded", "invited_again"}
    for trial in trials.values():
        assert trial.planted == complaints.EACH, trial
        assert (trial.found, trial.newly) == (trial.planted, 0), trial


def test_a_measure_that_looks_away_finds_nothing(
    engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = complaints.PLANTED[0]
    blind = complaints.PlantedShare(
        first.fault, complaints.complaints_coded, {}, first.bad, first.table, first.spoil
    )
    monkeypatch.setattr(complaints, "PLANTED", (blind,))
    (trial,) = complaints.try_shares(engagement, rng=rng())
    assert (trial.planted, trial.found) == (complaints.EACH, 0)


def test_a_share_without_its_tables_is_not_tried(engagement: Engagement) -> None:
    trials = by_key(complaints.try_shares(without(engagement, "complaint_events", "invitations"), rng=rng()))
    assert trials["complaint_unsolved"].reason == "the evidence has no complaint_events"
    assert trials["invited_again"].reason == "the evidence has no invitations"
    assert trials["complaint_uncoded"].found > 0


def test_every_broken_row_is_put_aside_and_no_sound_one(engagement: Engagement) -> None:
    trials = by_key(broken_rows.try_broken_rows(engagement, rng=rng()))
    assert len(trials) == len(broken_rows.BREAKAGES) + 1
    for trial in trials.values():
        assert trial.planted > 0, trial
        assert (trial.found, trial.newly) == (trial.planted, 0), trial


def test_what_is_written_out_names_nobody(engagement: Engagement) -> None:
    files = [broken_rows._written(engagement, name, rng()) for name in broken_rows.WRITTEN[:3]]
    ids = {
        str(value)
        for name in ("responses", "follow_ups", "complaints")
        for column in (
            "response_id",
            "customer_id",
            "follow_up_id",
            "complaint_id",
            "account_id",
            "note",
            "verbatim",
        )
        for rows in [engagement.evidence.frame(name)]
        if column in rows
        for value in rows[column]
    }
    cells = {cell for file in files for line in file.lines for cell in line}
    assert not (ids - {"None", "nan"}) & cells
    assert {"A", "B"} <= cells


def test_an_intake_that_keeps_scores_off_their_scale_is_told(
    engagement: Engagement, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = broken_rows.prepare

    class Blind:
        def __init__(self, *arguments: Any) -> None:
            self.evidence = real(*arguments)

        def quarantine(self) -> pd.DataFrame:
            rows = self.evidence.quarantine()
            return rows[rows["reason"] != "scale"]

    monkeypatch.setattr(broken_rows, "prepare", Blind)
    trials = by_key(broken_rows.try_broken_rows(engagement, rng=rng()))
    assert (trials["row_scale"].planted > 0, trials["row_scale"].found) == (True, 0)
    assert trials["row_time"].found == trials["row_time"].planted


def test_without_a_register_no_unit_is_a_wrong_one(engagement: Engagement) -> None:
    trials = by_key(broken_rows.try_broken_rows(without(engagement, "units"), rng=rng()))
    assert (trials["row_unit"].planted, bool(trials["row_unit"].reason)) == (0, True)
    assert trials["row_key"].found == trials["row_key"].planted > 0


def test_no_table_with_rows_to_break_is_said(engagement: Engagement) -> None:
    bare = without(engagement, *broken_rows.WRITTEN)
    for trial in broken_rows.try_broken_rows(bare, rng=rng()):
        assert trial.reason == "no table of this evidence holds what could be broken so"


@dataclass(frozen=True, eq=False)
class Compared(Whole):
    """Units that are all alike, counted in cells."""

    counts: pd.DataFrame = field(default_factory=pd.DataFrame)

    def cells(self) -> pd.DataFrame:
        return self.counts


def alike(engagement: Engagement, *, n: int) -> Engagement:
    units = [f"U{number:02d}" for number in range(30)]
    shares, draw = (0.05, 0.05, 0.2, 0.3, 0.4), np.random.default_rng(2)
    rows = [
        (unit, 202601, "transactional", filled_company.ITEM, score, count)
        for unit in units
        for score, count in enumerate(draw.multinomial(n, shares), start=1)
    ]
    columns = ["unit_id", "month", "survey_type", "item", "score", "n"]
    counts = pd.DataFrame(rows, columns=columns).astype({"score": float})
    register = filled_company.canonical("units", *[{"unit_id": unit, "country": "DE"} for unit in units])
    held = {**engagement.evidence.held, "units": register}
    evidence = Compared(held, context=engagement.evidence.context, counts=counts)
    return Engagement(engagement.run, evidence, engagement.texts)


def test_units_made_worse_are_called_out_where_there_are_answers_enough(engagement: Engagement) -> None:
    (many,) = scores.try_scores(alike(engagement, n=1500), rng=rng())
    (few,) = scores.try_scores(alike(engagement, n=40), rng=rng())
    assert many.planted == few.planted == scores.UNITS
    assert (many.found, many.newly) == (many.planted, 0)
    assert few.found < many.found
    assert few.acquitted == 0


def test_a_unit_made_worse_that_is_not_found_is_not_said_to_be_sound() -> None:
    for acquitted, said in (
        (0, "found 6; of what it missed, none is said to be like the others."),
        (1, "found 6; of what it missed, 1 is said to be like the others."),
        (None, "found 6."),
    ):
        trial = FaultTrial(scores.WORSE, planted=8, found=6, acquitted=acquitted)
        answer = SelfTestAnswer(SelfTest((trial,)))
        assert said in str(answer)
        assert unfounded(answer) == []


def test_unharmed_units_are_not_called_out(engagement: Engagement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "MOVED", 0.0)
    (trial,) = scores.try_scores(alike(engagement, n=1500), rng=rng())
    assert (trial.found, trial.newly) == (0, 0)


def test_as_many_answers_as_before(engagement: Engagement) -> None:
    """Answers are turned, never added or lost."""
    put = alike(engagement, n=300)
    before = scores._compared(put, put.evidence.cells(), "transactional")
    assert before is not None
    cells = scores._lowered(put.evidence.cells(), "U03", before)
    assert cells["n"].sum() == put.evidence.cells()["n"].sum()
    own = cells[cells["unit_id"] == "U03"].set_index("score")["n"]
    was = put.evidence.cells()
    was = was[was["unit_id"] == "U03"].set_index("score")["n"]
    assert (own[1.0] - was[1.0], was[5.0] - own[5.0]) == (30, 30)


def test_a_copy_is_read_where_there_is_one(engagement: Engagement) -> None:
    evidence = engagement.evidence
    fewer = read(evidence, "follow_ups").slice(0, 3)
    copy = CopiedTables(evidence, {"follow_ups": fewer})
    assert len(copy.frame("follow_ups")) == copy.lazy("follow_ups").collect().shape[0] == 3
    assert len(copy.frame("units")) == len(evidence.frame("units"))
    assert isinstance(read(copy, "follow_ups"), pa.Table)


def test_every_number_in_words_is_a_number() -> None:
    fault = Flaw("late", "follow-ups made late", "every follow-up is held in time")
    result = SelfTest(
        (
            FaultTrial(fault, 40, 38, 300, 2),
            FaultTrial(Flaw("x", "rows", "c"), reason="there is none"),
        )
    )
    answer = SelfTestAnswer(result)
    numbers = {number.key: number for number in answer.numbers()}
    for sentence in (*answer.summary(), *answer.left_out(), *answer.limits()):
        assert not orphans(sentence.text, [numbers[key] for key in sentence.keys])
    assert [sentence.text for sentence in answer.summary()][1:] == [
        "Of 40 follow-ups made late, the check found 38.",
        "Of 300 cases left as they are in the copy, 2 were newly called wrong.",
    ]
