"""The records of follow-ups: attempts, contacts, who was present, and what the truth about them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from company.clock import clear_of_changes
from company.follow_ups import DECLINED
from company.people import Holder, People
from company.places import CAUSES, HEADQUARTERS
from company.streams import stream

_NOTES = (
    "Apology accepted.",
    "Gespräch geführt, Ursache geklärt.",
    "Next steps agreed.",
    "Rückruf vereinbart und durchgeführt.",
)
_VERBATIM = (
    "I just want it to work.",
    "Ich musste alles dreimal erklären.",
    "You kept me waiting for days.",
    "The invoice was wrong again.",
)
_QUESTIONS = (
    "What went wrong? What would help?",
    "Was ist passiert?",
)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Follow-up rows and attendance; instants in UTC seconds.

    `attended` and `documented` hold the true status of those duties for every case, in case order.
    """

    follow_ups: pd.DataFrame
    attendance: pd.DataFrame
    attended: np.ndarray
    documented: np.ndarray


def contacts(frame: pd.DataFrame, people: People, rng: np.random.Generator) -> Contacts:
    """Write down what happened in each case of `frame` (see `follow_ups.cases`)."""
    follow_ups = _follow_ups(frame, stream(rng, "contacts"))
    attendance, present = _attendance(frame, follow_ups, people)
    return Contacts(
        follow_ups.drop(columns="case_row"), attendance, _attended(frame, present), _documented(frame)
    )


def _follow_ups(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return attempts that reached nobody, contacts, and refusals, in order of time."""
    n, case = len(frame), frame["case"].to_numpy()
    tried = (rng.random(n) < 0.18) & (case != "pending")
    submitted, held = frame["submitted"].to_numpy(), frame["held"].to_numpy()
    until = np.where(held >= 0, held, submitted + 8 * 3600)
    attempt = submitted + ((until - submitted) * rng.uniform(0.3, 0.9, n)).astype(np.int64)
    attempt = clear_of_changes(attempt, np.full(n, HEADQUARTERS))
    attempts = pd.DataFrame({"case_row": np.arange(n), "held": attempt, "reached": False})[tried]
    done = held >= 0
    refusal = np.isin(case, DECLINED)
    told = pd.DataFrame({"case_row": np.arange(n), "held": held, "reached": ~refusal | (frame["detail"] < 6)})
    told["declined"] = refusal
    rows = pd.concat([attempts.assign(declined=False), told[done]], ignore_index=True)
    rows = rows.sort_values(["held", "case_row"], kind="stable", ignore_index=True)
    rows.insert(0, "follow_up_id", [f"F{index + 1:06d}" for index in range(len(rows))])
    rows.insert(1, "response_id", frame["response_id"].to_numpy()[rows["case_row"]])
    return _described(frame, rows, rng)


def _described(frame: pd.DataFrame, rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add note, cause, verbatim and questions; in undocumented cases all four or one of them are empty."""
    n = len(rows)
    talk = rows["reached"] & ~rows["declined"]
    case = frame["case"].to_numpy()[rows["case_row"]]
    detail = frame["detail"].to_numpy()[rows["case_row"]]
    fields = {
        "note": rng.choice(_NOTES, n),
        "cause_code": rng.choice(list(CAUSES), n, p=list(CAUSES.values())),
        "verbatim": rng.choice(_VERBATIM, n),
        "questions": rng.choice(_QUESTIONS, n),
    }
    for index, (name, values) in enumerate(fields.items()):
        empty = (case == "undocumented") & ((detail >= 4) | (detail == index))
        rows[name] = pd.Series(values, dtype=object).where(talk & ~empty, None)
    short = rows["note"].where(rows["reached"], "No answer.")
    rows["note"] = short.where(~rows["declined"], "Customer does not wish to be contacted.")
    return rows


def required_roles(executive: bool) -> tuple[str, ...]:
    """Return the roles that must be present at a contact of that band."""
    roles = ("client_manager", "service_manager")
    return (*roles, "senior_management") if executive else roles


def _attendance(
    frame: pd.DataFrame, follow_ups: pd.DataFrame, people: People
) -> tuple[pd.DataFrame, list[bool]]:
    """Return who was present, and for each case whether everybody who had to be was."""
    contact = follow_ups[follow_ups["reached"] & ~follow_ups["declined"]]
    ids = people.employees["person_id"].to_numpy()
    present = [False] * len(frame)
    rows: list[tuple[str, int, str, int]] = []
    cases = frame.to_dict("records")
    for name, index in zip(contact["follow_up_id"], contact["case_row"], strict=True):
        attendees = list(_attendees(cases[index], people))
        present[index] = all(right for *_, right in attendees)
        rows += [(name, who, role, covered) for who, role, covered, _ in attendees if who >= 0]
    frame_out = pd.DataFrame(
        {
            "follow_up_id": [row[0] for row in rows],
            "person_id": [ids[row[1]] for row in rows],
            "role": [row[2] for row in rows],
            "delegate_for": [ids[row[3]] if row[3] >= 0 else None for row in rows],
        }
    )
    return frame_out, present


def _attendees(case: dict[Any, Any], people: People) -> Iterator[tuple[int, str, int, bool]]:
    """Yield person, role, person represented (-1: none) and whether that satisfies the role.

    In cases planted as wrong, one required role is left out, or filled by a stranger, by the person
    who held it before, or by a delegate who is not listed.
    """
    unit, detail = case["unit"], case["detail"]
    roles = required_roles(case["executive"])
    wrong = roles[-1] if detail % 2 else roles[0]
    for role in roles:
        kind = case["transaction_type"] if role == "service_manager" else ""
        holder: Holder = people.holders[(unit, kind, role)]
        person = holder.on(case["day"])
        if person < 0:
            yield -1, role, -1, False
        elif case["case"] == "wrong_party" and role == wrong:
            former = detail in _FORMER and case["day"] >= holder.changed_day
            yield from _mistaken(detail, role, person, holder.first if former else people.strangers[unit])
        elif detail == 11 and role == roles[0]:
            yield holder.delegate, role, person, True
        else:
            yield person, role, -1, True


_FORMER = (4, 6)


def _mistaken(detail: int, role: str, person: int, stranger: int) -> Iterator[tuple[int, str, int, bool]]:
    """Yield the wrong attendance: nobody, somebody else, or a delegate who is not listed."""
    if detail < 4:
        yield -1, role, -1, False
    elif detail < 8:
        yield stranger, role, -1, False
    else:
        yield stranger, role, person, False


def _attended(frame: pd.DataFrame, present: list[bool]) -> np.ndarray:
    contact = contact_status(frame)
    right = np.array(present)
    status = np.where(right, contact, "wrong_party")
    return np.where(np.isin(contact, ("met", "late")), status, contact)


def _documented(frame: pd.DataFrame) -> np.ndarray:
    contact = contact_status(frame)
    done = np.where(frame["case"] == "undocumented", "missing", "met")
    return np.where(np.isin(contact, ("met", "late")), done, contact)


_CONTACT = {
    "late_contact": "late",
    "just_after": "late",
    "missing_contact": "missing",
    "declined_just_after": "missing",
    "declined": "excused",
    "declined_just_before": "excused",
    "declined_on": "excused",
    "pending": "pending",
}


def contact_status(frame: pd.DataFrame) -> np.ndarray:
    """Return the true status of the contact duty of each case."""
    return frame["case"].map(_CONTACT).fillna("met").to_numpy(dtype=object)
