"""Every action has one owner, a type, a day and a state, and follows its finding from audit to audit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest

from auditlib.actions.carry import (
    AGAIN,
    GONE,
    NO_DRIVERS,
    NOT_EXAMINED,
    OVERDUE,
    MainDriver,
    RegisteredFinding,
    carry,
)
from auditlib.actions.recorded_findings import drivers_of
from auditlib.actions.register import HEADINGS, Action, State, as_row, row_problems
from auditlib.actions.register_file import read_register, register_bytes
from auditlib.errors import DataError
from auditlib.records import ActionType

DAY = date(2026, 1, 31)
AS_OF = datetime(2026, 1, 31, 18, tzinfo=UTC)
ONE, TWO = "a" * 64, "b" * 64


def raised(fingerprint: str = ONE, *, grade: str = "major", state: str = "new") -> RegisteredFinding:
    return RegisteredFinding(fingerprint, grade, "CF-01: Ask", "U01", "81% of 95%", state)


def action(state: State = State.ACCEPTED, **changes: object) -> Action:
    made = Action(
        ONE, 1, "major", "CF-01: Ask", "U01", "81% of 95%", "Write the letter", "Ada Lind",
        ActionType.PROCEDURE, date(2026, 3, 1), state, "The letter of 3 March",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def row(**changes: str) -> dict[str, str]:
    return dict(zip(HEADINGS, as_row(action()), strict=True)) | changes


def columns(given: dict[str, str]) -> list[object]:
    return [problem.column for problem in row_problems(given, {ONE}, file="r.xlsx", line=2)]


def test_a_sound_row_has_no_problem() -> None:
    assert columns(row()) == []
    assert columns(row(State="proposed", Owner="", Type="", Due="", Action="", Proof="")) == []


@pytest.mark.parametrize(
    "owner",
    [
        "Ada Lind, Ben Roth",
        "Ada Lind & Ben Roth",
        "Ada; Ben",
        "Ada/Ben",
        "Ada and Ben",
        "Ada\nBen",
        "Ada UND Ben",
    ],
)
def test_two_owners_are_refused(owner: str) -> None:
    assert columns(row(Owner=owner)) == ["Owner"]


@pytest.mark.parametrize("owner", ["Ada Lind", "Anders Sandoval", "E. Y. Orlando", "Jean-Luc Etxeberria"])
def test_one_owner_is_one_owner(owner: str) -> None:
    assert columns(row(Owner=owner)) == []


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"Type": "training"}, "Type"),
        ({"State": "done"}, "State"),
        ({"Due": "2026-02-30"}, "Due"),
        ({"Due": "1 March"}, "Due"),
        ({"No.": "0"}, "No."),
        ({"No.": "\u0661"}, "No."),
        ({"Fingerprint": TWO}, "Fingerprint"),
        ({"Owner": ""}, "Owner"),
        ({"Type": ""}, "Type"),
        ({"Due": ""}, "Due"),
        ({"State": "implemented", "Proof": ""}, "Proof"),
    ],
)
def test_every_wrong_cell_is_named(changes: dict[str, str], column: str) -> None:
    assert columns(row(**changes)) == [column]


def test_a_finding_without_action_is_proposed_one_and_counts_as_not_covered() -> None:
    plan = carry([raised(), raised(TWO, grade="minor")], [action()], [], day=DAY)
    assert [one.state for one in plan.actions] == [State.ACCEPTED, State.PROPOSED]
    assert [one.fingerprint for one in plan.uncovered] == [TWO]


@pytest.mark.parametrize("state", [State.IMPLEMENTED, State.VERIFIED])
def test_an_action_whose_finding_is_raised_again_is_open_again(state: State) -> None:
    plan = carry([raised(state="unchanged")], [], [action(state)], day=DAY)
    (carried,) = plan.actions
    assert (carried.state, carried.owner) == (State.ACCEPTED, "Ada Lind")
    assert carried.remark == AGAIN.format(state=state.value)
    (kept,) = carry([raised(state="unchanged")], [carried], [action(state)], day=DAY).actions
    assert kept == carried


@pytest.mark.parametrize(("state", "remark"), [("resolved", GONE), ("not_examined", NOT_EXAMINED)])
def test_an_action_whose_finding_is_gone_keeps_its_state(state: str, remark: str) -> None:
    plan = carry([raised(state=state)], [], [action(State.IMPLEMENTED)], day=DAY)
    assert (plan.actions[0].state, plan.actions[0].remark) == (State.IMPLEMENTED, remark)
    assert plan.uncovered == ()


@pytest.mark.parametrize(("day", "late"), [(28, False), (1, False), (2, True)])
def test_an_action_is_overdue_from_the_day_after_its_due_day(day: int, late: bool) -> None:
    now = date(2026, 2, 28) if day == 28 else date(2026, 3, day)
    plan = carry([raised()], [action()], [], day=now)
    assert bool(plan.overdue) is late
    assert (OVERDUE in plan.actions[0].remark) is late
    assert carry([raised()], [action(State.IMPLEMENTED)], [], day=now).overdue == ()


def test_a_remark_of_lateness_goes_when_it_is_no_longer_true() -> None:
    late = carry([raised()], [action()], [], day=date(2026, 4, 1)).actions[0]
    assert (
        carry([raised()], [replace(late, due=date(2026, 5, 1))], [], day=date(2026, 4, 1)).actions[0].remark
        == ""
    )


def test_what_cannot_be_said_of_drivers_is_said() -> None:
    assert carry([], [], [], day=DAY).summary()[-1].startswith(NO_DRIVERS.reason)


NOT_SLOW = "1 of 2 main drivers of dissatisfaction are covered by an action; not covered: slow"
SLOW, LATE = MainDriver("cause:slow", covered=False, fingerprint=ONE), MainDriver("cause:late", covered=True)


@pytest.mark.parametrize(
    ("actions", "last"),
    [
        ([], f"{NOT_SLOW}."),
        ([action(State.PROPOSED)], f"{NOT_SLOW}."),
        ([action()], "2 of 2 main drivers of dissatisfaction are covered by an action."),
    ],
)  # fmt: skip
def test_a_driver_is_covered_by_the_register_of_fixes_or_an_accepted_action(
    actions: list[Action], last: str
) -> None:
    plan = carry([raised()], actions, [], day=DAY, drivers=(SLOW, LATE))
    assert plan.summary()[-1] == last


def numbers(*rows: tuple[str, object]) -> dict[str, dict[str, list[dict[str, object]]]]:
    return {"09": {"numbers": [{"key": key, "value": value, "reason": "why"} for key, value in rows]}}


def test_drivers_are_read_from_what_was_recorded() -> None:
    shares = (("share:late", 0.2), ("share:slow", 0.5))
    recorded = numbers(("covered:cause:late", "covered"), ("covered:cause:slow", "not covered"), *shares)
    own = replace(raised(), subject="cause:slow")
    assert drivers_of(recorded, [own])[0] == (SLOW, LATE)
    assert drivers_of(recorded, [replace(own, state="resolved")])[0] == (replace(SLOW, fingerprint=""), LATE)


def test_why_no_driver_was_named_is_carried_on() -> None:
    assert drivers_of({}, [])[1] == NO_DRIVERS
    found, why = drivers_of(numbers(("voices", None)), [])
    assert (found, why.reason) == (None, "No main driver of dissatisfaction could be named. why")


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_register_comes_back_as_it_was_written(tmp_path: Path, suffix: str) -> None:
    hostile = action(condition="=1+1", action="+49 call\tback", subject="@x", proof="007", remark="-")
    path = tmp_path / f"a{suffix}"
    path.write_bytes(register_bytes([hostile, action(number=2)], suffix=suffix, created=AS_OF))
    back = read_register(path)
    assert back == (replace(hostile, action="+49 call back"), action(number=2))
    assert path.read_bytes() == register_bytes([hostile, action(number=2)], suffix=suffix, created=AS_OF)


def test_no_cell_of_a_register_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(
        register_bytes([action(condition="=1+1", action="@SUM(A1)")], suffix=".xlsx", created=AS_OF)
    )
    for cells in openpyxl.load_workbook(path).active.iter_rows():
        for cell in cells:
            assert cell.data_type != "f"
            assert not str(cell.value or "").startswith(("=", "@"))


def test_a_due_day_typed_as_a_date_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(register_bytes([action()], suffix=".xlsx", created=AS_OF))
    book = openpyxl.load_workbook(path)
    book.active.cell(2, HEADINGS.index("Due") + 1).value = date(2026, 6, 30)
    book.save(path)
    assert read_register(path)[0].due == date(2026, 6, 30)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "headings"),
        (b"a,b\n", "headings"),
        (b"\xff\xfe", "UTF-8"),
        (",".join(HEADINGS).encode() + b"\n" + b"x," * 20 + b"more\n", "right of it"),
        (",".join(HEADINGS).encode() + b'\n"never closed', "no CSV"),
    ],
)
def test_what_is_no_register_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_register(path)


def test_one_action_twice_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(register_bytes([action(), action()], suffix=".csv", created=AS_OF))
    with pytest.raises(DataError) as caught:
        read_register(path)
    assert caught.value.problems[0].line == 3
