"""Commands around seals: keygen, sign, signoff, release."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditlib.cli.arguments import Directory
from auditlib.errors import ParameterError, Problem

_PANEL = "Audit"


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(keygen)
    app.command(rich_help_panel=_PANEL)(sign)
    app.command(rich_help_panel=_PANEL)(signoff)
    app.command(rich_help_panel=_PANEL)(release)


def keygen(
    stem: Annotated[Path, typer.Argument(metavar="NAME", help="NAME.key and NAME.pub are written.")],
) -> None:
    """Make a pair of keys: one to sign runs with, kept secret, and one to check signatures with."""
    from auditlib.seal.keys import make_keys

    secret, public = make_keys(stem)
    typer.echo(f"Secret key: {secret}. Keep it out of the project.")
    typer.echo(f"Public key: {public}. Hand it to whoever verifies.")


def sign(
    directory: Directory,
    key: Annotated[Path, typer.Option(metavar="FILE", help="A secret key made by keygen.")],
) -> None:
    """Sign a finished run, after checking that it is what was sealed."""
    from auditlib.seal.signing import sign_run

    typer.echo(f"Signed with key {sign_run(directory, key=key)}.")


def signoff(
    directory: Directory,
    role: Annotated[str, typer.Option(help="preparer or reviewer.")],
    name: Annotated[str, typer.Option(help="Who signs off.")],
) -> None:
    """Enter into the ledger who prepared a run, and who reviewed it: two people."""
    from datetime import UTC, datetime

    from auditlib.seal.signing import Role, sign_off

    if role not in tuple(Role):
        raise ParameterError(Problem(f"there is no role {role!r}.", remedy="There are preparer, reviewer."))
    signed = sign_off(directory, role=Role(role), name=name, at=datetime.now(UTC))
    typer.echo(f"Signed off by {signed.name} as {signed.role.value} at {signed.at}.")
    typer.echo(f"Entry {signed.entry} of the ledger: {signed.head}")
    typer.echo("Keep this hash elsewhere; it shows later whether the ledger was cut:")
    typer.echo(f"  auditlib verify {directory} --head {signed.head}")


def release(
    directory: Directory,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The package; default: RUN.release beside the run.")
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR",
            help="A run or package that its readers have as well, such as the edition before: refused where "
            "counts differ by few people.",
        ),
    ] = None,
) -> None:
    """Make the package that is handed over: a run without its evidence; refused where any of it shows."""
    from datetime import UTC, datetime

    from auditlib.cli.messages import near
    from auditlib.onboarding.vocabulary import known_words
    from auditlib.seal.release import release_run
    from auditlib.statements import counted

    compared = tuple(against or ())
    target, package = release_run(
        directory, out=out, against=compared, words=known_words(), at=datetime.now(UTC)
    )
    staying = counted(len(package.left_out), "file stays", "files stay")
    typer.echo(
        f"Released: {near(target)}, {counted(len(package.files), 'file')}; {staying} here: "
        "the evidence, the registers of single cases and the work papers."
    )
    typer.echo("Not looked through: report.pdf, which is set from report.html, and pictures in notebooks.")
    typer.echo(f"To check it, who receives it needs nothing else: auditlib verify {near(target)}")
