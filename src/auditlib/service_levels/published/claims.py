"""Shares that the party published, as its register of figures says them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditlib.contracts import CanonicalTables
from auditlib.time.epoch import date_of, day_number

TABLE = "published_figures"
STEP = 0.001
"""Step to which a figure was rounded, where it does not say."""


@dataclass(frozen=True, slots=True)
class PublishedShare:
    """One share that was published.

    Parameters
    ----------
    number
        Its place in the register, by what it is about and when it was published.
    measure
        Metric it is the share of.
    channel, unit
        What it is about; empty for all.
    first, last
        Local days it is about, both included.
    step
        To which it was rounded.
    limit
        Seconds it was counted by; None where it does not say.
    definition
        What it is said to follow; empty where nothing is said.
    figure_id
        What it is called in the register.
    """

    number: int
    measure: str
    channel: str
    unit: str
    first: date
    last: date
    value: float
    step: float = STEP
    limit: int | None = None
    definition: str = ""
    published_on: date | None = None
    place: str = ""
    figure_id: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest share that is rounded to it."""
        return self.value - self.step / 2, self.value + self.step / 2

    @property
    def days(self) -> tuple[int, int]:
        """First and last local day as day numbers."""
        return day_number(self.first), day_number(self.last)

    @property
    def about(self) -> tuple[str, str, str, int | None, date, date]:
        """What it is about: two figures about the same must agree."""
        return (self.measure, self.channel, self.unit, self.limit, self.first, self.last)

    @property
    def month(self) -> int | None:
        """The month it is about; None where it is about other days."""
        whole = self.first.day == 1 and (self.last.toordinal() + 1 == _next_month(self.first).toordinal())
        return self.first.year * 100 + self.first.month if whole else None


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def published_shares(tables: CanonicalTables) -> tuple[PublishedShare, ...]:
    """Return the figures of the register, by what they are about and when they were published."""
    if TABLE not in tables.tables:
        return ()
    rows = tables.lazy(TABLE).collect().rows(named=True)
    shares = sorted((_share(row) for row in rows), key=_order)
    return tuple(_numbered(shares))


def _order(share: PublishedShare) -> tuple[Any, ...]:
    limit = -1 if share.limit is None else share.limit
    day = share.published_on or date.min
    return (share.measure, share.channel, share.unit, limit, share.first, share.last, day, share.value)


def _numbered(shares: list[PublishedShare]) -> Iterator[PublishedShare]:
    from dataclasses import replace

    for number, share in enumerate(shares, start=1):
        yield replace(share, number=number)


def _share(row: dict[str, Any]) -> PublishedShare:
    published = row.get("published_on")
    return PublishedShare(
        0,
        row["measure"],
        row.get("channel") or "",
        row.get("unit_id") or "",
        date_of(int(row["period_start"])),
        date_of(int(row["period_end"])),
        float(row["value"]),
        float(row.get("rounded_to") or STEP),
        None if row.get("limit_seconds") is None else int(row["limit_seconds"]),
        row.get("definition") or "",
        None if published is None else date_of(int(published)),
        row.get("place") or "",
        row.get("figure_id") or "",
    )
