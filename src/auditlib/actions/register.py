"""One line of the register of actions, and what is wrong with it (C5)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from auditlib.errors import Problem
from auditlib.errors.values import named
from auditlib.records import ActionType


class State(StrEnum):
    """How far an action has come."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified effective"


HEADINGS = (
    "Fingerprint", "No.", "Grade", "Criterion", "Subject", "Condition", "Action", "Owner", "Type", "Due",
    "State", "Proof", "Remark",
)  # fmt: skip
"""Columns of the register; those before ``Action`` belong to the finding."""
TO_FILL = HEADINGS[HEADINGS.index("Action") :]
_SEVERAL = re.compile(r"[;&/+|\n]|,|\b(?:and|und|et|oder)\b", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Action:
    """One corrective action.

    Parameters
    ----------
    fingerprint, number
        The finding, and which of its actions this is, from 1.
    grade, criterion, subject, condition
        The finding in words.
    action, owner, kind, due
        What is done, by whom, what it changes and by when; empty only while it is proposed.
    state
        How far it has come.
    proof
        What shows that it was done, and that it worked.
    remark
        What the suite has to say of it; replaced each time.
    """

    fingerprint: str
    number: int
    grade: str
    criterion: str
    subject: str
    condition: str
    action: str = ""
    owner: str = ""
    kind: ActionType | None = None
    due: date | None = None
    state: State = State.PROPOSED
    proof: str = ""
    remark: str = ""

    @property
    def settled(self) -> bool:
        """Whether somebody has accepted to do it."""
        return self.state is not State.PROPOSED

    @property
    def begun(self) -> bool:
        """Whether anybody has entered anything about it."""
        return self.settled or bool(self.action or self.owner or self.kind or self.due or self.proof)

    def overdue(self, day: date) -> bool:
        """Tell whether it should have been implemented before `day`."""
        open_ = self.state in (State.PROPOSED, State.ACCEPTED)
        return open_ and self.due is not None and self.due < day


def as_row(action: Action) -> tuple[str, ...]:
    """Return the cells of an action, in the order of `HEADINGS`."""
    return (
        action.fingerprint,
        str(action.number),
        action.grade,
        action.criterion,
        action.subject,
        action.condition,
        action.action,
        action.owner,
        action.kind.value if action.kind else "",
        action.due.isoformat() if action.due else "",
        action.state.value,
        action.proof,
        action.remark,
    )


def row_problems(
    row: Mapping[str, str], fingerprints: Collection[str], *, file: str, line: int
) -> Iterator[Problem]:
    """Yield everything that is wrong with a row, each with its column and remedy.

    Parameters
    ----------
    row
        Cell of each heading.
    fingerprints
        Fingerprints that may be named.
    """

    def wrong(column: str, message: str, remedy: str = "") -> Problem:
        return Problem(message, file, line, column, remedy)

    if row["Fingerprint"] not in fingerprints:
        yield wrong(
            "Fingerprint",
            "it names no finding of this audit or the one before.",
            "Do not change it; where the finding fell away when the audit ran again, delete the row.",
        )
    if not row["No."].isascii() or not row["No."].isdigit() or row["No."] == "0":
        yield wrong("No.", f"{named(row['No.'])} is no number from 1.")
    if row["State"] not in tuple(State):
        yield wrong("State", f"there is no state {named(row['State'])}.", f"There are {', '.join(State)}.")
    if row["Type"] and row["Type"] not in tuple(ActionType):
        yield wrong("Type", f"there is no type {named(row['Type'])}.", f"There are {', '.join(ActionType)}.")
    if row["Due"] and _day(row["Due"]) is None:
        yield wrong("Due", f"{named(row['Due'])} is no day.", "Write it as YYYY-MM-DD.")
    if _SEVERAL.search(row["Owner"]):
        yield wrong(
            "Owner",
            f"{named(row['Owner'])} is more than one owner.",
            "Name one accountable person, given name first; others may help.",
        )
    yield from (wrong(column, message, "Fill it in, or leave it proposed.") for column, message in _gaps(row))


def action_of(row: Mapping[str, str]) -> Action:
    """Return the action of a row without problems."""
    return Action(
        fingerprint=row["Fingerprint"],
        number=int(row["No."]),
        grade=row["Grade"],
        criterion=row["Criterion"],
        subject=row["Subject"],
        condition=row["Condition"],
        action=row["Action"],
        owner=row["Owner"],
        kind=ActionType(row["Type"]) if row["Type"] else None,
        due=_day(row["Due"]),
        state=State(row["State"]),
        proof=row["Proof"],
        remark=row["Remark"],
    )


def _gaps(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what an action of this state still lacks."""
    if row["State"] in (State.ACCEPTED, State.IMPLEMENTED, State.VERIFIED):
        for column in ("Action", "Owner", "Type", "Due"):
            if not row[column]:
                yield column, f"an action that is {row['State']} needs it."
    if row["State"] in (State.IMPLEMENTED, State.VERIFIED) and not row["Proof"]:
        yield "Proof", f"an action that is {row['State']} needs what shows it."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
