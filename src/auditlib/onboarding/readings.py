"""One file of contacts read several times, where a column says who was answered and what the wait ended in.

Where a flag tells answered contacts from those given up, one column of waits means two things: the time until
the answer, and the time until the customer gave up. Each is a source of its own, with its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.contact_states import contact_states, read_by_state
from auditlib.onboarding.durations import CONTACTS
from auditlib.onboarding.proposal import Fed, Given, ProposedFilter, SourceProposal
from auditlib.onboarding.two_flags import read_by_both, two_flags
from auditlib.onboarding.vocabulary import closeness, meaning, vocabulary, words_for

_SURELY = 0.75
_YES, _NO = "true", "false"


def readings(source: SourceProposal) -> tuple[SourceProposal, ...]:
    """Return a source, or one for each thing that its waits mean by a flag of who was answered."""
    if source.table.name != CONTACTS or source.feeding("offered") is None:
        return (source,)
    wait = next((entry for entry in source.fed if entry.column == "answered" and _timed(entry)), None)
    if (flags := two_flags(source)) is not None:
        return read_by_both(source, flags, wait)
    if not source.says("abandoned") and (states := contact_states(source)) is not None:
        return tuple(read_by_state(source, states, wait))
    flag = _answered_flag(source)
    if flag is None:
        return (source,)
    facts, answered = flag
    if wait is None:
        return (_flagged(source, facts, answered),)
    return tuple(_read(source, facts, answered, wait))


def _timed(entry: Fed) -> bool:
    return not isinstance(entry.origin, str) and "duration" in entry.origin


def _answered_flag(source: SourceProposal) -> tuple[ColumnFacts, Mapping[str, bool]] | None:
    """Return the column that says who was answered, and for each cell whether it means that."""
    given_up = source.feeding("abandoned")
    if given_up is not None and given_up.facts is not None:
        return given_up.facts, _answered(given_up.facts, _NO)
    words = words_for(CONTACTS, "answered")
    free = [facts for facts in source.look.columns if facts.position not in source.used and _says(facts)]
    likely = max(free, key=lambda facts: closeness(facts.name, words), default=None)
    if likely is None or closeness(likely.name, words) < _SURELY:
        return None
    return likely, _answered(likely, _YES)


def _says(facts: ColumnFacts) -> bool:
    """Return whether a column says yes in some rows and no in all others."""
    if len(facts.filled) < len(facts.cells):
        return False
    return {meaning(cell, vocabulary().flags) for cell in facts.distinct} == {_YES, _NO}


def _answered(facts: ColumnFacts, code: str) -> Mapping[str, bool]:
    return {cell: meaning(cell, vocabulary().flags) == code for cell in facts.distinct}


def _flagged(source: SourceProposal, facts: ColumnFacts, answered: Mapping[str, bool]) -> SourceProposal:
    """Return a source without waits whose flag says who was not answered: perhaps given up."""
    if source.says("abandoned"):
        return source
    doubt = "is who was not answered given up? Or passed on, or still waiting?"
    fed = Fed("abandoned", source.look.origin(facts), facts, doubt=doubt)
    meant = {cell: _NO if is_answered else _YES for cell, is_answered in answered.items()}
    return replace(source, fed=(*source.fed, fed), values={**source.values, "abandoned": meant})


def _read(
    source: SourceProposal, flag: ColumnFacts, answered: Mapping[str, bool], wait: Fed
) -> list[SourceProposal]:
    """Return the source once for those answered, given up, and, where a wait is empty, neither."""
    waits = source.look.column(str(_duration(wait)["duration"]))
    yes, no = (_chosen(source, flag, answered, whether=whether) for whether in (True, False))
    plain = _without(source, "abandoned")
    first = replace(
        plain,
        only=(*source.only, yes),
        constants={**source.constants, "abandoned": Given(_NO)},
        remarks=(*source.remarks, f"Those answered. {_WHY.format(wait=waits.name, flag=flag.name)}"),
    )
    without_answer = _without(plain, "answered", "ended")
    ended = Fed("ended", {**_duration(wait), "after": "offered"}, None, doubt=wait.doubt)
    empty = [not cell or cell in waits.missing for cell in waits.cells]
    some_open = any(stays and gap for stays, gap in zip(no.stays, empty, strict=True))
    with_wait = (
        ProposedFilter(source.look.origin(waits), "filled", (), _WAITED, tuple(not gap for gap in empty)),
    )
    second = replace(
        without_answer,
        fed=(*without_answer.fed, ended),
        only=(*source.only, no, *(with_wait if some_open else ())),
        constants={**source.constants, "abandoned": Given(_YES), "answered": Given("")},
        doubts=(_IF_GIVEN_UP.format(wait=waits.name, flag=flag.name),),
        remarks=("Those given up, with the wait until they did.",),
    )
    if not some_open:
        return [first, second]
    without_wait = replace(with_wait[0], test="blank", because=_NO_WAIT, stays=tuple(empty))
    third = replace(
        without_answer,
        only=(*source.only, no, without_wait),
        constants={**source.constants, "abandoned": Given(_NO), "answered": Given("")},
        doubts=("are these, with neither answer nor wait, still open?",),
        remarks=("Those neither answered nor given up.",),
    )
    return [first, second, third]


_WHY = "The column {wait!r} means two things by {flag!r}: the file is read once for each."
_IF_GIVEN_UP = "is {wait!r} the time until the customer gave up where {flag!r} says so?"
_WAITED = "a wait is recorded"
_NO_WAIT = "no wait is recorded"


def _duration(wait: Fed) -> dict[str, str | float | bool | list[str]]:
    return {} if isinstance(wait.origin, str) else dict(wait.origin)


def _chosen(
    source: SourceProposal, flag: ColumnFacts, answered: Mapping[str, bool], *, whether: bool
) -> ProposedFilter:
    cells = tuple(cell for cell, is_answered in answered.items() if is_answered == whether)
    stays = tuple(cell in cells for cell in flag.cells)
    why = "contacts that were answered" if whether else "contacts that nobody answered"
    return ProposedFilter(source.look.origin(flag), "is", cells, why, stays)


def _without(source: SourceProposal, *columns: str) -> SourceProposal:
    """Return a source that says nothing of some columns."""
    fed = tuple(entry for entry in source.fed if entry.column not in columns)
    values = {name: cells for name, cells in source.values.items() if name not in columns}
    return replace(source, fed=fed, values=values)
