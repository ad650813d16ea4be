"""What a run recorded, indexed by the keys people use: numbers, exhibits, findings and who states what."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.audit.suppression import HELD_BACK_FOLDER
from auditlib.errors import AuditError, Problem
from auditlib.records import Basis
from auditlib.standards.decision import RECORDED

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """Numbers and exhibits by ``notebook/key``, findings by fingerprint."""

    numbers: Mapping[str, Fields]
    exhibits: Mapping[str, Fields]
    findings: Mapping[str, Fields]
    sentences: tuple[tuple[str, str, Fields], ...]
    """Notebook, section and sentence; the section of an answer is ``answer``."""
    held: Mapping[str, Fields]
    """Numbers as they are, of those that are held back in what is shown."""


@dataclass(frozen=True, slots=True)
class Use:
    """Where a number is stated: a sentence, an exhibit or a finding."""

    kind: str
    where: str
    text: str


def read_results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every results file of a run, by notebook."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def read_recorded(directory: Path) -> RecordedRun:
    """Read the results and findings of a finished run."""
    results = read_results(directory / "results")
    findings = json.loads((directory / "findings.json").read_text(encoding="utf-8"))["findings"]
    return RecordedRun(
        numbers=_by_reference(results),
        exhibits={
            f"{name}/{exhibit['id']}": exhibit
            for name, document in results.items()
            for exhibit in document["exhibits"]
        },
        findings={finding["fingerprint"]: finding for finding in findings},
        sentences=tuple(_sentences(results)),
        held=_by_reference(read_results(directory / "evidence" / HELD_BACK_FOLDER)),
    )


def judge_of(results: Mapping[str, Fields]) -> str:
    """Return the notebook that judged by a standard; empty where none did.

    Raises
    ------
    AuditError
        If two notebooks did: an audit concludes once.
    """
    judges = [name for name, document in results.items() if document.get("verdict") and name != RECORDED]
    if len(judges) > 1:
        message = f"{' and '.join(sorted(judges))} both give a verdict, and an audit has one."
        raise AuditError(Problem(message, remedy="Leave one of them out of the run file."))
    return next(iter(judges), "")


def verdict_of(results: Mapping[str, Fields]) -> dict[str, Any] | None:
    """Return the verdict of an audit: decided over all findings where it was; None where none was given."""
    decided = results.get(RECORDED, results.get(judge_of(results), {}))
    verdict: dict[str, Any] | None = decided.get("verdict")
    return verdict


def _by_reference(results: Mapping[str, Fields]) -> dict[str, Fields]:
    return {
        f"{name}/{number['key']}": number
        for name, document in results.items()
        for number in document["numbers"]
    }


def bases_of(number: Fields) -> tuple[Basis, ...]:
    """Return what a recorded number rests on."""
    return tuple(
        Basis(
            basis["table"],
            tuple((name, value) for name, value in basis["where"]),
            basis["column"],
            basis["rows"],
        )
        for basis in number["basis"]
    )


def uses_of(recorded: RecordedRun, key: str) -> list[Use]:
    """Return every sentence, exhibit and finding that states the number ``notebook/key``."""
    notebook, _, local_key = key.partition("/")
    uses = [
        Use("sentence", f"{name}/{section}", sentence["text"])
        for name, section, sentence in recorded.sentences
        if name == notebook and local_key in sentence["keys"]
    ]
    uses += [
        Use("exhibit", place, exhibit["title"])
        for place, exhibit in recorded.exhibits.items()
        if place.startswith(f"{notebook}/") and local_key in exhibit["keys"]
    ]
    uses += [
        Use("finding", fingerprint, finding["condition"])
        for fingerprint, finding in recorded.findings.items()
        if key in finding["evidence"]
    ]
    return uses


def _sentences(results: Mapping[str, Fields]) -> Iterator[tuple[str, str, Fields]]:
    for name, content in results.items():
        for sentence in content["answer"]:
            yield name, "answer", sentence
        for sentence in content["sentences"]:
            yield name, sentence["section"], sentence
