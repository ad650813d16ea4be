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
from auditlib.disclosure import MinimumFrequency, Name, about_people
from auditlib.disclosure.protect import protect
from auditlib.evidence import open_evidence
from auditlib.files import write_json
from auditlib.records import Number
from auditlib.runs.notebook_cache import KeptResult
from auditlib.seal.deduction import linked_counts, numbers_by_key, numbers_of

Parts = Mapping[str, Mapping[str, Sequence[str]]]
"""By notebook and key, the parts of a number that are held back besides."""
MOST_PASSES = 4


def withholding(
    results: Sequence[KeptResult], directory: Path, *, minimum: MinimumFrequency, threads: int
) -> dict[str, dict[str, list[str]]]:
    """Return what must be held back besides so that no small count of `results` can be worked out.

    Parameters
    ----------
    results
        Of all notebooks of the run.
    directory
        Its evidence.
    minimum
        Counts it hides are small.
    """
    recorded = {result.notebook: numbers_of(_recorded(result)) for result in results}
    true = dict(_held_back_numbers(results))
    if not true and not any(map(_counts_people, recorded.values())):
        return {}
    tables = linked_counts(recorded, true, open_evidence(directory, threads=threads), minimum=minimum)
    # what can be worked out all the same stops no run: `recorded_deductions` keeps it from being released
    return by_notebook(protect(tables, minimum=minimum).names)


def _counts_people(numbers: Sequence[Number]) -> bool:
    return any(about_people(basis.table) for number in numbers for basis in number.basis)


def by_notebook(names: Iterable[Name]) -> dict[str, dict[str, list[str]]]:
    """Return what is withheld as it is stored."""
    parts: dict[str, dict[str, list[str]]] = {}
    for notebook, key, part in sorted(names):
        parts.setdefault(notebook, {}).setdefault(key, []).append(part)
    return parts


def joined(first: Parts, second: Parts) -> dict[str, dict[str, list[str]]]:
    """Return what is withheld by either."""
    triples = (
        (notebook, key, part)
        for withheld in (first, second)
        for notebook, keys in withheld.items()
        for key, parts in keys.items()
        for part in parts
    )
    return by_notebook(set(triples))


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
    parts = withheld.get(notebook)
    if parts:
        write_json(folder / WITHHELD, {notebook: parts})


def _recorded(result: KeptResult) -> dict[str, Any]:
    path = result.directory / "results" / f"{result.notebook}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def _held_back_numbers(results: Iterable[KeptResult]) -> Iterator[tuple[tuple[str, str], Number]]:
    for result in results:
        path = result.directory / "evidence" / HELD_BACK_FOLDER / f"{result.notebook}.json"
        if path.is_file():
            yield from numbers_by_key(json.loads(path.read_text(encoding="utf-8")))
