"""What a run must hold back besides its small counts, worked out over the numbers of all its notebooks.

A notebook holds its own small counts back. Only when all have been executed is it known what a reader could
work out from them together; the notebooks that state what gives it away are then executed again, and told.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditlib.audit.suppression import HELD_BACK_FOLDER, WITHHELD
from auditlib.disclosure import Name, Selection, about_people, silent, statements
from auditlib.disclosure.atoms import grouped
from auditlib.disclosure.differencing import CountDifference, differences
from auditlib.disclosure.outsider import Deduced, deduced
from auditlib.disclosure.protect import protect
from auditlib.disclosure.sums import sums
from auditlib.disclosure.tables import Linked, linked
from auditlib.evidence import Evidence, open_evidence
from auditlib.files import write_json
from auditlib.records import Interval, Number
from auditlib.runs.kept import KeptResult
from auditlib.runs.recorded import bases_of, read_results

Parts = Mapping[str, Mapping[str, Sequence[str]]]
"""By notebook and key, the parts of a number that are held back besides."""
MOST_PASSES = 4


def withholding(
    results: Sequence[KeptResult], directory: Path, *, minimum: int, threads: int
) -> dict[str, dict[str, list[str]]]:
    """Return what must be held back besides so that no small count of `results` can be worked out.

    Parameters
    ----------
    results
        Of all notebooks of the run.
    directory
        Its evidence.
    minimum
        Counts below it are small.
    """
    shown = {result.notebook: _numbers(_recorded(result)) for result in results}
    true = dict(_held(results))
    if not true and not any(map(_counts_people, shown.values())):
        return {}
    tables = linked_counts(shown, true, open_evidence(directory, threads=threads), minimum=minimum)
    # what can be worked out all the same stops no run: `recorded_deductions` keeps it from being released
    return by_notebook(protect(tables, minimum=minimum).names)


def linked_counts(
    shown: Mapping[str, Sequence[Number]],
    true: Mapping[tuple[str, str], Number],
    evidence: Evidence,
    *,
    minimum: int,
) -> Linked:
    """Return the counts of a run as linked tables."""
    atoms, implied = grouped(_selections(shown, true, evidence), evidence.crossed, minimum=minimum)
    stated = (
        *statements(shown, true, count=atoms.count, minimum=minimum),
        *(silent(selection, atoms.count(selection) or 0) for selection in implied),
    )
    return linked(stated, sums(stated), atoms)


def _counts_people(numbers: Sequence[Number]) -> bool:
    return any(about_people(basis.table) for number in numbers for basis in number.basis)


def _selections(
    shown: Mapping[str, Sequence[Number]], true: Mapping[tuple[str, str], Number], evidence: Evidence
) -> tuple[Selection, ...]:
    every = {
        Selection.of(basis)
        for notebook, numbers in shown.items()
        for number in numbers
        for basis in true.get((notebook, number.key), number).basis
    }
    people = (one for one in every if one.table in evidence.tables and about_people(one.table))
    return tuple(sorted((person for person in people if not person.names_rows), key=repr))


def by_notebook(names: Iterable[Name]) -> dict[str, dict[str, list[str]]]:
    """Return what is withheld as it is stored."""
    parts: dict[str, dict[str, list[str]]] = {}
    for notebook, key, part in sorted(names):
        parts.setdefault(notebook, {}).setdefault(key, []).append(part)
    return parts


def joined(first: Parts, second: Parts) -> dict[str, dict[str, list[str]]]:
    """Return what is withheld by either."""
    both = (
        (notebook, key, part)
        for withheld in (first, second)
        for notebook, keys in withheld.items()
        for key, parts in keys.items()
        for part in parts
    )
    return by_notebook(set(both))


def read_withheld(path: Path, *, key: str) -> dict[str, dict[str, list[str]]]:
    """Return what an earlier run of the same `key` found must be withheld; nothing where there was none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        withheld: dict[str, dict[str, list[str]]] = content["withheld"] if content["key"] == key else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return withheld


def write_withheld(path: Path, withheld: Parts, *, key: str) -> None:
    """Keep what must be withheld for the next run of the same `key`."""
    write_json(path, {"key": key, "withheld": withheld})


def tell(folder: Path, notebook: str, withheld: Parts) -> None:
    """Tell the notebook that is executed in `folder` what it must hold back besides."""
    own = withheld.get(notebook)
    if own:
        write_json(folder / WITHHELD, {notebook: own})


def recorded_deductions(directory: Path, *, minimum: int, threads: int = 2) -> tuple[Deduced, ...]:
    """Return the small counts that a reader of the run in `directory` could work out.

    Nothing but what the run shows is used to work them out; its evidence tells which counts are small.
    """
    shown = {notebook: list(numbers.values()) for notebook, numbers in _shown(directory).items()}
    held = read_results(directory / "evidence" / HELD_BACK_FOLDER).values()
    true = {key: number for document in held for key, number in _true(document)}
    evidence = open_evidence(directory / "evidence", threads=threads)
    return deduced(linked_counts(shown, true, evidence, minimum=minimum), minimum=minimum)


def recorded_differences(first: Path, second: Path, *, minimum: int) -> tuple[CountDifference, ...]:
    """Return the counts of people that differ by few between two runs or packages, as they are shown."""
    return tuple(differences(_shown(first), _shown(second), minimum=minimum))


def _shown(directory: Path) -> dict[str, dict[str, Number]]:
    documents = read_results(directory / "results").values()
    return {
        document["notebook"]: {number.key: number for number in _numbers(document)} for document in documents
    }


def _recorded(result: KeptResult) -> dict[str, Any]:
    path = result.directory / "results" / f"{result.notebook}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _held(results: Iterable[KeptResult]) -> Iterator[tuple[tuple[str, str], Number]]:
    for result in results:
        path = result.directory / "evidence" / HELD_BACK_FOLDER / f"{result.notebook}.json"
        if path.is_file():
            yield from _true(json.loads(path.read_text(encoding="utf-8")))


def _true(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Number]]:
    for number in _numbers(document):
        yield (document["notebook"], number.key), number


def _numbers(document: Mapping[str, Any]) -> list[Number]:
    return [_number(content) for content in document["numbers"]]


def _number(content: Mapping[str, Any]) -> Number:
    interval = Interval(**content["interval"]) if content["interval"] else None
    parts = {name: content[name] for name in ("key", "value", "unit", "n", "reason")}
    return Number(**parts, interval=interval, basis=bases_of(content))
