"""Addresses of databases: read from a named environment variable, and never repeated in a message."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from auditlib.errors import DataError, ParameterError, Problem

Engine = Literal["postgresql", "mysql", "sqlite", "duckdb"]
_SCHEMES: dict[str, Engine] = {
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "mysql": "mysql",
    "mariadb": "mysql",
    "sqlite": "sqlite",
    "duckdb": "duckdb",
}
_EXAMPLES = (
    "postgresql://user:password@host/database, mariadb://..., sqlite:///client.db, duckdb:///client.db"
)
_OTHERS = frozenset(
    [
        "http",
        "https",
        "jdbc",
        "mongodb",
        "mssql",
        "odbc",
        "oracle",
        "redis",
        "redshift",
        "snowflake",
        "sqlserver",
    ]
)
"""Schemes that are named in a message; any other word may be a secret."""
_SECRET_KEYS = ("password", "passwd", "sslpassword", "ssl_key_password")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is and who asks it.

    Parameters
    ----------
    variable
        The environment variable it came from; the only part that may be shown.
    engine
        What kind of database answers there.
    text
        The address, without the name of a driver in its scheme.
    """

    variable: str
    engine: Engine
    text: str = field(repr=False)

    @property
    def parts(self) -> SplitResult:
        """Return the address in its parts; ParameterError where it has none."""
        try:
            split = urlsplit(self.text)
            _ = split.port
        except ValueError:
            raise self.unusable() from None
        return split

    def unusable(self) -> ParameterError:
        """Return the error of an address that is none."""
        remedy = "Write characters of the password that mean something in an address as %40 for @, %2F for /."
        return ParameterError(Problem(f"the address in {self.variable} cannot be read.", remedy=remedy))

    @property
    def options(self) -> dict[str, str]:
        """Return what stands behind the question mark."""
        return dict(parse_qsl(self.parts.query))

    @property
    def file(self) -> Path:
        """Return the file of a database that is one: ``sqlite:///here.db``, ``sqlite:////from/root.db``."""
        location = self.text.partition(":")[2]
        path = Path(location[3:] if location.startswith("///") else location)
        if not path.is_file():
            message = f"the database named by {self.variable} does not exist."
            raise DataError(Problem(message, remedy="Correct the address."))
        return path

    def redacted(self, message: object) -> str:
        """Return the first line of what a driver says, in brackets; nothing where it repeats a secret.

        A host, user or database may be a password that stands in the wrong place: they are not repeated.
        """
        line = next(iter(str(message).strip().splitlines()), "").strip()
        if not line or any(secret in line for secret in self._secrets()):
            return ""
        for part in sorted(self._parts(), key=len, reverse=True):
            line = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "...", line)
        return f" ({line})"

    def _parts(self) -> set[str]:
        """Return what the address is made of, but for the names of its options."""
        after, _, query = self.text.partition("://")[2].partition("?")
        parts = {*re.split(r"[:/@]", after), after, *(value for _, value in parse_qsl(query))}
        return {form for part in parts for form in (part, unquote(part)) if len(form) > 1}

    def _secrets(self) -> set[str]:
        """Return every form in which the address or a password of it can be read."""
        after = self.text.partition("://")[2]
        authority = re.split(r"[/?#]", after, maxsplit=1)[0]
        logins = (after.partition("@")[0], after.rpartition("@")[0], authority.rpartition("@")[0])
        spelled = {login.partition(":")[2] for login in logins}  # whatever characters stand in it
        spelled |= {value for key, value in parse_qsl(after.partition("?")[2]) if key in _SECRET_KEYS}
        spelled |= set(re.findall(rf"(?:{'|'.join(_SECRET_KEYS)})=([^&]*)", after))
        return {form for text in (*spelled, self.text) for form in (text, unquote(text)) if form}


def address_of(variable: str) -> Address:
    """Return the address that the named environment variable holds.

    Raises
    ------
    ParameterError
        When the variable is not set, or holds an address of no database that can be read.
    """
    address = os.environ.get(variable, "").strip()
    if not address:
        raise _unusable(variable, "the environment variable {} is not set.")
    scheme, _, location = address.partition(":")
    engine = _SCHEMES.get(scheme.lower().partition("+")[0])
    if engine is None:
        recognised = scheme.lower() in _OTHERS and location.startswith("//")
        description = f"an address of {scheme!r}, which" if recognised else "what"
        raise _unusable(
            variable,
            f"the environment variable {{}} holds {description} is none of a database this suite reads.",
        )
    return Address(variable, engine, f"{engine}:{location}")


def _unusable(variable: str, message: str) -> ParameterError:
    remedy = f"Set it to the address of the database, for example {_EXAMPLES}."
    label = variable if variable.isupper() else "that 'connection' names"  # else it may be a password itself
    return ParameterError(Problem(message.format(label), remedy=remedy))
