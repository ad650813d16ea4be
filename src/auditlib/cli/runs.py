"""Commands around runs: run, trace, store-notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditlib.cli.arguments import Data, Directory, Jobs, RunFile, Threads, Timeout
from auditlib.cli.messages import interruptible, near, plain
from auditlib.errors import VerificationFailed

if TYPE_CHECKING:
    from rich.tree import Tree

    from auditlib.seal.trace import Node

_PANEL = "Audit"
_ONE_LINE = 4000
"""Width that keeps every step on one line where the output is a file or another program."""

_Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NOTEBOOK", help="Execute only this notebook; may be given several times."),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(run)
    app.command(rich_help_panel=_PANEL)(trace)
    app.command(name="store-notebooks", rich_help_panel="Develop")(store_notebooks)


def run(
    run_file: RunFile,
    data: Data = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where runs go; default: the project's outputs/.")
    ] = None,
    *,
    jobs: Jobs = 2,
    threads: Threads = 2,
    only: _Only = None,
    timeout: Timeout = 900.0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Execute also what has not changed.")] = False,
) -> None:
    """Audit: take the evidence in, execute the notebooks, write and seal the report.

    Interrupted or failed, run it again: only what failed or changed is executed. With --only nothing is
    sealed, whatever was executed before.
    """
    from auditlib.cli.progress import showing_progress
    from auditlib.runs import Options, perform
    from auditlib.seal import read_manifest

    options = Options(data, out, jobs, threads, tuple(only or ()), fresh, timeout)
    with interruptible("Finished notebooks are kept; run again to go on."), showing_progress() as notify:
        outcome = perform(run_file, name=str(run_file), options=options, notify=notify)
    if not outcome.sealed:
        lacking = f": no current result of {', '.join(outcome.missing)}" if outcome.missing else ""
        typer.echo(f"Nothing was sealed{lacking}. Run without --only to seal.")
        return
    state = "unchanged since it was sealed" if outcome.unchanged else "complete"
    typer.echo(f"The run is {state}: {near(outcome.directory)}")
    for document, seal in read_manifest(outcome.directory).documents.items():
        if not seal.made:
            typer.echo(f"{document} was not made: {seal.reason}")
    typer.echo(f"Report: {near(outcome.report)}")


def trace(
    directory: Directory,
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            show_default=False,
            help="NOTEBOOK/NUMBER, an exhibit, a finding's fingerprint, or a source row: "
            "TABLE:LINE, TABLE:FILE:LINE, TABLE:id=ID.",
        ),
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Walk from a number to its source rows, or from a source row to everything it touched."""
    from auditlib.files import canonical
    from auditlib.seal.trace import as_document, disagreements, trace_key

    node = trace_key(directory, key)
    if as_json:
        typer.echo(canonical(as_document(node)), nl=False)
    else:
        _show_tree(node)
    if wrong := [disagreement.text for disagreement in disagreements(node)]:
        raise VerificationFailed(*wrong)


def _show_tree(node: Node) -> None:
    """Print `node` and everything below it."""
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _ONE_LINE
    with console.capture() as captured:
        console.print(_branch(node))
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def _branch(node: Node, *, root: bool = True) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    tree = Tree(Text(plain(node.text), style="bold" if root else ""))
    for child in node.children:
        tree.children.append(_branch(child, root=False))
    return tree


def store_notebooks(
    run_file: RunFile,
    jobs: Jobs = 2,
    threads: Threads = 2,
    timeout: Timeout = 900.0,
    *,
    only: _Only = None,
) -> None:
    """Execute the project's notebooks on their defaults and store them with their outputs."""
    from auditlib.cli.progress import showing_progress
    from auditlib.runs.store import store_notebooks as store

    with interruptible("Nothing was stored."), showing_progress() as notify:
        changed = store(
            run_file,
            name=str(run_file),
            only=tuple(only or ()),
            jobs=jobs,
            threads=threads,
            timeout=timeout,
            notify=notify,
        )
    for path in changed:
        typer.echo(f"Stored {near(path)}")
    if not changed:
        typer.echo("The stored notebooks were up to date.")
