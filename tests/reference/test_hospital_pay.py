"""US hospitals, payment tied to patient satisfaction: the run on published figures says what they cannot say.

Hospital Compare, three periods. Scores counted for payment from the first day of the first period on, so no
effect is identified; what a naive comparison gives is held against the literature and refused.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from auditlib import compensation
from auditlib.audit.opening import read_run
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Grade, Refusal

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def run() -> Run:
    return read_run("params/runs/hcahps_pay.yaml", root=ROOT)


@pytest.fixture(scope="module")
def evidence(run: Run, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return prepare(run, shared_data, tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def engagement(evidence: Evidence, run: Run) -> Engagement:
    return Engagement(run, evidence)


@pytest.fixture(scope="module")
def found(engagement: Engagement) -> compensation.PayAnswer:
    answer = compensation.effect(engagement)
    assert answer.result.unidentified is not None
    return answer


def test_every_record_is_an_entry_of_the_register(evidence: Evidence) -> None:
    register = evidence.frame("pay_links")
    assert len(register) == 13_471 - 244
    assert register["link_id"].is_unique
    assert set(register["weight"]) == {0.0, 0.3}
    assert register.loc[register["weight"] > 0, "unit_id"].nunique() == 2_961


def test_no_effect_is_claimed_anywhere(found: compensation.PayAnswer) -> None:
    assert found.result.roles == ()
    assert found.to_frame()["claim"].tolist() == ["not identified"]
    assert found.to_frame()["estimate"].isna().all()
    assert {number.key: number.value for number in found.numbers()}["claim:unit"] == "not identified"
    first = found.summary()[0].text
    assert "is not identified, and no change may be credited to it" in first
    assert "No period lies before the link" in first
    assert "no claim is supported" in found.findings()[0].condition
    assert "Do not state" in found.advice()[0].text


def test_the_finding_is_not_a_fault_of_the_party(found: compensation.PayAnswer) -> None:
    (finding,) = found.findings()
    assert finding.grade is Grade.OPPORTUNITY
    assert set(finding.evidence) <= {number.key for number in found.numbers()}


def test_the_naive_comparison_and_the_literature(found: compensation.PayAnswer) -> None:
    """Ryan et al. 2015: -0.30 points, 95 % -0.79 to 0.19; before-and-after alone would have credited it."""
    values = {number.key: number for number in found.numbers()}
    naive = values["reading:unit:both"]
    assert naive.value == pytest.approx(-0.263, abs=0.0005)
    assert naive.n == 2_914 + 561
    assert naive.interval is not None
    assert naive.interval.low < -0.30 < naive.interval.high
    assert values["reading:unit:before_after"].value == pytest.approx(0.888, abs=0.0005)


def test_the_naive_comparison_by_hand(found: compensation.PayAnswer, evidence: Evidence) -> None:
    rows = evidence.frame("aggregates")
    wide = rows[rows["item"] == "q_rating"].pivot_table(
        index="unit_id", columns="period_start", values="value"
    )
    change = 100 * (wide.iloc[:, 1] - wide.iloc[:, 0]).dropna()
    kind = evidence.frame("units").set_index("unit_id")["unit_type"].reindex(change.index)
    register = evidence.frame("pay_links")
    linked = change.index.isin(register.loc[register["weight"] > 0, "unit_id"])
    others = ~linked & (kind == "Critical Access Hospitals").to_numpy()
    gap = change[linked].mean() - change[others].mean()
    error = np.sqrt(sum(change[one].var() / one.sum() for one in (linked, others)))
    naive = found.comparisons()[0].naive
    assert naive["estimate"] == pytest.approx(gap, abs=1e-9)
    assert naive["error"] == pytest.approx(error, rel=5e-3)  # pooled by the regression, apart by hand


def test_the_answer_moves_with_every_choice(found: compensation.PayAnswer) -> None:
    (readings,) = found.comparisons()
    count = readings.split()
    assert count["total"] == len(readings.frame)
    assert min(count["up"], count["down"], count["up_called"], count["down_called"]) > 0
    moved = readings.groups().set_index("option")["middle"]
    assert moved["any number of surveys"] < 0 < moved["300 surveys or more"]
    assert moved["later score, first score held equal"] < moved["change of units seen in both periods"]
    balanced = readings.estimated.query("design == 'every' and minimum == 0")["estimate"]
    unbalanced = readings.estimated.query("design == 'means' and minimum == 0")["estimate"]
    assert balanced.mean() < unbalanced.mean()


def test_its_false_alarms_are_above_nominal(found: compensation.PayAnswer) -> None:
    dealt = found.comparisons()[0].placebo
    assert not isinstance(dealt, Refusal)
    assert dealt.limits[0] > 0.05
    assert abs(float(dealt.estimate.mean())) < 0.05


def test_every_sentence_names_recorded_numbers(found: compensation.PayAnswer) -> None:
    keys = [number.key for number in found.numbers()]
    assert len(keys) == len(set(keys))
    said = [*found.summary(), *found.advice(), *found.limits()]
    said += [*found.naive(), *found.outcomes()]
    assert not {key for sentence in said for key in sentence.keys} - set(keys)


def test_the_notebook_records_the_refusal_and_no_effect(evidence: Evidence, tmp_path: Path) -> None:
    shutil.copytree(evidence.directory, tmp_path / "evidence")
    notebook = nbformat.read(ROOT / "notebooks" / "03_compensation.ipynb", as_version=4)
    place = next(
        at for at, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", [])
    )
    given = f"run_file = 'params/runs/hcahps_pay.yaml'\nwork = {str(tmp_path)!r}"
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(given))
    resources = {"metadata": {"path": str(ROOT / "notebooks")}}
    NotebookClient(notebook, timeout=1800, kernel_name="python3", resources=resources).execute()
    recorded = json.loads((tmp_path / "results" / "03_compensation.json").read_text(encoding="utf-8"))
    assert "not identified" in recorded["answer"][0]["text"]
    numbers = {number["key"]: number["value"] for number in recorded["numbers"]}
    assert numbers["claim:unit"] == "not identified"
    assert not [key for key in numbers if key.startswith("effect:")]
    assert [one["condition"] for one in recorded["findings"] if "not identified" in one["condition"]]
    assert {"readings", "by-choice", "shifts"} <= {exhibit["id"] for exhibit in recorded["exhibits"]}


def test_pay_follows_the_audited_metric_by_its_definition(
    found: compensation.PayAnswer, engagement: Engagement
) -> None:
    fair = compensation.fairness(engagement, found)
    row = fair.to_frame().iloc[0]
    assert (row["role"], row["links"], row["same"]) == ("unit", 8_849, 8_849)
    assert (fair.result.definitions["hash"] == fair.result.definitions["audited"]).all()
