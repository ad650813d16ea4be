"""How long matters take: from the offer of their first contact until they are resolved, as values.

A matter is a customer with a kind of matter until it has been silent for so many days. It is resolved with
the end of its last contact, where that was answered; where contacts carry the party's mark, it is resolved by
that with the end of the first contact marked. Nobody knows before the silence is over whether a contact was
the last: a matter is followed until as many days before the evidence ends, and if it was not resolved by then
it is open (censored). So is one whose last contact was given up, or is said to be both: silence says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import to_pandas
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.waiting.result import QUANTILES, TimeEstimate
from auditlib.statistics.clustered_survival import SCALE, CountedSurvival, quantile_limits
from auditlib.statistics.clustered_times import mean_interval
from auditlib.statistics.strata import places
from auditlib.time.epoch import SECOND

if TYPE_CHECKING:
    import narwhals as nw

WAYS = ("silence", "mark")
"""What says that a matter is resolved: that nothing followed, or the party's mark."""
KINDS = ("all", "channel", "matter")
EVERY = "every matter"
_COARSE, _MINUTE = 7200, 60
"""Times of as many seconds and more are whole minutes: so few are distinct that all come into memory."""
_PARTS = ("channel", "matter", "unit_id", "day")


@dataclass(frozen=True, slots=True)
class MatterTimes:
    """How long the matters of a channel, of a kind, or all of them took.

    Parameters
    ----------
    way
        What says that one is resolved, of `WAYS`.
    kind, name
        What they have in common, of `KINDS`; empty where contacts do not name it.
    matters, resolved
        Matters followed, and those of them that were resolved.
    mean
        Of those resolved; None where none was.
    quantiles
        Of all, by name; None where fewer than so many are resolved as far as the evidence reaches.
    """

    way: str
    kind: str
    name: str
    matters: int
    resolved: int
    mean: TimeEstimate | None
    quantiles: Mapping[str, TimeEstimate | None]

    @property
    def open(self) -> int:
        """Matters not resolved as far as they were followed."""
        return self.matters - self.resolved

    @property
    def title(self) -> str:
        """What they are called in a table."""
        return EVERY if self.kind == KINDS[0] else self.name or "not recorded"

    @property
    def key(self) -> str:
        """End of the keys of their numbers."""
        return f"{self.way}:{self.kind}:{self.title}"


def matters_of(contacts: nw.LazyFrame[Any], *, rule: RepeatRule, until: int, since: int) -> nw.LazyFrame[Any]:
    """Return one row for each matter that began in the period.

    Parameters
    ----------
    contacts
        See `matters.with_silences`; the windows of all start from their ends.
    until, since
        Last instant of the evidence, and when its first contact was offered.

    Returns
    -------
    narwhals.LazyFrame
        The unit, channel, kind of matter and local day of the first contact; for each of `WAYS` ``seconds``
        followed and whether it was ``done`` by then (0 or 1), as ``seconds_silence``; and whether it began
        too ``late`` to be followed, or so ``early`` in the log that it may have begun before (0 or 1).
    """
    import narwhals as nw

    by, order = ("customer_id", "matter"), ("offered_at", "interaction_id")
    reach = rule.reach(rule.days)
    begins = nw.col("since").is_null() | (nw.col("since") > reach).fill_null(value=False)
    numbered = contacts.with_columns(begins=begins.cast(nw.Int64)).with_columns(
        number=nw.col("begins").cum_sum().over(*by, order_by=order)
    )
    place, ended = (*by, "number"), nw.col("starts_at")
    answered = nw.col("answered").fill_null(value=False).cast(nw.Int64)
    together = numbered.with_columns(
        last_end=ended.max().over(*place),
        last_outcome=(nw.col("offered_at") * 2 + answered).max().over(*place),
        marked_at=nw.when(nw.col("mark")).then(ended).min().over(*place),
    )
    first = together.filter(nw.col("begins") == 1, nw.col("in_period"))
    followed = (until - reach) - nw.col("offered_at")
    ends = {
        WAYS[0]: nw.when(nw.col("last_outcome") % 2 == 1).then(nw.col("last_end")),
        WAYS[1]: nw.col("marked_at"),
    }
    columns = {
        "late": (followed < 0).cast(nw.Int64),
        "early": (nw.col("offered_at") <= since + reach).cast(nw.Int64),
    }
    for way, end in ends.items():
        time = end - nw.col("offered_at")
        done = (time <= followed).fill_null(value=False)
        columns[f"seconds_{way}"] = _coarse(nw.when(done).then(time).otherwise(followed) // SECOND)
        columns[f"done_{way}"] = done.cast(nw.Int64)
    return first.select(*_PARTS, **columns)


def _coarse(seconds: nw.Expr) -> nw.Expr:
    import narwhals as nw

    return nw.when(seconds < _COARSE).then(seconds).otherwise(seconds // _MINUTE * _MINUTE)


def matter_times(
    tables: CanonicalTables, matters: nw.LazyFrame[Any], *, ways: Sequence[str], level: float
) -> tuple[MatterTimes, ...]:
    """Return how long matters took: all of them, by channel and by kind, those with most matters first.

    Parameters
    ----------
    matters
        See `matters_of`.
    level
        Coverage of the intervals.
    """
    return tuple(entry for way in ways for entry in _of_way(tables, matters, way, level=level))


def _of_way(
    tables: CanonicalTables, matters: nw.LazyFrame[Any], way: str, *, level: float
) -> Iterator[MatterTimes]:
    import narwhals as nw

    chosen = (
        matters.filter(nw.col("late") == 0)
        .select(*_PARTS, seconds=nw.col(f"seconds_{way}"), done=nw.col(f"done_{way}"))
        .with_columns(nw.col("channel", "matter").fill_null(""), all=nw.lit(EVERY))
    )
    steps = chosen.group_by(*KINDS, "seconds", "done").agg(cases=nw.len())
    curves = _curves(to_pandas(steps))
    if not curves:
        return
    days = _by_day(tables, chosen, curves)
    for (kind, name), curve in curves.items():
        yield _entry(way, kind, name, curve, days[days[kind] == name], level=level)


def _curves(steps: pd.DataFrame) -> dict[tuple[str, str], CountedSurvival]:
    """Return how matters were resolved over time, by what they have in common, most matters first."""
    cases = steps["cases"]
    marked = steps.assign(ended=cases.where(steps["done"] == 1, 0), gone=cases.where(steps["done"] == 0, 0))
    curves = {}
    for kind in KINDS:
        summed = marked.groupby([kind, "seconds"], sort=True)[["ended", "gone"]].sum().reset_index()
        for name, part in summed.groupby(kind, sort=True):
            columns = (part[column].to_numpy(dtype=np.float64) for column in ("seconds", "ended", "gone"))
            curves[kind, str(name)] = CountedSurvival(*columns)
    place = {kind: rank for rank, kind in enumerate(KINDS)}
    return dict(sorted(curves.items(), key=lambda item: (place[item[0][0]], -_cases(item[1]))))


def _cases(curve: CountedSurvival) -> int:
    return int(curve.ended.sum() + curve.left.sum())


def _by_day(
    tables: CanonicalTables, matters: nw.LazyFrame[Any], curves: Mapping[tuple[str, str], CountedSurvival]
) -> pd.DataFrame:
    """Return matters resolved, their times and the influences on each quantile, by unit, day and part."""
    import narwhals as nw

    looked_up = matters
    for kind in KINDS:
        lookup = tables.lazy_of(_influences(kind, curves))
        looked_up = looked_up.join(lookup, on=[kind, "seconds", "done"], how="inner")
    sums = {name: nw.col(name) for kind in KINDS for name in _columns(kind)}
    sums |= {"resolved": nw.col("done"), "time": nw.col("done") * nw.col("seconds"), "matters": nw.lit(1)}
    rows = looked_up.select(*_PARTS, all=nw.lit(EVERY), **sums).group_by(*KINDS, "unit_id", "day")
    # Influences are whole numbers, so that their sums do not depend on the order of the rows.
    added = rows.agg(*(nw.col(name).sum().cast(nw.Float64) for name in sums))
    return to_pandas(added.sort(*KINDS, "unit_id", "day"))


def _columns(kind: str) -> list[str]:
    return [f"{quantile}_of_{kind}" for quantile in QUANTILES]


def _influences(kind: str, curves: Mapping[tuple[str, str], CountedSurvival]) -> dict[str, Any]:
    """Return the look-up of influences by part, seconds followed, and whether the matter was resolved."""
    parts: dict[str, list[Any]] = {name: [] for name in (kind, "seconds", "done", *_columns(kind))}
    for (common, name), curve in curves.items():
        if common != kind:
            continue
        for done in (0, 1):
            parts[kind] += [name] * len(curve.times)
            parts["seconds"].append(curve.times.astype(np.int64))
            parts["done"].append(np.full(len(curve.times), done))
            for column, share in zip(_columns(kind), QUANTILES.values(), strict=True):
                moved = curve.influences(curve.quantile(share) or 0.0)[1 - done]
                parts[column].append(np.round(moved * SCALE).astype(np.int64))
    return {name: part if name == kind else np.concatenate(part) for name, part in parts.items()}


def _entry(
    way: str, kind: str, name: str, curve: CountedSurvival, days: pd.DataFrame, *, level: float
) -> MatterTimes:
    by_day = days.groupby(["unit_id", "day"], sort=True)[
        ["resolved", "time", "matters", *_columns(kind)]
    ].sum()
    resolved = by_day["resolved"].to_numpy(dtype=np.float64)
    time, total = by_day["time"].to_numpy(dtype=np.float64), float(resolved.sum())
    some, unit = resolved > 0, places(by_day.index.get_level_values("unit_id"))
    mean = None
    if total:
        mean = TimeEstimate(
            time.sum() / total, mean_interval(time[some], resolved[some], unit[some], level=level)
        )
    matters = by_day["matters"].to_numpy(dtype=np.float64)
    quantiles = {}
    for column, (quantile, share) in zip(_columns(kind), QUANTILES.items(), strict=True):
        value = curve.quantile(share)
        sums = by_day[column].to_numpy(dtype=np.float64) / SCALE
        limits = quantile_limits(curve, sums, matters, unit, share=share, level=level)
        quantiles[quantile] = None if value is None else TimeEstimate(value, limits)
    return MatterTimes(way, kind, name, _cases(curve), int(total), mean, quantiles)
