"""What is counted by unit and month, before anything is tested.

Row-level conditions are table expressions and run where the data is; only counts by unit and day come out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.integrity.groups import Calendar
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Instrument
from auditlib.standards.measure import Tables
from auditlib.statistics.types import Floats

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

_SLACK = 1e-9
LEAST_ITEMS = 3
"""Answers to so many questions on one scale make a straight line worth the name."""


@dataclass(frozen=True)
class Observed:
    """Counts of one survey type; every array has the shape (units, months).

    Parameters
    ----------
    counts
        By name: invited, answered, answers, low, high, top, silent_top, late_top, comments, begging, devices,
        shared, lines, straight, expected_straight, complaints, unhappy, unhappy_again, happy, happy_again.
    scores
        Answers by native score, shape (units, months, scores), with the scores.
    missing
        Why a count could not be made, by name of the count.
    """

    counts: Mapping[str, Floats]
    scores: Floats
    values: Floats
    missing: Mapping[str, str] = field(default_factory=dict)


def observe(
    tables: Tables, instrument: Instrument, item: str, calendar: Calendar, policy: IntegrityPolicy
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
        | _complaints(tables, calendar)
        | _again(tables, survey_type, item, limit=limit, calendar=calendar, policy=policy)
    )
    values = np.array(question.scale.scores)
    scores = _by_score(tables, survey_type, item, values, calendar)
    return Observed(found.counts, scores, values, found.missing)


Counts = dict[str, Floats]


@dataclass(frozen=True)
class Part:
    """Some counts by unit and month, and why others could not be made."""

    counts: Counts = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def __or__(self, other: Part) -> Part:
        missing = self.missing | other.missing
        counts = {name: value for name, value in (self.counts | other.counts).items() if name not in missing}
        return Part(counts, missing)


def _absent(names: Sequence[str], why: str) -> Part:
    return Part({}, dict.fromkeys(names, why))


def _limit(instrument: Instrument, item: str, policy: IntegrityPolicy) -> float:
    scale = next(entry.scale for entry in instrument.items if entry.item == item)
    return scale.low + (policy.unhappy_below - 1) * (scale.high - scale.low) / 4


def _invitations(tables: Tables, survey_type: str, calendar: Calendar) -> Part:
    import narwhals as nw

    names = ("invited", "answered")
    if "invitations" not in tables.tables:
        return _absent(names, "the evidence has no invitations")
    asked = _of(tables.lazy("invitations"), survey_type)
    part = _placed(asked.group_by("unit_id", "sent_day").agg(invited=nw.len()), calendar)
    answers = tables.lazy("responses").select("invitation_id").filter(~nw.col("invitation_id").is_null())
    kept = asked.join(answers, on="invitation_id", how="semi")
    return part | _placed(kept.group_by("unit_id", "sent_day").agg(answered=nw.len()), calendar)


def _of(frame: nw.LazyFrame[Any], survey_type: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    return frame.filter(nw.col("in_period"), nw.col("survey_type") == survey_type)


def _answers(
    tables: Tables, instrument: Instrument, item: str, calendar: Calendar, policy: IntegrityPolicy
) -> Part:
    """Count answers by what they say; a comment that is empty or blank is none.

    An answer is low, or high, where the mean of its questions on the paid one's scale rounds to below the
    limit, or to the best score: the mean tells unhappy customers apart better than one question does.
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
    flags: dict[str, nw.Expr] = {
        "low": overall < _limit(instrument, item, policy) - half - _SLACK,
        "high": overall >= scale.high - half - _SLACK,
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
    part = Part(_spread(late, calendar))
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


def _devices(tables: Tables, survey_type: str, calendar: Calendar) -> Part:
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


def _straight(tables: Tables, instrument: Instrument, item: str, calendar: Calendar) -> Part:
    """Count answers that give every question the same score, and how many one expects at that score."""
    import narwhals as nw

    names = ("lines", "straight", "expected_straight")
    alike = _alike(instrument, item)
    if len(alike) < LEAST_ITEMS:
        return _absent(names, f"fewer than {LEAST_ITEMS} questions share the scale of {item}")
    rows = _of(tables.lazy("responses"), instrument.survey_type)
    rows = rows.filter(*(~nw.col(name).is_null() for name in alike))
    flat = nw.max_horizontal(*alike) == nw.min_horizontal(*alike)
    marked = rows.with_columns(straight=flat.cast(nw.Int64))
    daily = _pandas(
        marked.group_by("unit_id", "submitted_day", item).agg(
            lines=nw.len(), straight=nw.col("straight").sum()
        )
    )
    totals = daily.groupby(item)[["straight", "lines"]].sum()
    rate = daily[item].map(totals["straight"] / totals["lines"]).to_numpy(float)
    expected = daily.drop(columns=item).assign(expected_straight=rate * daily["lines"])
    return Part(_spread(expected, calendar))


def _complaints(tables: Tables, calendar: Calendar) -> Part:
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
    calendar: Calendar,
    policy: IntegrityPolicy,
) -> Part:
    """Count customers known to be unhappy or happy, and those of them invited again within the window.

    Known unhappy: a low answer or a complaint. Occasions whose window ends after the last invitation of
    the log are left out.
    """
    import narwhals as nw

    names = ("unhappy", "unhappy_again", "happy", "happy_again")
    if "invitations" not in tables.tables:
        return _absent(names, "the evidence has no invitations")
    asked = _pandas(
        tables.lazy("invitations")
        .filter(nw.col("survey_type") == survey_type, ~nw.col("customer_id").is_null())
        .select("customer_id", "sent_at")
    )
    answers = _pandas(
        _of(tables.lazy("responses"), survey_type)
        .filter(~nw.col(item).is_null(), ~nw.col("customer_id").is_null())
        .select(
            "customer_id", "unit_id", "submitted_day", at=nw.col("submitted_at"), low=nw.col(item) < limit
        )
    ).rename(columns={"submitted_day": "day"})
    occasions = [answers, *_complainants(tables)]
    if asked.empty or answers.empty:
        return _absent(names, "invitations or answers name no customer")
    return _occasions(occasions, asked, calendar, policy)


def _complainants(tables: Tables) -> list[pd.DataFrame]:
    import narwhals as nw

    if "complaints" not in tables.tables:
        return []
    rows = _pandas(
        tables.lazy("complaints")
        .filter(nw.col("in_period"), ~nw.col("customer_id").is_null())
        .select("customer_id", "unit_id", "received_day", at=nw.col("received_at"))
    )
    return [rows.rename(columns={"received_day": "day"}).assign(low=True)]


def _occasions(
    occasions: list[pd.DataFrame], asked: pd.DataFrame, calendar: Calendar, policy: IntegrityPolicy
) -> Part:
    import pandas as pd

    window = policy.again_days * 86_400_000_000
    rows = pd.concat(occasions, ignore_index=True).astype({"at": "int64", "low": "bool"})
    asked = asked.astype({"sent_at": "int64"}).sort_values(["sent_at", "customer_id"])
    rows = rows[rows["at"] + window <= int(asked["sent_at"].max())].sort_values(["at", "customer_id"])
    met = pd.merge_asof(
        rows, asked, left_on="at", right_on="sent_at", by="customer_id",
        direction="forward", allow_exact_matches=False, tolerance=window,
    )  # fmt: skip
    again = met["sent_at"].notna().astype(int)
    counted = pd.DataFrame(
        {
            "unit_id": met["unit_id"],
            "day": met["day"],
            "unhappy": met["low"].astype(int),
            "unhappy_again": again * met["low"],
            "happy": 1 - met["low"].astype(int),
            "happy_again": again * ~met["low"],
        }
    )
    return Part(_spread(counted, calendar))


def _by_score(tables: Tables, survey_type: str, item: str, values: Floats, calendar: Calendar) -> Floats:
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


def _placed(frame: nw.LazyFrame[Any], calendar: Calendar) -> Part:
    return Part(_spread(_pandas(frame), calendar))


def _spread(daily: pd.DataFrame, calendar: Calendar) -> Counts:
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
