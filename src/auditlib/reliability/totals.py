"""Control totals per file, and what was set aside by reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditlib.errors.values import form_of
from auditlib.records import Basis, Number, Reason, Sentence, SourceTotals
from auditlib.reliability.words import percent
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Rows in = kept + in quarantine + left out, file by file, beside the client's own totals."""

    by: ClassVar[tuple[str, ...]] = ("file", "table")

    sources: tuple[SourceTotals, ...]

    @property
    def rows_in(self) -> int:
        """Records received in all files."""
        return sum(source.rows_in for source in self.sources)

    @property
    def rows_quarantined(self) -> int:
        """Records set aside in all files."""
        return sum(source.rows_quarantined for source in self.sources)

    @property
    def rows_left_out(self) -> int:
        """Records that the run file leaves out of all files."""
        return sum(source.rows_left_out for source in self.sources)

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
        if not self.rows_left_out:
            names.remove(*_LEFT_OUT)
        if all(source.expected_rows is None for source in self.sources):
            names.remove("expected_rows")
        rows = [[getattr(source, name) for name in names] for source in self.sources]
        return pd.DataFrame(rows, columns=names, dtype="object")

    def numbers(self) -> tuple[Number, ...]:
        """Return the totals of each file, and of all."""
        every = (Basis("sources", rows=len(self.sources)),)
        left_out, share = self.rows_left_out, self.rows_quarantined / max(self.rows_judged, 1)
        aside = (Basis("quarantine", rows=self.rows_quarantined),)
        return (
            *(number for source in self.sources for number in _totals_of(source)),
            Number("rows_in:all", self.rows_in, "rows", basis=every),
            Number("rows_quarantined:all", self.rows_quarantined, "rows", basis=aside),
            *([Number("rows_left_out:all", left_out, "rows", basis=every)] if left_out else []),
            *([Number("quarantined_share:all", share, "share", basis=aside)] if self.rows_judged else []),
            Number("files:all", len(self.sources), "count", basis=every),
            Number("files:differing", len(self.differing), "count", basis=every),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: rows received, set aside, and whether all are accounted for."""
        aside = "none is in quarantine"
        if self.rows_quarantined:
            share = percent(self.rows_quarantined / self.rows_judged)
            are = "is" if self.rows_quarantined == 1 else "are"
            aside = f"{self.rows_quarantined:,} ({share}) {are} in quarantine"
        accounted = (
            "every one is accounted for"
            if not self.differing
            else f"the totals of {counted(len(self.differing), 'file')} do not reconcile"
        )
        if self.rows_left_out:
            aside += f", and {counted(self.rows_left_out, 'was', 'were')} left out as the run file declares"
        received = counted(self.rows_in, "row was", "rows were")
        text = f"{received} received in {counted(len(self.sources), 'source')} and {accounted}; {aside}."
        share_of = ["quarantined_share:all"] if self.rows_quarantined else []
        share_of += ["rows_left_out:all"] if self.rows_left_out else []
        keys = ("rows_in:all", "files:all", "files:differing", "rows_quarantined:all", *share_of)
        return (Sentence(text, keys),)


@dataclass(frozen=True, slots=True)
class Quarantine:
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

        found = [reason for reason in Reason if reason in self.reasons]
        rows = [
            [source.file, source.table, *(source.reasons.get(reason, 0) for reason in found)]
            for source in self._with_rows
        ]
        return pd.DataFrame(rows, columns=["file", "table", *map(str, found)])

    def numbers(self) -> tuple[Number, ...]:
        """Return the rows of each file and reason, and of each reason."""
        each = (
            _reason_number(source, reason, source.reasons.get(reason, 0))
            for source in self._with_rows
            for reason in self.reasons
        )
        return (*each, *(_total_number(reason, rows) for reason, rows in self.reasons.items()))

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: the reasons, the most frequent first."""
        if not self.reasons:
            return (Sentence("No row was set aside."),)
        said = [f"{reason.sentence} ({rows:,})" for reason, rows in self.reasons.items()]
        return (
            Sentence(
                f"Rows were set aside for these reasons: {'; '.join(said)}.",
                tuple(f"rows:{reason}" for reason in self.reasons),
            ),
        )

    @property
    def _with_rows(self) -> tuple[SourceTotals, ...]:
        return tuple(source for source in self.sources if source.rows_quarantined)


_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
"""A text as Python quotes it, which is how a message quotes a cell."""
_TOTALS = ("rows_in", "rows_kept", "rows_quarantined", "rows_out_of_period")
_LEFT_OUT = ("rows_left_out",)


def reconcile(sources: Sequence[SourceTotals]) -> Reconciliation:
    """Return the control totals of `sources`, side by side."""
    return Reconciliation(tuple(sources))


def quarantine(sources: Sequence[SourceTotals]) -> Quarantine:
    """Return what was set aside from `sources`, by reason."""
    return Quarantine(tuple(sources))


def examples(rows: pd.DataFrame, *, each: int = 2) -> pd.DataFrame:
    """Return `each` quarantined rows of every reason, from different files where there are several.

    The cell that failed is shown by its form, in its message too: who may see the row has the file.

    Parameters
    ----------
    rows
        Quarantine: table, file, line, column, reason, value, message.
    """
    import pandas as pd

    ordered = rows.sort_values(["file", "line", "column"], kind="stable")
    one_per_file = ordered.drop_duplicates(["reason", "file"])
    rest = ordered.drop(one_per_file.index)
    columns = ["reason", "file", "line", "column", "value", "message"]
    order = {str(reason): place for place, reason in enumerate(Reason)}
    chosen = pd.concat([one_per_file, rest]).groupby("reason", sort=False).head(each)
    chosen = chosen.sort_values("reason", key=lambda reasons: reasons.map(order), kind="stable")
    said = [tuple(map(str, pair)) for pair in chosen[["value", "message"]].fillna("").to_numpy()]
    chosen = chosen.assign(
        value=[form_of(value) for value, _ in said],
        message=[_masked(message, value) for value, message in said],
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
        return f"'{form_of(quoted[0][1:-1])}'" if any(one in quoted[0] for one in spelled) else quoted[0]

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
