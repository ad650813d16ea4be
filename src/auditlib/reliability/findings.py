"""Findings: tables that cannot be relied on, and totals that do not reconcile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditlib.contracts import TABLES
from auditlib.records import CaseReference, Finding, Grade, Reliability, TableReliability
from auditlib.reliability.assessment import Assessment
from auditlib.reliability.count_identities import BrokenInterval
from auditlib.reliability.counting import TableFacts
from auditlib.reliability.facts import of_table
from auditlib.reliability.judge import MOST_NAMED, unbalanced_grounds
from auditlib.reliability.queue_balances import UnbalancedQueue, UnbalancedQueues
from auditlib.statements import listed

_TELL_COLUMNS = (
    "Ask what each column counts, correct the mapping in the run file, and have the counts exported again."
)

_TELL_WHERE = "Ask where the contacts went, and for the columns that are not counted."


def findings_of(assessment: Assessment) -> tuple[Finding, ...]:
    """Return a finding for each table that is not sufficiently reliable, and each total that differs.

    Queues that do not add up, of a table that is otherwise reliable, are a finding of their own.
    """
    unreliable = [
        _unreliable(judged, counts)
        for judged, counts in zip(assessment.tables, assessment.counts, strict=True)
        if judged.answer is Reliability.NOT_SUFFICIENT
    ]
    unreconciled = [
        _unreconciled(source.table, source.file)
        for counts in assessment.counts
        for source in counts.sources
        if not source.reconciled
    ]
    queues = [
        _of_queues(unbalanced, above, counts)
        for judged, counts in zip(assessment.tables, assessment.counts, strict=True)
        if judged.answer is not Reliability.NOT_SUFFICIENT
        for unbalanced in counts.unbalanced
        if (above := unbalanced.above(assessment.limit))
    ]
    return (*unreliable, *unreconciled, *queues)


def _of_queues(unbalanced: UnbalancedQueues, above: Sequence[UnbalancedQueue], facts: TableFacts) -> Finding:
    """Return that queues do not add up though the whole table does, within its limit."""
    places = listed([queue.place for queue in above], most=MOST_NAMED)
    (ground,) = unbalanced_grounds(replace(facts, unbalanced=(unbalanced,)), limit=1.0)
    went = "Contacts went nowhere" if unbalanced.nowhere else "More contacts ended than came"
    return Finding(
        criterion="data.queues: In every queue as many contacts end as come",
        condition=ground.text,
        cause="A count is not exported, such as who is passed on, or the columns count different contacts.",
        effect="What became of these contacts is unknown: shares of these queues are told between bounds.",
        recommendation=_tell_where(unbalanced) if unbalanced.nowhere else _TELL_COLUMNS,
        grade=Grade.MINOR,
        subject=f"{facts.table}:{unbalanced.name}",
        evidence=tuple(number.key for number in of_table(facts)),
        shortfall=above[0].share,
        cases=_of_intervals(facts.table, unbalanced),
        cases_in_all=unbalanced.apart,
        headline=f"{went}: {places}",
    )


def _tell_where(nowhere: UnbalancedQueues) -> str:
    columns = "waiting" if nowhere.passed_on else "waiting and flowed_out"
    constant = "where nobody ever waits on, say so by a constant"
    return f"{_TELL_WHERE} Map them to {columns}; {constant}. {_TELL_COLUMNS}"


def _unreliable(judged: TableReliability, facts: TableFacts) -> Finding:
    shares = [*(entry.share for entry in facts.identities), *(queues.share for queues in facts.unbalanced)]
    return Finding(
        criterion="data.reliability: What a conclusion rests on is sufficiently reliable for its purpose",
        condition=f"The table {judged.table} is not sufficiently reliable. {' '.join(judged.grounds)}",
        cause="The export, or its declaration in the run file, does not match what was delivered.",
        effect=f"Not established: {TABLES[judged.table].purpose}.",
        recommendation=_recommended(facts),
        grade=Grade.MAJOR,
        subject=judged.table,
        evidence=tuple(number.key for number in of_table(facts)),
        shortfall=max(shares, default=facts.quarantined_share),
        cases=_cases(facts),
        cases_in_all=sum(identity.broken for identity in facts.identities)
        + sum(queues.apart for queues in facts.unbalanced),
    )


def _recommended(facts: TableFacts) -> str:
    """Return what to ask for: columns that say where contacts went, what columns count, or sound rows."""
    nowhere = [queues for queues in facts.unbalanced if queues.nowhere]
    if nowhere and not facts.identities:
        return _tell_where(nowhere[0])
    advice = " ".join(entry.advice for entry in facts.identities if entry.advice)
    if advice:
        return advice
    if facts.identities or facts.unbalanced:
        return _TELL_COLUMNS
    return "Have the rows in quarantine corrected at their source and exported again."


def _cases(facts: TableFacts) -> tuple[CaseReference, ...]:
    """Return the rows that prove that counts do not add up, by their key or else by file and line."""
    identities = (
        _case(facts.table, interval, f"not so: {entry.words}")
        for entry in facts.identities
        for interval in entry.intervals
    )
    queues = (case for queues in facts.unbalanced for case in _of_intervals(facts.table, queues))
    return (*identities, *queues)


def _of_intervals(table: str, queues: UnbalancedQueues) -> tuple[CaseReference, ...]:
    words = "more came than ended" if queues.nowhere else "more ended than came"
    return tuple(_case(table, interval, words) for interval in queues.intervals)


def _case(table: str, interval: BrokenInterval, words: str) -> CaseReference:
    place = interval.id or f"{interval.file}:{interval.line}"
    where = f"; line {interval.line} of {interval.file}" if interval.id else ""
    return CaseReference(table, place, interval.unit, f"{words}{where}")


def _unreconciled(table: str, file: str) -> Finding:
    return Finding(
        criterion="data.reconciliation: Every row received is accounted for, as the client counts them",
        condition=f"The control totals of {file} do not reconcile.",
        cause="Rows were lost or added between the client's system and the file delivered.",
        effect=f"Whether {table} is complete is not known.",
        recommendation="Have the file exported again together with the number of its rows.",
        grade=Grade.MAJOR,
        subject=file,
        evidence=(f"rows_in:{table}", f"rows_kept:{table}", f"rows_quarantined:{table}"),
    )
