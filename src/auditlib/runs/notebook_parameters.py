"""The parameters a notebook declares, and the only values that may be given to it.

A notebook declares its parameters in one code cell tagged ``parameters``: annotated names with plain
values, nothing else. papermill writes names into code unquoted and only warns of unknown ones, so names
and values are checked here, against that cell, before papermill sees them.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from auditlib.errors import Problem
from auditlib.errors.values import named

Scalar = bool | int | float | str

GIVEN_BY_RUN = ("run_file", "data", "work")
"""Parameters every notebook has and only a run may fill."""

_TYPES: Mapping[str, type] = {"str": str, "int": int, "float": float, "bool": bool}


@dataclass(frozen=True, slots=True)
class DeclaredParameter:
    """One declared parameter: its type's name and its default."""

    name: str
    type: str
    default: Scalar


class NotDeclarable(ValueError):
    """The `parameters` cell holds something other than annotated plain values."""


def declared_parameters(notebook: Mapping[str, Any]) -> dict[str, DeclaredParameter]:
    """Return what the `parameters` cell of a notebook declares, in its order.

    Raises
    ------
    NotDeclarable
        If there is not exactly one such cell, or a line of it is not ``name: type = plain value``.
    """
    cells = [cell for cell in notebook["cells"] if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if len(cells) != 1 or cells[0]["cell_type"] != "code":
        raise NotDeclarable(f"it needs exactly one code cell tagged 'parameters'; it has {len(cells)}")
    try:
        tree = ast.parse(source_of(cells[0]))
    except (SyntaxError, MemoryError, RecursionError) as error:
        reason = getattr(error, "msg", "it is nested too deeply")
        raise NotDeclarable(f"its 'parameters' cell is not Python: {reason}") from error
    parameters = [_declared(statement) for statement in tree.body if not _is_text(statement)]
    return {parameter.name: parameter for parameter in parameters}


def source_of(cell: Mapping[str, Any]) -> str:
    """Return a cell's source as one text, however the file spells it."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def checked_values(
    supplied: Mapping[str, Scalar], declared: Mapping[str, DeclaredParameter]
) -> tuple[dict[str, Scalar], list[tuple[str, Problem]]]:
    """Return the values as their declared types, and ``(name, problem)`` for each one that is refused."""
    values: dict[str, Scalar] = {}
    problems: list[tuple[str, Problem]] = []
    for name, value in supplied.items():
        problem = _name_problem(name, declared) or _value_problem(value, declared[name])
        if problem:
            problems.append((name, problem))
        else:
            values[name] = float(value) if declared[name].type == "float" else value
    return values, problems


def injected_code(values: Mapping[str, Scalar]) -> str:
    """Return the assignments papermill will write for `values`, proved to be plain assignments of them.

    Raises
    ------
    NotDeclarable
        If the text would do anything else than give these names these values.
    """
    from papermill.translators import PythonTranslator

    text = str(PythonTranslator.codify(dict(values)))
    try:
        pairs = [_assignment(statement) for statement in ast.parse(text).body]
    except (SyntaxError, ValueError) as error:
        raise NotDeclarable("a parameter would become code") from error
    expected = [(name, type(value), value) for name, value in values.items()]
    if [(name, type(value), value) for name, value in pairs] != expected:
        raise NotDeclarable("a parameter would become code")
    return text


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _declared(statement: ast.stmt) -> DeclaredParameter:
    if not (
        isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(statement.annotation, ast.Name)
        and statement.annotation.id in _TYPES
        and statement.value is not None
    ):
        raise NotDeclarable(
            f"line {statement.lineno} of its 'parameters' cell is not 'name: type = value' "
            f"with one of the types {', '.join(_TYPES)}"
        )
    name, kind = statement.target.id, statement.annotation.id
    try:
        value: Scalar = ast.literal_eval(statement.value)
    except (ValueError, TypeError, MemoryError, RecursionError) as error:
        raise NotDeclarable(f"the default of '{name}' is not a plain value") from error
    if kind == "float" and type(value) is int:
        value = float(value)
    if type(value) is not _TYPES[kind]:
        raise NotDeclarable(f"the default of '{name}' is not of its type {kind}")
    return DeclaredParameter(name, kind, value)


def _name_problem(name: str, declared: Mapping[str, DeclaredParameter]) -> Problem | None:
    if name in GIVEN_BY_RUN:
        return Problem(
            f"'{name}' is filled by the run itself.", remedy="Remove it; use --data and --out instead."
        )
    if name in declared:
        return None
    parameters = [parameter for parameter in declared if parameter not in GIVEN_BY_RUN]
    near = get_close_matches(name, parameters, n=1)
    remedy = (
        f"Did you mean '{near[0]}'?" if near else f"It takes: {', '.join(parameters) or 'no parameters'}."
    )
    return Problem(f"the notebook has no parameter {named(name)}.", remedy=remedy)


def _value_problem(value: Scalar, declared: DeclaredParameter) -> Problem | None:
    allowed = (int, float) if declared.type == "float" else (_TYPES[declared.type],)
    if type(value) not in allowed:
        return Problem(
            f"'{declared.name}' must be of type {declared.type}, "
            f"not {type(value).__name__} ({named(value)}).",
            remedy=f"Its default is {declared.default!r}.",
        )
    if isinstance(value, float) and not math.isfinite(value):
        return Problem(f"'{declared.name}' must be a finite number.")
    if isinstance(value, str) and not _writable(value):
        return Problem(f"'{declared.name}' holds characters that cannot be stored.")
    return None


def _writable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _assignment(statement: ast.stmt) -> tuple[str, Scalar]:
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not (isinstance(statement, ast.Assign) and isinstance(target, ast.Name)) or len(statement.targets) > 1:
        raise ValueError("not a plain assignment")
    value: Scalar = ast.literal_eval(statement.value)
    return target.id, value
