"""The counts of each table as numbers of the audit."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Number, Reliability
from auditlib.reliability.assessment import Assessment
from auditlib.reliability.counting import TableFacts

_NO_ROWS = "Every row of the file is left out."


def facts(assessment: Assessment) -> Iterator[Number]:
    """Yield the counts of each table, and how many tables have each answer."""
    sources = (Basis("sources"),)
    for counts in assessment.counts:
        yield from of_table(counts)
    for answer in Reliability:
        yield Number(f"tables:{answer.value}", len(assessment.answered(answer)), "count", basis=sources)
    yield Number("tables:all", len(assessment.tables), "count", basis=sources)
    yield Number("tables:without_own_total", len(assessment.without_own_total), "count", basis=sources)


def of_table(facts: TableFacts) -> tuple[Number, ...]:
    """Return the counts of one table."""
    table = facts.table
    sources = (Basis("sources", (("table", table),), rows=len(facts.sources)),)
    quarantine = (Basis("quarantine", (("table", table),), rows=facts.rows_quarantined),)
    rows = (Basis(table, rows=facts.rows),)
    totals = [
        Number(f"rows_in:{table}", facts.rows_in, "rows", basis=sources),
        Number(f"rows_kept:{table}", facts.rows_kept, "rows", basis=rows),
        Number(f"rows_quarantined:{table}", facts.rows_quarantined, "rows", basis=quarantine),
        Number(
            f"quarantined_share:{table}",
            facts.quarantined_share,
            "share",
            basis=quarantine,
            reason="" if facts.rows_judged else _NO_ROWS if facts.rows_in else "The file holds no rows.",
        ),
    ]
    return (
        *totals,
        *_unanswered(facts),
        *_gaps(facts),
        *_differences(facts),
        *_identities(facts),
        *_unbalanced(facts),
    )


def _identities(facts: TableFacts) -> Iterator[Number]:
    """Yield how many intervals break what counts must satisfy, of those that say enough."""
    basis = (Basis(facts.table, rows=facts.rows),)
    for identity in facts.identities:
        name = f"{identity.name}:{facts.table}"
        yield Number(f"broken_{name}", identity.broken, "count", identity.tested, basis=basis)


def _unbalanced(facts: TableFacts) -> Iterator[Number]:
    """Yield by how many contacts queues do not add up, and what a reader needs to check it."""
    basis = (Basis(facts.table, rows=facts.rows),)
    for queues in facts.unbalanced:
        for name, value, unit, n in (
            (queues.name, queues.contacts, "count", queues.offered),
            (f"{queues.name}_share", queues.share, "share", queues.offered),
            (f"{queues.name}_queues", len(queues.queues), "count", None),
            (f"{queues.name}_came", queues.came, "count", None),
            (f"{queues.name}_ended", queues.ended, "count", None),
            (f"{queues.name}_at_once", queues.at_once, "count", None),
            (f"{queues.name}_intervals", queues.apart, "count", None),
            (f"{queues.name}_most", queues.most, "count", None),
        ):
            yield Number(f"{name}:{facts.table}", value, unit, n, basis=basis)
        for queue in queues.queues:
            key, n = f"{queues.name}_in.{queue.place}:{facts.table}", queue.came
            name = queue.place if any(map(str.isdigit, queue.place)) else ""
            yield Number(key, queue.contacts, "count", n, basis=basis, reason=name)
            yield Number(f"share_of_{key}", queue.share, "share", n, basis=basis)


def _unanswered(facts: TableFacts) -> Iterator[Number]:
    """Yield how many rows of a survey hold no answer, and their share; nothing where there are none."""
    if facts.rows_unanswered:
        basis = (Basis("unanswered", rows=facts.rows_unanswered),)
        yield Number(f"rows_unanswered:{facts.table}", facts.rows_unanswered, "rows", basis=basis)
        share = facts.unanswered_share
        yield Number(f"unanswered_share:{facts.table}", share, "share", basis=basis)


def _differences(facts: TableFacts) -> tuple[Number, ...]:
    """Return the totals of each source that does not reconcile, as its grounds state them."""
    return tuple(
        Number(f"{name}.{source.file}:{facts.table}", value, "rows", basis=(Basis("sources"),))
        for source in facts.sources
        if not source.reconciled
        for name, value in (
            ("source_rows", source.rows_in),
            ("client_rows", source.expected_rows),
            ("accounted_rows", source.rows_accounted),
        )
        if value is not None
    )


def _gaps(facts: TableFacts) -> tuple[Number, ...]:
    kinds = (("unresolved", facts.unresolved), ("missing", facts.missing))
    basis = (Basis(facts.table, rows=facts.rows),)
    return tuple(
        number
        for kind, counts in kinds
        for column, count in counts.items()
        for number in (
            Number(f"{kind}.{column}:{facts.table}", count, "rows", basis=basis),
            *_share_of(f"{kind}_share.{column}:{facts.table}", count, facts.rows, basis),
        )
    )


def _share_of(key: str, count: int, rows: int, basis: tuple[Basis, ...]) -> Iterator[Number]:
    if rows:
        yield Number(key, count / rows, "share", basis=basis)
