"""Answers of a survey, completed with what no mapping gave: ids, time, questions, comment, survey type."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.column_matching import SURE, Mapped, match_columns
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.items import is_person, is_tool_column, item_id, scale_of
from auditlib.onboarding.proposal import Fed, Given, ItemProposal, SourceProposal
from auditlib.onboarding.registers import COMPARED, distinct_cells
from auditlib.onboarding.vocabulary import closeness, words_for
from auditlib.statements import counted

_SURVEYS = {
    "relationship": (
        "relationship",
        "relationship survey",
        "periodic",
        "annual",
        "nps",
        "beziehung",
        "jaehrlich",
    ),
    "transactional": ("transactional", "transaction", "transactional survey", "contact", "vorgang", "csat"),
}
_HEADLINES = ("q_overall", "q_satisfaction", "q_recommend")
_TYPES = 8


def fed_by(look: FileLook, entry: Mapped) -> Fed:
    """Return a mapping of the general matcher, marked where it is not sure."""
    unsure = f"is it? For example {entry.facts.example!r}" if entry.facts.filled else "is it? It is empty."
    if entry.column == "unit_id":
        unsure = COMPARED.format(distinct_cells(entry.facts))
    doubt = unsure if entry.score < SURE else ""
    zeros = "text: leading zeros are kept" if entry.facts.leading_zeros and not doubt else ""
    return Fed(entry.column, look.origin(entry.facts), entry.facts, doubt=doubt, remark=zeros)


def completed(
    source: SourceProposal,
    *,
    tool_columns: Collection[int] = (),
    pattern: str | None = "",
    matched: bool = True,
) -> SourceProposal:
    """Return responses with proposals for all that is still open.

    Parameters
    ----------
    source
        Responses with what is known of them.
    tool_columns
        Positions of columns that belong to the tool: no part of an answer.
    pattern
        Of the names of columns that may be questions; None for no more questions.
    matched
        Whether `source` went through the general matcher already.
    """
    steps = source if matched else _with_matches(source, tool_columns)
    steps = _with_time(_with_ids(steps), tool_columns)
    steps = _with_comment(_with_items(steps, tool_columns, pattern), tool_columns)
    return with_survey_type(steps)


def _free(source: SourceProposal, tool_columns: Collection[int]) -> list[ColumnFacts]:
    used = source.used | set(tool_columns)
    used |= {item.facts.position for item in source.items}
    return [facts for facts in source.look.columns if facts.position not in used]


def _with_matches(source: SourceProposal, tool_columns: Collection[int]) -> SourceProposal:
    """Add what the general matcher makes of the columns a recogniser does not speak of."""
    unused = replace(source.look, columns=tuple(_free(source, tool_columns)))
    fed = {entry.column for entry in source.fed} | set(source.constants)
    added = [
        fed_by(source.look, entry)
        for entry in match_columns(unused, source.table)
        if entry.column not in fed and scale_of(entry.facts) is None
    ]
    return replace(source, fed=(*source.fed, *added))


def _with_ids(source: SourceProposal) -> SourceProposal:
    if source.says("response_id"):
        return source
    line = Fed("response_id", {"line": True}, remark="no column tells answers apart: each line is a response")
    return replace(source, fed=(line, *source.fed))


def _with_time(source: SourceProposal, tool_columns: Collection[int]) -> SourceProposal:
    if source.feeding("submitted") is not None:
        return source
    dated = [facts for facts in _free(source, tool_columns) if facts.dates is not None]
    if not dated:
        return source
    words = words_for("responses", "submitted")
    facts = max(
        dated,
        key=lambda column: (closeness(column.name, words), column.dates is not None and column.dates.timed),
    )
    rivals = ", ".join(repr(column.name) for column in dated if column is not facts)
    doubt = "when it was answered?" + (f" Or {rivals}?" if rivals else "")
    return replace(source, fed=(*source.fed, Fed("submitted", source.look.origin(facts), facts, doubt=doubt)))


def _with_items(source: SourceProposal, tool_columns: Collection[int], pattern: str | None) -> SourceProposal:
    if pattern is None:
        return source
    items = {item.item: item for item in source.items}
    for facts in _free(source, tool_columns):
        fits_pattern = not pattern or re.search(pattern, facts.name) is not None
        scale = (
            scale_of(facts) if fits_pattern and not is_tool_column(facts) and not is_person(facts) else None
        )
        if scale is not None:
            name = item_id(facts)
            free = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 500))) if n not in items)
            items[free] = ItemProposal(free, facts, scale)
    return replace(source, items=headlined(tuple(items.values())))


def headlined(items: tuple[ItemProposal, ...]) -> tuple[ItemProposal, ...]:
    """Name the question units are compared on: the overall one where there is one, otherwise the first."""
    if not items or any(item.headline for item in items):
        return items
    headline = next((item for name in _HEADLINES for item in items if item.item == name), items[0])
    return tuple(replace(item, headline=item is headline) for item in items)


def _with_comment(source: SourceProposal, tool_columns: Collection[int]) -> SourceProposal:
    if source.feeding("comment") is not None:
        return source
    written = [facts for facts in _free(source, tool_columns) if facts.texts and not is_tool_column(facts)]
    if not written:
        return source
    words = words_for("responses", "comment")
    facts = max(written, key=lambda column: closeness(column.wording, words))
    rivals = ", ".join(repr(column.wording) for column in written if column is not facts)
    doubt = "what the customer wrote?" + (f" Or {rivals}?" if rivals else "")
    return replace(source, fed=(*source.fed, Fed("comment", source.look.origin(facts), facts, doubt=doubt)))


def with_survey_type(source: SourceProposal) -> SourceProposal:
    """Use a column that names survey types; otherwise propose one, marked unless the file is called so."""
    if "survey_type" in source.constants:
        return source
    fed = source.feeding("survey_type")
    if fed is not None and fed.facts is not None and 0 < len(fed.facts.distinct) <= _TYPES:
        return replace(source, items=_by_type(source, fed.facts))
    unchanged = tuple(entry for entry in source.fed if entry.column != "survey_type")
    likeness = {name: closeness(source.look.title, words) for name, words in _SURVEYS.items()}
    best = max(likeness, key=lambda name: likeness[name])
    survey_type = Given(best)
    if likeness[best] == 0:
        doubt = "is this survey transactional (after a contact) or relationship (periodic)? Nothing says it."
        survey_type = Given("transactional", doubt)
    return replace(source, fed=unchanged, constants={**source.constants, "survey_type": survey_type})


def _by_type(source: SourceProposal, types: ColumnFacts) -> tuple[ItemProposal, ...]:
    """Give each question to the survey types in whose rows it was answered; to all in long form."""
    read: Mapping[str, str] = source.values.get("survey_type", {})
    canonical = {cell: read.get(cell, cell) for cell in types.distinct}
    items: list[ItemProposal] = []
    for item in source.items:
        answers = item.facts.cells if source.long is None else ()
        filled = {
            canonical[kind]
            for kind, cell in zip(types.cells, answers, strict=source.long is None)
            if kind in canonical and cell in item.facts.distinct
        }
        items.append(
            replace(item, survey_types=tuple(sorted(filled)) or tuple(sorted(set(canonical.values()))))
        )
    return tuple(items)


def unread(look: FileLook, *, used: Collection[int] = ()) -> tuple[str, ...]:
    """Return remarks on columns of percentages, which are figures about answers and no answers.

    Parameters
    ----------
    look
        What was seen of the file.
    used
        Positions of columns that feed something all the same.
    """
    shares = [
        facts.wording
        for facts in look.columns
        if facts.position not in used
        and facts.filled
        and sum(cell.endswith("%") for cell in facts.filled) > 0.5 * len(facts.filled)
    ]
    if not shares:
        return ()
    listed = ", ".join(repr(name) for name in shares[:5])
    holding = counted(len(shares), "column holds percentages", "columns hold percentages")
    return (f"{holding}, read as neither scores nor shares: {listed}.",)
