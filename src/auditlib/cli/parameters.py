"""Commands around parameter files: check, new, columns, schema."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditlib.cli.arguments import Data, RunFile
from auditlib.errors import ParameterError, Problem
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.onboarding.new_run import Written
    from auditlib.onboarding.open_questions import OpenQuestion

_PANEL = "Prepare"
# Name of a published shape: room and function that return its JSON Schema.
_SCHEMAS = {
    "run": ("auditlib.parameters.schema", "run_schema"),
    "results": ("auditlib.audit.schema", "results_schema"),
    "manifest": ("auditlib.seal.manifest", "manifest_schema"),
    "standard": ("auditlib.standards.document", "standard_schema"),
    "claims": ("auditlib.parameters.claims", "claims_schema"),
    "profile": ("auditlib.standards.document", "profile_schema"),
    "export": ("auditlib.onboarding.recogniser", "recogniser_schema"),
    "calendar": ("auditlib.parameters.calendar", "calendar_schema"),
    "escalation": ("auditlib.escalation.policy", "escalation_schema"),
    "incident_resolution": ("auditlib.service_desk.policy", "incident_schema"),
    "service_promises": ("auditlib.promises.policy", "promises_schema"),
    "definitions": ("auditlib.service_levels.definitions", "definitions_schema"),
    "drivers": ("auditlib.drivers.policy", "drivers_schema"),
    "channels": ("auditlib.service_levels.reach.registry", "channels_schema"),
    "integrity": ("auditlib.integrity.policy", "integrity_schema"),
    "findings": ("auditlib.seal.findings", "findings_schema"),
    "actions": ("auditlib.actions.document", "actions_schema"),
    "verdict": ("auditlib.standards.document", "verdict_schema"),
}


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(new)
    app.command(rich_help_panel=_PANEL)(check)
    app.command("columns", rich_help_panel=_PANEL)(columns_of)
    app.command(rich_help_panel=_PANEL)(schema)


def check(
    run_file: RunFile,
    data: Data = None,
    store: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where evidence is kept; default: outputs/.evidence.")
    ] = None,
    *,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Name each criterion that will be not assessable, and why.")
    ] = False,
) -> None:
    """Check a run file and its data without running; show everything that is wrong, at once.

    Exit codes: 0 nothing is wrong, 2 the run file is, or lines of it are still marked DECIDE, 3 the data is,
    or a table cannot stand on what was kept: no row of a source, less than half of the table, or more in
    quarantine than a declared quarantine_share. Otherwise rows in quarantine are no error: each reason is
    shown with its first cells, what is declared, the line of the run file to change and what would fit.
    What a notebook will not be able to answer from this evidence is told in a sentence, and is no error
    either; what further evidence criteria wait for stands at the end.
    """
    from auditlib.cli.messages import show_problems, show_remarks, show_sentences, working
    from auditlib.cli.totals import show_totals
    from auditlib.cli.unjudged_criteria import show_unjudged
    from auditlib.onboarding.check import check as checked

    with working() as progress:
        report = checked(run_file, data=data, store=store, progress=progress)
    if report.totals:
        show_totals(report.totals)
    if report.aside:
        show_remarks(report.aside, "Why rows are in quarantine")
    show_sentences(report.notes)
    if report.undecided:
        open_lines = counted(len(report.undecided), "line is", "lines are")
        show_remarks(report.undecided, f"{open_lines} still to be decided; then delete the mark DECIDE")
    if report.problems:
        show_problems(report.problems)
    show_unjudged(report.unjudged, by_name=verbose)
    raise typer.Exit(report.exit_code)


def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="Id of the audit: lower-case, digits, hyphens.", show_default=False
        ),
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES...", help="The client's exports.", show_default=False),
    ] = None,
    *,
    database: Annotated[
        str,
        typer.Option(
            "--database", metavar="VARIABLE", help="Environment variable with the address of a database."
        ),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the run file if there is one.")] = False,
    ask: Annotated[bool, typer.Option("--ask", help="Walk through the open questions now.")] = False,
) -> None:
    """Look at a client's files, or at a database, and write a first run file, params/runs/NAME.yaml.

    Exports of well-known tools are recognised (params/exports). For other files it proposes a canonical table
    for each file and sheet, a column for each mapping, scales, dates and encodings, each with its grounds.
    Lines marked DECIDE are for you: no file can answer them.
    """
    from auditlib.cli.messages import working
    from auditlib.onboarding.new_run import new as proposed

    sent = files or []
    if ask:
        typer.echo("Enter takes a line as it stands; ? leaves the question open, - takes the line out,")
        typer.echo("anything else becomes the line's value.")
        written = proposed(name, sent, start=Path.cwd(), database=database, force=force, ask=_prompt)
    else:
        with working() as progress:
            written = proposed(
                name, sent, start=Path.cwd(), database=database, force=force, progress=progress
            )
    _show_written(written)


def _prompt(question: OpenQuestion) -> str:
    """Show an open question with what its column holds, and return the answer."""
    from auditlib.cli.messages import plain

    typer.echo(plain(f"\n[{question.number}/{question.of}] {question.question}"))
    for part in (question.line, question.samples and f"  holds {question.samples}"):
        if part:
            typer.echo(plain(f"  {part}"))
    answer: str = typer.prompt("", default="", show_default=False, prompt_suffix="> ")
    return answer


def columns_of(
    name: Annotated[
        str,
        typer.Argument(metavar="[TABLE]", help="A canonical table; none: all of them.", show_default=False),
    ] = "",
) -> None:
    """Print what a run file can map: the canonical tables, or the columns of one with their meaning.

    A required column is one without which a row is set aside. What no source feeds stays empty, and what
    rests on it is said to be not assessable.
    """
    from auditlib.cli.contract_tables import show_columns, show_tables

    if name:
        show_columns(name)
    else:
        show_tables()


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
    for shape in _SCHEMAS:
        target = write / f"{shape}.schema.json"
        target.write_text(_schema_text(shape), encoding="utf-8", newline="\n")
        typer.echo(target.as_posix())


def _schema_text(name: str) -> str:
    if name not in _SCHEMAS:
        message = f"There is no schema {name!r}."
        raise ParameterError(Problem(message, remedy=f"There are {', '.join(_SCHEMAS)}."))
    room, function = _SCHEMAS[name]
    shape: dict[str, Any] = getattr(importlib.import_module(room), function)()
    return json.dumps(shape, indent=2, ensure_ascii=False) + "\n"


def _show_written(written: Written) -> None:
    from rich.console import Console
    from rich.table import Table

    from auditlib.cli.messages import columns, plain

    table = Table("file", "table", box=None)
    for row in columns((*written.placed, *((where, "none fits") for where in written.unplaced))):
        table.add_row(*row)
    console = Console(highlight=False, markup=False)
    console.print(table)
    console.print(plain(f"Written: {written.run_file}"), soft_wrap=True)
    console.print(
        f"{counted(written.decisions, 'line is', 'lines are')} marked DECIDE. Decide them, then: "
        f"{plain(written.command)}",
        soft_wrap=True,
    )
