"""Filled forms of samples that lie beside a run: read before it begins, recorded when it is assembled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from auditlib.audit.session import Audit
from auditlib.errors import DataError
from auditlib.evidence import open_evidence
from auditlib.files import digest
from auditlib.parameters.run import Run
from auditlib.records import Sentence
from auditlib.sampling.drawn import as_document
from auditlib.sampling.form_reading import Filled, is_blank, read_form
from auditlib.sampling.results import examined_sample, samples_frame
from auditlib.sampling.sampled_run import DRAWN
from auditlib.seal.ledger import ledger_path, read_ledger
from auditlib.seal.paths import OutputFolders

RECORDED: Final = "samples"
"""Under this name what samples show is recorded, as a notebook's results are."""
QUESTION: Final = "What do the samples that were examined show?"


@dataclass(frozen=True, slots=True)
class Examined:
    """The forms beside a run.

    Parameters
    ----------
    forms
        Those that are filled in and belong to this audit, in the order of their names.
    refused
        Why each other form is left out, in a sentence.
    """

    forms: tuple[Filled, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash of what was answered; empty where nothing was, so that an empty form changes no run."""
        answered = [[as_document(form.drawn), dict(form.answers), list(form.altered)] for form in self.forms]
        return digest([answered, list(self.refused)]) if answered or self.refused else ""


def read_examined(places: OutputFolders) -> Examined:
    """Read the forms beside a run; what cannot be taken in is left out with its reason."""
    entered = {
        entry.facts["sample"]
        for entry in read_ledger(ledger_path(places.outputs, places.audit))
        if entry.event == DRAWN
    }
    forms, refused = [], []
    for path in sorted(places.samples.glob("*.xlsx")):
        filled, why = _read(path)
        if filled is not None and filled.drawn.digest not in entered:
            why = "its draw is not entered in the ledger"
        if why:
            refused.append(f"The form {path.name} is left out: {why}.")
        elif filled is not None:
            forms.append(filled)
    return Examined(tuple(forms), tuple(refused))


def _read(path: Path) -> tuple[Filled | None, str]:
    """Return a filled form, or why it is left out; neither for one that nobody has begun to fill in."""
    content = path.read_bytes()
    try:
        if is_blank(content, name=path.name):
            return None, ""
        return read_form(content, name=path.name), ""
    except DataError:
        return None, "it is not filled in as it was drawn; auditlib sample evaluate names each row"


def record_examined(examined: Examined, run: Run, stage: Path) -> None:
    """Write what samples show as a results file of the run being assembled; nothing where none were."""
    if not examined.sha256:
        return
    evidence = open_evidence(stage / "evidence")
    audit = Audit(run, evidence, notebook=RECORDED, question=QUESTION, work=stage)
    current = [form for form in examined.forms if form.drawn.origin["evidence"] == evidence.key]
    samples = [examined_sample(form) for form in current]
    audit.number(*(number for sample in samples for number in sample.numbers()))
    answers = [sentence for sample in samples for sentence in sample.summary()]
    audit.answer(*(answers or [Sentence("No filled form could be taken in.")]))
    if samples:
        keys = tuple(number.key for sample in samples for number in sample.numbers())
        frame, title = samples_frame(samples), "What was examined, and what it shows"
        audit.table("samples", frame, by=("sample",), keys=keys, units={"question": "quoted"}, title=title)
    audit.finding(*(finding for sample in samples for finding in sample.findings()))
    audit.limits(*(Sentence(text) for text in _left_out(examined, evidence.key)))
    audit.close()


def _left_out(examined: Examined, evidence: str) -> Iterator[str]:
    yield from examined.refused
    for form in examined.forms:
        if form.drawn.origin["evidence"] != evidence:
            yield f"The sample {form.drawn.name} is left out: it was drawn from other evidence than this."
        elif form.altered:
            yield f"In the form of the sample {form.drawn.name} more than the answers was altered."
