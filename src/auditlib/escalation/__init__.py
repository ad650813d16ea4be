"""Every follow-up clock after a survey response, re-performed from raw events.

`assess` says what was owed after each response and what became of it; `band_one` is the banding law, one
response at a time; `latencies` says how long each step takes, open cases censored; `clock_sensitivity` and
`source_flags` hold other clocks and the source's own flag against it.
"""

from auditlib.escalation.answer import EscalationAnswer, FlagsAnswer, LatenciesAnswer, SensitivityAnswer
from auditlib.escalation.assess import assess, clock_sensitivity, latencies, source_flags
from auditlib.escalation.assessability import NEEDED
from auditlib.escalation.bands import band_one, lowest_one, with_band
from auditlib.escalation.clock_sensitivity import ClockSensitivity, other_clocks
from auditlib.escalation.context import EscalationContext, context_of
from auditlib.escalation.flag_comparison import FlagComparison, compare_flags
from auditlib.escalation.latency import Latencies, Stage, measure_latencies
from auditlib.escalation.policy import DUTIES, NO_BAND, NO_SCORE, EscalationPolicy
from auditlib.escalation.reperform import reperform
from auditlib.escalation.result import EscalationResult

__all__ = [
    "DUTIES",
    "NEEDED",
    "NO_BAND",
    "NO_SCORE",
    "ClockSensitivity",
    "EscalationAnswer",
    "EscalationContext",
    "EscalationPolicy",
    "EscalationResult",
    "FlagComparison",
    "FlagsAnswer",
    "Latencies",
    "LatenciesAnswer",
    "SensitivityAnswer",
    "Stage",
    "assess",
    "band_one",
    "clock_sensitivity",
    "compare_flags",
    "context_of",
    "latencies",
    "lowest_one",
    "measure_latencies",
    "other_clocks",
    "reperform",
    "source_flags",
    "with_band",
]
