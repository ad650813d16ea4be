"""What is open at the end of a day: contacts offered and neither answered nor ended.

Conventions: the end of a day is that of the unit's local day. Contacts offered before the period count on its
days while they are open. A contact with neither an answer nor an end, of which it is not known that the
customer gave up or was passed on, is open until the audit's instant; how many these are is said. A contact
said to be both answered and given up is not counted: nobody knows when it was closed. Ages are hours of the
local clock, begun hours not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in, to_pandas
from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Held, Number, Refusal, Sentence
from auditlib.service_levels.channels import NO_CONTACTS
from auditlib.service_levels.contradictory import ASK, contradictory
from auditlib.service_levels.legs import joined_legs
from auditlib.service_levels.single_contacts import without_single_contacts
from auditlib.service_levels.waiting.backlog_course import (
    BacklogCourse,
    BacklogDirection,
    course_facts,
    course_of,
    course_words,
    title_words,
)
from auditlib.service_levels.waiting.timed import CONTACTS
from auditlib.statements import Answer, Exhibit, Facts, Unanswered, say
from auditlib.statements.spans import SPANS, Span, span_for
from auditlib.time.epoch import DAY, date_of, day_number, instant_of
from auditlib.time.months import months_of_days

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

MONTH_ENDS = 12
"""Ends of months that are listed: those of the last year."""
DAY_HOURS, HOUR_SECONDS = 24, 3600
NEVER = 1 << 40
"""Day on which what is open until the audit's instant is closed."""
_HOURS = SPANS[2]
_NO_ENDS = Refusal(
    "Every contact was given up or passed on, and of none is it known when.",
    "Ask when contacts that were never answered ended.",
)
_NO_CERTAINTY = Refusal("Every contact is said to be both answered and given up.", ASK)


@dataclass(frozen=True, slots=True)
class OpenAtDayEnd:
    """Contacts open at the end of one local day, with the hours since they were offered; no age of none."""

    day: date
    contacts: int
    median_age: int | None
    oldest_age: int | None

    @property
    def name(self) -> str:
        """What its numbers are called."""
        return self.day.isoformat()


@dataclass(frozen=True, slots=True, eq=False)
class Backlog:
    """Contacts open at the end of every local day of the period.

    Parameters
    ----------
    first
        The first day.
    contacts
        Open at the end of each day, shape (days,).
    listed
        The ends of the last months, and the worst day, in order.
    worst
        The day at whose end most contacts are open, the first of several.
    unended
        Contacts with neither an answer nor an end: open until the audit's instant.
    untold
        Contacts given up or passed on of which no end is recorded: they are left out.
    disclosure
        Of how few contacts no number is shown.
    contradictory
        Contacts said to be both answered and given up: they are left out.
    course
        Whether what is open rises or falls over the period; None where the days do not say.
    """

    first: date
    contacts: NDArray[np.int64]
    listed: tuple[OpenAtDayEnd, ...]
    worst: OpenAtDayEnd
    unended: int
    untold: int
    disclosure: MinimumFrequency = UNRESTRICTED
    contradictory: int = 0
    course: BacklogCourse | None = None

    @property
    def few(self) -> bool:
        """Whether so few are open at the end of any day that their number may not be shown."""
        return self.disclosure.hides(self.worst.contacts)

    @property
    def typical(self) -> float:
        """Contacts open at the end of the middle day."""
        return float(np.median(self.contacts))

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it with days on which too few are open to be shown drawn as none, and how many these are."""
        if held(f"open:{self.worst.name}", self.worst.contacts):
            return None, len(self.contacts)
        days = self.to_frame()
        few = np.array(
            [held(f"open:{day}", int(count)) for day, count in zip(days["day"], days["open"], strict=True)]
        )
        if not few.any():
            return self, 0
        return replace(self, contacts=np.where(few, 0, self.contacts)), int(few.sum())

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each day: the day and the contacts open at its end."""
        import pandas as pd

        start = day_number(self.first)
        days = [date_of(start + place).isoformat() for place in range(len(self.contacts))]
        return pd.DataFrame({"day": days, "open": self.contacts})


class BacklogAnswer(Answer[Backlog]):
    """What is open at the end of a day, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the contacts open on the listed days, with their ages."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the worst day and the typical one."""
        return tuple(_summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what counts as open without being known to be, and what is missing."""
        return tuple(_limits(self.result, self.facts))

    @property
    def many(self) -> bool:
        """Whether so many are open at the end of a day that it can be drawn."""
        return bool(self.result.worst.contacts) and not self.result.few

    @property
    def title(self) -> str:
        """What its figure is called: the message."""
        if self.result.few:
            return "Next to nothing is open at the end of a day"
        if not self.result.worst.contacts:
            return "Nothing is open at the end of a day"
        words = title_words(self.result.course, self.result.contacts, worst=self.result.worst.name)
        return f"What is open at the end of a day {words}"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary())

    def days(self) -> Exhibit:
        """Return the ends of the last months and the worst day."""
        import pandas as pd

        span = _span(self.result)
        rows = [
            {
                "day": entry.name,
                "open": entry.contacts,
                "median_age": _aged(entry.median_age, span),
                "oldest_age": _aged(entry.oldest_age, span),
                "age_in": span.name,
                "remark": "most open" if entry == self.result.worst else "",
            }
            for entry in self.result.listed
        ]
        return Exhibit(
            pd.DataFrame(rows),
            "Contacts open at the ends of months, and on the worst day",
            ("day",),
            facts=self.numbers(),
            units={"median_age": "duration", "oldest_age": "duration", "open": "count"},
            labels={
                "open": "Open",
                "median_age": "Half no older than",
                "oldest_age": "Oldest",
                "age_in": "Age in",
                "remark": "Remark",
            },
        )


def backlog(engagement: Engagement) -> BacklogAnswer | Unanswered:
    """Answer what is open at the end of each local day of the units.

    Parameters
    ----------
    engagement
        The run, its evidence and policies.
    """
    period, last_instant = engagement.run.period, instant_of(engagement.run.as_of)
    # A day that the audit's instant lies in has not ended everywhere.
    last = min(day_number(period.end), last_instant // DAY - 1)
    measured = open_by_day(engagement.evidence, first=day_number(period.start), last=last)
    if isinstance(measured, Refusal):
        return Unanswered.not_assessable("what is open at the end of a day", measured)
    thresholds = engagement.run.thresholds
    course = course_of(measured.contacts, level=thresholds.confidence)
    return BacklogAnswer(replace(measured, disclosure=MinimumFrequency.of(thresholds), course=course))


def open_by_day(tables: CanonicalTables, *, first: int, last: int) -> Backlog | Refusal:
    """Count the contacts open at the end of each local day.

    Parameters
    ----------
    first, last
        Days since 1970, both included.
    """
    import narwhals as nw

    if CONTACTS not in tables.tables:
        return without_single_contacts(
            tables, unsaid="what is open at the end of a day", ask="Ask for the contacts of the period."
        )
    if last < first:
        return NO_CONTACTS
    every = joined_legs(tables.lazy(CONTACTS)).filter(nw.col("offered_day") <= last)
    contacts, both = every.filter(~contradictory()), rows_in(every.filter(contradictory()))
    spells = _spells(contacts)
    untold = _untold(contacts)
    if spells.empty:
        return _NO_ENDS if untold else _NO_CERTAINTY if both else NO_CONTACTS
    counts = _counted(spells, first, last)
    worst = first + int(np.argmax(counts))
    days = np.arange(first, last + 1)
    ends = days[np.append(np.diff(months_of_days(days)) != 0, True)]
    listed = {day: _aged_on(spells, day) for day in sorted({*ends[-MONTH_ENDS:].tolist(), worst})}
    open_rows = spells[spells["closed"] == NEVER]
    unended = int(open_rows["cases"].sum())
    return Backlog(
        date_of(first), counts, tuple(listed.values()), listed[worst], unended, untold, contradictory=both
    )


def _spells(contacts: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Return contacts by the hour of their offer and the local day on which they were closed.

    Those closed on the day of their offer are added up too; those of unknown end are not among them.
    """
    import narwhals as nw

    closed = nw.min_horizontal(nw.col("answered_day"), nw.col("ended_day")).cast(nw.Int64)
    second = nw.col("offered_second").cast(nw.Int64)
    hour = nw.when(second > 0).then((second + HOUR_SECONDS - 1) // HOUR_SECONDS).otherwise(nw.lit(0))
    rows = contacts.filter(~_left_without_end(contacts)).select(
        opened=nw.col("offered_day").cast(nw.Int64), hour=hour, closed=closed.fill_null(NEVER)
    )
    place = ("opened", "hour", "closed")
    return to_pandas(rows.group_by(*place).agg(cases=nw.len()).sort(*place))


def _left_without_end(contacts: nw.LazyFrame[Any]) -> nw.Expr:
    """Return whether a contact is known to have left the queue, and nobody knows when."""
    import narwhals as nw

    gone = nw.col("abandoned").fill_null(value=False)
    if "flowed_out" in contacts.collect_schema().names():
        gone = gone | nw.col("flowed_out").fill_null(value=False)
    return gone & nw.col("answered_at").is_null() & nw.col("ended_at").is_null()


def _untold(contacts: nw.LazyFrame[Any]) -> int:
    import narwhals as nw

    left = contacts.select(left=_left_without_end(contacts).cast(nw.Int64))
    return int(left.select(nw.col("left").sum()).collect().rows()[0][0] or 0)


def _counted(spells: pd.DataFrame, first: int, last: int) -> NDArray[np.int64]:
    """Return how many contacts are open at the end of each day from `first` to `last`."""
    opened, closed = (spells[name].to_numpy(dtype=np.int64) for name in ("opened", "closed"))
    cases, size = spells["cases"].to_numpy(dtype=np.int64), last - first + 2
    steps = np.zeros(size, dtype=np.int64)
    stays = closed > opened
    for days, sign in ((opened, 1), (closed, -1)):
        places = np.clip(days[stays] - first, 0, size - 1)
        np.add.at(steps, places, sign * cases[stays])
    return np.cumsum(steps)[:-1]


def _aged_on(spells: pd.DataFrame, day: int) -> OpenAtDayEnd:
    """Return what is open at the end of a day, with its ages."""
    still = spells[(spells["opened"] <= day) & (spells["closed"] > day)]
    cases = still["cases"].to_numpy(dtype=np.int64)
    if not len(cases):
        return OpenAtDayEnd(date_of(day), 0, None, None)
    ages = (DAY_HOURS * (day + 1 - still["opened"]) - still["hour"]).to_numpy(dtype=np.int64)
    order = np.argsort(ages, kind="stable")
    half = np.searchsorted(2 * np.cumsum(cases[order]), cases.sum())
    return OpenAtDayEnd(date_of(day), int(cases.sum()), int(ages[order][half]), int(ages.max()))


def _span(result: Backlog) -> Span:
    ages = [entry.oldest_age or 0 for entry in result.listed]
    return span_for(max(_HOURS.seconds * 2, HOUR_SECONDS * int(np.median(ages))))


def _aged(hours: int | None, span: Span) -> float | None:
    return None if hours is None else span.of(hours * HOUR_SECONDS)


def _facts(result: Backlog) -> Iterator[Number]:
    span = _span(result)
    for entry in result.listed:
        where = (("offered_day", day_number(entry.day)),)
        basis = (Basis(CONTACTS),) if entry.contacts else (Basis(CONTACTS, where),)
        yield Number(f"open:{entry.name}", entry.contacts, "count", basis=basis)
        for key, age in (("median_age", entry.median_age), ("oldest_age", entry.oldest_age)):
            value = _aged(age, span)
            if value is not None:
                yield Number(f"{key}:{entry.name}", value, span.name, entry.contacts, basis=basis)
    basis = (Basis(CONTACTS),)
    yield Number("typical_open", result.typical, "count", basis=basis)
    yield from course_facts(result.course, basis)
    yield Number("unended", result.unended, "count", basis=basis)
    yield Number("untold", result.untold, "count", basis=basis)
    yield Number("open_contradictory", result.contradictory, "count", basis=basis)


def _summary(result: Backlog, facts: Facts) -> Iterator[Sentence]:
    worst, about = result.worst, facts.about(result.worst.name)
    if not worst.contacts:
        yield Sentence("No contact is open at the end of any day.", (about["open"].key,))
        return
    if result.few:
        yield Sentence("At the end of no day are more than a few contacts open.", (about["open"].key,))
        return
    yield say(
        "Most contacts are open at the end of {day}: {open}, half of them no longer than {median_age} and "
        "the oldest {oldest_age} {span}; at the end of the middle day {typical_open} {typical_open~is|are}.",
        about,
        day=worst.name,
        span=_span(result).name,
    )
    if result.course is not None:
        yield course_words(result.course, facts)


def _limits(result: Backlog, facts: Facts) -> Iterator[Sentence]:
    rises = result.course is not None and result.course.direction is BacklogDirection.RISES
    if result.unended:
        yield say(
            "{unended|contact has|contacts have} neither an answer nor an end and {unended~counts|count} as "
            "open until the day of the audit{rise}.",
            facts,
            rise=": as far as their end is only not recorded, less is open and rises less" if rises else "",
        )
    if result.untold:
        yield say(
            "{untold|contact|contacts} given up or passed on {untold~has|have} no end and {untold~is|are} "
            "not counted as open.",
            facts,
        )
    if result.contradictory:
        yield say(
            "{open_contradictory|contact|contacts} said to be both answered and given up "
            "{open_contradictory~is|are} not counted as open: nobody knows when "
            "{open_contradictory~it was|they were} closed. {ask}",
            facts,
            ask=ASK,
        )
    yield Sentence(
        "What was offered before the log begins is not in it: the first days may have had more open than is "
        "counted."
    )
