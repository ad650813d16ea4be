"""Contacts that a matter takes: what one customer calls about until nothing is heard for some days.

A matter that began too shortly before the end of what the audit sees may go on; one that began too shortly
after the first contact of the log may have begun before. Both are left out, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import to_pandas
from auditlib.records import Refusal
from auditlib.time.epoch import DAY

if TYPE_CHECKING:
    import narwhals as nw

NO_MATTERS = Refusal(
    "Contacts do not say which customer called about what.",
    "Ask for the customer and the kind of matter of each contact.",
)
TOO_SHORT = Refusal("No matter lies wholly within what the audit sees.", "Ask for contacts of a longer time.")


@dataclass(frozen=True, slots=True)
class KindOfMatter:
    """Matters of a kind: how many there were, how many came back, and the contacts they took."""

    kind: str
    matters: int
    again: int
    contacts: int

    @property
    def share(self) -> float:
        """The share of matters that took more than a single contact."""
        return self.again / self.matters

    @property
    def mean(self) -> float:
        """Contacts a matter took."""
        return self.contacts / self.matters


@dataclass(frozen=True, slots=True)
class Episodes:
    """Matters and the contacts they took.

    Parameters
    ----------
    kinds
        By kind of matter, most contacts of a matter first.
    going_on, begun_before
        Matters left out since they may go on, or may have begun before the log.
    contacts, nameless
        Contacts of the log, and those that name no customer or no matter.
    silence_days
        Days without a contact after which a matter is over.
    """

    kinds: tuple[KindOfMatter, ...]
    going_on: int
    begun_before: int
    contacts: int
    nameless: int
    silence_days: int

    @property
    def total(self) -> KindOfMatter:
        """All kinds together."""
        return KindOfMatter(
            "",
            sum(entry.matters for entry in self.kinds),
            sum(entry.again for entry in self.kinds),
            sum(entry.contacts for entry in self.kinds),
        )


def episodes(log: nw.LazyFrame[Any], *, silence_days: int, until: int) -> Episodes | Refusal:
    """Return the matters of a log and the contacts they took.

    Parameters
    ----------
    log
        All contacts, those outside of the period included: a matter may begin before it.
    silence_days
        Days without a contact after which a matter is over.
    until
        Instant up to which the audit sees contacts, in UTC microseconds.
    """
    import narwhals as nw

    if not {"customer_id", "matter"} <= set(log.collect_schema().names()):
        return NO_MATTERS
    with_matter = ~(nw.col("customer_id").is_null() | nw.col("matter").is_null())
    size = to_pandas(
        log.select(
            contacts=nw.len(),
            named=nw.when(with_matter).then(1).otherwise(0).sum(),
            first=nw.col("offered_at").min(),
        )
    ).iloc[0]
    if not int(size["contacts"]) or not int(size["named"]):
        return NO_MATTERS
    silence = silence_days * DAY
    matters = _matters(log.filter(with_matter), silence)
    early, late = int(size["first"]) + silence, until - 2 * silence
    counts = to_pandas(_counted(matters, early, late)).sort_values("matter")
    kinds = [
        KindOfMatter(str(kind), *(int(number) for number in row))
        for kind, *row in counts[["matter", "matters", "again", "contacts"]].to_numpy().tolist()
        if row[0]
    ]
    if not kinds:
        return TOO_SHORT
    kinds.sort(key=lambda entry: (-entry.mean, entry.kind))
    unnamed = int(size["contacts"]) - int(size["named"])
    going_on, before = int(counts["going_on"].sum()), int(counts["begun_before"].sum())
    return Episodes(tuple(kinds), going_on, before, int(size["contacts"]), unnamed, silence_days)


def _matters(with_matter: nw.LazyFrame[Any], silence: int) -> nw.LazyFrame[Any]:
    """Return one row for each matter: its kind, when it began, and its contacts."""
    import narwhals as nw

    by, order = ("customer_id", "matter"), ("offered_at", "interaction_id")
    # A contact without an end was over when it was answered, or else offered.
    over = nw.coalesce(nw.col("ended_at"), nw.col("answered_at"), nw.col("offered_at"))
    before = nw.col("over").cum_max().over(*by, order_by=order)
    reach = with_matter.with_columns(over=over).with_columns(reach=before)
    gap = nw.col("offered_at") - nw.col("reach").shift(1).over(*by, order_by=order)
    begins = nw.when(gap.is_null() | (gap > silence)).then(1).otherwise(0)
    numbered = reach.with_columns(begins=begins).with_columns(
        number=nw.col("begins").cum_sum().over(*by, order_by=order)
    )
    return numbered.group_by(*by, "number").agg(
        began=nw.col("offered_at").min(), contacts=nw.len().cast(nw.Int64)
    )


def _counted(matters: nw.LazyFrame[Any], early: int, late: int) -> nw.LazyFrame[Any]:
    """Return matters that began between two instants by kind, and how many began outside of them."""
    import narwhals as nw

    before, after = nw.col("began") < early, nw.col("began") > late
    inside = ~(before | after)
    single = nw.lit(1)
    return (
        matters.with_columns(
            matters=nw.when(inside).then(single).otherwise(0),
            again=nw.when(inside & (nw.col("contacts") > 1)).then(single).otherwise(0),
            contacts=nw.when(inside).then(nw.col("contacts")).otherwise(0),
            going_on=nw.when(after & ~before).then(single).otherwise(0),
            begun_before=nw.when(before).then(single).otherwise(0),
        )
        .group_by("matter")
        .agg(nw.col("matters", "again", "contacts", "going_on", "begun_before").sum())
    )
