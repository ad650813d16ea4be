"""What this room needs to see of the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from auditlib.records import SourceTotals

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd


class EvidenceLike(Protocol):
    """Canonical tables with their control totals."""

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals, one per source."""
        ...

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the canonical tables that were supplied."""
        ...

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return a table, unread."""
        ...

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, str | int | float | bool]] = (),
    ) -> pd.DataFrame:
        """Return a table, read."""
        ...

    def quarantine(self) -> pd.DataFrame:
        """Return the quarantined rows."""
        ...


def one_row(frame: nw.LazyFrame[Any]) -> Mapping[str, Any]:
    """Return the only row of `frame`."""
    return frame.collect().rows(named=True)[0]
