"""Commands around parameter files: check, new, schema."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from auditlib.errors import ParameterError, Problem

_PANEL = "Prepare"
# Name of a published shape: room and function that return its JSON Schema.
_SCHEMAS = {
    "run": ("auditlib.parameters.schema", "run_schema"),
    "results": ("auditlib.audit.schema", "results_schema"),
    "manifest": ("auditlib.runs.manifest", "manifest_schema"),
}


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(schema)


def schema(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(_SCHEMAS)}.")] = "run",
    write: Annotated[
        Path | None, typer.Option("--write", metavar="DIR", help="Write all of them to this folder.")
    ] = None,
) -> None:
    """Print the JSON Schema of a file, for editors and for those who read our files."""
    if write is None:
        typer.echo(_schema_text(name), nl=False)
        return
    write.mkdir(parents=True, exist_ok=True)
    for each in _SCHEMAS:
        target = write / f"{each}.schema.json"
        target.write_text(_schema_text(each), encoding="utf-8", newline="\n")
        typer.echo(target.as_posix())


def _schema_text(name: str) -> str:
    if name not in _SCHEMAS:
        message = f"There is no schema {name!r}."
        raise ParameterError(Problem(message, remedy=f"There are {', '.join(_SCHEMAS)}."))
    room, function = _SCHEMAS[name]
    shape: dict[str, Any] = getattr(importlib.import_module(room), function)()
    return json.dumps(shape, indent=2, ensure_ascii=False) + "\n"
