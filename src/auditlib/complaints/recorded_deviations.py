"""What deviations recorded for complaints are worth: those that excuse nothing, as findings (B2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.complaints.deviations import DUTY, elapsed_one, recorded_spans, told_of
from auditlib.complaints.measures import states_entered
from auditlib.obligations import Deviations
from auditlib.obligations.deviations import INVALID, DeviationWorth, recorded_key, verdict_one, worthless
from auditlib.records import Basis, Criterion, Finding, Number, Sentence
from auditlib.standards.measure import Context, Tables
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import pandas as pd

_FROM_BEST = (
    DeviationWorth.VALID,
    DeviationWorth.UNTOLD,
    DeviationWorth.BACK_DATED,
    DeviationWorth.UNLISTED,
    DeviationWorth.NOT_FLEXIBLE,
    DeviationWorth.NO_CASE,
)


@dataclass(frozen=True)
class RecordedDeviations:
    """Every deviation recorded for a complaint, with its verdict.

    Parameters
    ----------
    rows
        ``deviation_id, unit_id, verdict``; the unit is that of the complaint where there is one.
    notebook
        Where its numbers are recorded.
    """

    rows: pd.DataFrame
    notebook: str

    def numbers(self) -> tuple[Number, ...]:
        """Return how many deviations have each verdict."""
        return tuple(
            Number(recorded_key(DUTY, str(verdict)), len(part), "count", basis=(Basis("deviations"),))
            for verdict, part in self.rows.groupby("verdict", sort=True)
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return whether any deviation is recorded."""
        if self.rows.empty:
            return (Sentence("No deviation from the limit of complaints is recorded."),)
        return (
            Sentence("Deviations from the limit of complaints are recorded, and were judged one by one."),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each reason why deviations count for nothing."""
        return tuple(self._worthless())

    def _worthless(self) -> Iterator[Finding]:
        bad = self.rows[self.rows["verdict"].isin([verdict.value for verdict in INVALID])]
        for verdict, part in bad.groupby("verdict", sort=True):
            yield worthless(DUTY, str(verdict), part, notebook=self.notebook)


def recorded_deviations(
    tables: Tables, context: Context, criteria: Sequence[Criterion], *, notebook: str
) -> RecordedDeviations:
    """Say of every deviation recorded for a complaint what it is worth under the criteria.

    A deviation that counts under one criterion is worth that; a complaint that was in time needs none, and
    its deviation is still judged by its reason and by when it was recorded.

    Parameters
    ----------
    tables, context
        As for measures.
    criteria
        Those judged; of them the ones about complaints resolved in time say which reasons count.
    notebook
        Where the numbers are recorded.
    """
    import pandas as pd

    of_duty = [entry for entry in criteria if entry.metric == DUTY]
    if not of_duty or not {"deviations", "complaints", "complaint_events"} <= set(tables.tables):
        return RecordedDeviations(pd.DataFrame(columns=["deviation_id", "unit_id", "verdict"]), notebook)
    entries = recorded_spans(tables, as_of=context.as_of_at)
    cases = _cases(tables, sorted({str(entry["case_id"]) for entry in entries}))
    events = told_of(states_entered(tables, context), list(cases))
    rows = [
        {
            "deviation_id": entry["deviation_id"],
            "unit_id": cases.get(entry["case_id"], {}).get("unit_id") or entry["unit_id"] or "",
            "verdict": _verdict(entry, cases.get(entry["case_id"]), events, of_duty).value,
        }
        for entry in entries
    ]
    return RecordedDeviations(pd.DataFrame(rows, columns=["deviation_id", "unit_id", "verdict"]), notebook)


def _cases(tables: Tables, wanted: list[str]) -> dict[str, dict[str, Any]]:
    """Return by id the complaints that deviations name."""
    import narwhals as nw

    complaints = tables.lazy("complaints")
    present = set(complaints.collect_schema().names())
    names = [name for name in ("complaint_id", "unit_id", "severity", "received_at") if name in present]
    chosen = complaints.filter(nw.col("complaint_id").is_in(wanted)).select(*names) if wanted else None
    rows = chosen.collect().rows(named=True) if chosen is not None else []
    return {str(row["complaint_id"]): dict(row) for row in rows}


def _verdict(
    entry: dict[str, Any],
    case: dict[str, Any] | None,
    events: dict[str, list[tuple[int, bool]]],
    criteria: Sequence[Criterion],
) -> DeviationWorth:
    """Return the best verdict under the criteria that hold for the complaint."""
    if case is None:
        return DeviationWorth.NO_CASE
    severities = ("", case.get("severity"))
    holding = [criterion for criterion in criteria if criterion.options.get("severity", "") in severities]
    states = events.get(str(entry["case_id"]), [])
    used = [
        elapsed_one(case["received_at"], states, at=entry[name]) for name in ("recorded_at", "recorded_until")
    ]
    verdicts = [
        verdict_one(
            Deviations(reasons=held_by.reasons, most=held_by.excused_limit or 0.0)
            if held_by.reasons
            else None,
            reason=str(entry["reason"] or ""),
            recorded_at=used[0],
            recorded_until=used[1],
            due_at=round(float(held_by.options["within_days"]) * DAY),
        )
        for held_by in holding
    ]
    return min(verdicts, key=_FROM_BEST.index, default=DeviationWorth.NOT_FLEXIBLE)
