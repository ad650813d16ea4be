"""Results of single notebooks, kept so that the next run executes only what failed or changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.audit.suppression import HELD_BACK_FOLDER
from auditlib.files import flush_directory, hash_file, write_json
from auditlib.files.folders import files_below
from auditlib.files.writing import copy_file
from auditlib.runs.execute import Job

STAMP = "stamp.json"


class Unusable(Exception):
    """A notebook ended without an error, yet what it left is not a result."""


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The result of one notebook: its folder and the files in it, as they will lie in the run."""

    notebook: str
    directory: Path
    files: tuple[str, ...]


def keep(job: Job, store: Path, *, key: str) -> KeptResult:
    """Move what `job` made into `store`; its stamp, written last, says that it is whole.

    Raises
    ------
    Unusable
        If the notebook recorded nothing, or wrote what is not its own.
    """
    files = _files_made(job)
    target, building = store / job.notebook, store / f".{job.notebook}.new"
    shutil.rmtree(building, ignore_errors=True)
    seals = {name: copy_file(path, building / name) for name, path in files.items()}
    write_json(building / STAMP, {"key": key, "files": {name: list(seal) for name, seal in seals.items()}})
    if target.exists():
        shutil.rmtree(target)
    building.rename(target)
    flush_directory(store)
    return KeptResult(job.notebook, target, tuple(sorted(files)))


def kept_result(store: Path, notebook: str, *, key: str) -> KeptResult | None:
    """Return the kept result of `notebook` where it was made from `key` and every byte is as it was."""
    directory = store / notebook
    try:
        stamp: Mapping[str, Any] = json.loads((directory / STAMP).read_text(encoding="utf-8"))
        present = {name for name, _ in files_below(directory)}  # a stamp cannot name what lies elsewhere
        intact = stamp["key"] == key and all(
            name in present and hash_file(directory / name) == tuple(seal)
            for name, seal in stamp["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return KeptResult(notebook, directory, tuple(sorted(stamp["files"]))) if intact else None


def _files_made(job: Job) -> dict[str, Path]:
    """Return what the notebook made, by its place in the run."""
    results = job.folder / "results" / f"{job.notebook}.json"
    if not results.is_file():
        raise Unusable("it recorded no results; its last cell must close the audit")
    _check_results(results, job.notebook)
    files = {f"notebooks/{job.notebook}.ipynb": job.executed, f"results/{results.name}": results}
    for name, path in files_below(job.folder / "exhibits"):
        if path.is_symlink() or "/" in name or not name.startswith(f"{job.notebook}-"):
            raise Unusable(f"it wrote the exhibit {name}, which is not named after it")
        files[f"exhibits/{name}"] = path
    held_back = job.folder / HELD_BACK_FOLDER / results.name
    if held_back.is_file():
        files[f"evidence/{HELD_BACK_FOLDER}/{results.name}"] = held_back
    return files


def _check_results(path: Path, notebook: str) -> None:
    from pydantic import ValidationError

    from auditlib.audit.schema import ResultsModel

    try:
        results = ResultsModel.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Unusable(f"its results have not the published shape ({place}: {first['msg']})") from error
    if results.notebook != notebook:
        raise Unusable(f"it recorded results in the name of {results.notebook}")
