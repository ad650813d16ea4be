"""The small company's intake as a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from small_company import Evidence, company, run

from auditlib import reliability
from auditlib.audit.session import Audit
from auditlib.figures import intake
from auditlib.records import Sentence, Ungrouped
from auditlib.report.document import compose, to_html
from auditlib.report.facts import Provenance
from auditlib.report.reading import read_results


def record(folder: Path, *, evidence: Evidence | None = None, **run_changes: Any) -> Provenance:
    """Record a small intake notebook in `folder` and return its provenance."""
    evidence, chosen = evidence or company(), run(**run_changes)
    audit = Audit(chosen, evidence, notebook="01_intake", question="Can this data be relied on?", work=folder)
    judged, rates = audit.ask(reliability.reliability), audit.ask(reliability.response_rates)
    audit.answer(judged, rates)
    audit.caveat("responses")
    audit.table("reliability", judged.exhibit(), title="Reliability")
    if len(evidence.quarantine()):
        audit.table("examples", audit.ask(reliability.examples), title="Examples")
    for name in ("rates", "again"):  # of so few people nothing would be drawn: the picture is made beforehand
        made = intake.response_rates(rates)
        audit.figure(name, lambda _, made=made: made, Ungrouped(), title=rates.title, alt=rates.alt)
    audit.say(Sentence("Fewer than 5 are not shown.", ("threshold:minimum_cell",)))
    audit.finding(*judged.findings())
    audit.limits(Sentence("Files only."))
    audit.close()
    return Provenance(chosen, evidence.totals, "small.yaml", "ab" * 32, "cd" * 32, {"auditlib": "0.1.0"})


def page(folder: Path, **changes: Any) -> str:
    """Return the report of a small intake recorded in `folder`."""
    facts = record(folder, **changes)
    return to_html(compose(read_results(folder), facts))
