"""MariaDB and MySQL: one snapshot that only reads, streamed row by row as the server makes them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import unquote

from auditlib.errors import DataError, ParameterError, Problem
from auditlib.evidence.databases.addresses import Address
from auditlib.evidence.databases.columns import CellType, ExtractRequest, Offered, decimal
from auditlib.evidence.databases.refusals import Refused, no_driver, no_relation, too_slow
from auditlib.evidence.databases.rows import FIRST, place

_HELD = {
    1: CellType.WHOLE,
    2: CellType.WHOLE,
    3: CellType.WHOLE,
    8: CellType.WHOLE,
    9: CellType.WHOLE,
    13: CellType.WHOLE,
    4: CellType.NUMBER,
    5: CellType.NUMBER,
    7: CellType.INSTANT,
    10: CellType.DAY,
    12: CellType.LOCAL,
    14: CellType.DAY,
    255: CellType.BYTES,
}
"""Types of the protocol by their number; every other one is read as the text the server writes."""
_DECIMAL, _BIT, _BIGINT, _UNSIGNED, _BINARY, _JSON = (0, 246), 16, 8, 32, 63, 245
_STRINGS = (15, 249, 250, 251, 252, 253, 254)
_COMPARED = 1024
"""Bytes of a text that a server compares when it sorts, unless its administrator has it compare more."""
_OPTIONS = ("unix_socket", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity")
_SESSION = (
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION net_write_timeout = 600",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
)
_CODES = {
    1045: Refused.LOGIN, 1698: Refused.LOGIN, 1044: Refused.DATABASE, 1049: Refused.DATABASE,
    1142: Refused.RIGHT, 1143: Refused.RIGHT, 1370: Refused.RIGHT, 1356: Refused.RIGHT,
    2003: Refused.CONNECTION, 2005: Refused.CONNECTION, 1040: Refused.CONNECTION, 1203: Refused.CONNECTION,
    2026: Refused.ENCRYPTION, 3159: Refused.ENCRYPTION, 2006: Refused.LOST, 2013: Refused.LOST,
    1053: Refused.LOST, 1927: Refused.LOST, 2014: Refused.LOST, 2055: Refused.LOST, 0: Refused.LOST,
}  # fmt: skip
_ABSENT, _RIGHTS, _TOO_SLOW = (1146, 1051, 1109), (1142, 1143), (1969, 3024)


class MySQL:
    """One snapshot of a MariaDB or MySQL database.

    Raises
    ------
    DataError
        When the driver is not installed or the server refuses the connection.
    """

    def __init__(self, address: Address, *, time_out: int) -> None:
        self._address = address
        try:
            import pymysql
        except ImportError:
            raise no_driver("MariaDB and MySQL", "mysql") from None
        try:
            self._connection = pymysql.connect(
                **self._login(),
                charset="utf8mb4",
                connect_timeout=15,
                read_timeout=time_out,
                autocommit=False,
            )
            version = str(self._connection.get_server_info()).removeprefix(
                "5.5.5-"
            )  # so old clients accept it
            self._maria = "MariaDB" in version
            self._begin()
        except (pymysql.Error, OSError) as error:
            raise DataError(_refusal(error, Refused.CONNECTION).problem(address, _answer(error))) from None
        self.engine = f"{'MariaDB' if self._maria else 'MySQL'} {version.partition('-')[0]}"

    def _login(self) -> dict[str, Any]:
        """Return the parts of the address; a connection is encrypted where the server can."""
        parts, options = self._address.parts, self._address.options
        unknown = sorted(set(options) - {*_OPTIONS, "charset"})
        if unknown:
            message = f"the address in {self._address.variable} has an option that is none."
            raise ParameterError(Problem(message, remedy=f"There are {', '.join(_OPTIONS)}."))
        flags = {
            key: value.lower() in ("1", "true", "yes") for key, value in options.items() if "verify" in key
        }
        settings = {key: options[key] for key in _OPTIONS if key in options} | flags
        return settings | {
            "host": parts.hostname or "localhost",
            "port": parts.port or 3306,
            "user": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "database": unquote(parts.path.lstrip("/")) or None,
        }

    def _begin(self) -> None:
        with closing(self._connection.cursor()) as cursor:
            for command in _SESSION:
                cursor.execute(command)

    def offered(self, request: ExtractRequest) -> tuple[Offered, ...]:
        """Return the columns of a table, view or query; of a table, those the user may read."""
        import pymysql

        try:
            return self._described(request, "*")
        except pymysql.Error as error:
            if _code(error) not in _RIGHTS:
                raise DataError(self._problem(error, request)) from None
        try:
            return self._described(request, ", ".join(map(_quoted, request.ordering)) or "1")
        except pymysql.Error as error:
            raise DataError(self._problem(error, request)) from None

    def _described(self, request: ExtractRequest, columns: str) -> tuple[Offered, ...]:
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(f"SELECT {columns} FROM {request.source(_quoted)} LIMIT 0")  # noqa: S608 - quoted, or the auditor's
            fields = cursor._result.fields  # noqa: SLF001 - nothing else tells bytes from text
        return tuple(Offered(field.name, _cell_type(field), field.length > _COMPARED) for field in fields)

    def statement(self, request: ExtractRequest, columns: dict[str, Offered]) -> str:
        """Return the query whose rows, one text each, are what is read."""
        places = {name: place(index) for index, name in enumerate(columns)}
        inner = ", ".join(f"r.{_quoted(name)} AS {places[name]}" for name in columns) or FIRST
        order = ", ".join(_ordered(places[name], columns[name]) for name in request.ordering)
        cells = ", ".join([FIRST, *(_cell(places[name], columns[name]) for name in request.wanted)])
        line = f"CAST(CONCAT_WS(',', {cells}) AS BINARY)"
        ordering = f" ORDER BY {order}" if order else ""
        return f"SELECT {line} FROM (SELECT {inner} FROM {request.source(_quoted)}) AS s{ordering}"  # noqa: S608 - as above

    def lines(self, request: ExtractRequest, statement: str) -> Iterator[bytes]:
        """Yield the rows as lines."""
        import pymysql
        from pymysql.cursors import SSCursor

        row, seconds, cursor = 0, request.database.time_out, self._connection.cursor(SSCursor)
        try:
            limit = (
                f"max_statement_time = {seconds}" if self._maria else f"max_execution_time = {seconds * 1000}"
            )
            cursor.execute(f"SET SESSION {limit}")
            cursor.execute(statement)
            while rows := cursor.fetchmany(10_000):
                for (line,) in rows:
                    row += 1
                    yield line + b"\n"
        except (pymysql.Error, OSError) as error:
            raise DataError(self._problem(error, request, row=row)) from None
        finally:
            _leave(cursor)

    def relations(self) -> list[str]:
        """Return the names of the tables and views of the database the address names."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1"
            )
            return [str(name) for (name,) in cursor.fetchall()]

    def steady(self, request: ExtractRequest) -> bool:
        """Whether the engine of a table keeps snapshots; views and queries are taken to stand on such."""
        *schema, table = (request.database.relation or "").split(".")
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(
                "SELECT e.transactions FROM information_schema.tables t JOIN information_schema.engines e "
                "ON e.engine = t.engine WHERE table_name = %s AND table_schema = COALESCE(%s, DATABASE())",
                (table, schema[-1] if schema else None),
            )
            return ("NO",) not in list(cursor.fetchall())

    def close(self) -> None:
        """End the snapshot, whatever is still on its way."""
        self._connection._force_close()  # noqa: SLF001 - close() would wait for the rows nobody wants

    def _problem(self, error: Exception, request: ExtractRequest, *, row: int = 0) -> Problem:
        """Return what went wrong with one source, in words."""
        code, label = _code(error), request.label
        relation = request.database.relation
        if code in (*_ABSENT, *_RIGHTS) and relation is not None:
            relations = self.relations()  # that there is a table is not told to those who may not read it
            if code in _ABSENT or relation not in relations:
                return no_relation(label, relation, relations, of_whom="that the user may read")
        if code in _TOO_SLOW or "timed out" in str(error):
            return too_slow(label, seconds=request.database.time_out, row=row)
        wrong = Refused.QUERY if 1050 <= code < 1500 else Refused.OTHER
        return _refusal(error, wrong).problem(self._address, _answer(error), label=label, row=row)


def _leave(cursor: Any) -> None:
    """Have the driver not wait for rows nobody wants, as it does where it forgets a result."""
    result = cursor._result  # noqa: SLF001 - the driver has no other way
    if result is not None:
        result.unbuffered_active = False


def _quoted(identifier: str) -> str:
    return "`" + identifier.replace("`", "``") + "`"


def _cell_type(field: Any) -> CellType:
    kind = field.type_code
    if kind in _DECIMAL:
        return decimal(
            field.length - (1 if field.scale else 0) - (0 if field.flags & _UNSIGNED else 1), field.scale
        )
    if kind == _BIT:
        return CellType.FLAG if field.length == 1 else CellType.BYTES
    if kind == _BIGINT and field.flags & _UNSIGNED:
        return CellType.EXACT
    if kind in _STRINGS and field.charsetnr == _BINARY:
        return CellType.BYTES
    return _HELD.get(kind, CellType.TEXT)


def _cell(name: str, column: Offered) -> str:
    """Return a cell as it stands in a line."""
    if column.cell_type is CellType.TEXT:
        written = f"""CONCAT('"', REPLACE(CONVERT({name} USING utf8mb4), '"', '""'), '"')"""
    elif column.cell_type is CellType.INSTANT:
        written = f"CONCAT({name}, '+00')"
    else:
        written = f"{name} + 0" if column.cell_type is CellType.FLAG else name
    return f"IF({name} IS NULL, '', {written})"


def _ordered(name: str, column: Offered) -> str:
    """Return a key of the order: the bytes of a text, or their hash where a server compares but the first."""
    if column.cell_type is not CellType.TEXT:
        return name
    return f"MD5({name})" if column.long else f"CAST({name} AS BINARY)"


def _code(error: Exception) -> int:
    code = error.args[0] if error.args else 0
    return code if isinstance(code, int) else 0


def _answer(error: Exception) -> str:
    """Return what the server says; of the driver, which repeats the address, what the system says."""
    message = str(error.args[1]) if len(error.args) > 1 else str(error)
    return message.rpartition("] ")[2].rstrip(")") if _code(error) == 2003 else message


def _refusal(error: Exception, otherwise: Refused) -> Refused:
    return _CODES.get(_code(error), otherwise)
