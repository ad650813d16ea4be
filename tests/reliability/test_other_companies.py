"""Companies unlike the demo are audited to a sealed report: every sentence they reach names its numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from in_process import executed_here
from project_copy import project_copy

from auditlib.parameters.load import load
from auditlib.runs import Options, perform
from auditlib.runs.documents import no_pdf
from auditlib.runs.steps import usual_steps
from auditlib.seal import verify
from company import Scenario, write_company

ROOT = Path(__file__).parents[2]
FEW_PLACEBOS = "03_compensation: {placebo_adoptions: 50}"
FEW_UNITS: dict[str, Any] = {
    "seed": 77,
    "units": 8,
    "scores": {"outliers": {"U004": -0.5}},
    "manager_links": {
        "cohorts": [{"starts_on": "2023-10-01", "units": 2}, {"starts_on": "2024-07-01", "units": 1}]
    },
    "staff_links": {"cohorts": [{"starts_on": "2024-04-01", "units": 2}]},
}
FALLING: dict[str, Any] = {
    "seed": 99,
    "units": 20,
    "scores": {"trend_per_year": -0.3, "outliers": {"U004": -0.5}},
    "volume": {"transactions_per_month": 12},
    "manager_links": {
        "effect": -0.6,
        "cohorts": [{"starts_on": "2023-10-01", "units": 3}, {"starts_on": "2024-07-01", "units": 4}],
    },
    "staff_links": {"cohorts": [{"starts_on": "2024-04-01", "units": 5}]},
    "duties": {"missing_contact": 0.2},
}


def changed(base: dict[str, Any], by: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with the values of `by`, section by section; `outliers` are replaced whole."""
    return {
        **base,
        **{
            key: changed(base[key], value) if isinstance(value, dict) and key != "outliers" else value
            for key, value in by.items()
        },
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The demo's run file in a project of its own, with a tenth of the placebos: words need no more."""
    project = project_copy(tmp_path, "params", "notebooks")
    path = project / "params" / "runs" / "demo.yaml"
    shipped = path.read_text(encoding="utf-8")
    path.write_text(shipped.replace("03_compensation: {}", FEW_PLACEBOS), encoding="utf-8")
    assert FEW_PLACEBOS in path.read_text(encoding="utf-8")
    return project


@pytest.mark.parametrize("by", [FEW_UNITS, FALLING], ids=["few units", "falling scores"])
def test_another_company_is_audited_to_a_sealed_report(project: Path, by: dict[str, Any]) -> None:
    shipped = yaml.safe_load((ROOT / "params/scenarios/demo.yaml").read_text(encoding="utf-8"))
    text = yaml.safe_dump(changed(shipped, by), allow_unicode=True)
    write_company(load(Scenario, text, name="other.yaml"), project / "data")
    options = Options(data=project / "data", outputs=project / "outputs")
    steps = replace(usual_steps(), pdf=no_pdf)  # the page is what is asked about; paper has tests of its own
    with executed_here():
        outcome = perform(project / "params" / "runs" / "demo.yaml", options=options, steps=steps)
    assert not outcome.missing
    assert outcome.report.is_file()
    assert verify(outcome.directory).manifest.key
