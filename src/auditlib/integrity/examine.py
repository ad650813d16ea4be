"""Every detector on every group of linked units, with one correction for all tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from auditlib.integrity.detection import Detection, dealt_for, detect
from auditlib.integrity.detectors import DETECTORS
from auditlib.integrity.groups import Group, MonthGrid, calendar_of, groups_of
from auditlib.integrity.observed import Observed, observe
from auditlib.integrity.patterns import signatures
from auditlib.integrity.performance import Performance
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.result import IntegrityResult
from auditlib.integrity.score_changes import ScoreChange, score_change
from auditlib.parameters.run import Run
from auditlib.records import Refusal
from auditlib.standards.measure import Tables

NO_REGISTER = Refusal(
    "There is no register of pay links, so whether anybody gains from managing the scores is not known.",
    "Ask for the register of pay links; where nothing is linked, for the party's word that it is not.",
)
NO_UNITS = Refusal(
    "There is no register of units, so linked units cannot be set beside others.",
    "Ask for the register of units.",
)
NO_LINK = Refusal(
    "No pay is linked to satisfaction, so nobody gains from managing the scores.",
    "Where pay is linked, name the register of pay links among the sources.",
)
UNREADABLE = Refusal(
    "Whether pay is linked to satisfaction is not known: no entry of the register of pay links was kept.",
    "Correct how the register is declared, or ask for it again.",
)
_AGGREGATES = Refusal(
    "There are only aggregates, and every sign of gaming shows in single invitations, answers or complaints.",
    "Ask for responses and invitations, one row each.",
)


def examine(
    tables: Tables, run: Run, policy: IntegrityPolicy, *, performance: Performance | None = None
) -> IntegrityResult:
    """Look for signs that scores are managed rather than earned, wherever pay depends on them.

    Parameters
    ----------
    tables
        The evidence: units, pay_links, and as far as there are responses, invitations, complaints, cells.
    run
        Period, instruments, confidence and seed.
    policy
        Windows, limits, error and words.
    performance
        The register of false alarms and power, stated beside what is found.

    Returns
    -------
    IntegrityResult
        Without signatures, and with the reason, where no pay is linked.

    Notes
    -----
    Each unit's change from before the link to after it is compared between linked and not-linked units;
    the p-value is the share of ways to deal the links to units, within strata of size, that give as strong
    a contrast. Detectors that point the same way are tested as one kind of sign; groups, and kinds
    within a group, are corrected after Holm (1979).
    """
    level = run.thresholds.confidence
    register = tables.frame("pay_links") if "pay_links" in tables.tables else None
    if register is None:
        return IntegrityResult((), policy, level, performance, NO_REGISTER, unknown=True)
    if register.empty:
        return IntegrityResult((), policy, level, performance, UNREADABLE, unknown=True)
    if not (register["weight"] != 0).any():
        return IntegrityResult((), policy, level, performance, NO_LINK)
    if "units" not in tables.tables:
        return IntegrityResult((), policy, level, performance, NO_UNITS, unknown=True)
    units = [str(unit) for unit in tables.frame("units", columns=["unit_id"])["unit_id"]]
    calendar = calendar_of(run, units)
    groups = [_audited(group, run, tables) for group in groups_of(register, calendar, policy)]
    found, scores = _detections(groups, tables, run, calendar=calendar, policy=policy)
    return IntegrityResult(signatures(found, policy), policy, level, performance, scores=scores)


def _audited(group: Group, run: Run, tables: Tables) -> Group:
    """Return `group`, refused where its metric is not audited or there are no single responses."""
    if "responses" not in tables.tables:
        return replace(group, refusal=_AGGREGATES)
    known = run.instruments.get(group.survey_type)
    if known is None or group.item not in known.items:
        refusal = Refusal(
            f"Pay follows {group.metric}, which is no question of an audited survey.",
            "Declare its instrument, or correct the register: survey type:item:statistic.",
        )
        return replace(group, refusal=refusal)
    return group


def _detections(
    groups: list[Group], tables: Tables, run: Run, *, calendar: MonthGrid, policy: IntegrityPolicy
) -> tuple[list[Detection], tuple[ScoreChange, ...]]:
    """Return every detector on every group, and what the scores of each group did."""
    seen: dict[tuple[str, str], Observed] = {}
    found, scores = [], []
    for place, group in enumerate(groups):
        metric = (group.survey_type, group.item)
        if group.refusal is not None:
            found += [Detection(detector, group, reason=_why(group.refusal)) for detector in DETECTORS]
            continue
        if metric not in seen:
            seen[metric] = observe(tables, run.instrument(group.survey_type), group.item, calendar, policy)
        dealt = dealt_for(group, seen[metric], policy, np.random.default_rng([run.seed, place]))
        level = run.thresholds.confidence
        found += [
            detect(each, group, seen[metric], dealt, calendar=calendar, policy=policy, level=level)
            for each in DETECTORS
        ]
        scores.append(score_change(group, seen[metric], dealt, policy, level=level))
    return found, tuple(score for score in scores if score is not None)


def _why(refusal: Refusal) -> str:
    return f"{refusal.reason} {refusal.remedy}".strip()
