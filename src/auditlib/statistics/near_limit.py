"""Do events heap just before a limit: counts next to it against counts a little further away, exactly."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.statistics.types import Numbers, as_floats


@dataclass(frozen=True, slots=True)
class NearLimit:
    """Events just before a limit, out of those in the stretch before it.

    Parameters
    ----------
    near, stretch
        Events within the last `width`, and within the last `reference`, of the limit.
    expected
        Share of the stretch that would be near it: if events were spread evenly over it, or as the other
        events are where more of those are near.
    p_value
        One-sided: chance of so many or more near the limit.
    """

    near: int
    stretch: int
    expected: float
    p_value: float

    @property
    def share(self) -> float:
        """Share of the stretch that is near the limit; 0 without an event."""
        return self.near / self.stretch if self.stretch else 0.0


def near_limit(
    remaining: Numbers, *, width: float, reference: float, others: Numbers = (), least: int = 10
) -> NearLimit:
    """Test whether events heap within the last `width` before a limit.

    Parameters
    ----------
    remaining
        What was left of the limit at each independent event, as a share of it (0 at the limit, 1 at its
        beginning). Events outside ``0 < left <= reference`` take no part.
    width, reference
        ``0 < width < reference <= 1``.
    others
        What was left at each of other events that the same rhythm of work brings about. Where at least
        `least` of them lie in the stretch, events must heap beyond those as well.

    Notes
    -----
    Given how many events fall into the stretch, those near the limit are binomial with ``width / reference``
    if the rate is constant over the stretch. Where fewer cases are still open towards the limit the rate
    falls, and the test is the more cautious for it. Work has a rhythm, however: three days after its opening
    a case is in the same hour of the day, and nights lie empty before it. Beside other events the larger of
    two p-values is taken, the second Fisher's exact one. Conditional exact test of two Poisson counts
    (Przyborowski and Wilenski 1940, Biometrika 31:313-323).

    Examples
    --------
    >>> near_limit([0.01, 0.02, 0.03, 0.12], width=0.05, reference=0.2).near
    3
    """
    from scipy.stats import binom, hypergeom

    if not 0 < width < reference <= 1:
        raise ValueError("the window lies inside the stretch, and both between 0 and 1")
    (near, stretch), (close, beside) = (_counts(side, width, reference) for side in (remaining, others))
    expected = width / reference
    p_value = float(binom.sf(near - 1, stretch, expected)) if stretch else 1.0
    if stretch and beside >= least:
        fisher = float(hypergeom.sf(near - 1, stretch + beside, near + close, stretch))
        p_value, expected = max(p_value, fisher), max(expected, close / beside)
    return NearLimit(near, stretch, expected, min(1.0, p_value))


def _counts(remaining: Numbers, width: float, reference: float) -> tuple[int, int]:
    """Return the events near the limit, and in the stretch before it."""
    shares = as_floats(remaining)
    inside = shares[(shares > 0) & (shares <= reference)]
    return int((inside <= width).sum()), len(inside)
