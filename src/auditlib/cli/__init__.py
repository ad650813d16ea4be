"""The command line: arguments in, exit codes out.

A module named in `GROUPS` adds its commands through ``register(app)``; to add a group, add a module and
its name. Commands import the rooms they use when they run, so that help is shown at once.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import Annotated

import typer

from auditlib.errors import AuditError

GROUPS = (
    "parameters",
    "runs",
    "verify",
    "seals",
    "samples",
    "actions",
    "oscal",
    "standards",
    "plan_benchmark",
    "plan",
)
"""Modules of this folder that add commands, in the order help shows them."""

_HELP = """
Audit a customer-service operation, from raw exports to a report that can be verified.
"""
_EPILOG = """
[bold]An auditor[/bold] starts with a client's files:

[cyan]auditlib new acme data/acme/*[/cyan]  proposes params/runs/acme.yaml

[cyan]auditlib check params/runs/acme.yaml[/cyan]  shows everything that is wrong, at once

[cyan]auditlib run params/runs/acme.yaml[/cyan]  ends by naming the report

[bold]A researcher[/bold] starts with a notebook: [cyan]make lab[/cyan], then
open notebooks/02_benchmark.ipynb

[bold]A CI job[/bold] starts with a commit: [cyan]auditlib run params/runs/demo.yaml &&
auditlib verify outputs/demo-2025[/cyan]

[bold]Exit codes[/bold]  0 done · 1 stopped · 2 parameters or command line · 3 data · 4 a notebook failed · \
5 verification failed · 6 another run is writing · 130 interrupted.
A fault shows what to do next; AUDITLIB_TRACEBACK=1 shows where in the code it arose.
"""

app = typer.Typer(
    name="auditlib",
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from auditlib import __version__

        typer.echo(f"auditlib {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def register_all(application: typer.Typer) -> None:
    """Let every group add its commands to `application`."""
    for group in GROUPS:
        importlib.import_module(f"{__name__}.{group}").register(application)
    importlib.import_module(f"{__name__}.examples").teach(application)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a user's mistake never shows a traceback.

    Parameters
    ----------
    arguments
        Words of the command line; default: those of the process.
    """
    try:
        app(args=None if arguments is None else list(arguments), prog_name="auditlib")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except (AuditError, OSError) as error:
        if os.environ.get("AUDITLIB_TRACEBACK") == "1":
            raise
        return _explain(error)
    return 0


def _explain(error: AuditError | OSError) -> int:
    from auditlib.cli.messages import show_problems, show_system_error

    if isinstance(error, AuditError):
        show_problems(error.problems)
        return error.exit_code
    show_system_error(error)
    return AuditError.exit_code


register_all(app)
