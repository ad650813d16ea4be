"""What the documents state is checked against the project."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer
import yaml

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    return {
        re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")
        for requirement in requirements
    }


def locked() -> dict[str, str]:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    return dict(
        re.match(r"([a-z0-9.-]+)==([^ ;\\]+)", line).groups()
        for line in lines
        if re.match(r"[a-z0-9.-]+==", line)
    )


def test_the_lock_holds_every_dependency() -> None:
    declared = names(project()["dependencies"]) | names(project()["optional-dependencies"]["dev"])
    assert declared <= set(locked())


def test_the_lock_is_hashed_and_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert "--index" not in text
    blocks = re.split(r"\n(?=[a-z0-9])", text)
    assert all("--hash=sha256:" in block for block in blocks)


CONDA_NAMES = {"python-duckdb": "duckdb", "python-tzdata": "tzdata"}


def test_the_conda_environment_is_in_step() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    assert environment["name"] == project()["name"]
    assert {"pip": ["-e ."]} in environment["dependencies"]
    plain = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    assert f"python{project()['requires-python']}" in plain
    stated = {
        under_pypi_name(entry)
        for entry in plain
        if entry not in ("make", "pip") and not entry.startswith("python>")
    }
    assert stated == set(project()["dependencies"]) | set(project()["optional-dependencies"]["dev"])


def under_pypi_name(entry: str) -> str:
    conda = re.split(r"[<>=]", entry, maxsplit=1)[0]
    return CONDA_NAMES.get(conda, conda) + entry[len(conda) :]


def test_the_version_is_stated_once() -> None:
    init = (ROOT / "src/auditlib/__init__.py").read_text("utf-8")
    assert f'__version__ = "{project()["version"]}"' in init
    assert f"## {project()['version']}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_links_to_exists(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text("utf-8"))
    assert [target for target in targets if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_and_target_a_document_names_exists(path: Path) -> None:
    text = path.read_text("utf-8")
    paths = re.findall(r"`((?:src|tests|params|notebooks|benchmarks|data)/[\w./-]*\w)`", text)
    assert [name for name in paths if not (ROOT / name).exists()] == []
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"`make ([a-z]+)", text))
    assert {target for target in targets if not re.search(rf"^{target}:", makefile, re.M)} == set()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_a_document_shows_exists(path: Path) -> None:
    from auditlib.cli import app

    shown = set(
        re.findall(
            r"\bauditlib ([a-z][a-z-]+)",
            "\n".join(re.findall(r"`[^`]+`|^    .*$|^\$ .*$", path.read_text("utf-8"), re.M)),
        )
    )
    assert shown <= set(typer.main.get_command(app).list_commands(None))


def test_a_bare_make_explains_every_target() -> None:
    out = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert phony
    explained = {line.split()[0] for line in out.splitlines()}
    assert explained == set(phony[1].split())
