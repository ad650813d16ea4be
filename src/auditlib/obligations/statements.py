"""What shares met, calendars and registers come to, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from auditlib.obligations.calendar_use import CalendarUse, quoted
from auditlib.obligations.law import Status
from auditlib.obligations.rates import Rates
from auditlib.obligations.register import DutyRegister
from auditlib.records import Sentence
from auditlib.statements import Facts, listed, say
from auditlib.time.months import month_text

FEW = "In too few cases for their number to be shown, it was not met."
"""What a finding says where the number of its cases would tell of few people."""
FAILURES: Mapping[str, str] = MappingProxyType(
    {
        Status.LATE.value: "late",
        Status.MISSING.value: "missing",
        Status.WRONG_PARTY.value: "without those who had to be there",
    }
)
"""What was wrong with a case, by its status."""


def of_rates(rates: Rates, facts: Facts) -> Iterator[Sentence]:
    """Yield the lowest and the highest share."""
    stated = rates.stated.sort_values(["share", *rates.by])
    if stated.empty:
        settled = (rates.frame["judged"] > 0).any()
        few = "Too few cases are settled for a share to be shown."
        yield Sentence(few if settled else "There is no settled case to judge.")
        return
    low, high = stated.iloc[0], stated.iloc[-1]
    if len(stated) == 1:
        yield say("{group}: {share}.", facts, group=_group(low, rates), share=_share(low, rates, facts))
        return
    lost = any(key.startswith("share:") for key in rates.hidden - {rates.pooled_key})
    if f"{low['share']:.1%}" == f"{high['share']:.1%}":
        by = " and ".join(name.removesuffix("_id") for name in rates.by)
        throughout = say("{share|.1%}", facts.about(rates.scope(low)))
        uniform = Sentence(throughout.text, (*throughout.keys, rates.key("share", high)))
        start = f"By {by}, of those that are shown" if lost else f"By {by}"
        yield say("{start}, the share met is {both} throughout.", facts, start=start, both=uniform)
        return
    yield say(
        "{start} from {lowest} ({first}) to {highest} ({last}).",
        facts,
        start="Of those that are shown, the share met runs" if lost else "The share met runs",
        lowest=_share(low, rates, facts),
        first=_group(low, rates),
        highest=_share(high, rates, facts),
        last=_group(high, rates),
    )


def _share(row: Any, rates: Rates, facts: Facts) -> Sentence:
    return say("{share|.1%} of {share[n]|,}", facts.about(rates.scope(row)))


def _group(row: Any, rates: Rates) -> str:
    words = {name: str(row[name]).replace("_", " ") for name in rates.by}
    if "month" in words:
        words["month"] = month_text(int(row["month"]))
    return ", ".join(words.values())


def of_calendars(use: CalendarUse, facts: Facts) -> Iterator[Sentence]:
    """Yield what the calendars leave out: places that share one, and units that have none."""
    for hours in use.hours.values():
        areas = sorted({place.area for place in hours.places if place.area})
        if not hours.never_stops and len(hours.calendars) == 1 and len(areas) > 1:
            (key,) = hours.calendars
            text = f"One calendar for all: every clock of {key} runs on the same hours and holidays"
            yield Sentence(f"{text}, although the units stand in {listed(areas)}.")
    if use.undivided:
        yield say(
            "{units_without_subdivision|unit names|units name} no subdivision and "
            "{units_without_subdivision~is|are} closed on the holidays of the whole country alone; there are "
            "parts of {countries} with holidays of their own.",
            facts,
            countries=sorted({place.country for place in use.undivided}),
        )
    if use.uncalendared:
        yield say(
            "{units_without_calendar|unit has|units have} no calendar: {why}.",
            facts,
            why="; ".join(_lacking(use)),
        )


def _lacking(use: CalendarUse) -> Iterator[str]:
    """Yield why units have no calendar, with their names."""
    placed = use.places
    nameless = [quoted(unit) for unit in use.uncalendared if not placed[unit].country]
    policyless = [quoted(unit) for unit in use.uncalendared if placed[unit].country]
    if policyless:
        yield f"the policy names none for {listed(policyless)}"
    if nameless:
        yield f"the register names no country for {listed(nameless)}, whose holidays are therefore not known"


def of_register(register: DutyRegister, facts: Facts) -> Sentence:
    """Say that the register is handed over, and how a case is looked up in it."""
    if register.rows.empty:
        return Sentence("No duty could be judged, so there is no register of duties.")
    return say(
        "What became of each of the {duties_handed_over|duty|duties} is handed over with the run in "
        "duties.parquet, one row each: case, unit, when it was triggered, due and done, status, file and "
        "line. The work papers list those that failed; auditlib trace names any of them by its case "
        "(duty:ID) or by what became of it (late:contact).",
        facts,
    )
