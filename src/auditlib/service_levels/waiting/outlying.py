"""Units held against each other on shares in time, given up and of long waits; the mean wait by month.

No league table: a unit is named where it differs from the others by more than a meaningful difference and
more than chance, days of a unit taken as they come and units allowed to differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.disclosure import MinimumFrequency
from auditlib.parameters.engagement import Engagement
from auditlib.records import Criterion, Direction, Held, Refusal
from auditlib.service_levels.channels import NO_CONTACTS, channels_in
from auditlib.service_levels.waiting.channel_words import by
from auditlib.service_levels.waiting.listed_units import ListedUnits, listed_units
from auditlib.service_levels.waiting.mean_wait_course import MeanWaitCourse, mean_wait_courses
from auditlib.service_levels.waiting.timed import timed
from auditlib.service_levels.waiting.unit_shares import UnitShare, by_unit_and_day, channels_of, shares_asked
from auditlib.statements import listed
from auditlib.statistics.clustered_funnel import ClusteredFunnel, clustered_funnel
from auditlib.statistics.outlier_verdicts import CALLED_OUT, OutlierStatus
from auditlib.time.epoch import instant_of


@dataclass(frozen=True, slots=True, eq=False)
class ComparedUnits:
    """Units compared on one share.

    Parameters
    ----------
    unit_id
        Units with enough contacts, as the arrays of the funnel have them.
    small
        Units with too few contacts to be compared.
    unknown
        Contacts of which it is not known whether they meet.
    hidden
        Places of the units that are held back.
    """

    share: UnitShare
    unit_id: tuple[str, ...]
    funnel: ClusteredFunnel
    small: int
    unknown: int
    hidden: frozenset[int] = frozenset()

    @property
    def called_out(self) -> tuple[int, ...]:
        """Places of the units that surely differ from the others, the farthest first."""
        called = (place for place, verdict in enumerate(self.funnel.verdicts) if verdict in CALLED_OUT)
        return tuple(sorted(called, key=lambda place: -abs(self.funnel.z[place])))

    def better(self, place: int) -> bool:
        """Return whether a unit lies on the good side of the others."""
        verdict = self.funnel.verdicts[place]
        higher = verdict in {OutlierStatus.HIGHER, OutlierStatus.POSSIBLY_HIGHER}
        return higher == (self.share.good is Direction.AT_LEAST)

    @property
    def shown(self) -> tuple[int, ...]:
        """Places of the units that are not held back."""
        return tuple(place for place in range(len(self.unit_id)) if place not in self.hidden)

    def number_key(self, place: int) -> str:
        """Return what the share of a unit is called."""
        return f"share:{self.unit_id[place]}:{self.share.key}"

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the units whose share is held back, and how many these are."""
        hidden = frozenset(
            place for place, cases in enumerate(self.funnel.cases) if held(self.number_key(place), int(cases))
        )
        if len(hidden) == len(self.unit_id):
            return None, len(hidden)
        return replace(self, hidden=hidden), len(hidden)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each unit compared: contacts, share with its limits, z and verdict."""
        funnel = self.funnel
        return pd.DataFrame(
            {
                "unit_id": self.unit_id,
                "contacts": funnel.cases.astype(np.int64),
                "share": funnel.share,
                "low": funnel.own.low,
                "high": funnel.own.high,
                "z": funnel.z,
                "verdict": [str(verdict) for verdict in funnel.verdicts],
            }
        )


@dataclass(frozen=True, slots=True, eq=False)
class OutlyingUnits:
    """Units compared on every share that the criteria ask for, and the course of the mean wait.

    Parameters
    ----------
    compared
        Shares on which units could be compared.
    refused
        Those on which they could not, each with the reason.
    courses
        The mean wait by month of each channel, or why it cannot be charted.
    minimum_n
        Contacts a unit needs to be compared.
    absent
        Channels that criteria ask about and of which the evidence has no contact.
    listed
        Shares on which units are too few to be compared, each unit by itself.
    """

    compared: tuple[ComparedUnits, ...]
    refused: tuple[tuple[UnitShare, Refusal], ...]
    courses: tuple[tuple[str, MeanWaitCourse | Refusal], ...]
    minimum_n: int
    absent: tuple[str, ...] = ()
    listed: tuple[ListedUnits, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return the rows of all comparisons, led by what is compared."""
        compared = [part.to_frame().assign(compared_on=part.share.key) for part in self.compared]
        frames = compared + [part.to_frame().assign(compared_on=part.share.key) for part in self.listed]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def none_of(channels: Sequence[str]) -> Refusal:
    """Return why nothing is said of channels that the standard asks about, once for all of them."""
    return Refusal(
        f"The standard asks about contacts {listed([by(channel) for channel in channels])}, and the evidence "
        "has none.",
        "Ask for them, or whether they are offered at all.",
    )


def outlying_units(
    tables: CanonicalTables,
    criteria: Sequence[Criterion],
    *,
    as_of: int,
    level: float,
    minimum_n: int,
    seed: int,
) -> OutlyingUnits | Refusal:
    """Compare units on every share that the criteria ask for.

    Parameters
    ----------
    as_of
        Instant of the audit, in UTC microseconds.
    level
        1 less it is the share of units called out that may be wrong, and the chance that an unchanging mean
        wait shows a change.
    minimum_n
        Contacts a unit needs to be compared.
    seed
        Of the unchanging series that the mean wait is held against.
    """
    every, present = shares_asked(criteria), channels_in(tables)
    asked = [share for share in every if share.channel in present]
    absent = tuple(dict.fromkeys(share.channel for share in every if share.channel not in present))
    if not every:
        return Refusal(
            "No criterion of the standard asks for a share answered in time or given up.",
            "Judge by an edition that has such a criterion.",
        )
    if not asked:
        return none_of(absent) if present else NO_CONTACTS
    contacts = timed(tables, as_of=as_of)
    compared: list[ComparedUnits] = []
    refused: list[tuple[UnitShare, Refusal]] = []
    listed: list[ListedUnits] = []
    for share in asked:
        measured = by_unit_and_day(tables, contacts, share)
        units = (
            measured
            if isinstance(measured, Refusal)
            else _compared(*measured, level=level, minimum_n=minimum_n)
        )
        if not isinstance(units, Refusal):
            compared.append(units)
            continue
        refused.append((share, units))
        alone = _listed(tables, measured, level=level, minimum_n=minimum_n)
        listed += [] if alone is None else [alone]
    courses: dict[str, MeanWaitCourse | Refusal] = {}
    if contacts is not None:
        channels = tuple(channels_of(asked))
        courses = mean_wait_courses(tables, contacts, channels, level=level, seed=seed)
    return OutlyingUnits(
        tuple(compared), tuple(refused), tuple(courses.items()), minimum_n, absent, tuple(listed)
    )


def _listed(
    tables: CanonicalTables,
    measured: tuple[UnitShare, pd.DataFrame] | Refusal,
    *,
    level: float,
    minimum_n: int,
) -> ListedUnits | None:
    """Return each unit by itself, where units are too few to be compared."""
    if isinstance(measured, Refusal):
        return None
    return listed_units(tables, *measured, level=level, minimum_n=minimum_n)


def _compared(
    told: UnitShare, days: pd.DataFrame, *, level: float, minimum_n: int
) -> ComparedUnits | Refusal:
    whole = days.groupby("unit_id")["cases"].transform("sum")
    enough = days[(whole >= minimum_n) & (days["cases"] > 0)]
    names, unit = np.unique(enough["unit_id"].to_numpy(dtype=str), return_inverse=True)
    meeting, cases = (enough[name].to_numpy(dtype=np.float64) for name in ("meeting", "cases"))
    funnel = clustered_funnel(unit.astype(np.int64), meeting, cases, level=level)
    if isinstance(funnel, Refusal):
        return funnel
    small = int(days["unit_id"].nunique()) - len(names)
    return ComparedUnits(told, tuple(map(str, names)), funnel, small, int(days["unknown"].sum()))


def measure_outlying(engagement: Engagement, criteria: Sequence[Criterion]) -> OutlyingUnits | Refusal:
    """Compare the units of an engagement; see `outlying_units`."""
    run = engagement.run
    return outlying_units(
        engagement.evidence,
        criteria,
        as_of=instant_of(run.as_of),
        level=run.thresholds.confidence,
        minimum_n=MinimumFrequency.of(run.thresholds).at_least(run.thresholds.minimum_n).least,
        seed=run.seed,
    )
