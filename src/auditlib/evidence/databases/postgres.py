"""PostgreSQL: one transaction that only reads, streamed by COPY, which sends rows while they are made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

from auditlib.errors import DataError, Problem
from auditlib.evidence.databases.addresses import Address
from auditlib.evidence.databases.columns import CellType, ExtractRequest, Offered, decimal
from auditlib.evidence.databases.refusals import Refused, no_driver, no_relation, too_slow
from auditlib.evidence.databases.rows import FIRST, Line, place
from auditlib.evidence.engine import quoted

if TYPE_CHECKING:
    import psycopg

_HELD = {
    16: CellType.FLAG,
    17: CellType.BYTES,
    20: CellType.WHOLE,
    21: CellType.WHOLE,
    23: CellType.WHOLE,
    700: CellType.NUMBER,
    701: CellType.NUMBER,
    1082: CellType.DAY,
    1114: CellType.LOCAL,
    1184: CellType.INSTANT,
}
"""Built-in types by their number; every other one is read as the text the server writes."""
_NUMERIC = 1700
_SESSION = ("TIME ZONE 'UTC'", "datestyle = 'ISO, YMD'", "extra_float_digits = 1", "client_encoding = 'UTF8'")
_OUTSIDE = {
    "connect_timeout": "15",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "6",
}
_REFUSALS = (
    ("password", Refused.LOGIN), ("authentication", Refused.LOGIN), ("role ", Refused.LOGIN),
    ("pg_hba.conf", Refused.LOGIN), ("database ", Refused.DATABASE), ("SSL", Refused.ENCRYPTION),
)  # fmt: skip
"""Words by which the client library's refusals are told apart; they have no codes."""
_CODES = {
    "42501": Refused.RIGHT, "57014": Refused.OTHER, "57P01": Refused.LOST, "57P02": Refused.LOST,
    "57P03": Refused.CONNECTION, "53300": Refused.CONNECTION, "28P01": Refused.LOGIN, "28000": Refused.LOGIN,
    "3D000": Refused.DATABASE,
}  # fmt: skip
_ABSENT, _CANCELLED = ("42P01", "3F000"), "57014"


class Postgres:
    """One snapshot of a PostgreSQL database.

    Raises
    ------
    DataError
        When the driver is not installed or the server refuses the connection.
    """

    def __init__(self, address: Address, *, time_out: int) -> None:
        self._address = address
        try:
            import psycopg
        except ImportError:
            raise no_driver("PostgreSQL", "postgres") from None
        try:
            self._connection = psycopg.connect(self._login(), autocommit=True)
        except psycopg.Error as error:
            raise DataError(self._refused(error, _unanswered(error))) from None
        self._begin(time_out)
        self.engine = f"PostgreSQL {self._connection.info.parameter_status('server_version')}".split(" (")[0]

    def _login(self) -> str:
        """Return the address, with what holds unless it says otherwise."""
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict, make_conninfo

        _ = self._address.parts
        try:
            parsed = conninfo_to_dict(self._address.text)
        except ProgrammingError:  # its words repeat what it could not read
            raise self._address.unusable() from None
        settings: dict[str, Any] = {"application_name": "auditlib", **_OUTSIDE, **parsed}
        return make_conninfo(**settings)

    def _begin(self, time_out: int) -> None:
        """Open the snapshot; settings end with it, so that a pool of connections is left as it was."""
        self._connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for setting in (*_SESSION, f"statement_timeout = {time_out * 1000}"):
            self._connection.execute(f"SET LOCAL {setting}".encode())
        self._connection.execute("SELECT 1")  # the first query takes the snapshot

    def offered(self, request: ExtractRequest) -> tuple[Offered, ...]:
        """Return the columns of a table, view or query; of a table, those the user may read."""
        import psycopg

        self._connection.execute("SAVEPOINT probe")
        for columns in ("*", ", ".join(map(quoted, request.ordering)) or "1"):
            try:
                return self._described(request, columns)
            except psycopg.Error as error:
                if not self._connection.broken:
                    self._connection.execute("ROLLBACK TO SAVEPOINT probe")
                if columns != "*" or not isinstance(error, psycopg.errors.InsufficientPrivilege):
                    raise DataError(self._problem(error, request)) from None
        raise AssertionError("the second attempt returns or raises")

    def _described(self, request: ExtractRequest, columns: str) -> tuple[Offered, ...]:
        query = f"SELECT {columns} FROM {request.source(quoted)} LIMIT 0"  # noqa: S608 - quoted, or the auditor's own query
        # prepared, because a server prepares one statement only
        cursor = self._connection.execute(query.encode(), prepare=True)
        return tuple(Offered(column.name, _cell_type(column)) for column in cursor.description or ())

    def statement(self, request: ExtractRequest, columns: dict[str, Offered]) -> str:
        """Return the query whose rows, as CSV, are what is read."""
        places = {name: place(index) for index, name in enumerate(columns)}
        selected = [f"{_cell(column)} AS {places[name]}" for name, column in columns.items()]
        values = [
            f"r.{quoted(name)} AS v{places[name]}"
            for name, column in columns.items()
            if column.cell_type is CellType.EXACT
        ]
        inner = ", ".join([*selected, *values])
        order = ", ".join(_ordered(places[name], columns[name]) for name in request.ordering)
        cells = ", ".join([FIRST, *(places[name] for name in request.wanted)])
        ordering = f" ORDER BY {order}" if order else ""
        return f"SELECT {cells} FROM (SELECT {inner} FROM {request.source(quoted)}) AS s{ordering}"  # noqa: S608 - as above

    def lines(self, request: ExtractRequest, statement: str) -> Iterator[Line]:
        """Yield the rows as lines."""
        import psycopg

        row = 0
        try:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {request.database.time_out * 1000}".encode())
                with cursor.copy(f"COPY ({statement}) TO STDOUT (FORMAT csv)".encode()) as copy:
                    while line := copy.read():
                        row += 1
                        yield line
        except psycopg.Error as error:
            raise DataError(self._problem(error, request, row=row)) from None

    def steady(self, request: ExtractRequest) -> bool:
        """Whether what is written meanwhile stays out."""
        return True

    def close(self) -> None:
        """End the snapshot."""
        self._connection.close()

    def _problem(self, error: psycopg.Error, request: ExtractRequest, *, row: int = 0) -> Problem:
        """Return what went wrong with one source, in words."""
        code, label = error.sqlstate or "", request.label
        if code in _ABSENT and request.database.relation is not None:
            return no_relation(label, request.database.relation, self.relations())
        if code == _CANCELLED and "timeout" in str(error):
            return too_slow(label, seconds=request.database.time_out, row=row)
        if not code or self._connection.broken:
            return Refused.LOST.problem(self._address, error, label=label, row=row)
        wrong = Refused.QUERY if code[:2] in ("42", "22", "25") else Refused.OTHER
        return _CODES.get(code, wrong).problem(self._address, _primary(error), label=label, row=row)

    def _refused(self, error: psycopg.Error, refused: Refused) -> Problem:
        return refused.problem(self._address, _primary(error))

    def relations(self) -> list[str]:
        """Return the tables and views there are, those of the usual schema without it as well."""
        rows = self._connection.execute(
            "SELECT n.nspname || '.' || c.relname, c.relname FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') "
            "AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
        ).fetchall()
        return [full.removeprefix("public.") for full, _ in rows]


def _cell_type(column: Any) -> CellType:
    if column.type_code == _NUMERIC:
        return decimal(column.precision, column.scale)
    return _HELD.get(column.type_code, CellType.TEXT)


def _cell(column: Offered) -> str:
    plain = column.cell_type not in (CellType.TEXT, CellType.EXACT)
    return f"r.{quoted(column.name)}" + ("" if plain else "::text")


def _ordered(name: str, column: Offered) -> str:
    """Return a key of the order: bytes, not a collation that the next release of a library changes.

    Numbers without a limit may be equal and written in two ways: value first, then text.
    """
    text = f'{name} COLLATE "C" NULLS FIRST'
    if column.cell_type is CellType.EXACT:
        return f"v{name} NULLS FIRST, {text}"
    return text if column.cell_type is CellType.TEXT else f"{name} NULLS FIRST"


def _primary(error: psycopg.Error) -> str:
    """Return the server's own words, without place and context; of the client library, its last ones."""
    return error.diag.message_primary or str(error).strip().splitlines()[0].rpartition(": ")[2]


def _unanswered(error: psycopg.Error) -> Refused:
    message = str(error)
    return next((refused for word, refused in _REFUSALS if word in message), Refused.CONNECTION)
