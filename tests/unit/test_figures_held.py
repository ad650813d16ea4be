"""What is held back is drawn by no figure: neither a value, nor an interval, nor a size, nor a name."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from compared_units import compare
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from small_company import company, run

from auditlib import figures
from auditlib.audit.held_back import Door
from auditlib.audit.outgoing import Outgoing
from auditlib.audit.recorder import Recorder
from auditlib.audit.session import Audit
from auditlib.audit.suppression import WITHHELD, Suppression
from auditlib.benchmark.groups import GroupsAnswer, compare_groups
from auditlib.disclosure import MinimumFrequency
from auditlib.drivers import DriversResult
from auditlib.drivers.policy import DriversPolicy
from auditlib.drivers.questions import DriverQuestion, Estimate, Survey
from auditlib.errors import AuditError
from auditlib.escalation import LatenciesAnswer
from auditlib.escalation.latency import Latencies, Stage
from auditlib.figures import (
    drivers,
    escalation,
    first_contact,
    intake,
    integrity,
    promises,
    published,
    reach,
    service_levels,
    standards,
    waiting_over_time,
)
from auditlib.figures import waiting as waiting_figures
from auditlib.figures.style import figure_of
from auditlib.improvement.monthly import MonthlyShares
from auditlib.improvement.over_time import OverTimeAnswer
from auditlib.improvement.over_time import over_time as benchmark_over_time
from auditlib.improvement.periods import ScoredPeriod
from auditlib.improvement.stability import StabilityAnswer, stability
from auditlib.improvement.subject import subject_of
from auditlib.improvement.subject_answers import StandingAnswer
from auditlib.integrity import DETECTORS, SignStrength
from auditlib.integrity.detection import Detection, UnitChange
from auditlib.integrity.patterns import PATTERNS, SignPattern
from auditlib.obligations import STATUSES, RatesAnswer, rates
from auditlib.promises import PromiseResult, PromisesAnswer
from auditlib.records import Direction, Instrument, Interval, Item, Measurement, Outcome, Scale, Statistic
from auditlib.reliability.rates import Rate, ResponseRates
from auditlib.service_desk import DeskAnswer, DeskContext, IncidentResult
from auditlib.service_levels import ServiceLevelsAnswer, ServiceLevelsByDefinition, ShareDefinition
from auditlib.service_levels.definitions import Disposition
from auditlib.service_levels.first_contact import FirstContactAnswer, RepeatRule, VoiceAnswer
from auditlib.service_levels.first_contact.matters import RecordedContacts
from auditlib.service_levels.first_contact.result import (
    FirstContactResolution,
    RangedShare,
    ResolutionWindow,
    Witness,
    WitnessShares,
)
from auditlib.service_levels.first_contact.voice import TOO_FEW
from auditlib.service_levels.first_contact.voice_result import VoiceAgainstClock, WaitBand
from auditlib.service_levels.published import PublishedAgainstEvidence, PublishedAnswer
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.service_levels.published.matching import MatchedShare
from auditlib.service_levels.reach import ChannelPolicy, ReachAnswer, ReachResult
from auditlib.service_levels.reach.contact_counts import Count, Trait
from auditlib.service_levels.reach.parity import ChannelParity, Parity
from auditlib.service_levels.reach.same_mix import Difference, Side
from auditlib.service_levels.result import CriterionByDefinition, JudgedVariant
from auditlib.service_levels.variants import Variant, VariantShare
from auditlib.service_levels.waiting import BacklogAnswer, OutlyingAnswer, PatienceAnswer, WaitingAnswer
from auditlib.service_levels.waiting.backlog import Backlog, OpenAtDayEnd
from auditlib.service_levels.waiting.hours import HourlyAnswer, HourlyWaits
from auditlib.service_levels.waiting.listed_units import ListedUnit, ListedUnits
from auditlib.service_levels.waiting.monthly_shares import (
    MonthlySeries,
    MonthShare,
    SharesByMonth,
    SharesByMonthAnswer,
)
from auditlib.service_levels.waiting.outlying import ComparedUnits, OutlyingUnits
from auditlib.service_levels.waiting.patience import Patience, PatienceBound
from auditlib.service_levels.waiting.result import (
    ChannelWaits,
    TimeEstimate,
    TimeSpread,
    WaitingResult,
    WaitsOfPart,
)
from auditlib.service_levels.waiting.unit_shares import UnitShare
from auditlib.standards.edition import load_edition
from auditlib.standards.observed import share_of
from auditlib.standards.profile import demands_on
from auditlib.standards.verdict import Verdict, verdict_of
from auditlib.statements import Answer, Facts
from auditlib.statistics.changes import Contrast
from auditlib.statistics.clustered_funnel import ClusteredFunnel, clustered_funnel
from auditlib.statistics.clustered_share import pooled_share
from auditlib.statistics.clustered_survival import CountedSurvival
from auditlib.statistics.durations import survival

INSTRUMENT = Instrument("transactional", (Item("q_overall", "How satisfied?", Scale(1, 5), True),))
MINIMUM = MinimumFrequency(5)
FILE = Path(__file__).parents[2] / "params/standards/service-excellence/2025.yaml"
UNGROUPED = {
    "coverage": "shades of classes of counts, the smallest of all that are too few",
    "signs": "a sign for a group of units, no value",
    "visible": "simulated companies",
    "outcomes": "the outcome of a criterion, no value",
    "decision": "chances by what might be true, no value of anybody",
    "event_study": "estimates over all units of a role",
    "placebo_distribution": "estimates over all units of a role",
    "departures": "estimates over all units of a role",
    "specification_curve": "estimates over all units of a role",
    "naive_comparisons_curve": "estimates over all units of a role",
}
"""Figures that draw no value, interval or size of a group of people, and why."""


@dataclass(frozen=True)
class Case:
    """A figure of a result, the key that is withheld, and what a reader could read off it before.

    Parameters
    ----------
    draw, result
        The figure, and how its result is made.
    key
        Withheld.
    numbers, names
        Drawn or written where nothing is withheld, and not where `key` is.
    left_out
        Values the figure says are not drawn; 0 where it says so in other words.
    """

    draw: Callable[[Any], Axes | Figure]
    result: Callable[[], Any]
    key: str
    numbers: tuple[float, ...] | Callable[[], tuple[float, ...]] = ()
    names: tuple[str, ...] = ()
    left_out: int = 1

    @property
    def drawn(self) -> tuple[float, ...]:
        """The numbers."""
        return self.numbers() if callable(self.numbers) else self.numbers


@cache
def compared(units: int = 30) -> Any:
    """Return units of distinct sizes and shares; unit U07 has 77 answers, half of them fives."""
    rows: list[tuple[str, str, str, float, int]] = []
    for place in range(units):
        n, tops = (77, 36) if place == 7 else (100 + 3 * place, 60 + place + place % 3)
        for score, count in ((5.0, tops), (2.0, n - tops)):
            rows.append((f"U{place:02d}", "transactional", "q_overall", score, count))
    cells = pd.DataFrame(rows, columns=["unit_id", "survey_type", "item", "score", "n"])
    register = pd.DataFrame({"unit_id": sorted(set(cells["unit_id"]))})
    register["region"] = [f"region {place % 4}" for place in range(units)]
    (found,) = compare(cells, INSTRUMENT, units=register, statistic="top_box", draws=50)
    return found, register


def of_unit(column: str, units: int = 30) -> float:
    return float(compared(units)[0].result.frame.set_index("unit_id").loc["U07", column])


@cache
def grouped() -> Any:
    comparison, register = compared(40)
    return GroupsAnswer(compare_groups(comparison.result, register, by="region"))


def of_group(column: str) -> float:
    return float(grouped().result.frame.set_index("region").loc["region 2", column])


@cache
def so_far() -> Any:
    """Return calls of twelve months, 55% of them answered in time in each."""
    months, whole = tuple(202401 + step for step in range(12)), np.full(12, 200)
    steady = MonthlyShares(
        "Service levels",
        "calls answered in time",
        "calls",
        "month",
        months,
        whole * 11 // 20,
        whole,
        None,
        (),
    )
    return StandingAnswer(subject_of(steady, level=0.95, seed=1))


def over_time() -> Any:
    """Return units over 36 months, of which U13 is called out."""
    rows = []
    for place in range(14):
        for step in range(36):
            month = (2023 + step // 12) * 100 + step % 12 + 1
            tops = (3 if place == 13 else 13 + place % 3) + (-1, 1, 0)[step % 3]
            for score, count in ((5.0, tops), (2.0, 20 - tops)):
                rows.append((f"U{place:02d}", month, "transactional", "q_overall", score, count))
    cells = pd.DataFrame(rows, columns=["unit_id", "month", "survey_type", "item", "score", "n"])
    register = pd.DataFrame({"unit_id": sorted(set(cells["unit_id"]))})
    (found,) = compare(cells, INSTRUMENT, units=register, statistic="top_box", draws=50)
    return OverTimeAnswer(benchmark_over_time(cells, found.result))


@cache
def followed() -> Any:
    """Return units in two periods, of which U13 is called out in both."""
    shares = {f"U{place:02d}": 0.3 if place == 13 else 0.7 + 0.01 * (place % 3) for place in range(14)}
    periods = []
    for label in ("2023", "2024"):
        rows = [
            (unit, "transactional", "q_overall", score, count)
            for unit, share in shares.items()
            for score, count in ((5.0, round(200 * share)), (2.0, 200 - round(200 * share)))
        ]
        cells = pd.DataFrame(rows, columns=["unit_id", "survey_type", "item", "score", "n"])
        register = pd.DataFrame({"unit_id": list(shares)})
        (found,) = compare(cells, INSTRUMENT, units=register, statistic="top_box", draws=50)
        periods.append(ScoredPeriod(label, found.result.scores))
    return StabilityAnswer(stability(periods, {}, minimum_n=30))


def of_responses() -> ResponseRates:
    limits = Interval(0.271, 0.613, 0.95, "Wilson")
    other = Interval(0.2, 0.9, 0.95, "Wilson")
    units = (Rate("U1", "", 40, 15, limits), Rate("U2", "", 50, 30, other))
    return ResponseRates(units, (), (), Rate("all", "", 90, 47, other))


def statuses(by: str, counts: dict[Any, tuple[int, int, int]]) -> RatesAnswer:
    """Return rates of contacts: met, late and missing for each value of `by`."""
    rows = pd.DataFrame(
        [
            ("contact" if by != "duty" else name, name, status)
            for name, given in counts.items()
            for status, count in zip(("met", "late", "missing"), given, strict=True)
            for _ in range(count)
        ],
        columns=["duty", "group" if by == "duty" else by, "status"],
    )
    assert set(rows["status"]) <= set(STATUSES)
    return RatesAnswer(rates(rows, by=("duty",) if by == "duty" else ("duty", by), disclosure=MINIMUM))


def by_unit() -> RatesAnswer:
    return statuses("unit_id", {"U1": (29, 8, 0), "U2": (50, 3, 7), "U3": (41, 9, 9)})


def by_month() -> RatesAnswer:
    return statuses("month", {202401: (29, 8, 0), 202402: (50, 3, 7), 202403: (41, 9, 9)})


def by_duty() -> RatesAnswer:
    return statuses("duty", {"contact": (29, 8, 6), "report": (50, 7, 7)})


def latencies(n: int = 31) -> LatenciesAnswer:
    def stage(band: str, size: int, still: int) -> Stage:
        hours = np.arange(1.0, size + 1)
        return Stage("contact", band, survival(hours, hours <= size - still), "follow_ups")

    return LatenciesAnswer(Latencies((stage("furious", n, n // 5), stage("unhappy", 53, 9)), MINIMUM))


def incidents() -> DeskAnswer:
    settled = {"urgent": (17, 37), "usual": (50, 60)}
    cases = pd.DataFrame(
        [
            (name, place < met, "met" if place < met - 2 else "late")
            for name, (met, n) in settled.items()
            for place in range(n)
        ],
        columns=["priority", "flag", "status:resolution"],
    )

    class Rule:
        duty, within = "resolution", ("urgent", "usual")

    class Policy:
        rules = (Rule(),)
        log = "incident_events"

    class Bare(DeskAnswer):
        def numbers(self) -> Any:
            return ()

    context = DeskContext(Policy(), {}, 0, disclosure=MINIMUM)  # type: ignore[arg-type]
    return Bare(IncidentResult(cases, pd.DataFrame(), context, None))  # type: ignore[arg-type]


@cache
def waiting() -> WaitingAnswer:
    """Return two channels, of which customers of one wait about half a minute."""

    def spread(cases: int, *estimates: tuple[float, float, float]) -> TimeSpread:
        told = (TimeEstimate(value, Interval(low, high)) for value, low, high in estimates)
        return TimeSpread(cases, *told)

    chat = spread(47, (51.0, 45.5, 58.5), (37.0, 31.5, 44.5), (153.0, 140.5, 171.5))
    phone = spread(90, (20.0, 18.0, 23.0), (15.0, 13.0, 17.0), (60.0, 50.0, 70.0))
    channels = (_waits("phone", 100, phone, 11, 0.2), _waits("chat", 53, chat, 13, 0.1234))
    return WaitingAnswer(WaitingResult(channels, (), {}, 0, ("interactions",), 0.95))


def _waits(name: str, offered: int, spread: TimeSpread, given_up: int, gone: float) -> ChannelWaits:
    bound = PatienceBound(30, gone, Interval(0.8 * gone, 1.25 * gone), offered)
    bound = replace(bound, interval=Interval(0.0987, 0.1543)) if name == "chat" else bound
    curve = CountedSurvival(
        np.array([7.0, 30.0]), np.array([gone * 10, 0.0]), np.array([0.0, 10 - gone * 10])
    )
    patience = Patience(offered, given_up, (bound,), curve)
    answered = spread.cases
    return ChannelWaits(name, offered, answered, given_up, 0, 0, 0, 0, 0, spread, None, None, patience)


def shares_by_month() -> SharesByMonthAnswer:
    """Return two months of calls, of which the second has 0.8123 in time."""

    def month(number: int, share: float, low: float, high: float) -> MonthShare:
        return MonthShare(number, share, 500, Interval(low, high), Interval(low, high))

    months = (month(202401, 0.7, 0.65, 0.75), month(202402, 0.8123, 0.7654, 0.8654))
    share = UnitShare("answered_within", "phone", 45, Direction.AT_LEAST)
    return SharesByMonthAnswer(SharesByMonth((MonthlySeries(share, months, 0),)))


def hourly() -> HourlyAnswer:
    """Return the waits of two hours, of which that from nine has a median of 37.5 seconds."""
    waits = (("08", 30.0, 180.0), ("09", 37.5, 211.5))
    parts = tuple(WaitsOfPart("phone", hour, 90, 80, 5, 0, 50.0, *times) for hour, *times in waits)
    result = WaitingResult((), (), {"hour": parts}, 0, ("interactions",), 0.95)
    return HourlyAnswer(HourlyWaits.of(result.parts["hour"]), Facts.of(()))


def impatient() -> PatienceAnswer:
    return waiting().patience()


def open_overnight() -> BacklogAnswer:
    """Return three days with 17, 29 and 11 contacts open at their end."""
    counts = np.array([17, 29, 11])
    listed = tuple(OpenAtDayEnd(date(2024, 1, 1 + place), int(n), 5, 9) for place, n in enumerate(counts))
    return BacklogAnswer(Backlog(date(2024, 1, 1), counts, listed, listed[1], 0, 0, disclosure=MINIMUM))


@cache
def units_in_time() -> OutlyingAnswer:
    """Return units of distinct sizes; U07 has 77 contacts, 57 of them in time."""
    sizes = [77 if place == 7 else 100 + 3 * place for place in range(12)]
    met = [57 if place == 7 else round(0.8 * size) for place, size in enumerate(sizes)]
    days = np.repeat(np.arange(12), 2)
    parts = [np.repeat(np.array(column, dtype=float) / 2, 2) for column in (met, sizes)]
    funnel = clustered_funnel(days, *parts, level=0.95)
    assert isinstance(funnel, ClusteredFunnel)
    share = UnitShare("answered_within", "phone", 45, Direction.AT_LEAST)
    compared = ComparedUnits(share, tuple(f"U{place:02d}" for place in range(12)), funnel, 0, 0)
    return OutlyingAnswer(OutlyingUnits((compared,), (), (), 30))


@cache
def units_by_themselves() -> OutlyingAnswer:
    """Return two units, too few to be compared; U1 has 77 contacts, 57 of them in time."""
    share = UnitShare("answered_within", "phone", 45, Direction.AT_LEAST)
    listed = []
    for name, met, cases in (("U1", (27, 30), (38, 39)), ("U2", (70, 60), (80, 90))):
        daily = (np.array(part, dtype=float) for part in (met, cases))
        pooled = pooled_share(*daily, np.zeros(2, np.int64))
        listed.append(ListedUnit(name, pooled, 0.95))
    return OutlyingAnswer(OutlyingUnits((), (), (), 30, listed=(ListedUnits(share, tuple(listed), 0, 0),)))


def of_questions() -> DriversResult:
    def question(name: str, low: float, impact: float) -> DriverQuestion:
        limits = Interval(impact - 0.05, impact + 0.05, 0.95, "t")
        found = Estimate(impact, limits)
        return DriverQuestion("transactional", Item(name, name, Scale(1, 5)), low, found, found, found, 1, 2)

    asked = (question("q_speed", 0.213, 0.317), question("q_manner", 0.1, 0.2))
    return DriversResult(DriversPolicy(), 0.95, (Survey(INSTRUMENT, asked, 400, 10),))


def promised(few: int = 8) -> PromisesAnswer:
    class Deviations:
        most = 0.3

    class Rule:
        duty, deviations, kind, satisfaction = "call", Deviations(), None, None

    class Policy:
        rules = (Rule(),)

    class Bare(PromisesAnswer):
        def numbers(self) -> Any:
            return ()

    months = {202401: (few, 3), 202402: (40, 10)}
    rows = pd.DataFrame(
        [
            ("call", month, "excused" if place < excused else "met")
            for month, (n, excused) in months.items()
            for place in range(n)
        ],
        columns=["duty", "month", "status"],
    )
    return Bare(PromiseResult(rows, pd.DataFrame(), Policy(), {}, 0, MINIMUM))  # type: ignore[arg-type]


def channels_beside() -> ReachAnswer:
    """Return three channels beside one another; 41 contacts by fax."""
    entries = [
        ChannelParity(
            name,
            Count(count // 2, count, 0),
            Difference(0.5 + apart, 0.5, Interval(apart - 0.0321, apart + 0.0321), Side.OPEN),
            Difference(0.5 - apart, 0.5, Interval(-apart - 0.0123, 0.0123 - apart), Side.OPEN),
        )
        for name, count, apart in (("phone", 300, 0.01), ("chat", 200, 0.02), ("fax", 41, 0.0777))
    ]
    return ReachAnswer(
        ReachResult(ChannelPolicy(), 0.95, parities=(Parity(Trait.AT_ONCE, tuple(entries), {}),))
    )


def counted_twice() -> ServiceLevelsAnswer:
    """Return the service level of calls by two definitions."""
    criterion = load_edition(FILE.read_text(encoding="utf-8"), name=FILE.name).criterion("IM-01")

    def variant(name: str, title: str, share: float, low: float, high: float) -> JudgedVariant:
        definition = ShareDefinition(
            title=title, source="s", dated=date(2025, 1, 1), meets=(Disposition.ANSWERED_IN_TIME,),
            misses=(Disposition.ANSWERED_LATE,),
        )  # fmt: skip
        limits = Interval(low, high, 0.95, "Wilson")
        return JudgedVariant(
            VariantShare(Variant(name, definition, 20), share, share, 500, limits), Outcome.MET
        )

    variants = (
        variant("of_answered", "answered in time, of those answered", 0.8123, 0.7, 0.9),
        variant("of_offered", "answered in time, of all", 0.5, 0.4, 0.6),
    )
    return ServiceLevelsAnswer(
        ServiceLevelsByDefinition(0.95, (CriterionByDefinition(criterion, variants),), ("interactions",))
    )


def published_twice() -> PublishedAnswer:
    """Return two published shares, one of calls given up and one of all answered in time."""
    (entry,) = counted_twice().result.criteria
    ways = tuple(judged.share for judged in entry.variants)
    first, last = date(2025, 1, 1), date(2025, 1, 31)
    given_up = PublishedShare(1, "abandoned", "phone", "", first, last, 0.8765)
    in_time = PublishedShare(2, "answered_within", "", "", first, last, 0.5)
    figures = (MatchedShare(given_up, ways), MatchedShare(in_time, ways))
    return PublishedAnswer(PublishedAgainstEvidence(figures, tables=("interactions",)))


def resolved() -> FirstContactAnswer:
    """Return first-contact resolution under one window by two sources."""

    def of(witness: Witness, value: float) -> WitnessShares:
        share = RangedShare(
            value, 400, Interval(value - 0.0321, value + 0.0432, 0.95, "Wilson"), value, value
        )
        return WitnessShares(witness, share, None)

    shares = of(Witness.CONTACTS, 0.7123), of(Witness.MARK, 0.8567)
    window = ResolutionWindow(7, 400, 10, 20, 5, 0, 0, 0, 0, 0, shares, ())
    recorded = RecordedContacts(900, 900, 900, 900, 900, 900, 900, 900, 0, 0)
    return FirstContactAnswer(FirstContactResolution(RepeatRule((7,)), recorded, (window,)))


def spoken() -> VoiceAnswer:
    """Return satisfaction in two bands of waits."""

    def band(over: int, up_to: int | None, share: float) -> WaitBand:
        return WaitBand(
            over, up_to, 200, share, Interval(share - 0.0321, share + 0.0432, 0.95, "Wilson"), 4.0
        )

    bands = band(-1, 20, 0.8123), band(20, None, 0.5567)
    item = INSTRUMENT.headline
    return VoiceAnswer(
        VoiceAgainstClock("transactional", "phone", item, None, 500, 450, 400, 0, 0, bands, no_turn=TOO_FEW)
    )


def alarm(n: int = 60) -> SignPattern:
    group: Any = SimpleNamespace(name="managers 2024", also=frozenset())
    test = Contrast(0.3, 0.1, 0.5, np.array([3.0, 0.1, 0.2]), 2, 2)
    changes = (("U1", True, 0.4321, n), ("U2", True, 0.2, 90), ("U3", False, 0.1, 90), ("U4", False, 0.0, 90))
    units = tuple(UnitChange(unit, linked, change, 0.11, size) for unit, linked, change, size in changes)
    found = Detection(DETECTORS[0], group, SignStrength.ALARM, test, units=units)
    return SignPattern(PATTERNS[0], group, (found,), 0.01)


def judged() -> Verdict:
    """Return a verdict with two shares measured, the rest without evidence."""
    edition = load_edition(FILE.read_text("utf-8"), name="2025.yaml")
    shares = {"CF-02": (900, 1000), "CF-04": (123, 1000)}
    entries = [
        share_of(*shares[one], confidence=0.95, basis=[], none="")
        if one in shares
        else Measurement("m", None, 0, Statistic.COUNT, reason="no evidence")
        for one in edition.ids
    ]
    return verdict_of(demands_on(edition, date(2025, 12, 31)), entries)


def texts(drawn: Axes | Figure) -> list[str]:
    figure = figure_of(drawn)
    figure.canvas.draw()
    every = [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]
    return [text for text in every if text]


def numbers(drawn: Axes | Figure) -> np.ndarray[Any, Any]:
    """Return every coordinate that is drawn."""

    def of_axes(ax: Axes) -> Iterator[Any]:
        for line in ax.lines:
            yield np.asarray(line.get_xydata(), float)
        for collection in ax.collections:
            yield np.asarray(collection.get_offsets(), float)
            yield from (path.vertices for path in collection.get_paths())
        for patch in ax.patches:
            yield (
                patch.get_transform()
                .transform_path(patch.get_path())
                .transformed(ax.transData.inverted())
                .vertices
            )

    found = [np.ravel(part) for ax in figure_of(drawn).axes for part in of_axes(ax)]
    return np.concatenate([part[np.isfinite(part)] for part in found])


UNIT = "top_box:U07:transactional:q_overall"
CASES = {
    "funnel": Case(
        figures.funnel, lambda: compared()[0], UNIT, lambda: (of_unit("value"), 77.0)
    ),
    "caterpillar": Case(
        figures.caterpillar, lambda: compared()[0], UNIT,
        lambda: (of_unit("value"), of_unit("low")), ("U07", "77"),
    ),
    "caterpillar of many": Case(
        figures.caterpillar, lambda: compared(70)[0], UNIT, lambda: (of_unit("value", 70),)
    ),
    "ranks": Case(figures.ranks, lambda: compared()[0], UNIT, (), ("U07", "as observed")),
    "groups": Case(
        figures.groups, grouped, "group:region 2:region:transactional:q_overall",
        lambda: (of_group("value"), of_group("low")), ("region 2",),
    ),
    "control_charts": Case(
        figures.control_charts, over_time, "change:U13:transactional:q_overall", (0.1,), ("U13",)
    ),
    "outliers_followed": Case(
        figures.outliers_followed, followed, "top_box:U13:transactional:q_overall", (),
        ("U13 called lower",), 0,
    ),
    "so_far": Case(figures.so_far, so_far, "share:calls", (0.55,), ("calls answered in time",), 0),
    "response_rates": Case(
        intake.response_rates, of_responses, "rate:U1", (0.375, 0.271, 0.613), ("U1",)
    ),
    "adherence_by_unit": Case(
        escalation.adherence_by_unit, by_unit, "share:contact:U1", (29 / 37,), ("U1",)
    ),
    "adherence_by_unit, all together": Case(
        escalation.adherence_by_unit, by_unit, "share:contact", (120 / 156,), ("all units 76.9%",), 0
    ),
    "adherence_by_month": Case(
        escalation.adherence_by_month, by_month, "share:contact:202401", (29 / 37,)
    ),
    "failures": Case(
        escalation.failures, by_duty, "share:contact", (14 / 43, 6 / 43), ("met 67.4% of 43",)
    ),
    "failures, one status": Case(escalation.failures, by_duty, "late:contact", (14 / 43,), (), 0),
    "latency_curves": Case(
        escalation.latency_curves, latencies, "median:contact:furious", (1 - 1 / 31,),
        ("furious: 31 cases, 6 open",),
    ),
    "latency_curves, few open": Case(
        escalation.latency_curves, latencies, "open:contact:furious", (6 / 31,),
        ("furious: 31 cases, 6 open",), 0,
    ),
    "flag_and_clocks": Case(
        escalation.flag_and_clocks, incidents, "flag:urgent", (17 / 37, 15 / 37), ("urgent (37)",)
    ),
    "importance_and_performance": Case(
        drivers.importance_and_performance, of_questions, "low_share:transactional:speed", (0.213, 31.7),
        ("speed",),
    ),
    "excused": Case(promises.excused, promised, "excused_share:call", (3 / 8, 10 / 40)),
    "unit_changes": Case(
        integrity.unit_changes, alarm,
        f"units.change:managers 2024:{DETECTORS[0].title}:U1", (0.4321,), ("U1",),
    ),
    "beside": Case(
        reach.beside, channels_beside, "difference:at_once:fax", (7.77, 4.56, 10.98, -7.77), ("fax",)
    ),
    "definitions": Case(
        service_levels.definitions, counted_twice, "least_pooled:IM-01:of_answered", (0.8123, 0.7, 0.9),
        ("answered in time, of those answered",),
    ),
    "published_ways": Case(
        published.published_ways, published_twice, "published:1", (0.8765,), ("phone contacts given up",),
    ),
    "waits": Case(
        waiting_figures.waits, waiting, "median_wait:chat", (37.0, 31.5, 44.5, 153.0), ("chat (47)",)
    ),
    "patience_curves": Case(
        waiting_figures.patience_curves, impatient, "contacts_given_up:chat", (0.1234, 0.0987, 0.1543),
        ("chat: 13 of 53 gave up",),
    ),
    "open_by_day": Case(
        waiting_figures.open_by_day, open_overnight, "open:2024-01-03", (11.0,)
    ),
    "open_by_day, the worst day": Case(
        waiting_figures.open_by_day, open_overnight, "open:2024-01-02", (29.0,), ("29 on 2024-01-02",), 0
    ),
    "unit_funnel": Case(
        waiting_figures.unit_funnel, units_in_time, "share:U07:answered_within:phone", (57 / 77,), ()
    ),
    "unit_funnel, units by themselves": Case(
        waiting_figures.unit_funnel, units_by_themselves, "share:U1:answered_within:phone",
        (57 / 77,), ("U1",),
    ),
    "monthly_shares": Case(
        waiting_over_time.monthly_shares, shares_by_month, "monthly_share:answered_within:phone:2024-02",
        (0.8123, 0.7654, 0.8654),
    ),
    "waits_by_hour": Case(
        waiting_over_time.waits_by_hour, hourly, "median:phone:09", (37.5 / 60, 211.5 / 60),
    ),
    "by_window": Case(
        first_contact.by_window, resolved, "share:7:mark", (0.8567, 0.8567 - 0.0321, 0.8567 + 0.0432),
        ("the party's own mark",),
    ),
    "by_wait": Case(
        first_contact.by_wait, spoken, "top_box:up to 20 s", (0.8123, 0.8123 - 0.0321, 0.8123 + 0.0432),
    ),
    "targets": Case(standards.targets, judged, "found:CF-04", (0.123,), (), 0),
}  # fmt: skip


def drawn(case: Case, result: Any) -> Axes | Figure:
    """Draw a result as an audit does: of an answer its result."""
    return case.draw(result.result if isinstance(result, Answer) else result)


def drawn_with(case: Case, *withheld: str) -> tuple[Axes | Figure | None, int]:
    """Draw the result of `case` as an audit does that holds `withheld` back."""
    suppression = Suppression(minimum=MINIMUM, withheld=dict.fromkeys(withheld, ("share",)))
    recorder = Recorder(notebook="n", party="p", suppression=suppression)
    result, lost = Door(recorder, Outgoing()).drawn(case.result(), figure="f")
    return (None if result is None else drawn(case, result)), lost


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_is_held_back_is_not_drawn(case: Case) -> None:
    whole, none = drawn_with(case)
    assert whole is not None
    assert none == 0
    for value in case.drawn:
        assert np.isclose(numbers(whole), value, atol=1e-9).any(), (
            f"{value} is drawn where it is not held back"
        )
    written = texts(whole)
    assert all(any(name in text for text in written) for name in case.names)
    less, lost = drawn_with(case, case.key)
    assert (lost == case.left_out) or (less is None and lost)
    if less is None:
        return
    for value in case.drawn:
        assert not np.isclose(numbers(less), value, atol=1e-9).any(), f"{value} is drawn"
    assert not [text for text in texts(less) for name in case.names if name in text]
    assert case.left_out or any("held back" in text for text in texts(less)) or case.key == "share:contact"


FEW = {
    "adherence_by_unit": (lambda: statuses("unit_id", {"U1": (3, 1, 0), "U2": (50, 3, 7)}), 0.75),
    "adherence_by_month": (lambda: statuses("month", {202401: (3, 1, 0), 202402: (50, 3, 7)}), 0.75),
    "failures": (lambda: statuses("duty", {"contact": (3, 1, 0), "report": (50, 7, 7)}), 0.25),
    "latency_curves": (lambda: latencies(4), 0.75),
    "excused": (lambda: promised(4), 0.75),
    "unit_changes": (lambda: alarm(4), 0.4321),
}
"""Results with a group of four, and a value that is drawn of it."""


@pytest.mark.parametrize("name", FEW)
def test_a_group_of_few_is_not_drawn_though_nobody_withholds_it(name: str) -> None:
    result, value = FEW[name]
    case = Case(CASES[name].draw, result, "")
    assert np.isclose(numbers(drawn(case, result())), value).any()
    less, lost = drawn_with(case)
    assert less is not None
    assert lost == 1
    assert not np.isclose(numbers(less), value).any()


def functions() -> Iterator[str]:
    """Yield the names of every function of the room that draws a result."""
    for module in pkgutil.iter_modules(figures.__path__, "auditlib.figures."):
        found = importlib.import_module(module.name)
        for name, function in inspect.getmembers(found, inspect.isfunction):
            own = function.__module__ == module.name and not name.startswith("_")
            if own and function.__annotations__.get("return") in ("Axes", "Figure"):
                yield name


def test_every_figure_is_asked_or_says_why_it_draws_no_group() -> None:
    helpers = {"new_axes", "figure_of", "note"}
    asked = {name.partition(",")[0].partition(" of ")[0] for name in CASES}
    assert set(functions()) - helpers == asked | set(UNGROUPED)
    assert not asked & set(UNGROUPED)


def test_a_result_that_does_not_say_what_it_leaves_out_is_refused() -> None:
    case = Case(lambda _: figures.new_axes(), object, "")
    with pytest.raises(AuditError, match="does not say what it leaves out"):
        drawn_with(case)


def test_what_an_audit_draws_and_says_leaves_out_what_it_holds_back(tmp_path: Path) -> None:
    """U2 has the lowest share and is withheld: neither end of the range is placed by it."""
    told = {"05_escalation": {"share:contact:U2": ["share"], "rate:U2": ["share"]}}
    (tmp_path / WITHHELD).write_text(json.dumps(told), encoding="utf-8")
    audit = Audit(run(), company(), notebook="05_escalation", question="Q", work=tmp_path)
    shares = statuses("unit_id", {"U1": (50, 3, 7), "U2": (29, 30, 0), "U3": (41, 9, 9)})
    shown: Any = audit.figure("units", escalation.adherence_by_unit, shares, title="T", alt="A.")
    assert shown.alt == "A. 1 value is not drawn: it is held back."
    assert ">U1<" in shown.svg
    assert ">U2<" not in shown.svg
    assert "1 value is not drawn" in shown.svg
    said: Any = audit.say(shares)
    assert repr(said) == (
        "Of those that are shown, the share met runs from 69.5% of 59 (contact, U3) to "
        "83.3% of 60 (contact, U1)."
    )
    few = of_responses()
    apart = Rate("U3", "", 60, 48, few.total.interval)
    answered: Any = audit.say(replace(few, units=(*few.units, apart)))
    assert (
        "; of the units that are shown, units differ by more than chance, from 37.5% in U1 to 80.0% in U3"
        in (repr(answered))
    )
