"""Findings: tables that cannot be relied on, and totals that do not reconcile."""

from __future__ import annotations

from auditlib.contracts import TABLES
from auditlib.records import CaseReference, Finding, Grade, Reliability, TableReliability
from auditlib.reliability.assessment import Assessment
from auditlib.reliability.counting import TableFacts
from auditlib.reliability.facts import of_table

_TELL_COLUMNS = (
    "Ask what each column counts, correct the mapping in the run file, and have the counts exported again."
)

_TELL_WHERE = "Ask where the contacts went, and for the columns that are not counted."


def findings_of(assessment: Assessment) -> tuple[Finding, ...]:
    """Return a finding for each table that is not sufficiently reliable, and each total that differs."""
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
    return (*unreliable, *unreconciled)


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
        columns = "waiting" if nowhere[0].passed_on else "waiting and flowed_out"
        constant = "where nobody ever waits on, say so by a constant"
        return f"{_TELL_WHERE} Map them to {columns}; {constant}. {_TELL_COLUMNS}"
    advice = " ".join(entry.advice for entry in facts.identities if entry.advice)
    if advice:
        return advice
    if facts.identities or facts.unbalanced:
        return _TELL_COLUMNS
    return "Have the rows in quarantine corrected at their source and exported again."


def _cases(facts: TableFacts) -> tuple[CaseReference, ...]:
    """Return the rows that prove that counts do not add up, by their key or else by file and line."""
    proofs = [(f"not so: {entry.words}", entry.intervals) for entry in facts.identities]
    for queues in facts.unbalanced:
        words = "more came than ended" if queues.nowhere else "more ended than came"
        proofs.append((words, queues.intervals))
    return tuple(
        CaseReference(
            facts.table,
            interval.id or f"{interval.file}:{interval.line}",
            interval.unit,
            f"{words}; line {interval.line} of {interval.file}" if interval.id else words,
        )
        for words, intervals in proofs
        for interval in intervals
    )


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
