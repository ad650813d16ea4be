"""The command that makes a company: simulate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditlib.statements import counted


def register(app: typer.Typer) -> None:
    """Add the command of this module to `app`."""
    app.command(rich_help_panel="Develop")(simulate)


def simulate(
    scenario: Annotated[
        Path, typer.Argument(metavar="SCENARIO.yaml", help="What the company is like.", show_default=False)
    ],
    out: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", help="Where its exports go; truth/ lies beside them.", show_default=False
        ),
    ],
) -> None:
    """Make a service company with planted truth; the same scenario gives the same bytes."""
    from auditlib.cli.messages import working
    from auditlib.onboarding.files import parameter_text
    from auditlib.parameters.load import load
    from auditlib.simulate import Scenario, write_company

    wanted = load(Scenario, parameter_text(scenario), name=scenario.as_posix())
    with working() as progress:
        progress("Making the company")
        written = write_company(wanted, out)
    count = f"{counted(len(written.rows), 'export')} with {counted(sum(written.rows.values()), 'record')}"
    typer.echo(f"{count} in {written.folder}, {written.broken} of them broken on purpose")
