"""Nothing a reader of a whole run can add or subtract tells him a count of few people."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from golden.recorded import changed
from in_process import executed_here
from project_copy import project_copy

from auditlib.disclosure import MinimumFrequency
from auditlib.parameters.load import load
from auditlib.runs import Options, perform
from auditlib.runs.documents import no_pdf
from auditlib.runs.steps import usual_steps
from auditlib.seal import verify
from auditlib.seal.deduction import recorded_deductions
from auditlib.seal.trace import trace_key
from company import Scenario, write_company

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ("01_intake", "02_benchmark", "16_improvement", "05_escalation", "10_promises", "11_standards")
"""Those that count people by unit, month, duty and cause; the others cost time and state no more of it."""
SMALL: dict[str, Any] = {
    "seed": 4711,
    "units": 9,
    "volume": {"transactions_per_month": 3},
    "scores": {"outliers": {"U004": -0.5}},
    "manager_links": {
        "cohorts": [{"starts_on": "2023-10-01", "units": 2}, {"starts_on": "2024-07-01", "units": 1}]
    },
    "staff_links": {"cohorts": [{"starts_on": "2024-04-01", "units": 2}]},
}


@pytest.fixture(scope="module")
def small_units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the finished run of a company whose units have few customers each."""
    project = project_copy(tmp_path_factory.mktemp("small"), "params", "notebooks")
    shipped = yaml.safe_load((ROOT / "params/scenarios/demo.yaml").read_text(encoding="utf-8"))
    scenario = {
        key: {**value, **SMALL[key]} if isinstance(value, dict) and key in SMALL else SMALL.get(key, value)
        for key, value in shipped.items()
    }
    write_company(load(Scenario, yaml.safe_dump(scenario), name="small.yaml"), project / "data")
    run_file = project / "params" / "runs" / "demo.yaml"
    run = yaml.safe_load(run_file.read_text(encoding="utf-8"))
    run["notebooks"] = {name: run["notebooks"][name] or {} for name in NOTEBOOKS}
    run_file.write_text(yaml.safe_dump(run, sort_keys=False), encoding="utf-8")
    steps = replace(usual_steps(), pdf=no_pdf)
    options = Options(data=project / "data", outputs=project / "outputs")
    with executed_here():
        return perform(run_file, options=options, steps=steps).directory


@pytest.mark.parametrize("published", ["hcahps", "uci"])
def test_nor_of_published_data(published: str, shared_data: Path, tmp_path: Path) -> None:
    """Hospitals give shares and no persons; incidents are single cases under pseudonyms."""
    steps = replace(usual_steps(), pdf=no_pdf)
    options = Options(data=shared_data, outputs=tmp_path / "outputs")
    with executed_here():
        run = perform(ROOT / "params" / "runs" / f"{published}.yaml", options=options, steps=steps).directory
    assert recorded_deductions(run, minimum=MinimumFrequency(5)) == ()
    assert changed(run) == [], "the results are not those recorded: see tests/golden/recorded.py"


def held(directory: Path) -> dict[str, dict[str, Any]]:
    paths = sorted((directory / "evidence" / "held_back").glob("*.json"))
    documents = [json.loads(path.read_text("utf-8")) for path in paths]
    return {f"{one['notebook']}/{number['key']}": number for one in documents for number in one["numbers"]}


def test_no_small_count_of_small_units_can_be_worked_out(small_units: Path) -> None:
    assert len(held(small_units)) > 50, "the company has small cells, or this test asks nothing"
    assert recorded_deductions(small_units, minimum=MinimumFrequency(5)) == ()


def test_without_what_is_withheld_some_could_be(small_units: Path, tmp_path: Path) -> None:
    """The same numbers with what was withheld shown again: the search would have found them."""
    withheld = json.loads((small_units / "evidence" / "withheld.json").read_text("utf-8"))
    assert withheld
    copy = tmp_path / "run"
    shutil.copytree(small_units, copy)
    for notebook, keys in withheld.items():
        path = copy / "results" / f"{notebook}.json"
        document = json.loads(path.read_text("utf-8"))
        true = {name.partition("/")[2]: number for name, number in held(small_units).items()}
        document["numbers"] = [true[one["key"]] if one["key"] in keys else one for one in document["numbers"]]
        path.write_text(json.dumps(document), encoding="utf-8")
    assert recorded_deductions(copy, minimum=MinimumFrequency(5))


def counts_of_people(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield the cells of tables that show a count of people, with their exhibit."""
    people = re.compile(r"(n|rows|responses|invitations|judged|late|missing|met|excused|cases|complaints)")
    for path in sorted((directory / "results").glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        for exhibit in document["exhibits"]:
            for place, column in enumerate(exhibit.get("columns", ())):
                if column["numeric"] and people.fullmatch(column["name"]):
                    where = f"{path.stem}/{exhibit['id']}.{column['name']}"
                    yield from ((where, row[place]) for row in exhibit["rows"])


def test_no_table_prints_a_count_of_one_to_four_people(small_units: Path) -> None:
    cells = list(counts_of_people(small_units))
    assert len(cells) > 100
    assert [cell for cell in cells if cell[1] in {"1", "2", "3", "4"}] == []


def test_a_trace_tells_the_true_number_to_who_has_the_evidence(small_units: Path) -> None:
    key, number = next((key, one) for key, one in held(small_units).items() if one["unit"] == "count")
    verify(small_units)
    node = trace_key(small_units, key)
    told = [child.fields["value"] for child in node.children if child.kind == "held back"]
    assert told == [number["value"]]
