"""What a reader of a finished run could work out of the counts it shows, and what two runs tell together.

Nothing but what a run shows is used to work it out; its evidence tells which counts are of few people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auditlib.audit.suppression import HELD_BACK_FOLDER
from auditlib.disclosure import MinimumFrequency, Selection, about_people, silent, statements
from auditlib.disclosure.atoms import grouped
from auditlib.disclosure.differencing import CountDifference, differences
from auditlib.disclosure.outsider import Deduced, deduced
from auditlib.disclosure.sums import sums
from auditlib.disclosure.tables import Linked, linked
from auditlib.evidence import Evidence, open_evidence
from auditlib.records import Interval, Number
from auditlib.seal.recorded_run import bases_of, read_results


def recorded_deductions(
    directory: Path, *, minimum: MinimumFrequency, threads: int = 2
) -> tuple[Deduced, ...]:
    """Return the small counts that a reader of the run in `directory` could work out."""
    recorded = {notebook: list(numbers.values()) for notebook, numbers in _recorded(directory).items()}
    held = read_results(directory / "evidence" / HELD_BACK_FOLDER).values()
    true = {key: number for document in held for key, number in numbers_by_key(document)}
    evidence = open_evidence(directory / "evidence", threads=threads)
    return deduced(linked_counts(recorded, true, evidence, minimum=minimum), minimum=minimum)


def recorded_differences(
    first: Path, second: Path, *, minimum: MinimumFrequency
) -> tuple[CountDifference, ...]:
    """Return the counts of people that differ by few between two runs or packages, as they are shown."""
    return tuple(differences(_recorded(first), _recorded(second), minimum=minimum))


def _recorded(directory: Path) -> dict[str, dict[str, Number]]:
    documents = read_results(directory / "results").values()
    return {
        document["notebook"]: {number.key: number for number in numbers_of(document)}
        for document in documents
    }


def linked_counts(
    recorded: Mapping[str, Sequence[Number]],
    true: Mapping[tuple[str, str], Number],
    evidence: Evidence,
    *,
    minimum: MinimumFrequency,
) -> Linked:
    """Return the counts of a run as linked tables."""
    atoms, implied = grouped(_selections(recorded, true, evidence), evidence.crossed, minimum=minimum)
    stated = (
        *statements(recorded, true, count=atoms.count, minimum=minimum),
        *(silent(selection, atoms.count(selection) or 0) for selection in implied),
    )
    return linked(stated, sums(stated), atoms)


def _selections(
    recorded: Mapping[str, Sequence[Number]], true: Mapping[tuple[str, str], Number], evidence: Evidence
) -> tuple[Selection, ...]:
    every = {
        Selection.of(basis)
        for notebook, numbers in recorded.items()
        for number in numbers
        for basis in true.get((notebook, number.key), number).basis
    }
    people = (
        selection
        for selection in every
        if selection.table in evidence.tables and about_people(selection.table) and not selection.names_rows
    )
    return tuple(sorted(people, key=repr))


def numbers_by_key(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Number]]:
    """Yield the numbers of a results file by notebook and key."""
    for number in numbers_of(document):
        yield (document["notebook"], number.key), number


def numbers_of(document: Mapping[str, Any]) -> list[Number]:
    """Return the numbers of a results file."""
    return [_number(content) for content in document["numbers"]]


def _number(content: Mapping[str, Any]) -> Number:
    interval = Interval(**content["interval"]) if content["interval"] else None
    parts = {name: content[name] for name in ("key", "value", "unit", "n", "reason")}
    return Number(**parts, interval=interval, basis=bases_of(content))
