"""What is compared: the column that names it, and the register of units where no file is one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from auditlib.contracts import TABLES
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.items import is_person, is_tool_column, scale_of
from auditlib.onboarding.proposal import Fed, Given, ProposedFilter, SourceProposal
from auditlib.onboarding.vocabulary import closeness, words_for
from auditlib.statements import counted

WHOLE = "all"
"""The one unit of a file that names no place."""
COMPARED = "is this what is compared? {}"
_LIKELY = 0.5
_SHOWN = 4
_NUMBERED = ("event_id", "link_id")
"""Keys that nothing refers to, so that the line will do."""


def with_unit(source: SourceProposal, *, tool_columns: Collection[int] = ()) -> SourceProposal:
    """Return the source with a proposal for what is compared, always to be decided.

    Parameters
    ----------
    source
        A source whose table may need a unit.
    tool_columns
        Positions of columns that cannot name one.
    """
    column = next((column for column in source.table.columns if column.name == "unit_id"), None)
    stated = source.says("unit_id")
    if column is None or not column.required or source.table.name == "units" or stated:
        return source
    candidates = _candidates(source, tool_columns)
    words = words_for(source.table.name, "unit_id")
    likely = [facts for facts in candidates if closeness(facts.name, words) >= _LIKELY]
    if len(likely) == 1 or len(candidates) == 1:
        (facts,) = likely or candidates
        fed = Fed("unit_id", source.look.origin(facts), facts, doubt=COMPARED.format(distinct_cells(facts)))
        return replace(source, fed=(*source.fed, fed))
    names = ", ".join(repr(facts.wording) for facts in candidates[:_SHOWN])
    doubt = "no column surely names a place or a team; until one is mapped, everything is one unit."
    doubt += f" Could it be {names}?" if candidates else ""
    return replace(source, constants={**source.constants, "unit_id": Given(WHOLE, doubt)})


def with_key(source: SourceProposal) -> SourceProposal:
    """Return the source with the line as the id of an event, or of an entry, that has none."""
    (key, *further_keys) = source.table.key
    stated = source.says(key)
    if further_keys or stated or key not in _NUMBERED:
        return source
    return replace(
        source, fed=(Fed(key, {"line": True}, remark="no id of its own: the line is"), *source.fed)
    )


def distinct_cells(facts: ColumnFacts) -> str:
    """Return how many different cells a column holds, with an example."""
    return f"{counted(len(facts.distinct), 'different cell')}, such as {facts.example!r}"


def registers(sources: Sequence[SourceProposal]) -> tuple[SourceProposal, ...]:
    """Return a register of units for each file that names them, where no file is a register."""
    if any(source.table.name == "units" and not source.once for source in sources):
        return ()
    registered = {(source.look.file, source.look.sheet) for source in sources if source.table.name == "units"}
    proposals: list[SourceProposal] = []
    for source in sources:
        place = (source.look.file, source.look.sheet)
        unit = source.constants.get("unit_id")
        one_again = unit is not None and any(_is_register_of(unit.value, entry) for entry in proposals)
        if place not in registered and _names_units(source) and not one_again:
            beside = [
                neighbour for neighbour in sources if (neighbour.look.file, neighbour.look.sheet) == place
            ]
            proposals.append(_register(source, beside))
            registered.add(place)
    return tuple(proposals)


def _is_register_of(unit: str, register: SourceProposal) -> bool:
    """Return whether a register is made for this unit alone."""
    only = register.constants.get("unit_id")
    return only is not None and only.value == unit


def _candidates(source: SourceProposal, tool_columns: Collection[int]) -> list[ColumnFacts]:
    used = source.used | set(tool_columns)
    return [
        facts
        for facts in source.look.columns
        if facts.position not in used
        and facts.groups
        and not is_tool_column(facts)
        and not is_person(facts)
        and scale_of(facts) is None
    ]


def _sets(condition: ProposedFilter, source: SourceProposal) -> bool:
    """Return whether a source sets this condition."""
    signature = (condition.column, condition.test, condition.cells)
    return any((listed.column, listed.test, listed.cells) == signature for listed in source.only)


def _names_units(source: SourceProposal) -> bool:
    column = next((column for column in source.table.columns if column.name == "unit_id"), None)
    if column is None or source.table.name == "units":
        return False
    return source.says("unit_id")


def _register(source: SourceProposal, beside: Sequence[SourceProposal]) -> SourceProposal:
    """Return the register of what a file names, without rows that no table made of the file keeps."""
    fed = source.feeding("unit_id")
    shared = [
        entry
        for entry in source.only
        if entry.test not in ("filled", "blank") and all(_sets(entry, neighbour) for neighbour in beside)
    ]
    plain = tuple(replace(condition, doubt=False) for condition in shared)
    if fed is None or fed.facts is None:
        constants = {"unit_id": Given(source.constants["unit_id"].value)}
        whole = source.constants["unit_id"].value == WHOLE
        remark = f"One unit for {'everything' if whole else 'this file'}: no column names a place."
        return SourceProposal(
            source.look, TABLES["units"], (), constants=constants, only=plain, once=True, remarks=(remark,)
        )
    facts = fed.facts
    stays = tuple(bool(cell) and cell not in facts.missing for cell in facts.cells)
    empty = ProposedFilter(
        fed.origin, "filled", (), "a row that names no place is no entry of the register", stays
    )
    named_here = distinct_cells(facts)
    remark = f"The register is what this file names ({named_here}); nothing says whether one is lacking."
    return SourceProposal(
        source.look,
        TABLES["units"],
        (Fed("unit_id", fed.origin, facts),),
        missing=source.missing,
        only=(*plain, *((empty,) if not all(stays) else ())),
        once=True,
        remarks=(remark,),
    )
