"""Customers who are invited again: how far they answer, or do not, every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw

RESPONDENTS = ("customer_id", "account_id")
"""What tells who was invited, the surest first."""


def answered_alike(invitations: nw.LazyFrame[Any]) -> float:
    """Return how many invitations are worth one independent one; 1 where it is not known who was invited.

    Parameters
    ----------
    invitations
        Those of the period: unit_id, answered, and who was invited, where that is known.
    """
    import numpy as np

    from auditlib.statistics.equal_shares import design_effect_of_shares

    names = invitations.collect_schema().names()
    sums = (_sums(invitations, who) for who in RESPONDENTS if who in names)
    rows = next((rows for rows in sums if rows), None)
    if rows is None:
        return 1.0
    n, answered, persons, squares, mixed, sizes = np.array(rows, dtype=np.float64).T
    share = answered / n
    within = squares - 2 * share * mixed + share**2 * sizes
    return design_effect_of_shares(share, persons, n, within)


def _sums(invitations: nw.LazyFrame[Any], who: str) -> list[tuple[int, ...]]:
    """Return by unit: invitations, answers, persons, and the sums of their squares and products."""
    import narwhals as nw

    known = invitations.filter(~nw.col(who).is_null())
    persons = known.group_by("unit_id", who).agg(n=nw.len(), r=nw.col("answered").cast(nw.Int64).sum())
    n, r = nw.col("n").cast(nw.Int64), nw.col("r").cast(nw.Int64)
    products = persons.select("unit_id", n=n, r=r, rr=r * r, rn=r * n, nn=n * n)
    by_unit = products.group_by("unit_id").agg(
        nw.col("n").sum(),
        nw.col("r").sum(),
        nw.col("rr").sum(),
        nw.col("rn").sum(),
        nw.col("nn").sum(),
        persons=nw.len(),
    )
    columns = ("n", "r", "persons", "rr", "rn", "nn")
    rows = by_unit.sort("unit_id").collect().rows(named=True)
    return [tuple(int(row[column]) for column in columns) for row in rows]
