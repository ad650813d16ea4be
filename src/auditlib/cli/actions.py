"""The command around corrective actions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditlib.cli.arguments import Directory


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command(rich_help_panel="Audit")(actions)


def actions(
    directory: Directory,
    previous: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The finished run before; default: the run file's.")
    ] = None,
    register_file: Annotated[
        Path | None,
        typer.Option("--register", metavar="FILE", help=".xlsx or .csv; default: beside the run."),
    ] = None,
) -> None:
    """Write the register of corrective actions, or read it back, check it and carry it on."""
    from auditlib.actions.run_registers import bring_up_to_date
    from auditlib.cli.messages import say

    plan, path = bring_up_to_date(directory, previous=previous, register=register_file)
    say(f"Register: {path}")
    typer.echo("Fill in the shaded columns; auditlib actions checks them, auditlib run takes them in.")
    for sentence in plan.summary():
        say(sentence)
    for finding in plan.uncovered:
        say(f"  no accepted action: {finding.grade}, {finding.criterion} ({finding.subject})")
