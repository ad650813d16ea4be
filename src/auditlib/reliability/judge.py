"""The three-way answer for one table, clause by clause.

A table is *not sufficiently reliable* where rows cannot be accounted for, too many are set aside or too
many refer to nothing; *undetermined* where there is nothing to judge by; otherwise *sufficiently
reliable*. The terms are those of the U.S. Government Accountability Office's guide "Assessing Data
Reliability" (GAO-20-283G).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.parameters.run import Thresholds
from auditlib.records import Reliability, SourceTotals, TableReliability
from auditlib.reliability.counting import TableFacts
from auditlib.reliability.queue_balances import UnbalancedQueues
from auditlib.statements import agreeing, counted, listed, spoken_share
from auditlib.time.months import month_text

MISSING_SHARE_NAMED = 0.2
"""A column that is empty in a larger share of the rows is named in the grounds."""

MOST_NAMED = 6
"""Months, columns or tables that a ground names; of the rest it says that there are others."""

_QUEUES_NAMED = 3
_WORST_FIRST = (Reliability.NOT_SUFFICIENT, Reliability.UNDETERMINED, Reliability.SUFFICIENT)


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground, and the answer it leads to by itself."""

    answer: Reliability
    text: str


def judge(facts: TableFacts, *, thresholds: Thresholds) -> TableReliability:
    """Answer for one table; the worst ground decides and every ground is stated."""
    grounds = sorted(_grounds(facts, thresholds), key=lambda ground: _WORST_FIRST.index(ground.answer))
    return TableReliability(
        facts.table,
        grounds[0].answer,
        tuple(ground.text for ground in grounds),
        facts.rows_in,
        facts.rows_kept,
        facts.rows_quarantined,
    )


def _grounds(facts: TableFacts, thresholds: Thresholds) -> Iterator[Ground]:
    yield from _not_reconciled(facts)
    if facts.rows_in == 0:
        yield Ground(
            Reliability.UNDETERMINED,
            "The file holds no rows; whether nothing happened or nothing was exported cannot be told.",
        )
        return
    if facts.rows_judged == 0:
        yield Ground(Reliability.UNDETERMINED, "The run file leaves out every row of the file.")
        return
    yield _quarantine(facts, thresholds.quarantine_share)
    yield from _references(facts, thresholds.quarantine_share)
    yield from _identities(facts, thresholds.quarantine_share)
    yield from unbalanced_grounds(facts, limit=thresholds.quarantine_share)
    yield from _undetermined(facts)
    yield from _remarks(facts)


def _not_reconciled(facts: TableFacts) -> Iterator[Ground]:
    for source in facts.sources:
        if not source.reconciled:
            yield Ground(Reliability.NOT_SUFFICIENT, _difference(source))


def _difference(source: SourceTotals) -> str:
    if source.expected_rows not in (None, source.rows_in):
        return (
            f"{source.file} holds {counted(source.rows_in, 'row')} where the client counts "
            f"{source.expected_rows:,}."
        )
    accounted = source.rows_accounted
    return (
        f"{source.file} holds {counted(source.rows_in, 'row')} of which "
        f"{counted(accounted, 'is', 'are')} accounted for."
    )


def _quarantine(facts: TableFacts, limit: float) -> Ground:
    share = facts.quarantined_share or 0.0
    if facts.rows_kept == 0:
        return Ground(Reliability.NOT_SUFFICIENT, "No row could be kept.")
    if share > limit:
        return Ground(
            Reliability.NOT_SUFFICIENT,
            f"In quarantine: {spoken_share(share)} of the rows, above the limit of {spoken_share(limit)}.",
        )
    if not facts.rows_quarantined:
        left = "." if not facts.rows_left_out else " but those that the run file leaves out."
        return Ground(Reliability.SUFFICIENT, f"Every row was kept{left}")
    return Ground(
        Reliability.SUFFICIENT,
        f"In quarantine: {spoken_share(share)} of the rows, within the limit of {spoken_share(limit)}.",
    )


def _references(facts: TableFacts, limit: float) -> Iterator[Ground]:
    for column, count in facts.unresolved.items():
        if not count:
            continue
        share = count / facts.rows
        over = share > limit
        yield Ground(
            Reliability.NOT_SUFFICIENT if over else Reliability.SUFFICIENT,
            f"Naming {_a(column)} that is not in the evidence: {spoken_share(share)} of the rows"
            + (f", above the limit of {spoken_share(limit)}." if over else "."),
        )


def _identities(facts: TableFacts, limit: float) -> Iterator[Ground]:
    """Yield what counts do not satisfy: where many do not, the columns are not what they are called."""
    for identity in facts.identities:
        over = identity.share > limit
        where = identity.intervals[0]
        broken = counted(identity.broken, identity.rows)
        text = f"Not so in {broken} of {identity.tested:,}, first in line {where.line} of {where.file}"
        beyond = f", above the limit of {spoken_share(limit)}: the columns are not what they are called"
        yield Ground(
            Reliability.NOT_SUFFICIENT if over else Reliability.SUFFICIENT,
            f"{identity.heading} {text}{beyond if over else ''}."
            + (f" {identity.advice}" if identity.advice else ""),
        )


def unbalanced_grounds(facts: TableFacts, *, limit: float) -> Iterator[Ground]:
    """Yield contacts that came and did not end, and those that ended and did not come."""
    for queues in facts.unbalanced:
        over = queues.share > limit
        text = _nowhere(queues, limit, over=over) if queues.nowhere else _beyond(queues, over=over)
        yield Ground(Reliability.NOT_SUFFICIENT if over else Reliability.SUFFICIENT, text)


def _nowhere(queues: UnbalancedQueues, limit: float, *, over: bool) -> str:
    ended = "answered, given up nor passed on" if queues.passed_on else "answered nor given up"
    beyond = f" and above the limit of {spoken_share(limit)}" if over else ""
    untold = "how many wait when an interval ends" + (
        "" if queues.passed_on else ", and how many are passed on"
    )
    return (
        f"{queues.heading} {queues.contacts:,} of {counted(queues.offered, 'contact')} offered "
        f"({spoken_share(queues.share)}) were neither {ended}, more than the {queues.at_once:,} of the "
        f"busiest intervals that can wait at once{beyond}: {_places(queues)}{_furthest(queues)}. "
        f"Not counted is {untold}: ask for it."
    )


def _beyond(queues: UnbalancedQueues, *, over: bool) -> str:
    verb = agreeing(queues.ended, "was", "were")
    otherwise = ": the columns are not what they are called" if over else ""
    return (
        f"{queues.heading} Not so in {counted(len(queues.queues), 'queue')}: answered, given up or passed "
        f"on {verb} {queues.ended:,} of {counted(queues.came, 'contact')} offered, apart by {_places(queues)}"
        f"{_furthest(queues)}{otherwise}."
    )


def _places(queues: UnbalancedQueues) -> str:
    """Return by how many contacts each queue does not add up, of how many, those that differ most first."""
    places = [
        f"{queue.contacts:,} of {queue.came:,} in {queue.place} ({spoken_share(queue.share)})"
        for queue in queues.queues
    ]
    return listed(places, most=_QUEUES_NAMED)


def _furthest(queues: UnbalancedQueues) -> str:
    first = queues.intervals[0]
    apart = f"{counted(queues.apart, 'interval')} {agreeing(queues.apart, 'lies', 'lie')} apart"
    return f"; {apart}, the furthest by {queues.most:,} in line {first.line} of {first.file}"


def _undetermined(facts: TableFacts) -> Iterator[Ground]:
    if not facts.units_known:
        yield Ground(Reliability.UNDETERMINED, "There is no register of units to check its units against.")
    if facts.empty_months and facts.rows_kept:
        months = listed([month_text(month) for month in facts.empty_months], most=MOST_NAMED)
        yield Ground(
            Reliability.UNDETERMINED, f"No unit has a row in {months}; the export may be incomplete."
        )


def _remarks(facts: TableFacts) -> Iterator[Ground]:
    if all(source.expected_rows == source.rows_in for source in facts.sources):
        yield Ground(Reliability.SUFFICIENT, "The number of rows agrees with the client's total.")
    if facts.rows_unanswered:
        rows = counted(facts.rows_unanswered, "row")
        yield Ground(
            Reliability.SUFFICIENT,
            f"Without any answer: {rows}, {spoken_share(facts.unanswered_share)} of those kept; "
            "they are no responses and count nowhere; a row with a comment alone is a response.",
        )
    sparse = [
        f"{column.removesuffix('_at')} ({spoken_share(count / facts.rows)})"
        for column, count in facts.missing.items()
        if facts.rows and MISSING_SHARE_NAMED < count / facts.rows < 1
    ]
    if sparse:
        yield Ground(Reliability.SUFFICIENT, f"Often empty: {listed(sparse, most=MOST_NAMED)}.")
    absent = [table for table in facts.absent if table != "units"]
    if absent:
        yield Ground(
            Reliability.SUFFICIENT,
            f"References to {listed(absent, most=MOST_NAMED)} were not checked: not supplied.",
        )


def _a(column: str) -> str:
    noun = column.removesuffix("_id").replace("_", " ")
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
