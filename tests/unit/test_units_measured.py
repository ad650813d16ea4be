"""One number of units with enough answers: what the criterion counts is what the benchmark compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from auditlib.audit.standard import measures
from auditlib.benchmark import compare
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Measurement
from auditlib.standards.measure import Context

SCALE = {"low": 1, "high": 5}
ITEMS = {
    "q_overall": {"wording": "Overall?", "headline": True, "scale": SCALE},
    "q_speed": {"wording": "Speed?", "scale": SCALE},
}
ANSWERS = {
    "below": {"transactional": 29},
    "on": {"transactional": 30},
    "above": {"transactional": 31},
    "silent": {},
    "two halves": {"transactional": 20, "relationship": 20},
    "by the other": {"transactional": 2, "relationship": 30},
    "without headline": {"transactional": 29, "speed only": 1},
    "unanswered": {"transactional": 29, "blank": 1},
    "late": {"transactional": 29, "next year": 1},
    "twice": {"transactional": 30, "relationship": 30},
}
"""Answers of each unit; those of the last but one line count nowhere, or not for the headline."""
MEASURED = {"on", "above", "by the other", "twice"}
OTHERWISE = {
    "speed only": ("transactional", "2025-02-03", "", "4"),
    "blank": ("transactional", "2025-02-03", "", ""),
    "next year": ("transactional", "2026-01-03", "4", "4"),
}
PUBLISHED = """unit,start,end,value,low,high
below,2025-01-01,2025-12-31,0.9,29,29
on,2025-01-01,2025-12-31,0.8,30,30
above,2025-01-01,2025-12-31,0.7,31,50
once,2024-01-01,2024-12-31,0.9,400,400
less,2024-01-01,2024-12-31,0.9,400,400
less,2025-01-01,2025-12-31,0.9,12,12
"""


def run(*sources: dict[str, Any]) -> Run:
    fields: dict[str, Any] = {
        "audit": "measured",
        "party": {"name": "Ten desks"},
        "period": {"start": "2025-01-01", "end": "2025-12-31"},
        "as_of": "2026-02-01T00:00:00Z",
        "time_zone": "UTC",
        "instruments": {kind: {"items": ITEMS} for kind in ("transactional", "relationship")},
        "sources": [
            {"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "unit"}},
            *sources,
        ],
        "notebooks": {"11_standards": {}},
    }
    return Run.model_validate(fields)


def answered(folder: Path) -> tuple[Run, Evidence]:
    rows = []
    for unit, counts in ANSWERS.items():
        for kind, n in counts.items():
            survey, day, overall, speed = OTHERWISE.get(kind, (kind, "2025-02-03", "4", "4"))
            rows += [f"{unit},{survey},{day},{overall},{speed}"] * (n - 1)
            rows.append(f"{unit},{survey},{day},{overall.replace('4', '2')},{speed}")
    numbered = "".join(f"R{number},{row}\n" for number, row in enumerate(rows))
    columns = {"response_id": "id", "unit_id": "unit", "survey_type": "kind", "submitted": "day"}
    questions = {"q_overall": "overall", "q_speed": "speed"}
    source = {"table": "responses", "file": "r.csv", "form": "csv", "columns": {**columns, **questions}}
    return _taken_in(folder, run(source), units=ANSWERS, r=f"id,unit,kind,day,overall,speed\n{numbered}")


def published(folder: Path) -> tuple[Run, Evidence]:
    columns = {
        "unit_id": "unit", "period_start": "start", "period_end": "end", "value": "value",
        "n_low": "low", "n_high": "high",
    }  # fmt: skip
    said = {"survey_type": "transactional", "item": "q_overall", "box": "top"}
    source = {"table": "aggregates", "file": "a.csv", "form": "csv", "columns": columns, "constants": said}
    units = ("below", "on", "above", "once", "less", "never")
    return _taken_in(folder, run(source), units=units, a=PUBLISHED)


def _taken_in(folder: Path, chosen: Run, *, units: Any, **files: str) -> tuple[Run, Evidence]:
    data = folder / "data"
    data.mkdir()
    for name, text in {"units": "unit\n" + "".join(f"{unit}\n" for unit in units), **files}.items():
        (data / f"{name}.csv").write_text(text, encoding="utf-8")
    return chosen, prepare(chosen, data, folder / "store")


def criterion(chosen: Run, evidence: Evidence) -> Measurement:
    return measures()["units_measured"].take(evidence, Context(chosen, {}), {"minimum_responses": 30})


@pytest.mark.parametrize(
    ("company", "measured"),
    [(answered, MEASURED), (published, {"on", "above"})],
    ids=["answers", "published"],
)
def test_the_criterion_counts_the_units_the_benchmark_compares(
    company: Any, measured: set[str], tmp_path: Path
) -> None:
    chosen, evidence = company(tmp_path)
    comparisons = compare(Engagement(chosen, evidence))
    compared = {
        unit
        for one in comparisons.result
        for unit, yes in zip(one.scores.unit_id, one.judgement.chosen, strict=True)
        if yes
    }
    registers = {
        int(number.value or 0) for number in comparisons.numbers() if number.key.startswith("units:")
    }
    counted = criterion(chosen, evidence)
    assert compared == measured
    assert counted.value == pytest.approx(len(compared) / counted.n)
    assert registers == {counted.n}


def test_without_a_declared_survey_neither_counts_anything(tmp_path: Path) -> None:
    chosen, evidence = answered(tmp_path)
    bare = chosen.model_copy(update={"instruments": {}})
    found = criterion(bare, evidence)
    assert found.value is None
    assert "no survey is declared" in found.reason
