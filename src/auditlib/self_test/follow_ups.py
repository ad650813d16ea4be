"""Faults in the follow-up of responses: planted in cases that were followed up well, and judged again.

One copy of a sample of cases holds all of them, each case at most one fault. The clocks are then run again on
the copy as they were run on the evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib import escalation
from auditlib.escalation.quarantined import with_record_in_quarantine
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import FAILED, Status
from auditlib.parameters.engagement import Engagement
from auditlib.self_test.copied_tables import CopiedTables, put_to, read
from auditlib.self_test.result import FaultTrial, Flaw

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SAMPLE = 600
"""Followed-up responses that are copied, at most."""
EACH = 40
"""Cases in which a fault is planted, at most."""
MINUTE = 60_000_000
_OF_RESPONSES = ("acknowledgements", "follow_ups", "follow_up_reports")
NO_CASE = "no case in the evidence was done well enough to be spoilt"


@dataclass(frozen=True, slots=True)
class PlantedDuty:
    """A fault of one duty.

    Parameters
    ----------
    fault, duty
        What is planted, and the duty that is then not met.
    table
        The table it is planted in.
    spoil
        Takes the rows of the table, which of them belong to the chosen cases, and the deadline of each;
        returns the table with the fault.
    """

    fault: Flaw
    duty: str
    table: str
    spoil: Callable[[pa.Table, np.ndarray, np.ndarray], pa.Table]


def _left_out(rows: pa.Table, chosen: np.ndarray, _due: np.ndarray) -> pa.Table:
    import pyarrow as pa

    return rows.filter(pa.array(~chosen))


def _made_late(rows: pa.Table, chosen: np.ndarray, due: np.ndarray) -> pa.Table:
    """Move what was done to a minute after its deadline."""
    at = rows.column("held_at").to_numpy()
    moved = np.where(chosen, due + MINUTE, at)
    return _set(rows, "held_at", moved)


def _emptied(*columns: str) -> Callable[[pa.Table, np.ndarray, np.ndarray], pa.Table]:
    def spoil(rows: pa.Table, chosen: np.ndarray, _due: np.ndarray) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        for name in columns:
            own = rows.column(name)
            emptied = pc.if_else(pa.array(chosen), pa.scalar(None, own.type), own)
            rows = rows.set_column(rows.column_names.index(name), name, emptied)
        return rows

    return spoil


def _set(rows: pa.Table, name: str, values: np.ndarray) -> pa.Table:
    import pyarrow as pa

    place = rows.column_names.index(name)
    return rows.set_column(place, name, pa.array(values, rows.schema.field(name).type))


PLANTED: tuple[PlantedDuty, ...] = (
    PlantedDuty(
        Flaw("unacknowledged", "acknowledgements struck out", "every response is acknowledged in time"),
        "acknowledgement", "acknowledgements", _left_out,
    ),
    PlantedDuty(
        Flaw("contact_late", "follow-ups made late by a minute", "every follow-up is held in time"),
        "contact", "follow_ups", _made_late,
    ),
    PlantedDuty(
        Flaw("contact_missing", "follow-ups struck out", "every follow-up is held in time"),
        "contact", "follow_ups", _left_out,
    ),
    PlantedDuty(
        Flaw("attendee_missing", "attendees struck out", "those who must be at a follow-up were there"),
        "attendance", "attendance", _left_out,
    ),
    PlantedDuty(
        Flaw("undocumented", "records of follow-ups emptied", "every follow-up is written down"),
        "documentation", "follow_ups", _emptied("note", "cause_code", "verbatim", "questions"),
    ),
    PlantedDuty(
        Flaw("report_undated", "due days of formal reports struck out", "every formal report has its day"),
        "report", "follow_up_reports", _emptied("due_on"),
    ),
)  # fmt: skip


def try_follow_ups(engagement: Engagement, *, rng: np.random.Generator) -> Iterator[FaultTrial]:
    """Yield, for each fault of a duty, how many of those planted the clocks find in the copy.

    Parameters
    ----------
    rng
        Chooses the sample, and the cases in which faults are planted.
    """
    sample = _sample(engagement, rng)
    if isinstance(sample, str):
        yield from (FaultTrial(planted.fault, reason=sample) for planted in PLANTED)
        return
    before = _judged(engagement, sample)
    if isinstance(before, str):
        yield from (FaultTrial(planted.fault, reason=before) for planted in PLANTED)
        return
    chosen = _chosen(before, sample, engagement, rng)
    spoilt = sample
    for planted in PLANTED:
        if len(chosen[planted.fault.key]):
            spoilt = _spoilt(spoilt, planted, chosen[planted.fault.key])
    after = _judged(engagement, spoilt)
    assert not isinstance(after, str)  # noqa: S101 - the copy holds what could be judged before
    touched = set().union(*(rows.index for rows in chosen.values()))
    for planted in PLANTED:
        yield _trial(planted, chosen[planted.fault.key], before, after, touched)


def _sample(engagement: Engagement, rng: np.random.Generator) -> CopiedTables | str:
    """Return a copy of a sample of responses with all that followed; why there is none."""
    import narwhals as nw

    evidence = engagement.evidence
    lacking = [name for name in ("responses", "follow_ups") if name not in evidence.tables]
    if lacking:
        return f"the evidence has no {' and no '.join(lacking)}"
    answered = sorted(set(read(evidence, "follow_ups").column("response_id").to_pylist()))
    ids = rng.permutation(np.array(answered, dtype=object))[:SAMPLE].tolist()
    copied = {"responses": read(evidence, "responses", nw.col("response_id").is_in(ids))}
    for name in _OF_RESPONSES:
        if name in evidence.tables:
            copied[name] = read(evidence, name, nw.col("response_id").is_in(ids))
    for name, key, of in _LINKED:
        if name in evidence.tables and of in copied:
            keys = copied[of].column(key).to_pylist()
            copied[name] = read(evidence, name, nw.col(key).is_in(keys))
    return CopiedTables(evidence, copied)


_LINKED = (
    ("attendance", "follow_up_id", "follow_ups"),
    ("report_actions", "report_id", "follow_up_reports"),
)


def _judged(engagement: Engagement, tables: CopiedTables) -> EscalationResult | str:
    """Run every clock on a copy; return why they cannot be run."""
    answer = escalation.assess(put_to(engagement, tables))
    return answer.result if isinstance(answer, escalation.EscalationAnswer) else answer.refusal.reason


def _chosen(
    before: EscalationResult, sample: CopiedTables, engagement: Engagement, rng: np.random.Generator
) -> Mapping[str, pd.Series]:
    """Return for each fault the cases it is planted in, with their deadlines: each case takes one fault."""
    held = sample.copied["follow_ups"].to_pandas()
    attempts = held.loc[held["held_second"] >= 0, "response_id"].value_counts()
    once = set(attempts.index[attempts == 1])
    # Where a record is in quarantine, what is struck out may have been done: no check may call it missing.
    sound = once - with_record_in_quarantine(sample)
    rows = before.rows[(before.rows["status"] == Status.MET.value) & before.rows["response_id"].isin(sound)]
    as_of = before.context.as_of - MINUTE
    free = {
        planted.fault.key: rows[(rows["duty"] == planted.duty) & (rows["due_at"] < as_of)]
        .set_index("response_id")["due_at"]
        .astype("int64")
        for planted in PLANTED
    }
    taken: set[str] = set()
    chosen = {}
    for key, cases in free.items():
        left = cases[~cases.index.isin(taken)]
        # Half of the cases stay as they are: only on those can a check be seen to find too much.
        fair = max(1, len(cases) // (2 * len(free)))
        chosen[key] = left.iloc[np.sort(rng.permutation(len(left))[: min(EACH, fair)])]
        taken |= set(chosen[key].index)
    return chosen


def _spoilt(tables: CopiedTables, planted: PlantedDuty, cases: pd.Series) -> CopiedTables:
    rows = tables.copied[planted.table]
    responses = rows.to_pandas()["response_id" if planted.table != "attendance" else "follow_up_id"]
    if planted.table == "attendance":
        of = tables.copied["follow_ups"].to_pandas().set_index("follow_up_id")["response_id"]
        responses = responses.map(of)
    due = responses.map(cases)
    changed = planted.spoil(rows, due.notna().to_numpy(), due.fillna(0).to_numpy(np.int64))
    return tables.with_tables(**{planted.table: changed})


def _trial(
    planted: PlantedDuty,
    cases: pd.Series,
    before: EscalationResult,
    after: EscalationResult,
    touched: set[str],
) -> FaultTrial:
    if planted.duty in before.refused:
        return FaultTrial(planted.fault, reason=_lower(before.refused[planted.duty].reason))
    if cases.empty:
        return FaultTrial(planted.fault, reason=NO_CASE)
    failed, failed_before = (_failed(result, planted.duty) for result in (after, before))
    judged = before.rows.loc[before.rows["duty"] == planted.duty, "response_id"]
    untouched = set(judged) - touched
    return FaultTrial(
        planted.fault,
        planted=len(cases),
        found=len(failed & set(cases.index)),
        untouched=len(untouched - failed_before),
        newly=len(failed & (untouched - failed_before)),
    )


def _failed(result: EscalationResult, duty: str) -> set[str]:
    rows = result.rows
    return set(rows.loc[(rows["duty"] == duty) & rows["status"].isin(FAILED), "response_id"])


def _lower(reason: str) -> str:
    """Return a sentence as it stands within another."""
    return f"{reason[:1].lower()}{reason[1:]}".rstrip(".")
