"""A known export and what its recogniser says, as proposals for the tables it feeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from auditlib.contracts import TABLES, Table
from auditlib.onboarding.column_facts import ColumnFacts, number
from auditlib.onboarding.duration_cells import written_as
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.intervals import with_interval
from auditlib.onboarding.items import ScaleGuess, scale_of
from auditlib.onboarding.missing_codes import with_missing
from auditlib.onboarding.proposal import Fed, Given, ItemProposal, Origin, ProposedFilter, SourceProposal
from auditlib.onboarding.recogniser import (
    Constant,
    ExportCells,
    ExportFilter,
    ExportQuestion,
    Feed,
    Recogniser,
    ScaleHint,
)
from auditlib.onboarding.registers import COMPARED, distinct_cells, with_key, with_unit
from auditlib.onboarding.survey_sources import completed
from auditlib.onboarding.time_zones import guessed_zone
from auditlib.onboarding.vocabulary import codes_of, meaning, what_they_mean


def recognised_sources(look: FileLook, recogniser: Recogniser) -> tuple[SourceProposal, ...]:
    """Return a proposal for each table that a recognised file can feed."""
    tool_columns = {facts.position for name in recogniser.own for facts in look.called(name)}
    return tuple(
        _source(look, feed, recogniser, tool_columns) for feed in recogniser.feeds if _holds(look, feed)
    )


def _holds(look: FileLook, feed: Feed) -> bool:
    """Return whether all columns stand there, and are filled, without which the table has nothing to say."""
    columns = [look.find(name) for name in feed.when]
    return all(facts is not None and facts.filled for facts in columns)


def _source(
    look: FileLook, feed: Feed, recogniser: Recogniser, tool_columns: Collection[int]
) -> SourceProposal:
    table = TABLES[feed.table]
    entries = (_fed(look, name, cells) for name, cells in feed.columns.items())
    fed = tuple(entry for entry in entries if entry is not None)
    missing = ("", *feed.missing)
    only = tuple(
        condition for rows in feed.only if (condition := _proposed_filter(look, rows, missing)) is not None
    )
    columns = {entry.column for entry in fed}
    values = {name: cells for name, cells in feed.values.items() if name in columns}
    source = SourceProposal(
        look,
        table,
        fed,
        items=tuple(_items(look, feed, only)),
        constants={name: _constant(value) for name, value in feed.constants.items()},
        values=values,
        missing=missing,
        only=only,
        once=feed.once,
        stands_for={name: why for name, why in feed.stands_for.items() if name in columns},
        doubts=((feed.decide,) if feed.decide else ()) + tuple(_strange_words(fed, values, table)),
        remarks=(feed.because,) if feed.because else (),
        tool_columns=frozenset(tool_columns),
    )
    if feed.table == "responses":
        source = completed(
            source, tool_columns=tool_columns, pattern=feed.questions, matched=feed.questions is None
        )
    source = source if feed.once else with_unit(with_key(source), tool_columns=tool_columns)
    source = with_interval(with_missing(source))
    return replace(source, zone=guessed_zone(source, hint=recogniser.zone))


def _fed(look: FileLook, column: str, declared: str | ExportCells) -> Fed | None:
    """Return what feeds a canonical column; None where the file lacks it."""
    cells = ExportCells(name=declared) if isinstance(declared, str) else declared
    if cells.line:
        return Fed(column, {"line": True}, remark=cells.because)
    if cells.join:
        joined = [facts for name in cells.join if (facts := look.find(name)) is not None]
        if len(joined) < len(cells.join):
            return None
        day = next((facts for facts in joined if cells.formats and facts.dates is not None), None)
        names = {"join": [facts.name for facts in joined]}
        return Fed(column, names, day, cells.formats, remark=cells.because)
    facts = look.find(cells.name or cells.duration or "")
    if facts is None:
        return None
    unsure = (
        COMPARED.format(distinct_cells(facts))
        if column == "unit_id"
        else f"is it? For example {facts.example!r}"
    )
    doubt = "" if cells.sure else unsure
    if cells.duration is not None:
        origin: Origin = {"after": cells.after, "duration": facts.name, "unit": _unit(facts, cells)}
        return Fed(column, origin, None, doubt=doubt, remark=cells.because)
    return Fed(column, _scaled(look.origin(facts), cells.scale), facts, cells.formats, doubt, cells.because)


def _scaled(origin: str | dict[str, str | int], scale: float | None) -> Origin:
    """Return a column with the factor of its numbers; as it is named where they stand in the right unit."""
    if scale is None:
        return origin
    column: dict[str, str | int] = {"column": origin} if isinstance(origin, str) else origin
    return {**column, "scale": int(scale) if scale.is_integer() else scale}


def _unit(facts: ColumnFacts, cells: ExportCells) -> str:
    """Return the unit of a duration: a clock where its cells are written as one."""
    return written_as(facts.distinct) or cells.unit


def _constant(value: str | Constant) -> Given:
    return Given(value) if isinstance(value, str) else Given(value.value, value.decide)


def _proposed_filter(
    look: FileLook, condition: ExportFilter, missing: Collection[str]
) -> ProposedFilter | None:
    """Return a condition on the rows with what it leaves out of the sample; None without its column."""
    facts = look.find(condition.column)
    if facts is None:
        return None
    cells: tuple[str, ...] = ()
    if condition.filled is not None:
        test = "filled" if condition.filled else "blank"
        stays = [(cell not in missing) == condition.filled for cell in facts.cells]
    else:
        test, cells = ("is", condition.is_) if condition.is_ else ("is_not", condition.is_not)
        stays = [(cell in cells) == (test == "is") for cell in facts.cells]
    doubt = condition.decide and not all(stays)
    return ProposedFilter(look.origin(facts), test, cells, condition.because, tuple(stays), doubt)


def _items(look: FileLook, feed: Feed, only: Sequence[ProposedFilter]) -> Iterator[ItemProposal]:
    """Yield the questions whose column the recogniser knows and the file fills."""
    stays = [all(row) for row in zip(*(condition.stays for condition in only), strict=True)] or [
        True
    ] * look.rows
    for name, question in feed.items.items():
        facts = look.find(question.column)
        if facts is not None and facts.filled:
            answers = Counter(cell for cell, stay in zip(facts.cells, stays, strict=True) if stay)
            scale = _scale(facts, question, answers)
            if scale is not None:
                yield ItemProposal(name, facts, scale, question.wording, question.headline, question.decide)


def _scale(facts: ColumnFacts, question: ExportQuestion, answers: Counter[str]) -> ScaleGuess | None:
    """Return the documented scale with what the cells add to it; the scale the cells show without one."""
    hint = question.scale
    if hint is None:
        return scale_of(facts)
    cells = {
        cell: count
        for cell, count in answers.items()
        if cell in facts.distinct and not _documented(cell, hint)
    }
    return ScaleGuess(
        hint.low, hint.high, hint.step, dict(hint.labels), hint.not_applicable, cells, "", hint.best
    )


def _documented(cell: str, hint: ScaleHint) -> bool:
    plain = {word.casefold() for word in (*hint.labels, *hint.not_applicable)}
    score = number(cell)
    return cell.casefold() in plain or (score is not None and hint.low <= score <= hint.high)


def _strange_words(
    fed: tuple[Fed, ...], values: Mapping[str, Mapping[str, str]], table: Table
) -> Iterator[str]:
    """Yield a question for each column whose cells are no codes that contract or recogniser knows."""
    for entry in fed:
        codes = codes_of(table.column(entry.column), open_words=True)
        if not codes or entry.facts is None:
            continue
        read = values.get(entry.column, {})
        strange = [cell for cell in entry.facts.distinct if cell not in read and meaning(cell, codes) != cell]
        if strange:
            yield what_they_mean(entry.column, strange, codes)
