"""The canonical table of interval counts: what a contact centre has where it has no single contacts."""

from __future__ import annotations

from auditlib.contracts.columns import CODE, COUNT, INSTANT, UNIT
from auditlib.contracts.types import Column, Table

INTERVAL_COUNTS = Table(
    "interval_counts",
    "service levels where the client counts contacts by interval and has no single ones",
    ("unit_id", "channel", "queue", "starts", "ended", "length"),
    (
        UNIT,
        Column("channel", CODE, "Contact channel.", required=True),
        Column("queue", CODE, "Queue that is counted; empty for all of the channel.", empty="every queue"),
        Column("starts", INSTANT, "When the interval starts.", required=True),
        Column("ended", INSTANT, "When it ends.", after="starts", empty="it has a length"),
        Column("length", COUNT, "Length in seconds, where its end is not given.", empty="it has an end"),
        Column("offered", COUNT, "Contacts that joined the queue in the interval.", required=True),
        Column("answered", COUNT, "Of these, answered."),
        Column("answered_in_time", COUNT, "Of these, answered within `within_seconds`."),
        Column(
            "within_seconds",
            COUNT,
            "Limit of 'in time' that the source counted by, in seconds: mostly a constant. Counts cannot be "
            "made again at another one.",
        ),
        Column("abandoned", COUNT, "Contacts the customer gave up while waiting."),
        Column("abandoned_in_time", COUNT, "Of these, given up within `within_seconds`.", optional=True),
        Column("abandoned_short", COUNT, "Of these, given up within `short_seconds`.", optional=True),
        Column(
            "short_seconds", COUNT, "Wait up to which a contact given up is short, in seconds.", optional=True
        ),
        Column("flowed_out", COUNT, "Contacts passed to another queue unanswered.", optional=True),
    ),
    "starts",
    people=False,
)
