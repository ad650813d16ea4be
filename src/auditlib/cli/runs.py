"""Commands around runs: run, verify, trace, store-notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditlib.errors import VerificationFailed
from auditlib.records import counted

if TYPE_CHECKING:
    from auditlib.runs.manifest import Fixed
    from auditlib.runs.verify import Verified

_PANEL = "Audit"

_RunFile = Annotated[Path, typer.Argument(metavar="RUN.yaml", help="The run file.", show_default=False)]
_Directory = Annotated[
    Path,
    typer.Argument(metavar="DIR", help="A finished run, for example outputs/demo-2025.", show_default=False),
]
_Jobs = Annotated[int, typer.Option(min=1, max=64, help="Notebooks executed side by side.")]
_Threads = Annotated[int, typer.Option(min=1, max=256, help="Threads each of them may use.")]
_Only = Annotated[
    list[str] | None,
    typer.Option(metavar="NOTEBOOK", help="Execute only this notebook; may be given several times."),
]
_Timeout = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time one cell may take.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(run)
    app.command(rich_help_panel=_PANEL)(verify)
    app.command(rich_help_panel=_PANEL)(trace)
    app.command(name="store-notebooks", rich_help_panel="Develop")(store_notebooks)


def run(
    run_file: _RunFile,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The client's files; default: data/<run file>.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where runs go; default: the project's outputs/.")
    ] = None,
    *,
    jobs: _Jobs = 2,
    threads: _Threads = 2,
    only: _Only = None,
    timeout: _Timeout = 900.0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Execute also what has not changed.")] = False,
) -> None:
    """Audit: take the evidence in, execute the notebooks, write and seal the report.

    Interrupted or failed, run it again: only what failed or changed is executed.
    """
    from auditlib.cli.progress import shown
    from auditlib.runs import Options, perform, read_manifest

    options = Options(data, out, jobs, threads, tuple(only or ()), fresh, timeout)
    with _interruptible("Finished notebooks are kept; run again to go on."), shown() as notify:
        outcome = perform(run_file, name=str(run_file), options=options, notify=notify)
    if outcome.missing:
        typer.echo(
            f"Nothing was sealed: no current result of {', '.join(outcome.missing)}. Run without --only."
        )
        return
    state = "unchanged since it was sealed" if outcome.unchanged else "complete"
    typer.echo(f"The run is {state}: {_near(outcome.directory)}")
    for document, seal in read_manifest(outcome.directory).documents.items():
        if not seal.made:
            typer.echo(f"{document} was not made: {seal.reason}")
    typer.echo(f"Report: {_near(outcome.report)}")


def verify(
    directory: _Directory,
    jobs: _Jobs = 2,
    threads: _Threads = 2,
    timeout: _Timeout = 900.0,
    *,
    key: Annotated[
        Path | None, typer.Option(metavar="PUB", help="Also require a signature by this public key.")
    ] = None,
    head: Annotated[
        str, typer.Option(metavar="HASH", help="Also require the ledger's entry with this hash.")
    ] = "",
    reperform: Annotated[
        bool,
        typer.Option(
            "--reperform", help="Also execute it again from its evidence and compare every recorded number."
        ),
    ] = False,
) -> None:
    """Check that every file of a finished run is what was sealed."""
    from auditlib.runs import verify as verify_files

    verified = verify_files(directory, head=head)
    typer.echo(
        f"Intact: all {counted(verified.files, 'file')} ({counted(verified.size, 'byte')}) of "
        f"{_near(directory)} "
        f"and its manifest are what was sealed at {verified.manifest.ended}."
    )
    _show_parameters(verified.manifest.fixed)
    _show_ledger(verified)
    if key is not None:
        from auditlib.runs.signature import check_signature

        typer.echo(f"Signed by key {check_signature(directory, verified.manifest, key=key)}.")
    if reperform:
        _reperform(directory, jobs=jobs, threads=threads, timeout=timeout)


def _show_parameters(fixed: Fixed | None) -> None:
    if fixed is None:
        return
    when = "before" if fixed.before_data else "not before"
    typer.echo(f"Parameters were first entered at {fixed.at}, {when} a run had read the data.")
    for change in fixed.changes:
        when = "after" if change.after_data else "before"
        typer.echo(f"Changed at {change.at}, {when} the data was read: {', '.join(change.parts)}.")


def _show_ledger(verified: Verified) -> None:
    from auditlib.runs.signoff import sign_offs

    if not verified.ledger:
        typer.echo("The ledger is not beside the run, so sign-offs were not checked.")
        return
    typer.echo(
        f"The ledger is whole: {counted(len(verified.ledger), 'entry', 'entries')}, the last "
        f"{verified.ledger[-1].hash}."
    )
    for one in sign_offs(verified.ledger, seal=verified.manifest.seal):
        typer.echo(f"Signed off by {one.name} as {one.role.value} at {one.at}.")


def _reperform(directory: Path, *, jobs: int, threads: int, timeout: float) -> None:
    from auditlib.cli.progress import shown
    from auditlib.runs.reperform import reperform

    with _interruptible("Nothing was compared."), shown() as notify:
        again = reperform(directory, jobs=jobs, threads=threads, timeout=timeout, notify=notify)
    for name, then, now in again.other_versions:
        typer.echo(f"Note: {name} was {then} and is now {now}.")
    typer.echo(
        f"Performed again: all {counted(again.numbers, 'recorded number')} of "
        f"{counted(again.notebooks, 'notebook is', 'notebooks are')} the same."
    )


def trace(
    directory: _Directory,
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
    from auditlib.cli.tree import show_tree
    from auditlib.runs.atomic import canonical
    from auditlib.runs.trace import as_document, disagreements, trace_key

    node = trace_key(directory, key)
    if as_json:
        typer.echo(canonical(as_document(node)), nl=False)
    else:
        show_tree(node)
    if wrong := [one.text for one in disagreements(node)]:
        raise VerificationFailed(*wrong)


def store_notebooks(
    run_file: _RunFile,
    jobs: _Jobs = 2,
    threads: _Threads = 2,
    timeout: _Timeout = 900.0,
    *,
    only: _Only = None,
) -> None:
    """Execute the project's notebooks on their defaults and store them with their outputs."""
    from auditlib.cli.progress import shown
    from auditlib.runs.store import store_notebooks as store

    with _interruptible("Nothing was stored."), shown() as notify:
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
        typer.echo(f"Stored {_near(path)}")
    if not changed:
        typer.echo("The stored notebooks were up to date.")


@contextmanager
def _interruptible(consequence: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"Interrupted. {consequence}", err=True)
        raise typer.Exit(130) from None


def _near(path: Path) -> str:
    here, there = Path.cwd(), path.resolve()
    return there.relative_to(here).as_posix() if there.is_relative_to(here) else str(there)
