"""Whether business became less where invitations did, as far as the evidence holds the transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.integrity.groups import Group, MonthGrid
from auditlib.integrity.paid_question import by_month, read
from auditlib.statistics.changes import Flags
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw

    from auditlib.contracts import CanonicalTables

TRANSACTIONS: Mapping[str, tuple[str, str, str]] = {
    "incident_events": ("case_id", "opened_day", "cases opened"),
    "interactions": ("interaction_id", "offered_day", "contacts by customers"),
}
"""Tables of transactions: what one is known by, its day, and what is counted, in words."""


@dataclass(frozen=True, slots=True)
class BusinessChange:
    """How many transactions a month there were after a link, against before it.

    Parameters
    ----------
    group
        Whose link.
    table
        Of `TRANSACTIONS`.
    linked, others
        Change of transactions a month in the linked units and in those compared with; -0.1 is a tenth less.
    n
        Transactions counted.
    """

    group: Group
    table: str
    linked: float
    others: float
    n: int

    @property
    def key(self) -> str:
        """Names its numbers within the audit."""
        return f"business:{self.table}:{self.group.key}"

    @property
    def words(self) -> str:
        """What was counted."""
        return TRANSACTIONS[self.table][2]

    @property
    def ratio(self) -> float:
        """Business of linked units after the link, as a multiple of what the others' course lets expect."""
        return (1 + self.linked) / (1 + self.others)

    def rules_out(self, most: float) -> bool:
        """Return whether business fell by less than invitations surely did.

        Parameters
        ----------
        most
            Upper limit of invitations of linked units, as a multiple of what those of the others let expect.
        """
        return self.ratio > most


def business_of(
    tables: CanonicalTables, group: Group, calendar: MonthGrid, *, compared: Flags
) -> Iterator[BusinessChange]:
    """Yield how business changed with a link, by table of transactions that tells it.

    Parameters
    ----------
    compared
        Units of the group and those compared with, over the units of the audit.
    """
    for table in TRANSACTIONS:
        if table not in tables.tables:
            continue
        monthly = _monthly(tables, table, calendar)
        sides = [compared & group.linked, compared & group.comparison]
        rates = np.array([[monthly[units][:, months].sum() / max(int(months.sum()), 1)
                           for months in (group.before, group.after)] for units in sides])  # fmt: skip
        if (rates > 0).all():
            linked, others = (float(after / before - 1) for before, after in rates)
            whole = monthly[compared][:, group.before | group.after].sum()
            yield BusinessChange(group, table, linked, others, int(whole))


def _monthly(tables: CanonicalTables, table: str, calendar: MonthGrid) -> Floats:
    """Count transactions by unit and month; one of several rows counts once, on its first day."""
    import narwhals as nw

    name, day, _ = TRANSACTIONS[table]
    rows: nw.LazyFrame[Any] = tables.lazy(table).filter(~nw.col("unit_id").is_null(), ~nw.col(day).is_null())
    single = rows.group_by(name).agg(unit_id=nw.col("unit_id").min(), day=nw.col(day).min())
    return by_month(read(single.group_by("unit_id", "day").agg(transactions=nw.len())), calendar)[
        "transactions"
    ]
