"""Real database servers for tests: private ones in a folder of their own, on a free port of the loopback."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

OWNER, OWNER_WORD = "owner", "0wner's/w@rd:%"
READER, READER_WORD = "reader", "p4ss/w@rd-of:reader"
READER_ADDRESS = "p4ss%2Fw%40rd-of%3Areader"
_STARTING = 60.0


@dataclass(frozen=True)
class Server:
    """A running server.

    Parameters
    ----------
    engine
        ``PostgreSQL`` or ``MariaDB``.
    port
        Of the loopback.
    process
        Number of its process.
    """

    engine: str
    port: int
    process: int

    @property
    def scheme(self) -> str:
        return "postgresql" if self.engine == "PostgreSQL" else "mariadb"

    def address(self, user: str = READER, word: str = READER_ADDRESS, database: str = "client") -> str:
        return f"{self.scheme}://{user}:{word}@127.0.0.1:{self.port}/{database}"

    def owner(self) -> Any:
        """Return a connection that may do anything, each statement by itself."""
        if self.engine == "PostgreSQL":
            import psycopg

            return psycopg.connect(
                host="127.0.0.1", port=self.port, user=OWNER, password=OWNER_WORD, dbname="client",
                autocommit=True,
            )  # fmt: skip
        import pymysql

        return pymysql.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=OWNER_WORD, database="client",
            autocommit=True,
        )  # fmt: skip

    def does(self, *statements: str) -> None:
        """Have the owner carry out statements."""
        connection = self.owner()
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()


@contextmanager
def postgres() -> Iterator[Server]:
    """Start a PostgreSQL server, or skip where its programs are absent."""
    pytest.importorskip("psycopg", reason="the extra 'postgres' is not installed")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    initdb = shutil.which("initdb", path=os.pathsep.join([os.defpath, *map(str, programs[::-1])]))
    if initdb is None:
        pytest.skip("PostgreSQL's programs are not installed (Debian: postgresql)")
    with _folder() as (folder, user):
        word = folder / "word"
        word.write_text(OWNER_WORD)
        _hand_over(folder, user)
        options = ["-A", "scram-sha-256", "-U", OWNER, f"--pwfile={word}", "-E", "UTF8", "--locale=C"]
        _carry_out([initdb, "-D", folder / "data", "--no-sync", *options], user)
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "fsync": "off",
            "shared_buffers": "16MB", "max_connections": "20",
        }  # fmt: skip
        command = [Path(initdb).with_name("postgres"), "-D", folder / "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with _running(command, user, folder / "log") as process:
            server = Server("PostgreSQL", port, process)
            _wait(lambda: _first_steps_in_postgres(server), folder / "log")
            yield server


def _first_steps_in_postgres(server: Server) -> None:
    import psycopg

    with psycopg.connect(
        host="127.0.0.1",
        port=server.port,
        user=OWNER,
        password=OWNER_WORD,
        dbname="postgres",
        autocommit=True,
    ) as connection:
        connection.execute("CREATE DATABASE client")
        connection.execute(f"CREATE ROLE {READER} LOGIN PASSWORD '{READER_WORD}'")


@contextmanager
def mariadb() -> Iterator[Server]:
    """Start a MariaDB server, or skip where its programs are absent."""
    pytest.importorskip("pymysql", reason="the extra 'mysql' is not installed")
    places = os.pathsep.join([os.defpath, "/usr/sbin"])
    daemon, install = shutil.which("mariadbd", path=places), shutil.which("mariadb-install-db", path=places)
    if daemon is None or install is None:
        pytest.skip("MariaDB's programs are not installed (Debian: mariadb-server)")
    with _folder() as (folder, user):
        data, begin, small = folder / "data", folder / "begin.sql", ["--innodb-log-file-size=8M"]
        word = OWNER_WORD.replace("'", "''")
        begin.write_text(
            "CREATE DATABASE client CHARACTER SET utf8mb4;\n"
            f"CREATE USER {OWNER}@'127.0.0.1' IDENTIFIED BY '{word}';\n"
            f"GRANT ALL ON *.* TO {OWNER}@'127.0.0.1' WITH GRANT OPTION;\n"
            f"CREATE USER {READER}@'127.0.0.1' IDENTIFIED BY '{READER_WORD}';\n"
            f"GRANT USAGE ON *.* TO {READER}@'127.0.0.1';\n"
        )
        _hand_over(folder, user)
        _carry_out(
            [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
             "--skip-test-db", "--skip-name-resolve", *small], user
        )  # fmt: skip
        port = _free_port()
        command = [
            daemon, "--no-defaults", f"--datadir={data}", f"--socket={folder / 'socket'}", f"--port={port}",
            "--bind-address=127.0.0.1", f"--init-file={begin}", "--skip-name-resolve", "--skip-log-bin",
            "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0", *small,
        ]  # fmt: skip
        with _running(command, user, folder / "log") as process:
            server = Server("MariaDB", port, process)
            _wait(lambda: server.owner().close(), folder / "log")
            yield server


@contextmanager
def _folder() -> Iterator[tuple[Path, str]]:
    """Give a folder, and the user who is to own it: servers refuse to run as root."""
    folder = Path(tempfile.mkdtemp(prefix="auditlib-server-"))
    try:
        yield folder, "nobody" if os.getuid() == 0 else ""
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hand_over(folder: Path, user: str) -> None:
    if user:
        owner = pwd.getpwnam(user)
        for path in (folder, *folder.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def _as(user: str) -> dict[str, Any]:
    if not user:
        return {}
    owner = pwd.getpwnam(user)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _carry_out(command: Sequence[str | Path], user: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_as(user))
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def _running(command: Sequence[str | Path], user: str, log: Path) -> Iterator[int]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd="/", **_as(user))
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGQUIT if "postgres" in str(command[0]) else signal.SIGKILL)
        process.wait(timeout=_STARTING)


def _wait(step: Any, log: Path) -> None:
    """Repeat a step until the server lets it pass."""
    end = time.monotonic() + _STARTING
    while True:
        try:
            step()
        except Exception:
            if time.monotonic() > end:
                pytest.fail(log.read_text("utf-8", "replace")[-2000:])
            time.sleep(0.1)
        else:
            return


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
