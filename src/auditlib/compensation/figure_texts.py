"""What a reader who cannot see a figure of linked pay must know."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from auditlib.compensation.result import RoleEffect
from auditlib.records import Refusal
from auditlib.statements import counted, spanned, with_sign


def alt(effect: RoleEffect, figure: str) -> str:
    """Return what a reader who cannot see a figure must know.

    Parameters
    ----------
    figure
        ``events``, ``choices``, ``placebo`` or ``departures``.
    """
    described = _ALTS[figure](effect) or "there is nothing to draw; the figure says why."
    return f"Linking the pay of {effect.noun}: {described}"


def _points(value: float) -> str:
    return with_sign(value, decimals=2)


def _alt_of_events(effect: RoleEffect) -> str:
    if isinstance(effect.events, Refusal):
        return ""
    by_phase = effect.events.frame.groupby("phase", sort=False)["estimate"]
    ends = ((phase, _points(part.min()), _points(part.max())) for phase, part in by_phase)
    spans = [
        f"{phase} {spanned(low, high, apart='{low} to {high}', same='{low}').text}"
        for phase, low, high in ends
    ]
    return f"estimates by quarter, in points: {'; '.join(spans)}."


def _alt_of_choices(effect: RoleEffect) -> str:
    values = effect.curve.defensible["estimate"]
    if values.empty:
        return ""
    lie = counted(len(values), "defensible choice lies", "defensible choices lie")
    least, most = _points(values.min()), _points(values.max())
    where = spanned(least, most, apart="between {low} and {high} points", same="at {low} points").text
    used = f"the one used is {_points(effect.estimate)}." if effect.tested else "none of them can be tested."
    return f"estimates of {lie} {where}; {used}"


def _alt_of_placebo(effect: RoleEffect) -> str:
    if isinstance(effect.placebo, Refusal):
        return ""
    spread = float(effect.placebo.estimate.std())
    return (
        f"estimates of placebo links scatter around {_points(effect.placebo.mean)} with a standard deviation "
        f"of {spread:.2f}; the actual links "
        + (f"have {_points(effect.estimate)}." if effect.tested else "cannot be tested and are not drawn.")
    )


def _alt_of_departures(effect: RoleEffect) -> str:
    if isinstance(effect.sensitivity, Refusal):
        return ""
    until = "holds zero even where none is allowed"
    if effect.sensitivity.relative:
        until = f"holds zero beyond {effect.sensitivity.relative:.2f} times the largest earlier one"
    return f"the interval widens with the departures that are allowed, and {until}."


_ALTS: Mapping[str, Callable[[RoleEffect], str]] = {
    "events": _alt_of_events,
    "choices": _alt_of_choices,
    "placebo": _alt_of_placebo,
    "departures": _alt_of_departures,
}
