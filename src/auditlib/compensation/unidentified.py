"""What published figures of a few periods say about a link: comparisons, and why none is its effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.naive_comparisons import naive_comparisons, naive_difference
from auditlib.compensation.naive_differences import ends, gap_between, published_differences
from auditlib.compensation.placebo_outcomes import PlaceboOutcome, not_assessable
from auditlib.compensation.published import Published, begun, kind_shares, kinds, others_like
from auditlib.compensation.register import ROLES, UNIT, Role, running
from auditlib.compensation.result import PayEffects, Unidentified
from auditlib.records import Refusal
from auditlib.statistics.two_groups import GroupDifference
from auditlib.statistics.types import Floats
from auditlib.time.epoch import date_of

_UNKNOWABLE = (
    ("mix of respondents", "no single responses were supplied."),
    ("use of the scale", "only shares were supplied, not the scores they were made of."),
    ("survey mode", "no table says by which mode (paper, telephone, device) an answer came."),
    ("number of surveys", "a band says only roughly how many answered."),
    ("spill-over", "all were linked at once, so no neighbour was linked later than another."),
    ("other programmes", "no register of other programmes and their dates was supplied."),
)


def compare_published(
    figures: Published,
    register: pd.DataFrame,
    questions: Mapping[str, Published],
    *,
    minimum: int,
    level: float,
    seed: int,
) -> PayEffects:
    """Compare linked with never-linked units on published figures of a few periods.

    Parameters
    ----------
    register
        The canonical table ``pay_links``.
    questions
        Other questions of the survey, by item, on the same periods.
    minimum
        Surveys below which the audit would give no verdict.
    """
    role = next(role for role in (UNIT, *ROLES) if not running(register, role=role).empty)
    entries, start = running(register, role=role), begun(register, figures, role=role)
    comparisons = naive_comparisons(figures, start, minimum=minimum, level=level, seed=seed)
    first = 0 if isinstance(comparisons, Refusal) else comparisons.first
    linked = start < len(figures.periods)
    unidentified = Unidentified(
        figures=figures,
        role=role,
        began=date_of(int(entries["starts_on"].min())),
        units=int(entries["unit_id"].nunique()),
        kind=kinds(figures, linked)[0],
        kind_shares=kind_shares(figures, linked),
        first_gap=ends(gap_between(figures.value[:, first], linked, ~linked), level)[0],
        comparisons=comparisons,
    )
    return PayEffects(
        register=register,
        panel=None,
        level=level,
        outcomes=tuple(_outcomes(figures, linked, questions, first, role=role, level=level)),
        differences=published_differences(figures, linked, first, role=role, level=level),
        unidentified=unidentified,
    )


def _outcomes(
    figures: Published,
    linked: NDArray[np.bool_],
    questions: Mapping[str, Published],
    first: int,
    *,
    role: Role,
    level: float,
) -> Iterator[PlaceboOutcome]:
    comparison = others_like(figures, linked)
    compared = partial(naive_difference, linked=linked, comparison=comparison, first=first)
    outcome = partial(_outcome, role=role, level=level)
    yield outcome(
        compared(figures.response_rate),
        "response rate as published",
        "percentage points",
        meaning="others may answer than before",
    )
    for question in questions.values():
        yield outcome(
            compared(_placed(question, figures)),
            f"{question.question}, not named in the register",
            figures.points,
            meaning="moving like the paid question: the service or the respondents changed",
        )
    for name, why in _UNKNOWABLE:
        yield not_assessable(name, why)


def _placed(question: Published, like: Published) -> Floats:
    row = {unit: place for place, unit in enumerate(question.units)}
    value = np.full(like.value.shape, np.nan)
    for place, unit in enumerate(like.units):
        if unit in row:
            value[place] = question.value[row[unit]]
    return value


def _outcome(
    gap: GroupDifference | Refusal, name: str, unit: str, *, meaning: str, role: Role, level: float
) -> PlaceboOutcome:
    if isinstance(gap, Refusal):
        return not_assessable(name, gap.reason, role=role, unit=unit)
    low, high = gap.limits(level)
    return PlaceboOutcome(role, name, unit, gap.estimate, low, high, gap.p_value, meaning)
