"""What a desk's log comes to, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from auditlib.escalation.incident_numbers import FLAGLESS, UNTRIED, UNVARYING
from auditlib.records import Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.escalation.incident_result import IncidentResult

CASE = {"incident_events": ("incident", "incidents"), "complaint_events": ("complaint", "complaints")}
"""What the cases of a log are called, by its table."""


def summary(result: IncidentResult) -> Iterator[Sentence]:
    """Yield what the flag says, what the clocks say, why they part, and what could not be judged."""
    enough = len(result.cases) >= result.minimum_cell
    if not enough:
        yield Sentence(f"The log holds too few {_many(result)} for a share to be shown.")
    if result.flagged and enough:
        yield _flagged(result)
    if enough and result.clocks:
        yield _clocked(result)
    if not result.flagged:
        yield Sentence(f"The desk's own flag: not assessable. {FLAGLESS}", ("flag_share_of_events",))
    yield from refusals(result)
    yield from undecided(result)
    if enough and result.reconciled:
        yield _why(result)


def refusals(result: IncidentResult) -> Iterator[Sentence]:
    """Yield the clocks that cannot be judged, each with the reason."""
    for duty, refusal in result.refused.items():
        text = f"The clock {duty.replace('_', ' ')} is not assessable: {refusal.reason} {refusal.remedy}"
        yield Sentence(text.strip(), (f"share:{duty}",))
    if result.without_calendar:
        many = counted(result.without_calendar, *CASE[result.policy.log])
        verb = "counts" if result.without_calendar == 1 else "count"
        yield Sentence(
            f"{many} {verb} on neither side of a clock, because nothing says which calendar its unit has.",
            ("cases_without_calendar",),
        )


def undecided(result: IncidentResult) -> Iterator[Sentence]:
    """Yield the clocks that some cases leave open, because days are known without times."""
    for clock in result.clocks:
        if result.undecided(clock):
            cases = counted(result.undecided(clock), *CASE[result.policy.log])
            text = (
                f"The clock {clock.replace('_', ' ')} cannot be told for {cases}: days without times leave "
                "open whether the limit was kept, and they count on neither side."
            )
            yield Sentence(text, (f"undecided:{clock}",))


def _many(result: IncidentResult) -> str:
    return CASE[result.policy.log][1]


def _flagged(result: IncidentResult) -> Sentence:
    frame, odd = result.to_frame(), result.oddities
    known = frame.iloc[:-1]
    enough = [result.counts(name)["flag"] >= max(1, result.minimum_cell) for name in known["priority"]]
    shown = known[enough]
    by = ", ".join(f"{row['priority']} {row['flag']:.1%}" for row in shown.to_dict("records"))
    cases = counted(result.flagged, *CASE[result.policy.log])
    return Sentence(
        f"The desk's own flag calls {frame.iloc[-1]['flag']:.1%} of {cases} met"
        f"{f' ({by})' * bool(by)}. Counted by lines of the log it would be "
        f"{odd.events_met / max(1, odd.events_flagged):.1%}, which is no "
        f"share of {_many(result)}.",
        ("flag:all", *(f"flag:{name}" for name in shown["priority"]), "flag_share_of_events"),
    )


def _clocked(result: IncidentResult) -> Sentence:
    row = result.to_frame().iloc[-1]
    settled = result.counts("all")
    shares = [
        (clock, f"{row[clock]:.1%} of {settled[clock]:,} ({clock.replace('_', ' ')})")
        for clock in result.clocks
        if pd.notna(row[clock])
    ]
    if not shares:
        return Sentence("No case is settled under the declared targets, so no clock has a share.")
    listed = " and ".join(words for _, words in shares)
    never = result.oddities.never_resolved
    return Sentence(
        f"Done in time, re-performed from the events under the declared targets: {listed}; "
        f"{counted(never, *CASE[result.policy.log])} {'was' if never == 1 else 'were'} never resolved, "
        "and closing is no resolution.",
        (*(f"{clock}:all" for clock, _ in shares), "never_resolved"),
    )


def _why(result: IncidentResult) -> Sentence:
    best, odd = result.agreement(), result.oddities
    if not best:
        return Sentence(f"Which clock would reproduce the flag: not assessable. {UNTRIED}")
    if result.unvarying:
        text = f"Which clock would reproduce the flag: not assessable. {UNVARYING}"
        return Sentence(text, tuple(f"flag_agreement:{end}" for end in best))
    until = max(best, key=lambda end: best[end])
    share = odd.closed_automatically / len(result.cases)
    ends = {"closing": "if the clock runs until closing", "resolution": "if it stops at resolution"}
    agreed = ", ".join(f"in {best[end]:.1%} {words}" for end, words in ends.items() if end in best)
    return Sentence(
        f"The flag fits a clock that runs until {until} best: one limit per priority agrees with it "
        f"{agreed}, out of all cases that have that end; the system closed {share:.1%} "
        f"of cases about {result.policy.automatic_closing.words} after resolution, which is no work.",
        (*(f"flag_agreement:{end}" for end in best), "closed_automatically_share", "automatic_closing"),
    )


def unreconciled(result: IncidentResult) -> Sentence:
    """Return why the flag cannot be held against a clock."""
    if not result.flagged:
        return Sentence(f"Not assessable. {FLAGLESS}", ("flag_share_of_events",))
    return Sentence("Not assessable: no clock until resolution could be judged on this log.")


def notes(result: IncidentResult) -> Iterator[Sentence]:
    """Yield what an auditor should know of the log."""
    odd = result.oddities
    if odd.unknown_states:
        yield _unknown_states(result)
    if odd.field_known:
        yield _field(result)
    if result.flagged and result.fitted and result.implied["limit_to_hours"].isna().any():
        yield Sentence(
            "Where no upper limit is printed the flag calls none of those cases breached, or none that "
            "another limit would tell apart: every longer limit agrees as well."
        )


def _unknown_states(result: IncidentResult) -> Sentence:
    odd = result.oddities
    number, strange = (
        sum(odd.unknown_states.values()),
        ", ".join(f"'{state}'" for state in odd.unknown_states),
    )
    tail = " No status depends on what it means."
    keys: tuple[str, ...] = ("unknown_state_events",)
    if odd.unclear:
        verb, counting = ("depends", "counts") if odd.unclear == 1 else ("depend", "count")
        tail = (
            f" {counted(odd.unclear, *CASE[result.policy.log])} {verb} on what it means and {counting} on "
            "neither side, until the policy lists it."
        )
        keys = (*keys, "unclear_cases")
    return Sentence(
        f"{counted(number, 'event carries', 'events carry')} a state that is not listed ({strange}).{tail}",
        keys,
    )


def _field(result: IncidentResult) -> Sentence:
    odd = result.oddities
    return Sentence(
        f"In {counted(odd.rewritten, 'case')} the field 'resolved' was overwritten after the resolution, in "
        f"{odd.field_empty:,} it is empty although the log shows the resolution; the log was followed.",
        ("resolved_field_rewritten", "resolved_field_empty"),
    )
