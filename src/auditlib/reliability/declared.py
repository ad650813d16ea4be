"""What an auditor declared in place of what an export lacks, said wherever it limits what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.contracts import TABLES
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run, Source
from auditlib.records import Basis, Number, Sentence, SourceTotals


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration: the column it is about, its source, and what it means for the audit."""

    column: str
    source: SourceTotals
    text: str

    @property
    def number(self) -> Number:
        """The rows it is about, with its words, so that digits in them (a year) are known as words."""
        place = (("file", self.source.file), ("table", self.source.table))
        key = f"declared.{self.column}:{self.source.file}:{self.source.table}"
        basis = (Basis("sources", place, rows=1),)
        return Number(key, self.source.rows_in, "rows", basis=basis, reason=self.text)


@dataclass(frozen=True, slots=True)
class DeclaredStandIns:
    """Everything declared of the sources in place of what they lack."""

    declarations: tuple[Declaration, ...]

    def numbers(self) -> tuple[Number, ...]:
        """Return the rows each declaration is about."""
        return tuple(declaration.number for declaration in self.declarations)

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence per declaration; none where nothing is declared."""
        return tuple(
            Sentence(declaration.text, (declaration.number.key,)) for declaration in self.declarations
        )


def declared(engagement: Engagement) -> DeclaredStandIns:
    """Return what is declared of the sources of a run in place of what they lack."""
    run, totals = engagement.run, engagement.evidence.totals
    pairs = zip(run.sources, totals, strict=True) if len(run.sources) == len(totals) else ()
    return DeclaredStandIns(
        tuple(
            declaration
            for source, total in pairs
            for declaration in (*_declarations(source, total), *_turned(run, source, total))
        )
    )


def _turned(run: Run, source: Source, total: SourceTotals) -> Iterator[Declaration]:
    """Yield the questions of a source on which the lowest score is the best."""
    items = [item for model in run.instruments.values() for item in model.items.items()]
    turned = sorted({name for name, item in items if item.scale.best == "low" and name in source.columns})
    if source.table == "responses" and turned:
        text = (
            f"In {total.file} ({total.table}) the lowest score of {', '.join(turned)} is the best; scores "
            "are stored turned, so that higher is better."
        )
        yield Declaration("best", total, text)


def _declarations(source: Source, total: SourceTotals) -> Iterator[Declaration]:
    for column in TABLES[source.table].key:
        if column in source.columns and source.numbered(column):
            text = (
                f"Each line of {total.file} counts as one of {total.table}: it has no id, so that a copy "
                "cannot be told from a line that is alike."
            )
            yield Declaration(column, total, text)
    if source.once:
        text = (
            f"The register of {total.table} is what {total.file} names: what has no row there is not in this "
            "audit, and a misspelt name is one of its own."
        )
        yield Declaration(" ".join(TABLES[source.table].key), total, text)
    for column, words in source.stands_for.items():
        text = (
            f"In {total.file} ({total.table}) {column} only stands in for what it is called: {words}. Clocks "
            "that start from it are not assessable."
        )
        yield Declaration(f"{column}.stands_for", total, text)
