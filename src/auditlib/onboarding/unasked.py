"""What a run declares and nobody asks about: surveys of no criterion or no answer, pay on no question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditlib.audit.law import JUDGE
from auditlib.audit.standard import editions, read_edition
from auditlib.evidence import Evidence
from auditlib.linkage.definition import written
from auditlib.parameters.run import Run
from auditlib.parameters.shape import did_you_mean
from auditlib.runs.plan import planned_names

_ANSWERS = ("responses", "aggregates")
_PAID = "03_compensation"
_MOST = 8


def unasked(run: Run, evidence: Evidence, *, root: Path) -> tuple[str, ...]:
    """Return a sentence for each thing that is declared and that no criterion or notebook asks about.

    None of it is a mistake: it may be asked about elsewhere, or it is named otherwise here than there.
    """
    notebooks = planned_names(run)
    found = list(_unanswered(run, evidence))
    if JUDGE in notebooks and run.standard in editions(root=root):
        found += _uncriticised(run, root)
    if _PAID in notebooks and "pay_links" in evidence.tables:
        found += _unpaid(run, evidence)
    return tuple(found)


def _uncriticised(run: Run, root: Path) -> Iterator[str]:
    """Yield the survey types whose satisfaction no criterion of the run's standard judges."""
    options = (
        criterion.options.get("survey_type") for criterion in read_edition(run.standard, root=root).criteria
    )
    asked = tuple(dict.fromkeys(str(kind) for kind in options if kind))
    strange = [kind for kind in run.instruments if kind not in asked]
    if asked and strange:
        named = ", ".join(repr(kind) for kind in strange[:_MOST])
        noun = "survey type" if len(strange) == 1 else "survey types"
        about = f"{JUDGE}: no criterion of {run.standard} asks about the {noun} {named}"
        near = did_you_mean(strange[0], asked) if len(strange) == 1 else ""
        yield f"{about}; criteria ask about {', '.join(asked)}." + (f" {near}" if "mean" in near else "")


def _unanswered(run: Run, evidence: Evidence) -> Iterator[str]:
    """Yield the survey types that are declared, and of which no row was kept."""
    tables = [table for table in _ANSWERS if table in evidence.tables]
    seen: set[object] = set()
    for table in tables:
        seen |= {kind for (kind,) in evidence.lazy(table).select("survey_type").unique().collect().rows()}
    for kind in run.instruments if seen else ():
        if kind not in seen:
            yield f"The survey {kind!r} is declared, and no row of {' or '.join(tables)} is of that type."


def _unpaid(run: Run, evidence: Evidence) -> Iterator[str]:
    """Yield the metrics that pay is tied to and that are no question of the audit."""
    register = evidence.frame("pay_links", columns=("metric", "weight"))
    metrics = sorted({str(metric) for metric in register[register["weight"] > 0]["metric"].dropna()})
    unknown = [metric for metric in metrics if not _question(metric, run)]
    if unknown and len(unknown) < len(metrics):
        named = ", ".join(repr(metric) for metric in unknown[:_MOST]) + (
            ", ..." if len(unknown) > _MOST else ""
        )
        yield f"{_PAID}: pay_links names {named}, which is no question of this audit."


def _question(metric: str, run: Run) -> bool:
    meant = written(metric)
    model = run.instruments.get(meant.survey_type) if meant else None
    return meant is not None and model is not None and meant.item in model.items
