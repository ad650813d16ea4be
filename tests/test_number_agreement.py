"""Singular and plural agree: a number in a sentence stands before its noun by way of `records.counted`.

``f"{n} units"`` is wrong for one unit. The test reads every f-string of the source and refuses a value that
stands right before a plural noun or verb. Values that hold words and not numbers are listed by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "auditlib"
WORDS_BEFORE = 2
"""Words that may stand between a number and its noun: ``3 defensible choices``."""


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


NO_NOUNS = words(
    "against allows already always as asks basis begins belongs comes contradicts covers does downwards ends "
    "feeds follows gives has holds its is knows lacks lasts less lies looks minus names needs perhaps plus "
    "process quotes reaches reads refers rests runs says shows speaks stands states takes this thus times "
    "towards upwards was"
)
ENDS_A_PHRASE = words("a and are at by for from in is nor of on or per than that the to were with")
PLURAL_VERBS = words("are were have lie differ show exclude say look hold carry")
HOLD_WORDS = frozenset(
    {
        "inner", "outer", "level", "cause", "name", "file", "cases", "told", "high", "accounted", "audit",
        "second", "now.title",
        "shift", "table", "upper", "value", "weighted", "which", "own", "measure.survey_type",
        "measure.question", "criterion.id", "self.step", "NOUNS[role]",
        "design.tolerable",
        "targets.gap", "counted(counts[1], 'other')", "', '.join(needing)", "listed(absent)", "_shown(total)",
        "design.responses", "timeout", "limit", "criterion.minimum_n",
        "policy.least_answers",
        "other", "often", "start.name", "total.file", "code",
        "policy.least_units", "insertion('decision_minors')", "DECIDE",
    }
)  # fmt: skip
"""Values that hold words, shares, decimals, or a declared number that cannot be one."""


def broken(source: str) -> Iterator[str]:
    """Yield each value of an f-string in `source` that a plural follows."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, rest in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(rest, ast.Constant):
                    plural = followed_by(str(rest.value))
                    agrees = is_counted(value) and plural not in PLURAL_VERBS
                    if plural and not agrees and counts(value):
                        yield f"line {node.lineno}: {{{ast.unparse(value.value)}}} {plural}"


def followed_by(text: str) -> str:
    """Return the plural that `text` begins with; empty where there is none."""
    if not text.startswith(" "):
        return ""
    for place, word in enumerate(text.split()[: WORDS_BEFORE + 1]):
        bare = word.strip(".,;:()")
        if place == 0 and bare in PLURAL_VERBS:
            return bare
        if bare in ENDS_A_PHRASE or bare in NO_NOUNS or not re.fullmatch(r"[a-z][a-z-]*", bare):
            return ""
        if bare.endswith("s") and not bare.endswith("ss"):
            return bare
        if bare != word:
            return ""
    return ""


def is_counted(value: ast.FormattedValue) -> bool:
    """Tell whether a value is a number with its noun already."""
    return ast.unparse(value.value).startswith("counted(")


def counts(value: ast.FormattedValue) -> bool:
    """Tell whether a value may be the number one."""
    text = ast.unparse(value.value)
    form = ast.unparse(value.format_spec) if value.format_spec else ""
    if re.search(r"\.[1-9]|%", form) or text.isupper() or "FEWEST" in text:
        return False
    spoken = r"(?:_?points|_?listed|sequence|percent|as_level|signed|plain|probability)"
    speaks = re.match(rf"(?:\w+\.)?{spoken}\(", text)
    return not speaks and text not in HOLD_WORDS


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_number_agrees_with_its_noun(path: Path) -> None:
    assert list(broken(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "plural"),
    [
        ('f"{n} units"', "units"),
        ('f"of {n:,} open units, none"', "units"),
        ('f"{len(x)} more rows are there"', "rows"),
        ('f"{n} are met"', "are"),
        ('f"{n} of the units"', ""),
        ('f"{n:.1f} points"', ""),
        ("""f"{counted(n, 'unit')} of all units\"""", ""),
        ('f"{LIMIT} rows"', ""),
        ('f"{name} holds rows"', ""),
    ],
)
def test_the_test_sees_it(source: str, plural: str) -> None:
    assert [found.rpartition(" ")[2] for found in broken(source)] == [plural] * bool(plural)
