"""What every room sees of the evidence: canonical tables, their totals, and the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from auditlib.records import Instrument, SourceTotals

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

Option = str | int | float | bool
"""A value rows are selected by."""


class CanonicalTables(Protocol):
    """The evidence of one audit; `evidence.Evidence` is it, and so is whatever a test makes by hand."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the canonical tables that were supplied."""

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals, one for each source of the run, in its order; none where rows came otherwise."""

    @property
    def instruments(self) -> Mapping[str, Instrument]:
        """Its surveys by type."""

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return a table that is computed where it is stored."""

    def lazy_of(self, columns: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        """Return a small table made in memory, to be joined with `lazy` ones."""

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, Option]] = (),
    ) -> pd.DataFrame:
        """Return rows of a table, or of ``cells``, read."""

    def cells(self) -> pd.DataFrame:
        """Return counts per unit, month, survey type, item and score, inside the period."""

    def quarantine(self) -> pd.DataFrame:
        """Return the quarantined rows."""

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        """Return the cases that quarantined rows of `table` name in column `link`, each with the reason."""
