"""The shares that criteria ask for month by month, in the form of the standard: over all that were offered.

What improves for good is answered by the notebook on improvement; here stands what each month came to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Criterion, Held, Interval, Number, Refusal, Sentence
from auditlib.service_levels.channels import NO_CONTACTS, channels_in
from auditlib.service_levels.waiting.channel_words import by
from auditlib.service_levels.waiting.timed import timed
from auditlib.service_levels.waiting.unit_shares import (
    GIVEN,
    IN_TIME,
    LONG_WAIT,
    UnitShare,
    by_unit_and_day,
    shares_asked,
)
from auditlib.standards.observed import IN_PERIOD
from auditlib.standards.profile import Demands
from auditlib.statements import Answer, Exhibit, Facts, Unanswered, say
from auditlib.statements.spans import span_for
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.strata import places
from auditlib.time.epoch import instant_of
from auditlib.time.months import month_text, months_of_days

if TYPE_CHECKING:
    import narwhals as nw

ABOUT = "shares of contacts by month"
METHOD = "Wilson, days of units as clusters"
_LABELS = {"compared_on": "Share", "month": "Month", "contacts": "Contacts", "monthly_share": "Share of them"}
_WORDS = {IN_TIME: "contacts answered in time", GIVEN: "contacts given up"}


@dataclass(frozen=True, slots=True)
class MonthShare:
    """A share in one month: of so many contacts, with days of units as clusters.

    Parameters
    ----------
    apart
        Limits that hold in all months of its series together.
    days_tell
        Whether any unit has several days of its own: of single counts a month, what is chance within a unit
        cannot be told from what units differ by.
    """

    month: int
    share: float
    contacts: int
    interval: Interval
    apart: Interval
    days_tell: bool = True


@dataclass(frozen=True, slots=True)
class MonthlySeries:
    """One share by month.

    Parameters
    ----------
    unknown
        Contacts of which it is not known whether they meet: they are left out.
    """

    share: UnitShare
    months: tuple[MonthShare, ...]
    unknown: int

    @property
    def words(self) -> str:
        """What is a share of what."""
        return f"{_WORDS[self.share.measure]} {by(self.share.channel)}"

    @property
    def ends(self) -> tuple[MonthShare, MonthShare]:
        """The months with the lowest and with the highest share."""
        ordered = sorted(self.months, key=lambda entry: entry.share)
        return ordered[0], ordered[-1]

    @property
    def moves(self) -> bool:
        """Whether the lowest month differs from the highest by more than chance."""
        low, high = self.ends
        return self.chance_known and low.apart.high < high.apart.low

    @property
    def chance_known(self) -> bool:
        """Whether it can be told what is chance."""
        return all(entry.days_tell for entry in self.ends)

    def number_key(self, entry: MonthShare) -> str:
        """Return what the share of a month is called."""
        return f"monthly_share:{self.share.key}:{month_text(entry.month)}"


@dataclass(frozen=True, slots=True)
class SharesByMonth:
    """Every share that criteria ask for, by month."""

    series: tuple[MonthlySeries, ...]

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the months that are held back, and how many these are."""
        parts = [
            replace(part, months=tuple(e for e in part.months if not held(part.number_key(e), e.contacts)))
            for part in self.series
        ]
        lost = sum(len(part.months) for part in self.series) - sum(len(part.months) for part in parts)
        shown = tuple(part for part in parts if part.months)
        return (replace(self, series=shown) if shown else None), lost

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each share and month."""
        rows = [
            {
                "compared_on": part.share.key,
                "month": month_text(entry.month),
                "contacts": entry.contacts,
                "monthly_share": entry.share,
                "low": entry.interval.low,
                "high": entry.interval.high,
            }
            for part in self.series
            for entry in part.months
        ]
        return pd.DataFrame(rows)


class SharesByMonthAnswer(Answer[SharesByMonth]):
    """Shares by month, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the share of every month."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return between what each share lies, and whether months differ by more than chance."""
        return tuple(_said(part, self.facts) for part in self.result.series)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return (
            Sentence(
                "Months are compared as they are: a season, a campaign or a change of definition may be what "
                "makes them differ."
            ),
        )

    @property
    def title(self) -> str:
        """What its figure and its table are called: the message."""
        moving = [part for part in self.result.series if part.moves]
        if not moving:
            alike = "No month differs from the others by more than chance"
            return alike if any(part.chance_known for part in self.result.series) else "Shares by month"
        part = moving[0]
        worst = part.ends[part.share.measure == GIVEN]
        more = ", and other shares move too" if len(moving) > 1 else ""
        fewest = "Most" if part.share.measure == GIVEN else "Fewest"
        return f"{fewest} {part.words} in {month_text(worst.month)}{more}"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())

    def months(self) -> Exhibit:
        """Return every month of every share."""
        return Exhibit(
            self.to_frame(),
            self.title,
            ("compared_on", "month"),
            facts=self.numbers(),
            units={"compared_on": "quoted", "month": "id", "contacts": "count", "monthly_share": "share"},
            labels=_LABELS,
        )


def monthly_shares(engagement: Engagement, *, demands: Demands) -> SharesByMonthAnswer | Unanswered:
    """Answer what share of contacts was answered in time, and given up, in each month.

    Parameters
    ----------
    demands
        What the party is judged by; its criteria name the channels and limits.
    """
    run = engagement.run
    contacts = timed(engagement.evidence, as_of=instant_of(run.as_of))
    result = estimate(
        engagement.evidence, contacts, demands.edition.criteria, level=run.thresholds.confidence
    )
    if not result.series:
        return Unanswered.not_assessable(ABOUT, _NONE if channels_in(engagement.evidence) else NO_CONTACTS)
    return SharesByMonthAnswer(result)


_NONE = Refusal(
    "No contact of a channel that the standard asks about says whether it was answered in time or given up.",
    "Ask for the contacts of these channels, or for counts at the limits of the standard.",
)


def estimate(
    tables: CanonicalTables,
    contacts: nw.LazyFrame[Any] | None,
    criteria: Sequence[Criterion],
    *,
    level: float,
) -> SharesByMonth:
    """Measure every share that criteria ask for by month.

    Parameters
    ----------
    contacts
        See `timed`; None where there are no single contacts.
    level
        Coverage of the intervals.
    """
    present = channels_in(tables)
    asked = [
        share for share in shares_asked(criteria) if share.measure != LONG_WAIT and share.channel in present
    ]
    measured = (by_unit_and_day(tables, contacts, share) for share in asked)
    series = (_series(*part, level=level) for part in measured if not isinstance(part, Refusal))
    return SharesByMonth(tuple(part for part in series if part.months))


def _series(share: UnitShare, days: pd.DataFrame, *, level: float) -> MonthlySeries:
    counted = days[days["cases"] > 0]
    months = months_of_days(counted["day"].to_numpy(dtype=np.int64))
    distinct = np.unique(months).tolist()
    # One chance of error for all months together.
    every = 1 - (1 - level) / max(1, len(distinct))
    entries = tuple(_month(month, counted[months == month], level=level, every=every) for month in distinct)
    return MonthlySeries(share, entries, int(days["unknown"].sum()))


def _month(month: int, rows: pd.DataFrame, *, level: float, every: float) -> MonthShare:
    meeting, cases = (rows[name].to_numpy(dtype=np.float64) for name in ("meeting", "cases"))
    pooled = pooled_share(meeting, cases, places(rows["unit_id"]))
    limits, apart = (Interval(*pooled.limits(level=at), at, METHOD) for at in (level, every))
    return MonthShare(
        month, pooled.value, int(cases.sum()), limits, apart, bool(rows["unit_id"].duplicated().any())
    )


def _facts(result: SharesByMonth) -> Iterator[Number]:
    for part in result.series:
        key = part.share.key
        basis = (Basis(part.share.table, (*IN_PERIOD, ("channel", part.share.channel))),)
        limit = span_for(part.share.seconds)
        yield Number(f"monthly_unknown:{key}", part.unknown, "cases", basis=basis)
        yield Number(f"monthly_limit:{key}", limit.of(part.share.seconds), limit.name, reason="Declared.")
        for entry in part.months:
            yield Number(part.number_key(entry), entry.share, "share", entry.contacts, entry.interval, basis)


def _verdict(part: MonthlySeries) -> str:
    if not part.chance_known:
        return "; with a single count a month of each unit nobody can tell whether that is more than chance"
    return f", which is {'more' if part.moves else 'no more'} than chance explains"


def _said(part: MonthlySeries, facts: Facts) -> Sentence:
    """Say between what a share lies, and whether its months differ by more than chance."""
    about, (low, high) = facts.about(part.share.key), part.ends
    within = (
        say(" (within {monthly_limit} {span})", about, span=about["monthly_limit"].unit)
        if part.share.measure == IN_TIME
        else ""
    )
    left_out = say(
        "; of {monthly_unknown|contact|contacts} it is not known, and they are left out", about
    ) if part.unknown else ""  # fmt: skip
    return say(
        "{words}{within}: from {least} in {first} to {most} in {last}{verdict}{left_out}.",
        facts,
        words=part.words[:1].upper() + part.words[1:],
        within=within,
        least=say(f"{{{part.number_key(low)}}}", facts),
        first=month_text(low.month),
        most=say(f"{{{part.number_key(high)}}}", facts),
        last=month_text(high.month),
        verdict=_verdict(part),
        left_out=left_out,
    )
