"""Parameter files into typed models; every mistake at once, each with its place and its remedy."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import named
from auditlib.parameters.explain import problems_of
from auditlib.parameters.shape import kinds_at
from auditlib.parameters.strict_model import Misfit, Strict
from auditlib.parameters.strict_yaml import Document, read_yaml

Model = TypeVar("Model", bound=BaseModel)


def load(model: type[Model], text: str, *, name: str) -> Model:
    """Read a strict YAML file into `model`.

    Parameters
    ----------
    model
        The pydantic model the file must fit.
    text
        Content of the file.
    name
        The file as the user named it; printed with every problem.

    Raises
    ------
    ParameterError
        With every problem of the file: line, column, what was expected, what was found, what to do.
    """
    return validate(model, read_yaml(text, name=name))


def validate(model: type[Model], document: Document) -> Model:
    """Return `document` as `model`; used where the positions are needed afterwards too."""
    if document.value is None:
        raise ParameterError(Problem("the file is empty.", document.name, 1, 1))
    try:
        value = model.model_validate_json(json.dumps(_spelled_out(model, document)), strict=True)
    except Misfit as error:
        raise ParameterError(document.problem(error.at, f"{error}.", remedy=error.remedy)) from None
    except ValidationError as error:
        problems = [*problems_of(model, document, error), *_digits_as_dates(model, document)]
        raise ParameterError(*in_order(problems)) from None
    problems = list(_digits_as_dates(model, document))
    if problems:
        raise ParameterError(*in_order(problems))
    return value


def _spelled_out(model: type[BaseModel], document: Document) -> object:
    return model.spelled_out(document.value) if issubclass(model, Strict) else document.value


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return `problems` file by file, each in the order of the file, without repetitions."""
    distinct = tuple(dict.fromkeys(problems))
    files = list(dict.fromkeys(problem.file for problem in distinct))
    return sorted(distinct, key=lambda problem: (files.index(problem.file), *_position(problem)))


def _position(problem: Problem) -> tuple[int, int]:
    return problem.line or 0, problem.column if isinstance(problem.column, int) else 0


def _digits_as_dates(model: type[BaseModel], document: Document) -> Iterator[Problem]:
    """Refuse digits where a date is expected: pydantic would read them as seconds since 1970."""
    for path in document.values:
        value = _at(document, path)
        if not (isinstance(value, str) and value.strip("+-. ").isdigit()):
            continue  # most values; what a place takes is looked up for the others alone
        kinds = kinds_at(model, path)
        if date in kinds or datetime in kinds:
            message = f"{named(str(path[-1]))} must be a date; found the digits {named(value)}."
            yield document.problem(path, message, remedy="Write it as YYYY-MM-DD.")


def _at(document: Document, path: tuple[str | int, ...]) -> object:
    value: object = document.value
    for step in path:
        if isinstance(value, dict | list):
            value = value[step]  # type: ignore[index]  # the path was made from this value
    return value
