"""One to three linked units against weighted other units: beside the estimate, never in its place."""

from __future__ import annotations

import numpy as np

from auditlib.compensation.procedure import PayQuestion
from auditlib.compensation.specification_curve import QUARTER, quarterly
from auditlib.records import Refusal
from auditlib.statistics.synthetic import SyntheticDifference, synthetic_difference

MOST_LINKED = 3
"""Linked units up to which other units are weighted to be like them."""
PLACEBOS = 199


def few_linked(question: PayQuestion, *, seed: int) -> SyntheticDifference | Refusal | None:
    """Return the effect on one to three linked units by synthetic difference-in-differences.

    On quarters, on units answered about in all of them that were never linked; quarters in which months are
    set aside, or another role's link runs, go.

    Returns
    -------
    SyntheticDifference or Refusal or None
        None where more units are linked, or none.
    """
    if not 0 < question.role_links.units <= MOST_LINKED:
        return None
    quarters = quarterly(question.alone())
    linked = quarters.adopted < quarters.periods
    starts = np.unique(quarters.adopted[linked])
    if len(starts) != 1:
        return Refusal("The linked units were linked in different quarters, or none has a whole one.")
    aside = -(-question.choices.anticipation // QUARTER)
    position = np.arange(quarters.periods)
    used = (position < starts[0] - aside) | (position >= starts[0])
    seen = quarters.observed[:, used].all(axis=1)
    if not (seen & linked).any():
        return Refusal("No linked unit was answered about in every quarter.")
    first = int((position[used] < starts[0]).sum())
    outcome = quarters.outcome[seen][:, used]
    rng = np.random.default_rng([seed, question.place, MOST_LINKED])
    return synthetic_difference(outcome, linked[seen], first, draws=PLACEBOS, rng=rng)
