"""The tables of an integrity result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditlib.integrity.detection import Detection, SignStrength, shown
from auditlib.integrity.detectors import DETECTORS, RATIO, Detector
from auditlib.integrity.patterns import PATTERNS, SignPattern
from auditlib.integrity.performance import Performance
from auditlib.integrity.score_changes import ScoreChange
from auditlib.integrity.wording import listed
from auditlib.statistics.types import normal_quantile

if TYPE_CHECKING:
    import pandas as pd


def kinds(signatures: Sequence[SignPattern]) -> pd.DataFrame:
    """Return one row per group and kind of sign."""
    import pandas as pd

    rows = [
        (
            signature.group.name,
            signature.pattern.title,
            _said(signature),
            np.nan if signature.p_value is None else signature.p_value,
            np.nan if signature.p_value is None else signature.p_adjusted,
            signature.linked,
        )
        for signature in signatures
    ]
    return pd.DataFrame(rows, columns=["group", "kind", "sign", "p", "p_adjusted", "linked"])


def _said(signature: SignPattern) -> str:
    if signature.p_value is None:
        return SignStrength.NOT_RUN.value
    if signature.alarm:
        return SignStrength.ALARM.value
    return (
        SignStrength.WATCH.value
        if any(detection.sign is SignStrength.WATCH for detection in signature.detections)
        else SignStrength.QUIET.value
    )


def beside(signatures: Sequence[SignPattern], scores: Sequence[ScoreChange]) -> pd.DataFrame:
    """Return, by group, what its scores did, which signs need explanation, and how the two read together."""
    import pandas as pd

    alarms = [signature for signature in signatures if signature.alarm]
    rows = []
    for each in scores:
        own = [alarm.pattern.title for alarm in alarms if alarm.group.name == each.group.name]
        found = (each.contrast.estimate, each.contrast.low, each.contrast.high, each.n)
        rows.append((each.group.name, *found, listed(own) or "none", _read(each, own, alarms)))
    return pd.DataFrame(rows, columns=["group", "change", "low", "high", "n", "signs", "reading"])


def in_common(scores: ScoreChange, alarms: Sequence[SignPattern]) -> int:
    """Return how many linked units a group shares with one that raised an alarm, at most."""
    return max((int((scores.group.linked & alarm.group.linked).sum()) for alarm in alarms), default=0)


def _read(scores: ScoreChange, signs: Sequence[str], alarms: Sequence[SignPattern]) -> str:
    """Say how far a change of scores can be relied on."""
    rise = "a rise" if scores.contrast.low > 0 else "no rise is shown"
    shared = in_common(scores, alarms)
    if signs:
        return f"{rise}; not to be relied on until the signs are explained"
    if shared:
        return f"{rise}; {shared} of the units also belong to a group with signs to be explained"
    return f"{rise}, and no sign that needs explanation"


def detectors(detections: Sequence[Detection], signs: Sequence[SignStrength]) -> pd.DataFrame:
    """Return one row per group and detector."""
    import pandas as pd

    rows = [_detector(detection) for detection in detections if detection.sign in signs]
    names = [
        "group",
        "detector",
        "sign",
        "effect",
        "low",
        "high",
        "effect_unit",
        "p",
        "n",
        "linked",
        "others",
    ]
    return pd.DataFrame(rows, columns=names)


def _detector(entry: Detection) -> tuple[object, ...]:
    value, low, high = entry.effect or (np.nan, np.nan, np.nan)
    unit = "times" if entry.detector.effect == RATIO else entry.detector.effect
    p = np.nan if entry.contrast is None else entry.p_value
    counts = (entry.n, entry.linked, entry.others)
    return (entry.group.name, entry.detector.title, entry.sign.value, value, low, high, unit, p, *counts)


def untested(detections: Sequence[Detection]) -> pd.DataFrame:
    """Return what could not be tested and why; groups with one reason stand together."""
    import pandas as pd

    rows = [
        (detection.detector.title, detection.reason, detection.group.name)
        for detection in detections
        if detection.sign is SignStrength.NOT_RUN
    ]
    frame = pd.DataFrame(rows, columns=["detector", "reason", "group"])
    together = frame.groupby(["reason", "group"], sort=False)["detector"].agg("; ".join).reset_index()
    return together[["group", "detector", "reason"]]


def units(alarms: Sequence[SignPattern], *, level: float) -> pd.DataFrame:
    """Return the linked units behind each alarm: change from before to after, on the detector's scale."""
    import pandas as pd

    z = normal_quantile(level)
    rows = [
        (
            entry.group.name,
            entry.detector.title,
            unit.unit_id,
            unit.n,
            *(shown(entry.detector, unit.change + z * side * unit.error) for side in (0, -1, 1)),
            "times" if entry.detector.effect == RATIO else entry.detector.effect,
            "yes" if unit.unit_id in entry.group.also else "no",
        )
        for alarm in alarms
        for entry in alarm.carried_by
        for unit in entry.units
        if unit.linked
    ]
    names = ["group", "detector", "unit_id", "n", "change", "low", "high", "change_unit", "other_link"]
    return pd.DataFrame(rows, columns=names)


def register(performance: Performance | None) -> pd.DataFrame:
    """Return, by detector, false alarms, and how often the planted form meant for it was found.

    The last row is the whole procedure: whether anything at all raised an alarm.
    """
    import pandas as pd

    names = ["detector", "tests", "alone_share", "alarm_share", "planted", "companies", "found_share"]
    if performance is None:
        return pd.DataFrame(columns=names)
    rows = [_rates(performance, detector) for detector in DETECTORS]
    _, form = performance.main
    tests = sum(each.tests for each in performance.clean.values())
    rows.append(("All together", tests, np.nan, performance.any_alarm, form.form, form.companies, form.any))
    return pd.DataFrame(rows, columns=names)


def _rates(performance: Performance, detector: Detector) -> tuple[object, ...]:
    rates = performance.clean[detector.key]
    form, found = performance.meant_for(detector.key)
    return (detector.title, rates.tests, rates.alone, rates.alarms, form.form, form.companies, found)


def meanings() -> pd.DataFrame:
    """Return what each detector looks at, its null model, and what else would look the same."""
    import pandas as pd

    kind = {key: pattern.title for pattern in PATTERNS for key in pattern.detectors}
    rows = [(kind[each.key], each.title, each.looks_at, each.null, each.innocent) for each in DETECTORS]
    columns = ["kind", "detector", "looks_at", "null_model", "innocent_explanation"]
    return pd.DataFrame(rows, columns=columns)
