"""Contacts joined by customer and matter: how long it had been silent before each, and how long after.

Legs of one contact are joined first (`auditlib.service_levels.legs`): a contact handed from desk to desk is
one, and is over when the last is known of any leg. Where only a day is known, the end is that day's last
instant and the offer its first: a repeat is what may be one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.legs import KNOWN_UNTIL, joined_legs
from auditlib.standards.whole_days import beyond, whole_day

if TYPE_CHECKING:
    import narwhals as nw

_OPTIONAL = {"customer_id": "String", "matter": "String", "first_level": "Boolean", "contact_id": "String"}
_COLUMNS = (
    "interaction_id", "contact", "unit_id", "channel", "customer_id", "matter", "first_level", "day",
    "offered_at", "starts_at", "answered", "mark", "in_period", "source_file", "source_line",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordedContacts:
    """How many contacts the evidence holds, and how many of them say what first-contact resolution needs.

    Parameters
    ----------
    contacts
        Rows of the evidence, legs counted singly.
    customers, matters, answers, abandons, ends, marks, levels
        Rows that say their customer, their matter, when they were answered, whether they were given up, when
        they ended, whether they were resolved at first as the party says, and whether the first level can.
    days_alone
        Rows of which the offer or the end is known by its day alone.
    first
        When the first was offered, in microseconds.
    """

    contacts: int
    customers: int
    matters: int
    answers: int
    abandons: int
    ends: int
    marks: int
    levels: int
    days_alone: int
    first: int

    @property
    def by_matter(self) -> bool:
        """Whether matters are recorded; otherwise customers alone are told apart."""
        return self.matters > 0


def recorded_in(interactions: nw.LazyFrame[Any]) -> RecordedContacts:
    """Count what contacts say, in one pass."""
    import narwhals as nw

    rows = with_every_column(interactions)
    columns = {"customers": "customer_id", "matters": "matter", "answers": "answered_at",
            "abandons": "abandoned", "ends": "ended_at", "marks": "resolved_first",
            "levels": "first_level"}  # fmt: skip
    vague = whole_day(interactions, "offered") | whole_day(interactions, "ended")
    counted = (
        rows.with_columns(vague=vague.cast(nw.Int64))
        .select(
            nw.len().alias("contacts"),
            *(nw.col(column).count().alias(name) for name, column in columns.items()),
            nw.col("vague").sum().alias("days_alone"),
            nw.col("offered_at").min().alias("first"),
        )
        .collect()
        .rows(named=True)[0]
    )
    return RecordedContacts(**{name: int(value or 0) for name, value in counted.items()})


def with_every_column(interactions: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add optional columns that no source feeds, as unknown."""
    import narwhals as nw

    present = interactions.collect_schema().names()
    absent = [
        nw.lit(None, dtype=getattr(nw, kind)).alias(name)
        for name, kind in _OPTIONAL.items()
        if name not in present
    ]
    return interactions.with_columns(*absent) if absent else interactions


def whole_contacts(
    interactions: nw.LazyFrame[Any], recorded: RecordedContacts, *, rule: RepeatRule
) -> nw.LazyFrame[Any]:
    """Return contacts, their legs joined.

    Columns: ``interaction_id`` of the first leg, ``contact``, ``unit_id``, ``channel``, ``customer_id``,
    ``matter``, ``first_level``, ``day``, ``offered_at``, ``starts_at`` (where windows start), ``answered``,
    ``mark``, ``in_period``, and where the row stands.

    Parameters
    ----------
    recorded
        Without an instant of answer anywhere, all that were not given up count as answered; whether those
        said to be both were is unknown, and so is what their mark says.
    """
    import narwhals as nw

    legs = interactions.with_columns(_last_known(interactions).alias(KNOWN_UNTIL))
    contacts = with_every_column(joined_legs(legs))
    never, gave_up = nw.col("answered_at").is_null(), nw.col("abandoned").fill_null(value=False)
    whole = contacts.with_columns(
        starts_at=nw.col(KNOWN_UNTIL) if rule.from_end else nw.col("offered_at"),
        answered=nw.when(~contradictory()).then(~never if recorded.answers else ~gave_up),
        mark=nw.when(~contradictory()).then(nw.col("resolved_first")),
        day=nw.col("offered_day").cast(nw.Int64),
        contact=contact_of_leg(),
    ).select(*_COLUMNS)
    return whole if rule.abandoned_count else whole.filter(nw.col("answered"))


def legs_of(interactions: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return the contact that each leg is of, by the id of the leg: ``interaction_id`` and ``contact``."""
    return with_every_column(interactions).select("interaction_id", contact=contact_of_leg())


def contact_of_leg() -> nw.Expr:
    """Return the id of the contact that a leg is of: its own where it is the only one."""
    import narwhals as nw

    alone = nw.col("contact_id").is_null()
    return nw.when(alone).then(nw.col("interaction_id")).otherwise(nw.col("contact_id"))


def _last_known(rows: nw.LazyFrame[Any]) -> nw.Expr:
    """Return the end of a leg, or the last that is known of it; of a day without a time its last instant."""
    import narwhals as nw

    ends = nw.when(~nw.col("ended_at").is_null()).then(nw.col("ended_at") + beyond(whole_day(rows, "ended")))
    answer = nw.col("answered_at") + beyond(whole_day(rows, "answered"))
    offer = nw.col("offered_at") + beyond(whole_day(rows, "offered"))
    return ends.when(~nw.col("answered_at").is_null()).then(answer).otherwise(offer)


def identified(*, by_matter: bool) -> nw.Expr:
    """Return whether a contact says what the same matter is told by."""
    import narwhals as nw

    customer = ~nw.col("customer_id").is_null()
    return customer & ~nw.col("matter").is_null() if by_matter else customer


def with_silences(contacts: nw.LazyFrame[Any], *, by_matter: bool) -> nw.LazyFrame[Any]:
    """Add ``since`` and ``until_next``: microseconds without a contact about the same matter.

    Before it, from the latest start of a window among earlier contacts to its offer; and after it, from its
    own start to the next offer. Empty where there is none.

    Parameters
    ----------
    contacts
        Those whose matter can be told: see `identified`.
    """
    import narwhals as nw

    by = ("customer_id", "matter") if by_matter else ("customer_id",)
    order = ["offered_at", "interaction_id"]
    latest = nw.col("starts_at").cum_max().over(*by, order_by=order)
    following = nw.col("offered_at").shift(-1).over(*by, order_by=order)
    placed = contacts.with_columns(latest=latest, following=following)
    before = placed.with_columns(past=nw.col("latest").shift(1).over(*by, order_by=order))
    return before.with_columns(
        since=nw.col("offered_at") - nw.col("past"), until_next=nw.col("following") - nw.col("starts_at")
    ).drop("latest", "following", "past")


def with_vague(
    silences: nw.LazyFrame[Any], contacts: nw.LazyFrame[Any], recorded: RecordedContacts
) -> nw.LazyFrame[Any]:
    """Add contacts whose customer is known and whose matter is not, marked ``vague``.

    Their silences are those of the customer: one that stands alone is a first contact that nobody came back
    to, whatever it was about.

    Parameters
    ----------
    silences
        Contacts whose matter can be told, with their silences.
    contacts
        All contacts.
    """
    import narwhals as nw

    certain = silences.with_columns(vague=nw.lit(value=False))
    if not recorded.by_matter or recorded.matters == recorded.contacts:
        return certain
    customers = with_silences(contacts.filter(identified(by_matter=False)), by_matter=False)
    vague = customers.filter(nw.col("matter").is_null()).with_columns(vague=nw.lit(value=True))
    return nw.concat([certain, vague.select(certain.collect_schema().names())])
