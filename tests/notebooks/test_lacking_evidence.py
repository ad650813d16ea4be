"""No notebook stops where a table is absent or empty, or a column was never mapped: it says what is lacking.

The cells of the notebooks run in this process on a small simulated company, with every variant of its
evidence that lacks one thing.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from pyarrow import parquet

from auditlib.audit.opening import read_run
from auditlib.audit.session import Audit
from auditlib.audit.standard import texts
from auditlib.contracts import TABLES, ColumnKind
from auditlib.evidence import Evidence, prepare
from auditlib.files import hash_file
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from company import Scenario, write_company

ROOT = Path(__file__).parents[2]
RUN = read_run("params/runs/demo.yaml", root=ROOT)
Change = Callable[[pa.Table], pa.Table] | None
SCENARIO: dict[str, Any] = {
    "seed": 5,
    "units": 6,
    "months": 10,
    "start": "2025-03-01",
    "fixes": [],
    "volume": {
        "transactions_per_month": 14, "interactions_per_month": 3, "accounts_per_month": 4,
        "customers_per_unit": 40, "complaints_per_month": 2,
    },
    "scores": {"outliers": {"U004": -0.5}},
    "manager_links": {"cohorts": [{"starts_on": "2025-07-01", "units": 2}]},
    "staff_links": {"cohorts": [{"starts_on": "2025-08-01", "units": 2}]},
    "gaming": {"starts_on": "2025-07-01"},
}  # fmt: skip
QUICK = {"03_compensation": {"placebo_adoptions": 20}}
NOTEBOOKS: Mapping[str, tuple[str, ...]] = {
    "01_intake": ("units", "responses"),
    "02_benchmark": ("units", "responses"),
    "03_compensation": ("units", "responses", "pay_links"),
    "04_integrity": ("units", "responses", "pay_links"),
    "05_escalation": ("units", "responses", "follow_ups", "report_actions"),
    "07_service_levels": ("interactions",),
    "09_drivers": ("units", "responses", "complaints", "fixes"),
    "10_promises": ("units", "responses", "call_backs", "deviations"),
    "11_standards": ("units", "responses", "pay_links"),
    "17_self_test": ("responses", "follow_ups", "complaint_events", "pay_links"),
    "16_improvement": ("units", "responses", "complaints", "interactions"),
}  # fmt: skip
"""Notebooks, and the tables whose absence each of them must survive."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder = tmp_path_factory.mktemp("company")
    shipped = yaml.safe_load((ROOT / "params/scenarios/demo.yaml").read_text(encoding="utf-8"))
    for name, value in SCENARIO.items():
        shipped[name] = {**shipped[name], **value} if isinstance(value, dict) else value
    write_company(load(Scenario, yaml.safe_dump(shipped), name="small.yaml"), folder / "data")
    return prepare(RUN, folder / "data", folder / "evidence", threads=1)


def empty(rows: pa.Table) -> pa.Table:
    return rows.slice(0, 0)


def without(columns: tuple[str, ...]) -> Callable[[pa.Table], pa.Table]:
    def changed(rows: pa.Table) -> pa.Table:
        for name in columns:
            place = rows.schema.get_field_index(name)
            field = rows.schema.field(place)
            rows = rows.set_column(place, field, pa.nulls(len(rows), field.type))
        return rows

    return changed


def lacking(whole: Evidence, folder: Path, changes: Mapping[str, Change]) -> Evidence:
    """Return the evidence with tables dropped (None) or changed; the other files are linked."""
    folder.mkdir()
    for file in whole.directory.iterdir():
        change = changes.get(file.stem, file) if file.suffix == ".parquet" else file
        if change is file:
            (folder / file.name).symlink_to(file)
        elif callable(change):
            rows = change(parquet.read_table(file))
            parquet.write_table(rows, folder / file.name, write_page_checksum=True, store_schema=False)
    left = tuple(table for table in whole.tables if changes.get(table, empty) is not None)
    totals = tuple(total for total in whole.totals if total.table in left)
    return replace(whole, directory=folder, tables=left, totals=totals)


def variants(tables: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Change]]]:
    """Yield every way to lack a table, with a name for it."""
    for table in tables:
        cells: dict[str, Change] = {"cells": empty} if table == "responses" else {}
        yield f"no {table}", {table: None, **cells}
        yield f"empty {table}", {table: empty, **cells}


def execute(notebook: str, evidence: Evidence, work: Path, *, run: Run = RUN, **more: Any) -> dict[str, Any]:
    """Run the code cells of a notebook on `evidence`; return the results file it writes."""
    law = texts(run, root=ROOT)
    audit = Audit(run, evidence, notebook=notebook, question="?", work=work, texts=law)
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(io.StringIO()), warnings.catch_warnings():
        patch.setattr("auditlib.audit.open_audit", lambda *_given, **_named: audit)
        patch.setattr("auditlib.figures.svg.png_of", lambda _drawn: b"")  # nobody looks at these figures
        warnings.simplefilter("error")
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), notebook, "exec"), names)  # noqa: S102 - our own cells
            if "parameters" in cell["metadata"].get("tags", ()):
                names |= QUICK.get(notebook, {}) | more
    found: dict[str, Any] = json.loads((work / "results" / f"{notebook}.json").read_text(encoding="utf-8"))
    return found


def said(results: Mapping[str, Any]) -> str:
    return " ".join(sentence["text"] for sentence in (*results["answer"], *results["sentences"]))


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_notebook_survives_the_absence_of_each_table(
    company: Evidence, tmp_path: Path, notebook: str
) -> None:
    """Every table that a notebook reads, absent and empty."""
    import matplotlib.pyplot as plt

    for number, (name, changes) in enumerate(variants(NOTEBOOKS[notebook])):
        evidence = lacking(company, tmp_path / f"{number}", changes)
        try:
            results = execute(notebook, evidence, tmp_path / f"{number}-work")
        except Exception as error:
            error.add_note(f"{notebook}, {name}")
            raise
        finally:
            plt.close("all")
        assert results["answer"], name


def test_follow_up_survives_columns_that_were_never_mapped(company: Evidence, tmp_path: Path) -> None:
    """All optional columns at once: what is judged by them is missing or not assessable."""
    changes: dict[str, Change] = {}
    for table in FOLLOWED:
        stored = [c for c in TABLES[table].columns if not c.optional and not c.required]
        optional = [c for c in stored if c.kind is not ColumnKind.INSTANT]
        changes[table] = without(tuple(column.name for column in optional))
    evidence = lacking(company, tmp_path / "evidence", changes)
    assert execute("05_escalation", evidence, tmp_path / "work")["answer"]


FOLLOWED = ("responses", "acknowledgements", "follow_ups", "attendance", "responsibilities", "report_actions")


def test_pay_without_a_register_or_a_question_is_not_assessable(company: Evidence, tmp_path: Path) -> None:
    def paying(metric: str) -> Change:
        def changed(rows: pa.Table) -> pa.Table:
            place = rows.schema.get_field_index("metric")
            values = pa.array([metric] * len(rows), type=rows.schema.field(place).type)
            return rows.set_column(place, rows.schema.field(place), values)

        return changed

    for number, (change, why) in enumerate(
        (
            (None, "There is no register of pay links, or it holds no entry."),
            (
                paying("other:q_x:mean"),
                "No pay link with a weight names a survey type and item of this audit",
            ),
            (paying("happiness"), "No pay link with a weight names a survey type and item of this audit"),
        )
    ):
        evidence = lacking(company, tmp_path / f"{number}", {"pay_links": change})
        results = execute("03_compensation", evidence, tmp_path / f"{number}-work")
        assert f"is not assessable: {why}" in results["answer"][0]["text"]
        other = [one for one in results["findings"] if one["criterion"].startswith("A12: pay follows")]
        assert len(other) == (0 if change is None else 1)


@pytest.mark.parametrize("notebook", ["02_benchmark", "16_improvement"])
def test_a_case_mix_that_is_no_column_is_refused_in_words(
    company: Evidence, tmp_path: Path, notebook: str
) -> None:
    results = execute(notebook, company, tmp_path, adjust_for="channel segment")
    assert "The responses have no column segment, so there is no case mix to adjust for." in said(results)


def test_a_self_test_finds_what_it_plants_and_leaves_every_file_as_it_is(
    company: Evidence, tmp_path: Path
) -> None:
    before = {file.name: hash_file(file) for file in company.directory.iterdir()}
    results = execute("17_self_test", company, tmp_path)
    assert {file.name: hash_file(file) for file in company.directory.iterdir()} == before
    numbers = {
        number["key"].partition("/")[2] or number["key"]: number["value"] for number in results["numbers"]
    }
    late = "follow-ups made late by a minute"
    assert numbers[f"found:{late}"] == numbers[f"planted:{late}"] > 0
    assert numbers[f"newly:{late}"] == 0
    assert results["findings"] == []
