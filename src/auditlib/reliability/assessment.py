"""Every table of an audit judged, with the findings and the caveat that follow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditlib.contracts import TABLES
from auditlib.parameters.run import Period, Thresholds
from auditlib.records import (
    Basis,
    Finding,
    Grade,
    Number,
    Reliability,
    Sentence,
    TableReliability,
)
from auditlib.reliability.facts import TableFacts, gather
from auditlib.reliability.judge import judge
from auditlib.reliability.source import EvidenceLike
from auditlib.reliability.words import ANSWERS, listed

if TYPE_CHECKING:
    import pandas as pd


_NO_ROWS = "Every row of the file is left out."


@dataclass(frozen=True, slots=True)
class Assessment:
    """The reliability of each table for its purpose."""

    by: ClassVar[tuple[str, ...]] = ("table",)

    tables: tuple[TableReliability, ...]
    facts: tuple[TableFacts, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per table."""
        import pandas as pd

        rows = [
            (
                judged.table,
                ANSWERS[judged.answer],
                judged.rows_in,
                judged.rows_kept,
                judged.rows_quarantined,
                facts.quarantined_share,
                " ".join(judged.grounds),
            )
            for judged, facts in zip(self.tables, self.facts, strict=True)
        ]
        names = ("rows_in", "rows_kept", "rows_quarantined", "quarantined_share")
        return pd.DataFrame(rows, columns=["table", "answer", *names, "grounds"])

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts of each table and of the answers."""
        per_table = [number for facts in self.facts for number in _numbers_of(facts)]
        answers = [
            Number(f"tables:{answer.value}", len(self.answered(answer)), "count", basis=(Basis("sources"),))
            for answer in Reliability
        ]
        every = (Basis("sources"),)
        total = Number("tables:all", len(self.tables), "count", basis=every)
        untold = Number("tables:without_own_total", len(self.without_own_total), "count", basis=every)
        return (*per_table, *answers, total, untold)

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: how many tables can be relied on, and which cannot."""
        sound, count = len(self.answered(Reliability.SUFFICIENT)), len(self.tables)
        if count == 1:
            (only,) = self.tables
            text = (
                f"For its purpose, the one table received, {only.table}, is {ANSWERS[only.answer].lower()}."
            )
            return (Sentence(text, ("tables:all", f"tables:{only.answer.value}")),)
        whole = "both" if count == 2 else f"all {count}"
        which = whole if sound == count else f"{sound or 'none'} of {count}"
        parts = [f"{which} tables {'is' if sound < 2 else 'are'} sufficiently reliable"]
        parts += [
            f"{len(tables)} {_are(tables)} {ANSWERS[answer].lower()} ({listed(tables)})"
            for answer in (Reliability.NOT_SUFFICIENT, Reliability.UNDETERMINED)
            if (tables := self.answered(answer))
        ]
        keys = ("tables:all", *(f"tables:{answer.value}" for answer in Reliability))
        return (Sentence(f"For their purpose, {listed(parts, separator='; ')}.", keys),)

    def answered(self, answer: Reliability) -> tuple[str, ...]:
        """Return the tables with `answer`."""
        return tuple(judged.table for judged in self.tables if judged.answer is answer)

    @property
    def without_own_total(self) -> tuple[str, ...]:
        """Return the tables for which the client gave no total of its own."""
        return tuple(
            facts.table
            for facts in self.facts
            if all(source.expected_rows is None for source in facts.sources)
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each table that is not sufficiently reliable, and each total that differs."""
        unreliable = [
            _unreliable(judged, facts)
            for judged, facts in zip(self.tables, self.facts, strict=True)
            if judged.answer is Reliability.NOT_SUFFICIENT
        ]
        unreconciled = [
            _unreconciled(source.table, source.file)
            for facts in self.facts
            for source in facts.sources
            if not source.reconciled
        ]
        return (*unreliable, *unreconciled)


def assess(
    evidence: EvidenceLike, *, thresholds: Thresholds, period: Period, of: Iterable[str] = TABLES
) -> Assessment:
    """Judge the supplied tables of `evidence` for their purpose.

    Parameters
    ----------
    evidence
        Canonical tables with their control totals.
    thresholds
        ``quarantine_share`` is the largest share of rows that may be set aside, or refer to nothing.
    period
        A month of it in which a table holds no row at all leaves that table undetermined.
    of
        The tables that are judged, where they were supplied; default: all.
    """
    asked = set(of)
    supplied = [name for name in TABLES if name in evidence.tables and name in asked]
    facts = tuple(gather(evidence, table, period=period) for table in supplied)
    return Assessment(tuple(judge(known, thresholds=thresholds) for known in facts), facts)


def caveat(assessment: Assessment, *, tables: Iterable[str]) -> Sentence:
    """Return the sentence on the data that every notebook carries, for the `tables` it rests on."""
    wanted = [judged for judged in assessment.tables if judged.table in set(tables)]
    if not wanted:
        return Sentence("None of the tables this question needs was supplied.")
    doubted = [judged for judged in wanted if judged.answer is not Reliability.SUFFICIENT]
    sound = [judged.table for judged in wanted if judged.answer is Reliability.SUFFICIENT]
    said = [f"Sufficiently reliable for this question: {listed(sound, most=len(sound))}."] if sound else []
    said += [f"{ANSWERS[judged.answer]}: {judged.table}. {judged.grounds[0]}" for judged in doubted]
    keys = tuple(
        number.key
        for judged, facts in zip(assessment.tables, assessment.facts, strict=True)
        if judged in doubted and any(map(str.isdigit, judged.grounds[0]))
        for number in _numbers_of(facts)
    )
    return Sentence(" ".join(said), keys)


def _are(things: Sequence[str]) -> str:
    return "is" if len(things) == 1 else "are"


def _numbers_of(facts: TableFacts) -> tuple[Number, ...]:
    table = facts.table
    sources = (Basis("sources", (("table", table),), rows=len(facts.sources)),)
    quarantine = (Basis("quarantine", (("table", table),), rows=facts.rows_quarantined),)
    rows = (Basis(table, rows=facts.rows),)
    totals = [
        Number(f"rows_in:{table}", facts.rows_in, "rows", basis=sources),
        Number(f"rows_kept:{table}", facts.rows_kept, "rows", basis=rows),
        Number(f"rows_quarantined:{table}", facts.rows_quarantined, "rows", basis=quarantine),
        Number(
            f"quarantined_share:{table}",
            facts.quarantined_share,
            "share",
            basis=quarantine,
            reason="" if facts.rows_judged else _NO_ROWS if facts.rows_in else "The file holds no rows.",
        ),
    ]
    return (*totals, *_unanswered(facts), *_gaps(facts), *_differences(facts))


def _unanswered(facts: TableFacts) -> Iterator[Number]:
    """Yield how many rows of a survey hold no answer, and their share; nothing where there are none."""
    if facts.rows_unanswered:
        basis = (Basis("unanswered", rows=facts.rows_unanswered),)
        yield Number(f"rows_unanswered:{facts.table}", facts.rows_unanswered, "rows", basis=basis)
        share = facts.unanswered_share
        yield Number(f"unanswered_share:{facts.table}", share, "share", basis=basis)


def _differences(facts: TableFacts) -> tuple[Number, ...]:
    """Return the totals of each source that does not reconcile, as its grounds state them."""
    return tuple(
        Number(f"{name}.{source.file}:{facts.table}", value, "rows", basis=(Basis("sources"),))
        for source in facts.sources
        if not source.reconciled
        for name, value in (
            ("source_rows", source.rows_in),
            ("client_rows", source.expected_rows),
            ("accounted_rows", source.rows_accounted),
        )
        if value is not None
    )


def _gaps(facts: TableFacts) -> tuple[Number, ...]:
    kinds = (("unresolved", facts.unresolved), ("missing", facts.missing))
    basis = (Basis(facts.table, rows=facts.rows),)
    return tuple(
        number
        for kind, counts in kinds
        for column, count in counts.items()
        for number in (
            Number(f"{kind}.{column}:{facts.table}", count, "rows", basis=basis),
            *_share_of(f"{kind}_share.{column}:{facts.table}", count, facts.rows, basis),
        )
    )


def _share_of(key: str, count: int, rows: int, basis: tuple[Basis, ...]) -> Iterator[Number]:
    if rows:
        yield Number(key, count / rows, "share", basis=basis)


def _unreliable(judged: TableReliability, facts: TableFacts) -> Finding:
    return Finding(
        criterion="data.reliability: What a conclusion rests on is sufficiently reliable for its purpose",
        condition=f"The table {judged.table} is not sufficiently reliable. {' '.join(judged.grounds)}",
        cause="The export, or its declaration in the run file, does not match what was delivered.",
        effect=f"Not established: {TABLES[judged.table].purpose}.",
        recommendation="Have the rows in quarantine corrected at their source and exported again.",
        grade=Grade.MAJOR,
        subject=judged.table,
        evidence=tuple(number.key for number in _numbers_of(facts)),
        shortfall=facts.quarantined_share,
    )


def _unreconciled(table: str, file: str) -> Finding:
    return Finding(
        criterion="data.reconciliation: Every row received is accounted for, as the client counts them",
        condition=f"The control totals of {file} do not reconcile.",
        cause="Rows were lost or added between the client's system and the file delivered.",
        effect=f"Whether {table} is complete is not known.",
        recommendation="Have the file exported again together with the number of its rows.",
        grade=Grade.MAJOR,
        subject=file,
        evidence=(f"rows_in:{table}", f"rows_kept:{table}", f"rows_quarantined:{table}"),
    )
