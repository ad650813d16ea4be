"""Every table of an audit judged for its purpose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.contracts import TABLES, CanonicalTables
from auditlib.parameters.run import Period, Thresholds
from auditlib.records import Reliability, TableReliability
from auditlib.reliability.counting import TableFacts, gather
from auditlib.reliability.judge import judge

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Assessment:
    """The reliability of each table for its purpose.

    Parameters
    ----------
    tables, counts
        The answer for each table, and what it rests on.
    limit
        Largest share of a table that may be in doubt.
    """

    tables: tuple[TableReliability, ...]
    counts: tuple[TableFacts, ...]
    limit: float

    def to_frame(self) -> pd.DataFrame:
        """Return one row per table."""
        import pandas as pd

        rows = [
            (
                judged.table,
                judged.answer.words.capitalize(),
                judged.rows_in,
                judged.rows_kept,
                judged.rows_quarantined,
                counts.quarantined_share,
                " ".join(judged.grounds),
            )
            for judged, counts in zip(self.tables, self.counts, strict=True)
        ]
        names = ("rows_in", "rows_kept", "rows_quarantined", "quarantined_share")
        return pd.DataFrame(rows, columns=["table", "answer", *names, "grounds"])

    def answered(self, answer: Reliability) -> tuple[str, ...]:
        """Return the tables with `answer`."""
        return tuple(judged.table for judged in self.tables if judged.answer is answer)

    @property
    def without_own_total(self) -> tuple[str, ...]:
        """Return the tables for which the client gave no total of its own."""
        return tuple(
            counts.table
            for counts in self.counts
            if all(source.expected_rows is None for source in counts.sources)
        )


def assess(
    evidence: CanonicalTables, *, thresholds: Thresholds, period: Period, of: Iterable[str] = TABLES
) -> Assessment:
    """Judge the supplied tables of `evidence` for their purpose.

    Parameters
    ----------
    evidence
        Canonical tables with their control totals.
    thresholds
        ``quarantine_share`` is the largest share of rows that may be set aside, or refer to nothing.
    period
        A month of it in which a table holds no row at all leaves that table undetermined.
    of
        The tables that are judged, where they were supplied; default: all.
    """
    wanted = set(of)
    supplied = [name for name in TABLES if name in evidence.tables and name in wanted]
    counts = tuple(gather(evidence, table, period=period) for table in supplied)
    tables = tuple(judge(counted, thresholds=thresholds) for counted in counts)
    return Assessment(tables, counts, thresholds.quarantine_share)
