"""How each table leaves the company: file, form, dialect, column names, and cells for codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from company.instruments import LABELS
from company.places import HEADQUARTERS, HELP_DESK


@dataclass(frozen=True, slots=True)
class Layout:
    """One source as a client would send it.

    Parameters
    ----------
    file, table, form
        Name, canonical table, kind of file.
    columns
        Canonical column: header in the file, in the file's order.
    sheet
        Worksheet, for Excel.
    delimiter, decimal, encoding
        Dialect, for CSV.
    zone
        Zone of the written instants; ``"unit"`` for each unit's own.
    instant, day
        strftime formats; an empty `day` writes real date cells to Excel.
    cells
        Canonical column: code: cell as written.
    survey_type
        Only the responses of this type.
    """

    file: str
    table: str
    form: Literal["csv", "excel", "parquet"]
    columns: Mapping[str, str]
    sheet: str = ""
    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    zone: str = "UTC"
    instant: str = "%Y-%m-%d %H:%M:%S"
    day: str = "%Y-%m-%d"
    cells: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    survey_type: str = ""


_GERMAN = "%d.%m.%Y"
_JA = {"True": "ja", "False": "nein"}
_ONE = {"True": "1", "False": "0"}
_YES = {"True": "Yes", "False": "No"}
_KANAL = {
    "phone": "Telefon",
    "email": "E-Mail",
    "chat": "Chat",
    "web_form": "Webformular",
    "app": "App",
    "in_person": "Persönlich",
    "messenger": "Messenger",
    "social_media": "Soziale Medien",
    "video": "Video",
}
_ZUFRIEDEN = {f"{LABELS[label]:g} {language}": label for label, language in zip(
    LABELS, ["en"] * 5 + ["de"] * 5, strict=True
)}  # fmt: skip


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


_WORKBOOK = "organisation.xlsx"
LAYOUTS: tuple[Layout, ...] = (
    Layout(
        _WORKBOOK,
        "units",
        "excel",
        {
            "unit_id": "Unit",
            "name": "Name",
            "region": "Region",
            "country": "Country",
            "unit_type": "Type",
            "time_zone": "Time zone",
            "opened_on": "Opened",
            "certified_on": "Certified",
        },
        sheet="Units",
        day="",
    ),
    Layout(
        _WORKBOOK,
        "employees",
        "excel",
        {
            "person_id": "Person",
            "name": "Name",
            "role": "Role",
            "unit_id": "Unit",
            "started_on": "From",
            "left_on": "To",
        },
        sheet="Employees",
        day="",
    ),
    Layout(
        _WORKBOOK,
        "accounts",
        "excel",
        {
            "account_id": "Account",
            "name": "Name",
            "unit_id": "Unit",
            "tier": "Tier",
            "key_account": "Key account",
            "manager_id": "Client manager",
        },
        sheet="Accounts",
        cells={"key_account": _YES},
    ),
    Layout(
        _WORKBOOK,
        "responsibilities",
        "excel",
        {
            "responsibility_id": "Entry",
            "unit_id": "Unit",
            "transaction_type": "Transaction type",
            "role": "Role",
            "person_id": "Person",
            "delegate_id": "Delegate",
            "valid_from": "Valid from",
            "valid_to": "Valid to",
        },
        sheet="Responsibilities",
        day=_GERMAN,
    ),
    Layout(
        _WORKBOOK,
        "pay_links",
        "excel",
        {
            "link_id": "Link",
            "role": "Whose pay",
            "unit_id": "Unit",
            "metric": "Metric",
            "weight": "Weight",
            "threshold": "Threshold",
            "payout": "Payout",
            "starts_on": "Start",
            "ends_on": "End",
        },
        sheet="Pay links",
        day="",
    ),
    Layout(
        _WORKBOOK,
        "fixes",
        "excel",
        {
            "fix_id": "Fix",
            "cause_code": "Cause",
            "unit_id": "Unit",
            "owner_id": "Owner",
            "action_type": "Type",
            "implemented_on": "In effect since",
        },
        sheet="Fixes",
        day=_GERMAN,
    ),
    Layout(
        "customers.csv",
        "customers",
        "csv",
        {"customer_id": "Kundennr", "account_id": "Konto", "unit_id": "Einheit", "segment": "Segment"},
        delimiter=";",
        encoding="cp1252",
        cells={
            "segment": {
                "enterprise": "Großkunde",
                "business": "Gewerbe",
                "public_sector": "Öffentliche Hand",
            }
        },
    ),
    Layout(
        "invitations.parquet",
        "invitations",
        "parquet",
        _same(
            "invitation_id",
            "survey_type",
            "unit_id",
            "customer_id",
            "account_id",
            "channel",
            "transaction_type",
            "transaction",
            "sent",
            "sender",
        ),
    ),
    Layout(
        "responses_transactional.csv",
        "responses",
        "csv",
        {
            "response_id": "Antwort",
            "invitation_id": "Einladung",
            "unit_id": "Einheit",
            "customer_id": "Kundennr",
            "account_id": "Konto",
            "channel": "Kanal",
            "transaction_type": "Vorgangsart",
            "submitted": "Abgegeben",
            "anonymous": "Anonym",
            "device_id": "Gerät",
            "comment": "Bemerkung",
            "q_overall": "Gesamt",
            "q_resolution": "Lösung",
            "q_speed": "Dauer",
            "q_courtesy": "Freundlichkeit",
            "q_knowledge": "Fachwissen",
            "interaction_id": "Kontakt",
        },
        delimiter=";",
        decimal=",",
        encoding="cp1252",
        zone="unit",
        instant="%d.%m.%Y %H:%M:%S",
        cells={"anonymous": _JA, "channel": _KANAL},
        survey_type="transactional",
    ),
    Layout(
        "responses_relationship.csv",
        "responses",
        "csv",
        {
            "submitted": "RecordedDate",
            "response_id": "ResponseId",
            "invitation_id": "ExternalReference",
            "q_satisfaction": "Q1",
            "q_value": "Q2",
            "q_communication": "Q3",
            "q_reliability": "Q4",
            "q_recommend": "Q5",
            "comment": "Q6",
            "unit_id": "unit",
            "customer_id": "customer",
            "account_id": "account",
        },
        encoding="utf-8-sig",
        zone=HEADQUARTERS,
        cells={"q_satisfaction": _ZUFRIEDEN},
        survey_type="relationship",
    ),
    Layout(
        "acknowledgements.csv",
        "acknowledgements",
        "csv",
        {
            "acknowledgement_id": "mail_id",
            "response_id": "response_id",
            "sent": "sent_utc",
            "states_why": "text_why",
            "states_next": "text_next",
        },
        instant="%Y-%m-%dT%H:%M:%SZ",
        cells={"states_why": _ONE, "states_next": _ONE},
    ),
    Layout(
        "follow_ups.csv",
        "follow_ups",
        "csv",
        {
            "follow_up_id": "Kontakt",
            "response_id": "Antwort",
            "held": "Zeitpunkt",
            "reached": "Erreicht",
            "declined": "Abgelehnt",
            "note": "Notiz",
            "cause_code": "Ursache",
            "verbatim": "Wortlaut",
            "questions": "Fragen",
        },
        delimiter=";",
        zone=HEADQUARTERS,
        instant="%d.%m.%Y %H:%M:%S",
        cells={"reached": _JA, "declined": _JA},
    ),
    Layout(
        "attendance.parquet",
        "attendance",
        "parquet",
        {
            "follow_up_id": "contact",
            "person_id": "person",
            "role": "role",
            "delegate_for": "on_behalf_of",
        },
    ),
    Layout(
        "follow_up_reports.csv",
        "follow_up_reports",
        "csv",
        _same("report_id", "response_id", "due_on", "produced", "presented"),
        encoding="utf-8-sig",
        instant="%Y-%m-%dT%H:%M:%SZ",
    ),
    Layout(
        "report_actions.csv",
        "report_actions",
        "csv",
        _same("action_id", "report_id", "owner_id", "action_type", "due_on", "done_on"),
        delimiter="|",
        day=_GERMAN,
    ),
    Layout(
        "rewards.parquet",
        "rewards",
        "parquet",
        _same("reward_id", "response_id", "granted", "reward_kind", "amount"),
    ),
    Layout(
        "complaints.csv",
        "complaints",
        "csv",
        {
            "complaint_id": "Case",
            "unit_id": "Site",
            "customer_id": "Customer",
            "account_id": "Account",
            "channel": "Channel",
            "transaction_type": "Transaction",
            "received": "Received (ET)",
            "severity": "Severity",
            "cause_code": "Cause",
        },
        delimiter="\t",
        encoding="utf-16",
        zone=HELP_DESK,
        instant="%m/%d/%Y %H:%M:%S",
        cells={"severity": {"critical": "1", "high": "2", "normal": "3", "low": "4"}},
    ),
    Layout(
        "complaint_events.csv",
        "complaint_events",
        "csv",
        _same("event_id", "complaint_id", "occurred", "state", "person_id"),
        instant="%Y-%m-%dT%H:%M:%SZ",
    ),
    Layout(
        "interactions.parquet",
        "interactions",
        "parquet",
        _same(
            "interaction_id",
            "unit_id",
            "channel",
            "queue",
            "offered",
            "answered",
            "ended",
            "abandoned",
            "resolved_first",
            "customer_id",
            "matter",
            "first_level",
            "person_id",
            "handed_over",
            "preferred_channel",
        ),
        zone="unit",
    ),
    Layout(
        "call_backs.csv",
        "call_backs",
        "csv",
        _same("call_back_id", "unit_id", "customer_id", "transaction_type", "requested", "due", "called"),
        zone="unit",
    ),
    Layout(
        "deviations.csv",
        "deviations",
        "csv",
        _same("deviation_id", "duty", "case_id", "unit_id", "recorded", "reason", "person_id"),
        instant="%Y-%m-%dT%H:%M:%SZ",
    ),
    Layout(
        "outages.csv",
        "outages",
        "csv",
        _same("outage_id", "unit_id", "channel", "started", "ended"),
        instant="%Y-%m-%dT%H:%M:%SZ",
    ),
    Layout(
        "published_figures.csv",
        "published_figures",
        "csv",
        _same(
            "figure_id",
            "unit_id",
            "channel",
            "measure",
            "value",
            "rounded_to",
            "limit_seconds",
            "definition",
            "period_start",
            "period_end",
            "published_on",
            "place",
        ),
    ),
)
"""Every source of the generated company, in the order of its run file."""
NOT_APPLICABLE = "k. A."
QUALTRICS = "responses_relationship.csv"
