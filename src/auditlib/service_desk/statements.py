"""What a desk's log comes to, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlib.records import Sentence
from auditlib.service_desk.facts import DECLARED, FLAGLESS, UNVARYING
from auditlib.service_desk.open_classes import without_class
from auditlib.service_desk.result import CLASS, LOST, IncidentResult
from auditlib.service_desk.stop_signs import ClockStops
from auditlib.statements import Facts, say

CASE = {"incident_events": ("incident", "incidents"), "complaint_events": ("complaint", "complaints")}
"""What the cases of a log are called, by its table."""
UNTRIED = "No case carries both a flag and an end that a clock could be tried on."
_ENDS = {"closing": "if the clock runs until closing", "resolution": "if it stops at resolution"}


def summary(result: IncidentResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what the flag says, what the clocks say, why they part, and what could not be judged."""
    enough = result.disclosure.shows(len(result.cases))
    if not enough:
        yield Sentence(f"The log holds too few {CASE[result.policy.log][1]} for a share to be shown.")
    if result.flagged and enough:
        yield _flagged(result, facts)
    if enough and result.clocks:
        yield _clocked(result, facts)
    if not result.flagged:
        yield Sentence(f"The desk's own flag: not assessable. {FLAGLESS}", ("flag_share_of_events",))
    yield from unjudged(result, facts)
    if enough and result.reconciled:
        yield _why(result, facts)


def unjudged(result: IncidentResult, facts: Facts) -> Iterator[Sentence]:
    """Yield the clocks that cannot be judged, in any case or in some, each with the reason."""
    for duty, refusal in result.refused.items():
        text = f"The clock {spoken(duty)} is not assessable: {refusal.reason} {refusal.remedy}"
        yield Sentence(text.strip(), (f"share:{duty}",))
    case = _case(result)
    if result.without_calendar:
        yield say(
            f"{{cases_without_calendar|{case}}} {{cases_without_calendar~counts|count}} on neither side of a "
            "clock, because nothing says which calendar its unit has.",
            facts,
        )
    for clock in result.clocks:
        for doubt in result.undecided_by(clock):
            yield say(
                f"The clock {{clock}} cannot be told for {{undecided_{doubt}|{case}}}: {{why}}, and they "
                "count on neither side.",
                facts.about(clock),
                clock=spoken(clock),
                why=_why_open(result, clock, doubt),
            )
        if (unknown := result.undecided(clock)) and result.disclosure.shows(unknown):
            yield say(
                "Of {worst[n]|case|cases} of the clock {clock}, {undecided} {undecided~is|are} unknown, so "
                "anything from {worst|.1%} to {best|.1%} may have been in time.",
                facts.about(clock),
                clock=spoken(clock),
            )


def _why_open(result: IncidentResult, clock: str, doubt: str) -> str:
    """Say why it is not known whether a clock was kept."""
    if doubt == CLASS:
        mine = result.cases[f"doubt:{clock}"] == CLASS
        return without_class(result.cases[mine], result.rule(clock))
    if doubt == LOST:
        return "an event of theirs is in quarantine, and may be what was owed"
    return "days without times leave open whether the limit was kept"


def spoken(clock: str) -> str:
    """Return a clock as a sentence names it."""
    return clock.replace("_", " ")


def _case(result: IncidentResult) -> str:
    """Return what a case of the log is called, as a template counts it."""
    return "|".join(CASE[result.policy.log])


def _joined(parts: Sequence[Sentence], by: str) -> Sentence:
    """Return phrases one after the other, with the keys of all."""
    return Sentence(by.join(part.text for part in parts), tuple(key for part in parts for key in part.keys))


def _flagged(result: IncidentResult, facts: Facts) -> Sentence:
    names = [
        name
        for name in result.to_frame()["priority"].iloc[:-1]
        if result.disclosure.shows(result.counts(name)["flag"])
    ]
    shares = [say("{name} {flag|.1%}", facts.about(name), name=name) for name in names]
    return say(
        f"The desk's own flag calls {{flag|.1%}} of {{flag[n]|{_case(result)}}} met{{by}}. "
        "Counted by lines of the log it would be {flag_share_of_events|.1%}, which is no share of {noun}.",
        facts.about("all"),
        by=say(" ({shares})", facts, shares=_joined(shares, ", ")) if shares else "",
        noun=CASE[result.policy.log][1],
    )


def _clocked(result: IncidentResult, facts: Facts) -> Sentence:
    settled = [clock for clock, n in result.counts("all").items() if clock != "flag" and n]
    if not settled:
        return Sentence("No case is settled under the declared targets, so no clock has a share.")
    shares = [
        say(f"{{{clock}|.1%}} of {{{clock}[n]|,}} ({{clock}})", facts.about("all"), clock=spoken(clock))
        for clock in settled
    ]
    return say(
        "Done in time, re-performed from the events under the declared targets: {shares}; "
        f"{{never_resolved|{_case(result)}}} {{never_resolved~was|were}} never resolved, "
        "and closing is no resolution.",
        facts,
        shares=_joined(shares, " and "),
    )


def _why(result: IncidentResult, facts: Facts) -> Sentence:
    """Say which clock fits the flag best."""
    best = result.agreement()
    unsaid = "Which clock would reproduce the flag: not assessable."
    if not best:
        return Sentence(f"{unsaid} {UNTRIED}")
    if result.unvarying:
        return Sentence(f"{unsaid} {UNVARYING}", tuple(f"flag_agreement:{end}" for end in best))
    agreed = [
        say("in {flag_agreement|.1%} {how}", facts.about(end), how=how)
        for end, how in _ENDS.items()
        if end in best
    ]
    return say(
        "The flag fits a clock that runs until {end} best: one limit per priority agrees with it {agreed}, "
        "out of all cases that have that end; the system closed {closed_automatically_share|.1%} of cases "
        "about {automatic_closing|g} {automatic_closing~day|days} after resolution, which is no work.",
        facts,
        end=max(best, key=lambda end: best[end]),
        agreed=_joined(agreed, ", "),
    )


def unreconciled(result: IncidentResult) -> Sentence:
    """Say why the flag cannot be held against a clock."""
    if not result.flagged:
        return Sentence(f"Not assessable. {FLAGLESS}", ("flag_share_of_events",))
    return Sentence("Not assessable: no clock until resolution could be judged on this log.")


def notes(result: IncidentResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what an auditor should know of the log."""
    odd = result.oddities
    if odd.unknown_states:
        yield _unknown_states(result, facts)
    if odd.field_known:
        yield say(
            "In {resolved_field_rewritten|case|cases} the field 'resolved' was overwritten after the "
            "resolution, in {resolved_field_empty} it is empty although the log shows the resolution; the "
            "log was followed.",
            facts,
        )
    if result.flagged and result.fitted and result.implied["limit_to_hours"].isna().any():
        yield Sentence(
            "Where no upper limit is printed the flag calls none of those cases breached, or none that "
            "another limit would tell apart: every longer limit agrees as well."
        )


def _unknown_states(result: IncidentResult, facts: Facts) -> Sentence:
    depends = (
        f" {{unclear_cases|{_case(result)}}} {{unclear_cases~depends|depend}} on what it "
        "means and {unclear_cases~counts|count} on neither side, until the policy lists it."
    )
    return say(
        "{unknown_state_events|event carries|events carry} a state that is not listed ({states}).{tail}",
        facts,
        states=", ".join(f"'{state}'" for state in result.oddities.unknown_states),
        tail=say(depends, facts) if result.oddities.unclear else " No status depends on what it means.",
    )


def of_stops(stops: ClockStops, facts: Facts) -> Iterator[Sentence]:
    """Yield what stops of clocks show, what could not be tested, and that no sign proves anything."""
    all_of_them = say(f"{{{stops.start}:all|stop|stops}} to wait for the customer", facts)
    if stops.alarms:
        signs = say(f"{{{stops.start}:alarms|sign|signs}}", facts)
        yield say(
            "Of {stops} some need an explanation: {signs}, reported as findings with the cases. A sign "
            "proves nothing.",
            facts,
            stops=all_of_them,
            signs=signs,
        )
    elif all(reading.reason for reading in stops.readings):
        form = "Whether {stops} were made to keep limits could not be tested."
        yield say(form, facts, stops=all_of_them)
    else:
        form = "{stops} show no sign that clocks were stopped to keep limits."
        yield say(form, facts, stops=all_of_them)
    declared = tuple(f"{stops.start}:{name}" for name in DECLARED)
    untested = {reading.reason: reading.key for reading in reversed(stops.readings) if reading.reason}
    for reason, key in untested.items():
        yield Sentence(f"Not assessable: {reason}", (f"{stops.start}:{key}", *declared))
