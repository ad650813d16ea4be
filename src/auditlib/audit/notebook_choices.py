"""What a run file gives to its notebooks, as far as types cannot tell: names there are, and smallest numbers.

Values that a run file does not give are the notebook's own and are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from auditlib.audit.standard import editions
from auditlib.errors import Problem
from auditlib.parameters.run import Run, Scalar
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document

Names = Callable[[Run, Path], tuple[str, ...]]
"""Run file and project to the names that can stand there."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A parameter that names something.

    Parameters
    ----------
    noun
        What it names, as messages say it.
    names
        See `Names`.
    several
        Whether it may name several, apart by blanks.
    optional
        Whether it may be empty.
    """

    noun: str
    names: Names
    several: bool = False
    optional: bool = False


def chosen_problems(run: Run, document: Document, *, root: Path) -> Iterator[Problem]:
    """Yield every value given to a notebook that names what is not there, or is too small.

    Parameters
    ----------
    run, document
        The run file, and its text with places.
    root
        The project.
    """
    for notebook, values in run.notebooks.items():
        for name, value in values.items():
            for message, remedy in _problems((notebook, name), value, run, root):
                place = ("notebooks", notebook, name)
                yield document.problem(place, f"{notebook}: {message}", remedy=remedy)


def _problems(parameter: tuple[str, str], value: Scalar, run: Run, root: Path) -> Iterator[tuple[str, str]]:
    name = parameter[1]
    if parameter in _LEAST and isinstance(value, int | float) and value < _LEAST[parameter]:
        yield f"'{name}' must be at least {_LEAST[parameter]}; found {value}.", "Give a larger number."
    rule = _NAMED.get(parameter)
    if rule is None or not isinstance(value, str):
        return
    words = value.split() if rule.several else [value] if value or not rule.optional else []
    names = rule.names(run, root)
    for word in words:
        if word not in names:
            remedy = did_you_mean(word, names) or "There is none in this run."
            yield f"'{name}' names {word!r}, and there is no such {rule.noun}.", remedy


def mapped_columns(run: Run, table: str) -> tuple[str, ...]:
    """Return the columns of a canonical table that a source of the run maps or fills with a constant."""
    sources = [source for source in run.sources if source.table == table]
    return tuple(dict.fromkeys(name for source in sources for name in (*source.columns, *source.constants)))


def _statistics(_run: Run, _root: Path) -> tuple[str, ...]:
    from auditlib.benchmark import STATISTICS

    return STATISTICS


def _weightings(_run: Run, _root: Path) -> tuple[str, ...]:
    from auditlib.compensation.procedure import Weighting

    return get_args(Weighting)


def _items(run: Run, _root: Path) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for model in run.instruments.values() for item in model.items))


def _editions(_run: Run, root: Path) -> tuple[str, ...]:
    return editions(root=root)


def _of_responses(run: Run, _root: Path) -> tuple[str, ...]:
    return mapped_columns(run, "responses")


def _of_units(run: Run, _root: Path) -> tuple[str, ...]:
    return mapped_columns(run, "units")


_COLUMN = "column of the {} that a source maps"
_COMPARING = ("02_benchmark", "16_improvement")
"""Notebooks that compare units, each by what it chooses itself."""
_COMPARED = {
    "statistic": _Named("statistic", _statistics),
    "item": _Named("question of this audit", _items, optional=True),
    "adjust_for": _Named(_COLUMN.format("responses"), _of_responses, several=True, optional=True),
}
_NAMED: Mapping[tuple[str, str], _Named] = MappingProxyType(
    {
        **{(notebook, name): named for notebook in _COMPARING for name, named in _COMPARED.items()},
        ("02_benchmark", "statistic"): _Named("statistic", _statistics, optional=True),
        ("02_benchmark", "second_statistic"): _Named("statistic", _statistics, optional=True),
        ("02_benchmark", "peers_by"): _Named(_COLUMN.format("units"), _of_units),
        ("03_compensation", "weighting"): _Named("weighting", _weightings),
        ("11_standards", "standard"): _Named("standard", _editions, optional=True),
        ("11_standards", "other"): _Named("standard", _editions),
    }
)
_LEAST: Mapping[tuple[str, str], int] = MappingProxyType(
    {
        **{(notebook, "minimum_n"): 0 for notebook in _COMPARING},
        ("02_benchmark", "meaningful"): 0,
        ("03_compensation", "hold_out"): 0,
        ("03_compensation", "placebo_adoptions"): 0,
        ("05_escalation", "worst_shown"): 1,
        ("05_escalation", "latency_hours"): 1,
    }
)
