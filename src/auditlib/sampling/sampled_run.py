"""Samples drawn from the evidence of a finished run, and their filled forms evaluated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.audit.outgoing import Outgoing
from auditlib.contracts import TABLES
from auditlib.errors import ParameterError, Problem, VerificationFailed
from auditlib.evidence import Evidence, open_evidence
from auditlib.files import write_bytes
from auditlib.parameters.run import Run
from auditlib.records import Refusal
from auditlib.sampling.drawn import Drawn, DrawnCase, draw_cases
from auditlib.sampling.evaluation import Evaluation
from auditlib.sampling.form_reading import Filled, read_form
from auditlib.sampling.form_writing import form_bytes
from auditlib.sampling.results import evaluation_of
from auditlib.sampling.sites import Programme, draw_sites, site_cases
from auditlib.seal.ledger import append, ledger_path
from auditlib.seal.lock import only_writer
from auditlib.seal.paths import OutputFolders
from auditlib.seal.verifying import verify
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

DRAWN = "sample drawn"
"""Event of the ledger."""


@dataclass(frozen=True, slots=True)
class SampleRates:
    """What an attribute sample is to show: shares between 0 and 1, `confidence` one-sided."""

    tolerable: float = 0.05
    expected: float = 0.0
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class SampledRun:
    """The finished run a sample is drawn from."""

    run: Run
    evidence: Evidence
    directory: Path
    seed: int

    def origin(self, **parts: str) -> dict[str, str]:
        """Return what a sample names as its origin."""
        return {
            "audit": self.run.audit,
            "evidence": self.evidence.key,
            "seed": str(self.seed),
            **parts,
        }


def open_source(directory: Path, *, seed: int | None = None) -> SampledRun:
    """Verify and open a finished run to draw from; its own seed holds unless one is given."""
    run = verify(directory).manifest.run
    return SampledRun(
        run, open_evidence(directory / "evidence"), directory, run.seed if seed is None else seed
    )


def sites_of(
    source: SampledRun, *, programme: Programme, central: str = "", chosen: Sequence[str] = ()
) -> Drawn:
    """Draw the sites to visit from the register of units."""
    units = source.evidence.frame("units", columns=["unit_id", "name"])
    outgoing = Outgoing(source.evidence)
    ids, words = _texts(units["unit_id"]), _texts(units["name"])
    pairs = zip(ids, words, strict=True)
    names = {outgoing.value("unit_id", unit): outgoing.text(name) for unit, name in pairs}
    central, *chosen = (outgoing.value("unit_id", unit) for unit in (central, *chosen))
    sites = draw_sites(tuple(names), programme=programme, seed=source.seed, central=central, chosen=chosen)
    return Drawn(
        title=f"{source.run.party.name}: sites to visit, {programme.value} audit",
        question="Was the site visited, and what was seen there?",
        columns=("Name", "Why it is visited"),
        cases=site_cases(sites, names),
        origin=source.origin(purpose=f"sites/{programme.value}", central=central, chosen=", ".join(chosen)),
    )


def cases_of(
    source: SampledRun, table: str, *, rates: SampleRates, question: str, stratify: str = ""
) -> Drawn:
    """Draw an attribute sample of the rows of `table` that lie in the audited period.

    Parameters
    ----------
    question
        What is a deviation, as a question to be answered for each row.
    stratify
        Column whose values are the strata; empty for none.

    Raises
    ------
    ParameterError
        Where the table or column is not there, or no sample would do.
    """
    _check_rates(rates)
    columns = _identifying(table, stratify, source.evidence)
    population = _population(source.evidence, table, columns, stratify)
    sample = draw_cases(
        population,
        confidence=rates.confidence,
        tolerable=rates.tolerable,
        expected=rates.expected,
        seed=source.seed,
        purpose=f"rows/{table}/{stratify}",
    )
    if isinstance(sample, Refusal):
        raise ParameterError(Problem(sample.reason, remedy=sample.remedy))
    cases, design = sample
    return Drawn(
        title=f"{source.run.party.name}: {len(cases)} of {counted(design.population, 'row')} of {table} "
        "to examine",
        question=question,
        columns=columns,
        cases=cases,
        origin=source.origin(purpose=f"rows/{table}", stratify=stratify),
        design=design,
    )


def write_form(source: SampledRun, drawn: Drawn, *, at: datetime, out: Path | None = None) -> Path:
    """Write the form of `drawn` to `out`, or beside the run, and enter the draw into the ledger at `at`.

    A form that is there is never overwritten.
    """
    places = OutputFolders.around(source.directory, source.run.audit)
    path = out or places.samples / f"{drawn.name}.xlsx"
    with only_writer(places.lock, audit=source.run.audit):
        if path.exists():
            remedy = "Name another with --out."
            raise ParameterError(
                Problem("there is a form already, perhaps filled in.", str(path), remedy=remedy)
            )
        facts = {"sample": drawn.digest, "purpose": drawn.origin["purpose"], "cases": len(drawn.cases)}
        append(ledger_path(places.outputs, places.audit), DRAWN, facts, at=at)
        write_bytes(path, form_bytes(drawn, created=source.run.as_of))
    return path


def require_entered(drawn: Drawn, directory: Path) -> None:
    """Require that the ledger of the run in `directory` holds the draw of this very sample.

    Raises
    ------
    VerificationFailed
        Where it does not: then the form is of another sample than the one drawn from that run.
    """
    entries = verify(directory).ledger
    if not any(entry.event == DRAWN and entry.facts["sample"] == drawn.digest for entry in entries):
        raise VerificationFailed(
            Problem(
                f"the ledger of {directory} holds no draw of sample {drawn.digest[:16]}.",
                remedy="Fill in the form that was drawn from this run.",
            )
        )


def evaluate_form(path: Path) -> tuple[Filled, Evaluation | None]:
    """Read a filled form and evaluate it; forms of sites have answers and no evaluation."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ParameterError(Problem(f"it cannot be read: {error.strerror}.", str(path))) from None
    filled = read_form(content, name=str(path))
    return filled, evaluation_of(filled)


def _check_rates(rates: SampleRates) -> None:
    if not 0 <= rates.expected < rates.tolerable < 1 or not 0 < rates.confidence < 1:
        raise ParameterError(
            Problem(
                "the expected rate must lie below the tolerable one, and all three between 0 and 1.",
                remedy="For example --tolerable 0.05 --expected 0.01 --confidence 0.95.",
            )
        )


def _identifying(table: str, stratify: str, evidence: Evidence) -> tuple[str, ...]:
    """Return the columns a form shows: keys, unit and stratum; nothing a person has written."""
    if table not in evidence.tables:
        raise ParameterError(
            Problem(f"the run holds no table {table!r}.", remedy=f"It holds {', '.join(evidence.tables)}.")
        )
    names = [column.name for column in TABLES[table].columns]
    if stratify and stratify not in names:
        raise ParameterError(
            Problem(f"table {table} has no column {stratify!r}.", remedy=f"It has {', '.join(names)}.")
        )
    unit = ("unit_id",) if "unit_id" in names else ()
    return tuple(dict.fromkeys((*TABLES[table].key, *unit, *([stratify] if stratify else []))))


def _population(evidence: Evidence, table: str, columns: tuple[str, ...], stratify: str) -> list[DrawnCase]:
    frame = evidence.frame(
        table, columns=[*columns, "source_file", "source_line"], where=(("in_period", True),)
    )
    outgoing = Outgoing(evidence)
    texts = [[outgoing.value(name, text) for text in _texts(frame[name])] for name in columns]
    strata = texts[columns.index(stratify)] if stratify else [""] * len(frame)
    places = zip(frame["source_file"], frame["source_line"], strict=True)
    return [
        DrawnCase(f"{table}:{outgoing.value('file', file)}:{line}", stratum, row)
        for (file, line), stratum, row in zip(places, strata, zip(*texts, strict=True), strict=True)
    ]


def _texts(column: pd.Series[Any]) -> list[str]:
    from pandas.api.types import infer_dtype

    words = {True: "yes", False: "no"} if infer_dtype(column, skipna=True) == "boolean" else {}
    values = zip(column, column.isna(), strict=True)
    return ["" if empty else words.get(value, str(value)) for value, empty in values]
