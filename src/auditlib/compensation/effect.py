"""The questions of 03: what linking pay did to the scores, and whether the link is fair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

import pandas as pd

from auditlib.compensation.alarmed import Alarms, Signs, alarms_of
from auditlib.compensation.answer import PayAnswer
from auditlib.compensation.assigned import groupings
from auditlib.compensation.covariates import Covariates, covariates, regions
from auditlib.compensation.definition import STATISTICS, audited, metrics_taken, statistics_of, written
from auditlib.compensation.estimate import estimate
from auditlib.compensation.fair_pay import FEWEST_ANSWERS, fair_pay, without_register
from auditlib.compensation.fair_pay_answer import FairPayAnswer
from auditlib.compensation.panel import Panel, Statistic, panel
from auditlib.compensation.procedure import Choices, Weighting
from auditlib.compensation.published import BOX, Published, monthly, published
from auditlib.compensation.register import of_period
from auditlib.compensation.result import PayEffects
from auditlib.compensation.unidentified import compare_published
from auditlib.contracts import CanonicalTables
from auditlib.errors import ParameterError, Problem
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Instrument, Item, Refusal
from auditlib.statements import listed
from auditlib.time.epoch import day_number

_UNASKED = Refusal(
    "The evidence holds no answer of the period to the question that pay is tied to.",
    "Ask for the responses to it, or correct the period or the metric in the register of pay links.",
)


def effect(
    engagement: Engagement,
    signs: Signs | None = None,
    *,
    weighting: str = "response",
    anticipation: int = 3,
    placebo_adoptions: int = 1000,
) -> PayAnswer:
    """Answer what linking pay did to the metric that pay is tied to.

    Published figures by month are estimated like responses. Figures of longer periods allow naive
    comparisons only, which are credited with nothing. What the evidence cannot answer is refused.

    Parameters
    ----------
    signs
        The result of the integrity checks of the same audit: the effect is then given without the units they
        raise an alarm for.
    weighting
        ``response`` or ``unit``; see `procedure.Choices`.
    anticipation
        Months before a link that are set aside.
    placebo_adoptions
        Placebo links of each kind.
    """
    choices = Choices(_weighting(weighting), anticipation)
    if anticipation < 0 or placebo_adoptions < 0:
        raise ParameterError(
            Problem(
                "hold_out and placebo_adoptions cannot be negative.",
                remedy="Give 0 or more months, and 0 or more placebo links.",
            )
        )
    alarms = None if signs is None else alarms_of(signs)
    return PayAnswer(_effects(engagement.evidence, engagement.run, choices, placebo_adoptions, alarms))


def _weighting(name: str) -> Weighting:
    weightings: tuple[Weighting, ...] = get_args(Weighting)
    for weighting in weightings:
        if weighting == name:
            return weighting
    raise ParameterError(Problem(f"There is no weighting {name!r}.", remedy="Choose 'response' or 'unit'."))


def _effects(
    tables: CanonicalTables, run: Run, choices: Choices, placebo_adoptions: int, alarms: Alarms | None
) -> PayEffects:
    register, level = register_of(tables), run.thresholds.confidence
    paid = paid_question(register, tables.instruments)
    figures = paid if isinstance(paid, Refusal) else _figures(tables, paid)
    if isinstance(figures, Refusal):
        return PayEffects(register, None, level, not_assessable=figures)
    if isinstance(figures, Published):
        minimum, other_questions = run.thresholds.minimum_n, _other_questions(tables, figures)
        return compare_published(
            figures, register, other_questions, minimum=minimum, level=level, seed=run.seed
        )
    whole = figures.table == "responses"
    return estimate(
        figures,
        register,
        choices=choices,
        known=groupings(tables, register),
        level=level,
        placebo_adoptions=placebo_adoptions,
        seed=run.seed,
        covariates=covariates(tables, figures) if whole else Covariates(region=regions(tables)),
        alarms=alarms,
    )


PaidQuestion = tuple[str, str, Statistic]
"""Survey type, item and statistic that pay follows."""


def paid_question(
    register: pd.DataFrame, instruments: Mapping[str, Instrument], *, counting: bool = False
) -> PaidQuestion | Refusal:
    """Return what most links pay, or why there is no such question.

    Parameters
    ----------
    register
        The canonical table ``pay_links``; without rows where there is none.
    instruments
        The surveys of the audit, by type.
    counting
        Whether answers are only counted, so that a statistic which is none of this suite does not matter.
    """
    linking = register[register["weight"] > 0] if len(register) else register
    if linking.empty:
        return Refusal(
            "The register of pay links names no link with a weight."
            if len(register)
            else "There is no register of pay links, or it holds no entry.",
            "Ask for the register: whose pay is tied to which metric, how strongly, and from when.",
        )
    not_computed: Refusal | None = None
    for metric in linking["metric"].value_counts().index:
        paid = written(str(metric))
        survey = None if paid is None else instruments.get(paid.survey_type)
        asked = None if survey is None or paid is None else _named(survey, paid.item)
        if paid is None or asked is None:
            continue
        statistic = _statistic(paid.statistic, asked)
        if not isinstance(statistic, Refusal):
            return paid.survey_type, paid.item, statistic
        if counting:
            return paid.survey_type, paid.item, "mean"
        not_computed = not_computed or statistic
    return not_computed or Refusal(
        "No pay link with a weight names a survey type and item of this audit as its metric.",
        f"{metrics_taken(instruments)}: write it so in the register of pay links, or map what it says.",
    )


def _named(survey: Instrument, name: str) -> Item | None:
    return next((item for item in survey.items if item.item == name), None)


def _statistic(name: str, item: Item) -> Statistic | Refusal:
    """Return the statistic a register names, the mean where it names none, or why it is none here."""
    for statistic in get_args(Statistic):
        if statistic == (name or "mean") and statistic in statistics_of(item):
            return cast("Statistic", statistic)
    why = (
        f"Pay follows the NPS of {item.item}, which needs a scale of 0 to 10"
        if name == "nps"
        else f"Pay follows {name!r} of {item.item}, which is no statistic of this suite"
    )
    return Refusal(
        f"{why}.",
        f"Write {listed(statistics_of(item), conjunction='or')} as the third part of the metric.",
    )


def paid_panel(
    register: pd.DataFrame,
    cells: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    *,
    counting: bool = False,
) -> Panel | Refusal:
    """Return the panel of the metric that pay is tied to, or why there is no such metric.

    Parameters
    ----------
    register
        The canonical table ``pay_links``.
    cells
        unit_id, month, survey_type, item, score, n.
    instruments
        The surveys of the audit, by type.
    counting
        See `paid_question`.
    """
    paid = paid_question(register, instruments, counting=counting)
    if isinstance(paid, Refusal):
        return paid
    survey_type, item, statistic = paid
    question = _item(instruments, survey_type, item)
    return panel(
        cells,
        survey_type=survey_type,
        item=item,
        statistic=statistic,
        top=question.scale.top_box,
        bottom=question.scale.bottom_box,
        wording=question.wording,
    )


def register_of(tables: CanonicalTables) -> pd.DataFrame:
    """Return the register of pay links; without rows where the evidence has none."""
    return tables.frame("pay_links") if "pay_links" in tables.tables else pd.DataFrame()


def _item(instruments: Mapping[str, Instrument], survey_type: str, name: str) -> Item:
    return next(item for item in instruments[survey_type].items if item.item == name)


def _figures(tables: CanonicalTables, paid: PaidQuestion) -> Panel | Published | Refusal:
    """Return the paid question by unit and month, or as published where no finer figures are known."""
    if "responses" in tables.tables:
        by_month = paid_panel(register_of(tables), tables.cells(), tables.instruments)
        answered = not isinstance(by_month, Refusal) and by_month.units
        return by_month if answered else _UNASKED
    figures = _published(tables, *paid)
    if isinstance(figures, Refusal):
        return figures
    return monthly(figures) or figures


def _published(
    tables: CanonicalTables, survey_type: str, item: str, statistic: Statistic
) -> Published | Refusal:
    if "aggregates" not in tables.tables:
        return Refusal(
            "There is neither a table of responses nor one of aggregates.", "Name one among the sources."
        )
    if statistic not in BOX:
        return Refusal(
            f"Pay follows the {STATISTICS[statistic]}, and published figures are read as {listed(list(BOX))} "
            "alone.",
            "Ask for the responses, one row each.",
        )
    if "units" not in tables.tables:
        return Refusal("There is no register of units to place the aggregates in.", "Name one.")
    return published(
        tables.frame("aggregates"),
        tables.frame("units"),
        survey_type=survey_type,
        item=item,
        statistic=statistic,
        wording=_item(tables.instruments, survey_type, item).wording,
    )


def _other_questions(tables: CanonicalTables, paid: Published) -> dict[str, Published]:
    """Return the other questions of the paid survey that are published for the same periods, by item."""
    questions = {}
    for item in tables.instruments[paid.survey_type].items:
        if item.item != paid.item:
            figures = _published(tables, paid.survey_type, item.item, paid.statistic)
            if isinstance(figures, Published) and figures.periods == paid.periods:
                questions[item.item] = figures
    return questions


def fairness(engagement: Engagement, answered: PayAnswer, *, minimum: int = FEWEST_ANSWERS) -> FairPayAnswer:
    """Answer whether the links themselves are fair: both roles, the audited metric, enough answers.

    Parameters
    ----------
    answered
        The answer on the effect: its figures are what bonuses rest on.
    minimum
        Answers a bonus should rest on in a pay period.
    """
    register, references = register_of(engagement.evidence), audited(engagement.run)
    paid = paid_question(register, {})
    if register.empty and isinstance(paid, Refusal):
        return FairPayAnswer(without_register(paid))
    if not references:
        no_survey = Refusal("The audit has no survey that pay could follow.", "Declare one.")
        return FairPayAnswer(without_register(no_survey))
    judged = links_judged(register, engagement.run)
    return FairPayAnswer(fair_pay(judged, answered.result.figures, references, minimum=minimum))


def links_judged(register: pd.DataFrame, run: Run) -> pd.DataFrame:
    """Return the links that the audit judges: those that tied any pay in its period."""
    return of_period(register, day_number(run.period.start), day_number(run.period.end))
