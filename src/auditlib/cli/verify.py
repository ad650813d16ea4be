"""The command verify: what was not checked is said first, and that all is well only after everything else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditlib.cli.arguments import Jobs, Threads, Timeout
from auditlib.cli.messages import interruptible, near, plain
from auditlib.errors import ParameterError, Problem
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.runs.reperform import Reperformed
    from auditlib.seal.comparison import SourceComparison
    from auditlib.seal.manifest import Fixed
    from auditlib.seal.verifying import Verified

_PANEL = "Audit"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(verify)


def verify(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR",
            help="A finished run or a package, for example outputs/demo-2025.",
            show_default=False,
        ),
    ],
    jobs: Jobs = 2,
    threads: Threads = 2,
    timeout: Timeout = 900.0,
    *,
    key: Annotated[
        list[Path] | None,
        typer.Option(metavar="PUB", help="Public key of who signed; one for each signature."),
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
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="With --reperform: the client's files, from which the evidence is made again."
        ),
    ] = None,
) -> None:
    """Check that every file of a finished run, or of a package made of one, is what was sealed."""
    from auditlib.seal.package import is_package, unchecked_of, verify_handed

    if data is not None and not reperform:
        raise ParameterError(Problem("--data goes with --reperform.", remedy="Give both."))
    if reperform and is_package(directory):
        remedy = "Who keeps the run can do this."
        raise ParameterError(Problem("a package holds no evidence to perform it on.", remedy=remedy))
    for doubt in unchecked_of(directory, head=head, reperform=reperform, data=data is not None):
        typer.echo(f"Not checked: {doubt}.")
    verified = verify_handed(directory, head=head, keys=tuple(key or ()))
    comparison = _compared_with_sources(directory, data, threads=threads) if data is not None else None
    again = _performed_again(directory, jobs=jobs, threads=threads, timeout=timeout) if reperform else None
    typer.echo(
        f"Intact: all {counted(verified.files, 'file')} ({counted(verified.size, 'byte')}) of "
        f"{near(directory)} and its manifest are what was sealed at {verified.manifest.ended}."
    )
    sentences = (
        _parameters(verified.manifest.fixed),
        _ledger(verified),
        _signed(directory),
        _again(comparison, again),
    )
    for sentence in chain(*sentences):
        typer.echo(plain(sentence))


def _parameters(fixed: Fixed | None) -> Iterator[str]:
    if fixed is None:
        return
    when = "before" if fixed.before_data else "not before"
    yield f"Parameters were first entered at {fixed.at}, {when} a run had read the data."
    for change in fixed.changes:
        when = "after" if change.after_data else "before"
        yield f"Changed at {change.at}, {when} the data was read: {', '.join(change.parts)}."


def _ledger(verified: Verified) -> Iterator[str]:
    from auditlib.seal.signing import sign_offs

    if not verified.ledger:
        yield "The run was sealed without a ledger, so there are no sign-offs."
        return
    yield (
        f"The ledger is whole: {counted(len(verified.ledger), 'entry', 'entries')}, the last "
        f"{verified.ledger[-1].hash}."
    )
    for sign_off in sign_offs(verified.ledger, seal=verified.manifest.seal):
        yield f"Signed off by {sign_off.name} as {sign_off.role.value} at {sign_off.at}."


def _signed(directory: Path) -> Iterator[str]:
    from auditlib.seal.envelope import read_envelope

    envelope = read_envelope(directory)
    for name in sorted(envelope.signatures) if envelope else ():
        yield f"Signed by key {name}."


def _compared_with_sources(directory: Path, data: Path, *, threads: int) -> SourceComparison:
    from auditlib.cli.progress import showing_progress
    from auditlib.runs.events import EvidenceStep
    from auditlib.seal.comparison import compare_sources

    def progress(text: str) -> None:
        notify(EvidenceStep(text))

    with interruptible("Nothing was compared."), showing_progress() as notify:
        return compare_sources(directory, data, threads=threads, progress=progress)


def _performed_again(directory: Path, *, jobs: int, threads: int, timeout: float) -> Reperformed:
    from auditlib.cli.progress import showing_progress
    from auditlib.runs.reperform import reperform

    with interruptible("Nothing was compared."), showing_progress() as notify:
        return reperform(directory, jobs=jobs, threads=threads, timeout=timeout, notify=notify)


def _again(comparison: SourceComparison | None, again: Reperformed | None) -> Iterator[str]:
    if comparison is not None:
        yield f"Taken in again: the evidence is what stands in {comparison} of the client."
    if again is None:
        return
    for name, then, now in again.other_versions:
        yield f"Note: {name} was {then} and is now {now}."
    yield (
        f"Performed again: all {counted(again.numbers, 'recorded number')} of "
        f"{counted(again.notebooks, 'notebook is', 'notebooks are')} the same."
    )
