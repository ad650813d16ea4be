"""Drivers and actions of one audit, from its evidence."""

from __future__ import annotations

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.disclosure import MinimumFrequency
from auditlib.drivers.answer import DriversAnswer
from auditlib.drivers.causes import examine_causes
from auditlib.drivers.coverage import fixes_of, promised_by_cause
from auditlib.drivers.following import follow
from auditlib.drivers.policy import DriversPolicy, policy_of
from auditlib.drivers.questions import examine_survey
from auditlib.drivers.result import DriversResult
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Refusal

AGGREGATES = Refusal(
    "There are only aggregates: which low answers go together with a bad overall answer shows in single "
    "responses alone, and there are neither complaints nor follow-up contacts.",
    "Ask for responses with the answers to every question, or for complaints with a coded cause.",
)
NOTHING = Refusal(
    "The evidence has neither responses nor complaints nor follow-up contacts.",
    "Ask for responses with the answers to every question, or for complaints with a coded cause.",
)


def examine(engagement: Engagement) -> DriversAnswer:
    """Answer what goes with dissatisfaction, and whether something is done about it."""
    policy = policy_of(engagement.run, engagement.texts)
    return DriversAnswer(estimate(engagement.evidence, engagement.run, policy))


def estimate(tables: CanonicalTables, run: Run, policy: DriversPolicy) -> DriversResult:
    """Estimate what goes with dissatisfaction and hold the register of fixes against it.

    Parameters
    ----------
    tables
        The evidence: responses, complaints, follow_ups, fixes, formal reports, as far as there are.
    run
        Period, instruments, confidence and seed.
    policy
        How drivers are ranked, and which causes belong to which question.

    Returns
    -------
    DriversResult
        With the reason, where there is nothing to rank.
    """
    level = run.thresholds.confidence
    if not {"responses", "complaints"} & set(tables.tables):
        why = AGGREGATES if "aggregates" in tables.tables else NOTHING
        return DriversResult(policy, level, not_assessable=why)
    survey_types = tuple(run.instruments) if "responses" in tables.tables else ()
    streams = np.random.default_rng(run.seed).spawn(len(survey_types) + 1)
    fixes = fixes_of(tables)
    return DriversResult(
        policy,
        level,
        tuple(
            examine_survey(tables, run, policy, survey_type, rng=rng)
            for survey_type, rng in zip(survey_types, streams[1:], strict=True)
        ),
        examine_causes(tables, policy, level=level, rng=streams[0]),
        fixes,
        promised_by_cause(tables),
        follow(fixes or (), tables, run, policy),
        disclosure=MinimumFrequency.of(run.thresholds),
    )
