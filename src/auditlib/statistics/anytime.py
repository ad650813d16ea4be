"""Limits that may be looked at after every month and keep their error, however often one looks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditlib.statistics.types import Floats, Limits, Numbers, as_floats

_STAKES = np.geomspace(1 / 512, 0.98, 24)
"""Shares of the wealth that are bet; an even mixture of them finds small and large differences alike."""
_HALVINGS = 40
"""Of the range in which a limit is looked for: its error is below one part in a million million."""


def wealth(counts: Numbers, values: Numbers, mean: float) -> Floats:
    """Return, look by look, the logarithm of what bets against a mean of at most `mean` have won.

    Parameters
    ----------
    counts
        Answers so far of each value, shape (looks, values); each look holds those before.
    values
        What was answered, between 0 and 1.
    mean
        Above 0 and at most 1.

    Returns
    -------
    numpy.ndarray
        Shape (looks,). Where every answer has, after all before it, an expected value of at most `mean`,
        the wealth ever exceeds 1 / alpha with a probability of at most alpha (Ville's inequality).

    Notes
    -----
    Betting on bounded answers (Waudby-Smith and Ramdas 2024, JRSS B 86:1-27), with a stake that is mixed over
    instead of chosen as one goes, so that only counts matter and not the order within a month: for a stake c
    an answer x multiplies the wealth by 1 - c + c x / mean.
    """
    number, x = np.atleast_2d(as_floats(counts)), as_floats(values)
    if ((x < 0) | (x > 1)).any() or (number < 0).any():
        raise ValueError("values lie between 0 and 1, and counts are not negative")
    gains = number @ np.log(1 - _STAKES + _STAKES * x[:, None] / mean)
    most = gains.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(gains - most).mean(axis=1)) + most[:, 0])


def limits(counts: Numbers, values: Numbers, *, level: float = 0.95) -> Limits:
    """Return limits of the mean at every look, all of which hold together with the chance `level`.

    Parameters
    ----------
    counts, values
        See `wealth`.

    Notes
    -----
    A mean is ruled out once bets against it would have won 2 / (1 - level) times the stake, on either side.
    The wealth falls as the mean it bets against grows, so that a limit is found by halving.
    """
    number, x = np.atleast_2d(as_floats(counts)), as_floats(values)
    needed = float(np.log(2 / (1 - level)))
    low = _lower(number, x, needed)
    return Limits(low, 1 - _lower(number, 1 - x, needed))


def _lower(counts: Floats, values: Floats, needed: float) -> Floats:
    """Return the lower limit at every look."""
    below, above = np.zeros(len(counts)), np.ones(len(counts))
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        ruled_out = np.array(
            [
                wealth(row, values, mean)[0] >= needed
                for row, mean in zip(counts, np.maximum(middle, 1e-12), strict=True)
            ]
        )
        below, above = np.where(ruled_out, middle, below), np.where(ruled_out, above, middle)
    return below


def first_beyond(bounds: Limits, target: float) -> tuple[int, int] | None:
    """Return the first look at which the limits leave `target` on one side, and the side; None if none does.

    Returns
    -------
    tuple of int or None
        Place of the look, and 1 where all that is possible lies above the target, -1 where below.
    """
    beyond: NDArray[np.int64] = (bounds.low > target).astype(np.int64) - (bounds.high < target)
    places = np.flatnonzero(beyond)
    return (int(places[0]), int(beyond[places[0]])) if len(places) else None
