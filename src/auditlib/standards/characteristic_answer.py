"""How well an audit of this size can tell: its operating characteristic, criteria and decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from auditlib.parameters.engagement import Engagement
from auditlib.records import Kind, Number, Outcome, Sentence, Ungrouped
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.characteristic import Characteristic, Reckoning
from auditlib.standards.decision_characteristic import (
    Criteria,
    DecisionChances,
    Situation,
    criteria_of,
    decision_chances,
)
from auditlib.standards.scoring import in_scope
from auditlib.standards.words import amount, limit
from auditlib.statements import Answer, Exhibit, Facts, agreeing, listed, say

if TYPE_CHECKING:
    import pandas as pd

SURE = 0.95
"""Share of audits in which an outcome is called sure."""
AUDITS = 400
PATH = tuple(step / 8 for step in range(9))
_BY = "judged by chance at this size"


@dataclass(frozen=True)
class OperatingCharacteristic(Ungrouped):
    """How likely each outcome is at the size of this audit, by what is true.

    Parameters
    ----------
    criteria
        What is judged, each criterion with its characteristic.
    decisions
        How the decision falls along the path from the targets to the tightest values.
    """

    criteria: Criteria
    decisions: tuple[DecisionChances, ...]

    @property
    def by_chance(self) -> tuple[Characteristic, ...]:
        """Criteria in whose outcome chance has a part; of a rigid demand a single case decides."""
        return tuple(
            known
            for known in self.criteria.characteristics
            if known.by_chance and known.criterion.kind is not Kind.RIGID
        )

    @property
    def bluntest(self) -> Characteristic | None:
        """The criterion that must lie farthest beyond its target to be met for sure; shares alone."""
        shares = [known for known in self.by_chance if known.unit == "share"]
        return max(shares, key=_beyond, default=None)

    @property
    def along(self) -> tuple[DecisionChances, ...]:
        """The decisions in situations without a slip."""
        return tuple(chances for chances in self.decisions if not chances.situation.slip)

    @property
    def silent(self) -> tuple[str, ...]:
        """Ids of criteria in the certified scope that have no evidence."""
        entries = in_scope(self.criteria.judgements, Outcome.NOT_ASSESSABLE)
        return tuple(entry.criterion.id for entry in entries)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per criterion judged by chance, in words."""
        import pandas as pd

        return pd.DataFrame([_row(known) for known in self.by_chance])


def _beyond(known: Characteristic) -> float:
    value = _sure(known, Outcome.MET)
    return inf if value is None else abs(value - known.on_target)


def _sure(known: Characteristic, outcome: Outcome) -> float | None:
    return None if known.curve is None else known.curve.value_for(outcome, SURE)


def _row(known: Characteristic) -> dict[str, str | int]:
    unit = known.unit
    sure = {outcome: _sure(known, outcome) for outcome in (Outcome.MET, Outcome.NOT_MET)}
    met, not_met, straddling = _on_target(known)
    return {
        "criterion": known.criterion.id,
        "demanded": _demanded(known),
        "cases": known.n,
        "surely_met": _worded(sure[Outcome.MET], unit),
        "surely_not_met": _worded(sure[Outcome.NOT_MET], unit),
        "met_on_target": f"{met:.1%}",
        "open_on_target": f"{straddling:.1%}",
        "not_met_on_target": f"{not_met:.1%}",
    }


def _worded(value: float | None, unit: str) -> str:
    return "never" if value is None else amount(value, unit)


def _demanded(known: Characteristic) -> str:
    """Return the target as the true value is told: of a quantile, the share of cases within its limit."""
    if known.on_target == known.criterion.target.value:
        return limit(known.criterion.target, known.unit)
    return f"at least {amount(known.on_target, known.unit)}"


def _on_target(known: Characteristic) -> tuple[float, float, float]:
    assert known.curve is not None  # noqa: S101 - chance has a part in it
    met, not_met, straddling = (float(part) for part in known.curve.chances(known.on_target))
    return met, not_met, straddling


@dataclass(frozen=True, eq=False, repr=False)
class CharacteristicAnswer(Answer[OperatingCharacteristic]):
    """How well an audit of this size can tell, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the chances on each target, the values that decide for sure, and those of the decision."""
        return tuple(_facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how often the same truth would have been called otherwise, for the bluntest criterion."""
        return tuple(_summary(self.result, self.facts))

    def decision(self) -> tuple[Sentence, ...]:
        """Return how good an operation must be to be certified for sure."""
        return (_decision(self.result, self.facts),)

    def drawn_criteria(self) -> str:
        """Return from where on each criterion is surely met, for those who cannot see it drawn."""
        by_chance = self.result.by_chance
        sure = {known.criterion.id: (_sure(known, Outcome.MET), known.unit) for known in by_chance}
        parts = [f"{name} at a true value of {_worded(*value)}" for name, value in sure.items()]
        return f"Surely met: {'; '.join(parts) or 'none is judged by chance'}."

    def drawn_decision(self) -> str:
        """Return how often the decision is a certificate, for those who cannot see it drawn."""
        along = [chances for chances in self.result.along if chances.plans]
        parts = [f"{chances.met:.1%} at {chances.situation.position:.1%}" for chances in along]
        return f"Certified, by the way beyond the targets: {', '.join(parts)}."

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the chances cannot say."""
        return (
            Sentence(
                "These are chances of what an audit would say if something were true, and none of what is "
                "true. Cases are taken to be independent; where the same customers answer often, an audit "
                "tells less than is said here."
            ),
        )

    def criteria(self) -> Exhibit:
        """Return, for every criterion judged by chance, from which true value on its outcome is sure."""
        return Exhibit(
            self.to_frame(),
            "What this audit would have called a true value",
            ("criterion",),
            facts=tuple(self.facts),
            labels={
                "surely_met": "True value surely met",
                "surely_not_met": "True value surely not met",
                "met_on_target": "On target: met",
                "open_on_target": "On target: left open",
                "not_met_on_target": "On target: not met",
            },
            caption=f"Surely: in {SURE:.0%} of audits of this size.",
            keys=("sure",),
        )


def _facts(result: OperatingCharacteristic) -> Iterator[Number]:
    yield Number("sure", SURE, "share", reason="Declared.")
    yield Number("by_chance", len(result.by_chance), "count", reason="counted from the criteria")
    for known in result.by_chance:
        yield from _of_criterion(known)
    yield from _of_decision(result)


def _of_criterion(known: Characteristic) -> Iterator[Number]:
    name, how = known.criterion.id, f"{known.reckoning} chance {_BY}"
    if known.reckoning is Reckoning.EXACT:
        how = f"binomial chance {_BY}"
    yield Number(f"cases:{name}", known.n, "count", known.n, reason=how)
    yield Number(f"demanded:{name}", known.on_target, known.unit, reason="declared by the edition")
    for column, outcome in (("surely_met", Outcome.MET), ("surely_not_met", Outcome.NOT_MET)):
        yield Number(f"{column}:{name}", _sure(known, outcome), known.unit, known.n, reason=how)
    shares = zip(("met", "not_met", "open"), _on_target(known), strict=True)
    for column, share in shares:
        yield Number(f"{column}_on_target:{name}", share, "share", known.n, reason=how)


def _of_decision(result: OperatingCharacteristic) -> Iterator[Number]:
    how = "drawn many times, every criterion by its own chances"
    for chances in result.along:
        plans = "with_plans" if chances.plans else "without_plans"
        key = f"certified:{plans}:{chances.situation.position:g}"
        yield Number(key, chances.met, "share", chances.audits, reason=how)
    position = _position_for_sure(result)
    reason = "how far from the targets (0) towards the tightest values (1) of the catalogue"
    yield Number("position_for_sure", position, "share", reason=reason)


def _position_for_sure(result: OperatingCharacteristic) -> float | None:
    sure = [chances for chances in result.along if chances.plans and chances.met >= SURE]
    return min((chances.situation.position for chances in sure), default=None)


def _summary(result: OperatingCharacteristic, facts: Facts) -> Iterator[Sentence]:
    known = result.bluntest
    if known is None:
        yield Sentence(
            "No criterion of this audit is judged by chance: each stands as it is.", ("by_chance",)
        )
        return
    name = known.criterion.id
    yield say(
        "If the truth lay exactly on the target of {id}, {demanded}, then of all audits of "
        "{cases|case|cases} {met_on_target} would call it met, {not_met_on_target} not met, and "
        "{open_on_target} would leave it open: of the {by_chance|criterion|criteria} judged by chance it is "
        "the bluntest.",
        facts.about(name),
        id=name,
    )
    if _sure(known, Outcome.MET) is None:
        yield say("Whatever is true, {id} could not be met.", facts, id=name)
        return
    yield say(
        "To be called met in {sure|.0%} of audits of this size, its true value must be {surely_met}.",
        facts.about(name),
    )


def _decision(result: OperatingCharacteristic, facts: Facts) -> Sentence:
    certified = "certified:with_plans"
    if facts["position_for_sure"].value is not None:
        return say(
            f"An operation with every value exactly on its target would be certified in {{{certified}:0}} of "
            "audits of this size. To be certified in {sure|.0%} of them, its values must lie "
            "{position_for_sure|.0%} of the way from the targets to the tightest values of the catalogue, "
            "with no case of a rigid demand outside its limit and an accepted plan for every minor.",
            facts,
        )
    has = agreeing(len(result.silent), "has", "have")
    why = f": {listed(result.silent)} {has} no evidence" if result.silent else ""
    return say(
        "Even with every value at the tightest end of the catalogue, an audit of this evidence would end in "
        f"a certificate in {{{certified}:1}} of cases{{why}}.",
        facts,
        why=why,
    )


def tell_apart(engagement: Engagement, verdict: VerdictAnswer) -> CharacteristicAnswer:
    """Return how well an audit of this size can tell, criterion by criterion and as a whole.

    Parameters
    ----------
    engagement
        The audit: its seed.
    verdict
        What was measured, and how the edition judges.
    """
    criteria = criteria_of(verdict.result)
    path = [Situation(position) for position in PATH]
    rng = np.random.default_rng(engagement.run.seed)
    decisions = decision_chances(criteria, path, audits=AUDITS, rng=rng)
    return CharacteristicAnswer(OperatingCharacteristic(criteria, decisions))
