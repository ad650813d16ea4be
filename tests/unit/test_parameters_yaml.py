"""Strict YAML: what stands in the file is what is meant, and every value keeps its place."""

from __future__ import annotations

import pytest

from auditlib.errors import ParameterError
from auditlib.parameters.strict_yaml import Mark, read_yaml


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("010", "010"),
        ("007", "007"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("True", "True"),
        ("12:30", "12:30"),
        ("2024-01-31", "2024-01-31"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e", "1e"),
        ("00.5", "00.5"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-7", -7),
        ("1200", 1200),
        ("0.5", 0.5),
        (".5", 0.5),
        ("2e-3", 0.002),
        ("-1.50", -1.5),
    ],
)
def test_only_the_declared_plain_words_are_more_than_text(written: str, value: object) -> None:
    read = read_yaml(f"key: {written}", name="a.yaml").value
    assert read == {"key": value}
    assert type(read["key"]) is type(value)


@pytest.mark.parametrize("key", ["010", "NO", "true", "~", "1", "12:30"])
def test_a_key_is_always_text(key: str) -> None:
    assert read_yaml(f"{key}: x", name="a.yaml").value == {key: "x"}


def test_positions_of_keys_and_values_are_kept() -> None:
    document = read_yaml("a: 1\nb:\n  - c: x\n    d: y\n", name="a.yaml")
    assert document.keys[("b", 0, "d")] == Mark(4, 5)
    assert document.values[("b", 0, "d")] == Mark(4, 8)
    assert document.mark(("b", 0, "missing")) == Mark(3, 5)
    assert document.plain[("a",)] == "1"


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: &x 1", 1, 4, "anchors"),
        ("a: 1\nb: *x", 2, 4, "aliases"),
        ("a: !!python/object:os.system x", 1, 4, "tag"),
        ("a: !x y", 1, 4, "tag"),
        ("a: 1\n<<: {b: 1}", 2, 1, "merge"),
        ("a: 1\nb: 2\na: 3", 3, 1, "twice, first on line 1"),
        ("a: 1\n---\nb: 2", 2, 1, "second document"),
        ("%TAG ! tag:x,2000:\n---\na: 1", 1, 1, "directive"),
        ("a:\n\tb: 1", 2, 1, "tab"),
        ("a: b: c", 1, 5, "not valid YAML"),
        ("a: [1,", 2, 1, "not valid YAML"),
        ("a: 1\nb: 'open", 2, 9, "not valid YAML"),
        ("{a: 1}: 2", 1, 1, "key is expected"),
        ("a: 1e999", 1, 4, "too large"),
        ("a: -1234567890123456789", 1, 4, "18 digits"),
        ("a: 1\nb: x\x07", 2, 5, "U+0007"),
        ("a: 1\nb: ab\u202ecd", 2, 6, "U+202E"),
        ('a: "\\0"', 1, 4, "U+0000"),
    ],
)
def test_what_is_not_strict_is_refused_at_its_place(text: str, line: int, column: int, says: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_yaml(text, name="a.yaml")
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == ("a.yaml", line, column)
    assert says in problem.message
    assert problem.remedy


def test_eighteen_digits_are_a_number() -> None:
    assert read_yaml("a: 123456789012345678", name="a.yaml").value == {"a": 123456789012345678}


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert read_yaml("\ufeffa: 1", name="a.yaml").value == {"a": 1}


def test_an_empty_file_holds_nothing() -> None:
    assert read_yaml("", name="a.yaml").value is None
    assert read_yaml("# only a comment\n", name="a.yaml").value is None
