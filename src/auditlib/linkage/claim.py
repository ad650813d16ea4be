"""What may be claimed of an effect: only what its own test and its placebos both support."""

from __future__ import annotations

from enum import StrEnum

from auditlib.linkage.placebo import Placebos
from auditlib.linkage.tested import Tested
from auditlib.records import Refusal


class EffectClaim(StrEnum):
    """What may be said of an effect."""

    SHOWN = "shown"
    """The test calls it an effect, and so does its place among placebos."""
    DISPUTED = "disputed"
    """The test calls it an effect, but too many placebos look as strong."""
    NOT_SHOWN = "not shown"
    """The test calls it none, or there are no placebos to say how often the test is wrong."""
    UNTESTABLE = "cannot be tested"


def calibrated(estimate: float, tested: Tested, placebo: Placebos | Refusal) -> float | None:
    """Return the placebo-calibrated p-value; None without placebos or without a jackknife error."""
    if isinstance(placebo, Refusal) or not tested.error:
        return None
    return placebo.p_value(estimate / tested.error)


def claim(
    estimate: float, tested: Tested, placebo: Placebos | Refusal, *, level: float = 0.95
) -> EffectClaim:
    """Return what may be claimed.

    Parameters
    ----------
    estimate
        The effect that was tested.
    placebo
        Placebos dealt at random; without them nothing is shown, whatever the test says.
    """
    if isinstance(tested.method, Refusal) or tested.p_value is None:
        return EffectClaim.UNTESTABLE
    if tested.p_value > 1 - level:
        return EffectClaim.NOT_SHOWN
    beside = calibrated(estimate, tested, placebo)
    if beside is None:
        return EffectClaim.NOT_SHOWN
    return EffectClaim.SHOWN if beside <= 1 - level else EffectClaim.DISPUTED


def unchecked(estimate: float, tested: Tested, placebo: Placebos | Refusal, *, level: float = 0.95) -> str:
    """Return why an effect that the test alone calls one is not claimed; empty where that is not so."""
    if isinstance(tested.method, Refusal) or tested.p_value is None or tested.p_value > 1 - level:
        return ""
    if isinstance(placebo, Refusal):
        return placebo.reason
    if calibrated(estimate, tested, placebo) is None:
        return "No error by cluster can be had, so that the effect has no place among placebo links."
    return ""
