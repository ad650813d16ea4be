"""Declared faults planted in a drawn company: what the sums after the link would be if somebody did this.

Sums stay whole numbers: of those concerned, each is struck by chance with the declared share.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.sides import Sides
from auditlib.statistics.types import Floats

_HALF = 0.5
Struck = dict[str, Floats]


class Striking:
    """The sums after the link of drawn companies, of which linked units' are changed.

    Parameters
    ----------
    sides, actual
        The drawn company, and the client's own.
    policy
        Windows.
    rng
        Draws who is struck.
    """

    def __init__(
        self, sides: Sides, actual: Sides, policy: IntegrityPolicy, rng: np.random.Generator
    ) -> None:
        self.actual, self.policy, self.rng = actual, policy, rng
        self.linked = sides.group.linked
        self.sums: Struck = {name: value.copy() for name, value in sides.after.items()}

    def of(self, counts: Floats, share: Floats | float) -> Floats:
        """Return how many of `counts` are struck in linked units, each with chance `share`."""
        n = np.maximum(np.rint(counts), 0).astype(np.int64)
        return np.asarray(self.rng.binomial(n, np.clip(share, 0, 1)) * self.linked, dtype=np.float64)

    def move(self, source: Floats, into: str, share: float) -> Floats:
        """Add to `into` those of `source` that are struck, and return how many."""
        struck = self.of(source, share)
        self.sums[into] = self.sums[into] + struck
        return struck

    def take(self, name: str, struck: Floats) -> None:
        """Take away those struck, where the evidence counts `name`."""
        if name in self.sums:
            self.sums[name] = np.maximum(self.sums[name] - struck, 0)


def _uninvited(to: Striking, share: float) -> None:
    """Leave out customers with a bad experience: their answers, and their invitations, are missing."""
    low = to.sums["low"] / np.maximum(to.sums["answers"], 1)
    struck = to.of(to.sums["low"], share)
    if "invited" in to.sums:
        silent = to.sums["invited"] - to.sums["answered"]
        to.take("invited", struck + to.of(silent, low * share))
        to.take("answered", struck)
    for name in ("low", "answers"):
        to.take(name, struck)
    if "complainants_invited" in to.sums:
        to.take(
            "complainants_invited", to.of(to.sums["complainants_invited"], share * _own(to.actual, to.policy))
        )
    if "reopened_invited" in to.sums:
        to.take("reopened_invited", to.of(to.sums["reopened_invited"], share))


def _own(actual: Sides, policy: IntegrityPolicy) -> float:
    """Return how many complainants' invitations a survey would find unhappy, with no second one near."""
    low, answered = (_both(actual, name) for name in ("complainants_low", "complainants_answered"))
    asked, days = (
        _both(actual, name) if name in actual.after else 0.0 for name in ("happy_asked", "happy_days")
    )
    second = 1 - np.exp(-2 * policy.transaction_days * asked / max(days, _HALF))
    return float(low / max(answered, _HALF) * (1 - second))


def _both(actual: Sides, name: str) -> float:
    return float(actual.before[name].sum() + actual.after[name].sum())


def _discouraged(to: Striking, share: float) -> None:
    struck = to.of(to.sums["low"], share)
    for name in ("low", "answers", "answered"):
        to.take(name, struck)


def _not_again(event: str) -> Callable[[Striking, float], None]:
    def strike(to: Striking, share: float) -> None:
        to.take(f"{event}_asked", to.of(to.sums[f"{event}_asked"], share))

    return strike


def _filled_in(to: Striking, share: float) -> None:
    """Replace answers by the best score on every question, and no word."""
    sums = to.sums
    to.take("low", to.of(sums["low"], share))
    if "silent_top" in sums:
        silent = to.of(sums["top"] - sums["silent_top"], share)
        struck = to.move(sums["answers"] - sums["top"], "top", share)
        sums["silent_top"] = sums["silent_top"] + silent + struck
    if "perfect" in sums:
        imperfect = sums["complete"] - sums["perfect"]
        struck = to.move(imperfect, "perfect", share)
        rest = 1 - struck / np.maximum(imperfect, 1)
        for name in ("imperfect", "imperfect_squares"):
            sums[name] = sums[name] * rest


def _marked(name: str, of: str) -> Callable[[Striking, float], None]:
    def strike(to: Striking, share: float) -> None:
        to.move(to.sums[of] - to.sums[name], name, share)

    return strike


def _lifted(to: Striking, share: float) -> None:
    struck = to.move(to.sums["heap_below"], "heap_above", share)
    to.take("heap_below", struck)


STRIKES: Mapping[str, Callable[[Striking, float], None]] = {
    "uninvited": _uninvited,
    "discouraged": _discouraged,
    "not_again": _not_again("unhappy"),
    "not_after_complaint": _not_again("complained"),
    "filled_in": _filled_in,
    "one_device": _marked("shared", "devices"),
    "straight": _marked("straight", "lines"),
    "begging": _marked("begging", "comments"),
    "lifted": _lifted,
    "month_end": _marked("late_top", "top"),
}


def struck(
    sides: Sides,
    actual: Sides,
    fault: str,
    share: float,
    *,
    policy: IntegrityPolicy,
    rng: np.random.Generator,
) -> Sides:
    """Return the drawn companies `sides` with a fault planted in linked units after the link.

    Parameters
    ----------
    actual
        The client's own sums, which tell how complainants answer.
    fault, share
        A key of `STRIKES`, and the share of those concerned that it strikes.
    """
    to = Striking(sides, actual, policy, rng)
    STRIKES[fault](to, share)
    return replace(sides, after=to.sums)
