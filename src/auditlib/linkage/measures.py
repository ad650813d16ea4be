"""What standards ask about pay that is tied to satisfaction.

A link runs on the local day of `as_of` if it has started and has not ended before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.linkage.definition import written
from auditlib.linkage.register import ROLES
from auditlib.parameters.run import Run
from auditlib.records import Basis, EvidenceLevel, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import counts_by, day_number, whole_of

if TYPE_CHECKING:
    import pandas as pd

NONE_RUNS = "no pay link runs on the day of the audit"


@measure("pay_linked_roles", needs=("pay_links",), statistic=Statistic.COUNT, unit="count")
def pay_linked_roles(tables: Tables, context: Context) -> Measurement:
    """Roles, of manager and staff, with a pay link that runs on the day of the audit."""
    register = tables.frame("pay_links")
    if register.empty:
        return nothing("the register of pay links is empty")
    roles = len(set(running(register, context)["role"]) & set(ROLES))
    return whole_of(roles, len(register), basis=[_basis(register)], none="", level=EvidenceLevel.REGISTER)


@measure("pay_metric_audited", needs=("pay_links",), statistic=Statistic.COUNT)
def pay_metric_audited(tables: Tables, context: Context) -> Measurement:
    """Share of running pay links whose metric names an audited survey type and one of its questions.

    A metric is written ``survey type:item:statistic``.
    """
    register = tables.frame("pay_links")
    links = running(register, context)
    audited = sum(_is_audited(metric, context.run) for metric in links["metric"])
    return _part(audited, links, register)


@measure("pay_weight_largest", needs=("pay_links",), statistic=Statistic.COUNT)
def pay_weight_largest(tables: Tables, context: Context) -> Measurement:
    """Largest share of variable pay that one running link ties to one metric."""
    register = tables.frame("pay_links")
    links = running(register, context)
    if links.empty:
        return nothing(NONE_RUNS)
    largest = float(links["weight"].max())
    return whole_of(largest, len(links), basis=[_basis(register)], none="", level=EvidenceLevel.REGISTER)


@measure("pay_link_responses", needs=("pay_links", "responses"), statistic=Statistic.COUNT)
def pay_link_responses(tables: Tables, context: Context, *, minimum_responses: int) -> Measurement:
    """Share of running pay links whose unit has enough responses of the linked survey type.

    Responses are counted in the period, for the unit: who of the unit was paid is not in the register.
    """
    import narwhals as nw

    register = tables.frame("pay_links")
    links = running(register, context)
    answers = tables.lazy("responses").filter(nw.col("in_period"))
    counts = counts_by(answers, "unit_id", "survey_type")
    pairs = zip(links["unit_id"], links["metric"], strict=True)
    enough = sum(
        counts.get((unit, metric.partition(":")[0]), 0) >= minimum_responses for unit, metric in pairs
    )
    return _part(enough, links, register)


def running(register: pd.DataFrame, context: Context) -> pd.DataFrame:
    """Return the links of `register` that tie any pay on the day of the audit."""
    day = day_number(context.run.as_of.date())
    return register[(register["weight"] > 0) & (register["starts_on"] <= day) & ~(register["ends_on"] < day)]


def _is_audited(metric: str, run: Run) -> bool:
    paid = written(metric)
    known = None if paid is None else run.instruments.get(paid.survey_type)
    return paid is not None and known is not None and paid.item in known.items


def _part(count: int, links: pd.DataFrame, register: pd.DataFrame) -> Measurement:
    value = count / max(1, len(links))
    return whole_of(value, len(links), basis=[_basis(register)], none=NONE_RUNS, level=EvidenceLevel.REGISTER)


def _basis(register: pd.DataFrame) -> Basis:
    return Basis("pay_links", rows=len(register))
