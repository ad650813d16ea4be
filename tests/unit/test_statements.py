"""A sentence states facts: the number, its key and its word are named once."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.records import Number, Sentence
from auditlib.statements import Answer, Facts, agreeing, counted, listed, say, spanned, with_sign
from auditlib.statements.formats import format_value
from auditlib.statements.template import types_a_number

HOUSE = Path(__file__).parents[2] / "src" / "auditlib"
FACTS = Facts.of(
    [
        Number("judged", 1200, "cases"),
        Number("late", 1, "cases"),
        Number("score:low", 0.712, "share"),
        Number("decision", "not_met"),
        Number("n:U014", 31, "responses"),
        Number("mean", None, "points", reason="too few responses"),
    ]
)


@pytest.mark.parametrize(
    ("template", "text", "keys"),
    [
        ("{judged} were judged.", "1,200 were judged.", ("judged",)),
        ("{late|case|cases} {late~is|are} late.", "1 case is late.", ("late",)),
        ("{judged|case|cases} {judged~is|are} due.", "1,200 cases are due.", ("judged",)),
        ("It scores {score:low}.", "It scores 71.2%.", ("score:low",)),
        ("It scores {score:low|.0%}.", "It scores 71%.", ("score:low",)),
        ("It is {decision}.", "It is not_met.", ("decision",)),
        ("{late} of {judged}, {late|.1f}.", "1 of 1,200, 1.0.", ("late", "judged")),
        ("In {where} nothing.", "In U1, U2 and U3 nothing.", ()),
    ],
)
def test_a_template_names_its_facts(template: str, text: str, keys: tuple[str, ...]) -> None:
    assert say(template, FACTS, where=["U1", "U2", "U3"]) == Sentence(text, keys)


def test_a_scope_is_looked_in_first_and_the_key_stays_whole() -> None:
    assert say("{n} of {judged}.", FACTS.about("U014")) == Sentence("31 of 1,200.", ("n:U014", "judged"))
    assert "n" in FACTS.about("U014")
    assert "n" not in FACTS


def test_a_digit_typed_in_a_template_is_refused() -> None:
    with pytest.raises(ValueError, match="a number is typed"):
        say("At least 95% of {judged}.", FACTS)


def test_digits_of_names_and_formats_are_none() -> None:
    assert str(say("{unit} has {judged|.1f}.", FACTS, unit="U014")) == "U014 has 1200.0."


def test_what_is_not_known_is_not_stated() -> None:
    with pytest.raises(ValueError, match="too few responses"):
        say("The mean is {mean}.", FACTS)


def test_what_is_neither_fact_nor_word_is_named() -> None:
    with pytest.raises(KeyError, match="median"):
        say("The median is {median}.", FACTS)


def test_two_numbers_under_one_name_are_refused_and_one_said_twice_is_not() -> None:
    first = Number("rows", 1)
    assert list(Facts.of([first, first])) == [first]
    with pytest.raises(ValueError, match="rows"):
        Facts.of([first, Number("rows", 2)])


@given(st.integers(0, 10**9))
def test_a_count_agrees_with_its_noun_and_its_verb(n: int) -> None:
    assert counted(n, "case").endswith("case") is (n == 1)
    assert agreeing(n, "is", "are") == ("is" if n == 1 else "are")


@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1), max_size=5))
def test_a_list_names_each_word_once(words: list[str]) -> None:
    text = listed(words)
    assert text.count(",") == max(0, len(words) - 2)
    assert text.replace(", ", "\n").replace(" and ", "\n").split("\n") == (words or [""])


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert [with_sign(value, decimals=1) for value in (-0.04, -0.05001, 0.26)] == [
        "0.0",
        "\N{MINUS SIGN}0.1",
        "+0.3",
    ]


def templates() -> Iterator[tuple[str, str]]:
    """Yield every template typed in the source: the first argument of `say`."""
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield f"{path.relative_to(HOUSE)}:{node.lineno}", first.value


def test_no_template_of_the_house_types_a_number() -> None:
    assert [where for where, template in templates() if types_a_number(template)] == []


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        # a share is rounded, and neither nothing nor all of it is printed of what is not
        (0.0, "share", "0.0%"),
        (0.00049999, "share", "< 0.1%"),
        (0.0005, "share", "0.1%"),
        (0.0015001, "share", "0.2%"),
        (0.89949, "share", "89.9%"),
        (0.8996, "share", "90.0%"),
        (0.99949999, "share", "99.9%"),
        (0.9995, "share", "> 99.9%"),
        (0.99999999, "share", "> 99.9%"),
        (1.0, "share", "100.0%"),
        # no p-value is nothing
        (0.0, "probability", "< 0.001"),
        (0.00099999, "probability", "< 0.001"),
        (0.001, "probability", "0.001"),
        (0.04951, "probability", "0.050"),
        # a fall keeps its sign, and what rounds to nothing has none
        (-0.25, "points", "\N{MINUS SIGN}0.25"),
        (-0.0051, "points", "\N{MINUS SIGN}0.01"),
        (-0.0049, "points", "0.00"),
        (-0.0004, "share", "0.0%"),
        (-1234.0, "count", "\N{MINUS SIGN}1,234"),
    ],
)
def test_a_number_is_printed_as_its_unit_demands(value: float, unit: str, printed: str) -> None:
    assert format_value(value, unit) == printed


def subclasses(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def test_every_answer_shows_itself_in_words() -> None:
    """A dataclass writes a representation of its own over that of `Answer`, unless it is told not to."""
    import_module("auditlib.drivers")
    import_module("auditlib.benchmark")
    import_module("auditlib.standards.answer")
    import_module("auditlib.reliability")
    answers = [kind for kind in subclasses(Answer) if kind.__module__.startswith("auditlib.")]
    assert len(answers) > 3
    assert [kind.__name__ for kind in answers if kind.__repr__ is not Answer.__repr__] == []


def test_a_range_of_one_value_is_said_as_one_value() -> None:
    low, high = (say(f"{{{key}}}", FACTS) for key in ("score:low", "n:U014"))
    assert spanned(low, high) == Sentence("between 71.2% and 31", ("score:low", "n:U014"))
    assert spanned(low, low) == Sentence("at 71.2%", ("score:low",))
    assert spanned("5", "5", apart="from {low} to {high}", same="{low} throughout").text == "5 throughout"


def test_ranges_are_said_in_one_place() -> None:
    """`between {low} and {high}` in a template says "between 0.25 and 0.25" where both are the same."""
    ranges = re.compile(r"\b(?:which lie|lies?|it between|estimates of \{lie\}) between (?:\{|\"$)")
    said = {
        f"{path.relative_to(HOUSE)}:{number}"
        for path in HOUSE.rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if ranges.search(line)
    }
    assert said == set()
