"""`estimate_evidence`: the question put to the evidence of an audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, get_args

import numpy as np
import pandas as pd

from auditlib.errors import ParameterError, Problem
from auditlib.linkage.estimate import estimate
from auditlib.linkage.fairness import FEWEST_ANSWERS, FairPay, fair_pay
from auditlib.linkage.panel import Panel, Statistic, panel
from auditlib.linkage.procedure import Choices, Weighting
from auditlib.linkage.result import LinkageResult
from auditlib.records import Instrument
from auditlib.statistics.adoption import Ints


class EvidenceLike(Protocol):
    """As much of the evidence as linkage needs."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        ...

    @property
    def instruments(self) -> Mapping[str, Instrument] | Sequence[Instrument]:
        """Its survey types."""
        ...

    def cells(self) -> pd.DataFrame:
        """Return the counts in the audited period."""
        ...

    def frame(self, table: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table."""
        ...


def paid_metric(register: pd.DataFrame, *, instruments: Mapping[str, Instrument]) -> tuple[str, str, str]:
    """Return survey type, item and statistic that most links pay.

    Raises
    ------
    ParameterError
        Where no link names a survey type and item of the audit.
    """
    for metric in register["metric"].value_counts().index:
        survey_type, _, rest = str(metric).partition(":")
        item, _, statistic = rest.partition(":")
        known = instruments.get(survey_type)
        if known is not None and item in {one.item for one in known.items}:
            return survey_type, item, statistic if statistic in get_args(Statistic) else "mean"
    raise ParameterError(
        Problem(
            "No pay link names a survey type and item of this audit as its metric.",
            remedy="Write metrics as survey type:item:statistic in the register of pay links.",
        )
    )


def paid_panel(evidence: EvidenceLike) -> Panel:
    """Return the panel of the metric that pay is tied to."""
    given = evidence.instruments
    named = given if isinstance(given, Mapping) else {one.survey_type: one for one in given}
    survey_type, item, statistic = paid_metric(evidence.frame("pay_links"), instruments=named)
    scale = next(one.scale for one in named[survey_type].items if one.item == item)
    return panel(
        evidence.cells(), survey_type=survey_type, item=item, statistic=_statistic(statistic),
        top=scale.top_box, bottom=scale.bottom_box,
    )  # fmt: skip


def _statistic(name: str) -> Statistic:
    return next(one for one in get_args(Statistic) if one == name)


def estimate_evidence(
    evidence: EvidenceLike,
    *,
    weighting: str = "response",
    hold_out: int = 3,
    confidence: float = 0.95,
    placebo_adoptions: int = 1000,
    seed: int = 0,
) -> LinkageResult:
    """Estimate what linking pay did to the metric that pay is tied to.

    See Also
    --------
    estimate : what the parameters mean.
    """
    if weighting not in get_args(Weighting):
        raise ParameterError(
            Problem(f"There is no weighting {weighting!r}.", remedy="Choose 'response' or 'unit'.")
        )
    shown = paid_panel(evidence)
    chosen = Choices("response" if weighting == "response" else "unit", hold_out)
    return estimate(
        shown,
        evidence.frame("pay_links"),
        choices=chosen,
        confidence=confidence,
        placebo_adoptions=placebo_adoptions,
        seed=seed,
        invitations=_monthly(evidence, "invitations", "sent_day", shown),
        responses=_monthly(evidence, "responses", "submitted_day", shown),
        mix=_mix(evidence, shown),
    )


def _monthly(evidence: EvidenceLike, table: str, day: str, like: Panel) -> pd.DataFrame | None:
    """Count rows of the paid survey by unit and local month."""
    if table not in evidence.tables:
        return None
    rows = evidence.frame(table, columns=["unit_id", "survey_type", day, "in_period"])
    rows = rows[rows["in_period"] & (rows["survey_type"] == like.survey_type)]
    counted = rows.assign(month=_month(rows[day])).groupby(["unit_id", "month"]).size()
    return counted.rename("n").reset_index()


def _month(days: pd.Series) -> Ints:
    months = (np.datetime64("1970-01-01", "D") + days.to_numpy(dtype=np.int64)).astype("datetime64[M]")
    since = months.astype(np.int64) + 1970 * 12
    return np.asarray(since // 12 * 100 + since % 12 + 1, dtype=np.int64)


def _mix(evidence: EvidenceLike, like: Panel) -> pd.DataFrame | None:
    """Return the score that each unit-month's mix of channels and types would give across the party."""
    if "responses" not in evidence.tables:
        return None
    wanted = [
        "unit_id",
        "survey_type",
        "submitted_day",
        "in_period",
        "channel",
        "transaction_type",
        like.item,
    ]
    rows = evidence.frame("responses", columns=wanted)
    rows = rows[rows["in_period"] & (rows["survey_type"] == like.survey_type) & rows[like.item].notna()]
    kind = [rows["channel"].fillna(""), rows["transaction_type"].fillna("")]
    expected = rows.groupby(kind)[like.item].transform("mean")
    placed = rows.assign(month=_month(rows["submitted_day"]), value=expected)
    grouped = placed.groupby(["unit_id", "month"])["value"]
    return pd.DataFrame({"n": grouped.size(), "value": grouped.mean()}).reset_index()


def fair_pay_evidence(
    evidence: EvidenceLike, result: LinkageResult, *, minimum: int = FEWEST_ANSWERS
) -> FairPay:
    """Check the links of the evidence on the panel of `result`.

    See Also
    --------
    fair_pay : what is checked.
    """
    links = tuple(one.links for one in result.roles)
    return fair_pay(evidence.frame("pay_links"), result.panel, links, minimum=minimum)
