"""The broken rows of each file; cells stand in the form of that file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from auditlib.records import Reason
from company.breakage import Fault

_R = Reason
_SHORT = Fault(_R.FIELD_COUNT, "short row: the line ends early", shape="short")
_LONG = Fault(_R.FIELD_COUNT, "long row: one field too many", shape="long")
_UNCLOSED = Fault(_R.FIELD_COUNT, "truncated last line with an unclosed quote", shape="unclosed")
_COPY = Fault(_R.IDENTICAL, "identical copy of an earlier row")
_UNKNOWN = Fault(_R.UNIT, "unknown unit", {"unit_id": "U999"})
_SEVEN = Fault(_R.UNIT, "unit 7 is not unit 007", {"unit_id": "7"})


def _nameless(key: str) -> Fault:
    return Fault(_R.KEY, "no id", {key: ""})


def _conflict(column: str, value: Any) -> Fault:
    return Fault(_R.CONFLICTING, f"one id with two contents: {column}", {column: value})


def _before(column: str, trigger: str) -> Fault:
    """Plant an instant one hour before the one that must precede it, in a column of real instants."""
    return Fault(
        _R.TIME,
        f"{column} lies before {trigger}",
        {column: lambda cells: cells[trigger] - pd.Timedelta(hours=1)},
        only={"survey_type": "transactional"} if column == "sent" else {},
    )


def _text_before(column: str, trigger: str) -> Fault:
    def earlier(cells: dict[str, Any]) -> str:
        stamp = datetime.strptime(cells[trigger], _ISO).replace(tzinfo=UTC)
        return (stamp - timedelta(hours=3)).strftime(_ISO)

    return Fault(_R.TIME, f"{column} lies before {trigger}", {column: earlier})


_ISO = "%Y-%m-%dT%H:%M:%SZ"
_LATER = pd.Timestamp("2026-09-15 10:00:00")
_TRANSACTIONAL = (
    _SHORT,
    _SHORT,
    _LONG,
    _LONG,
    _UNCLOSED,
    _COPY,
    _COPY,
    _COPY,
    _conflict("q_overall", "1"),
    _conflict("submitted", "12.08.2024 11:11:11"),
    _UNKNOWN,
    _SEVEN,
    Fault(_R.UNIT, "unit na is not unit NA", {"unit_id": "na"}),
    Fault(_R.TIME, "impossible date: 31 February", {"submitted": "31.02.2024 10:15:00"}),
    Fault(_R.TIME, "impossible date: month 13", {"submitted": "05.13.2024 10:15:00"}),
    Fault(_R.TIME, "impossible time: 25:61", {"submitted": "05.06.2024 25:61:00"}),
    Fault(
        _R.TIME,
        "local time that does not exist: clocks go forward",
        {"submitted": "31.03.2024 02:30:00"},
        only={"unit_id": "U001"},
    ),
    Fault(
        _R.TIME,
        "local time that does not exist: clocks go forward",
        {"submitted": "30.03.2025 02:00:00"},
        only={"unit_id": "U005"},
    ),
    Fault(_R.FUTURE, "after the audit looks", {"submitted": "17.06.2026 09:00:00"}),
    Fault(_R.FUTURE, "year mistyped", {"submitted": "17.06.2052 09:00:00"}),
    Fault(_R.SCALE, "score above the scale", {"q_overall": "6"}),
    Fault(_R.SCALE, "score below the scale", {"q_speed": "0"}),
    Fault(_R.SCALE, "score between the steps", {"q_courtesy": "4,3"}),
    Fault(_R.SCALE, "score of a 0-to-10 scale", {"q_knowledge": "9"}),
    Fault(_R.SCALE, "no number", {"q_resolution": "4x"}),
    _nameless("response_id"),
)
_RELATIONSHIP = (
    _SHORT,
    _LONG,
    _COPY,
    _COPY,
    _conflict("q_recommend", "0"),
    _UNKNOWN,
    Fault(_R.TIME, "impossible date: 30 February", {"submitted": "2024-02-30 10:15:00"}),
    Fault(
        _R.TIME,
        "local time that does not exist: clocks go forward",
        {"submitted": "2023-03-26 02:30:00"},
    ),
    Fault(_R.FUTURE, "after the audit looks", {"submitted": "2026-05-04 08:00:00"}),
    Fault(_R.SCALE, "unknown label", {"q_satisfaction": "Rather happy"}),
    Fault(_R.SCALE, "score above the scale", {"q_recommend": "11"}),
    Fault(_R.SCALE, "score of a 0-to-10 scale", {"q_value": "8"}),
    _nameless("response_id"),
)
_INVITATIONS = (
    _COPY,
    _COPY,
    _COPY,
    _conflict("channel", "fax"),
    _UNKNOWN,
    _SEVEN,
    _before("sent", "transaction"),
    _before("sent", "transaction"),
    Fault(_R.FUTURE, "after the audit looks", {"sent": _LATER.tz_localize("UTC")}),
    Fault(_R.KEY, "no id", {"invitation_id": None}),
)
_INTERACTIONS = (
    _COPY,
    _conflict("queue", "returns"),
    _UNKNOWN,
    _before("ended", "offered"),
    Fault(
        _R.TIME,
        "local time that does not exist: clocks go forward",
        {
            "offered": pd.Timestamp("2024-03-31 02:30:00"),
            "answered": pd.Timestamp("2024-03-31 03:05:00"),
            "ended": pd.Timestamp("2024-03-31 03:15:00"),
        },
        only={"unit_id": "U001"},
    ),
    Fault(_R.FUTURE, "after the audit looks", {"offered": _LATER, "answered": None, "ended": None}),
)
PLANTED: Mapping[str, tuple[Fault, ...]] = {
    "responses_transactional.csv": _TRANSACTIONAL,
    "responses_relationship.csv": _RELATIONSHIP,
    "invitations.parquet": _INVITATIONS,
    "interactions.parquet": _INTERACTIONS,
    "rewards.parquet": (_COPY, _conflict("amount", 50.0)),
    "customers.csv": (_SHORT, _COPY, _conflict("segment", "Gewerbe?"), _UNKNOWN, _nameless("customer_id")),
    "acknowledgements.csv": (
        _SHORT,
        _COPY,
        _conflict("states_why", "?"),
        Fault(_R.TIME, "impossible date: 31 September", {"sent": "2024-09-31T10:00:00Z"}),
        Fault(_R.FUTURE, "after the audit looks", {"sent": "2026-04-01T10:00:00Z"}),
        Fault(
            _R.TIME,
            "sent before its response was submitted",
            {"sent": "2022-11-02T10:00:00Z"},
        ),
    ),
    "follow_ups.csv": (
        _LONG,
        _COPY,
        _conflict("cause_code", "no_cause"),
        Fault(_R.TIME, "impossible date: 31 April", {"held": "31.04.2024 10:00:00"}),
        Fault(_R.TIME, "held before its response was submitted", {"held": "03.11.2022 10:00:00"}),
        Fault(_R.FUTURE, "after the audit looks", {"held": "01.04.2026 10:00:00"}),
    ),
    "follow_up_reports.csv": (
        _SHORT,
        _COPY,
        _conflict("due_on", "2024-01-31"),
        Fault(
            _R.TIME,
            "presented before it was produced",
            {"produced": "2024-06-04T09:00:00Z", "presented": "2024-06-03T09:00:00Z"},
        ),
    ),
    "report_actions.csv": (
        _LONG,
        _COPY,
        Fault(_R.SCALE, "unknown code", {"action_type": "wish"}),
        Fault(_R.TIME, "impossible date: 30 February", {"due_on": "30.02.2024"}),
    ),
    "complaints.csv": (
        _SHORT,
        _COPY,
        _conflict("cause_code", "other"),
        _UNKNOWN,
        Fault(_R.TIME, "day and month changed places", {"received": "23/11/2024 10:00:00"}),
        Fault(
            _R.TIME,
            "local time that does not exist: clocks go forward",
            {"received": "03/10/2024 02:15:00"},
        ),
        Fault(_R.FUTURE, "after the audit looks", {"received": "03/04/2026 10:00:00"}),
    ),
    "complaint_events.csv": (
        _COPY,
        _conflict("state", "resolved?"),
        Fault(_R.TIME, "no date", {"occurred": "yesterday"}),
    ),
    "Employees": (_COPY, Fault(_R.SCALE, "unknown code", {"role": "boss"})),
    "Accounts": (Fault(_R.UNIT, "unknown unit", {"unit_id": "U998"}), _nameless("account_id")),
    "Responsibilities": (
        Fault(_R.TIME, "impossible date: 31 June", {"valid_from": "31.06.2024"}),
        Fault(_R.SCALE, "unknown code", {"role": "caretaker"}),
    ),
}
"""Faults by file, or by worksheet."""
