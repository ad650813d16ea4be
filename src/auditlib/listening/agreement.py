"""Whether two survey types tell the same story of an account (A2)."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from auditlib.records import CaseReference, Item
from auditlib.standards.measure import Context, Tables
from auditlib.standards.observed import answers_to
from auditlib.statistics.intervals import wilson
from auditlib.statistics.types import Floats

Counts = dict[str, tuple[int, int]]
"""Account to answers in the top box, and all answers."""


def compared_accounts(
    tables: Tables, context: Context, *, minimum: int
) -> tuple[int, int, tuple[CaseReference, ...]]:
    """Return how many accounts do not contradict themselves, how many could be compared, and which do.

    Parameters
    ----------
    minimum
        Answers an account needs in each of two survey types.

    Notes
    -----
    An account contradicts itself where the interval of the difference between its top-box shares leaves
    zero out (Newcombe 1998, Statistics in Medicine 17:873-890, method 10) for any pair of survey types.
    Of accounts without any contradiction about one in twenty shows one by chance at 95 %.
    """
    types = {name: context.run.instrument(name).headline for name in context.run.instruments}
    counts = {name: _per_account(tables, name, item) for name, item in types.items()}
    comparable: set[str] = set()
    against: set[str] = set()
    for first, second in combinations(sorted(counts), 2):
        shared = _enough(counts[first], minimum) & _enough(counts[second], minimum)
        accounts = sorted(shared)
        comparable |= shared
        against |= _contradicting(accounts, counts[first], counts[second], level=context.confidence)
    cases = tuple(
        CaseReference("accounts", account, "", "survey types contradict") for account in sorted(against)
    )
    return len(comparable - against), len(comparable), cases


def newcombe(first: Floats, second: Floats, *, level: float) -> tuple[Floats, Floats]:
    """Return limits for differences of shares; each argument is successes and n, of shape (2, k)."""
    p, q = first[0] / first[1], second[0] / second[1]
    a, b = wilson(first[0], first[1], level=level), wilson(second[0], second[1], level=level)
    low = p - q - np.sqrt((p - a.low) ** 2 + (b.high - q) ** 2)
    high = p - q + np.sqrt((a.high - p) ** 2 + (q - b.low) ** 2)
    return low, high


def _enough(counts: Mapping[str, tuple[int, int]], minimum: int) -> set[str]:
    return {account for account, (_, n) in counts.items() if n >= minimum}


def _contradicting(accounts: list[str], first: Counts, second: Counts, *, level: float) -> set[str]:
    if not accounts:
        return set()
    pair = [
        np.array([counts[account] for account in accounts], dtype=np.float64).T for counts in (first, second)
    ]
    low, high = newcombe(pair[0], pair[1], level=level)
    return {account for account, apart in zip(accounts, (low > 0) | (high < 0), strict=True) if apart}


def _per_account(tables: Tables, survey_type: str, item: Item) -> Counts:
    import narwhals as nw

    answered = answers_to(tables.lazy("responses"), survey_type, item.item).filter(
        ~nw.col("account_id").is_null()
    )
    top = (nw.col(item.item) >= item.scale.top_box).cast(nw.Int64)
    rows = answered.group_by("account_id").agg(top=top.sum(), n=nw.len()).collect().rows()
    return {str(account): (int(count), int(n)) for account, count, n in rows}
