"""Every detector on every group of linked units, with one correction for all tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.integrity.answer import IntegrityAnswer
from auditlib.integrity.assignment import assignment_of, declared_of, places_of
from auditlib.integrity.business import business_of
from auditlib.integrity.detection import Detection, GroupData, detect, group_data, score_change
from auditlib.integrity.detectors import DETECTORS
from auditlib.integrity.directions import Directions, directions
from auditlib.integrity.groups import Group, MonthGrid, calendar_of, groups_of
from auditlib.integrity.observed import Observed, observe
from auditlib.integrity.paid_question import PaidQuestion
from auditlib.integrity.patterns import corrected
from auditlib.integrity.policy import IntegrityPolicy, policy_of
from auditlib.integrity.result import IntegrityResult
from auditlib.integrity.visibility import Visibility, visibility
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Run
from auditlib.records import Refusal

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


def examine(engagement: Engagement) -> IntegrityAnswer:
    """Answer whether the scores can still be trusted where pay depends on them."""
    run, policy = engagement.run, policy_of(engagement.run, engagement.texts)
    return IntegrityAnswer(estimate(engagement.evidence, run, policy, draw=True))


def estimate(
    tables: CanonicalTables, run: Run, policy: IntegrityPolicy, *, draw: bool = False
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
    draw
        Whether to draw companies like this one, which tell what would have been seen.

    Returns
    -------
    IntegrityResult
        Without patterns, and with the reason, where no pay is linked.

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
        return IntegrityResult((), policy, level, not_applicable=NO_REGISTER, unknown=True)
    if register.empty:
        return IntegrityResult((), policy, level, not_applicable=UNREADABLE, unknown=True)
    if not (register["weight"] != 0).any():
        return IntegrityResult((), policy, level, not_applicable=NO_LINK)
    if "units" not in tables.tables:
        return IntegrityResult((), policy, level, not_applicable=NO_UNITS, unknown=True)
    units = [str(unit) for unit in tables.frame("units", columns=["unit_id"])["unit_id"]]
    calendar = calendar_of(run, units)
    groups = [_audited(group, run, tables) for group in groups_of(register, calendar, policy)]
    examined = [
        part if isinstance(part, list) else (part, [detect(detector, part) for detector in DETECTORS])
        for part in _data(groups, tables, run, calendar=calendar, policy=policy)
    ]
    detections = [d for part in examined for d in (part if isinstance(part, list) else part[1])]
    tested = [part for part in examined if not isinstance(part, list)]
    scores = tuple(score for data, _ in tested if (score := score_change(data)) is not None)
    weights = {
        data.group.name: directions(data, own, rng=np.random.default_rng([run.seed, place, 1]))
        for place, (data, own) in enumerate(tested)
    }
    visible = _visible(tested, weights, run) if draw else ()
    patterns = corrected(detections, policy, weights=weights)
    alarmed = {pattern.group.name for pattern in patterns if pattern.alarm}
    business = tuple(
        change
        for data, _ in tested
        if data.group.name in alarmed
        for change in business_of(tables, data.group, calendar, compared=data.chosen)
    )
    return IntegrityResult(patterns, policy, level, visible, scores=scores, business=business)


def _visible(
    tested: list[tuple[GroupData, list[Detection]]], weights: Mapping[str, Directions], run: Run
) -> tuple[Visibility, ...]:
    """Return what would have been seen in each group that can raise an alarm; they share the error."""
    able = [part for part in tested if any(d.contrast is not None and d.detector.alone for d in part[1])]
    return tuple(
        entry
        for place, (data, detections) in enumerate(able)
        for entry in visibility(
            data,
            detections,
            weights=weights[data.group.name],
            groups=len(able),
            rng=np.random.default_rng([run.seed, place, 2]),
        )
    )


def _audited(group: Group, run: Run, tables: CanonicalTables) -> Group:
    """Return `group`, refused where its metric is not audited or there are no single responses."""
    if "responses" not in tables.tables:
        return replace(group, refusal=_AGGREGATES)
    instrument = run.instruments.get(group.survey_type)
    if instrument is None or group.item not in instrument.items:
        refusal = Refusal(
            f"Pay follows {group.metric}, which is no question of an audited survey.",
            "Declare its instrument, or correct the register: survey type:item:statistic.",
        )
        return replace(group, refusal=refusal)
    return group


def _data(
    groups: list[Group], tables: CanonicalTables, run: Run, *, calendar: MonthGrid, policy: IntegrityPolicy
) -> Iterator[GroupData | list[Detection]]:
    """Yield what was counted of each group; of a refused one, that none of its detectors could be run."""
    observed: dict[tuple[str, str], Observed] = {}
    places = places_of(tables, calendar)
    for place, group in enumerate(groups):
        if group.refusal is not None:
            why = f"{group.refusal.reason} {group.refusal.remedy}".strip()
            yield [Detection(detector, group, reason=why) for detector in DETECTORS]
            continue
        metric = (group.survey_type, group.item)
        if metric not in observed:
            instrument = run.instrument(group.survey_type)
            observed[metric] = observe(PaidQuestion(tables, instrument, group.item, calendar, policy))
        yield group_data(
            group,
            observed[metric],
            calendar,
            policy,
            assignment=assignment_of(group, calendar, places, declared=declared_of(group, tables)),
            level=run.thresholds.confidence,
            rng=np.random.default_rng([run.seed, place]),
        )
