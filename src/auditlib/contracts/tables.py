"""Every canonical table, as data. To add one, add an entry here and a mapping in the run file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from auditlib.contracts.types import Column, Kind, Table

ROLES = ("client_manager", "service_manager", "senior_management", "manager", "staff")
ACTION_TYPES = ("policy", "procedure", "system", "other")
_PAY_PERIODS = ("month", "quarter", "half_year", "year")

_ID, _CODE, _TEXT, _NUMBER = Kind.ID, Kind.CODE, Kind.TEXT, Kind.NUMBER
_FLAG, _DAY, _INSTANT, _COUNT, _SHARE = Kind.FLAG, Kind.DAY, Kind.INSTANT, Kind.COUNT, Kind.SHARE


def _key(name: str, meaning: str) -> Column:
    return Column(name, _ID, meaning, required=True)


def _link(name: str, table: str, meaning: str, *, required: bool = False) -> Column:
    return Column(name, _ID, meaning, required=required, references=table)


_UNIT = _link("unit_id", "units", "Unit the row belongs to.", required=True)
_CUSTOMER = _link("customer_id", "customers", "Customer concerned.")
_ACCOUNT = _link("account_id", "accounts", "Account of the customer.")
_CHANNEL = Column("channel", _CODE, "Contact channel.")
_REASON = Column("reason", _CODE, "Why that state was entered, where a cause has to be given.")
_TRANSACTION_TYPE = Column("transaction_type", _CODE, "Type of transaction.")

_ALL: tuple[Table, ...] = (
    Table(
        "units",
        "the register of what is compared; every other table is checked against it",
        ("unit_id",),
        (
            _key("unit_id", "Unit."),
            Column("name", _TEXT, "Name of the unit."),
            Column("region", _CODE, "Region."),
            Column("country", _CODE, "Country, ISO 3166 alpha-2."),
            Column("unit_type", _CODE, "Peer group: sites, teams, desks, hospitals of one kind."),
            Column("ownership", _CODE, "Who owns or runs the unit."),
            Column("time_zone", _CODE, "IANA time zone that day and month are local to."),
            Column("opened_on", _DAY, "First day of operation."),
            Column("certified_on", _DAY, "Day of first certification."),
        ),
    ),
    Table(
        "accounts",
        "coverage of accounts and contradiction between survey types on the same account",
        ("account_id",),
        (
            _key("account_id", "Account."),
            Column("name", _TEXT, "Name of the account."),
            _link("unit_id", "units", "Unit that serves it."),
            Column("tier", _CODE, "Contract tier."),
            Column("key_account", _FLAG, "Whether the party calls it a key account."),
            _link("manager_id", "employees", "Client manager of the account."),
        ),
    ),
    Table(
        "customers",
        "contact frequency per person and per account",
        ("customer_id",),
        (
            _key("customer_id", "Customer (a person)."),
            _ACCOUNT,
            _link("unit_id", "units", "Home unit."),
            Column("segment", _CODE, "Customer segment."),
        ),
    ),
    Table(
        "employees",
        "who held which role, and who was present",
        ("person_id",),
        (
            _key("person_id", "Person."),
            Column("name", _TEXT, "Name of the person."),
            Column("role", _CODE, "Role.", codes=ROLES),
            _link("unit_id", "units", "Unit of the person."),
            Column("started_on", _DAY, "First day in the role."),
            Column("left_on", _DAY, "Last day in the role; empty while in it."),
        ),
    ),
    Table(
        "invitations",
        "response rates and who was asked",
        ("invitation_id",),
        (
            _key("invitation_id", "Invitation."),
            Column("survey_type", _CODE, "Survey type.", required=True),
            _UNIT,
            _CUSTOMER,
            _ACCOUNT,
            _CHANNEL,
            _TRANSACTION_TYPE,
            Column("transaction", _INSTANT, "When the transaction ended."),
            Column("sent", _INSTANT, "When the invitation was sent.", required=True, after="transaction"),
            Column("sender", _CODE, "System or department that sent it."),
        ),
        "sent",
    ),
    Table(
        "responses",
        "satisfaction scores and everything owed after a score",
        ("response_id",),
        (
            _key("response_id", "Response."),
            _link("invitation_id", "invitations", "Invitation it answers."),
            Column("survey_type", _CODE, "Survey type.", required=True),
            _UNIT,
            _CUSTOMER,
            _ACCOUNT,
            _CHANNEL,
            _TRANSACTION_TYPE,
            Column("submitted", _INSTANT, "When it was submitted.", required=True),
            Column("anonymous", _FLAG, "Whether the customer asked not to be named."),
            Column("device_id", _ID, "Device it was given on, hashed by the client."),
            Column("comment", _TEXT, "What the customer wrote."),
        ),
        "submitted",
    ),
    Table(
        "aggregates",
        "satisfaction where the client has no responses, only shares or means per unit and period",
        ("unit_id", "survey_type", "item", "box", "period_start"),
        (
            _UNIT,
            Column("survey_type", _CODE, "Survey type.", required=True),
            Column("item", _CODE, "Item.", required=True),
            Column(
                "box", _CODE, "What `value` is.", required=True, codes=("bottom", "middle", "top", "mean")
            ),
            Column("period_start", _DAY, "First day of the period.", required=True),
            Column("period_end", _DAY, "Last day of the period.", required=True),
            Column("value", _NUMBER, "Share between 0 and 1, or mean on the native scale.", required=True),
            Column("n_low", _COUNT, "Smallest number of surveys it can rest on."),
            Column("n_high", _COUNT, "Largest number of surveys; empty where the band is open."),
            Column("response_rate", _SHARE, "Response rate as published."),
        ),
        "",
    ),
    Table(
        "acknowledgements",
        "whether each response was acknowledged, and when",
        ("acknowledgement_id",),
        (
            _key("acknowledgement_id", "Acknowledgement."),
            _link("response_id", "responses", "Response acknowledged.", required=True),
            Column("sent", _INSTANT, "When it was sent.", required=True),
            Column("states_why", _FLAG, "Whether it says why feedback matters."),
            Column("states_next", _FLAG, "Whether it says what follows."),
        ),
        "sent",
    ),
    Table(
        "follow_ups",
        "whether each dissatisfied customer was contacted, and what came of it",
        ("follow_up_id",),
        (
            _key("follow_up_id", "Follow-up contact or attempt."),
            _link("response_id", "responses", "Response it follows.", required=True),
            Column("held", _INSTANT, "When it took place.", required=True),
            Column("reached", _FLAG, "Whether the customer was reached.", required=True),
            Column("declined", _FLAG, "Whether the customer declined to talk."),
            Column("note", _TEXT, "Note of the contact."),
            Column("cause_code", _CODE, "Cause of dissatisfaction."),
            Column("verbatim", _TEXT, "What the customer said."),
            Column("questions", _TEXT, "Questions that were asked."),
        ),
        "held",
    ),
    Table(
        "attendance",
        "who was present at a follow-up contact",
        ("follow_up_id", "person_id"),
        (
            _link("follow_up_id", "follow_ups", "Contact attended.", required=True),
            _link("person_id", "employees", "Person present.", required=True),
            Column("role", _CODE, "Role in which the person was present.", required=True, codes=ROLES),
            _link("delegate_for", "employees", "Person represented, for a delegate."),
        ),
    ),
    Table(
        "follow_up_reports",
        "formal reports owed to dissatisfied customers",
        ("report_id",),
        (
            _key("report_id", "Report."),
            _link("response_id", "responses", "Response it answers.", required=True),
            Column("due_on", _DAY, "Day by which it was promised."),
            Column("produced", _INSTANT, "When it was finished."),
            Column("presented", _INSTANT, "When it was presented to the client.", after="produced"),
        ),
        "presented",
    ),
    Table(
        "report_actions",
        "actions promised in formal reports",
        ("action_id",),
        (
            _key("action_id", "Action."),
            _link("report_id", "follow_up_reports", "Report that promises it.", required=True),
            _link("owner_id", "employees", "The one accountable owner."),
            Column("action_type", _CODE, "Type of action.", codes=ACTION_TYPES),
            Column("due_on", _DAY, "Day by which it is due."),
            Column("done_on", _DAY, "Day on which it was done."),
        ),
    ),
    Table(
        "rewards",
        "whether rewards depend on the score",
        ("reward_id",),
        (
            _key("reward_id", "Reward."),
            _link("response_id", "responses", "Response rewarded.", required=True),
            Column("granted", _INSTANT, "When it was granted.", required=True),
            Column("reward_kind", _CODE, "Kind of reward."),
            Column("amount", _NUMBER, "Value in the party's currency."),
        ),
        "granted",
    ),
    Table(
        "responsibilities",
        "who had to be at a contact on a given day",
        ("responsibility_id",),
        (
            _key("responsibility_id", "Entry of the responsibility matrix."),
            _link("unit_id", "units", "Unit it holds for; empty for all."),
            Column("transaction_type", _CODE, "Type of transaction it holds for; empty for all."),
            Column("role", _CODE, "Role.", required=True, codes=ROLES),
            _link("person_id", "employees", "Holder; empty while vacant."),
            _link("delegate_id", "employees", "Listed delegate."),
            Column("valid_from", _DAY, "First day.", required=True),
            Column("valid_to", _DAY, "Last day; empty while valid."),
        ),
    ),
    Table(
        "complaints",
        "complaints received",
        ("complaint_id",),
        (
            _key("complaint_id", "Complaint."),
            _UNIT,
            _CUSTOMER,
            _ACCOUNT,
            _CHANNEL,
            _TRANSACTION_TYPE,
            Column("received", _INSTANT, "When it was received.", required=True),
            Column("severity", _CODE, "Severity."),
            Column("cause_code", _CODE, "Coded cause."),
        ),
        "received",
    ),
    Table(
        "complaint_events",
        "what happened to each complaint",
        ("event_id",),
        (
            _key("event_id", "Event."),
            _link("complaint_id", "complaints", "Complaint.", required=True),
            Column("occurred", _INSTANT, "When it happened.", required=True),
            Column("state", _CODE, "State entered.", required=True),
            _link("person_id", "employees", "Person who acted; empty for the system."),
            _REASON,
        ),
        "occurred",
    ),
    Table(
        "fixes",
        "whether recurring causes were fixed",
        ("fix_id",),
        (
            _key("fix_id", "Fix."),
            Column("cause_code", _CODE, "Cause it removes.", required=True),
            _link("unit_id", "units", "Unit it was made in; empty for all."),
            _link("owner_id", "employees", "The one accountable owner."),
            Column("action_type", _CODE, "Type of action.", codes=ACTION_TYPES),
            Column("implemented_on", _DAY, "Day it took effect."),
        ),
    ),
    Table(
        "interactions",
        "waiting, handling and abandonment in the contact channels",
        ("interaction_id",),
        (
            _key("interaction_id", "Contact by a customer."),
            _UNIT,
            _CHANNEL,
            Column("queue", _CODE, "Queue it was offered to."),
            Column("offered", _INSTANT, "When it joined the queue.", required=True),
            Column("answered", _INSTANT, "When it was answered; empty if never.", after="offered"),
            Column("ended", _INSTANT, "When it ended.", after="offered"),
            Column("abandoned", _FLAG, "Whether the customer gave up waiting."),
            Column("resolved_first", _FLAG, "Whether it was resolved at first contact, as the party says."),
        ),
        "offered",
    ),
    Table(
        "pay_links",
        "the register of pay tied to satisfaction",
        ("link_id",),
        (
            _key("link_id", "Link; the line number where the register has none."),
            Column(
                "role",
                _CODE,
                "Whose pay is linked: a role's, or the unit's own.",
                required=True,
                codes=("manager", "staff", "unit"),
            ),
            _UNIT,
            _link("person_id", "employees", "Person paid, where the register names persons."),
            Column("metric", _CODE, "Metric that pay is tied to.", required=True),
            Column("weight", _SHARE, "Share of variable pay tied to it; 0 where none is.", required=True),
            Column("pay_period", _CODE, "How often a bonus is worked out.", codes=_PAY_PERIODS),
            Column("threshold", _NUMBER, "Value of the metric at which the bonus starts."),
            Column("payout", _CODE, "Shape of the payout curve.", codes=("linear", "step", "capped")),
            Column("starts_on", _DAY, "First day of the link.", required=True),
            Column("ends_on", _DAY, "Last day; empty while it runs."),
        ),
    ),
    Table(
        "incident_events",
        "the event log of a help desk: one row per change of a case",
        ("event_id",),
        (
            _key("event_id", "Event; the line number where the log has none."),
            Column("case_id", _ID, "Case.", required=True),
            _link("unit_id", "units", "Unit (desk, group)."),
            _ACCOUNT,
            Column("state", _CODE, "State after the event.", required=True),
            _link("person_id", "employees", "Person who acted; empty for the system."),
            _REASON,
            Column("priority", _CODE, "Priority after the event."),
            Column("reassignments", _COUNT, "Times reassigned so far."),
            Column("reopenings", _COUNT, "Times reopened so far."),
            Column("sla_met", _FLAG, "The system's own flag at that event."),
            Column("opened", _INSTANT, "When the case was opened.", required=True),
            Column("updated", _INSTANT, "When the event was recorded."),
            Column("resolved", _INSTANT, "When it was resolved, as last known."),
            Column("closed", _INSTANT, "When it was closed, as last known."),
        ),
        "updated",
    ),
    Table(
        "visits",
        "the register of direct feedback: visits, round tables and reviews, face to face",
        ("visit_id",),
        (
            _key("visit_id", "Visit."),
            _link("account_id", "accounts", "Account that was met.", required=True),
            _link("unit_id", "units", "Unit that met it."),
            Column("form", _CODE, "Form of the meeting.", codes=("visit", "round_table", "review")),
            Column("level", _CODE, "Highest role of the party present.", codes=ROLES),
            Column("held_on", _DAY, "Day it was held.", required=True),
            Column("topics", _TEXT, "What was talked about."),
        ),
    ),
    Table(
        "commitments",
        "what was promised face to face, and whether it was done",
        ("commitment_id",),
        (
            _key("commitment_id", "Commitment."),
            _link("visit_id", "visits", "Visit it was made at.", required=True),
            _link("owner_id", "employees", "Person accountable for it."),
            Column("text", _TEXT, "What was promised."),
            Column("due_on", _DAY, "Day it is due."),
            Column("done_on", _DAY, "Day it was done; empty while open."),
        ),
    ),
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
    scores = tuple(Column(item, Kind.SCORE, f"Score of item {item}, on its native scale.") for item in items)
    return replace(contract, columns=contract.columns + scores)
