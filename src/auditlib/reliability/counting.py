"""What is counted about a table before it is judged. Counting happens where the data is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts import TABLES, CanonicalTables, Column, ColumnKind
from auditlib.parameters.run import Period
from auditlib.records import SourceTotals
from auditlib.reliability.contradictory_contacts import contradictory_contacts
from auditlib.reliability.count_identities import BrokenIdentity, broken_identities
from auditlib.reliability.queue_balances import UnbalancedQueues, unbalanced_queues
from auditlib.time.months import months_between, months_of_days

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class TableFacts:
    """Counts about one table.

    Parameters
    ----------
    table
        Canonical name.
    sources
        Control totals of the files that feed it.
    rows
        Rows of the canonical table; a wide file of aggregates gives several per record.
    missing
        Rows without a value, by optional column.
    unresolved
        Rows whose reference names a row that was not kept, by column.
    absent
        Tables it refers to that were not supplied.
    empty_months
        Months of the period, as ``year * 100 + month``, in which it holds no row of any unit.
    units_known
        Whether its units could be checked against a register.
    identities
        What its counts must satisfy and some of its intervals do not.
    unbalanced
        Queues whose contacts do not add up over all that is counted of them.
    """

    table: str
    sources: tuple[SourceTotals, ...]
    rows: int
    missing: Mapping[str, int]
    unresolved: Mapping[str, int]
    absent: tuple[str, ...]
    empty_months: tuple[int, ...]
    units_known: bool
    identities: tuple[BrokenIdentity, ...] = ()
    unbalanced: tuple[UnbalancedQueues, ...] = ()

    @property
    def rows_in(self) -> int:
        """Records received."""
        return sum(source.rows_in for source in self.sources)

    @property
    def rows_kept(self) -> int:
        """Records kept."""
        return sum(source.rows_kept for source in self.sources)

    @property
    def rows_quarantined(self) -> int:
        """Records set aside."""
        return sum(source.rows_quarantined for source in self.sources)

    @property
    def rows_judged(self) -> int:
        """Records that could have been kept: all but those the run file leaves out."""
        return sum(source.rows_judged for source in self.sources)

    @property
    def rows_left_out(self) -> int:
        """Records the run file leaves out."""
        return sum(source.rows_left_out for source in self.sources)

    @property
    def unanswered_share(self) -> float:
        """Share of the survey's rows in which nothing is answered; rows of one response are one."""
        return self.rows_unanswered / (self.rows + self.rows_unanswered)

    @property
    def rows_unanswered(self) -> int:
        """Records kept in which nothing is answered: they are no rows of the table."""
        return sum(source.rows_unanswered for source in self.sources)

    @property
    def quarantined_share(self) -> float | None:
        """Share of the records of this table that was set aside; None where there were none."""
        return self.rows_quarantined / self.rows_judged if self.rows_judged else None


def gather(evidence: CanonicalTables, table: str, *, period: Period) -> TableFacts:
    """Count what the judgement of `table` rests on."""
    stored = evidence.lazy(table).collect_schema().names()
    columns = [column for column in TABLES[table].columns if not column.optional or column.name in stored]
    links = [column for column in columns if column.references]
    counts = _counts(evidence.lazy(table), (_stored(column) for column in columns if not column.required))
    rows = counts.pop("rows")
    return TableFacts(
        table,
        tuple(source for source in evidence.totals if source.table == table),
        rows,
        {column: rows - filled for column, filled in counts.items()},
        _unresolved(evidence, table, links),
        tuple(sorted({link.references for link in links} - set(evidence.tables))),
        _empty_months(evidence, table, period=period) if rows else (),
        "units" in evidence.tables or not any(link.references == "units" for link in links),
        (*broken_identities(evidence, table), *contradictory_contacts(evidence, table)) if rows else (),
        unbalanced_queues(evidence, table) if rows else (),
    )


def _stored(column: Column) -> str:
    return f"{column.name}_at" if column.kind is ColumnKind.INSTANT else column.name


def _counts(frame: nw.LazyFrame[Any], columns: Iterable[str]) -> dict[str, int]:
    import narwhals as nw

    filled = (nw.col(column).count().alias(column) for column in columns)
    return {name: int(n) for name, n in one_row(frame.select(nw.len().alias("rows"), *filled)).items()}


def _unresolved(evidence: CanonicalTables, table: str, links: Iterable[Column]) -> dict[str, int]:
    return {
        link.name: _without_match(evidence, table, link)
        for link in links
        if link.references in evidence.tables and link.references != table
    }


def _without_match(evidence: CanonicalTables, table: str, link: Column) -> int:
    import narwhals as nw

    key = TABLES[link.references].key[0]
    referring = evidence.lazy(table).filter(~nw.col(link.name).is_null()).select(reference=nw.col(link.name))
    referenced = evidence.lazy(link.references).select(reference=nw.col(key))
    if any(total.rows_unanswered for total in evidence.totals if total.table == link.references):
        apart = evidence.lazy("unanswered").select(reference=nw.col(key))
        referenced = nw.concat([referenced, apart])
    return int(one_row(referring.join(referenced, on="reference", how="anti").select(rows=nw.len()))["rows"])


def _empty_months(evidence: CanonicalTables, table: str, *, period: Period) -> tuple[int, ...]:
    import narwhals as nw

    instant = TABLES[table].instant
    if not instant:
        return ()
    day = nw.col(f"{instant}_day")
    inside = evidence.lazy(table).filter(nw.col("in_period"), ~day.is_null())
    days = inside.select(day=day).unique().collect()
    filled = set(months_of_days(days["day"].to_list()).tolist())
    return tuple(month for month in months_between(period.start, period.end) if month not in filled)


def one_row(frame: nw.LazyFrame[Any]) -> Mapping[str, Any]:
    """Return the only row of `frame`."""
    return frame.collect().rows(named=True)[0]
