"""Commands around seals: keygen, sign, signoff."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditlib.errors import ParameterError, Problem

_PANEL = "Audit"
_Directory = Annotated[
    Path,
    typer.Argument(metavar="DIR", help="A finished run, for example outputs/demo-2025.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.command(rich_help_panel=_PANEL)(keygen)
    app.command(rich_help_panel=_PANEL)(sign)
    app.command(rich_help_panel=_PANEL)(signoff)


def keygen(
    stem: Annotated[Path, typer.Argument(metavar="NAME", help="NAME.key and NAME.pub are written.")],
) -> None:
    """Make a pair of keys: one to sign runs with, kept secret, and one to check signatures with."""
    from auditlib.runs.keys import make_keys

    secret, public = make_keys(stem)
    typer.echo(f"Secret key: {secret}. Keep it out of the project.")
    typer.echo(f"Public key: {public}. Hand it to whoever verifies.")


def sign(
    directory: _Directory,
    key: Annotated[Path, typer.Option(metavar="FILE", help="A secret key made by keygen.")],
) -> None:
    """Sign a finished run, after checking that it is what was sealed."""
    from auditlib.runs.signature import sign_run

    typer.echo(f"Signed with key {sign_run(directory, key=key)}.")


def signoff(
    directory: _Directory,
    role: Annotated[str, typer.Option(help="preparer or reviewer.")],
    name: Annotated[str, typer.Option(help="Who signs off.")],
) -> None:
    """Enter into the ledger who prepared a run, and who reviewed it: two people."""
    from datetime import UTC, datetime

    from auditlib.runs.signoff import Role, sign_off

    if role not in tuple(Role):
        raise ParameterError(Problem(f"there is no role {role!r}.", remedy="There are preparer, reviewer."))
    done = sign_off(directory, role=Role(role), name=name, at=datetime.now(UTC))
    typer.echo(f"Signed off by {done.name} as {done.role.value} at {done.at}.")
    typer.echo(f"Entry {done.entry} of the ledger: {done.head}")
    typer.echo("Keep this hash elsewhere; it shows later whether the ledger was cut:")
    typer.echo(f"  auditlib verify {directory} --head {done.head}")
