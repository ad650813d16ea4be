"""The weakest point of an effect, said beside it: what takes the least to take the effect away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.records import Refusal
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.linkage.result import RoleEffect

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
    words, keys
        What was found, and the numbers it states.
    """

    strain: float
    words: str
    keys: tuple[str, ...]


def weakest(one: RoleEffect) -> Weakness:
    """Return what the effect of one role bears the least."""
    return max(weaknesses(one), key=lambda weakness: weakness.strain)


def weaknesses(one: RoleEffect) -> tuple[Weakness, ...]:
    """Return what was tried on an effect, in the order in which ties are decided."""
    return (*_choices(one), *_departures(one), *_drift(one), *_placebos(one), *_clusters(one))


def _choices(one: RoleEffect) -> Iterator[Weakness]:
    total, key = len(one.curve.defensible), f"choices:{one.role}"
    turned, lost = len(one.curve.reversing()), len(one.curve.straddling())
    if total:
        words = (
            f"of {counted(total, 'defensible choice')}, {lost or 'none'} would not show it and "
            f"{turned or 'none'} would turn its sign"
        )
        keys = (f"{key}:total", f"{key}:straddling", f"{key}:reversing")
        yield Weakness(1.0 if turned else lost / total, words, keys)


def _departures(one: RoleEffect) -> Iterator[Weakness]:
    if isinstance(one.honest, Refusal):
        return
    most = one.honest.relative
    words = "over the first quarters by themselves it is not shown even on parallel trends"
    if most:
        words = (
            "it is no longer shown if linked units would have departed from the others by more than "
            f"{most:.2f} times their largest departure before"
        )
    yield Weakness(1 - min(1.0, most), words, (f"honest:{one.role}:relative",))


def _drift(one: RoleEffect) -> Iterator[Weakness]:
    if isinstance(one.drift, Refusal):
        return
    found, key = one.drift, f"drift:{one.role}"
    if found.p_value < RARE:
        words = f"units to be linked drifted from the others before, by {abs(found.slope):.2f} points a year"
        yield Weakness(1.0, words, (key,))
        return
    words = (
        f"a drift of {found.unseen:.2f} points a year before the link would have been missed in one of five "
        f"audits, and would move it by {found.carried:.2f}"
    )
    share = abs(found.carried / one.estimate) if one.estimate else 1.0
    yield Weakness(min(1.0, share), words, (f"{key}:unseen", f"{key}:carried"))


def _placebos(one: RoleEffect) -> Iterator[Weakness]:
    if isinstance(one.placebo, Refusal):
        return
    nominal, rate = 1 - one.level, one.placebo.rate
    words = (
        f"the procedure calls an effect in {100 * rate:.1f}% of placebo links (nominal {100 * nominal:.3g}%)"
    )
    strain = 1 - nominal / rate if rate > nominal else 0.0
    yield Weakness(strain, words, (f"placebo:{one.role}:rate", "nominal"))


def _clusters(one: RoleEffect) -> Iterator[Weakness]:
    treated, total = one.tested.design.treated, one.tested.design.clusters
    words = f"it rests on {treated} linked of {counted(total, 'cluster')}"
    keys = (f"effect:{one.role}:treated", f"effect:{one.role}:clusters")
    yield Weakness(max(0.0, 1 - treated / ENOUGH_LINKED), words, keys)
