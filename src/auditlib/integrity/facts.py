"""Effects, p-values and levels of every test as numbers of the audit, and what the register says."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.integrity.business import BusinessChange
from auditlib.integrity.detection import Detection, ScoreChange, SignStrength
from auditlib.integrity.groups import Group
from auditlib.integrity.patterns import SignPattern
from auditlib.integrity.result import IntegrityResult
from auditlib.integrity.visibility import LEVEL, Visibility, limits_of
from auditlib.records import Basis, Interval, Number

METHOD = "Knapp-Hartung, units as observations"
LINKS = Basis("pay_links")
SURVEYED = ("responses", "invitations")
"""Tables whose rows belong to a survey."""
DRAWN = "Of companies drawn with the units, volumes, links and answers of this one."


def facts(result: IntegrityResult) -> Iterator[Number]:
    """Yield the numbers of every test, the counts the sentences state, and those of the register."""
    if result.not_applicable is not None:
        yield Number("alarms", None, "count", basis=(LINKS,), reason=result.not_applicable.reason)
        return
    watched = sum(detection.sign is SignStrength.WATCH for detection in result.detections)
    for name, count in (
        ("alarms", len(result.alarms)),
        ("tests", len(result.tested)),
        ("groups", len(result.groups)),
        ("detections", len(result.detections)),
        ("untested", len(result.untested)),
        ("worth_a_look", watched),
    ):
        yield Number(name, count, "count", basis=(LINKS,))
    for pattern in result.patterns:
        yield from _pattern(pattern)
    for detection in result.detections:
        yield from _detection(detection, result.level)
    for score in result.scores:
        yield _score(score, result.level)
        yield Number(f"shared:{score.group.name}", result.in_common(score), "units", basis=(LINKS,))
    for group, alarms in result.alarmed.items():
        for second, count in result.shares(group).items():
            key = shared_key(alarms[0].group, result.alarmed[second][0].group)
            yield Number(key, count, "units", basis=(LINKS,))
    for change in result.business:
        yield from _business(change)
    yield Number("error", result.policy.error, "share", reason="Declared.")
    yield Number("least_power", result.policy.least_power, "share", reason="Declared.")
    yield from _visible(result)


def shared_key(group: Group, second: Group) -> str:
    """Return the key of how many units a group shares with another one that raised an alarm."""
    return f"shared_with:{group.key}:{second.key}"


def _pattern(pattern: SignPattern) -> Iterator[Number]:
    n = sum(detection.n for detection in pattern.detections) or None
    why = "; ".join(dict.fromkeys(detection.reason for detection in pattern.detections))
    adjusted, why = (None, why) if pattern.p_value is None else (pattern.p_adjusted, "")
    basis = (Basis("pay_links", (("role", pattern.group.role),)),)
    yield Number(f"p_kind:{pattern.key}", pattern.p_value, "probability", n, None, basis, why)
    yield Number(f"p_adjusted:{pattern.key}", adjusted, "probability", n, None, basis, why)
    yield Number(f"units:{pattern.key}", pattern.linked, "units", basis=basis)


def _detection(detection: Detection, level: float) -> Iterator[Number]:
    """Yield effect and p-values, or the reason why there are none."""
    key, detector, n, why = detection.key, detection.detector, detection.n, detection.reason
    basis = tuple(_basis(table, detection.group) for table in detector.tables)
    if detection.effect is None:
        yield Number(f"effect:{key}", None, detector.effect, basis=basis, reason=why)
        return
    value, low, high = detection.effect
    yield Number(f"effect:{key}", value, detector.effect, n, Interval(low, high, level, METHOD), basis, why)
    yield Number(f"p:{key}", detection.p_value, "probability", n, None, basis)
    for side, levels in zip(("linked", "others"), detection.levels, strict=True):
        for at, reached in zip(("before", "after"), levels, strict=True):
            yield Number(f"{side}_{at}:{key}", float(reached), detector.level, n, None, basis)
    yield Number(f"smallest_p:{key}", detection.smallest_p, "probability", n, None, basis)
    yield Number(f"linked_units:{key}", detection.linked, "units", basis=basis)
    yield Number(f"others_units:{key}", detection.unlinked, "units", basis=basis)


def _basis(table: str, group: Group) -> Basis:
    if table not in SURVEYED:
        return Basis(table, (("in_period", True),))
    where = (("in_period", True), ("survey_type", group.survey_type))
    return Basis(table, where, group.item if table == "responses" else "")


def _score(score: ScoreChange, level: float) -> Number:
    group, contrast = score.group, score.contrast
    basis = (Basis("responses", (("survey_type", group.survey_type),), group.item),)
    limits = Interval(contrast.low, contrast.high, level, METHOD)
    return Number(score.key, contrast.estimate, "points", score.n, limits, basis)


def _business(change: BusinessChange) -> Iterator[Number]:
    rows = (Basis(change.table),)
    yield Number(f"{change.key}:linked", change.linked, "share", change.n, basis=rows)
    yield Number(f"{change.key}:others", change.others, "share", change.n, basis=rows)


def _visible(result: IntegrityResult) -> Iterator[Number]:
    """Yield what would have been seen, on companies drawn like the client's."""
    if not result.visible:
        return
    companies = result.drawn
    yield Number("drawn", companies, "count", reason=DRAWN)
    limits = Interval(*limits_of(result.false_alarms, companies), LEVEL, "Clopper-Pearson")
    yield Number("false_alarms", result.false_alarms, "share", companies, limits, reason=DRAWN)
    yield Number("faults", len(result.reach), "count", basis=(LINKS,))
    yield Number("blind", len(result.blind), "count", basis=(LINKS,))
    for reach in result.reach:
        yield Number(f"size:{reach.fault.key}", reach.fault.share, "share", reason="Declared.")
        yield Number(f"clear:{reach.fault.key}", len(reach.clear), "count", basis=(LINKS,))
    for entry in result.visible:
        yield _share_visible(entry)


def _share_visible(entry: Visibility) -> Number:
    if not entry.companies:
        return Number(entry.key, None, "share", reason=entry.reason)
    limits = Interval(*entry.limits, LEVEL, "Clopper-Pearson")
    return Number(entry.key, entry.share, "share", entry.companies, limits, reason=DRAWN)
