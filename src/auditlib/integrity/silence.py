"""What silence is worth, in words: what could not be looked for, what would not have shown, what would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlib.integrity.result import IntegrityResult, Reach
from auditlib.records import Sentence
from auditlib.statements import Facts, counted, say

WOULD_SHOW = "no sign; it would have been seen"
WOULD_NOT = "would not have been seen"
SOME = "would have been seen in some groups only"
NOT_TESTED = "cannot be looked for"


def silence(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what could not be looked for or would not have been seen, and only then what shows no sign."""
    blind = result.blind
    if blind:
        yield say(
            "Of {faults|way|ways} in which linked units could manage their scores, {blind} would not have "
            "been seen with this evidence; silence says nothing about: {what}.",
            facts,
            what=[_fault(reach) for reach in blind],
        )
    if not result.alarms:
        yield _no_sign([reach for reach in result.reach if reach.clear], result, facts)


def _no_sign(clear: Sequence[Reach], result: IntegrityResult, facts: Facts) -> Sentence:
    if not result.visible:
        return say(
            "No alarm is raised by {tests|test|tests} in {groups|group|groups} of linked units; what they "
            "would have missed was not measured.",
            facts,
        )
    if not clear:
        return say(
            "No alarm is raised by {tests|test|tests} in {groups|group|groups} of linked units, and with so "
            "little to go by that is no sign of honest scores either.",
            facts,
        )
    return say(
        "No sign is shown where a sign would have been seen, which is said of groups in which at least "
        "{least_power|.0%} of companies drawn like this one raise an alarm: {what}.",
        facts,
        what=[_where(reach) for reach in clear],
    )


def _fault(reach: Reach) -> Sentence:
    return Sentence(reach.fault.words, (f"size:{reach.fault.key}",))


def _where(reach: Reach) -> Sentence:
    keys = (f"size:{reach.fault.key}", f"clear:{reach.fault.key}", "groups")
    return Sentence(
        f"{reach.fault.words} (in {len(reach.clear)} of {counted(reach.all_groups, 'group')})", keys
    )


def reading(reach: Reach, *, alarmed: bool) -> str:
    """Return what can be said of one fault, in a table.

    Parameters
    ----------
    alarmed
        Whether a sign of its kind needs explanation in any group.
    """
    if not reach.drawn:
        return NOT_TESTED
    if alarmed:
        return "a sign of this kind needs explanation"
    if reach.everywhere:
        return WOULD_SHOW
    return SOME if reach.clear else WOULD_NOT
