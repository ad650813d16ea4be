"""The parameters of a notebook: only declared names, only values of their type, never code."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditlib.runs.notebook_parameters import (
    DeclaredParameter,
    NotDeclarable,
    checked_values,
    declared_parameters,
    injected_code,
)

DECLARED = {
    "work": DeclaredParameter("work", "str", ""),
    "limit": DeclaredParameter("limit", "int", 5),
    "share": DeclaredParameter("share", "float", 0.5),
    "label": DeclaredParameter("label", "str", ""),
    "strict": DeclaredParameter("strict", "bool", True),
}


def notebook(source: str, *, tags: tuple[str, ...] = ("parameters",), kind: str = "code") -> dict[str, Any]:
    return {"cells": [{"cell_type": kind, "source": source, "metadata": {"tags": list(tags)}}]}


def test_a_cell_of_annotated_plain_values_declares_them_in_order() -> None:
    source = (
        '"""What may vary."""\nlimit: int = -3  # lowest\nshare: float = 1\nlabel: str = "a"\non: bool = True'
    )
    assert declared_parameters(notebook(source)) == {
        "limit": DeclaredParameter("limit", "int", -3),
        "share": DeclaredParameter("share", "float", 1.0),
        "label": DeclaredParameter("label", "str", "a"),
        "on": DeclaredParameter("on", "bool", True),
    }


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("limit = 5", "line 1"),
        ("limit: int", "line 1"),
        ("limit: list = []", "line 1"),
        ("limit: int = 5\nimport os", "line 2"),
        ("limit: int = open('x')", "plain value"),
        ("limit: int = True", "not of its type"),
        ("label: str = 5", "not of its type"),
        ("limit: int = ", "not Python"),
    ],
)
def test_anything_else_in_the_cell_is_refused(source: str, why: str) -> None:
    with pytest.raises(NotDeclarable, match=why):
        declared_parameters(notebook(source))


def test_exactly_one_code_cell_declares() -> None:
    one = notebook("limit: int = 5")["cells"]
    for cells in ([], [*one, *one], notebook("limit: int = 5", kind="markdown")["cells"]):
        with pytest.raises(NotDeclarable, match="exactly one"):
            declared_parameters({"cells": cells})


@pytest.mark.parametrize(
    "name", ["x=1;open('pwned','w');y", "limit\nimport os", "__import__", "Limit", "", "{x}", "work"]
)
def test_an_undeclared_name_is_refused(name: str) -> None:
    values, problems = checked_values({name: 1}, DECLARED)
    assert values == {}
    assert [refused for refused, _ in problems] == [name]


def test_a_near_name_is_proposed() -> None:
    _, problems = checked_values({"limitt": 1}, DECLARED)
    assert "Did you mean 'limit'?" in problems[0][1].remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "5"),
        ("limit", 5.0),
        ("limit", True),
        ("share", "0.5"),
        ("share", True),
        ("share", float("inf")),
        ("label", 7),
        ("label", "a\x00b"),
        ("label", "\ud800"),
        ("strict", 1),
        ("strict", "NO"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    values, problems = checked_values({name: value}, DECLARED)
    assert values == {}
    assert len(problems) == 1


def test_a_whole_number_is_a_float_where_a_float_is_declared() -> None:
    values, problems = checked_values({"share": 1}, DECLARED)
    assert not problems
    assert type(values["share"]) is float


HOSTILE = [
    '"; open("pwned", "w"); "',
    "'''\nimport os\n'''",
    "\\",
    '\\"',
    "{x}",
    "../escaped",
    "$(id)",
    "a\nb\r\nc\u2028d",
    "=1+1",
    "{{7*7}}",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_text_stays_a_text(value: str) -> None:
    tree = ast.parse(injected_code({"label": value}))
    assert len(tree.body) == 1
    assert isinstance(tree.body[0], ast.Assign)
    assert ast.literal_eval(tree.body[0].value) == value


# the first draw of a text builds tables of all characters, which takes a second on a busy machine
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from("abc"),
        st.text() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans(),
    )
)
def test_every_value_is_written_as_a_plain_assignment_of_itself(values: dict[str, Any]) -> None:
    space: dict[str, Any] = {}
    exec(injected_code(values), {"__builtins__": {}}, space)  # noqa: S102 - proved to hold no code
    assert space == values


def test_a_name_that_is_code_is_never_written() -> None:
    with pytest.raises(NotDeclarable, match="become code"):
        injected_code({"x=1;open('pwned','w');y": 1})
