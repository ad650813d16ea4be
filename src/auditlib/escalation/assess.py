"""The questions about follow-ups, as they are put to an audit."""

from __future__ import annotations

from auditlib.escalation.answer import EscalationAnswer, FlagsAnswer, LatenciesAnswer, SensitivityAnswer
from auditlib.escalation.clock_sensitivity import other_clocks
from auditlib.escalation.context import context_of
from auditlib.escalation.flag_comparison import compare_flags
from auditlib.escalation.latency import measure_latencies
from auditlib.escalation.reperform import reperform
from auditlib.parameters.engagement import Engagement
from auditlib.records import Refusal
from auditlib.statements import Unanswered


def assess(engagement: Engagement) -> EscalationAnswer | Unanswered:
    """Answer whether every dissatisfied customer was followed up as promised."""
    context = context_of(engagement)
    result = context if isinstance(context, Refusal) else reperform(engagement.evidence, context)
    if isinstance(result, Refusal):
        return Unanswered.not_assessable("follow-up of responses", result)
    return EscalationAnswer(result)


def latencies(engagement: Engagement, followed: EscalationAnswer) -> LatenciesAnswer:
    """Answer how long each step takes, from the transaction to the actions done."""
    return LatenciesAnswer(measure_latencies(engagement.evidence, followed.result))


def clock_sensitivity(engagement: Engagement, followed: EscalationAnswer) -> SensitivityAnswer:
    """Answer what a simpler clock would have said of the same contacts."""
    return SensitivityAnswer(other_clocks(engagement.evidence, followed.result))


def source_flags(engagement: Engagement, followed: EscalationAnswer) -> FlagsAnswer | Unanswered:
    """Answer whether the source's own flag of contacts says the same as the clock."""
    flags = compare_flags(engagement.evidence, followed.result)
    if isinstance(flags, Refusal):
        return Unanswered.not_assessable("the source's own flag of contacts", flags)
    return FlagsAnswer(flags)
