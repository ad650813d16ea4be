"""Who a contact came from and what about: customers, kinds of matter, repeats, people, hand-overs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from company.clock import DAY, Bools, Ints, to_local
from company.people import People
from company.places import CHANNELS
from company.streams import stream
from company.world import Floats, World

MATTERS: dict[str, tuple[float, float]] = {
    "invoice": (0.27, 0.82),
    "delivery": (0.20, 0.78),
    "password": (0.16, 0.90),
    "fault": (0.12, 0.62),
    "contract": (0.10, 0.72),
    "advice": (0.07, 0.75),
    "technical_defect": (0.05, 0.35),
    "legal_claim": (0.03, 0.25),
}
"""Kinds of matter: share of contacts, and how easily they are resolved at once."""
NOT_FOR_FIRST_LEVEL = ("technical_defect", "legal_claim")
HARD_MIX = "app"
"""Channel that gets the hard matters: resolved at once as often as in others overall, more often in each."""
CHANGES_HANDS = {True: 0.08, False: 0.45}
"""Share of answered contacts that are handed over, by whether their matter is for the first level."""
PREFERRED = 0.86
"""Share of contacts in the channel that the customer asked for, where it is known."""
_NAMELESS, _UNLABELLED, _UNASKED = 0.04, 0.02, 0.06
_REPEATED = {True: 0.08, False: 0.42, None: 0.55}
"""Chance of a repeat by the party's mark; None where nobody answered."""
_DELAY, _LATEST, _APART = 4 * DAY, 29 * DAY, 45 * DAY
_PICKS = 8


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What is drawn for each contact before matters follow one another."""

    matter: Ints
    picks: Ints
    nameless: Bools
    unlabelled: Bools
    repeated: Bools
    again: Bools
    delay: Ints


def described(
    queued: pd.DataFrame,
    named: pd.Series[str],
    world: World,
    people: People,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the contacts with customer, matter, person, hand-over and preferred channel.

    Two contacts of one customer about one matter lie at most 30 days apart or more than 45, so that it is
    plain what repeats what; `rng` is not advanced.

    Parameters
    ----------
    queued
        Contacts, in the order of their offer.
    named
        Customer of the contacts that answers to surveys are about, by the contact's id.
    """
    rng = stream(rng, "matters")
    customer, matter = _who_and_what(queued, named, world, people, rng)
    ids = np.array([*people.customers["customer_id"], None], dtype=object)
    kinds = np.array([*MATTERS, None], dtype=object)
    first = pd.Series(~np.isin(kinds[matter], NOT_FOR_FIRST_LEVEL), dtype="boolean").where(matter >= 0, None)
    answered = queued["answered"].notna().to_numpy()
    chance = pd.Series(first).fillna(value=True).map(CHANGES_HANDS).to_numpy(dtype=float)
    moved = pd.Series(rng.random(len(queued)) < chance, dtype="boolean").where(answered, None)
    return queued.assign(
        customer_id=ids[customer],
        matter=kinds[matter],
        first_level=first.to_numpy(dtype=object),
        person_id=pd.Series(_answerers(queued, world, people, rng)).where(answered, None),
        handed_over=moved.to_numpy(dtype=object),
        preferred_channel=_preferred(queued["channel"].to_numpy(), rng),
    ).astype({"first_level": "boolean", "handed_over": "boolean"})


def _who_and_what(
    queued: pd.DataFrame, named: pd.Series[str], world: World, people: People, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return row of the customer and number of the matter of each contact; -1 where not known."""
    numbers = pd.Series(np.arange(len(people.customers)), index=people.customers["customer_id"])
    linked = queued["interaction_id"].map(named).map(numbers).fillna(-1).to_numpy(dtype=np.int64)
    customer, matter = linked.copy(), np.full(len(queued), -1, dtype=np.int64)
    drawn = _draws(queued, world, people, rng)
    offered, ended = (queued[name].to_numpy(dtype=np.int64) for name in ("offered", "ended"))
    for unit_id in world.unit_ids:
        rows = np.flatnonzero((queued["unit_id"] == unit_id).to_numpy())
        free = {int(row) for row in rows if linked[row] < 0}
        last: dict[tuple[int, int], int] = {}
        for place, row in enumerate(rows):
            first = matter[row] < 0
            if first:
                customer[row], matter[row] = _fresh(
                    int(row), int(linked[row]), drawn, last, int(offered[row])
                )
            free.discard(int(row))
            key = (int(customer[row]), int(matter[row]))
            if min(key) < 0:
                continue
            last[key] = max(last.get(key, 0), int(ended[row]))
            if not drawn.repeated[row] or not (first or drawn.again[row]):
                continue
            due = ended[row] + drawn.delay[row]
            later = rows[place + 1 + np.searchsorted(offered[rows[place + 1 :]], due) :]
            chosen = next((int(one) for one in later[:40] if int(one) in free), None)
            if chosen is not None and offered[chosen] <= ended[row] + _LATEST:
                customer[chosen], matter[chosen] = key
                free.discard(chosen)
                last[key] = int(ended[chosen])
    return customer, matter


def _fresh(
    row: int, linked: int, drawn: _Drawn, last: dict[tuple[int, int], int], offered: int
) -> tuple[int, int]:
    """Return customer and matter of a contact that repeats none."""
    matter = int(drawn.matter[row])
    if linked < 0 and drawn.nameless[row]:
        return -1, matter
    candidates = [linked] if linked >= 0 else drawn.picks[row].tolist()
    if drawn.unlabelled[row]:
        return candidates[0], -1
    kinds = range(len(MATTERS)) if linked >= 0 else ()
    for kind in (matter, *kinds):
        for who in candidates:
            if last.get((who, kind), -_APART) + _APART < offered:
                return who, kind
    return (linked, -1) if linked >= 0 else (-1, matter)


def _draws(queued: pd.DataFrame, world: World, people: People, rng: np.random.Generator) -> _Drawn:
    n = len(queued)
    chance = np.select([_marked(queued, mark) for mark in _REPEATED], list(_REPEATED.values()))
    delay = np.minimum(1_200 + rng.exponential(_DELAY, n), _LATEST).astype(np.int64)
    return _Drawn(
        matter=_kinds(queued, rng),
        picks=_picks(queued, world, people, rng),
        nameless=rng.random(n) < _NAMELESS,
        unlabelled=rng.random(n) < _UNLABELLED,
        repeated=rng.random(n) < chance,
        again=rng.random(n) < 0.5,
        delay=delay,
    )


def _picks(queued: pd.DataFrame, world: World, people: People, rng: np.random.Generator) -> Ints:
    """Return some customers of the unit for each contact; a few of them call much more often than others."""
    pull = np.exp(rng.normal(0.0, 0.8, len(people.customers)))
    cumulated = np.concatenate([[0.0], np.cumsum(pull)])
    number = pd.Series(np.arange(len(world.unit_ids)), index=list(world.unit_ids))
    ranges = people.customers_of[queued["unit_id"].map(number).to_numpy(dtype=np.int64)]
    low, high = cumulated[ranges[:, 0]], cumulated[ranges[:, 1]]
    at = low[:, None] + rng.random((len(queued), _PICKS)) * (high - low)[:, None]
    found = np.searchsorted(cumulated, at, side="right") - 1
    return np.asarray(np.clip(found, ranges[:, :1], ranges[:, 1:] - 1), dtype=np.int64)


def _kinds(queued: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Return the kind of matter of each contact, drawn so that hard ones are resolved at once less often."""
    share, ease = (np.array(column) for column in zip(*MATTERS.values(), strict=True))
    draws = rng.random(len(queued))
    kinds = np.zeros(len(queued), dtype=np.int64)
    hard = (queued["channel"] == HARD_MIX).to_numpy()
    for is_hard, mix in ((False, share), (True, share * (1 - ease))):
        for mark, weight in ((True, ease), (False, 1 - ease), (None, np.ones(len(share)))):
            rows = _marked(queued, mark) & (hard == is_hard)
            edges = np.cumsum(mix * weight) / np.sum(mix * weight)
            kinds[rows] = np.minimum(np.searchsorted(edges, draws[rows]), len(share) - 1)
    return kinds


def _marked(queued: pd.DataFrame, mark: bool | None) -> Bools:
    """Return which contacts the party marks so; None where nobody answered."""
    resolved = queued["resolved_first"]
    rows = resolved.isna() if mark is None else (resolved == mark).fillna(value=False)
    return np.asarray(rows.to_numpy(dtype=bool))


def _answerers(
    queued: pd.DataFrame, world: World, people: People, rng: np.random.Generator
) -> npt.NDArray[Any]:
    """Return who of the unit's staff answered, among those employed on the day."""
    staff = people.employees[people.employees["role"] == "staff"]
    zones = queued["unit_id"].map(dict(zip(world.unit_ids, world.zones, strict=True)))
    day = to_local(queued["offered"].to_numpy(dtype=np.int64), zones.to_numpy()) // DAY
    luck: Floats = rng.random(len(queued))
    found = np.full(len(queued), None, dtype=object)
    for unit_id, own in staff.groupby("unit_id"):
        rows = np.flatnonzero((queued["unit_id"] == unit_id).to_numpy())
        left = own["left_on"].astype("Int64").fillna(10**6).to_numpy(dtype=np.int64)
        there = (own["started_on"].to_numpy()[None, :] <= day[rows, None]) & (
            left[None, :] >= day[rows, None]
        )
        place = (luck[rows] * there.sum(axis=1)).astype(np.int64)
        chosen = np.argsort(~there, axis=1, kind="stable")[np.arange(len(rows)), place]
        known = pd.Series(own["person_id"].to_numpy()[chosen], dtype=object)
        found[rows] = known.where(np.asarray(there.any(axis=1)), None)
    return found


def _preferred(channel: npt.NDArray[Any], rng: np.random.Generator) -> npt.NDArray[Any]:
    """Return the channel that the customer asked for: mostly the used one, now and then not known."""
    wished = rng.choice(list(CHANNELS), len(channel), p=[share for share, _ in CHANNELS.values()])
    # A wish drawn for another channel may fall on the used one; PREFERRED is the share that is not drawn.
    served = rng.random(len(channel)) < PREFERRED
    unasked = rng.random(len(channel)) < _UNASKED
    known = pd.Series(np.where(served, channel, wished), dtype=object)
    return known.where(~unasked, None).to_numpy(dtype=object)
