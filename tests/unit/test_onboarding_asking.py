"""The walk through open questions: each answer lands where its question stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.onboarding.file_looks import FileLook, look_at
from auditlib.onboarding.open_questions import DROP, LEAVE, OpenQuestion, walk
from auditlib.onboarding.propose import propose
from auditlib.onboarding.run_file_text import DECIDE, run_file_text


@pytest.fixture
def looks(tmp_path: Path) -> list[FileLook]:
    rows = "".join(f"2025-02-{n % 27 + 1:02d} 09:00,Shop {n % 2},{n % 5 + 1},{n % 7}\n" for n in range(60))
    path = tmp_path / "a.csv"
    path.write_text(f"Date,Shop,Overall satisfaction,Waiting time\n{rows}", encoding="utf-8")
    return list(look_at(path, file="a.csv"))


@pytest.fixture
def text(looks: list[FileLook]) -> str:
    proposal = propose(looks, fallback=date(2025, 1, 1))
    return run_file_text(proposal, audit="trial", command="check", notebooks=["01_intake"])


def walked(text: str, looks: list[FileLook], answers: dict[str, str]) -> tuple[str, list[OpenQuestion]]:
    seen: list[OpenQuestion] = []

    def ask(question: OpenQuestion) -> str:
        seen.append(question)
        return next((answer for words, answer in answers.items() if words in question.question), "")

    return walk(text, looks, ask=ask), seen


def test_taking_everything_as_it_stands_leaves_no_question(text: str, looks: list[FileLook]) -> None:
    after, seen = walked(text, looks, {})
    assert DECIDE not in after
    assert len(seen) == text.count(DECIDE)
    assert (seen[0].number, seen[-1].of) == (1, len(seen))


@pytest.mark.parametrize(
    ("words", "answer", "line"),
    [
        ("the name printed", "Shops & Sons: Ltd", 'party: {name: "Shops & Sons: Ltd"}'),
        ("the audited period", "2025-02-01 to 2025-02-28", "period: {start: 2025-02-01, end: 2025-02-28}"),
        ("the instant the audit", "2025-03-02T00:00:00+01:00", "as_of: 2025-03-02T00:00:00+01:00"),
        ("the zone of units", "Europe/Berlin", "time_zone: Europe/Berlin"),
        ("these wall-clock times", "Europe/Berlin", "    dates: {time_zone: Europe/Berlin}"),
        ("is this survey", "relationship", "      survey_type: relationship"),
        ("is this survey", "no", '      survey_type: "no"'),
    ],
)
def test_an_answer_becomes_the_value_of_its_line(
    text: str, looks: list[FileLook], words: str, answer: str, line: str
) -> None:
    after, _ = walked(text, looks, {words: answer})
    assert line in after.splitlines()


def test_a_question_may_stay_open_and_a_line_may_go(text: str, looks: list[FileLook]) -> None:
    after, _ = walked(text, looks, {"the audited period": LEAVE, "the zone of units": DROP})
    assert after.count(DECIDE) == 1
    assert not any(line.startswith("time_zone:") for line in after.splitlines())


def test_a_question_shows_what_its_column_holds(text: str, looks: list[FileLook]) -> None:
    _, seen = walked(text.replace("unit_id: Shop", f"unit_id: Shop   {DECIDE} is it?"), looks, {})
    about = [question for question in seen if question.line == "unit_id: Shop"]
    assert about
    assert about[0].samples == "'Shop 0' (30), 'Shop 1' (30)"


def test_a_column_that_was_not_found_can_be_named(looks: list[FileLook]) -> None:
    text = "    columns:\n      # DECIDE: which column is submitted? When it was submitted.\n"
    after, _ = walked(text, looks, {"which column": "Date"})
    assert after == "    columns:\n      submitted: Date\n"
