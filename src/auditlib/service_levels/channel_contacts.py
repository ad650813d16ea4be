"""The single contacts of a channel, each of them once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.service_levels.legs import joined_legs
from auditlib.standards.supplied import Supplied

if TYPE_CHECKING:
    import narwhals as nw


def channel_contacts(tables: Supplied, channel: str) -> nw.LazyFrame[Any] | None:
    """Return the contacts of a channel and those that name none; None where there is no such table."""
    import narwhals as nw

    if "interactions" not in tables.tables:
        return None
    ours = nw.col("channel").is_null() | (nw.col("channel") == channel)
    return joined_legs(tables.lazy("interactions")).filter(nw.col("in_period"), ours)
