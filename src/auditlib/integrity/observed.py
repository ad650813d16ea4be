"""What is counted by unit and month, before anything is tested."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from auditlib.integrity.invited import asked_again, complainants_invited, reopened_invited
from auditlib.integrity.paid_question import CountedPart, PaidQuestion, absent, by_month, read
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.scripts import MOST, read_in, unread
from auditlib.integrity.selection import NO_INVITATIONS
from auditlib.standards.observed import answered_invitations
from auditlib.statements import listed
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
        last known to be happy, unhappy or complaining, with the days they were waited for (`asked_after`);
        and how many of those who complained, and whose case was reopened, were invited (`selection`).
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


def observe(paid: PaidQuestion) -> Observed:
    """Count everything the detectors need for one survey type and its paid item."""
    part = (
        _invitations(paid)
        | _answers(paid)
        | _devices(paid)
        | _straight(paid)
        | _perfect(paid)
        | _complaints(paid)
        | asked_again(paid)
        | complainants_invited(paid)
        | reopened_invited(paid)
    )
    values = np.array(paid.scale.scores)
    return Observed(part.counts, _by_score(paid, values), values, paid.scale.top_box, part.missing)


def _invitations(paid: PaidQuestion) -> CountedPart:
    import narwhals as nw

    if "invitations" not in paid.tables.tables:
        return absent(("invited", "answered"), NO_INVITATIONS)
    invitations = paid.rows("invitations")
    part = paid.placed(invitations.group_by("unit_id", "sent_day").agg(invited=nw.len()))
    answered = answered_invitations(invitations, paid.tables.lazy("responses")).filter(nw.col("answered"))
    return part | paid.placed(answered.group_by("unit_id", "sent_day").agg(answered=nw.len()))


def _answers(paid: PaidQuestion) -> CountedPart:
    """Count answers by what they say; a comment that is empty or blank is none.

    An answer is low where the mean of its questions on the paid one's scale rounds to below the limit: the
    mean tells unhappy customers apart better than one question does.
    Means are summed as whole thousandths, so that the sum does not depend on the order of the rows.
    """
    import narwhals as nw

    scale, item = paid.scale, paid.item
    rows = paid.rows("responses").filter(~nw.col(item).is_null())
    wrote = ~nw.col("comment").is_null() & (
        nw.col("comment").fill_null("").str.strip_chars().str.len_chars() > 0
    )
    top = nw.col(item) >= scale.high
    overall = nw.mean_horizontal(*paid.alike)
    half = (scale.high - scale.low) / 8
    low = overall < paid.limit - half - _SLACK
    thousandths = nw.when(~low).then((overall * _THOUSAND).round()).otherwise(0)
    flags: dict[str, nw.Expr] = {
        "low": low,
        "rest": thousandths,
        "rest_squares": thousandths * thousandths,
        "top": top,
        "comments": wrote,
        "silent_top": top & ~wrote,
    }
    pattern = words_pattern(paid.policy)
    if pattern:
        flags["begging"] = wrote & nw.col("comment").fill_null("").str.to_lowercase().str.contains(pattern)
        flags["unread"] = wrote & _unread(paid.policy)
    marked = rows.with_columns(**{name: flag.cast(nw.Int64) for name, flag in flags.items()})
    sums = {name: nw.col(name).sum() for name in flags}
    daily = read(marked.group_by("unit_id", "submitted_day").agg(nw.len().alias("answers"), **sums))
    late = daily.assign(late_top=daily["top"].where(_late(daily["submitted_day"], paid.policy.last_days), 0))
    part = CountedPart(by_month(late.drop(columns="unread", errors="ignore"), paid.calendar))
    if not part.counts["comments"].any():
        part = part | absent(("comments", "silent_top", "begging"), "no answer has a comment")
    elif not pattern:
        part = part | absent(
            ("begging",), "no list of words is declared; name the integrity policy in the run file"
        )
    elif mostly_unread(daily):
        part = part | absent(("begging",), _no_phrases(paid.policy))
    return part


def mostly_unread(daily: pd.DataFrame) -> bool:
    """Return whether most comments are written in letters of no declared language.

    Parameters
    ----------
    daily
        Counts ``unread`` and ``comments``; sums come as decimals from one engine.
    """
    without, comments = (float(daily[name].to_numpy(float).sum()) for name in ("unread", "comments"))
    return without > MOST * comments


def _unread(policy: IntegrityPolicy) -> nw.Expr:
    """Return whether a comment is written in letters of no language that phrases are declared in."""
    import narwhals as nw

    strange, known = unread(policy.words)
    comment = nw.col("comment").fill_null("")
    return (
        comment.str.contains(strange) & ~comment.str.contains(known)
        if known
        else comment.str.contains(strange)
    )


def _no_phrases(policy: IntegrityPolicy) -> str:
    return (
        "there are no phrases in the language of the comments: most are written in other letters than "
        f"{listed(sorted(read_in(policy.words)))} ones; declare phrases under `words` of the integrity policy"
    )


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


def _devices(paid: PaidQuestion) -> CountedPart:
    """Count answers with a device, and those whose device served more than one person of the unit.

    A nameless answer counts as another person, because nobody can tell.
    """
    import narwhals as nw

    rows = paid.rows("responses").filter(~nw.col("device_id").is_null())
    rows = rows.select("unit_id", "submitted_day", "device_id", "customer_id")
    used = rows.group_by("unit_id", "device_id").agg(
        used=nw.len(),
        known=nw.col("customer_id").count(),
        first=nw.col("customer_id").min(),
        last=nw.col("customer_id").max(),
    )
    many = (nw.col("used") > 1) & ((nw.col("first") != nw.col("last")) | (nw.col("known") < nw.col("used")))
    shared = used.filter(many).select("unit_id", "device_id")
    on_shared = rows.join(shared, on=["unit_id", "device_id"], how="semi")
    part = paid.placed(rows.group_by("unit_id", "submitted_day").agg(devices=nw.len()))
    if not part.counts["devices"].any():
        return absent(("devices", "shared"), "no answer names a device")
    return part | paid.placed(on_shared.group_by("unit_id", "submitted_day").agg(shared=nw.len()))


def _straight(paid: PaidQuestion) -> CountedPart:
    """Count answers that give every question the same score, and how many one expects at their mean.

    Answers are compared with those of the same rounded mean. A rise of satisfaction moves answers through
    such a class as it moves them in, so that the share of straight lines in it hardly changes; in the best
    class it would, because more and more answers reach the best score throughout, so that class is left out
    (person fit given the total score: Meijer and Sijtsma 2001, doi 10.1177/01466210122031957).
    """
    import narwhals as nw

    names = ("lines", "straight", "expected_straight", "straight_noise")
    alike, scale = paid.alike, paid.scale
    if len(alike) < LEAST_ITEMS:
        return absent(names, f"fewer than {LEAST_ITEMS} questions share the scale of {paid.item}")
    flat = nw.max_horizontal(*alike) == nw.min_horizontal(*alike)
    step = scale.scores[1] - scale.scores[0]
    level = ((nw.mean_horizontal(*alike) - scale.low) / step + 0.5 + _SLACK).floor()
    marked = paid.complete().with_columns(straight=flat.cast(nw.Int64), level=level.cast(nw.Int64))
    daily = read(
        marked.filter(nw.col("level") < len(scale.scores) - 1)
        .group_by("unit_id", "submitted_day", "level")
        .agg(lines=nw.len(), straight=nw.col("straight").sum())
    ).sort_values(["unit_id", "submitted_day", "level"])
    totals = daily.groupby("level")[["straight", "lines"]].sum()
    rate = daily["level"].map(totals["straight"] / totals["lines"]).to_numpy(float)
    expected = daily.drop(columns="level").assign(
        expected_straight=rate * daily["lines"], straight_noise=rate * (1 - rate) * daily["lines"]
    )
    return CountedPart(by_month(expected, paid.calendar))


def _perfect(paid: PaidQuestion) -> CountedPart:
    """Count answers with the best score on every question, and sum the means of the others in thousandths."""
    import narwhals as nw

    names = ("complete", "perfect", "imperfect", "imperfect_squares")
    alike = paid.alike
    if len(alike) < LEAST_ITEMS:
        return absent(names, f"fewer than {LEAST_ITEMS} questions share the scale of {paid.item}")
    best = nw.min_horizontal(*alike) >= paid.scale.high
    imperfect = nw.when(~best).then((nw.mean_horizontal(*alike) * _THOUSAND).round()).otherwise(0)
    flags = {"perfect": best, "imperfect": imperfect, "imperfect_squares": imperfect * imperfect}
    marked = paid.complete().with_columns(**{name: flag.cast(nw.Int64) for name, flag in flags.items()})
    sums = {name: nw.col(name).sum() for name in flags}
    return paid.placed(marked.group_by("unit_id", "submitted_day").agg(nw.len().alias("complete"), **sums))


def _complaints(paid: PaidQuestion) -> CountedPart:
    import narwhals as nw

    if "complaints" not in paid.tables.tables:
        return absent(("complaints",), "the evidence has no complaints")
    rows = paid.tables.lazy("complaints").filter(nw.col("in_period"))
    return paid.placed(rows.group_by("unit_id", "received_day").agg(complaints=nw.len()))


def _by_score(paid: PaidQuestion, values: Floats) -> Floats:
    """Return answers by unit, month and native score from the cells."""
    calendar, cells = paid.calendar, paid.tables.frame("cells")
    cells = cells[(cells["survey_type"] == paid.survey_type) & (cells["item"] == paid.item)]
    cells = cells[cells["unit_id"].isin(calendar.units)]
    unit = np.searchsorted(np.array(calendar.units), cells["unit_id"].to_numpy(str))
    year, month = np.divmod(cells["month"].to_numpy(np.int64), 100)
    at = (year - calendar.first.year) * 12 + month - calendar.first.month
    score = np.rint((cells["score"].to_numpy(float) - values[0]) / (values[1] - values[0])).astype(np.int64)
    answers = np.zeros((len(calendar.units), calendar.months, len(values)))
    inside = (at >= 0) & (at < calendar.months)
    np.add.at(answers, (unit[inside], at[inside], score[inside]), cells["n"].to_numpy(float)[inside])
    return answers
