"""The contacts on which two sources contradict each other, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import to_pandas
from auditlib.service_levels.first_contact.result import Disagreement
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.first_contact.window_parts import in_base, within_window

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

MOST_CASES = 20_000
"""Cases of a kind that are read: of millions of contacts, memory must not grow with those that disagree."""
_READ = ("interaction_id", "unit_id", "day", "offered_at", "until_next", "source_file", "source_line")
_RETURNED, _SILENT, _DENIED = 1, 2, 4
_BITS = {
    Disagreement.MARKED_RETURNED: _RETURNED,
    Disagreement.UNMARKED_SILENT: _SILENT,
    Disagreement.MARKED_DENIED: _DENIED,
}


def disagreeing_cases(contacts: nw.LazyFrame[Any], *, rule: RepeatRule, until: int) -> pd.DataFrame:
    """Return the contacts of each kind of disagreement under the window that is shown in detail.

    Returns
    -------
    DataFrame
        ``kind`` and the columns read; those that came back soonest first, then those whose customer came
        again before the contact was over (``until_next`` below 0), nearest to its end first; else in the
        order of offers.
    """
    import narwhals as nw
    import pandas as pd

    base, kinds = in_base(rule, rule.days, until=until), _kinds(within_window(rule, rule.days))
    order = ["overlapped", "soonest", "offered_at", "interaction_id"]
    disagreeing = contacts.filter(nw.col("in_period"), base).with_columns(kinds=kinds)
    came_back = nw.col("kinds") % 2 == _RETURNED
    soonest = nw.when(came_back).then(nw.col("until_next")).otherwise(nw.lit(0))
    ranked = (
        disagreeing.filter(nw.col("kinds") > 0)
        .with_columns(soonest=soonest, one=nw.lit(1))
        .with_columns(overlapped=(nw.col("soonest") < 0).cast(nw.Int64), soonest=nw.col("soonest").abs())
    )
    first = ranked.with_columns(place=nw.col("one").cum_sum().over("kinds", order_by=order))
    rows = to_pandas(
        first.filter(nw.col("place") <= MOST_CASES).select(*_READ, "kinds", "overlapped", "soonest")
    )
    rows = rows.sort_values(order, ignore_index=True)
    chosen = [rows[rows["kinds"] & bit > 0].assign(kind=str(kind)) for kind, bit in _BITS.items()]
    return pd.concat(chosen, ignore_index=True).drop(columns=["kinds", "overlapped", "soonest"])


def _kinds(returned: nw.Expr) -> nw.Expr:
    """Return how a contact disagrees, as the sum of the bits of its kinds; see `windows.CONDITIONS`."""
    import narwhals as nw

    mark = nw.col("mark")
    silent = ~mark & nw.col("answered") & ~returned
    bits = ((mark & returned, _RETURNED), (silent, _SILENT), (mark & ~nw.col("said"), _DENIED))
    kinds = nw.lit(0)
    for condition, bit in bits:
        kinds = kinds + condition.fill_null(value=False).cast(nw.Int64) * bit
    return kinds
