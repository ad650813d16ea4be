"""What a contract is made of: kinds of column, columns, tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ColumnKind(StrEnum):
    """What a column holds, and how it is stored."""

    ID = "id"
    """Text that identifies; never a number, so that ``007`` stays ``007``."""
    CODE = "code"
    """Text from a short list; open where the contract names no codes."""
    TEXT = "text"
    """Free text; personal data may stand in it."""
    NUMBER = "number"
    """64-bit float."""
    COUNT = "count"
    """64-bit integer, zero or more."""
    SHARE = "share"
    """64-bit float between 0 and 1."""
    FLAG = "flag"
    """Boolean."""
    SCORE = "score"
    """64-bit float on the item's declared native scale; empty where not applicable or not given."""
    DAY = "day"
    """A local calendar day: 32-bit days since 1970-01-01."""
    INSTANT = "instant"
    """Three columns: ``<name>_at`` (64-bit UTC microseconds since 1970), ``<name>_day`` (32-bit local
    day) and ``<name>_second`` (32-bit second of the local day; `WHOLE_DAY` where the source knows the
    day alone, which then begins at ``<name>_at``), local to the unit."""


WHOLE_DAY = -1
"""Second of an instant of which only the day is known: no time of day is made up for it."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table.

    Parameters
    ----------
    name
        Canonical name; for an instant the stem (``submitted``).
    kind
        What it holds.
    meaning
        One sentence, with the unit where there is one.
    required
        Whether a row without it goes to quarantine.
    codes
        The allowed codes; empty where any is allowed.
    references
        Table whose key it repeats.
    after
        Another instant of the row that must not lie later.
    empty
        What an empty cell says, where it says something; elsewhere it leaves the matter unknown.
    words
        The codes that clocks and criteria know, where others may stand in the data too; what another one
        means has to be asked.
    optional
        Whether it is stored only in evidence of which a source feeds it.
    rounded
        Whether its whole numbers add up what is no count, such as seconds: decimals of a source are rounded.
    """

    name: str
    kind: ColumnKind
    meaning: str
    required: bool = False
    codes: tuple[str, ...] = ()
    references: str = ""
    after: str = ""
    empty: str = ""
    words: tuple[str, ...] = ()
    optional: bool = False
    rounded: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name
        Canonical name.
    purpose
        What an audit relies on it for.
    key
        Columns that identify a row.
    columns
        All its columns, in order.
    instant
        Stem of the instant that places a row in or out of the audited period; empty where none does.
    people
        Whether a row is about a customer or a member of staff, so that a count of few rows is held back;
        registers of units, duties, contracts and fixes are not.
    """

    name: str
    purpose: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    instant: str = ""
    people: bool = True

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def physical_columns(table: Table) -> tuple[str, ...]:
    """Return the names under which the columns of `table` are stored, instants spelled out."""
    names: list[str] = []
    for column in table.columns:
        if column.kind is ColumnKind.INSTANT:
            names += [f"{column.name}_at", f"{column.name}_day", f"{column.name}_second"]
        else:
            names.append(column.name)
    return (*names, "source_file", "source_line")


def timed_key(table: Table) -> tuple[str, ...]:
    """Return the instants that tell rows of a table apart; none where rows have an id of their own."""
    kinds = {column.name: column.kind for column in table.columns}
    return tuple(name for name in table.key if kinds.get(name) is ColumnKind.INSTANT)
