"""What this room needs from the evidence, said as a protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from auditlib.records import SourceTotals

Frame = Any
"""A narwhals frame, eager or lazy."""


class EventTables(Protocol):
    """Canonical tables as lazy frames of one engine."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables there are."""
        ...

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals, one for each source of the run; none where rows came otherwise."""
        ...

    def lazy(self, table: str) -> Frame:
        """Return a canonical table as a narwhals lazy frame."""
        ...

    def lazy_of(self, columns: Mapping[str, Any]) -> Frame:
        """Return a small table made here as a lazy frame of the same engine."""
        ...
