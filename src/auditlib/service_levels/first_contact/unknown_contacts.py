"""How far contacts whose customer or matter is unknown can move a share."""

from __future__ import annotations


def least_and_most(resolved: int, base: int, unknown: int) -> tuple[float, float]:
    """Return the ends of a share of first contacts that so many further contacts leave open.

    An unknown contact may be a repeat of a first contact that counts as resolved, and it may show that the
    next one is no first contact: two resolved ones less, of a base that is one smaller. At best it is a first
    contact that was resolved itself, or it shows that one which was not resolved is no first contact.

    Examples
    --------
    >>> least_and_most(80, 100, 0)
    (0.8, 0.8)
    >>> [round(end, 3) for end in least_and_most(80, 100, 10)]
    [0.667, 0.889]
    """
    if not base:
        return 0.0, 1.0
    smaller = base - unknown
    least = max(0.0, (resolved - 2 * unknown) / smaller) if smaller > 0 else 0.0
    without = base - min(unknown, base - resolved)
    most = max(resolved / without if without else 0.0, (resolved + unknown) / (base + unknown))
    return least, most
