"""What every stored notebook looks like: a question, its answer, short cells, nothing but the audit."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from statistics import median
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
STORED = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
FIRST_PARAMETERS = {"run_file": "str", "data": "str", "work": "str"}
READS_OR_WRITES = {
    "open", "Path", "read_csv", "read_excel", "read_parquet", "read_json", "read_sql", "to_csv", "to_excel",
    "to_parquet", "to_json", "to_pickle", "savefig", "write", "write_text", "write_bytes", "read_text",
    "read_bytes", "connect", "urlopen", "system", "popen", "run_cell", "exec", "eval",
    "__import__", "mkdir", "unlink",
}  # fmt: skip
HARMLESS_NUMBERS = {0, 1, -1}
"""Positions and identities. Any other number typed in a cell decides something: put it in the run file."""
LAYOUT = {"limit", "each", "width", "height"}
"""Arguments that say how much is shown, never what is concluded."""
ABSOLUTE = re.compile(
    r"(?<![\w.:/<])/(?:home|root|Users|tmp|var|usr|opt|mnt|private|work|srv|data)/|\b[A-Z]:\\\\"
)


@pytest.fixture(params=STORED, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    return content


def text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def cells(notebook: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in cells(notebook, "code") if "parameters" not in tags(cell)]


def tags(cell: dict[str, Any]) -> list[str]:
    return list(cell["metadata"].get("tags", []))


def tree(cell: dict[str, Any]) -> ast.Module:
    return ast.parse(text(cell))


def lines(cell: dict[str, Any]) -> int:
    return sum(1 for line in text(cell).splitlines() if line.strip())


def test_there_are_notebooks() -> None:
    assert {"01_intake", "02_benchmark"} <= {path.stem for path in STORED}


def test_no_notebook_without_a_number_and_a_name() -> None:
    assert sorted(NOTEBOOKS.glob("*.ipynb")) == STORED


def test_notebooks_to_explore_with_are_stored_without_outputs() -> None:
    """What they show is what their reader turned, or a client's files."""
    explore = sorted((NOTEBOOKS / "explore").glob("*.ipynb"))
    assert len(explore) > 2
    for path in explore:
        for cell in cells(json.loads(path.read_text("utf-8")), "code"):
            assert (cell["outputs"], cell["execution_count"]) == ([], None), path.name


def test_it_asks_one_question_and_asks_it_first(notebook: dict[str, Any]) -> None:
    headings = [
        line
        for cell in cells(notebook, "markdown")
        for line in text(cell).splitlines()
        if line.startswith("# ")
    ]
    assert len(headings) == 1
    assert headings[0].endswith("?")
    assert text(notebook["cells"][0]).startswith(headings[0])


def test_its_parameters_are_annotated_scalars(notebook: dict[str, Any]) -> None:
    tagged = [cell for cell in cells(notebook, "code") if "parameters" in tags(cell)]
    assert len(tagged) == 1
    assert tagged[0] is cells(notebook, "code")[0]
    body = tree(tagged[0]).body
    assert all(isinstance(line, ast.AnnAssign) and isinstance(line.value, ast.Constant) for line in body)
    declared = {
        ast.unparse(line.target): ast.unparse(line.annotation)
        for line in body
        if isinstance(line, ast.AnnAssign)
    }
    assert dict(list(declared.items())[:3]) == FIRST_PARAMETERS
    assert set(declared.values()) <= {"str", "int", "float", "bool"}


def test_it_opens_the_audit_next_and_closes_it_last(notebook: dict[str, Any]) -> None:
    opening, *_, last = code(notebook)
    assert "open_audit(run_file, data=data, work=work, notebook=" in text(opening)
    assert text(last).rstrip().endswith("audit.close()")


def test_it_names_itself(request: pytest.FixtureRequest, notebook: dict[str, Any]) -> None:
    name = request.node.callspec.params["notebook"].stem
    assert f'notebook="{name}"' in text(code(notebook)[0])


def test_the_answer_comes_before_the_exhibits(notebook: dict[str, Any]) -> None:
    calls = re.findall(r"audit\.(answer|table|figure)\(", "\n".join(text(cell) for cell in code(notebook)))
    assert calls[0] == "answer"
    assert calls.count("answer") == 1


def test_it_defines_nothing(notebook: dict[str, Any]) -> None:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Global)
    assert not [node for cell in code(notebook) for node in ast.walk(tree(cell)) if isinstance(node, kinds)]


def test_its_cells_are_short(notebook: dict[str, Any]) -> None:
    lengths = [lines(cell) for cell in code(notebook)]
    assert median(lengths) <= 5
    assert max(lengths) <= 15


def test_it_explains_as_often_as_it_computes(notebook: dict[str, Any]) -> None:
    assert len(cells(notebook, "markdown")) >= len(cells(notebook, "code"))
    assert len(notebook["cells"]) <= 40


def test_it_reads_and_writes_only_through_the_audit(notebook: dict[str, Any]) -> None:
    called = {
        node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        for cell in code(notebook)
        for node in ast.walk(tree(cell))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
    }
    assert not called & READS_OR_WRITES
    assert not [cell for cell in code(notebook) if re.search(r"^\s*[%!]", text(cell), re.MULTILINE)]


def test_no_deciding_number_is_typed_in_a_cell(notebook: dict[str, Any]) -> None:
    assert not [
        ast.unparse(node)
        for cell in code(notebook)
        for node in numbers(tree(cell))
        if node.value not in HARMLESS_NUMBERS
    ]


def numbers(module: ast.AST) -> list[ast.Constant]:
    layout = {
        id(constant)
        for call in ast.walk(module)
        if isinstance(call, ast.keyword) and call.arg in LAYOUT
        for constant in ast.walk(call.value)
    }
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and id(node) not in layout
    ]


def test_it_is_stored_as_executed_from_top_to_bottom(notebook: dict[str, Any]) -> None:
    counts = [cell["execution_count"] for cell in cells(notebook, "code") if lines(cell)]
    assert counts == list(range(1, len(counts) + 1))


def test_its_outputs_are_there_and_none_is_an_error(notebook: dict[str, Any]) -> None:
    outputs = [output for cell in cells(notebook, "code") for output in cell["outputs"]]
    assert any(output["output_type"] in ("display_data", "execute_result") for output in outputs)
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


def test_no_path_of_a_machine_is_in_it(notebook: dict[str, Any]) -> None:
    shown = [json.dumps(output) for cell in cells(notebook, "code") for output in cell["outputs"]]
    written = [text(cell) for cell in notebook["cells"]]
    assert not [found.group() for part in shown + written if (found := ABSOLUTE.search(part))]


def test_every_exhibit_is_shown(notebook: dict[str, Any]) -> None:
    silent = [
        text(cell)
        for cell in code(notebook)
        if re.search(r"audit\.(answer|table|figure|say|limits|finding|caveat)\(", text(cell))
        and not cell["outputs"]
    ]
    assert not silent


class TestTheRulesThemselves:
    """A rule that nothing can break protects nothing."""

    def test_a_typed_threshold_is_found(self) -> None:
        assert [node.value for node in numbers(ast.parse("units = table[table.n >= 30]"))] == [30]

    def test_a_layout_number_is_not(self) -> None:
        assert not numbers(ast.parse("audit.table('a', b, limit=15)"))

    @pytest.mark.parametrize("path", ["/home/ada/x", "/var/x", r"C:\\Users"])
    def test_a_path_is_found(self, path: str) -> None:
        assert ABSOLUTE.search(f"read {path}")

    @pytest.mark.parametrize("harmless", ["</td><td>", "M 0 0 L 1 1", "and/or", "https://doi.org/data/1"])
    def test_what_is_no_path_is_left(self, harmless: str) -> None:
        assert not ABSOLUTE.search(harmless)
