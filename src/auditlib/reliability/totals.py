"""What became of the rows received, file by file: kept, set aside by reason, left out as declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditlib.contracts import TABLES
from auditlib.errors.values import form_of
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Number, Reason, Sentence, SourceTotals
from auditlib.reliability.received import Received, received
from auditlib.statements import Exhibit, Facts, Numbered, joined, say

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Reconciliation(Numbered):
    """Rows in = kept + in quarantine + left out, reading by reading, beside the client's own totals.

    Parameters
    ----------
    sources
        The control totals of each reading of a file.
    received
        Files and rows as they were given, each once.
    """

    by: ClassVar[tuple[str, ...]] = ("file", "table")

    sources: tuple[SourceTotals, ...]
    received: Received

    @property
    def rows_quarantined(self) -> int:
        """Records set aside in all files."""
        return sum(source.rows_quarantined for source in self.sources)

    @property
    def rows_judged(self) -> int:
        """Records that could have been kept: what the share in quarantine is a share of."""
        return sum(source.rows_judged for source in self.sources)

    @property
    def differing(self) -> tuple[SourceTotals, ...]:
        """Sources whose totals do not reconcile."""
        return tuple(source for source in self.sources if not source.reconciled)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per file and table."""
        import pandas as pd

        names = ["file", "table", *_TOTALS, *_LEFT_OUT, "expected_rows", "reconciled"]
        if not any(source.rows_left_out for source in self.sources):
            names.remove(*_LEFT_OUT)
        if all(source.expected_rows is None for source in self.sources):
            names.remove("expected_rows")
        rows = [[getattr(source, name) for name in names] for source in self.sources]
        return pd.DataFrame(rows, columns=names, dtype="object")

    def numbers(self) -> tuple[Number, ...]:
        """Return the totals of each file, and of all."""
        every = (Basis("sources", rows=len(self.sources)),)
        left_out, share = self.received.left_out, self.rows_quarantined / max(self.rows_judged, 1)
        aside = (Basis("quarantine", rows=self.rows_quarantined),)
        return (
            *(number for source in self.sources for number in _totals_of(source)),
            Number("rows_in:all", self.received.rows, "rows", basis=every),
            Number("rows_quarantined:all", self.rows_quarantined, "rows", basis=aside),
            *([Number("rows_left_out:all", left_out, "rows", basis=every)] if left_out else []),
            *([Number("quarantined_share:all", share, "share", basis=aside)] if self.rows_judged else []),
            Number("files:all", self.received.files, "count", basis=every),
            Number("files:differing", len(self.differing), "count", basis=every),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: rows received, set aside, and whether all are accounted for."""
        aside = "none is in quarantine"
        if self.rows_quarantined:
            aside = (
                "{rows_quarantined:all} ({quarantined_share:all|spoken share}) {rows_quarantined:all~is|are} "
                "in quarantine"
            )
        accounted = "every one is accounted for"
        if self.differing:
            accounted = "the totals of {files:differing|file|files} do not reconcile"
        if self.received.left_out:
            aside += ", and {rows_left_out:all|was|were} left out as the run file declares"
        received = "{rows_in:all|row was|rows were} received in {files:all|file|files}"
        return (say(f"{received} and {accounted}; {aside}.", self.facts),)


@dataclass(frozen=True, slots=True)
class Quarantine(Numbered):
    """Rows set aside, by file and reason."""

    by: ClassVar[tuple[str, ...]] = ("file", "table")

    sources: tuple[SourceTotals, ...]

    @property
    def reasons(self) -> dict[Reason, int]:
        """Rows by reason, the most frequent first."""
        sums = dict.fromkeys(Reason, 0)
        for source in self.sources:
            for reason, rows in source.reasons.items():
                sums[Reason.of(reason)] += rows
        frequent = sorted(sums.items(), key=lambda entry: -entry[1])
        return {reason: rows for reason, rows in frequent if rows}

    def to_frame(self) -> pd.DataFrame:
        """Return one row per file with rows in quarantine, one column per reason that occurs."""
        import pandas as pd

        occurring = [reason for reason in Reason if reason in self.reasons]
        rows = [
            [source.file, source.table, *(source.reasons.get(reason, 0) for reason in occurring)]
            for source in self._with_rows
        ]
        return pd.DataFrame(rows, columns=["file", "table", *map(str, occurring)])

    def numbers(self) -> tuple[Number, ...]:
        """Return the rows of each file and reason, and of each reason."""
        by_file = (
            _reason_number(source, reason, source.reasons.get(reason, 0))
            for source in self._with_rows
            for reason in self.reasons
        )
        return (*by_file, *(_total_number(reason, rows) for reason, rows in self.reasons.items()))

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: the reasons, the most frequent first."""
        if not self.reasons:
            return (Sentence("No row was set aside."),)
        reasons = [
            say("{reason} ({rows})", self.facts.about(reason), reason=reason.sentence)
            for reason in self.reasons
        ]
        return (
            say(
                "Rows were set aside for these reasons: {reasons}.", self.facts, reasons=joined(reasons, "; ")
            ),
        )

    @property
    def _with_rows(self) -> tuple[SourceTotals, ...]:
        return tuple(source for source in self.sources if source.rows_quarantined)


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
        why = "as {rows~it names|they name} again what was named before"
        if not self.again:
            why = "to keep those where {test}"
        number = self.number
        return say(
            f"Of {{file}} ({{table}}), {{rows|row was left out|rows were left out}} {why}.",
            Facts({"rows": number}),
            file=self.source.file,
            table=self.source.table,
            test=self.kept_where,
        )


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


def left_out(engagement: Engagement) -> LeftOut:
    """Return what the run file leaves out of each source; tests that left out nothing are named too."""
    return LeftOut(tuple(test for source in engagement.evidence.totals for test in _tests(source)))


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


_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
"""A text as Python quotes it, which is how a message quotes a cell."""
_TOTALS = ("rows_in", "rows_kept", "rows_quarantined", "rows_out_of_period")
_LEFT_OUT = ("rows_left_out",)


def reconcile(engagement: Engagement) -> Reconciliation:
    """Return the control totals of all sources, side by side."""
    return Reconciliation(tuple(engagement.evidence.totals), received(engagement))


def quarantine(engagement: Engagement) -> Quarantine:
    """Return what was set aside from all sources, by reason."""
    return Quarantine(tuple(engagement.evidence.totals))


def examples(engagement: Engagement) -> Exhibit:
    """Return two rows in quarantine of each reason, from different files where there are several."""
    return Exhibit(
        examples_of(engagement.evidence.quarantine()),
        "Examples of rows in quarantine",
        caption="The line is that of the client's file. Two examples of each reason.",
    )


def examples_of(rows: pd.DataFrame, *, per_reason: int = 2) -> pd.DataFrame:
    """Return `per_reason` quarantined rows of every reason, from different files where there are several.

    The cell that failed is shown by its form, in its message too: who may see the row has the file.

    Parameters
    ----------
    rows
        Quarantine: table, file, line, column, reason, value, message.
    """
    import pandas as pd

    ordered = rows.sort_values(["file", "line", "column"], kind="stable")
    one_per_file = ordered.drop_duplicates(["reason", "file"])
    further = ordered.drop(one_per_file.index)
    columns = ["reason", "file", "line", "column", "value", "message"]
    order = {str(reason): place for place, reason in enumerate(Reason)}
    chosen = pd.concat([one_per_file, further]).groupby("reason", sort=False).head(per_reason)
    chosen = chosen.sort_values("reason", key=lambda reasons: reasons.map(order), kind="stable")
    cells = [tuple(map(str, pair)) for pair in chosen[["value", "message"]].fillna("").to_numpy()]
    chosen = chosen.assign(
        value=[form_of(value) for value, _ in cells],
        message=[_masked(message, value) for value, message in cells],
    )
    headings = {reason.value: reason.heading for reason in Reason}
    return chosen[columns].replace({"reason": headings}).reset_index(drop=True)


def _masked(message: str, value: str) -> str:
    """Return a message with the form of the cell wherever it quotes the cell."""
    if not value:
        return message
    cell = value.removesuffix("…")
    spelled = (cell, repr(cell)[1:-1])

    def form(quoted: re.Match[str]) -> str:
        return (
            f"'{form_of(quoted[0][1:-1])}'"
            if any(spelling in quoted[0] for spelling in spelled)
            else quoted[0]
        )

    masked = _QUOTED.sub(form, message)
    return masked.replace(cell, form_of(cell)) if len(cell) > 3 else masked


def _totals_of(source: SourceTotals) -> tuple[Number, ...]:
    basis = (Basis("sources", (("file", source.file), ("table", source.table)), rows=1),)
    name = f"{source.file}:{source.table}"
    stated = (*_TOTALS, *(_LEFT_OUT if source.rows_left_out else ()))
    totals = [Number(f"{total}:{name}", getattr(source, total), "rows", basis=basis) for total in stated]
    if source.expected_rows is not None:
        totals.append(Number(f"expected_rows:{name}", source.expected_rows, "rows", basis=basis))
    return tuple(totals)


def _reason_number(source: SourceTotals, reason: str, rows: int) -> Number:
    where = (("file", source.file), ("table", source.table), ("reason", str(reason)))
    basis = (Basis("quarantine", where, rows=rows),)
    return Number(f"{reason}:{source.file}:{source.table}", rows, "rows", basis=basis)


def _total_number(reason: str, rows: int) -> Number:
    return Number(
        f"rows:{reason}", rows, "rows", basis=(Basis("quarantine", (("reason", str(reason)),), rows=rows),)
    )
