"""The weakest point of an effect, said beside it: what takes the least to take the effect away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditlib.compensation.result import RoleEffect
from auditlib.records import Refusal

ENOUGH_LINKED = 10
"""Linked clusters from which their number is no weakness by itself."""
RARE = 0.05


@dataclass(frozen=True, slots=True)
class Weakness:
    """One thing an effect rests on.

    Parameters
    ----------
    strain
        How little it takes, from 0 (it bears anything that was tried) to 1 (it does not bear what is usual).
    template
        What was found, as a template over the facts of the role.
    """

    strain: float
    template: str


def weakest(effect: RoleEffect) -> Weakness:
    """Return what the effect of one role bears the least."""
    return max(weaknesses(effect), key=lambda weakness: weakness.strain)


def weaknesses(effect: RoleEffect) -> tuple[Weakness, ...]:
    """Return what was tried on an effect, in the order in which ties are decided."""
    return (
        *_choices(effect),
        *_departures(effect),
        *_drift(effect),
        *_placebos(effect),
        _clusters(effect),
    )


def _choices(effect: RoleEffect) -> Iterator[Weakness]:
    total = len(effect.curve.defensible)
    if not total:
        return
    template = (
        "of {choices:total|defensible choice|defensible choices}, "
        "{choices:straddling|would not show it|would not show it|none would not show it} and "
        "{choices:reversing|would turn its sign|would turn its sign|none would turn its sign}"
    )
    strain = 1.0 if len(effect.curve.reversing()) else len(effect.curve.straddling()) / total
    yield Weakness(strain, template)


def _departures(effect: RoleEffect) -> Iterator[Weakness]:
    if isinstance(effect.sensitivity, Refusal):
        return
    most = effect.sensitivity.relative
    template = "over the first quarters by themselves it is not shown even on parallel trends"
    if most:
        template = (
            "it is no longer shown if linked units would have departed from the others by more than "
            "{honest:relative} times their largest departure before"
        )
    yield Weakness(1 - min(1.0, most), template)


def _drift(effect: RoleEffect) -> Iterator[Weakness]:
    if isinstance(effect.drift, Refusal):
        return
    if effect.drift.p_value < RARE:
        template = "units to be linked drifted from the others before, by {drift|size} points a year"
        yield Weakness(1.0, template)
        return
    template = (
        "a drift of {drift:unseen|.2f} points a year before the link would have been missed in one of five "
        "audits, and would move it by {drift:carried|.2f}"
    )
    share = abs(effect.drift.carried / effect.estimate) if effect.estimate else 1.0
    yield Weakness(min(1.0, share), template)


def _placebos(effect: RoleEffect) -> Iterator[Weakness]:
    if isinstance(effect.placebo, Refusal):
        return
    nominal, rate = 1 - effect.level, effect.placebo.rate
    template = (
        "the procedure calls an effect in {placebo:rate|.1%} of placebo links (nominal {nominal|level})"
    )
    yield Weakness(1 - nominal / rate if rate > nominal else 0.0, template)


def _clusters(effect: RoleEffect) -> Weakness:
    treated = effect.inference.design.treated
    template = "it rests on {effect:treated} linked of {effect:clusters|cluster|clusters}"
    return Weakness(max(0.0, 1 - treated / ENOUGH_LINKED), template)
