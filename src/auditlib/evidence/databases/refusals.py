"""What a database refuses, in words: the same for every engine, and never with a part of its address."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import Enum

from auditlib.errors import DataError, Problem
from auditlib.evidence.databases.addresses import Address
from auditlib.statements import counted


class Refused(Enum):
    """Why a database does not do what it was asked: the words, and what to do about it."""

    CONNECTION = (
        "nothing answers at the address in {variable}{detail}.",
        "Check host and port, and ask the client whether the database is up and lets this machine in.",
    )
    LOGIN = (
        "the database refuses the user or the password in {variable}{detail}.",
        "Correct the address, or ask the client's administrator for a new password.",
    )
    DATABASE = (
        "the server has no database of the name in {variable}, or does not let this user into it{detail}.",
        "Correct the address.",
    )
    ENCRYPTION = (
        "server and suite do not agree on encryption{detail}.",
        "Say in the address in {variable} how to connect, for example ?sslmode=require or ?ssl_ca=file.",
    )
    RIGHT = (
        "the user in {variable} has no right to read it{detail}.",
        "Ask the client for the right to SELECT from it, or from its mapped columns.",
    )
    QUERY = ("the database cannot carry out the query{detail}.", "Correct 'query'.")
    LOCKED = (
        "the database named by {variable} is locked by another program{detail}.",
        "Close that program, or read a copy of the file.",
    )
    NO_DATABASE = (
        "the file named by {variable} is damaged or is no database of this kind{detail}.",
        "Correct the address, or ask the client to send it again.",
    )
    LOST = ("the connection was lost after row {row}{detail}.", "Start again; nothing was kept of it.")
    OTHER = (
        "the database refused after row {row}{detail}.",
        "Show this message to the client's administrator.",
    )

    def problem(self, address: Address, answer: object = "", *, label: str = "", row: int = 0) -> Problem:
        """Return the refusal as a problem of the source called `label`; `answer` is what the driver says."""
        message, remedy = self.value
        parts = {"variable": address.variable, "detail": address.redacted(answer), "row": row}
        return Problem(message.format(**parts), file=label, remedy=remedy.format(**parts))


def too_slow(label: str, *, seconds: int, row: int) -> Problem:
    """Say that not all rows came in time."""
    came = f"{counted(row, 'row')} had come" if row else "no row had come"
    return Problem(
        f"the database had not sent all rows after {counted(seconds, 'second')}; {came}.",
        file=label,
        remedy="Raise 'time_out' of this source, or read at a quieter hour.",
    )


def no_relation(label: str, relation: str, relations: Iterable[str], *, of_whom: str = "") -> Problem:
    """Say that there is no such table, with the one that is nearest to it."""
    names = {name.casefold(): name for name in relations}
    bare = {folded.rsplit(".", 1)[-1]: name for folded, name in names.items()}
    near = get_close_matches(relation.casefold(), names, n=1) or get_close_matches(
        relation.casefold().rsplit(".", 1)[-1], bare, n=1
    )
    hint = f"Did you mean {(names | bare)[near[0]]!r}?" if near else "Correct 'relation', with its schema."
    message = f"there is no table or view of this name {of_whom}".strip()
    return Problem(f"{message}.", file=label, remedy=hint)


def no_column(label: str, column: str, columns: Iterable[str]) -> Problem:
    """Say that there is no such column, with the one that is nearest to it."""
    names = {name.casefold(): name for name in columns}
    near = get_close_matches(column.casefold(), names, n=1, cutoff=0.3)
    hint = f"Did you mean {names[near[0]]!r}?" if near else "Correct the mapping."
    return Problem(f"there is no column {column!r}.", file=label, remedy=hint)


def no_driver(engine: str, extra: str) -> DataError:
    """Say which extra of the suite brings the driver."""
    return DataError(
        Problem(
            f"the driver for {engine} is not installed.",
            remedy=f"Install the suite with its extra: pip install 'auditlib[{extra}]'.",
        )
    )
