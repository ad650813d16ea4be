"""Every canonical table, as data. To add one, add an entry here and a mapping in the run file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from auditlib.contracts.columns import (
    ACCOUNT,
    ACTION_TYPES,
    CHANNEL,
    CODE,
    COMPLAINT_STATES,
    COUNT,
    CUSTOMER,
    DAY,
    FLAG,
    ID,
    INSTANT,
    NUMBER,
    REASON,
    ROLES,
    SEVERITIES,
    SHARE,
    TEXT,
    TRANSACTION_TYPE,
    UNIT,
    key,
    link,
)
from auditlib.contracts.contacts import CONTACTS
from auditlib.contracts.intervals import INTERVAL_COUNTS, PUBLISHED_FIGURES
from auditlib.contracts.pay import PAY_LINKS
from auditlib.contracts.promises import PROMISES
from auditlib.contracts.types import Column, ColumnKind, Table

__all__ = ["ACTION_TYPES", "ROLES", "TABLES", "table", "with_items"]

_ALL: tuple[Table, ...] = (
    Table(
        "units",
        "the register of what is compared; every other table is checked against it",
        ("unit_id",),
        (
            key("unit_id", "Unit."),
            Column("name", TEXT, "Name of the unit."),
            Column("region", CODE, "Region."),
            Column("country", CODE, "Country, ISO 3166 alpha-2."),
            Column(
                "subdivision",
                CODE,
                "State or region with holidays of its own, ISO 3166-2, such as GB-SCT or BY.",
            ),
            Column("unit_type", CODE, "Peer group: sites, teams, desks, hospitals of one kind."),
            Column("ownership", CODE, "Who owns or runs the unit."),
            Column("time_zone", CODE, "IANA time zone that day and month are local to."),
            Column("opened_on", DAY, "First day of operation."),
            Column("certified_on", DAY, "Day of first certification."),
        ),
        people=False,
    ),
    Table(
        "accounts",
        "coverage of accounts and contradiction between survey types on the same account",
        ("account_id",),
        (
            key("account_id", "Account."),
            Column("name", TEXT, "Name of the account."),
            link("unit_id", "units", "Unit that serves it."),
            Column("tier", CODE, "Contract tier."),
            Column("key_account", FLAG, "Whether the party calls it a key account."),
            link("manager_id", "employees", "Client manager of the account."),
        ),
    ),
    Table(
        "customers",
        "contact frequency per person and per account",
        ("customer_id",),
        (
            key("customer_id", "Customer (a person)."),
            ACCOUNT,
            link("unit_id", "units", "Home unit."),
            Column("segment", CODE, "Customer segment."),
        ),
    ),
    Table(
        "employees",
        "who held which role, and who was present",
        ("person_id",),
        (
            key("person_id", "Person."),
            Column("name", TEXT, "Name of the person."),
            Column("role", CODE, "Role.", codes=ROLES),
            link("unit_id", "units", "Unit of the person."),
            Column("started_on", DAY, "First day in the role."),
            Column("left_on", DAY, "Last day in the role; empty while in it."),
        ),
    ),
    Table(
        "invitations",
        "response rates and who was asked",
        ("invitation_id",),
        (
            key("invitation_id", "Invitation."),
            Column("survey_type", CODE, "Survey type.", required=True),
            UNIT,
            CUSTOMER,
            ACCOUNT,
            CHANNEL,
            TRANSACTION_TYPE,
            Column("transaction", INSTANT, "When the transaction ended."),
            Column("sent", INSTANT, "When the invitation was sent.", required=True, after="transaction"),
            Column("sender", CODE, "System or department that sent it."),
        ),
        "sent",
    ),
    Table(
        "responses",
        "satisfaction scores and everything owed after a score",
        ("response_id",),
        (
            key("response_id", "Response."),
            link("invitation_id", "invitations", "Invitation it answers."),
            Column("survey_type", CODE, "Survey type.", required=True),
            UNIT,
            CUSTOMER,
            ACCOUNT,
            CHANNEL,
            TRANSACTION_TYPE,
            Column("submitted", INSTANT, "When it was submitted.", required=True),
            Column("anonymous", FLAG, "Whether the customer asked not to be named."),
            Column("device_id", ID, "Device it was given on, hashed by the client."),
            Column("comment", TEXT, "What the customer wrote."),
            link("interaction_id", "interactions", "Contact the answers are about.", optional=True),
        ),
        "submitted",
    ),
    Table(
        "aggregates",
        "satisfaction where the client has no responses, only shares or means per unit and period",
        ("unit_id", "survey_type", "item", "box", "period_start"),
        (
            UNIT,
            Column("survey_type", CODE, "Survey type.", required=True),
            Column("item", CODE, "Item.", required=True),
            Column("box", CODE, "What `value` is.", required=True, codes=("bottom", "middle", "top", "mean")),
            Column("period_start", DAY, "First day of the period.", required=True),
            Column("period_end", DAY, "Last day of the period.", required=True),
            Column("value", NUMBER, "Share between 0 and 1, or mean on the native scale.", required=True),
            Column("n_low", COUNT, "Smallest number of surveys it can rest on."),
            Column("n_high", COUNT, "Largest number of surveys; empty where the band is open."),
            Column("response_rate", SHARE, "Response rate as published."),
        ),
        "",
        people=False,
    ),
    Table(
        "acknowledgements",
        "whether each response was acknowledged, and when",
        ("acknowledgement_id",),
        (
            key("acknowledgement_id", "Acknowledgement."),
            link("response_id", "responses", "Response acknowledged.", required=True),
            Column("sent", INSTANT, "When it was sent.", required=True),
            Column("states_why", FLAG, "Whether it says why feedback matters."),
            Column("states_next", FLAG, "Whether it says what follows."),
        ),
        "sent",
    ),
    Table(
        "follow_ups",
        "whether each dissatisfied customer was contacted, and what came of it",
        ("follow_up_id",),
        (
            key("follow_up_id", "Follow-up contact or attempt."),
            link("response_id", "responses", "Response it follows.", required=True),
            Column("held", INSTANT, "When it took place.", required=True),
            Column("reached", FLAG, "Whether the customer was reached."),
            Column("declined", FLAG, "Whether the customer declined to talk."),
            Column("note", TEXT, "Note of the contact.", empty="not written"),
            Column("cause_code", CODE, "Cause of dissatisfaction.", empty="not coded"),
            Column("verbatim", TEXT, "What the customer said.", empty="not written"),
            Column("questions", TEXT, "Questions that were asked.", empty="not written"),
            Column("in_time_claimed", FLAG, "The source's own flag: whether it was in time."),
        ),
        "held",
    ),
    Table(
        "attendance",
        "who was present at a follow-up contact",
        ("follow_up_id", "person_id"),
        (
            link("follow_up_id", "follow_ups", "Contact attended.", required=True),
            link("person_id", "employees", "Person present.", required=True),
            Column("role", CODE, "Role in which the person was present.", required=True, codes=ROLES),
            link("delegate_for", "employees", "Person represented, for a delegate."),
        ),
    ),
    Table(
        "follow_up_reports",
        "formal reports owed to dissatisfied customers",
        ("report_id",),
        (
            key("report_id", "Report."),
            link("response_id", "responses", "Response it answers.", required=True),
            Column("due_on", DAY, "Day by which it was promised.", empty="no day promised"),
            Column("produced", INSTANT, "When it was finished.", empty="not finished"),
            Column("presented", INSTANT, "When the client was shown it.", after="produced", empty="never"),
        ),
        "presented",
    ),
    Table(
        "report_actions",
        "actions promised in formal reports",
        ("action_id",),
        (
            key("action_id", "Action."),
            link("report_id", "follow_up_reports", "Report that promises it.", required=True),
            link("owner_id", "employees", "The one accountable owner.", empty="no owner"),
            Column("action_type", CODE, "Type of action.", codes=ACTION_TYPES),
            Column("due_on", DAY, "Day by which it is due.", empty="no day named"),
            Column("done_on", DAY, "Day on which it was done."),
        ),
        people=False,
    ),
    Table(
        "rewards",
        "whether rewards depend on the score",
        ("reward_id",),
        (
            key("reward_id", "Reward."),
            link("response_id", "responses", "Response rewarded.", required=True),
            Column("granted", INSTANT, "When it was granted.", required=True),
            Column("reward_kind", CODE, "Kind of reward."),
            Column("amount", NUMBER, "Value in the party's currency."),
        ),
        "granted",
    ),
    Table(
        "responsibilities",
        "who had to be at a contact on a given day",
        ("responsibility_id",),
        (
            key("responsibility_id", "Entry of the responsibility matrix."),
            link("unit_id", "units", "Unit it holds for; empty for all.", empty="every unit"),
            link(
                "account_id",
                "accounts",
                "Account it holds for; empty for all.",
                empty="every account",
                optional=True,
            ),
            Column("transaction_type", CODE, "Type of transaction; empty for all.", empty="all"),
            Column("role", CODE, "Role.", required=True, codes=ROLES),
            link("person_id", "employees", "Holder; empty while vacant.", empty="vacant"),
            link("delegate_id", "employees", "Listed delegate.", empty="no delegate"),
            Column("valid_from", DAY, "First day.", required=True),
            Column("valid_to", DAY, "Last day; empty while valid.", empty="still valid"),
        ),
        people=False,
    ),
    Table(
        "complaints",
        "complaints received",
        ("complaint_id",),
        (
            key("complaint_id", "Complaint."),
            UNIT,
            CUSTOMER,
            ACCOUNT,
            CHANNEL,
            TRANSACTION_TYPE,
            Column("received", INSTANT, "When it was received.", required=True),
            Column("severity", CODE, "Severity.", words=SEVERITIES),
            Column("cause_code", CODE, "Coded cause.", empty="not coded"),
        ),
        "received",
    ),
    Table(
        "complaint_events",
        "what happened to each complaint",
        ("event_id",),
        (
            key("event_id", "Event."),
            link("complaint_id", "complaints", "Complaint.", required=True),
            Column("occurred", INSTANT, "When it happened.", required=True),
            Column("state", CODE, "State entered.", required=True, words=COMPLAINT_STATES),
            link("person_id", "employees", "Person who acted; empty for the system."),
            REASON,
        ),
        "occurred",
    ),
    Table(
        "fixes",
        "whether recurring causes were fixed",
        ("fix_id",),
        (
            key("fix_id", "Fix."),
            Column("cause_code", CODE, "Cause it removes.", required=True),
            link("unit_id", "units", "Unit it was made in; empty for all.", empty="every unit"),
            link("owner_id", "employees", "The one accountable owner.", empty="no owner"),
            Column("action_type", CODE, "Type of action.", codes=ACTION_TYPES, empty="no type"),
            Column("implemented_on", DAY, "Day it took effect.", empty="planned"),
        ),
        people=False,
    ),
    *CONTACTS,
    PAY_LINKS,
    Table(
        "incident_events",
        "the event log of a help desk: one row per change of a case",
        ("event_id",),
        (
            key("event_id", "Event; the line number where the log has none."),
            Column("case_id", ID, "Case.", required=True),
            link("unit_id", "units", "Unit (desk, group)."),
            ACCOUNT,
            Column("state", CODE, "State after the event.", required=True),
            link("person_id", "employees", "Person who acted; empty for the system."),
            REASON,
            Column("priority", CODE, "Priority after the event."),
            Column("reassignments", COUNT, "Times reassigned so far."),
            Column("reopenings", COUNT, "Times reopened so far."),
            Column("sla_met", FLAG, "The system's own flag at that event."),
            Column("opened", INSTANT, "When the case was opened.", required=True),
            Column("updated", INSTANT, "When the event was recorded."),
            Column("resolved", INSTANT, "When it was resolved, as last known."),
            Column("closed", INSTANT, "When it was closed, as last known."),
        ),
        "updated",
    ),
    *PROMISES,
    INTERVAL_COUNTS,
    PUBLISHED_FIGURES,
)

TABLES: dict[str, Table] = {entry.name: entry for entry in _ALL}


def table(name: str) -> Table:
    """Return the canonical table called `name`.

    Raises
    ------
    KeyError
        With the nearest valid name.
    """
    if name in TABLES:
        return TABLES[name]
    near = get_close_matches(name, TABLES, n=1)
    raise KeyError(f"no canonical table {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))


def with_items(contract: Table, items: Sequence[str]) -> Table:
    """Return `contract` with one score column for each of `items`."""
    scores = (Column(item, ColumnKind.SCORE, f"Score of item {item}, on its native scale.") for item in items)
    return replace(contract, columns=(*contract.columns, *scores))
