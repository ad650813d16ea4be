"""Which contact the answers to a survey are about: those who waited long are less satisfied with the time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from company.clock import DAY, Bools, Ints
from company.instruments import TRANSACTIONAL
from company.streams import stream
from company.world import Floats

DROP_CHANNEL, DROP_SECONDS = "phone", 45
"""Wait after which satisfaction with the time drops, and where; it is level before and after."""
_LINKED = {DROP_CHANNEL: 0.55}
_LINKED_ELSEWHERE = 0.3
_WINDOW, _SOONEST = 21 * DAY, 600


def answers_about(responses: pd.DataFrame, queued: pd.DataFrame, rng: np.random.Generator) -> pd.Series[str]:
    """Return the contact of each response, None for most; `rng` is not advanced.

    A contact was answered in the same unit and channel within three weeks before the response, and is that
    of one response at most.
    """
    rng = stream(rng, "answers about contacts")
    wanted, longer, luck = _wanted(responses, rng)
    found = pd.Series(None, index=responses.index, dtype=object)
    answered = queued[queued["answered"].notna()].sort_values("ended", kind="stable")
    contacts = dict(tuple(answered.groupby(["unit_id", "channel"])))
    for key, own in responses[wanted].groupby(["unit_id", "channel"]):
        if key in contacts:
            rows = own.index.to_numpy()
            chosen = _chosen(own, contacts[key], longer[rows], luck[rows], drops=key[1] == DROP_CHANNEL)
            found.loc[rows] = np.array([*contacts[key]["interaction_id"], None], dtype=object)[chosen]
    return found


def _wanted(responses: pd.DataFrame, rng: np.random.Generator) -> tuple[Bools, Ints, Floats]:
    """Return which responses get a contact, whether one with a long wait, and the luck of the choice."""
    n = len(responses)
    share = responses["channel"].map(_LINKED).fillna(_LINKED_ELSEWHERE).to_numpy(dtype=float)
    named = ~responses["anonymous"].to_numpy(dtype=bool) & (responses["survey_type"] == TRANSACTIONAL)
    speed = responses["q_speed"].to_numpy(dtype=float)
    chance = np.select([np.isnan(speed), speed <= 3, speed <= 4], [0.36, 0.82, 0.36], 0.14)
    longer = (rng.random(n) < chance).astype(np.int64)
    return np.asarray(named & (rng.random(n) < share), dtype=bool), longer, rng.random(n)


def _chosen(own: pd.DataFrame, contacts: pd.DataFrame, longer: Ints, luck: Floats, *, drops: bool) -> Ints:
    """Return the row of the contact of each response; -1 where none is left."""
    ended = contacts["ended"].to_numpy(dtype=np.int64)
    waited = (contacts["answered"] - contacts["offered"]).to_numpy(dtype=np.int64)
    free = np.ones(len(contacts), dtype=bool)
    chosen = np.full(len(own), -1, dtype=np.int64)
    for place, submitted in enumerate(own["submitted"].to_numpy(dtype=np.int64)):
        low, high = np.searchsorted(ended, [submitted - _WINDOW, submitted - _SOONEST])
        fits = free[low:high]
        if drops:
            fits = fits & ((waited[low:high] > DROP_SECONDS) == bool(longer[place]))
        rows = low + np.flatnonzero(fits)
        if len(rows):
            chosen[place] = rows[int(luck[place] * len(rows))]
            free[chosen[place]] = False
    return chosen
