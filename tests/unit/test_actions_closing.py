"""What the register of actions closes: a minor by an accepted plan, a major by a verified fix."""

from __future__ import annotations

from datetime import date

import pytest

from auditlib.actions.carry import RegisteredFinding, carry
from auditlib.actions.closing import closed_by
from auditlib.actions.register import Action, State
from auditlib.records import ActionType

DAY = date(2026, 1, 31)
KEYS = {"06_complaints/recurrence:Y01"}
PROOF = "Retest, 06_complaints/recurrence:Y01."


def raised(grade: str, state: str = "new") -> RegisteredFinding:
    return RegisteredFinding("f", grade, "E6: reports", "reports", "None.", state)


def action(state: State, *, due: date = DAY, proof: str = "", number: int = 1) -> Action:
    return Action(
        "f",
        number,
        "minor",
        "E6: reports",
        "reports",
        "",
        "Do it.",
        "Ada Lind",
        ActionType.SYSTEM,
        due,
        state,
        proof,
    )


def closes(finding: RegisteredFinding, *actions: Action, before: tuple[Action, ...] = ()) -> bool:
    plan = carry([finding], actions, before, day=DAY)
    return "f" in closed_by(plan.actions, [finding], day=DAY, recorded=KEYS)


@pytest.mark.parametrize(
    ("state", "due", "closed"),
    [
        (State.PROPOSED, date(2026, 2, 28), False),
        (State.ACCEPTED, date(2026, 2, 1), True),
        (State.ACCEPTED, date(2026, 1, 31), True),
        (State.ACCEPTED, date(2026, 1, 30), False),
        (State.IMPLEMENTED, date(2026, 1, 30), True),
    ],
)
def test_an_accepted_plan_closes_a_minor_until_it_is_overdue(state: State, due: date, closed: bool) -> None:
    assert closes(raised("minor"), action(state, due=due, proof="seen")) is closed


def test_of_several_plans_none_may_be_overdue() -> None:
    late = action(State.ACCEPTED, due=date(2025, 12, 1), number=2)
    assert not closes(raised("minor"), action(State.ACCEPTED), late)


def test_without_a_register_nothing_is_closed() -> None:
    assert not closes(raised("minor"))


@pytest.mark.parametrize("state", list(State))
def test_nothing_closes_a_major_that_this_audit_raises(state: State) -> None:
    assert not closes(raised("major"), action(state, proof=PROOF))


@pytest.mark.parametrize(
    ("state", "proof", "closed"),
    [
        (State.VERIFIED, PROOF, True),
        (State.VERIFIED, "We looked at it.", False),
        (State.VERIFIED, "06_complaints/recurrence:Y02", False),
        (State.IMPLEMENTED, PROOF, False),
        (State.ACCEPTED, PROOF, False),
    ],
)
def test_a_major_not_examined_is_closed_by_a_verified_fix_that_names_its_proof(
    state: State, proof: str, closed: bool
) -> None:
    assert closes(raised("major", "not_examined"), action(state, proof=proof)) is closed


def test_a_plan_that_did_not_work_closes_nothing_until_another_is_accepted() -> None:
    worked_not = action(State.IMPLEMENTED, due=date(2026, 6, 1), proof="seen")
    assert not closes(raised("minor", "unchanged"), before=(worked_not,))
    another = action(State.ACCEPTED, due=date(2026, 6, 1), number=2)
    assert closes(raised("minor", "unchanged"), another, before=(worked_not,))


def test_an_action_on_a_part_of_a_finding_is_one_on_the_finding() -> None:
    whole = RegisteredFinding(
        "f", "minor", "E6: reports", "a; b", "None.", "new", (("f", "a"), ("part", "b"))
    )
    on_part = Action(
        "part", 1, "minor", "", "b", "", "Do it.", "Ada Lind", ActionType.SYSTEM, DAY, State.ACCEPTED
    )
    on_whole = action(State.ACCEPTED)
    plan = carry([whole], (on_whole, on_part), (), day=DAY)
    assert [(one.fingerprint, one.number) for one in plan.actions] == [("f", 1), ("f", 2)]
    assert closed_by(plan.actions, [whole], day=DAY, recorded=KEYS) == {"f"}
