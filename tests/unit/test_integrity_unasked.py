"""Where pay is linked, the signs of gaming are looked for whether or not the run file asks for it."""

from __future__ import annotations

from pathlib import Path

from auditlib.parameters.load import validate
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import Document, read_yaml
from auditlib.runs.plan import check_notebooks, planned_names, read_plan

ROOT = Path(__file__).parents[2]
ASKED = "  04_integrity: {}\n"
WITHOUT = (ROOT / "params/runs/demo.yaml").read_text(encoding="utf-8").replace(ASKED, "")


def read(text: str) -> tuple[Run, Document]:
    document = read_yaml(text, name="run.yaml")
    return validate(Run, document), document


def test_a_pay_link_brings_the_notebook_in_its_place() -> None:
    run, document = read(WITHOUT)
    assert "04_integrity" not in run.notebooks
    planned, problems = check_notebooks(run, document, ROOT / "notebooks")
    names = [notebook.name for notebook in planned]
    assert not problems
    assert [name for name in names if name != "04_integrity"] == list(run.notebooks)
    assert names[names.index("03_compensation") + 1] == "04_integrity"


def test_without_pay_links_nothing_is_added() -> None:
    run, _ = read(WITHOUT)
    kept = tuple(source for source in run.sources if source.table != "pay_links")
    assert "04_integrity" not in planned_names(run.model_copy(update={"sources": kept}))


def test_a_run_that_asks_for_it_is_left_as_it_stands() -> None:
    run, _ = read(WITHOUT.replace("notebooks:\n", "notebooks:\n" + ASKED))
    assert next(iter(planned_names(run))) == "04_integrity"


def test_every_command_plans_it(tmp_path: Path) -> None:
    (tmp_path / "params/runs").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    file = tmp_path / "params/runs/quiet.yaml"
    file.write_text(WITHOUT, encoding="utf-8")
    for law in ("standards", "policies", "calendars", "registers"):
        (tmp_path / "params" / law).symlink_to(ROOT / "params" / law)
    assert "04_integrity" in [notebook.name for notebook in read_plan(file, name="quiet.yaml").notebooks]


def test_a_project_without_the_notebook_is_told(tmp_path: Path) -> None:
    run, document = read(WITHOUT)
    (tmp_path / "notebooks").mkdir()
    for name in run.notebooks:
        (tmp_path / "notebooks" / f"{name}.ipynb").symlink_to(ROOT / "notebooks" / f"{name}.ipynb")
    (problem,) = check_notebooks(run, document, tmp_path / "notebooks")[1]
    assert "there is no notebook 04_integrity" in str(problem)
