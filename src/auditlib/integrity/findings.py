"""Findings: what an auditor asks to be explained."""

from __future__ import annotations

from collections.abc import Iterable

from auditlib.integrity.business import BusinessChange
from auditlib.integrity.detection import Detection
from auditlib.integrity.detectors import RATIO
from auditlib.integrity.groups import linked_on, whom
from auditlib.integrity.innocent import innocent
from auditlib.integrity.patterns import SignPattern
from auditlib.integrity.statements import measured
from auditlib.records import CaseReference, Finding, Grade

CRITERION = "A12: where pay depends on satisfaction, the scores it rests on can be trusted"


def findings_of(
    alarms: Iterable[SignPattern], level: float, *, business: Iterable[BusinessChange] = ()
) -> tuple[Finding, ...]:
    """Return one finding for each alarm, with intervals at `level`.

    Parameters
    ----------
    business
        How transactions changed in groups with a sign to explain.
    """
    changes = tuple(business)
    return tuple(
        _finding(alarm, level, tuple(change for change in changes if change.group.name == alarm.group.name))
        for alarm in alarms
    )


def _finding(alarm: SignPattern, level: float, business: tuple[BusinessChange, ...]) -> Finding:
    carrying = alarm.carried_by
    effects = [measured(detection, level).text for detection in carrying]
    clearest = measured(alarm.strongest, level).text.rpartition(" (")[0]
    explained = [innocent(detection, business) for detection in carrying]
    alike = " ".join(dict.fromkeys(sentence.text for sentence in explained))
    gaps = [gap for detection in carrying if (gap := departure(detection)) is not None]
    return Finding(
        criterion=CRITERION,
        condition=f"In the {alarm.linked} {whom(alarm.group)} something changed that did not change in units "
        f"not linked: {'; '.join(effects)}.",
        cause=f"This is consistent with {alarm.pattern.consistent_with}, and needs explanation; it proves no "
        f"intent. What else would look the same: {alike}",
        effect="Scores, comparisons and bonuses that rest on these answers may be too favourable, and the "
        "effect of the link on satisfaction cannot be read from them.",
        recommendation=f"Ask for {alarm.pattern.asked(transactions=bool(business))}. Until it is explained, "
        "settle bonuses of these units on a sample drawn and invited by somebody whose pay does not depend "
        "on it.",
        grade=Grade.MAJOR if len(carrying) > 1 else Grade.MINOR,
        subject=f"{alarm.group.name}: {alarm.pattern.title}",
        evidence=(
            f"p_adjusted:{alarm.key}",
            f"units:{alarm.key}",
            *(f"effect:{entry.key}" for entry in carrying),
            *dict.fromkeys(key for sentence in explained for key in sentence.keys),
        ),
        headline=f"In the {alarm.linked} {whom(alarm.group)}: {clearest}",
        cases=tuple(CaseReference("units", unit, unit, linked_on(alarm.group)) for unit in _units(carrying)),
        shortfall=max(gaps, default=None),
    )


def _units(carrying: Iterable[Detection]) -> tuple[str, ...]:
    """Return the linked units whose changes were seen, each once: the group, and none of them by itself."""
    units = (unit for detection in carrying for unit in detection.units if unit.linked)
    return tuple(dict.fromkeys(unit.unit_id for unit in units))


def departure(detection: Detection) -> float | None:
    """Return how far linked units departed from the others, as a share of what the others did."""
    if detection.effect is None:
        return None
    value = detection.effect[0]
    return abs(1 - value) if detection.detector.effect == RATIO else abs(value) / 100
