"""The command oscal: a finished run as documents other systems import."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditlib.cli.arguments import Directory


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command(rich_help_panel="Audit")(oscal)


def oscal(
    directory: Directory,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of the documents; default: <audit>.oscal beside the run."),
    ] = None,
) -> None:
    """Write a finished run as five OSCAL documents that other systems import."""
    from auditlib.cli.messages import say
    from auditlib.oscal import OSCAL_VERSION
    from auditlib.oscal.opening import export_oscal

    exported = export_oscal(directory, out=out)
    if exported.unjudged:
        say(exported.unjudged)
    say(f"OSCAL {OSCAL_VERSION}: {', '.join(exported.files)} in {exported.directory}")
