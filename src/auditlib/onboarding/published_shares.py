"""Shares that a client published by month, as a table on a web page has them: a column for each, or a row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditlib.contracts import TABLES
from auditlib.onboarding.column_facts import ColumnFacts, number
from auditlib.onboarding.column_matching import match_columns
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.month_names import NamedMonths, months_named
from auditlib.onboarding.named_limits import limit_named, unlimited
from auditlib.onboarding.proposal import Fed, Given, Origin, ProposedFilter, SourceProposal
from auditlib.onboarding.survey_sources import fed_by
from auditlib.onboarding.vocabulary import closeness, simplified, vocabulary, words_for

_TABLE = "published_figures"
_MOST_ROWS = 200
_SAID = 0.6
_PERIOD = {"period_start": "first", "period_end": "last"}
_OF_MEASURE = "shares of one measure"
_BESIDE = ("unit_id", "channel", "published_on", "place")
_PUBLISHED = "did the client publish these shares? They are held against its evidence."


def published_shares(look: FileLook) -> tuple[SourceProposal, ...]:
    """Return a source of published figures for each measure that a file has by month; none for another."""
    month = next(
        ((facts, months) for facts in look.columns if (months := months_named(facts.distinct))), None
    )
    if month is None or look.rows > _MOST_ROWS:
        return ()
    facts, months = month
    period = tuple(_period(look, facts, months))
    shares = tuple(_column_each(look)) or tuple(_row_each(look))
    beside = [entry for entry in match_columns(look, TABLES[_TABLE]) if entry.column in _BESIDE]
    positions = {facts.position, *(share.facts.position for share in shares)}
    fed = tuple(fed_by(look, entry) for entry in beside if entry.facts.position not in positions)
    return tuple(
        _with_months(_source(look, (*fed, *period), share), months, asks=place == 0)
        for place, share in enumerate(shares)
    )


def with_months(source: SourceProposal) -> SourceProposal:
    """Return published figures whose period is a month with its first and its last day."""
    if source.table.name != _TABLE or any(source.says(column) for column in _PERIOD):
        return source
    for facts in source.look.columns:
        months = months_named(facts.distinct) if facts.position not in source.used else None
        if months is not None:
            fed = (*source.fed, *_period(source.look, facts, months))
            return _with_months(replace(source, fed=fed), months, asks=True)
    return source


@dataclass(frozen=True, slots=True)
class _Share:
    """Shares of one measure: their column, what says their limit, and which rows they stand in."""

    facts: ColumnFacts
    measure: str
    name: str
    only: tuple[ProposedFilter, ...] = ()


def _column_each(look: FileLook) -> Iterator[_Share]:
    """Yield the columns that are each the share of a measure."""
    for facts in look.columns:
        if measure := _measure_of(facts):
            yield _Share(facts, measure, facts.name)


def _row_each(look: FileLook) -> Iterator[_Share]:
    """Yield each measure of a file in which a column says of every row what its share is of."""
    shares = [facts for facts in look.columns if _holds_shares(facts)]
    for facts in look.columns:
        meant = {cell: _measure_meant(cell) for cell in facts.distinct}
        if len(shares) != 1 or not meant or not all(meant.values()) or facts is shares[0]:
            continue
        for measure in dict.fromkeys(meant.values()):
            cells = tuple(cell for cell, code in meant.items() if code == measure)
            stays = tuple(cell in cells for cell in facts.cells)
            chosen = ProposedFilter(look.origin(facts), "is", cells, _OF_MEASURE, stays)
            yield _Share(shares[0], measure, cells[0], (chosen,))
        return


def _with_months(source: SourceProposal, months: NamedMonths, *, asks: bool) -> SourceProposal:
    """Return a source with what its cells mean where they name months otherwise than a format reads."""
    named = dict.fromkeys(_PERIOD, months.cells) if months.cells else {}
    doubts = (*source.doubts, *((months.doubt,) if months.doubt and asks else ()))
    return replace(source, values={**source.values, **named}, doubts=doubts)


def _measure_of(facts: ColumnFacts) -> str:
    """Return what a column is the share of; empty where it holds no shares, or does not say of what."""
    return _measure_meant(facts.name) if _holds_shares(facts) else ""


def _holds_shares(facts: ColumnFacts) -> bool:
    percent = bool(facts.filled) and all(cell.endswith("%") for cell in facts.distinct)
    words = {word for name in words_for(_TABLE, "value") for word in simplified(name).split()}
    if not percent and "%" not in facts.name and not words & set(simplified(facts.name).split()):
        return False
    numbers = [number(cell.replace(" ", "")) for cell in facts.distinct]
    return bool(numbers) and all(value is not None and 0 <= value <= 100 for value in numbers)


def _measure_meant(text: str) -> str:
    """Return the measure that a header or a cell names; empty for none."""
    codes = vocabulary().codes
    name = unlimited(text.replace("_", " "))
    close = {code: closeness(name, (code, *codes[code])) for code in ("answered_within", "abandoned")}
    likely = max(close, key=lambda code: close[code])
    return likely if close[likely] >= _SAID else ""


def _period(look: FileLook, facts: ColumnFacts, months: NamedMonths) -> Iterator[Fed]:
    for column, day in _PERIOD.items():
        yield Fed(column, look.origin(facts), facts, formats=(months.format,), of_month=day)


def _source(look: FileLook, fed: tuple[Fed, ...], share: _Share) -> SourceProposal:
    facts, measure = share.facts, share.measure
    month = next(entry for entry in fed if entry.column == "period_start")
    names = [entry.facts.name for entry in fed if entry.column in ("unit_id", "channel") and entry.facts]
    joined = [*names, month.facts.name if month.facts else "", facts.name]
    identity: Origin = {"join": joined, "with": f" {measure} "}
    step, percentages = _step(facts)
    value: Origin = {"column": facts.name, "scale": 0.01} if percentages else facts.name
    constants = {"measure": Given(measure), "rounded_to": Given(step)}
    if seconds := limit_named(share.name):
        constants["limit_seconds"] = Given(str(seconds))
    elif measure == "answered_within":
        constants["limit_seconds"] = Given("20", "within how many seconds? Nothing says it; 20 is assumed.")
    fed = (Fed("figure_id", identity), *fed, Fed("value", value, facts))
    return SourceProposal(
        look, TABLES[_TABLE], fed, constants=constants, only=share.only, doubts=(_PUBLISHED,)
    )


def _step(facts: ColumnFacts) -> tuple[str, bool]:
    """Return the step in which shares are written, and whether they are percentages without their sign."""
    signed = any(cell.endswith("%") for cell in facts.distinct)
    bare = [cell.rstrip("% ").replace(",", ".") for cell in facts.distinct]
    above_one = any(float(cell) > 1 for cell in bare)
    digits = max(len(cell.partition(".")[2]) for cell in bare) + (2 if signed or above_one else 0)
    return (f"{10**-digits:.{digits}f}" if digits else "1"), above_one and not signed
