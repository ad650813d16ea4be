"""Placebo outcomes: what else could have moved the scores of linked units, put through the same procedure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from auditlib.compensation.covariates import Covariates
from auditlib.compensation.panel import Panel, counts
from auditlib.compensation.procedure import Choices, PayQuestion, assignment, effects, split
from auditlib.compensation.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.few_clusters import recommend
from auditlib.statistics.two_way import regress
from auditlib.statistics.types import Floats

BOTH = "both"
"""Stands for the role where a threat is looked for once, whoever is linked."""
SIGNIFICANT = 0.05
"""Probability below which another outcome counts as moved, whatever the level of the audit."""
FEWEST_EXPOSED = 8
"""Units that unlinked months must come from for spill-over to be looked for."""


@dataclass(frozen=True, slots=True)
class PlaceboOutcome:
    """How a link moved something other than the paid score, by the same procedure.

    Parameters
    ----------
    role, name, unit
        Whose link, what moved, and in what it is counted.
    estimate, low, high, p_value
        Of the shift; None where it cannot be assessed.
    meaning
        What it would do to the score; why it cannot be assessed.
    """

    role: str
    name: str
    unit: str
    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    meaning: str

    @property
    def moved(self) -> bool:
        """Whether it demonstrably moved."""
        return self.p_value is not None and self.p_value < SIGNIFICANT


def not_assessable(name: str, why: str, *, role: str = BOTH, unit: str = "share") -> PlaceboOutcome:
    """Return what cannot be assessed, with the reason."""
    return PlaceboOutcome(role, name, unit, None, None, None, None, f"Not assessable: {why}")


@dataclass(frozen=True, slots=True)
class OutcomeTally:
    """How many other things were looked at, moved, would by chance, and cannot be assessed."""

    looked: int
    moved: int
    chance: float
    unknown: int


def tally(outcomes: Sequence[PlaceboOutcome], *, level: float) -> OutcomeTally:
    """Count placebo outcomes."""
    unknown = sum(outcome.estimate is None for outcome in outcomes)
    looked = len(outcomes) - unknown
    moved = sum(outcome.moved for outcome in outcomes)
    return OutcomeTally(looked, moved, (1 - level) * looked, unknown)


@dataclass(frozen=True, slots=True)
class _Description:
    """What else may have moved: its name, its unit, and what it would mean."""

    name: str
    unit: str
    meaning: str


_INVITATIONS = _Description("invitations sent", "share", "unhappy customers may no longer be asked")
_RATE = _Description("response rate", "share", "others may answer than before")
_MIX = _Description(
    "score expected from who answered", "points", "the effect would hold this much of a change of respondents"
)
_CHANNEL = _Description(
    "share of the commonest channel", "share", "customers of another channel may be asked than before"
)
_BETWEEN = _Description(
    "answers between whole scores", "share", "the scale may be used, or offered, differently"
)


def placebo_outcomes(questions: Sequence[PayQuestion], covariates: Covariates) -> tuple[PlaceboOutcome, ...]:
    """Put other outcomes through the default procedure, and say what cannot be assessed.

    Parameters
    ----------
    questions
        One for each role, at least one, on the same panel.
    """
    panel = questions[0].panel
    outcomes = _who_was_asked(questions, covariates)
    for frame, described in (
        (covariates.mix, _MIX),
        (covariates.channel, _CHANNEL),
        (covariates.between, _BETWEEN),
    ):
        if frame is not None and not frame.empty:
            total = counts(frame, panel)
            value = counts(frame.assign(n=frame["n"] * frame["value"]), panel) / np.maximum(total, 1)
            outcomes += _estimated(questions, _like(panel, value, total), described)
    for unpaid in covariates.questions.values():
        meaning = "moving like the paid question: the service or the respondents changed"
        described = _Description(f"{unpaid.question}, not paid", "points", meaning)
        outcomes += _estimated(questions, _on(unpaid, panel), described)
    coarsest = min(questions, key=lambda question: question.clusters)
    return (*outcomes, spill_over(coarsest, covariates.region), *_unknowable(covariates))


def _who_was_asked(questions: Sequence[PayQuestion], covariates: Covariates) -> list[PlaceboOutcome]:
    if covariates.invitations is None:
        return []
    panel = questions[0].panel
    sent = counts(covariates.invitations, panel)
    logged = _like(panel, np.log(np.maximum(sent, 1)), (sent > 0).astype(np.float64))
    outcomes = _estimated(questions, logged, _INVITATIONS, proportional=True)
    if covariates.responses is not None:
        rate = np.minimum(counts(covariates.responses, panel) / np.maximum(sent, 1), 1)
        outcomes += _estimated(questions, _like(panel, rate, sent), _RATE)
    return outcomes


def _unknowable(covariates: Covariates) -> Iterator[PlaceboOutcome]:
    """Yield the threats that the data supplied cannot show, each with its reason."""
    whole = "the scale has whole steps only, and scores at its ends move with satisfaction itself."
    mode = "no table says by which mode (paper, e-mail, telephone, device) an answer came."
    absent = (
        (
            covariates.invitations is None,
            "invitations and response rate",
            "no log of invitations was supplied.",
        ),
        (covariates.mix is None, "mix of respondents", "no responses with channel and matter were supplied."),
        (covariates.between is None, "use of the scale", whole),
        (True, "survey mode", mode),
        (True, "other programmes", "no register of other programmes and their dates was supplied."),
    )
    for missing, name, why in absent:
        if missing:
            yield not_assessable(name, why)


def spill_over(question: PayQuestion, regions: Mapping[str, str]) -> PlaceboOutcome:
    """Ask whether months without a link moved with the share of other units linked in the same region."""
    panel, links = question.panel, question.links
    nothing = partial(not_assessable, "unlinked units where neighbours are linked", unit="points")
    region = np.array([regions.get(unit, "") for unit in panel.units])
    if not (region != "").any():
        return nothing("the register of units names no region, so nobody is near anybody.")
    clean = split(replace(question, choices=Choices(anticipation=0))).clean & (panel.n > 0)
    linked = np.any(np.stack([link.linked for link in links]), axis=0).astype(np.float64)
    near = (region[:, None] == region[None, :]) & ~np.eye(len(region), dtype=bool) & (region != "")[:, None]
    exposed = near @ linked / np.maximum(near.sum(axis=1), 1)[:, None]
    weight = panel.n * clean * near.any(axis=1)[:, None]
    exposing = weight.sum(axis=1) > 0
    if exposing.sum() < FEWEST_EXPOSED:
        return nothing(f"fewer than {FEWEST_EXPOSED} units have months without a link.")
    if len(np.unique(question.groups[exposing])) < FEWEST_EXPOSED:
        return nothing("pay was linked in too few groups of units.")
    unlinked = AdoptionPanel(panel.value, weight, links[0].adopted, question.groups)
    fitted = regress(unlinked, (exposed * (weight > 0))[None])
    if isinstance(fitted, Refusal):
        return nothing("neighbours were linked everywhere alike.")
    value, error, degrees = (
        float(fitted.coefficient[0]),
        float(fitted.standard_error[0]),
        question.clusters - 1,
    )
    half = critical(question.level, degrees) * error
    meaning = "change where all neighbours of the region are linked: what it moves, the comparison hides"
    p_value = two_sided(value / error, degrees) if error > 0 else 1.0
    name, unit = "unlinked units where neighbours are linked", "points"
    return PlaceboOutcome(BOTH, name, unit, value, value - half, value + half, p_value, meaning)


def _like(panel: Panel, value: Floats, weight: Floats) -> Panel:
    return replace(panel, value=value * (weight > 0), n=weight, variance=0.0)


def _on(unpaid: Panel, panel: Panel) -> Panel:
    """Return `unpaid` on the units and months of `panel`."""
    row = {unit: place for place, unit in enumerate(unpaid.units)}
    column = {month: place for place, month in enumerate(unpaid.months)}
    value, n = np.zeros(panel.n.shape), np.zeros(panel.n.shape)
    units = [(at, row[unit]) for at, unit in enumerate(panel.units) if unit in row]
    months = [(at, column[month]) for at, month in enumerate(panel.months) if month in column]
    target = np.ix_([at for at, _ in units], [at for at, _ in months])
    source = np.ix_([at for _, at in units], [at for _, at in months])
    value[target], n[target] = unpaid.value[source], unpaid.n[source]
    return _like(panel, value, n)


def _estimated(
    questions: Sequence[PayQuestion],
    outcome: Panel,
    described: _Description,
    *,
    proportional: bool = False,
) -> list[PlaceboOutcome]:
    """Return how the links of each role moved another outcome; its logarithm in proportion."""
    return [_moved(question.on(outcome), described, proportional=proportional) for question in questions]


def _moved(question: PayQuestion, described: _Description, *, proportional: bool) -> PlaceboOutcome:
    imputed = effects(question)
    if isinstance(imputed, Refusal) or imputed.jackknife is None:
        why = "it could not be estimated."
        return not_assessable(described.name, why, role=question.role, unit=described.unit)
    reason = recommend(assignment(imputed, question).design)
    if isinstance(reason, Refusal):
        why = "too few were linked, or too few were not, to tell it from chance."
        return not_assessable(described.name, why, role=question.role, unit=described.unit)
    place, degrees = question.place, question.clusters - 1
    value, error = float(imputed.coefficient[place]), float(imputed.jackknife[place])
    half = critical(question.level, degrees) * error
    ends = (value, value - half, value + half)
    middle, low, high = (float(np.expm1(end)) for end in ends) if proportional else ends
    p_value = two_sided(value / error, degrees) if error > 0 else 1.0
    return PlaceboOutcome(
        question.role, described.name, described.unit, middle, low, high, p_value, described.meaning
    )


def concurrent(links: tuple[RoleLinks, ...], *, months: int) -> dict[str, int]:
    """Count units of each role whose other role was linked within `months` of it."""
    units: dict[str, int] = {}
    for link in links:
        near = np.zeros(len(link.adopted), dtype=bool)
        for second in links:
            if second.role != link.role:
                in_both = link.linked.any(axis=1) & second.linked.any(axis=1)
                near |= in_both & (np.abs(link.adopted - second.adopted) <= months)
        units[link.role] = int(near.sum())
    return units
