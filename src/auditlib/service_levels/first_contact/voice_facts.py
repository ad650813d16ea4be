"""Satisfaction by wait as numbers of the audit."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Number
from auditlib.service_levels.first_contact.voice_result import (
    LimitInForce,
    TurningWait,
    VoiceAgainstClock,
    WaitBand,
)
from auditlib.standards.observed import IN_PERIOD

_DECLARED = "Declared."
_UNITS = ((120, 1, "seconds"), (7200, 60, "minutes"), (float("inf"), 3600, "hours"))


def spoken_unit(seconds: float) -> tuple[int, str]:
    """Return the unit of time in which a wait is said, with the seconds that it has.

    Examples
    --------
    >>> spoken_unit(45), spoken_unit(300), spoken_unit(90_000)
    ((1, 'seconds'), (60, 'minutes'), (3600, 'hours'))
    """
    return next((size, unit) for below, size, unit in _UNITS if seconds < below)


def basis_of(result: VoiceAgainstClock) -> Basis:
    """Return the responses it rests on."""
    return Basis("responses", (*IN_PERIOD, ("survey_type", result.survey_type)), result.headline.item)


def facts(result: VoiceAgainstClock) -> Iterator[Number]:
    """Yield satisfaction by band, where it turns, and how many responses could be used."""
    basis = (basis_of(result),)
    for name in ("responses", "linked", "used", "unanswered", "vague", "contradictory"):
        yield Number(f"voice_{name}", getattr(result, name), "responses", basis=basis)
    for band in result.bands:
        yield from _band(band, basis)
    yield from _ends(result.bands)
    if result.p_value is not None:
        yield Number("fall_p", result.p_value, "probability", result.used, basis=basis)
    if result.turn is not None:
        yield from _turn(result.turn, basis)
    for limit in result.limits:
        yield from _limit(limit)


def _band(band: WaitBand, basis: tuple[Basis, ...]) -> Iterator[Number]:
    yield Number(f"top_box:{band.name}", band.top_box, "share", band.answers, band.interval, basis)
    yield Number(f"answers:{band.name}", band.answers, "answers", basis=basis)
    yield Number(f"mean:{band.name}", band.mean, "mean", band.answers, basis=basis)
    if band.speed_top_box is not None:
        n = band.speed_answers
        yield Number(f"speed_top_box:{band.name}", band.speed_top_box, "share", n, basis=basis)
        yield Number(f"speed_mean:{band.name}", band.speed_mean, "mean", n, basis=basis)


def _ends(bands: tuple[WaitBand, ...]) -> Iterator[Number]:
    """Yield the bounds of the shortest and the longest waits."""
    if len(bands) < 2:
        return
    for name, seconds in (("shortest", bands[0].up_to or 0), ("longest", bands[-1].over)):
        size, unit = spoken_unit(seconds)
        yield Number(f"{name}_bound", seconds / size, unit, reason=_DECLARED)


def _turn(turn: TurningWait, basis: tuple[Basis, ...]) -> Iterator[Number]:
    size, unit = spoken_unit(turn.seconds)
    for name, seconds in (("turn", turn.seconds), ("turn_low", turn.low), ("turn_high", turn.high)):
        yield Number(name, seconds / size, unit, turn.answers_before + turn.answers_after, basis=basis)
    yield Number("before_turn", turn.before, "share", turn.answers_before, basis=basis)
    yield Number("after_turn", turn.after, "share", turn.answers_after, basis=basis)


def _limit(limit: LimitInForce) -> Iterator[Number]:
    name = limit.criterion.id
    size, unit = spoken_unit(limit.seconds)
    yield Number(f"wait_limit:{name}", limit.seconds / size, unit, reason=_DECLARED)
    for end, seconds in zip(("tightest", "loosest"), limit.catalogue or (), strict=False):
        size, unit = spoken_unit(seconds)
        yield Number(f"{end}_limit:{name}", seconds / size, unit, reason=_DECLARED)
