"""The contacts on which two sources contradict each other, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import to_pandas
from auditlib.service_levels.first_contact.result import Disagreement
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.first_contact.windows import in_base, marked, within_window

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

MOST_CASES = 20_000
"""Cases of a kind that are read: of millions of contacts, memory must not grow with those that disagree."""
_READ = ("interaction_id", "unit_id", "day", "until_next", "source_file", "source_line")


def disagreeing_cases(contacts: nw.LazyFrame[Any], *, rule: RepeatRule, until: int) -> pd.DataFrame:
    """Return the contacts of each kind of disagreement under the window that is shown in detail.

    Returns
    -------
    DataFrame
        ``kind`` and the columns read; those that came back soonest first, else in the order of their offers.
    """
    import pandas as pd

    base = in_base(rule, rule.days, until=until)
    chosen = _conditions(within_window(rule, rule.days))
    parts = [
        to_pandas(
            contacts.filter(_in_period(), base, condition).sort(*_order(kind)).select(*_READ).head(MOST_CASES)
        ).assign(kind=str(kind))
        for kind, condition in chosen.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _in_period() -> nw.Expr:
    import narwhals as nw

    return nw.col("in_period")


def _order(kind: Disagreement) -> tuple[str, ...]:
    soonest = ("until_next",) if kind is Disagreement.MARKED_RETURNED else ()
    return (*soonest, "offered_at", "interaction_id")


def _conditions(returned: nw.Expr) -> dict[Disagreement, nw.Expr]:
    """Return the same conditions that `windows.conditions` counts."""
    import narwhals as nw

    mark = marked()
    return {
        Disagreement.MARKED_RETURNED: mark & returned,
        Disagreement.UNMARKED_SILENT: ~mark & nw.col("answered") & ~returned,
        Disagreement.MARKED_DENIED: mark & ~nw.col("said"),
    }
