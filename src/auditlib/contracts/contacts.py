"""The canonical tables of contacts one by one, and of times at which a channel could not be reached."""

from __future__ import annotations

from dataclasses import replace

from auditlib.contracts.columns import CHANNEL, CODE, CUSTOMER, FLAG, ID, INSTANT, UNIT, key, link
from auditlib.contracts.types import Column, Table

INTERACTIONS = Table(
    "interactions",
    "waiting, handling and abandonment in the contact channels",
    ("interaction_id",),
    (
        key("interaction_id", "Contact by a customer."),
        UNIT,
        CHANNEL,
        Column("queue", CODE, "Queue it was offered to."),
        Column("offered", INSTANT, "When it joined the queue.", required=True),
        Column("answered", INSTANT, "When it was answered, if ever.", after="offered", empty="never"),
        Column("ended", INSTANT, "When it ended.", after="offered"),
        Column("abandoned", FLAG, "Whether the customer gave up waiting."),
        Column("resolved_first", FLAG, "Whether it was resolved at first contact, as the party says."),
        Column(
            "arrived",
            INSTANT,
            "When it reached the party, before any menu or announcement.",
            optional=True,
        ),
        Column("flowed_out", FLAG, "Whether it was passed to another queue unanswered.", optional=True),
        replace(CUSTOMER, optional=True),
        Column("matter", CODE, "Kind of matter it was about.", optional=True),
        Column(
            "first_level",
            FLAG,
            "Whether its matter is for the first level to resolve, as the party says.",
            optional=True,
        ),
        link("person_id", "employees", "Person who answered.", optional=True),
        Column("handed_over", FLAG, "Whether who answered passed it on to somebody else.", optional=True),
        Column(
            "contact_id",
            ID,
            "Contact it is a leg of, where the source has a row for each leg; empty where it is the only.",
            empty="the only leg",
            optional=True,
        ),
        Column("preferred_channel", CODE, "Channel in which the customer asked to be served.", optional=True),
    ),
    "offered",
)
OUTAGES = Table(
    "outages",
    "whether channels could be reached while they were open",
    ("outage_id",),
    (
        key("outage_id", "Time at which a channel could not be reached."),
        link("unit_id", "units", "Unit it holds for; empty for all.", empty="every unit"),
        Column("channel", CODE, "Contact channel.", required=True),
        Column("started", INSTANT, "When it began.", required=True),
        Column(
            "ended", INSTANT, "When it was over; empty while it lasts.", after="started", empty="not over"
        ),
    ),
    "started",
    people=False,
)
CONTACTS = (INTERACTIONS, OUTAGES)
