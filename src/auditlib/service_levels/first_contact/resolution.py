"""First-contact resolution re-performed from the contacts themselves: the question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.parameters.engagement import Engagement
from auditlib.records import Reason, Refusal
from auditlib.service_levels.first_contact.answer import FirstContactAnswer
from auditlib.service_levels.first_contact.cases import disagreeing_cases
from auditlib.service_levels.first_contact.compare import exact_share, window_of
from auditlib.service_levels.first_contact.counted_contacts import counted_contacts
from auditlib.service_levels.first_contact.evidence_end import evidence_end
from auditlib.service_levels.first_contact.judged_mark import judged_mark
from auditlib.service_levels.first_contact.matters import (
    RecordedContacts,
    identified,
    recorded_in,
    whole_contacts,
    with_silences,
    with_vague,
)
from auditlib.service_levels.first_contact.nameless_units import nameless_units
from auditlib.service_levels.first_contact.result import FirstContactResolution, ResolutionGroup
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.first_contact.surveyed import said_by_contact, survey_lacking
from auditlib.service_levels.first_contact.windows import undecided_counts
from auditlib.service_levels.single_contacts import without_single_contacts
from auditlib.standards.profile import Demands
from auditlib.statements import Unanswered
from auditlib.statistics.clustered_share import ClusteredShare

if TYPE_CHECKING:
    import narwhals as nw

ABOUT = "first-contact resolution re-performed"
NO_CUSTOMERS = Refusal(
    "No contact says which customer it was with, so that nobody can be known to have come back.",
    "Ask for the customer of each contact (a number is enough), with the kind of matter.",
)
NO_MARK = Refusal(
    "No contact carries the party's own mark of first-contact resolution.",
    "Ask for the mark beside each contact, if the party sets one.",
)
NO_LEVEL = Refusal(
    "No contact says whether its matter is for the first level to resolve: a net share cannot be said.",
    "Ask which matters the first level can resolve, and map the answer as first_level.",
)
NONE_OVER = Refusal(
    "No first contact of the period has a window that is over when the evidence ends.",
    "Ask for the contacts of the days after the period.",
)


def first_contact(
    engagement: Engagement,
    *,
    rule: RepeatRule | None = None,
    resolved_item: str = "",
    demands: Demands | None = None,
) -> FirstContactAnswer | Unanswered:
    """Answer how many matters were resolved at first contact, by what followed, by mark and by customers.

    Parameters
    ----------
    rule
        What counts as the same matter coming back; the usual one by default.
    resolved_item
        Item by which customers say whether their matter was resolved; empty where none is declared.
    demands
        What the party is judged by: a criterion on the mark is set beside it.
    """
    chosen = rule or RepeatRule()
    if "interactions" not in engagement.evidence.tables:
        return Unanswered.not_assessable(ABOUT, no_contacts(engagement.evidence))
    recorded = recorded_in(engagement.evidence.lazy("interactions"))
    if not recorded.customers:
        lacking = NO_CUSTOMERS if recorded.contacts else no_contacts(engagement.evidence)
        return Unanswered.not_assessable(ABOUT, lacking)
    result = estimate(engagement, recorded, rule=chosen, resolved_item=resolved_item)
    if not any(window.base for window in result.windows):
        return Unanswered.not_assessable(ABOUT, NONE_OVER)
    return FirstContactAnswer(replace(result, judged_mark=judged_mark(engagement, demands)))


def no_contacts(tables: CanonicalTables) -> Refusal:
    """Return why nothing is said of matters where there are no single contacts."""
    return without_single_contacts(
        tables,
        unsaid="who came back",
        ask="Ask for the contacts of the period, each with its customer and the kind of matter.",
    )


def estimate(
    engagement: Engagement, recorded: RecordedContacts, *, rule: RepeatRule, resolved_item: str
) -> FirstContactResolution:
    """Re-perform first-contact resolution, and hold mark and survey against it.

    Parameters
    ----------
    recorded
        What contacts say; at least their customers.
    """
    run, level = engagement.run, engagement.run.thresholds.confidence
    interactions = engagement.evidence.lazy("interactions")
    until = evidence_end(interactions, run)
    offered = whole_contacts(interactions, recorded, rule=rule).filter(_up_to(until))
    identifiable = identified(by_matter=recorded.by_matter)
    no_survey = survey_lacking(engagement.evidence, run, resolved_item)
    certain = with_silences(offered.filter(identifiable), by_matter=recorded.by_matter)
    silences = with_vague(certain, offered, recorded)
    item = "" if no_survey else resolved_item
    windows = rule.every_window
    unknown, nameless = _unknown(engagement, offered, silences, rule=rule), nameless_units(offered)
    columns = ("channel", "matter") if recorded.by_matter else ("channel",)
    counted = counted_contacts(
        _with_said(engagement, offered, item), recorded, rule=rule, until=until, columns=columns
    )
    return FirstContactResolution(
        rule,
        recorded,
        tuple(
            window_of(counted.counts, days, unknown=unknown[days], nameless=nameless.contacts, level=level)
            for days in windows
        ),
        _groups(counted.shares, level=level),
        disagreeing_cases(_with_said(engagement, silences, item), rule=rule, until=until),
        None if recorded.levels else NO_LEVEL,
        None if recorded.marks else NO_MARK,
        no_survey,
        ("interactions",) if no_survey else ("interactions", "responses"),
        nameless=nameless,
    )


def _unknown(
    engagement: Engagement, offered: nw.LazyFrame[Any], silences: nw.LazyFrame[Any], *, rule: RepeatRule
) -> dict[int, int]:
    """Return, for each window, how many contacts may be repeats of others."""
    nobody = rows_in(offered.filter(~identified(by_matter=False))) + quarantined(engagement)
    near = undecided_counts(silences, rule=rule, windows=rule.every_window)
    return {days: nobody + count for days, count in near.items()}


def quarantined(engagement: Engagement) -> int:
    """Return the contacts in quarantine that may be repeats: all but copies and those of a later day."""
    none = (Reason.IDENTICAL, Reason.FUTURE)
    return sum(
        rows
        for source in engagement.evidence.totals
        if source.table == "interactions"
        for reason, rows in source.reasons.items()
        if reason not in none
    )


def _up_to(until: int) -> nw.Expr:
    import narwhals as nw

    return nw.col("offered_at") <= until


def _with_said(engagement: Engagement, contacts: nw.LazyFrame[Any], item: str) -> nw.LazyFrame[Any]:
    """Add ``said``: whether the customer calls the matter resolved; unknown where nobody can be asked."""
    import narwhals as nw

    if not item:
        return contacts.with_columns(said=nw.lit(None, dtype=nw.Boolean))
    interactions = engagement.evidence.lazy("interactions")
    said = said_by_contact(engagement.evidence, interactions, engagement.run, item)
    return contacts.join(said, on="contact", how="left")


def _groups(shares: Mapping[tuple[str, str], ClusteredShare], *, level: float) -> tuple[ResolutionGroup, ...]:
    """Return first-contact resolution by channel and, where it is recorded, by matter."""
    return tuple(
        ResolutionGroup(column, name, exact_share(share, level=level))
        for (column, name), share in sorted(shares.items(), key=lambda entry: entry[0])
    )
