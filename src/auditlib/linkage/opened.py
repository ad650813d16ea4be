"""`estimate_evidence`: the question put to the evidence of an audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import get_args

import pandas as pd

from auditlib.errors import ParameterError, Problem
from auditlib.linkage.beside import Beside
from auditlib.linkage.definition import audited, written
from auditlib.linkage.estimate import estimate
from auditlib.linkage.fairness import FEWEST_ANSWERS, FairPay, fair_pay
from auditlib.linkage.opened_beside import LinkageEvidence, known_beside, regions
from auditlib.linkage.panel import Panel, Statistic, panel
from auditlib.linkage.procedure import Choices, Weighting
from auditlib.linkage.published import Published, monthly, published
from auditlib.linkage.register import of_period
from auditlib.linkage.result import LinkageResult
from auditlib.linkage.unanswered import UnansweredLinkage, UnansweredPay
from auditlib.linkage.unidentified import PublishedLinkage, compare_published
from auditlib.parameters.run import Run
from auditlib.records import Instrument, Refusal, Scale

Linkage = LinkageResult | PublishedLinkage | UnansweredLinkage
"""What the question comes to: an effect, comparisons credited with nothing, or why there is neither."""


def paid_question(
    register: pd.DataFrame, *, instruments: Mapping[str, Instrument]
) -> tuple[str, str, Statistic] | Refusal:
    """Return survey type, item and statistic that most links pay, or why there is no such question."""
    linking = register[register["weight"] > 0] if len(register) else register
    if linking.empty:
        return Refusal(
            "The register of pay links names no link with a weight."
            if len(register)
            else "There is no register of pay links, or it holds no entry.",
            "Ask for the register: whose pay is tied to which metric, how strongly, and from when.",
        )
    for metric in linking["metric"].value_counts().index:
        paid = written(str(metric))
        known = None if paid is None else instruments.get(paid.survey_type)
        if paid is not None and known is not None and paid.item in {item.item for item in known.items}:
            statistic = paid.statistic if paid.statistic in get_args(Statistic) else "mean"
            return paid.survey_type, paid.item, _statistic(statistic)
    return Refusal(
        "No pay link with a weight names a survey type and item of this audit as its metric.",
        "Write metrics as survey type:item:statistic in the register of pay links.",
    )


def paid_panel(evidence: LinkageEvidence) -> Panel:
    """Return the panel of the metric that pay is tied to.

    Raises
    ------
    ParameterError
        Where no link names a survey type and item of the audit.
    """
    paid = paid_question(_register(evidence), instruments=_named(evidence))
    if isinstance(paid, Refusal):
        raise ParameterError(Problem(paid.reason, remedy=paid.remedy))
    return _panel(evidence, *paid)


def _register(evidence: LinkageEvidence) -> pd.DataFrame:
    """Return the register of pay links; without rows where the evidence has none."""
    return evidence.frame("pay_links") if "pay_links" in evidence.tables else pd.DataFrame()


def _named(evidence: LinkageEvidence) -> Mapping[str, Instrument]:
    given = evidence.instruments
    return given if isinstance(given, Mapping) else {one.survey_type: one for one in given}


def _scale(evidence: LinkageEvidence, survey_type: str, item: str) -> Scale:
    return next(one.scale for one in _named(evidence)[survey_type].items if one.item == item)


def _wording(evidence: LinkageEvidence, survey_type: str, item: str) -> str:
    return next(one.wording for one in _named(evidence)[survey_type].items if one.item == item)


def _panel(evidence: LinkageEvidence, survey_type: str, item: str, statistic: Statistic) -> Panel:
    scale = _scale(evidence, survey_type, item)
    return panel(
        evidence.cells(), survey_type=survey_type, item=item, statistic=statistic,
        top=scale.top_box, bottom=scale.bottom_box, wording=_wording(evidence, survey_type, item),
    )  # fmt: skip


def _statistic(name: str) -> Statistic:
    return next(literal for literal in get_args(Statistic) if literal == name)


def estimate_evidence(
    evidence: LinkageEvidence,
    *,
    weighting: str = "response",
    hold_out: int = 3,
    confidence: float = 0.95,
    placebo_adoptions: int = 1000,
    minimum_n: int = 30,
    seed: int = 0,
) -> Linkage:
    """Estimate what linking pay did to the metric that pay is tied to.

    Published figures by month are estimated like responses. Figures of longer periods allow simple
    comparisons only, which are credited with nothing. What the evidence cannot answer is refused.

    Parameters
    ----------
    minimum_n
        Surveys below which the audit gives no verdict; published figures are also compared without them.

    See Also
    --------
    estimate : what the other parameters mean.
    """
    if weighting not in get_args(Weighting):
        raise ParameterError(
            Problem(f"There is no weighting {weighting!r}.", remedy="Choose 'response' or 'unit'.")
        )
    if hold_out < 0 or placebo_adoptions < 0:
        raise ParameterError(
            Problem(
                "hold_out and placebo_adoptions cannot be negative.",
                remedy="Give 0 or more months, and 0 or more placebo links.",
            )
        )
    register = _register(evidence)
    paid = paid_question(register, instruments=_named(evidence))
    if isinstance(paid, Refusal):
        return UnansweredLinkage(paid, register)
    figures = None if "responses" in evidence.tables else _published(evidence, *paid)
    if isinstance(figures, Refusal):
        return UnansweredLinkage(figures, register)
    by_month = None if figures is None else monthly(figures)
    if figures is not None and by_month is None:
        others = _other_questions(evidence, figures)
        return compare_published(
            figures, register, others, minimum=minimum_n, confidence=confidence, seed=seed
        )
    shown = by_month or _panel(evidence, *paid)
    if not shown.units:
        return UnansweredLinkage(_UNASKED, register)
    known = Beside(region=regions(evidence)) if by_month else known_beside(evidence, shown)
    chosen = Choices("response" if weighting == "response" else "unit", hold_out)
    return estimate(
        shown,
        register,
        choices=chosen,
        confidence=confidence,
        placebo_adoptions=placebo_adoptions,
        seed=seed,
        beside=known,
    )


_UNASKED = Refusal(
    "The evidence holds no answer of the period to the question that pay is tied to.",
    "Ask for the responses to it, or correct the period or the metric in the register of pay links.",
)


def _published(
    evidence: LinkageEvidence, survey_type: str, item: str, statistic: Statistic
) -> Published | Refusal:
    lacking = [table for table in ("aggregates", "units") if table not in evidence.tables]
    if "aggregates" in lacking:
        return Refusal(
            "There is neither a table of responses nor one of aggregates.", "Name one among the sources."
        )
    if lacking:
        return Refusal("There is no register of units to place the aggregates in.", "Name one.")
    return published(
        evidence.frame("aggregates"), evidence.frame("units"), survey_type=survey_type, item=item,
        statistic=statistic, wording=_wording(evidence, survey_type, item),
    )  # fmt: skip


def _other_questions(evidence: LinkageEvidence, paid: Published) -> dict[str, Published]:
    """Return the other questions of the paid survey that are published the same way, by item."""
    aggregates, units = evidence.frame("aggregates"), evidence.frame("units")
    found = {
        item.item: published(
            aggregates,
            units,
            survey_type=paid.survey_type,
            item=item.item,
            statistic=paid.statistic,
            wording=item.wording,
        )
        for item in _named(evidence)[paid.survey_type].items
        if item.item != paid.item
    }
    return {
        item: one
        for item, one in found.items()
        if not isinstance(one, Refusal) and one.periods == paid.periods
    }


def fair_pay_evidence(
    evidence: LinkageEvidence,
    result: Linkage,
    *,
    run: Run,
    minimum: int = FEWEST_ANSWERS,
) -> FairPay | UnansweredPay:
    """Check the links of the evidence on the panel of `result`, against what `run` audits.

    See Also
    --------
    fair_pay : what is checked.
    """
    register, known = _register(evidence), audited(run)
    paid = paid_question(register, instruments={})
    if register.empty and isinstance(paid, Refusal):
        return UnansweredPay(paid)
    if not known:
        return UnansweredPay(Refusal("The audit has no survey that pay could follow.", "Declare one."))
    return fair_pay(links_judged(register, run), result.panel, known, minimum=minimum)


def links_judged(register: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return the links that the audit judges: those that tied any pay in its period."""
    days = [day.toordinal() - date(1970, 1, 1).toordinal() for day in (run.period.start, run.period.end)]
    return of_period(register, *days)
