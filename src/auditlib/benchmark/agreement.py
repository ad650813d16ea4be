"""Whether two comparisons call out the same units: by another statistic, another rule, another survey."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlib.benchmark.comparisons import BenchmarkResult
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.verdicts import OutlierStatus
from auditlib.benchmark.wording import counted, listed
from auditlib.records import Number, Sentence

_CALLED = (OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value)


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """Units called out by either of two comparisons.

    Parameters
    ----------
    label
        What the second does differently, as a phrase: ``"by mean score"``.
    frame
        Columns survey_type, unit_id, name, first, second (verdicts), first_value, second_value; one row per
        unit that either calls out.
    refused
        Survey type that could not be compared a second time, and why.
    """

    label: str
    frame: pd.DataFrame
    refused: tuple[tuple[str, str], ...]
    survey_types: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit that either comparison calls out."""
        return self.frame.copy()

    def summary(self) -> tuple[Sentence, ...]:
        """Return per survey type how many units both call out, and which only one does."""
        sentences = tuple(self._sentence(kind) for kind in self.survey_types)
        return sentences + tuple(
            Sentence(f"{kind.capitalize()} survey, {self.label}: {why}", (self._key("refused", kind),))
            for kind, why in self.refused
        )

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts behind the sentences."""
        counts = tuple(
            Number(self._key(name, kind), len(rows), "units")
            for kind in self.survey_types
            for name, rows in self._parts(kind).items()
        )
        refused = tuple(Number(self._key("refused", kind), None, reason=why) for kind, why in self.refused)
        return counts + refused

    def _key(self, name: str, kind: str) -> str:
        return f"agreement_{name}:{self.label.replace(' ', '_')}:{kind}"

    def _parts(self, kind: str) -> dict[str, pd.DataFrame]:
        rows = self.frame[self.frame["survey_type"] == kind]
        first, second = rows["first"].isin(_CALLED), rows["second"].isin(_CALLED)
        same = first & second & (rows["first"] == rows["second"])
        return {
            "both": rows[same],
            "lost": rows[first & ~second],
            "gained": rows[second & ~first],
            "reversed": rows[first & second & ~same],
        }

    def _sentence(self, kind: str) -> Sentence:
        parts = self._parts(kind)
        keys = tuple(self._key(name, kind) for name in parts)
        start = f"{kind.capitalize()} survey, {self.label}"
        if not sum(len(rows) for rows in parts.values()):
            return Sentence(
                f"{kind.capitalize()} survey, {self.label}: no unit is called out either way.", keys
            )
        text = f"{start}: {counted(len(parts['both']), 'unit')} called out again"
        for name, phrase in (("lost", "no longer"), ("gained", "in addition"), ("reversed", "the other way")):
            if len(parts[name]):
                names = listed([str(unit) for unit in parts[name]["name"]], most=4)
                text += f", {len(parts[name])} {phrase} ({names})"
        return Sentence(f"{text}.", keys)


def agreement(first: BenchmarkResult, second: BenchmarkResult, *, label: str) -> Agreement:
    """Return where `second` agrees with `first`, survey type by survey type."""
    again = {comparison.measure.survey_type: comparison for comparison in second}
    pairs = [(one, again[kind]) for one in first if (kind := one.measure.survey_type) in again]
    frames = [_either(one, other) for one, other in pairs]
    empty = pd.DataFrame(
        columns=["survey_type", "unit_id", "name", "first", "second", "first_value", "second_value"]
    )
    reasons = tuple((kind, why.reason) for kind, why in second.refusals)
    types = tuple(one.measure.survey_type for one, _ in pairs)
    return Agreement(label, pd.concat([empty, *frames], ignore_index=True), reasons, types)


def _either(one: Comparison, other: Comparison) -> pd.DataFrame:
    again = other.frame.set_index("unit_id").reindex(one.frame["unit_id"])
    rows = one.frame[["unit_id", "name", "verdict"]].rename(columns={"verdict": "first"})
    rows = rows.assign(second=again["verdict"].tolist(), second_value=again["value"].tolist())
    rows.insert(4, "first_value", one.frame["value"])
    rows.insert(0, "survey_type", one.measure.survey_type)
    return rows[rows["first"].isin(_CALLED) | rows["second"].isin(_CALLED)]
