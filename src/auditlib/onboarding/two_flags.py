"""Contacts of a file that says in one column who was answered and in another who gave up.

Rows that say both are a contradiction of the client's, and stay one: they are read as answered and as given
up, which is unknown to every share. To choose rows by one flag alone would settle them silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.proposal import Fed, Given, ProposedFilter, SourceProposal
from auditlib.onboarding.vocabulary import closeness, meaning, vocabulary, words_for
from auditlib.statements import counted

_SURELY = 0.75
_YES = "true"
_ANSWERED = "contacts said to be answered"
_NOT_ANSWERED = "contacts not said to be answered"
_GIVEN_UP = "contacts said to be given up"
_NEITHER = "contacts not said to be given up"
_STILL_OPEN = "are these, neither answered nor given up, still open?"
_TWICE = "Two columns say what became of a contact, {answered!r} and {given_up!r}: the file is read by both."
_WAITED = "is {wait!r} the time until the customer gave up where {answered!r} does not say yes?"


@dataclass(frozen=True, slots=True)
class TwoFlags:
    """The columns that say who was answered and who gave up."""

    answered: ColumnFacts
    given_up: ColumnFacts

    @property
    def flag_pairs(self) -> tuple[tuple[bool, bool], ...]:
        """For each row, whether it says yes in the one and in the other."""
        yes = [
            {cell for cell in facts.distinct if _means_yes(cell)} for facts in (self.answered, self.given_up)
        ]
        cells = zip(self.answered.cells, self.given_up.cells, strict=True)
        return tuple((answer in yes[0], giving_up in yes[1]) for answer, giving_up in cells)

    def condition(self, source: SourceProposal, facts: ColumnFacts, *, says: bool) -> ProposedFilter:
        """Return the condition that a row says yes in a flag, or that it does not."""
        yes = tuple(cell for cell in facts.distinct if _means_yes(cell))
        because = {True: (_ANSWERED, _GIVEN_UP), False: (_NOT_ANSWERED, _NEITHER)}[says]
        stays = tuple((cell in yes) == says for cell in facts.cells)
        why = because[facts is self.given_up]
        return ProposedFilter(source.look.origin(facts), "is" if says else "is_not", yes, why, stays)


def two_flags(source: SourceProposal) -> TwoFlags | None:
    """Return the flags of a file of contacts that has both; None for another file."""
    given_up = source.feeding("abandoned")
    if given_up is None or given_up.facts is None or not any(map(_means_yes, given_up.facts.distinct)):
        return None
    words = words_for(source.table.name, "answered")
    free = [facts for facts in source.look.columns if facts.position not in source.used and _flag(facts)]
    likely = max(free, key=lambda facts: closeness(facts.name, words), default=None)
    if likely is None or closeness(likely.name, words) < _SURELY:
        return None
    return TwoFlags(likely, given_up.facts)


def read_by_both(source: SourceProposal, flags: TwoFlags, wait: Fed | None) -> tuple[SourceProposal, ...]:
    """Return a source once for those answered, given up and neither; those said to be both stay both.

    Parameters
    ----------
    source
        Contacts, with giving up fed by its flag.
    flags
        Its flags.
    wait
        The answer as fed by a duration of waiting; None where no column of waits means two things.
    """
    doubts = tuple(_contradiction(source, flags))
    if wait is None:
        return (replace(source, doubts=(*source.doubts, *doubts)),)
    answered, not_answered = (flags.condition(source, flags.answered, says=says) for says in (True, False))
    remark = _TWICE.format(answered=flags.answered.name, given_up=flags.given_up.name)
    first = replace(
        source,
        only=(*source.only, answered),
        doubts=(*source.doubts, *doubts),
        remarks=(*source.remarks, remark),
    )
    return (first, *_without_answer(replace(source, only=(*source.only, not_answered)), flags, wait))


def _without_answer(source: SourceProposal, flags: TwoFlags, wait: Fed) -> Iterator[SourceProposal]:
    """Yield the rows that name no answer: those given up, with their wait, and those still open."""
    fed = tuple(entry for entry in source.fed if entry.column not in ("answered", "ended"))
    origin = {} if isinstance(wait.origin, str) else dict(wait.origin)
    plain = replace(source, fed=fed, constants={**source.constants, "answered": Given("")})
    question = _WAITED.format(wait=origin.get("duration", ""), answered=flags.answered.name)
    ended = Fed("ended", {**origin, "after": "offered"}, None, doubt=wait.doubt)
    given_up, open_ones = (flags.condition(source, flags.given_up, says=says) for says in (True, False))
    some_open = (False, False) in flags.flag_pairs
    yield replace(
        plain,
        fed=(*fed, ended),
        only=(*plain.only, *((given_up,) if some_open else ())),
        doubts=(question,),
        remarks=("Those given up, with the wait until they did.",),
    )
    if some_open:
        remarks = ("Those neither answered nor given up.",)
        yield replace(plain, only=(*plain.only, open_ones), doubts=(_STILL_OPEN,), remarks=remarks)


def _contradiction(source: SourceProposal, flags: TwoFlags) -> Iterator[str]:
    """Yield the question what became of rows that say yes in both flags, with how many and the first."""
    contradictory = [record for record, pair in enumerate(flags.flag_pairs) if all(pair)]
    if not contradictory:
        return
    look = source.look
    first = (
        f"line {look.grid.line(look.header_rows, contradictory[0])}"
        if look.grid
        else f"row {contradictory[0] + 1:,}"
    )
    rows = f"{len(contradictory):,} of {counted(look.rows, 'row')}"
    names = f"{flags.answered.name!r} and in {flags.given_up.name!r}"
    yield (
        f"yes stands in {names} of {rows}, first in {first}: which holds? Ask the client; what became of "
        "them is unknown until then."
    )


def _flag(facts: ColumnFacts) -> bool:
    """Return whether filled cells say yes or no, and yes somewhere."""
    meanings = {meaning(cell, vocabulary().flags) for cell in facts.distinct}
    return _YES in meanings and None not in meanings


def _means_yes(cell: str) -> bool:
    return meaning(cell, vocabulary().flags) == _YES
