"""Contacts of a file in which one column says what became of each: answered, given up, passed on, or open.

A column of waits then means two things, the time until the answer and the time until the contact left the
queue, so that the file is read once for each thing its rows mean.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.proposal import Fed, Given, ProposedFilter, SourceProposal
from auditlib.onboarding.vocabulary import meaning, vocabulary

_ANSWERED, _GIVEN_UP, _PASSED_ON, _OPEN = "answered", "abandoned", "flowed_out", "waiting"
_LEFT = {_GIVEN_UP: "abandoned", _PASSED_ON: "flowed_out"}
"""States in which a contact left the queue without an answer, and the column that says each."""
_MOST = 12
_YES, _NO = "true", "false"
_REMARK = "Those {state}. {name!r} says what became of each contact: the file is read once for each."
_IS_IT = "does {name!r} say of these contacts what is read out of it: {meant}?"


@dataclass(frozen=True, slots=True)
class ContactStates:
    """The column that says what became of each contact, and what its cells mean."""

    facts: ColumnFacts
    meant: Mapping[str, str]

    def chosen(self, source: SourceProposal, states: Collection[str], because: str) -> ProposedFilter:
        """Return the condition that a contact is in one of some states."""
        cells = tuple(cell for cell, state in self.meant.items() if state in states)
        stays = tuple(cell in cells for cell in self.facts.cells)
        return ProposedFilter(source.look.origin(self.facts), "is", cells, because, stays)

    @property
    def question(self) -> str:
        """What the auditor must decide."""
        meant = ", ".join(f"{cell!r} {state.replace('_', ' ')}" for cell, state in self.meant.items())
        return _IS_IT.format(name=self.facts.name, meant=meant)


def contact_states(source: SourceProposal) -> ContactStates | None:
    """Return the free column all of whose cells say what became of a contact; None where there is none."""
    for facts in source.look.columns:
        if facts.position in source.used or not 2 <= len(facts.distinct) <= _MOST or facts.missing:
            continue
        meant = {cell: meaning(cell, vocabulary().states) for cell in facts.distinct}
        told = {cell: state for cell, state in meant.items() if state is not None}
        if len(told) == len(meant) and {_ANSWERED, _GIVEN_UP} <= set(told.values()):
            return ContactStates(facts, told)
    return None


def read_by_state(
    source: SourceProposal, states: ContactStates, wait: Fed | None
) -> Iterator[SourceProposal]:
    """Yield a source once for those answered, those that left the queue, and those still open.

    Parameters
    ----------
    source
        Contacts.
    states
        What became of each.
    wait
        The answer as fed by a duration of waiting; None where no column of waits means two things.
    """
    left = {state: column for state, column in _LEFT.items() if state in states.meant.values()}
    if wait is None:
        yield _flagged(source, states, left)
        return
    nobody = {column: Given(_NO) for column in left.values()}
    remark = _REMARK.format(state="answered", name=states.facts.name)
    yield replace(
        source,
        only=(*source.only, states.chosen(source, [_ANSWERED], "contacts that were answered")),
        constants={**source.constants, **nobody},
        doubts=(*source.doubts, states.question),
        remarks=(*source.remarks, remark),
    )
    unanswered = tuple(entry for entry in source.fed if entry.column not in ("answered", "ended"))
    plain = replace(source, fed=unanswered, constants={**source.constants, "answered": Given("")})
    yield _unanswered(plain, states, left, wait)
    if _OPEN in states.meant.values():
        still_open = states.chosen(source, [_OPEN], "contacts that are still open")
        yield replace(
            plain,
            only=(*source.only, still_open),
            constants={**plain.constants, **nobody},
            remarks=("Those still open.",),
        )


def _unanswered(
    plain: SourceProposal, states: ContactStates, left: Mapping[str, str], wait: Fed
) -> SourceProposal:
    """Return those that left the queue without an answer, with the wait until they did."""
    origin = {} if isinstance(wait.origin, str) else dict(wait.origin)
    ended = Fed("ended", {**origin, "after": "offered"}, None, doubt=wait.doubt)
    flagged = _flagged(replace(plain, fed=(*plain.fed, ended)), states, left, among=tuple(left))
    why = "contacts that left the queue without an answer"
    return replace(
        flagged,
        only=(*plain.only, states.chosen(plain, tuple(left), why)),
        doubts=(),
        remarks=("Those that left the queue unanswered, with the wait until they did.",),
    )


def _flagged(
    source: SourceProposal, states: ContactStates, left: Mapping[str, str], among: Collection[str] = ()
) -> SourceProposal:
    """Return a source of which the states say who gave up and who was passed on."""
    origin = source.look.origin(states.facts)
    cells = {cell: state for cell, state in states.meant.items() if not among or state in among}
    fed = tuple(Fed(column, origin, states.facts) for column in left.values())
    values = {
        column: {cell: _YES if stated == state else _NO for cell, stated in cells.items()}
        for state, column in left.items()
    }
    doubts = (*source.doubts, states.question)
    return replace(source, fed=(*source.fed, *fed), values={**source.values, **values}, doubts=doubts)
