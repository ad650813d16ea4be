"""What standards ask about pay that is tied to satisfaction.

A link runs on the local day of `as_of` if it has started and has not ended before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditlib.compensation.definition import audited, is_audited
from auditlib.compensation.effect import links_judged, paid_panel
from auditlib.compensation.fair_pay import fair_pay
from auditlib.compensation.register import ROLES
from auditlib.records import Basis, EvidenceLevel, Measurement, Refusal, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import whole_of
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import pandas as pd

_NEEDS = ("pay_links", "pay_links.ends_on")
_DATES = ("pay_links.starts_on", "pay_links.ends_on")
NONE_RUNS = "no pay link runs on the day of the audit"


@measure(
    "pay_linked_roles", needs=_NEEDS, dates=_DATES, statistic=Statistic.COUNT, unit="count", register=True
)
def pay_linked_roles(tables: Tables, context: Context) -> Measurement:
    """Roles, of manager and staff, with a pay link that runs on the day of the audit."""
    register = tables.frame("pay_links")
    roles = len(set(running(register, context)["role"]) & set(ROLES))
    return whole_of(roles, len(register), basis=[_basis(tables)], none="", level=EvidenceLevel.REGISTER)


@measure("pay_metric_audited", needs=_NEEDS, dates=_DATES, statistic=Statistic.COUNT, register=True)
def pay_metric_audited(tables: Tables, context: Context) -> Measurement:
    """Share of the pay links of the period whose metric is by its definition one the audit judges by.

    A metric is written ``survey type:item:statistic``, with its fewest answers and adjustments; it is the
    audited one where the hashes of the two definitions agree, as the exhibits on pay say it. Fewest answers
    that are not stated are no difference.
    """
    links, references = links_judged(tables.frame("pay_links"), context.run), audited(context.run)
    foreign = sorted({metric for metric in links["metric"].astype(str) if not is_audited(metric, references)})
    agreeing = int((~links["metric"].astype(str).isin(foreign)).sum())
    return whole_of(
        agreeing / max(1, len(links)),
        len(links),
        basis=[_basis(tables)],
        none="no pay was linked in the period",
        level=EvidenceLevel.REGISTER,
        reason=f"not the audited metric: {_quoted(foreign)}" if foreign else "",
    )


@measure("pay_weight_largest", needs=_NEEDS, dates=_DATES, statistic=Statistic.COUNT, register=True)
def pay_weight_largest(tables: Tables, context: Context) -> Measurement:
    """Largest share of variable pay that one running link ties to one metric."""
    register = tables.frame("pay_links")
    links = running(register, context)
    if links.empty:
        return nothing(NONE_RUNS)
    largest = float(links["weight"].max())
    return whole_of(largest, len(links), basis=[_basis(tables)], none="", level=EvidenceLevel.REGISTER)


@measure(
    "pay_link_responses",
    needs=(*_NEEDS, "responses"),
    dates=_DATES,
    statistic=Statistic.COUNT,
    register=True,
)
def pay_link_responses(tables: Tables, context: Context, *, minimum_responses: int) -> Measurement:
    """Share of those paid, or of linked units, whose typical pay period has enough answers behind it.

    As the exhibits on pay count them: persons where the register names them, the answers to the paid
    question in the pay period the register names, of all roles together.
    """
    register = tables.frame("pay_links")
    instruments = {name: context.run.instrument(name) for name in context.run.instruments}
    panel = paid_panel(register, tables.frame("cells"), instruments, counting=True)
    if isinstance(panel, Refusal):
        return nothing(panel.reason.rstrip(".").lower())
    judged_links, references = links_judged(register, context.run), audited(context.run)
    fair = fair_pay(judged_links, panel, references, minimum=minimum_responses)
    linked = fair.frame[fair.frame["links"] > 0]
    judged = linked[linked["short"].notna()]
    n, open_ = int(judged["paid"].sum()), int(linked.loc[linked["short"].isna(), "paid"].sum())
    enough = n - int(judged["short"].sum())
    return whole_of(
        enough / max(1, n),
        n,
        basis=[_basis(tables), Basis("responses", (("in_period", True),))],
        none="no pay period was linked throughout, so that no bonus can be judged",
        level=EvidenceLevel.REGISTER,
        unknown=open_,
        bounds=(enough / max(1, n + open_), (enough + open_) / max(1, n + open_)),
        reason=f"of {open_:,} more no pay period was linked throughout" if open_ else "",
    )


def running(register: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Return the links of `register` that tie any pay on the day of the audit."""
    day = day_number(context.run.as_of.date())
    return register[(register["weight"] > 0) & (register["starts_on"] <= day) & ~(register["ends_on"] < day)]


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _basis(tables: Tables) -> Basis:
    return Basis("pay_links", rows=len(tables.frame("pay_links", columns=["metric"])))
