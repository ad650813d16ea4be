"""What customers say by how long they waited, in sentences. That waits go with answers is no effect."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Sentence
from auditlib.service_levels.first_contact.voice_result import LimitInForce, TurningWait, VoiceAgainstClock
from auditlib.statements import Facts, joined, say


def summary(result: VoiceAgainstClock, facts: Facts) -> Iterator[Sentence]:
    """Yield satisfaction at short and long waits, where it turns, and what that says of targets."""
    yield _ends(result, facts)
    yield _turn(result, facts)
    if result.turn is not None:
        yield _target(result.turn, facts)
    for limit in result.limits:
        yield _limit(limit, result, facts)


def _ends(result: VoiceAgainstClock, facts: Facts) -> Sentence:
    if len(result.bands) < 2:
        return say(
            "{voice_used|answer|answers} on {channel} contacts name their contact, and all lie in one band "
            "of waits.",
            facts,
            channel=result.channel,
        )
    first, last = result.bands[0], result.bands[-1]
    return say(
        "Of {voice_used|answer|answers} to {question} on {channel} contacts: after waits of up to "
        "{shortest_bound} {short_unit}, {shortest} are satisfied ({first_limits}); after more than "
        "{longest_bound} {long_unit}, {longest} ({last_limits}).",
        facts,
        question=result.headline.quoted,
        channel=result.channel,
        short_unit=facts["shortest_bound"].unit,
        long_unit=facts["longest_bound"].unit,
        shortest=say("{top_box}", facts.about(first.name)),
        longest=say("{top_box}", facts.about(last.name)),
        first_limits=_limits_of(first.name, facts),
        last_limits=_limits_of(last.name, facts),
    )


def _limits_of(band: str, facts: Facts) -> Sentence:
    return say("{top_box[low]} to {top_box[high]}", facts.about(band))


def _turn(result: VoiceAgainstClock, facts: Facts) -> Sentence:
    """Say where satisfaction turns, or that no such wait can be said."""
    if result.no_turn is not None:
        return Sentence(f"{result.no_turn.reason} {result.no_turn.remedy}".strip())
    if not result.falls:
        return say(
            "No wait is shown from which on fewer of {voice_used} customers are satisfied: chance explains "
            "the differences, and no target is named.",
            facts,
        )
    if result.turn is None:
        return Sentence(
            "Within units, fewer are satisfied the longer the wait, beyond chance, but from which wait on "
            "cannot be told: no target is named."
        )
    how = "drops" if result.turn.step else "falls"
    return say(
        "Within units, satisfaction {how} from a wait of {turn} {unit} on ({turn_low} to {turn_high}), "
        "beyond chance: of those who waited so long at most, {before_turn} are satisfied, of those who "
        "waited longer {after_turn}.",
        facts,
        how=how,
        unit=facts["turn"].unit,
    )


def _target(turn: TurningWait, facts: Facts) -> Sentence:
    """Offer the turn as a target, with its rationale and its bounds."""
    return say(
        "It is offered as a target: answer within {turn} {unit}, because up to there satisfaction is not "
        "shown to differ by the wait. By chance it may lie from {turn_low} to {turn_high}: {turn_low} is the "
        "tightest target that this supports, and {turn_high} the loosest.",
        facts,
        unit=facts["turn"].unit,
    )


def _limit(limit: LimitInForce, result: VoiceAgainstClock, facts: Facts) -> Sentence:
    """Say how a limit in force lies beside the turn, and whether the catalogue allows the offered target."""
    about = facts.about(limit.criterion.id)
    start = say(
        "{criterion} allows {wait_limit} {unit}{relaxed}",
        about,
        criterion=limit.criterion.id,
        unit=about["wait_limit"].unit,
        relaxed=" (the party's profile made it looser than the edition)" if limit.relaxed else "",
    )
    if result.turn is None:
        return joined([start, ": nothing here speaks for another limit."], "")
    if limit.looser:
        judged = ", which is looser: it lets waits pass that go with less satisfaction"
        return joined([start, judged, _catalogue(limit, result.turn, about), "."], "")
    if limit.looser is None:
        judged = ", and whether that is looser cannot be told"
        return joined([start, judged, _catalogue(limit, result.turn, about), "."], "")
    return joined([start, ", which is no looser."], "")


def _catalogue(limit: LimitInForce, turn: TurningWait, facts: Facts) -> Sentence | str:
    """Say whether a profile may choose the offered target."""
    if limit.catalogue is None:
        return ""
    low, high = limit.catalogue
    bounds = say(
        "{tightest_limit} {low_unit} to {loosest_limit} {high_unit}",
        facts,
        low_unit=facts["tightest_limit"].unit,
        high_unit=facts["loosest_limit"].unit,
    )
    inside = low <= turn.seconds <= high
    allows = "which allows the offered target" if inside else "which does not allow the offered target"
    return say("; the catalogue lets it be {bounds}, {allows}", facts, bounds=bounds, allows=allows)


def _left_out(facts: Facts) -> Sentence | str:
    """Return the responses left out because nobody knows a wait, as far as there are any."""
    why = {"voice_unanswered": "on contacts never answered", "voice_vague": "on days without times"}
    there = [key for key in why if facts[key].value]
    if not there:
        return ""
    verb = "are" if len(there) > 1 else f"{{{there[0]}~is|are}}"
    parts = [say(f"{{{key}|response|responses}} {why[key]}", facts) for key in there]
    return say(f"; {{parts}} {verb} left out", facts, parts=parts)


def limits(result: VoiceAgainstClock, facts: Facts) -> Iterator[Sentence]:
    """Yield what cannot be said."""
    yield say(
        "Who waits long may differ from others in the matter, the hour and the day: that answers go with "
        "waits does not say what a shorter wait would change. Of {voice_responses|response|responses} of the "
        "period {voice_linked} name a contact of the evidence, and {voice_used} of these are used here.",
        facts,
    )
    yield say(
        "Waits are those of contacts that were answered{left_out}. Who gave up is rarely asked.",
        facts,
        left_out=_left_out(facts),
    )
    if result.contradictory:
        yield say(
            "{voice_contradictory|response|responses} on contacts said to be both answered and given up "
            "{voice_contradictory~is|are} left out too: nobody knows how long these waited.",
            facts,
        )
    if result.speed is None:
        yield Sentence(
            "No question about speed is declared for this survey: name it for this notebook in the run file, "
            "as in speed_item: q_speed."
        )
