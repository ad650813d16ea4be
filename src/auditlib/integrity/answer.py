"""The answer of 04: signs in words, and the tables they are read from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from auditlib.integrity import facts, silence, statements
from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.detectors import DETECTORS, PATTERNS
from auditlib.integrity.findings import findings_of
from auditlib.integrity.patterns import SignPattern
from auditlib.integrity.result import IntegrityResult
from auditlib.records import Finding, Number, Sentence
from auditlib.statements import Answer, Exhibit
from auditlib.statistics.types import normal_quantile

_KINDS = {"p_adjusted": "p, corrected", "linked": "Linked units"}
_KINDS_IN = {"p": "probability", "p_adjusted": "probability", "linked": "units"}
_DETECTIONS = {"effect_unit": "Unit", "linked": "Linked units", "others": "Others"}
_REACH = {
    "fault": "If this were done",
    "struck": "To so many of those concerned",
    "groups_clear": "Groups where it would be seen",
    "groups_tested": "Groups where it can be looked for",
    "least": "Seen at least in",
    "most": "Seen at most in",
    "reading": "What silence says",
}
_REACH_IN = {
    "struck": "share",
    "groups_clear": "count",
    "groups_tested": "count",
    "least": "share",
    "most": "share",
}


class IntegrityAnswer(Answer[IntegrityResult]):
    """Signs that scores are managed rather than earned, in words."""

    @property
    def alarms(self) -> tuple[SignPattern, ...]:
        """What needs explanation."""
        return self.result.alarms

    def numbers(self) -> tuple[Number, ...]:
        """Return effects, p-values and levels of every test, and what would have been seen."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the answer and how sure it is."""
        return tuple(statements.summary(self.result, self.facts))

    def reversals(self) -> tuple[Sentence, ...]:
        """Return what would reverse the answer."""
        return tuple(statements.reversals(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result, self.facts))

    def advice(self) -> tuple[Sentence, ...]:
        """Return what to do."""
        return tuple(statements.advice(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each group and kind of sign that needs explanation."""
        return findings_of(self.result.alarms, self.result.level, business=self.result.business)

    def scores(self) -> tuple[Exhibit, ...]:
        """Return, by group, what its scores did and which signs need explanation."""
        rows = [
            {
                "group": score.group.name,
                "change": score.contrast.estimate,
                "low": score.contrast.low,
                "high": score.contrast.high,
                "n": score.n,
                "signs": statements.signs_of(self.result, score.group.name),
                "reading": statements.reading(self.result, score),
            }
            for score in self.result.scores
        ]
        title, labels = (
            "Scores and signs by group, in points of the paid question",
            {"signs": "Signs to explain"},
        )
        return self._exhibit(rows, title, by=("group",), labels=labels)

    def kinds(self) -> tuple[Exhibit, ...]:
        """Return one row per group and kind of sign: p alone, p allowing for all, and what it says."""
        if not self.result.patterns:
            return ()
        frame, tried = self.to_frame(), bool(self.result.tested)
        table = Exhibit(
            frame if tried else frame[["group", "kind", "sign"]],
            "Kinds of signs by group of linked units",
            by=("group", "kind"),
            basis=facts.LINKS,
            facts=tuple(self.facts),
            units=_KINDS_IN if tried else {},
            labels=_KINDS,
        )
        return (table,)

    def detections(self) -> tuple[Exhibit, ...]:
        """Return the detections beyond chance alone, one row per group and detector."""
        beyond = (SignStrength.ALARM, SignStrength.WATCH)
        rows = [_row(detection) for detection in self.result.detections if detection.sign in beyond]
        title = "Detections beyond chance alone"
        return self._exhibit(rows, title, by=("group", "detector"), labels=_DETECTIONS)

    def units(self) -> tuple[Exhibit, ...]:
        """Return the linked units behind each alarm; no unit is tested on its own."""
        z = normal_quantile(self.result.level)
        rows = [
            {
                "group": detection.group.name,
                "detector": detection.detector.title,
                "unit_id": unit.unit_id,
                "n": unit.n,
                "change": detection.detector.printed(unit.change),
                "low": detection.detector.printed(unit.change - z * unit.error),
                "high": detection.detector.printed(unit.change + z * unit.error),
                "change_unit": detection.detector.unit,
                "other_link": "yes" if unit.unit_id in detection.group.also else "no",
            }
            for alarm in self.result.alarms
            for detection in alarm.carried_by
            for unit in detection.units
            if unit.linked
        ]
        by = ("group", "detector", "unit_id")
        return self._exhibit(rows, "Linked units behind each alarm", by=by) if rows else ()

    def visible(self) -> tuple[Exhibit, ...]:
        """Return, for each declared fault, in how many drawn companies it would have been seen."""
        kinds = {alarm.pattern.key for alarm in self.result.alarms}
        rows = [
            {
                "fault": reach.fault.deed,
                "struck": reach.fault.share,
                "groups_tested": len(reach.drawn),
                "groups_clear": len(reach.clear),
                "least": reach.drawn[0].share if reach.drawn else np.nan,
                "most": reach.drawn[-1].share if reach.drawn else np.nan,
                "reading": silence.reading(reach, alarmed=reach.fault.kind in kinds),
            }
            for reach in self.result.reach
        ]
        title = "What would have been seen, in companies drawn like this one"
        return self._exhibit(rows, title, by=("fault",), labels=_REACH, units=_REACH_IN) if rows else ()

    def meanings(self) -> tuple[Exhibit, ...]:
        """Return what each detector looks at, its null model, and what else would look the same."""
        kind = {key: pattern.title for pattern in PATTERNS for key in pattern.detectors}
        rows = [
            {
                "kind": kind[detector.key],
                "detector": detector.title,
                "looks_at": detector.looks_at,
                "null_model": detector.null_model,
                "innocent_explanation": detector.innocent,
            }
            for detector in DETECTORS
        ]
        return self._exhibit(rows, "Null models and innocent explanations", by=("detector",), basis=None)

    def untested(self) -> tuple[Exhibit, ...]:
        """Return what could not be tested and why; detectors with one reason stand together."""
        rows = [(entry.detector.title, entry.reason, entry.group.name) for entry in self.result.untested]
        if not rows:
            return ()
        frame = pd.DataFrame(rows, columns=["detector", "reason", "group"])
        together = frame.groupby(["reason", "group"], sort=False)["detector"].agg("; ".join).reset_index()
        entries = together[["group", "detector", "reason"]].to_dict("records")
        return (Exhibit(pd.DataFrame(entries), "Not tested, and why", by=("group", "detector"), basis=None),)

    def _exhibit(self, rows: Iterable[Any], title: str, **layout: Any) -> tuple[Exhibit, ...]:
        """Return a table that rests on the register of pay links; none where nothing could be tested."""
        if not self.result.tested:
            return ()
        return (Exhibit(pd.DataFrame(list(rows)), title, **{"basis": facts.LINKS, **layout}),)


def _row(detection: Detection) -> dict[str, Any]:
    value, low, high = detection.effect or (np.nan, np.nan, np.nan)
    return {
        "group": detection.group.name,
        "detector": detection.detector.title,
        "sign": detection.sign.value,
        "effect": value,
        "low": low,
        "high": high,
        "effect_unit": detection.detector.unit,
        "p": np.nan if detection.contrast is None else detection.p_value,
        "n": detection.n,
        "linked": detection.linked,
        "others": detection.unlinked,
    }
