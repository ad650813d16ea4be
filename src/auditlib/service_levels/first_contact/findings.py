"""Findings: marks of first-contact resolution that what follows, or the customer, contradicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditlib.records import CaseReference, Finding, Grade
from auditlib.service_levels.first_contact.result import (
    BeyondChance,
    DisagreeingContacts,
    Disagreement,
    FirstContactResolution,
    ResolutionWindow,
)
from auditlib.service_levels.first_contact.statements import (
    DISAGREEMENTS,
    came_before_over,
    contradiction,
)
from auditlib.statements import counted, percent
from auditlib.time.epoch import HOUR, MINUTE

if TYPE_CHECKING:
    import pandas as pd

NOTEBOOK = "07_service_levels"
CRITERION = "D1: what is called resolved at first contact is resolved"


def findings_of(result: FirstContactResolution) -> tuple[Finding, ...]:
    """Return a finding where marks are contradicted beyond what chance explains; none else."""
    return tuple(_raised(result, result.detailed))


def _raised(result: FirstContactResolution, window: ResolutionWindow) -> Iterator[Finding]:
    counts = {entry.kind: entry for entry in window.disagreements}
    if window.returned is not None and window.returned.shown:
        entry = counts[Disagreement.MARKED_RETURNED]
        yield _finding(
            result,
            Disagreement.MARKED_RETURNED,
            f"Of {counted(entry.of, 'first contact')} marked as resolved, {entry.contacts:,} "
            f"({percent(entry.contacts / entry.of)}) were followed by another contact of the same customer "
            f"{_about(result)}within {counted(window.days, 'day')}. "
            f"{_chance(window.returned, window, entry)}",
            entry.contacts / entry.of,
            f"Marked as resolved and back within {counted(window.days, 'day')}: "
            f"{entry.contacts:,} of {counted(entry.of, 'first contact')}",
        )
    if window.denied is not None and window.denied.shown:
        entry = counts[Disagreement.MARKED_DENIED]
        yield _finding(
            result,
            Disagreement.MARKED_DENIED,
            f"Of {counted(entry.of, 'first contact')} with a mark and an answer of the customer, "
            f"the mark says resolved and the customer denies it for {entry.contacts:,}. By the mark "
            f"{percent(window.denied.share)} are resolved, by customers {percent(window.denied.by_chance)}.",
            window.denied.share - window.denied.by_chance,
            f"Marked as resolved and denied by the customer: {entry.contacts:,} of "
            f"{counted(entry.of, 'first contact')}",
        )


def _about(result: FirstContactResolution) -> str:
    return "about the same kind of matter " if result.recorded.by_matter else ""


def _chance(beyond: BeyondChance, window: ResolutionWindow, entry: DisagreeingContacts) -> str:
    """Say how many would come back with a new matter, and how many of the contacts followed so long did."""
    explained = (
        f"New matters explain {percent(beyond.by_chance)}: so many came in the {counted(window.days, 'day')} "
        "after those, of those silent until then"
    )
    if percent(beyond.share) == percent(entry.contacts / entry.of):
        return f"{explained}."
    return f"{explained}; of those followed through both, {percent(beyond.share)} came back in the first."


def _finding(
    result: FirstContactResolution, kind: Disagreement, condition: str, shortfall: float, headline: str
) -> Finding:
    name = "returned" if kind is Disagreement.MARKED_RETURNED else "denied"
    days = result.rule.days
    keys = (str(kind), f"of_{kind}", f"{name}_share", f"{name}_by_chance", f"{name}_beyond", "window")
    return Finding(
        criterion=CRITERION,
        condition=condition,
        cause="Not established: the mark is set when the contact ends, and nobody compares it with what "
        "follows, as far as the evidence shows.",
        effect="First-contact resolution by the mark looks better than what customers meet.",
        recommendation="Set the mark from what follows, or check a sample of marks against it; then look the "
        "cases up, the soonest first.",
        grade=Grade.MINOR,
        subject=f"first_contact:{kind}",
        evidence=tuple(f"{NOTEBOOK}/{key}:{days}" for key in keys),
        cases=tuple(_cases(result.cases, kind, days)),
        headline=headline,
        shortfall=shortfall,
    )


def _cases(cases: pd.DataFrame | None, kind: Disagreement, days: int) -> Iterator[CaseReference]:
    if cases is None:
        return
    chosen = cases.loc[cases["kind"] == str(kind), ["interaction_id", "unit_id", "until_next"]]
    for contact, unit, silence in chosen.itertuples(index=False, name=None):
        yield CaseReference("interactions", str(contact), str(unit), _words(kind, silence, days))


def _words(kind: Disagreement, silence: int, days: int) -> str:
    if kind is not Disagreement.MARKED_RETURNED:
        return DISAGREEMENTS[kind]
    if came_before_over(kind, silence):
        return f"{contradiction(kind, days, silence)}, {_spell(-silence)} before its end"
    return f"{DISAGREEMENTS[kind]} after {_spell(silence)}"


def _spell(duration: int) -> str:
    """Return a time as words; one below an hour in minutes, so that none is rounded to nothing.

    Examples
    --------
    >>> [_spell(seconds * 1_000_000) for seconds in (20, 90, 5_400)]
    ['less than a minute', '1 minute', '1.5 hours']
    """
    if duration < MINUTE:
        return "less than a minute"
    return counted(duration // MINUTE, "minute") if duration < HOUR else f"{duration / HOUR:,.1f} hours"
