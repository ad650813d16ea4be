"""What a run is going to do, checked completely before anything is read or executed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from auditlib.audit.law import law_problems
from auditlib.audit.notebook_choices import chosen_problems
from auditlib.errors import ParameterError, Problem
from auditlib.files import digest
from auditlib.parameters.checks import run_problems
from auditlib.parameters.load import in_order, validate
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import Document, read_yaml
from auditlib.runs.normalise import code_of
from auditlib.runs.notebook_parameters import (
    GIVEN_BY_RUN,
    DeclaredParameter,
    NotDeclarable,
    Scalar,
    checked_values,
    declared_parameters,
    injected_code,
)
from auditlib.seal.manifest import Versions
from auditlib.seal.project import law_hashes, project_root, versions

UNASKED = {"pay_links": "04_integrity"}
"""The notebook that a table brings with it, whether or not the run file names it."""


@dataclass(frozen=True, slots=True)
class PlannedNotebook:
    """One notebook of the run: its file, what it asks, its values and a hash of its code."""

    name: str
    path: Path
    question: str
    values: Mapping[str, Scalar]
    code: str


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A checked run.

    Parameters
    ----------
    run
        The run file.
    content
        Its bytes, kept with the outputs.
    run_file
        Its path; relative to `root` in POSIX form where it lies there, as notebooks are given it.
    root
        The project.
    notebooks
        In the order of the run file; one that came unasked in its place by name.
    law
        Hash of each file of the law.
    versions
        What computes.
    """

    run: Run
    content: bytes
    run_file: str
    root: Path
    notebooks: tuple[PlannedNotebook, ...]
    law: Mapping[str, str]
    versions: Versions

    @property
    def file(self) -> Path:
        """The run file."""
        return self.root / self.run_file

    @property
    def choices(self) -> dict[str, Any]:
        """The run file with every default filled in."""
        return self.run.model_dump(mode="json")

    def chosen(self, only: Sequence[str]) -> tuple[PlannedNotebook, ...]:
        """Return the notebooks that `only` names, in the order of the run file; all where it names none.

        Raises
        ------
        ParameterError
            Naming each that the run file does not name.
        """
        names = [notebook.name for notebook in self.notebooks]
        unknown = [name for name in only if name not in names]
        if unknown:
            remedy = f"It names {', '.join(names)}."
            raise ParameterError(
                *(Problem(f"the run file names no notebook {name!r}.", remedy=remedy) for name in unknown)
            )
        return tuple(notebook for notebook in self.notebooks if not only or notebook.name in only)

    def notebook_key(self, notebook: PlannedNotebook, *, evidence: str) -> str:
        """Return the hash of everything the result of `notebook` depends on."""
        choices = {name: value for name, value in self.choices.items() if name != "notebooks"}
        return digest(
            {
                "notebook": notebook.name,
                "code": notebook.code,
                "values": dict(notebook.values),
                "run_file": self.run_file,
                "choices": choices,
                "evidence": evidence,
                "law": dict(self.law),
                "versions": self.versions.model_dump(),
            }
        )


def read_plan(path: Path, *, name: str) -> RunPlan:
    """Read a run file and check it against its notebooks.

    Parameters
    ----------
    path
        The run file.
    name
        The run file as the user named it.

    Raises
    ------
    ParameterError
        With all problems at once.
    """
    content = _content(path, name)
    document = read_yaml(_decoded(content, name), name=name)
    run = validate(Run, document)
    root = project_root(path)
    notebooks, problems = check_notebooks(run, document, root / "notebooks")
    problems += run_problems(run, document)
    problems += [*chosen_problems(run, document, root=root), *law_problems(run, document, root=root)]
    if problems:
        raise ParameterError(*in_order(problems))
    resolved = path.resolve()
    inside = resolved.is_relative_to(root.resolve())
    run_file = resolved.relative_to(root.resolve()).as_posix() if inside else resolved.as_posix()
    return RunPlan(run, content, run_file, root, notebooks, law_hashes(root), versions())


def planned_names(run: Run) -> dict[str, Mapping[str, Scalar]]:
    """Return the notebooks of a run with the values given to them, those that come unasked included.

    Where pay is linked to a score, the audit looks for signs that the score is managed, whether or not the
    run file asks for it.
    """
    linked = {UNASKED[source.table] for source in run.sources if source.table in UNASKED}
    return {name: run.notebooks.get(name, {}) for name in run.in_order({*run.notebooks, *linked})}


def check_notebooks(
    run: Run, document: Document, folder: Path
) -> tuple[tuple[PlannedNotebook, ...], list[Problem]]:
    """Check every notebook of a run and the values given to it; return them and all problems."""
    notebooks: list[PlannedNotebook] = []
    problems: list[Problem] = []
    for name, supplied in planned_names(run).items():
        planned, refused = _check(name, supplied, document, folder)
        problems += refused
        if planned:
            notebooks.append(planned)
    return tuple(notebooks), problems


def _check(
    name: str, supplied: Mapping[str, Scalar], document: Document, folder: Path
) -> tuple[PlannedNotebook | None, list[Problem]]:
    place = ("notebooks", name)
    path = folder / f"{name}.ipynb"
    if not path.is_file():
        return None, [document.problem(place, f"there is no notebook {name}.", remedy=_near(name, folder))]
    try:
        notebook = read_notebook(path)
        declared = declared_parameters(notebook)
        _require_given(declared)
        values, refused = checked_values(supplied, declared)
        injected_code(values)
    except NotDeclarable as error:
        return None, [
            document.problem(place, f"notebook {name}: {error}.", remedy="Correct the notebook.", of_key=True)
        ]
    problems = [
        document.problem((*place, key), f"{name}: {problem.message}", remedy=problem.remedy)
        for key, problem in refused
    ]
    code = digest(code_of(notebook))
    return PlannedNotebook(name, path, question_of(notebook), values, code), problems


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook file as plain JSON values; NotDeclarable where it is none."""
    try:
        notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if notebook["nbformat"] != 4:
            raise NotDeclarable("its file format is not version 4")
        whole = isinstance(notebook["metadata"], dict) and isinstance(notebook["nbformat_minor"], int)
        whole = whole and all(_is_cell(cell) for cell in notebook["cells"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, NotDeclarable):
            raise
        raise NotDeclarable("its file is not a notebook") from error
    if not whole:
        raise NotDeclarable("its file is not a notebook")
    return notebook


def _is_cell(cell: Mapping[str, Any]) -> bool:
    """Tell whether a cell has the parts that are read of it, each of its kind."""
    metadata = cell.get("metadata", {})
    if not isinstance(metadata, dict) or not isinstance(metadata.get("tags", []), list):
        return False
    texts = [cell["cell_type"], *metadata.get("tags", [])]
    texts += [cell["source"]] if isinstance(cell["source"], str) else cell["source"]
    return all(isinstance(text, str) for text in texts)


def question_of(notebook: Mapping[str, Any]) -> str:
    """Return the first heading of a notebook: the question it asks."""
    return next(_headings(notebook), "")


def _headings(notebook: Mapping[str, Any]) -> Iterator[str]:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            text = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            yield from (line[2:].strip() for line in text.splitlines() if line.startswith("# "))


def _require_given(declared: Mapping[str, DeclaredParameter]) -> None:
    missing = [name for name in GIVEN_BY_RUN if name not in declared or declared[name].type != "str"]
    if missing:
        raise NotDeclarable(f"its 'parameters' cell does not declare {', '.join(missing)} as str")


def _near(name: str, folder: Path) -> str:
    notebooks = sorted(path.stem for path in folder.glob("[0-9][0-9]_*.ipynb"))
    near = get_close_matches(name, notebooks, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(notebooks) or 'none'}."


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ParameterError(
            Problem("there is no such run file.", file=name, remedy="See params/runs/ for those there are.")
        ) from None
    except OSError as error:
        raise ParameterError(Problem(f"it cannot be read: {error.strerror}.", file=name)) from None


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ParameterError(
            Problem("the file is not UTF-8.", file=name, line=line, remedy="Save it as UTF-8.")
        ) from None
