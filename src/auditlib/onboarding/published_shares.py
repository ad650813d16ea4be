"""Shares that a client published, a column for each: one row a month, as a table on a web page has them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditlib.contracts import TABLES
from auditlib.onboarding.column_facts import ColumnFacts, number
from auditlib.onboarding.column_matching import match_columns
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.named_limits import limit_named, unlimited
from auditlib.onboarding.proposal import Fed, Given, Origin, SourceProposal
from auditlib.onboarding.survey_sources import fed_by
from auditlib.onboarding.vocabulary import closeness, simplified, vocabulary, words_for

_TABLE = "published_figures"
_MOST_ROWS = 200
_SAID = 0.6
_MONTHS = {
    "%Y-%m": re.compile(r"[12][0-9]{3}-(?:0[1-9]|1[0-2])"),
    "%Y/%m": re.compile(r"[12][0-9]{3}/(?:0[1-9]|1[0-2])"),
    "%m/%Y": re.compile(r"(?:0[1-9]|1[0-2])/[12][0-9]{3}"),
    "%m.%Y": re.compile(r"(?:0[1-9]|1[0-2])[.][12][0-9]{3}"),
    "%m-%Y": re.compile(r"(?:0[1-9]|1[0-2])-[12][0-9]{3}"),
}
_BESIDE = ("unit_id", "channel", "published_on", "place")
_PUBLISHED = "did the client publish these shares? They are held against its evidence."


def published_shares(look: FileLook) -> tuple[SourceProposal, ...]:
    """Return a source of published figures for each share that a file has by month; none for another file."""
    month = next(((facts, form) for facts in look.columns if (form := _month_form(facts))), None)
    if month is None or look.rows > _MOST_ROWS:
        return ()
    facts, form = month
    shares = [(share, measure) for share in look.columns if (measure := _measure_of(share))]
    beside = [entry for entry in match_columns(look, TABLES[_TABLE]) if entry.column in _BESIDE]
    taken = {facts.position, *(share.position for share, _ in shares)}
    fed = tuple(fed_by(look, entry) for entry in beside if entry.facts.position not in taken)
    return tuple(
        _source(look, (*fed, *_period(look, facts, form)), share, measure) for share, measure in shares
    )


def _month_form(facts: ColumnFacts) -> str:
    """Return how a column writes months; empty where it holds none."""
    forms = (form for form, cells in _MONTHS.items() if all(map(cells.fullmatch, facts.distinct)))
    return next(forms, "") if facts.filled else ""


def _measure_of(facts: ColumnFacts) -> str:
    """Return what a column is the share of; empty where it holds no shares, or does not say of what."""
    percent = bool(facts.filled) and all(cell.endswith("%") for cell in facts.distinct)
    words = {word for name in words_for(_TABLE, "value") for word in simplified(name).split()}
    if not percent and "%" not in facts.name and not words & set(simplified(facts.name).split()):
        return ""
    numbers = [number(cell.replace(" ", "")) for cell in facts.distinct]
    if not numbers or not all(value is not None and 0 <= value <= 100 for value in numbers):
        return ""
    codes = vocabulary().codes
    name = unlimited(facts.name.replace("_", " "))
    close = {code: closeness(name, (code, *codes[code])) for code in ("answered_within", "abandoned")}
    likely = max(close, key=lambda code: close[code])
    return likely if close[likely] >= _SAID else ""


def _period(look: FileLook, facts: ColumnFacts, form: str) -> Iterator[Fed]:
    for column, day in (("period_start", "first"), ("period_end", "last")):
        yield Fed(column, look.origin(facts), facts, formats=(form,), of_month=day)


def _source(look: FileLook, fed: tuple[Fed, ...], share: ColumnFacts, measure: str) -> SourceProposal:
    month = next(entry for entry in fed if entry.column == "period_start")
    names = [entry.facts.name for entry in fed if entry.column in ("unit_id", "channel") and entry.facts]
    joined = [*names, month.facts.name if month.facts else "", share.name]
    identity: Origin = {"join": joined, "with": f" {measure} "}
    step, percentages = _step(share)
    value: Origin = {"column": share.name, "scale": 0.01} if percentages else share.name
    constants = {"measure": Given(measure), "rounded_to": Given(step)}
    if seconds := limit_named(share.name):
        constants["limit_seconds"] = Given(str(seconds))
    elif measure == "answered_within":
        constants["limit_seconds"] = Given("20", "within how many seconds? Nothing says it; 20 is assumed.")
    fed = (Fed("figure_id", identity), *fed, Fed("value", value, share))
    return SourceProposal(look, TABLES[_TABLE], fed, constants=constants, doubts=(_PUBLISHED,))


def _step(facts: ColumnFacts) -> tuple[str, bool]:
    """Return the step in which shares are written, and whether they are percentages without their sign."""
    signed = any(cell.endswith("%") for cell in facts.distinct)
    bare = [cell.rstrip("% ").replace(",", ".") for cell in facts.distinct]
    above_one = any(float(cell) > 1 for cell in bare)
    digits = max(len(cell.partition(".")[2]) for cell in bare) + (2 if signed or above_one else 0)
    return (f"{10**-digits:.{digits}f}" if digits else "1"), above_one and not signed
