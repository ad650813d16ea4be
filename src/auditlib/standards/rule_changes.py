"""What changed between two editions beside their criteria: the decision rule and the categories (A13)."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from auditlib.records import DecisionMode
from auditlib.standards.difference import CriterionChange, CriterionDifference
from auditlib.standards.edition import Edition

RULE = "rule"
"""What a value of the decision rule is called in a difference: ``rule pass_mark``."""
_SURENESS = MappingProxyType({DecisionMode.POINT: 0, DecisionMode.INTERVAL: 1, DecisionMode.PROBABILITY: 1})
_MORE_IS_STRICTER = MappingProxyType(
    {"required_probability": True, "pass_mark": True, "minors_make_major": False, "mismatch": False}
)
"""Rule values with a stricter side, and whether it is the higher one: fewer minors make a major sooner, and a
smaller gap between process and results is flagged sooner."""


def rule_difference(before: Edition, after: Edition) -> tuple[CriterionDifference, ...]:
    """Return every value of the decision rule, and every category, that differs between two editions.

    Notes
    -----
    Another weight of process is ``reweighted``: it asks for neither more nor less. Deciding by the value as
    it stands is looser than by an interval or a probability; between these two it is ``redefined``.
    """
    return (*_rule(before, after), *_categories(before, after))


def rule_value(change: CriterionDifference) -> str:
    """Return the value of the rule a difference is about; empty where it is about something else."""
    start, _, name = change.criterion.partition(" ")
    return name if start == RULE else ""


def _rule(before: Edition, after: Edition) -> Iterator[CriterionDifference]:
    old, new = before.rule, after.rule
    for name in ("mode", *_MORE_IS_STRICTER, "process_weight"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            reason = after.rule_changes.get(name, "")
            yield CriterionDifference(
                f"{RULE} {name}", _moved(name, was, now), _said(was), _said(now), reason
            )


def _moved(name: str, was: float | DecisionMode, now: float | DecisionMode) -> CriterionChange:
    if name == "process_weight":
        return CriterionChange.REWEIGHTED
    if isinstance(was, DecisionMode) and isinstance(now, DecisionMode):
        step: float = _SURENESS[now] - _SURENESS[was]
    else:
        step = (float(now) - float(was)) * (1 if _MORE_IS_STRICTER[name] else -1)
    if step == 0:
        return CriterionChange.REDEFINED
    return CriterionChange.STRICTER if step > 0 else CriterionChange.LOOSER


def _said(value: float | DecisionMode) -> str:
    return value.value if isinstance(value, DecisionMode) else f"{value:g}"


def _categories(before: Edition, after: Edition) -> Iterator[CriterionDifference]:
    old, new = before.categories, after.categories
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            change = (
                CriterionChange.REWORDED
                if was and now
                else CriterionChange.ADDED
                if now
                else CriterionChange.REMOVED
            )
            yield CriterionDifference(f"category {name}", change, was, now, "")
