"""A first run file as a value: what each file seems to feed, on what grounds, and what has to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from auditlib.contracts import ColumnKind, Table
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.items import ScaleGuess

Origin: TypeAlias = "str | Mapping[str, str | float | bool | list[str]]"
"""Where the cells of a canonical column come from, as the run file writes it."""


@dataclass(frozen=True, slots=True)
class Fed:
    """What feeds one canonical column.

    Parameters
    ----------
    column
        Canonical column.
    origin
        Where its cells come from.
    facts
        The column looked at; None for the line, or for several columns.
    formats
        How its dates are written; empty: as the look of the column says.
    doubt, remark
        What the auditor must decide, and what to know.
    of_month
        Whether its cells name a month, of which the ``first`` or the ``last`` day is meant.
    """

    column: str
    origin: Origin
    facts: ColumnFacts | None = None
    formats: tuple[str, ...] = ()
    doubt: str = ""
    remark: str = ""
    of_month: str = ""

    @property
    def joined(self) -> bool:
        """Whether its cells are those of several columns; the column looked at holds a part of them."""
        return not isinstance(self.origin, str) and "join" in self.origin

    @property
    def parts(self) -> tuple[str, ...]:
        """Columns that its cells are put together from, or whose lengths of time they are."""
        if isinstance(self.origin, str):
            return ()
        joined = self.origin.get("join")
        return (*(joined if isinstance(joined, list) else ()), *self.durations)

    @property
    def durations(self) -> tuple[str, ...]:
        """The column of lengths of time it is told by; none where it is told by itself."""
        duration = None if isinstance(self.origin, str) else self.origin.get("duration")
        return (duration,) if isinstance(duration, str) else ()


@dataclass(frozen=True, slots=True)
class Given:
    """One value for all rows, with what the auditor must decide about it."""

    value: str
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class ProposedFilter:
    """A condition on the rows of a file: column, test as the run file writes it, reason, which rows stay."""

    column: Origin
    test: str
    cells: tuple[str, ...]
    because: str
    stays: tuple[bool, ...]
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class ItemProposal:
    """A question found in a file: its id, its column, its wording and the scale it seems to be on.

    `survey_types` names the instruments it belongs to; empty: that of its source.
    """

    item: str
    facts: ColumnFacts
    scale: ScaleGuess
    wording: str = ""
    headline: bool = False
    doubt: str = ""
    survey_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ZoneGuess:
    """The zone of wall-clock times: its name, empty for UTC; grounds, or what the auditor must decide."""

    name: str = ""
    remark: str = ""
    doubt: str = ""

    @property
    def assumed(self) -> str:
        """What is assumed until the auditor answers, in words."""
        return "each unit's own" if self.name == "unit" else self.name or "UTC"


@dataclass(frozen=True, slots=True)
class SourceProposal:
    """A file and a table it seems to feed.

    Parameters
    ----------
    look
        What was seen of the file.
    table
        Canonical table.
    fed
        What feeds its columns.
    items
        Questions, for responses.
    constants
        Values for all rows; the survey type of an instrument among them.
    values
        Canonical column: cell as written: code.
    missing
        Cells that mean 'no value'.
    only
        Rows the table is made of.
    once
        Whether each key counts once.
    units_by
        How it names units, where not by the ids of the register.
    fills
        Whether it says more of the units of another register.
    long
        For a file in long form, the columns of item and answer as the run file writes them.
    stands_for
        Instants that stand for others the file lacks.
    zone
        Zone of wall-clock times.
    doubts, remarks
        What the auditor must decide about the source, and what to know of it.
    tool_columns
        Positions of columns that are the tool's own, and nothing to map.
    """

    look: FileLook
    table: Table
    fed: tuple[Fed, ...]
    items: tuple[ItemProposal, ...] = ()
    constants: Mapping[str, Given] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    missing: tuple[str, ...] = ("",)
    only: tuple[ProposedFilter, ...] = ()
    once: bool = False
    units_by: Given | None = None
    fills: Given | None = None
    long: Given | None = None
    stands_for: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneGuess = ZoneGuess()
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    tool_columns: frozenset[int] = frozenset()

    def formats_of(self, fed: Fed) -> tuple[str, ...]:
        """Return the formats of the dates of one column; none where it holds none."""
        if self.table.column(fed.column).kind not in (ColumnKind.DAY, ColumnKind.INSTANT):
            return ()
        if fed.formats or fed.facts is None or fed.facts.dates is None:
            return fed.formats
        return fed.facts.dates.formats

    def origin_of(self, item: ItemProposal) -> Origin:
        """Return where the answers to a question come from."""
        return self.look.origin(item.facts) if self.long is None else {"item": item.facts.name}

    def feeding(self, column: str) -> Fed | None:
        """Return what feeds a canonical column; None where no column does."""
        return next((entry for entry in self.fed if entry.column == column), None)

    def says(self, column: str) -> bool:
        """Return whether a column or a constant feeds a canonical column."""
        return self.feeding(column) is not None or column in self.constants

    @property
    def used(self) -> frozenset[int]:
        """Positions of the columns that feed something, alone or joined, or as a duration."""
        positions = {entry.facts.position for entry in self.fed if entry.facts is not None}
        names = {name for entry in self.fed for name in entry.parts}
        return frozenset(positions | {facts.position for facts in self.look.columns if facts.name in names})

    @property
    def survey_types(self) -> tuple[str, ...]:
        """The instruments of its questions."""
        types = dict.fromkeys(name for item in self.items for name in item.survey_types)
        constant = self.constants.get("survey_type")
        return tuple(types) or ((constant.value,) if constant else ())


@dataclass(frozen=True, slots=True)
class Proposal:
    """A first run file.

    Parameters
    ----------
    sources
        Files that fit a table, the register of units first.
    unplaced
        Files and sheets that fit none.
    start, end
        Days the records seem to span, in `zone`.
    last
        Day of the last record; a few far beyond the others are taken for mistakes.
    zone
        Zone of units that name none, with grounds.
    recognised
        Known exports: file, what it is, where that is documented, what to know.
    ask_next
        What to ask the client for next.
    dated
        Whether any record says when it was; otherwise the days are made up.
    """

    sources: tuple[SourceProposal, ...]
    unplaced: tuple[FileLook, ...]
    start: date
    end: date
    last: date
    zone: ZoneGuess = ZoneGuess()
    recognised: tuple[tuple[str, str, str, str], ...] = ()
    ask_next: tuple[str, ...] = ()
    dated: bool = True
