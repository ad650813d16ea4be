"""The party's mark as a criterion of the standard judges it: of every marked contact, repeats included."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.parameters.engagement import Engagement
from auditlib.records import Interval
from auditlib.service_levels.measures import resolved_first
from auditlib.standards.measure import Context
from auditlib.standards.profile import Demands


@dataclass(frozen=True, slots=True)
class JudgedMark:
    """The share of marked contacts that are marked as resolved, as a criterion measures it."""

    criterion: str
    share: float
    n: int
    interval: Interval | None


def judged_mark(engagement: Engagement, demands: Demands | None) -> JudgedMark | None:
    """Return what the criterion on the mark measures; None where there is none or nothing is marked.

    Parameters
    ----------
    demands
        What the party is judged by, if by anything.
    """
    criteria = () if demands is None else demands.edition.criteria
    judging = [criterion for criterion in criteria if criterion.metric == resolved_first.metric]
    if not judging or "interactions" not in engagement.evidence.tables:
        return None
    context = Context(engagement.run, engagement.texts)
    measured = resolved_first.take(engagement.evidence, context, judging[0].options)
    if measured.value is None:
        return None
    return JudgedMark(judging[0].id, measured.value, measured.n, measured.interval)
