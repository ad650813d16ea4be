"""What the intake of every table shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.time.epoch import DAY, day_number, instant_of

if TYPE_CHECKING:
    import duckdb

    from auditlib.parameters.run import Run


@dataclass(frozen=True, slots=True)
class IntakeContext:
    """What every table's intake shares.

    Parameters
    ----------
    run
        The run's parameters.
    connection
        The embedded database.
    folder
        Where canonical tables are written.
    files, names
        File of each source, and the name it is reported under, by the source's number.
    threads
        Threads to use.
    progress
        Called with one line of text per source.
    zones
        Zone names; their position is their number.
    tables_done
        Tables already taken in.
    """

    run: Run
    connection: duckdb.DuckDBPyConnection
    folder: Path
    files: Mapping[int, Path]
    names: tuple[str, ...]
    threads: int
    progress: Callable[[str], None]
    zones: tuple[str, ...] = ()
    tables_done: tuple[str, ...] = ()

    @property
    def scratch(self) -> Path:
        """Folder for files that do not outlive the intake."""
        return self.folder / "scratch"

    @property
    def as_of(self) -> int:
        """The instant of the audit in UTC microseconds."""
        return instant_of(self.run.as_of)

    @property
    def last_day(self) -> int:
        """Last day of the zone tables; what lies later is in the future."""
        return self.as_of // DAY + 2

    @property
    def period(self) -> tuple[int, int]:
        """First and last day of the audited period, as days since 1970."""
        period = self.run.period
        return day_number(period.start), day_number(period.end)
