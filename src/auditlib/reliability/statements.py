"""How far the data can be relied on, and what the intake cannot say, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditlib.records import Reliability, Sentence, TableReliability
from auditlib.reliability.assessment import Assessment
from auditlib.reliability.counting import TableFacts
from auditlib.reliability.coverage import Coverage, ItemCoverage, MonthCoverage
from auditlib.reliability.facts import of_table
from auditlib.reliability.judge import MOST_NAMED
from auditlib.reliability.rates import PublishedRates, Rates, ResponseRates
from auditlib.statements import Facts, joined, listed, say


def summary(assessment: Assessment, facts: Facts) -> Iterator[Sentence]:
    """Yield how many tables can be relied on, and which cannot."""
    yield _single(*assessment.tables) if len(assessment.tables) == 1 else _several(assessment, facts)


def _single(table: TableReliability) -> Sentence:
    text = f"For its purpose, the one table received, {table.table}, is {table.answer.words}."
    return Sentence(text, ("tables:all", f"tables:{table.answer.value}"))


def _several(assessment: Assessment, facts: Facts) -> Sentence:
    parts = [_sufficient(assessment, facts)]
    for answer in (Reliability.NOT_SUFFICIENT, Reliability.UNDETERMINED):
        if tables := assessment.answered(answer):
            key = f"tables:{answer.value}"
            form = f"{{{key}}} {{{key}~is|are}} {{answer}} ({{tables}})"
            names = listed(tables, most=MOST_NAMED)
            parts.append(say(form, facts, answer=answer.words, tables=names))
    *first, last = parts
    parts = [joined([joined(first, "; "), last], " and ")] if first else parts
    return say("For their purpose, {parts}.", facts, parts=parts)


def _sufficient(assessment: Assessment, facts: Facts) -> Sentence:
    sound, count = len(assessment.answered(Reliability.SUFFICIENT)), len(assessment.tables)
    reliable = "{tables:sufficiently_reliable}" if sound else "none"
    which = f"{reliable} of {{tables:all}}"
    if sound == count:
        which = "both" if count == 2 else "all {tables:all}"
    verb = "is" if sound < 2 else "are"  # none of them is
    return say(f"{which} tables {verb} sufficiently reliable", facts)


def caveat(assessment: Assessment, *, tables: Iterable[str]) -> Sentence:
    """Return the sentence on the data that every notebook carries, for the `tables` it rests on."""
    wanted = [judged for judged in assessment.tables if judged.table in set(tables)]
    if not wanted:
        return Sentence("None of the tables this question needs was supplied.")
    doubted = [judged for judged in wanted if judged.answer is not Reliability.SUFFICIENT]
    sound = [judged.table for judged in wanted if judged.answer is Reliability.SUFFICIENT]
    parts = [f"Sufficiently reliable for this question: {listed(sound)}."] if sound else []
    parts += [
        f"{judged.answer.words.capitalize()}: {judged.table}. {judged.grounds[0]}" for judged in doubted
    ]
    keys: list[str] = []
    for judged, counts in zip(assessment.tables, assessment.counts, strict=True):
        first = judged.grounds[:1] if judged in doubted else ()
        remarks = _contradictions(judged, counts) if judged in wanted else []
        parts += [ground for ground in remarks if ground not in first]
        if any(map(str.isdigit, " ".join((*first, *remarks)))):
            keys += [number.key for number in of_table(counts)]
    return Sentence(" ".join(parts), tuple(keys))


def _contradictions(judged: TableReliability, counts: TableFacts) -> list[str]:
    """Return the grounds that state what counts break, whether or not it is much."""
    heads = (
        *(entry.heading for entry in counts.identities),
        *(queues.heading for queues in counts.unbalanced),
    )
    return [ground for ground in judged.grounds if heads and ground.startswith(heads)]


def limits(assessment: Assessment, coverage: Coverage, rates: Rates) -> Iterator[Sentence]:
    """Yield what the intake cannot say, depending on what was supplied."""
    yield Sentence(
        "Reliability is judged from the files alone: rows that never reached an export leave no trace in it."
    )
    untold = assessment.without_own_total
    if len(untold) == len(assessment.tables):
        yield Sentence("The client gave no totals of its own; completeness is not tested against them.")
    elif untold:
        text = f"The client gave no total of its own for {listed(untold, most=MOST_NAMED)}"
        yield Sentence(f"{text}; completeness is not tested there.", ("tables:without_own_total",))
    if isinstance(coverage, MonthCoverage):
        yield Sentence("A unit that was closed for a month looks the same as one whose rows are missing.")
    if isinstance(coverage, ItemCoverage):
        yield Sentence(
            "Aggregated values are taken as published: single answers and their rules cannot be examined."
        )
    if isinstance(rates, ResponseRates):
        yield Sentence("A response rate says how many answered, not whether those who did are like the rest.")
    if isinstance(rates, PublishedRates):
        yield Sentence("Published response rates rest on the source's own definition.")
