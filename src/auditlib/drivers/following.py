"""Whether a cause moved after an action on it, against units without the action."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditlib.contracts import CanonicalTables
from auditlib.drivers.coverage import Fix
from auditlib.drivers.policy import DriversPolicy
from auditlib.parameters.run import Run
from auditlib.records import Basis, Interval, Refusal
from auditlib.standards.observed import IN_PERIOD
from auditlib.statistics.intervals import clopper_pearson
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import pandas as pd

EVERYWHERE = Refusal("It holds for every unit: there is none without it to compare with.")
FEW_OTHERS = Refusal("Units without it have too few complaints of the cause to compare with.")


@dataclass(frozen=True, slots=True)
class Followed:
    """Complaints of a cause on either side of an action on it.

    Parameters
    ----------
    days
        Width of the windows before and after; the day of the action belongs to neither.
    before, after
        Complaints of the cause where the action holds.
    before_others, after_others
        The same in units without the action.
    ratio, interval
        After over before, and where there are units without the action, over theirs; None where it cannot
        be had, with the reason in `refusal`.
    compared
        Whether units without the action are taken into account.
    """

    fix: Fix
    days: int = 0
    before: int = 0
    after: int = 0
    before_others: int = 0
    after_others: int = 0
    ratio: float | None = None
    interval: Interval | None = None
    compared: bool = False
    refusal: Refusal | None = None

    @property
    def comparison(self) -> str:
        """What it is compared with, as a table says it."""
        if self.compared:
            return f"units without it ({self.before_others} before, {self.after_others} after)"
        why = self.refusal.reason if self.refusal else ""
        return f"nothing: {why[:1].lower()}{why[1:]}"

    @property
    def basis(self) -> tuple[Basis, ...]:
        """The rows it rests on."""
        rows = (Basis("fixes", (("fix_id", fix_id),)) for fix_id in self.fix.fix_ids)
        return (*rows, _complaints_of(self.fix.cause))


def follow(
    fixes: tuple[Fix, ...], tables: CanonicalTables, run: Run, policy: DriversPolicy
) -> tuple[Followed, ...]:
    """Follow every action that took effect: complaints of its cause before and after.

    Notes
    -----
    Windows are of equal length, cut to what the period shows on both sides. With units that lack the action,
    the ratio is that of two ratios, with an exact interval conditional on all margins (the odds ratio of a
    two-by-two table); without, the exact interval of a ratio of two Poisson counts with equal exposure
    (Przyborowski and Wilenski 1940, Biometrika 31:313-323).
    """
    if "complaints" not in tables.tables:
        return ()
    received = tables.frame("complaints", columns=["cause_code", "unit_id", "received_day"], where=IN_PERIOD)
    effective = pooled(fix for fix in fixes if fix.implemented is not None)
    return tuple(_followed(fix, fixes, received, run, policy) for fix in effective)


def pooled(fixes: Iterable[Fix]) -> tuple[Fix, ...]:
    """Return actions with those of one cause, day and kind as one, made in several units.

    Cut by unit, an action is followed on a few complaints of each, where all together say what it did.
    """
    alike: dict[tuple[str, int | None, str], Fix] = {}
    for fix in fixes:
        key = (fix.cause, fix.implemented, fix.kind)
        first = alike.get(key)
        alike[key] = fix if first is None else replace(first, like=(*first.like, (fix.fix_id, fix.unit_id)))
    return tuple(alike.values())


def _followed(
    fix: Fix, fixes: tuple[Fix, ...], received: pd.DataFrame, run: Run, policy: DriversPolicy
) -> Followed:
    first, last = (day_number(day) for day in (run.period.start, run.period.end))
    day = fix.implemented or 0
    days = min(policy.window_days, day - first, last - day)
    if days < 1:
        return Followed(fix, refusal=Refusal("It took effect at the edge of the period, or outside it."))
    same = received[received["cause_code"] == fix.cause]
    acted = {alike.unit_id for alike in fixes if alike.cause == fix.cause}
    own = same[same["unit_id"].isin(fix.units)] if fix.units else same
    elsewhere = same.iloc[:0] if "" in acted else same[~same["unit_id"].isin(acted)]
    counts = (*_around(own, day, days), *_around(elsewhere, day, days))
    return _compared(fix, days, counts, level=run.thresholds.confidence)


def _around(rows: pd.DataFrame, day: int, days: int) -> tuple[int, int]:
    """Return how many lie up to `days` before `day`, and after it."""
    apart = rows["received_day"] - day
    return int(apart.between(-days, -1).sum()), int(apart.between(1, days).sum())


def _compared(fix: Fix, days: int, counts: tuple[int, int, int, int], *, level: float) -> Followed:
    before, after, before_others, after_others = counts
    if before == 0:
        return Followed(fix, days, *counts, refusal=Refusal("No complaint of the cause came before it."))
    if fix.units and before_others and after_others:
        ratio = (after / before) / (after_others / before_others)
        interval = _odds(counts, level=level)
        return Followed(fix, days, *counts, ratio, interval, compared=True)
    share = clopper_pearson(after, after + before, level=level)
    low, high = (float(limit) / max(1 - float(limit), 1e-12) for limit in (share.low, share.high))
    interval = Interval(low, high, level, "conditional exact")
    why = FEW_OTHERS if fix.units else EVERYWHERE
    return Followed(fix, days, *counts, after / before, interval, refusal=why)


def _odds(counts: tuple[int, int, int, int], *, level: float) -> Interval:
    from scipy.stats.contingency import odds_ratio

    before, after, before_others, after_others = counts
    limits = odds_ratio([[after, before], [after_others, before_others]]).confidence_interval(level)
    return Interval(float(limits.low), float(limits.high), level, "conditional exact")


def _complaints_of(cause: str) -> Basis:
    return Basis("complaints", (*IN_PERIOD, ("cause_code", cause)))
