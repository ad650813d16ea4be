"""Files in long form, one row an answer: how they are recognised, and what is proposed for their items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditlib.contracts import TABLES
from auditlib.onboarding.column_facts import ColumnFacts, look_at_column
from auditlib.onboarding.column_matching import match_columns
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.items import is_person, item_id, scale_of
from auditlib.onboarding.missing_codes import with_missing
from auditlib.onboarding.proposal import Fed, Given, ItemProposal, SourceProposal
from auditlib.onboarding.registers import with_unit
from auditlib.onboarding.survey_sources import completed, fed_by, headlined
from auditlib.onboarding.vocabulary import closeness, vocabulary, words_for
from auditlib.onboarding.yaml_text import origin_text
from auditlib.statements import counted

_QUESTION = ("question", "question id", "question text", "item", "frage", "pregunta", "variable")
_SURELY = 0.9
_MOST_ITEMS = 200
_ONCE = 0.98
"""Share of rows that must answer an item for the first time, in a response that answers each item once."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Answered:
    """The columns of a file in long form: which response, which item, which answer."""

    key: ColumnFacts
    item: ColumnFacts
    value: ColumnFacts


def in_long_form(look: FileLook) -> Answered | None:
    """Return what holds response, item and answer where each row seems to be an answer; None elsewhere."""
    items = [facts for facts in look.columns if _few(facts) and closeness(facts.name, _QUESTION) >= _SURELY]
    values = [facts for facts in look.columns if closeness(facts.name, vocabulary().ratings) >= _SURELY]
    for item in items[:1]:
        for value in (facts for facts in values[:1] if facts is not item):
            keys = [facts for facts in look.columns if facts not in (item, value) and _keys(facts, item)]
            words = words_for("responses", "response_id")
            if keys:
                return Answered(max(keys, key=lambda facts: closeness(facts.name, words)), item, value)
    return None


def responses_of(look: FileLook, answered: Answered) -> SourceProposal:
    """Return the responses that a file in long form seems to hold, to be decided."""
    positions = {facts.position for facts in (answered.key, answered.item, answered.value)}
    unused = replace(look, columns=tuple(facts for facts in look.columns if facts.position not in positions))
    table = TABLES["responses"]
    fed = [Fed("response_id", look.origin(answered.key), answered.key)]
    fed += [fed_by(look, entry) for entry in match_columns(unused, table) if entry.column != "response_id"]
    answers = _by_item(answered)
    items = _items(answers)
    comment = next((name for name, facts in answers.items() if facts.texts), "")
    if comment:
        doubt = "what the customer wrote?"
        fed = [entry for entry in fed if entry.column != "comment"]
        fed.append(Fed("comment", {"item": comment}, doubt=doubt))
    source = SourceProposal(
        look,
        table,
        tuple(fed),
        items=headlined(tuple(items.values())),
        long=Given(_written(answered, fed), _doubt(answered)),
        remarks=_left_out(answers, {item.facts.name for item in items.values()} | {comment}),
        tool_columns=frozenset({answered.item.position, answered.value.position}),
    )
    source = completed(source, tool_columns=positions, pattern=None)
    return with_missing(with_unit(source, tool_columns=positions))


def _few(facts: ColumnFacts) -> bool:
    return 2 <= len(facts.distinct) <= min(_MOST_ITEMS, len(facts.filled) / 3) and not is_person(facts)


def _keys(facts: ColumnFacts, item: ColumnFacts) -> bool:
    """Return whether a column tells responses apart: it repeats, and hardly ever with the same item."""
    if 2 * len(facts.distinct) > len(facts.filled) or len(facts.filled) < _ONCE * len(facts.cells):
        return False
    pairs = [pair for pair in zip(facts.cells, item.cells, strict=True) if all(pair)]
    return len(set(pairs)) >= _ONCE * len(pairs) > 0


def _by_item(answered: Answered) -> dict[str, ColumnFacts]:
    """Return the answers to each item, as a column of its own."""
    cells: dict[str, list[str]] = {item: [] for item in answered.item.distinct}
    for item, cell in zip(answered.item.cells, answered.value.cells, strict=True):
        if item in cells:
            cells[item].append(cell)
    return {item: look_at_column(item, answers) for item, answers in cells.items()}


def _items(answers: Mapping[str, ColumnFacts]) -> dict[str, ItemProposal]:
    items: dict[str, ItemProposal] = {}
    for facts in answers.values():
        scale = scale_of(facts)
        if scale is not None:
            name = item_id(facts)
            free = next(n for n in (name, *(f"{name}_{i}" for i in range(2, 500))) if n not in items)
            items[free] = ItemProposal(free, facts, scale)
    return items


def _written(answered: Answered, fed: Sequence[Fed]) -> str:
    """Return the block of the run file, with the dates in which the rows of one response differ."""
    block: dict[str, str | int | bool | list[str]] = {
        "item": answered.item.name,
        "value": answered.value.name,
    }
    dated = [entry for entry in fed if entry.facts is not None and entry.facts.dates is not None]
    if latest := [entry.column for entry in dated if _differs(answered.key, entry.facts)]:
        block["latest"] = latest
    return origin_text(block)


def _differs(key: ColumnFacts, facts: ColumnFacts | None) -> bool:
    """Return whether a column holds different cells in rows of one response."""
    pairs = {pair for pair in zip(key.cells, facts.cells if facts else (), strict=True) if all(pair)}
    return len(pairs) > len({cell for cell, _ in pairs})


def _doubt(answered: Answered) -> str:
    rows, items = counted(len(answered.item.cells), "row"), counted(len(answered.item.distinct), "item")
    responses = counted(len(answered.key.distinct), "response")
    counts = f"{rows}, {responses} by {answered.key.name!r}, {items}"
    return f"each row seems to hold one answer: {counts}; is that right?"


def _left_out(answers: Mapping[str, ColumnFacts], mapped: set[str]) -> tuple[str, ...]:
    """Return a remark on items that nothing is proposed for: their rows are left out and counted."""
    unmapped = [(name, len(facts.cells)) for name, facts in answers.items() if name not in mapped]
    if not unmapped:
        return ()
    listed = ", ".join(f"{name!r} ({counted(rows, 'row')})" for name, rows in unmapped[:_SHOWN])
    ellipsis = ", ..." if len(unmapped) > _SHOWN else ""
    return (f"Items that nothing is mapped to are left out and counted: {listed}{ellipsis}.",)
