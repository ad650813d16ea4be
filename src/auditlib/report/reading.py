"""Results files and figures, read back exactly as they were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from pydantic import ValidationError

from auditlib.audit.schema import FigureModel, ResultsModel, recorded_finding
from auditlib.errors import Problem, VerificationFailed
from auditlib.files import hash_bytes
from auditlib.parameters.run import Run
from auditlib.records import Finding, Number
from auditlib.report.outline import EMPTY, Outline, read_outline
from auditlib.report.references import DECLARED

GRADES = ("major", "minor", "opportunity")


@dataclass(frozen=True, slots=True)
class RecordedNotebook:
    """What one notebook recorded, the hash of the file it stands in, and the order it was shown in."""

    results: ResultsModel
    sha256: str
    figures: dict[str, str]
    outline: Outline = EMPTY

    @property
    def numbers(self) -> dict[str, Number]:
        """Numbers by key."""
        return {number.key: number for number in self.results.numbers}

    @property
    def declared(self) -> tuple[str, ...]:
        """Keys of what the run file declares, and of names that hold digits: any text may state these."""
        return tuple(number.key for number in self.results.numbers if number.key.startswith(DECLARED))


def read_results(directory: Path) -> tuple[RecordedNotebook, ...]:
    """Return what every notebook recorded in `directory`, in the order of their ids.

    Raises
    ------
    VerificationFailed
        Where a results file does not have its published shape, or a figure is not the recorded one.
    """
    return tuple(_read(path) for path in sorted((directory / "results").glob("*.json")))


def in_order(recorded: Iterable[RecordedNotebook], run: Run) -> tuple[RecordedNotebook, ...]:
    """Return what notebooks recorded in the order the run file names them, which a reader follows."""
    by_name = {notebook.results.notebook: notebook for notebook in recorded}
    return tuple(by_name[name] for name in run.in_order(by_name))


def read_findings(directory: Path, recorded: Sequence[RecordedNotebook]) -> tuple[tuple[Finding, str], ...]:
    """Return every finding with its notebook, heaviest first; where the run brought them together, so."""
    path = directory / "findings.json"
    if not path.is_file():
        return findings_recorded(recorded)
    stated = json.loads(path.read_text(encoding="utf-8"))["findings"]
    names = [field.name for field in fields(Finding)]
    return _ordered(
        (recorded_finding({name: entry[name] for name in names if name in entry}), entry["notebook"])
        for entry in stated
        if entry["state"] in ("new", "unchanged")
    )


def findings_recorded(recorded: Sequence[RecordedNotebook]) -> tuple[tuple[Finding, str], ...]:
    """Return every finding as notebooks recorded them, with its notebook, heaviest first."""
    return _ordered(
        (finding, notebook.results.notebook) for notebook in recorded for finding in notebook.results.findings
    )


def _ordered(findings: Iterable[tuple[Finding, str]]) -> tuple[tuple[Finding, str], ...]:
    return tuple(
        sorted(findings, key=lambda pair: (GRADES.index(pair[0].grade), pair[0].criterion, pair[0].subject))
    )


def _read(path: Path) -> RecordedNotebook:
    content = path.read_bytes()
    try:
        results = ResultsModel.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise VerificationFailed(
            Problem(f"{first['msg']} at {place}", f"results/{path.name}", remedy="Run the audit again.")
        ) from None
    exhibits = path.parent.parent / "exhibits"
    figures = {
        exhibit.id: _figure(exhibits / Path(exhibit.file).name, exhibit)
        for exhibit in results.exhibits
        if isinstance(exhibit, FigureModel)
    }
    outline = read_outline(path.parent.parent / "notebooks" / f"{results.notebook}.ipynb")
    return RecordedNotebook(results, hash_bytes(content), figures, outline)


def _figure(path: Path, exhibit: FigureModel) -> str:
    content = path.read_bytes() if path.is_file() else b""
    if hash_bytes(content) != exhibit.sha256:
        raise VerificationFailed(
            Problem(
                "the figure is not the recorded one", f"exhibits/{path.name}", remedy="Run the audit again."
            )
        )
    return content.decode("utf-8")
