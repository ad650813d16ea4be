"""ARCHITECTURE.md, the linter's layers and the source tree are one and the same house."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from benchmarks import house

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "src" / "auditlib"
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc"}


def documented_layers() -> list[list[str]]:
    block = re.search(r"```layers\n(.*?)```", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.S)
    assert block, "ARCHITECTURE.md has no layer block"
    return [sorted(part.strip() for part in line.split("|")) for line in block[1].strip().splitlines()]


def linted_layers() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    assert contract["exhaustive"] is True
    return [sorted(part.strip() for part in line.split("|")) for line in contract["layers"]]


def rooms_in_tree() -> set[str]:
    folders = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    modules = {path.stem for path in HOUSE.glob("*.py") if path.stem not in ("__init__", "__main__")}
    return folders | modules


def python_files() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def test_document_and_linter_agree() -> None:
    assert documented_layers() == linted_layers()


def test_linter_and_tree_agree() -> None:
    assert {room for line in linted_layers() for room in line} == rooms_in_tree()


def test_every_room_has_a_row_in_the_room_table() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", (ROOT / "ARCHITECTURE.md").read_text("utf-8"), re.M))
    assert rows == rooms_in_tree()


def test_no_layer_is_broken() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_modules_stay_small_and_named_for_what_they_hold(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400, "split it: a module stays under 400 lines"
    assert path.stem not in FORBIDDEN_NAMES, "name it for what it holds"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert lines_of_code(node) <= 50, f"{node.name} is too long: a function does one thing"


def lines_of_code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    has_docstring = ast.get_docstring(node) is not None and len(node.body) > 1
    first = node.body[1] if has_docstring else node.body[0]
    assert node.end_lineno is not None
    return node.end_lineno - first.lineno + 1


def test_functions_are_short_on_the_whole() -> None:
    lengths = sorted(
        lines_of_code(node)
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 10


@pytest.mark.parametrize("room", sorted(rooms_in_tree() - {"cli"}))
def test_every_room_says_what_it_is_for(room: str) -> None:
    path = HOUSE / room / "__init__.py" if (HOUSE / room).is_dir() else HOUSE / f"{room}.py"
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("room", "banned"),
    [
        ("records", {"pandas", "narwhals", "numpy", "duckdb", "matplotlib"}),
        ("contracts", {"duckdb", "pathlib", "os"}),
        ("statistics", {"duckdb", "narwhals", "matplotlib", "seaborn", "pathlib", "os"}),
        ("benchmark", {"duckdb", "matplotlib", "seaborn", "pathlib", "os"}),
        ("improvement", {"duckdb", "matplotlib", "seaborn", "pathlib", "os"}),
        ("escalation", {"duckdb", "matplotlib", "seaborn", "pathlib", "os"}),
        ("promises", {"duckdb", "matplotlib", "seaborn", "pathlib", "os"}),
        ("service_desk", {"duckdb", "matplotlib", "seaborn", "pathlib", "os"}),
        ("report", {"pandas", "duckdb", "narwhals", "scipy", "statsmodels"}),
        ("standards", {"duckdb", "matplotlib", "seaborn", "os"}),
    ],
)
def test_a_room_never_imports_what_is_not_its_business(room: str, banned: set[str]) -> None:
    found = {
        f"{path.relative_to(HOUSE)}: {name}"
        for path in (HOUSE / room).rglob("*.py")
        for name in imported(path)
        if name in banned
    }
    assert not found


@pytest.mark.parametrize("library", ["matplotlib", "seaborn"])
def test_only_figures_draws(library: str) -> None:
    users = {path.relative_to(HOUSE).parts[0] for path in python_files() if library in imported(path)}
    assert users <= {"figures"}


def test_only_evidence_names_an_engine() -> None:
    users = {path.relative_to(HOUSE).parts[0] for path in python_files() if "duckdb" in imported(path)}
    assert users <= {"evidence"}


@pytest.mark.parametrize("room", ["records", "contracts", "time", "statistics", "standards", "obligations"])
def test_nothing_below_evidence_asks_for_time_or_chance(room: str) -> None:
    calls = re.compile(
        r"\b(datetime\.now|date\.today|time\.time(?:_ns)?\b|utcnow|os\.environ|np\.random\.(?!Generator|default_rng\())"
    )
    guilty = [str(path) for path in (HOUSE / room).rglob("*.py") if calls.search(path.read_text("utf-8"))]
    assert not guilty


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names


def test_importing_the_package_loads_no_heavy_library() -> None:
    heavy = {"pandas", "statsmodels", "scipy", "numpy", "duckdb", "matplotlib", "pydantic"}
    code = f"import sys, auditlib; print(sorted({heavy} & set(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_the_house_does_not_know_the_company_it_is_shown_on(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] not in ("company", "tests", "benchmarks")


def test_a_public_class_name_stands_for_a_single_thing() -> None:
    assert {name: homes for name, homes in house.public_classes().items() if len(homes) > 1} == {}


MOST_FILLER = 0.01


def test_a_circle_would_be_seen() -> None:
    assert house.circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {frozenset("abc")}


def test_no_circle_stands_anywhere() -> None:
    """The linter keeps rooms apart; this keeps the modules inside of them apart too."""
    assert house.circles(house.imports()) == set()


def test_names_say_what_they_hold() -> None:
    """Of the names bound in good code bases one in a hundred is filler by so wide a list, or fewer."""
    names, bound = house.filler()
    assert names.total() / bound <= MOST_FILLER, names


def test_what_is_too_small_to_be_shown_is_decided_in_a_single_place() -> None:
    """Declared where a run is, decided in the room `disclosure`; other rooms ask `MinimumFrequency`."""
    assert house.naming("minimum_cell") == {
        "auditlib.parameters.run",
        "auditlib.disclosure.minimum_frequency",
    }


def test_only_words_and_bounds_take_the_number_itself() -> None:
    """A comparison with it elsewhere would decide again; nobody reads the threshold but to say or bound."""
    compared = re.compile(r"[<>]=?\s*[\w.]*\.least\b|\.least\s*[<>]")
    deciding = {name for name, path in house.modules().items() if compared.search(path.read_text("utf-8"))}
    assert deciding == {"auditlib.disclosure.minimum_frequency"}


@pytest.mark.parametrize(
    ("name", "filler"),
    [("known", True), ("_known", True), ("others_", True), ("unknown", False), ("held", False), ("_", False)],
)
def test_filler_is_known_with_its_underscores_and_no_term_is_filler(name: str, *, filler: bool) -> None:
    assert house.is_filler(name) is filler


PARTS = re.compile(r"\n(?:Returns|Raises|Notes|See Also|Examples|Yields|References)\n-")


def described(docstring: str) -> list[str]:
    """Return the names under ``Parameters`` of a docstring; none where it has no such part."""
    _, has_part, rest = docstring.partition("Parameters\n----------\n")
    lines = PARTS.split(rest)[0].splitlines() if has_part else []
    named = (name for line in lines if line and not line.startswith(" ") for name in line.split(","))
    return [name.strip().lstrip("*") for name in named if name.strip()]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_docstrings_describe_the_parameters_there_are(path: Path) -> None:
    wrong = [
        f"{node.name}: {name}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        for name in described(ast.get_docstring(node) or "")
        if name not in {argument.arg for argument in ast.walk(node.args) if isinstance(argument, ast.arg)}
    ]
    assert wrong == []
