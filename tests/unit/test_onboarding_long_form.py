"""A file in long form, one row an answer: what is proposed for it, from `new` to `check`.

240 guests of three Brazilian hotels answer two questions each, every fourth leaves a comment, every tenth row
is of an item that is no question; the last row contradicts another.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.onboarding.check import check
from auditlib.onboarding.column_facts import look_at_column
from auditlib.onboarding.file_looks import FileLook, look_at
from auditlib.onboarding.long_form import in_long_form
from auditlib.onboarding.propose import propose
from auditlib.onboarding.run_file_text import run_file_text

ROOT = Path(__file__).parents[2]
HOTELS = ("Salvador", "Recife", "Natal")


def export(header: str = "Response ID,Hotel,Submitted at,Item,Answer") -> str:
    rows = []
    for n in range(240):
        own = f"P{n:03d},{HOTELS[n % 3]},2025-0{n % 3 + 4}-{n % 28 + 1:02d} 1{n % 10}:15"
        rows += [f"{own},Overall satisfaction,{n % 5 + 1}", f"{own},Recommend,{n % 11}"]
        rows += [f"{own},Comment,the room was nice number {n}"] if n % 4 == 0 else []
        rows += [f"{own},Room number,R-{n}"] if n % 10 == 0 else []
    return "\n".join((header, *rows, "P001,Recife,2025-05-02 11:15,Recommend,7", ""))


def proposed(folder: Path, text: str) -> str:
    (folder / "respostas.csv").write_text(text)
    looks = list(look_at(folder / "respostas.csv", file="respostas.csv"))
    proposal = propose(looks, fallback=date(2025, 1, 1))
    return run_file_text(proposal, audit="pousada", command="check", notebooks=["01_intake"])


def test_items_are_proposed_and_asked_with_the_counts(tmp_path: Path) -> None:
    text = proposed(tmp_path, export())
    assert (
        "long: {item: Item, value: Answer}   # DECIDE: each row seems to hold one answer: "
        "565 rows, 240 responses by 'Response ID', 4 items; is that right?"
    ) in text
    assert "q_overall: {item: Overall satisfaction}" in text
    assert "q_recommend: {item: Recommend}" in text
    assert "comment: {item: Comment}   # DECIDE: what the customer wrote?" in text
    assert "Items that nothing is mapped to are left out and counted: 'Room number' (24 rows)." in text
    assert text.count("unit_id: Hotel") == 2
    assert "Not mapped" not in text


def test_check_reconciles_what_is_proposed(tmp_path: Path) -> None:
    (tmp_path / "run.yaml").write_text(proposed(tmp_path, export()))
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    assert not report.problems
    units, responses = report.totals
    assert (units.rows_kept, units.rows_named_again) == (3, 562)
    assert (responses.rows_in, responses.rows_kept, responses.rows_quarantined) == (565, 538, 3)
    assert (responses.rows_left_out, responses.reconciled) == (24, True)
    said = [problem.message for problem in report.aside]
    assert any("line 7, column 'item Recommend': 'P001'; line 566: 'P001'" in message for message in said)


def test_times_of_answers_are_proposed_as_such(tmp_path: Path) -> None:
    told = ("Overall", "Recommend")
    days = [f"P{n // 2:03d},Natal,2025-04-{n % 28 + 1:02d} 10:{n % 60:02d}" for n in range(120)]
    rows = "".join(f"{day},{told[n % 2]},{n % 5 + 1}\n" for n, day in enumerate(days))
    text = proposed(tmp_path, f"Response ID,Hotel,Submitted at,Item,Answer\n{rows}")
    assert "long: {item: Item, value: Answer, latest: [submitted]}" in text
    assert "latest" not in proposed(tmp_path, export())


@pytest.mark.parametrize(
    ("ids", "items", "long"),
    [
        (["a", "a", "b", "b"] * 5, ["x", "y"] * 10, False),  # a response that answers an item five times
        ([f"{n // 2}" for n in range(20)], ["x", "y"] * 10, True),
        ([f"{n}" for n in range(20)], ["x", "y"] * 10, False),  # one row a response
        ([f"{n // 2}" for n in range(20)], ["1", "2"] * 10, True),
        ([f"{n // 2}" for n in range(20)], [f"{n}" for n in range(20)], False),  # no item comes again
    ],
)
def test_a_file_is_in_long_form_where_a_key_repeats_and_each_item_once(
    ids: list[str], items: list[str], *, long: bool
) -> None:
    cells = {"Response ID": ids, "Question": items, "Answer": [str(n % 5 + 1) for n in range(20)]}
    columns = tuple(look_at_column(name, held, position=at) for at, (name, held) in enumerate(cells.items()))
    assert (in_long_form(FileLook("a.csv", "csv", "", columns)) is not None) is long


def test_events_of_a_case_are_no_answers(tmp_path: Path) -> None:
    events = "".join(
        f"C{n // 3},2025-01-{n % 27 + 1:02d} 10:00,{('open', 'wait', 'done')[n % 3]},x\n" for n in range(60)
    )
    text = proposed(tmp_path, f"Case,Time,State,By\n{events}")
    assert "long:" not in text
