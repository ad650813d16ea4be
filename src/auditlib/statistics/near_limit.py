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
        Share of the stretch that would be near it if events were spread evenly over the stretch.
    p_value
        One-sided: chance of so many or more near the limit, were they spread evenly.
    """

    near: int
    stretch: int
    expected: float
    p_value: float

    @property
    def share(self) -> float:
        """Share of the stretch that is near the limit; 0 without an event."""
        return self.near / self.stretch if self.stretch else 0.0


def near_limit(left: Numbers, *, width: float, reference: float) -> NearLimit:
    """Test whether events heap within the last `width` before a limit.

    Parameters
    ----------
    left
        What was left of the limit at each independent event, as a share of it (0 at the limit, 1 at its
        beginning). Events outside ``0 < left <= reference`` take no part.
    width, reference
        ``0 < width < reference <= 1``.

    Notes
    -----
    Given how many events fall into the stretch, those near the limit are binomial with ``width / reference``
    if the rate is constant over the stretch. Where fewer cases are still open towards the limit the rate
    falls, and the test is the more cautious for it. Conditional exact test of two Poisson counts
    (Przyborowski and Wilenski 1940, Biometrika 31:313-323).

    Examples
    --------
    >>> near_limit([0.01, 0.02, 0.03, 0.12], width=0.05, reference=0.2).near
    3
    """
    from scipy.stats import binom

    if not 0 < width < reference <= 1:
        raise ValueError("the window lies inside the stretch, and both between 0 and 1")
    shares = as_floats(left)
    inside = shares[(shares > 0) & (shares <= reference)]
    near, stretch, expected = int((inside <= width).sum()), len(inside), width / reference
    p_value = float(binom.sf(near - 1, stretch, expected)) if stretch else 1.0
    return NearLimit(near, stretch, expected, min(1.0, p_value))
