"""Rows that the run file leaves out: no fault of theirs, but none of the table either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditlib.contracts import TABLES
from auditlib.records import Basis, Number, Sentence, SourceTotals
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class DeclaredTest:
    """How many rows of a source one declared test left out.

    Parameters
    ----------
    entry
        Place of the test in its source, from 1.
    kept_where
        What it keeps and why, in the words of the run file.
    again
        Whether they were left out because their key had been named before.
    """

    source: SourceTotals
    entry: int
    kept_where: str
    rows: int
    again: bool = False

    @property
    def number(self) -> Number:
        """The rows left out; its reason is the test, so that a sentence may repeat it."""
        source = self.source
        basis = (Basis("sources", (("file", source.file), ("table", source.table)), rows=1),)
        key = f"rows_left_out:{source.file}:{source.table}:{self.entry}"
        return Number(key, self.rows, "rows", basis=basis, reason=self.kept_where)

    @property
    def sentence(self) -> Sentence:
        """How many rows, of which file, and by what they were left out."""
        rows = counted(self.rows, "row was left out", "rows were left out")
        why = "as it names" if self.rows == 1 else "as they name"
        said = (
            f"{why} again what was named before" if self.again else f"to keep those where {self.kept_where}"
        )
        text = f"Of {self.source.file} ({self.source.table}), {rows} {said}."
        return Sentence(text, (self.number.key,))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Rows left out, source by source and test by test."""

    by: ClassVar[tuple[str, ...]] = ("file", "table", "entry")

    tests: tuple[DeclaredTest, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per source and test."""
        import pandas as pd

        rows = [
            (test.source.file, test.source.table, test.entry, test.kept_where, test.rows)
            for test in self.tests
        ]
        return pd.DataFrame(rows, columns=["file", "table", "entry", "kept_where", "rows_left_out"])

    def numbers(self) -> tuple[Number, ...]:
        """Return the rows each test left out."""
        return tuple(test.number for test in self.tests)

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence per source and test, or that no row is left out."""
        return tuple(test.sentence for test in self.tests) or (Sentence("The run file leaves no row out."),)


def left_out(sources: Sequence[SourceTotals]) -> LeftOut:
    """Return what the run file leaves out of `sources`; tests that left out nothing are named too."""
    return LeftOut(tuple(test for source in sources for test in _tests(source)))


def _tests(source: SourceTotals) -> Iterator[DeclaredTest]:
    for entry, (words, rows) in enumerate(source.left_out.items(), start=1):
        yield DeclaredTest(source, entry, words, rows)
    if source.rows_named_again:
        key = " and ".join(TABLES[source.table].key)
        yield DeclaredTest(
            source,
            len(source.left_out) + 1,
            f"each {key} is kept once",
            source.rows_named_again,
            again=True,
        )
