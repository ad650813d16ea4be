"""What is counted by unit and month, before anything is tested.

Row-level conditions are table expressions and run where the data is; only counts by unit and day come out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.integrity.asked_again import AFTER, AFTER_COMPLAINT, asked_after
from auditlib.integrity.groups import MonthGrid
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Instrument
from auditlib.standards.measure import Tables
from auditlib.standards.observed import answered_invitations
from auditlib.standards.whole_days import beyond, whole_day
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

_SLACK = 1e-9
_THOUSAND = 1000
LEAST_ITEMS = 3
"""Answers to so many questions on one scale make a straight line worth the name."""


@dataclass(frozen=True)
class Observed:
    """Counts of one survey type; every array has the shape (units, months).

    Parameters
    ----------
    counts
        By name: invited, answered, answers, low, rest (sum of the means of answers that are not low, in
        thousandths) and rest_squares, top, silent_top, late_top, comments, begging, devices,
        shared, lines, straight, expected_straight, complaints; and invitations sent to customers who were
        last known to be happy, unhappy or complaining, with the days they were waited for (`asked_after`).
    scores
        Answers by native score, shape (units, months, scores), with the scores.
    top_box
        Least score in the top box.
    missing
        Why a count could not be made, by name of the count.
    """

    counts: Mapping[str, Floats]
    scores: Floats
    values: Floats
    top_box: float
    missing: Mapping[str, str] = field(default_factory=dict)


def observe(
    tables: Tables, instrument: Instrument, item: str, calendar: MonthGrid, policy: IntegrityPolicy
) -> Observed:
    """Count everything the detectors need for one survey type and its paid item."""
    survey_type = instrument.survey_type
    question = next(entry for entry in instrument.items if entry.item == item)
    limit = _limit(instrument, item, policy)
    found = (
        _invitations(tables, survey_type, calendar)
        | _answers(tables, instrument, item, calendar, policy)
        | _devices(tables, survey_type, calendar)
        | _straight(tables, instrument, item, calendar)
        | _perfect(tables, instrument, item, calendar)
        | _complaints(tables, calendar)
        | _again(tables, survey_type, item, limit=limit, calendar=calendar, policy=policy)
    )
    values = np.array(question.scale.scores)
    scores = _by_score(tables, survey_type, item, values, calendar)
    return Observed(found.counts, scores, values, question.scale.top_box, found.missing)


Counts = dict[str, Floats]


@dataclass(frozen=True)
class CountedPart:
    """Some counts by unit and month, and why others could not be made."""

    counts: Counts = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def __or__(self, other: CountedPart) -> CountedPart:
        missing = self.missing | other.missing
        counts = {name: value for name, value in (self.counts | other.counts).items() if name not in missing}
        return CountedPart(counts, missing)


def _absent(names: Sequence[str], why: str) -> CountedPart:
    return CountedPart({}, dict.fromkeys(names, why))


def _limit(instrument: Instrument, item: str, policy: IntegrityPolicy) -> float:
    scale = next(entry.scale for entry in instrument.items if entry.item == item)
    return scale.low + (policy.unhappy_below - 1) * (scale.high - scale.low) / 4


def _invitations(tables: Tables, survey_type: str, calendar: MonthGrid) -> CountedPart:
    import narwhals as nw

    names = ("invited", "answered")
    if "invitations" not in tables.tables:
        return _absent(names, "the evidence has no invitations")
    asked = _of(tables.lazy("invitations"), survey_type)
    part = _placed(asked.group_by("unit_id", "sent_day").agg(invited=nw.len()), calendar)
    kept = answered_invitations(asked, tables.lazy("responses")).filter(nw.col("answered"))
    return part | _placed(kept.group_by("unit_id", "sent_day").agg(answered=nw.len()), calendar)


def _of(frame: nw.LazyFrame[Any], survey_type: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    return frame.filter(nw.col("in_period"), nw.col("survey_type") == survey_type)


def _answers(
    tables: Tables, instrument: Instrument, item: str, calendar: MonthGrid, policy: IntegrityPolicy
) -> CountedPart:
    """Count answers by what they say; a comment that is empty or blank is none.

    An answer is low where the mean of its questions on the paid one's scale rounds to below the limit: the
    mean tells unhappy customers apart better than one question does.
    Means are summed as whole thousandths, so that the sum does not depend on the order of the rows.
    """
    import narwhals as nw

    scale = next(entry.scale for entry in instrument.items if entry.item == item)
    rows = _of(tables.lazy("responses"), instrument.survey_type).filter(~nw.col(item).is_null())
    wrote = ~nw.col("comment").is_null() & (
        nw.col("comment").fill_null("").str.strip_chars().str.len_chars() > 0
    )
    top = nw.col(item) >= scale.high
    overall = nw.mean_horizontal(*_alike(instrument, item))
    half = (scale.high - scale.low) / 8
    low = overall < _limit(instrument, item, policy) - half - _SLACK
    rest = nw.when(~low).then((overall * _THOUSAND).round()).otherwise(0)
    flags: dict[str, nw.Expr] = {
        "low": low,
        "rest": rest,
        "rest_squares": rest * rest,
        "top": top,
        "comments": wrote,
        "silent_top": top & ~wrote,
    }
    pattern = words_pattern(policy)
    if pattern:
        flags["begging"] = wrote & nw.col("comment").fill_null("").str.to_lowercase().str.contains(pattern)
    marked = rows.with_columns(**{name: flag.cast(nw.Int64) for name, flag in flags.items()})
    sums = {name: nw.col(name).sum() for name in flags}
    daily = _pandas(marked.group_by("unit_id", "submitted_day").agg(nw.len().alias("answers"), **sums))
    late = daily.assign(late_top=daily["top"].where(_late(daily["submitted_day"], policy.last_days), 0))
    part = CountedPart(_spread(late, calendar))
    if not part.counts["comments"].any():
        part = part | _absent(("comments", "silent_top", "begging"), "no answer has a comment")
    elif not pattern:
        part = part | _absent(
            ("begging",), "no list of words is declared; name the integrity policy in the run file"
        )
    return part


def _alike(instrument: Instrument, item: str) -> list[str]:
    """Return the items on the same scale as `item`, itself included."""
    paid = next(entry.scale for entry in instrument.items if entry.item == item)
    return [entry.item for entry in instrument.items if entry.scale.scores == paid.scores]


def words_pattern(policy: IntegrityPolicy) -> str:
    """Return one pattern for all declared phrases, in lower case; empty where none is declared."""
    phrases = (phrase.lower() for listed in policy.words.values() for phrase in listed)
    return "|".join(_escaped(phrase) for phrase in phrases)


def _escaped(phrase: str) -> str:
    """Return `phrase` as a pattern that every engine reads alike; any white space joins its words."""
    return r"\s+".join(re.sub(r"([^\w])", r"\\\1", word) for word in phrase.split())


def _late(days: pd.Series[int], last_days: int) -> pd.Series[bool]:
    import pandas as pd

    dates = pd.to_datetime(days.astype("int64"), unit="D")
    return dates.dt.days_in_month - dates.dt.day < last_days


def _devices(tables: Tables, survey_type: str, calendar: MonthGrid) -> CountedPart:
    """Count answers with a device, and those whose device served more than one person of the unit.

    A nameless answer counts as another person, because nobody can tell.
    """
    import narwhals as nw

    rows = _of(tables.lazy("responses"), survey_type).filter(~nw.col("device_id").is_null())
    rows = rows.select("unit_id", "submitted_day", "device_id", "customer_id")
    used = rows.group_by("unit_id", "device_id").agg(
        used=nw.len(),
        known=nw.col("customer_id").count(),
        first=nw.col("customer_id").min(),
        last=nw.col("customer_id").max(),
    )
    many = (nw.col("used") > 1) & ((nw.col("first") != nw.col("last")) | (nw.col("known") < nw.col("used")))
    shared = used.filter(many).select("unit_id", "device_id")
    both = rows.join(shared, on=["unit_id", "device_id"], how="semi")
    part = _placed(rows.group_by("unit_id", "submitted_day").agg(devices=nw.len()), calendar)
    if not part.counts["devices"].any():
        return _absent(("devices", "shared"), "no answer names a device")
    return part | _placed(both.group_by("unit_id", "submitted_day").agg(shared=nw.len()), calendar)


def _straight(tables: Tables, instrument: Instrument, item: str, calendar: MonthGrid) -> CountedPart:
    """Count answers that give every question the same score, and how many one expects at their mean.

    Answers are compared with those of the same rounded mean. A rise of satisfaction moves answers through
    such a class as it moves them in, so that the share of straight lines in it hardly changes; in the best
    class it would, because more and more answers reach the best score throughout, so that class is left out
    (person fit given the total score: Meijer and Sijtsma 2001, doi 10.1177/01466210122031957).
    """
    import narwhals as nw

    names = ("lines", "straight", "expected_straight", "straight_noise")
    alike = _alike(instrument, item)
    if len(alike) < LEAST_ITEMS:
        return _absent(names, f"fewer than {LEAST_ITEMS} questions share the scale of {item}")
    scale = next(entry.scale for entry in instrument.items if entry.item == item)
    rows = _complete(tables, instrument, alike)
    flat = nw.max_horizontal(*alike) == nw.min_horizontal(*alike)
    step = scale.scores[1] - scale.scores[0]
    level = ((nw.mean_horizontal(*alike) - scale.low) / step + 0.5 + _SLACK).floor()
    marked = rows.with_columns(straight=flat.cast(nw.Int64), level=level.cast(nw.Int64))
    daily = _pandas(
        marked.filter(nw.col("level") < len(scale.scores) - 1)
        .group_by("unit_id", "submitted_day", "level")
        .agg(lines=nw.len(), straight=nw.col("straight").sum())
    ).sort_values(["unit_id", "submitted_day", "level"])
    totals = daily.groupby("level")[["straight", "lines"]].sum()
    rate = daily["level"].map(totals["straight"] / totals["lines"]).to_numpy(float)
    expected = daily.drop(columns="level").assign(
        expected_straight=rate * daily["lines"], straight_noise=rate * (1 - rate) * daily["lines"]
    )
    return CountedPart(_spread(expected, calendar))


def _complete(tables: Tables, instrument: Instrument, items: Sequence[str]) -> nw.LazyFrame[Any]:
    import narwhals as nw

    rows = _of(tables.lazy("responses"), instrument.survey_type)
    return rows.filter(*(~nw.col(name).is_null() for name in items))


def _perfect(tables: Tables, instrument: Instrument, item: str, calendar: MonthGrid) -> CountedPart:
    """Count answers with the best score on every question, and sum the means of the others in thousandths."""
    import narwhals as nw

    names = ("complete", "perfect", "imperfect", "imperfect_squares")
    alike = _alike(instrument, item)
    if len(alike) < LEAST_ITEMS:
        return _absent(names, f"fewer than {LEAST_ITEMS} questions share the scale of {item}")
    scale = next(entry.scale for entry in instrument.items if entry.item == item)
    best = nw.min_horizontal(*alike) >= scale.high
    rest = nw.when(~best).then((nw.mean_horizontal(*alike) * _THOUSAND).round()).otherwise(0)
    flags = {"perfect": best, "imperfect": rest, "imperfect_squares": rest * rest}
    marked = _complete(tables, instrument, alike).with_columns(
        **{name: flag.cast(nw.Int64) for name, flag in flags.items()}
    )
    sums = {name: nw.col(name).sum() for name in flags}
    return _placed(
        marked.group_by("unit_id", "submitted_day").agg(nw.len().alias("complete"), **sums), calendar
    )


def _complaints(tables: Tables, calendar: MonthGrid) -> CountedPart:
    import narwhals as nw

    if "complaints" not in tables.tables:
        return _absent(("complaints",), "the evidence has no complaints")
    rows = tables.lazy("complaints").filter(nw.col("in_period"))
    return _placed(rows.group_by("unit_id", "received_day").agg(complaints=nw.len()), calendar)


def _again(
    tables: Tables,
    survey_type: str,
    item: str,
    *,
    limit: float,
    calendar: MonthGrid,
    policy: IntegrityPolicy,
) -> CountedPart:
    """Count invitations, and the time customers waited for them, by what was last known of the customer."""
    import narwhals as nw

    known, missing = [], {}
    if "invitations" not in tables.tables:
        return _absent(AFTER, "the evidence has no invitations")
    asked = _pandas(
        tables.lazy("invitations")
        .filter(nw.col("survey_type") == survey_type, ~nw.col("customer_id").is_null())
        .select("customer_id", "sent_at")
    )
    answers = _of(tables.lazy("responses"), survey_type).filter(~nw.col(item).is_null())
    told = _known(answers, "submitted", low=nw.col(item) < limit)
    if asked.empty or told.empty:
        return _absent(AFTER, "invitations or answers name no customer")
    known.append(told.assign(known=np.where(told["low"], "unhappy", "happy")))
    if "complaints" in tables.tables:
        complained = _known(tables.lazy("complaints").filter(nw.col("in_period")), "received")
        known.append(complained.assign(known="complained"))
    else:
        missing = dict.fromkeys(AFTER_COMPLAINT, "the evidence has no complaints")
    return CountedPart(
        _spread(asked_after(known, asked, window_days=policy.again_days), calendar)
    ) | CountedPart({}, missing)


def _known(rows: nw.LazyFrame[Any], stem: str, **more: nw.Expr) -> pd.DataFrame:
    """Return when something became known of which customer, and in which unit.

    What is known by its day alone is known by the end of that day: the invitation that brought an answer is
    never sent after it.
    """
    import narwhals as nw

    named = rows.filter(~nw.col("customer_id").is_null())
    at = nw.col(f"{stem}_at") + beyond(whole_day(named, stem))
    return _pandas(named.select("customer_id", "unit_id", day=nw.col(f"{stem}_day"), at=at, **more))


def _by_score(tables: Tables, survey_type: str, item: str, values: Floats, calendar: MonthGrid) -> Floats:
    """Return answers by unit, month and native score from the cells."""
    cells = tables.frame("cells")
    own = cells[(cells["survey_type"] == survey_type) & (cells["item"] == item)]
    own = own[own["unit_id"].isin(calendar.units)]
    unit = np.searchsorted(np.array(calendar.units), own["unit_id"].to_numpy(str))
    year, month = np.divmod(own["month"].to_numpy(np.int64), 100)
    at = (year - calendar.first.year) * 12 + month - calendar.first.month
    score = np.rint((own["score"].to_numpy(float) - values[0]) / (values[1] - values[0])).astype(np.int64)
    found = np.zeros((len(calendar.units), calendar.months, len(values)))
    inside = (at >= 0) & (at < calendar.months)
    np.add.at(found, (unit[inside], at[inside], score[inside]), own["n"].to_numpy(float)[inside])
    return found


def _pandas(frame: nw.LazyFrame[Any]) -> pd.DataFrame:
    found: pd.DataFrame = frame.collect().to_pandas()
    return found


def _placed(frame: nw.LazyFrame[Any], calendar: MonthGrid) -> CountedPart:
    return CountedPart(_spread(_pandas(frame), calendar))


def _spread(daily: pd.DataFrame, calendar: MonthGrid) -> Counts:
    """Return the sums of each column by unit and month; the first columns name unit and local day."""
    units = np.array(calendar.units)
    daily = daily[daily["unit_id"].isin(calendar.units)]
    day = next(name for name in daily.columns if name == "day" or name.endswith("_day"))
    unit = np.searchsorted(units, daily["unit_id"].to_numpy(str)) if len(daily) else np.zeros(0, np.int64)
    month = calendar.month_of(daily[day].to_numpy(np.int64))
    inside = (month >= 0) & (month < calendar.months)
    part: Counts = {}
    for name in daily.columns.drop(["unit_id", day]):
        found = np.zeros((len(units), calendar.months))
        np.add.at(found, (unit[inside], month[inside]), daily[name].to_numpy(float)[inside])
        part[str(name)] = found
    return part
