"""A project whose notebooks say by a parameter what they find, so that decisions can be planted."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from project_copy import project_copy
from tiny_project import Tiny, notebook

ROOT = Path(__file__).parents[2]
PARAMETERS = 'run_file: str = "params/runs/tiny.yaml"\ndata: str = ""\nwork: str = ""\n'
OPENING = """\
from auditlib.audit import open_audit
from auditlib.records import Finding, Grade, Measurement, Number, Sentence, Statistic
audit = open_audit(run_file, data=data, work=work, notebook=NAME)
audit.number(Number("signs", 3, "count"))
audit.answer(Sentence("There are 3.", ("signs",)))
"""
FINDING = """\
audit.finding(*[
    Finding(f"{identifier}: what is demanded here", f"There are 3 of kind {identifier}.", "A cause.",
            f"An effect on {identifier}.", "Do it.", Grade(grade), f"kind {identifier}", ("signs",))
    for identifier, grade in RAISED
])
"""
JUDGING = """\
from pathlib import Path
from auditlib.audit.opening import project_root
from auditlib.audit.standard import demands_of, read_edition
from auditlib.records import Direction, EvidenceLevel, Kind
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.planned import PLANNED
from auditlib.standards.verdict import verdict_of
root = project_root(Path.cwd())
demands = demands_of(read_edition(audit.run.standard, root=root), audit.run, root=root, profile="")
measured = []
for one in demands.edition.criteria:
    off = 1 if one.target.direction is Direction.AT_MOST else -1
    value = one.target.value + off * 0.5 * (one.id in FAILED)
    built = one.metric not in PLANNED
    level = EvidenceLevel.REGISTER if built else EvidenceLevel.NONE
    measured.append(Measurement(one.metric, value if built else None, 1000 * built, Statistic.COUNT,
                                "", level=level, built=built, reason="" if built else "not measured yet"))
verdict = VerdictAnswer(verdict_of(demands, measured))
audit.verdict(verdict)
audit.answer(verdict)
audit.finding(*verdict.findings())
"""


def decided_project(
    root: Path,
    *,
    raised: dict[str, list[tuple[str, str]]],
    failed: tuple[str, ...] = (),
    standard: str = "service-excellence@2025",
    period: str = "{start: 2025-01-01, end: 2025-12-31}",
) -> Tiny:
    """Write a project in which notebooks raise findings, and 11_standards misses the criteria `failed`.

    Parameters
    ----------
    raised
        By notebook: id of each demand, and the grade of the finding on it.
    """
    tiny = Tiny(root)
    project_copy(root, "params/standards", "params/policies", "params/calendars")
    (root / "data" / "tiny").mkdir(parents=True, exist_ok=True)
    units = "".join(f"U{number:03}\n" for number in range(1, 201))
    (root / "data" / "tiny" / "units.csv").write_text(f"unit\n{units}", encoding="utf-8")
    closing = "audit.close()"
    for name, findings in raised.items():
        tiny.write_notebook(name, _notebook(name, f"RAISED = {findings!r}", FINDING, closing=closing))
    tiny.write_notebook(
        "11_standards", _notebook("11_standards", f"FAILED = {failed!r}", JUDGING, closing=closing)
    )
    tiny.write_run(dict.fromkeys([*raised, "11_standards"], ""))
    text = tiny.run_file.read_text(encoding="utf-8")
    text = text.replace("{start: 2025-01-01, end: 2025-12-31}", period)
    tiny.run_file.write_text(f"{text}standard: {standard}\n", encoding="utf-8")
    return tiny


def _notebook(name: str, *body: str, closing: str) -> dict[str, Any]:
    made: dict[str, Any] = notebook(name, OPENING, *body, parameters=PARAMETERS, closing=closing)
    return made


def verdict(tiny: Tiny) -> dict[str, Any]:
    """Return ``verdict.json``."""
    found: dict[str, Any] = json.loads((tiny.finished / "verdict.json").read_text(encoding="utf-8"))
    return found


def findings(tiny: Tiny, *, grade: str = "") -> list[dict[str, Any]]:
    """Return the findings this audit raises, of one grade where one is given."""
    stated = json.loads((tiny.finished / "findings.json").read_text(encoding="utf-8"))["findings"]
    return [one for one in stated if one["state"] in ("new", "unchanged") and grade in ("", one["grade"])]


def page(tiny: Tiny) -> str:
    """Return the report as text, its tags left out."""
    text = re.sub(r"<style>.*?</style>", " ", (tiny.finished / "report.html").read_text(encoding="utf-8"))
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\N{NO-BREAK SPACE}", " ").split())
