"""Whether shares of several groups differ by more than chance makes equal ones differ."""

from __future__ import annotations

from auditlib.statistics.types import Floats, Numbers, as_floats


def equal_shares(successes: Numbers, n: Numbers, *, design_effect: float = 1.0) -> float:
    """Return how often equal shares differ at least so much: the p-value of the test of homogeneity.

    Parameters
    ----------
    successes, n
        Of each group, at least two groups with cases.
    design_effect
        Cases that are worth one independent case.

    Notes
    -----
    Pearson's chi-squared, divided by the design effect where cases of one person come together (Rao and Scott
    1981, JASA 76:221-230, the correction of the first order).

    Examples
    --------
    >>> round(equal_shares([41, 42], [100, 100]), 2), equal_shares([41, 80], [100, 100]) < 0.001
    (0.89, True)
    """
    from scipy.special import chdtrc

    count, total = as_floats(successes), as_floats(n)
    share = float(count.sum() / total.sum())
    if share in (0.0, 1.0):
        return 1.0
    squares = (count - share * total) ** 2 / (share * (1 - share) * total)
    return float(chdtrc(len(total) - 1, squares.sum() / design_effect))


def design_effect_of_shares(share: Numbers, persons: Numbers, n: Numbers, squares: Floats) -> float:
    """Return how many cases are worth one independent case, at least 1, over all groups.

    Parameters
    ----------
    share, persons, n
        Of each group: its share, how many persons its cases come from, and its cases.
    squares
        Of each group: the sum over its persons of (successes - share x cases) squared.
    """
    p, people, total = as_floats(share), as_floats(persons), as_floats(n)
    several = people > 1
    alone = (p * (1 - p) * total)[several].sum()
    if alone <= 0:
        return 1.0
    return max(1.0, float((people / (people - 1 + (~several)) * squares)[several].sum() / alone))
