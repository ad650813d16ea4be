"""What signs amount to in words. Nothing here accuses: a sign asks for an explanation."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.integrity.detection import Detection, ScoreChange, SignStrength
from auditlib.integrity.detectors import RATIO
from auditlib.integrity.facts import shared_key
from auditlib.integrity.groups import whom
from auditlib.integrity.innocent import innocent
from auditlib.integrity.patterns import SignPattern
from auditlib.integrity.refused import refused
from auditlib.integrity.result import IntegrityResult
from auditlib.integrity.silence import silence
from auditlib.integrity.visibility import LEVEL, limits_of
from auditlib.records import Sentence
from auditlib.statements import Facts, counted, listed, percent, say, with_sign

_MEANWHILE = (
    "Until it is explained, settle the bonuses of these units on a sample drawn and invited by somebody "
    "whose pay does not depend on it, and credit the link with none of their rise. Put the question to the "
    "party, not to a person: a sign is about a group of units."
)

_NOTHING_TO_ASK = "Nothing needs to be asked; look again when the next units are linked."
_SETTLED = (
    "What would not have been seen is settled by hand: draw transactions of linked units at random, and see "
    "whether each customer was invited and who answered."
)
_BY_HAND = f"Nothing needs to be asked because of a sign. {_SETTLED}"


def measured(detection: Detection, level: float) -> Sentence:
    """Return the effect of a detection in words.

    Parameters
    ----------
    detection
        What a detector found in a group.
    level
        Of its interval.
    """
    if detection.effect is None:
        return Sentence(detection.reason, (f"effect:{detection.key}",))
    interval = f"{level:.0%} interval"
    if detection.detector.effect == RATIO:
        value, low, high = (f"{end:.2f}" for end in detection.effect)
        text = f"{value} times that of the others ({interval} {low} to {high})"
    else:
        value, low, high = (with_sign(end, decimals=1) for end in detection.effect)
        text = f"{value} percentage points against the others ({interval} {low} to {high})"
    return Sentence(f"{detection.detector.looks_at} {text}", (f"effect:{detection.key}",))


def score_moved(score: ScoreChange, level: float) -> Sentence:
    """Say what the scores of a group did, and what that is worth while a sign is unexplained.

    Parameters
    ----------
    score
        The change of the mean score.
    level
        Of its interval.
    """
    ends = (score.contrast.estimate, score.contrast.low, score.contrast.high)
    value, low, high = (with_sign(end, decimals=2) for end in ends)
    size = f"{value} points ({level:.0%} interval {low} to {high})"
    if score.contrast.low > 0:
        text = f"Their mean score rose by {size}; until then that rise cannot be relied on either."
    elif score.contrast.high < 0:
        text = f"Their mean score fell all the same, by {size}."
    else:
        text = (
            f"No change of their mean score is shown; {low} to {high} points is not ruled out ({level:.0%} "
            "interval)."
        )
    return Sentence(text, (score.key,))


def summary(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Yield the answer, and how sure it is."""
    if result.not_applicable is not None:
        word = "assessable" if result.unknown else "applicable"
        text = f"Not {word}: {result.not_applicable.reason} {result.not_applicable.remedy}"
        yield Sentence(text, ("alarms",))
    elif not result.tested:
        yield from refused(result, facts)
    else:
        for alarms in result.alarmed.values():
            yield _alarm(result, alarms, facts)
        yield from silence(result, facts)
        yield from _fewer_low(result, facts)
        yield _sure(result, facts)


def _continued(*phrases: Sentence) -> Sentence:
    """Return phrases one after the other, and all they state."""
    keys = dict.fromkeys(key for phrase in phrases for key in phrase.keys)
    return Sentence("".join(phrase.text for phrase in phrases), tuple(keys))


def _alarm(result: IntegrityResult, alarms: tuple[SignPattern, ...], facts: Facts) -> Sentence:
    """Say which signs of one group need explanation, and what its scores did meanwhile."""
    first, level = alarms[0], result.level
    carrying = (detection for alarm in alarms for detection in alarm.carried_by)
    clearest = min(carrying, key=lambda detection: detection.p_value)
    start = say(
        "The scores of the {units} {whom} need explanation before anyone relies on them: {signs}, which "
        "proves nothing about anyone. The clearest sign: {clearest}.",
        facts.about(first.key),
        whom=whom(first.group),
        signs=[Sentence(alarm.pattern.plain, (f"p_adjusted:{alarm.key}",)) for alarm in alarms],
        clearest=measured(clearest, level),
    )
    scores = (score_moved(score, level) for score in result.scores if score.group.name == first.group.name)
    parts = [say(" {moved}", facts, moved=moved) for moved in scores]
    belong = ("of these units also belongs", "of these units also belong")
    shared: list[str | Sentence] = [
        Sentence(
            f"{counted(count, *belong)} to the {whom(result.alarmed[name][0].group)}",
            (shared_key(first.group, result.alarmed[name][0].group),),
        )
        for name, count in result.shares(first.group.name).items()
    ]
    if shared:
        parts.append(say(" {shared}.", facts, shared=shared))
    return _continued(start, *parts)


def _sure(result: IntegrityResult, facts: Facts) -> Sentence:
    limit = say("Where nothing changed, these tests raise an alarm in at most {error|.0%} of audits", facts)
    if not result.visible:
        return say("{limit}.", facts, limit=limit)
    low, high = (percent(end, decimals=0) for end in limits_of(result.false_alarms, result.drawn))
    return say(
        "{limit}. Of {drawn|company|companies} drawn with the units, volumes, links and answers of this one, "
        "in which nobody manages scores, {share} raised one ({level} interval {low} to {high}).",
        facts,
        limit=limit,
        share=Sentence(percent(result.false_alarms, decimals=0), ("false_alarms",)),
        level=percent(LEVEL, decimals=0),
        low=low,
        high=high,
    )


def _fewer_low(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Say where low answers became fewer than the rest accounts for, and what speaks against a fix."""
    for detection in result.detections:
        fewer = detection.detector.key == "low_scores_missing" and detection.sign is SignStrength.WATCH
        if not fewer or detection.group.name in result.alarmed:
            continue
        beside = [
            entry
            for entry in result.detections
            if entry.group.name == detection.group.name
            and entry.detector.key in _TELLS_A_FIX
            and entry.contrast is not None
        ]
        yield say(
            "In the {whom} low answers became fewer than the rest of the answers accounts for. An honest fix "
            "of a bad cause does that, and so does not inviting the unhappy: {which}.",
            facts,
            whom=Sentence(whom(detection.group), (f"p:{detection.key}",)),
            which=_FITS_A_FIX if beside else _CANNOT_TELL,
        )


_TELLS_A_FIX = ("complaints_diverge", "complainants_not_invited", "reopened_not_invited")
_FITS_A_FIX = "complaints do not speak against a fix here"
_CANNOT_TELL = "without complaints or cases that can be held against invitations, nothing tells which"


def reversals(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what would reverse the answer."""
    if not result.tested:
        return
    if not result.alarms:
        yield _could_hide(result, facts)
    for alarm in result.alarms:
        for detection in alarm.carried_by:
            yield say(
                "{title} ({whom}) would be explained by something else if this holds: {innocent}",
                facts,
                title=Sentence(detection.detector.title, (f"p:{detection.key}",)),
                whom=whom(alarm.group),
                innocent=innocent(detection, result.business_in(alarm.group.name)),
            )


def _could_hide(result: IntegrityResult, facts: Facts) -> Sentence:
    return say(
        "{worth_a_look|detection|detections} would have been called unusual had each been the only test; "
        "among so many, some are by chance. Gaming in one unit, or from before the period on, would not be "
        "seen.",
        facts,
    )


def limits(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what cannot be said."""
    if not result.patterns:
        return
    yield Sentence(
        "A sign says that something changed when pay was linked, not who did what, nor why. Gaming "
        "that began before the period, in a single unit or in all units alike, leaves no contrast."
    )
    yield say("{untested} of {detections|detection|detections} could not be tested.", facts)


def advice(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what to do."""
    if not result.tested:
        if result.patterns:
            yield Sentence(f"None of the signs could be looked for. {_SETTLED}")
        return
    if not result.alarms:
        yield Sentence(_NOTHING_TO_ASK if all(part.everywhere for part in result.reach) else _BY_HAND)
        return
    for kind in dict.fromkeys(alarm.pattern for alarm in result.alarms):
        alarms = [alarm for alarm in result.alarms if alarm.pattern is kind]
        groups = [Sentence(whom(alarm.group), (f"p_adjusted:{alarm.key}",)) for alarm in alarms]
        what = kind.asked(transactions=bool(result.business))
        yield say("Ask for {what} ({groups}).", facts, what=what, groups=groups)
    yield Sentence(_MEANWHILE)


def reading(result: IntegrityResult, score: ScoreChange) -> str:
    """Say how far a change of scores can be relied on, in a table.

    Parameters
    ----------
    result
        The signs.
    score
        What the scores of a group did.
    """
    rise = "a rise" if score.contrast.low > 0 else "no rise is shown"
    if score.group.name in result.alarmed:
        return f"{rise}; not to be relied on until the signs are explained"
    shared = result.in_common(score)
    if shared:
        return f"{rise}; {shared} of the units also belong to a group with signs to be explained"
    if result.hidden(score.group.name):
        return f"{rise}; whether all its customers were heard would not have been seen"
    return f"{rise}, and no sign that needs explanation"


def signs_of(result: IntegrityResult, group: str) -> str:
    """Return the signs of a group that need explanation, as a list."""
    return listed([alarm.pattern.title for alarm in result.alarmed.get(group, ())]) or "none"
