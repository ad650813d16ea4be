"""The canonical tables of counts by interval, and of shares that the party published."""

from __future__ import annotations

from auditlib.contracts.columns import CODE, COUNT, DAY, FLAG, INSTANT, NUMBER, SHARE, TEXT, UNIT, key, link
from auditlib.contracts.types import Column, Table

INTERVAL_COUNTS = Table(
    "interval_counts",
    "service levels where the client counts contacts by interval and has no single ones",
    ("unit_id", "channel", "queue", "starts", "ended", "length", "exported_on"),
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
        Column(
            "within_inclusive",
            FLAG,
            "Whether a wait of exactly `within_seconds` is in time; it is where nothing is said.",
            optional=True,
        ),
        Column(
            "short_inclusive",
            FLAG,
            "Whether a wait of exactly `short_seconds` is short; it is where nothing is said.",
            optional=True,
        ),
        Column("flowed_out", COUNT, "Contacts passed to another queue unanswered.", optional=True),
        Column("waiting", COUNT, "Contacts that wait when the interval ends.", optional=True),
        Column("answered_late", COUNT, "Of those answered, after `within_seconds`.", optional=True),
        Column(
            "in_time_of_answered",
            SHARE,
            "Share of those answered that was answered within `within_seconds`.",
            optional=True,
        ),
        Column(
            "in_time_of_offered",
            SHARE,
            "Share of those offered that was answered within `within_seconds`.",
            optional=True,
        ),
        Column("abandoned_share", SHARE, "Share of those offered that was given up.", optional=True),
        Column("mean_wait", NUMBER, "Mean wait of those answered, in seconds.", optional=True),
        Column(
            "handle_seconds",
            COUNT,
            "Seconds that those answered were handled, added up; decimals are rounded.",
            optional=True,
            rounded=True,
        ),
        Column(
            "mean_handle", NUMBER, "Mean time that those answered were handled, in seconds.", optional=True
        ),
        Column("exported_on", DAY, "Day on which the counts were exported.", empty="not said"),
    ),
    "starts",
    people=False,
)

QUARANTINED_INTERVALS = "quarantined_intervals"
"""What is stored beside interval counts: rows in quarantine whose interval can be read, with the reason and
the rule they break. It is looked for only where the control totals say that some are."""

PUBLISHED_FIGURES = Table(
    "published_figures",
    "whether what the party published is what its evidence says",
    ("figure_id",),
    (
        key("figure_id", "Figure that the party published."),
        link("unit_id", "units", "Unit it is about; empty for all.", empty="every unit"),
        Column("channel", CODE, "Contact channel it is about; empty for all.", empty="every channel"),
        Column(
            "measure",
            CODE,
            "What it is the share of.",
            required=True,
            codes=("answered_within", "abandoned"),
        ),
        Column("value", SHARE, "Share that was published, between 0 and 1.", required=True),
        Column("rounded_to", SHARE, "Step to which it was rounded.", empty="a thousandth"),
        Column("limit_seconds", COUNT, "Limit it was counted by, in seconds.", empty="that of the standard"),
        Column(
            "definition",
            CODE,
            "Definition it is said to follow, as params/definitions calls it.",
            empty="not said",
        ),
        Column("period_start", DAY, "First day it is about.", required=True),
        Column("period_end", DAY, "Last day it is about.", required=True),
        Column("published_on", DAY, "Day on which it was published."),
        Column("place", TEXT, "Where it was published."),
    ),
    "",
    people=False,
)
