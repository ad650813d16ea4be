"""How a number is printed in a cell and said in a sentence: a table per unit, boundaries included."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from law_page import CaseTable

from auditlib.records import Number, Refusal, Sentence
from auditlib.statements import Answer, Exhibit, Facts, Unanswered, answered, say
from auditlib.statements.formats import COLUMNS, FORMATS, format_value, heading, label_unit, unit_of

PRINTED = CaseTable.read(
    "How a number is printed",
    """
    What is neither nothing nor all is printed as neither, and what rounds to nothing has no sign.

    value      | unit              | printed             | because
    -----------+-------------------+---------------------+-------------------------------------
    0          | share             | 0.0%                | nothing
    0.00049999 | share             | < 0.1%              | just below what would round to 0.1%
    0.0005     | share             | 0.1%                | on it
    0.99949999 | share             | 99.9%               | just below what would round to all
    0.9995     | share             | > 99.9%             | on it
    1          | share             | 100.0%              | all
    0.0004     | spoken share      | under 0.1%          | as a sentence says it
    0.9996     | spoken share      | over 99.9%          | as a sentence says it
    0          | probability       | < 0.001             | no p-value is nothing
    0.00099999 | probability       | < 0.001             | just below
    0.001      | probability       | 0.001               | on it
    1234.4     | count             | 1,234               | whole
    1234.5678  | points            | 1,234.57            | two places
    12.34      | hours             | 12.3                | one place
    12.34      | percentage points | 12.3                | one place
    1234       | seconds           | 1,234               | whole
    202403     | month             | 2024-03             | a month
    2024       | year              | 2024                | a name has no comma
    1187       | line              | 1187                | a name has no comma
    0.25       | signed            | +0.25               | the sentence tells the direction
    -0.25      | signed            | \N{MINUS SIGN}0.25  | minus is no hyphen
    -0.25      | size              | 0.25                | the words tell the direction
    0.95       | level             | 95%                 | as many decimals as it has
    0.998      | level             | 99.8%               | as many decimals as it has
    -0.0051    | points            | \N{MINUS SIGN}0.01  | a fall keeps its sign
    -0.0049    | points            | 0.00                | what rounds to nothing has none
    -1234      | count             | \N{MINUS SIGN}1,234 | a fall keeps its sign
    3          | furlongs          | 3                   | a unit nobody listed: whole as it is
    3.14159    | furlongs          | 3.142               | otherwise three places
    """,
)


@PRINTED.each
def test_a_number_is_printed(row: dict[str, str]) -> None:
    assert format_value(float(row["value"]), row["unit"]) == row["printed"]


@pytest.mark.parametrize(
    ("value", "printed"),
    [(None, "\N{EN DASH}"), (float("nan"), "\N{EN DASH}"), (True, "yes"), (False, "no"), ("U014", "U014")],
)
def test_what_is_no_number_is_printed_too(value: float | str | None, printed: str) -> None:
    assert format_value(value, "count") == printed


@given(st.floats(-1e9, 1e9), st.sampled_from(sorted(set(FORMATS) - {"month", "id", "line", "year"})))
def test_no_hyphen_stands_for_minus_and_nothing_has_no_sign(value: float, unit: str) -> None:
    printed = format_value(value, unit)
    assert not printed.startswith("-")
    if set(printed) <= set("\N{MINUS SIGN}+0.%"):
        assert printed[0] == "0"


@pytest.mark.parametrize(
    ("column", "head", "label", "whole", "unit"),
    [
        ("top_box", "Top box", "text", False, "share"),
        ("unit_id", "Unit", "id", True, "id"),
        ("customer_id", "Customer id", "id", True, "count"),
        ("first_month", "First month", "text", True, "month"),
        ("late_share", "Late share", "text", False, "share"),
        ("late_rate", "Late rate", "text", False, "share"),
        ("waiting", "Waiting", "text", True, "count"),
        ("waiting", "Waiting", "text", False, ""),
        ("NPS", "NPS", "text", True, "count"),
        ("comment", "Comment", "quoted", True, "quoted"),
        ("month", "Month", "month", True, "month"),
        ("rate", "Rate", "text", False, "share"),
    ],
)
def test_a_column_is_headed_and_printed_by_its_name(
    column: str, head: str, label: str, whole: bool, unit: str
) -> None:
    assert heading(column) == head
    assert label_unit(column) == label
    assert unit_of(column, whole=whole) == unit


def test_every_listed_column_has_a_unit_that_is_printed() -> None:
    assert {unit for _, unit in COLUMNS.values()} - set(FORMATS) == {"same", "text", "quoted"}


class Count(Answer[int]):
    def numbers(self) -> tuple[Number, ...]:
        return (Number("rows", self.result, "rows"),)

    def summary(self) -> tuple[Sentence, ...]:
        return (say("{rows|row is|rows are} < {rows}.", self.facts),)


def test_an_answer_is_shown_as_paragraphs_and_hides_no_sign() -> None:
    assert Count(3)._repr_html_() == "<p>3 rows are &lt; 3.</p>"


class Half(Answer[int]):
    def numbers(self) -> tuple[Number, ...]:
        return ()


def test_an_answer_without_words_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="summary"):
        Half(3)  # type: ignore[abstract]


def test_an_exhibit_says_nothing_beside_its_table() -> None:
    import pandas as pd

    frame = pd.DataFrame({"unit_id": ["A"]})
    exhibit = Exhibit(frame, facts=(Number("rows", 3),))
    assert exhibit.to_frame() is frame
    assert (exhibit.numbers(), exhibit.summary()) == ((Number("rows", 3),), ())


@pytest.mark.parametrize(("key", "numbers"), [("", 0), ("clocks", 1)])
def test_what_is_unanswered_says_why_everywhere(key: str, numbers: int) -> None:
    found = Unanswered("Clocks", Refusal("There is no log.", "Ask for it."), key)
    assert (found.caption, found.alt) == ("Ask for it.", "There is no log.")
    assert found.to_frame().empty
    assert [number.reason for number in found.numbers()] == ["There is no log."] * numbers
    assert found.summary()[0].text == ("Clocks: " if key else "") + "There is no log. Ask for it."
    assert (found.findings(), found.limits(), found.without(lambda *_: True)) == ((), (), (found, 0))


NESTED = CaseTable.read(
    "Sentences",
    """
    The facts are *n* and *all*, the word is *where*.

    template                                 | n | all  | where      | said                           | keys
    -----------------------------------------+---+------+------------+--------------------------------+-------
    {n|case|cases} of {all} {n~is|are} open. | 1 | 1200 | -          | 1 case of 1,200 is open.       | n, all
    {n|case|cases} of {all} {n~is|are} open. | 0 | 1200 | -          | 0 cases of 1,200 are open.     | n, all
    {n|case|cases|none}, and no more.        | 0 | 9    | -          | none, and no more.             | n
    {n|case|cases} in {where}.               | 2 | 9    | A1         | 2 cases in A1.                 | n
    {n|case|cases} in {where}.               | 2 | 9    | A1, B2     | 2 cases in A1 and B2.          | n
    {n|case|cases} in {where}.               | 2 | 9    | A1, B2, C3 | 2 cases in A1, B2 and C3.      | n
    In {where}, of all.                      | 2 | 9    | (n)        | In 2 open, of all.             | n
    In {where}, {n} again.                   | 2 | 9    | (all), (n) | In 9 once and 2 open, 2 again. | all, n
    {all|.1f} and {all|share}.               | 2 | 0.5  | -          | 0.5 and 50.0%.                 | all
    """,
)
PHRASES = {"(n)": "{n} open", "(all)": "{all} once"}


@NESTED.each
def test_a_sentence_is_filled(row: dict[str, str]) -> None:
    facts = Facts.of([Number("n", int(row["n"]), "cases"), Number("all", float(row["all"]), "cases")])
    words = [say(PHRASES[word], facts) if word in PHRASES else word for word in row["where"].split(", ")]
    sentence = say(row["template"], facts, where=words)
    assert (sentence.text, ", ".join(sentence.keys)) == (row["said"], row["keys"])


class Kept:
    """A result of which one group is held back, or all of it."""

    def __init__(self, groups: tuple[str, ...]) -> None:
        self.groups = groups

    def without(self, held: Callable[[str], bool]) -> tuple[Kept | None, int]:
        left = tuple(group for group in self.groups if not held(group))
        return (Kept(left) if left else None), len(self.groups) - len(left)


class Groups(Answer[Kept]):
    def numbers(self) -> tuple[Number, ...]:
        return ()

    def summary(self) -> tuple[Sentence, ...]:
        return (Sentence(", ".join(self.result.groups)),)


def test_an_answer_without_groups_that_are_held_back_says_the_others() -> None:
    answer = Groups(Kept(("A", "B")))
    part, lost = answer.without(lambda key, _n=None: key == "A")
    assert (repr(part), lost) == ("B", 1)
    assert answer.without(lambda _key, _n=None: True) == (None, 2)


def test_of_several_parts_those_that_were_answered_are_shown_and_where_none_was_all_say_why() -> None:
    yes, no = Count(3), Unanswered("Clocks", Refusal("There is no log."))
    assert answered(no, yes) == (yes,)
    assert answered(no, no) == (no, no)
