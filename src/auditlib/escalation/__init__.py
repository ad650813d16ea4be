"""Every follow-up clock after a survey response, re-performed from raw events.

`assess` derives what was owed after each response and what became of it; `band_one` is the banding
law, one response at a time; `latencies` says how long each step takes, open cases censored;
`incidents` re-performs the resolution clocks of a help desk and reconciles them with its own flag;
`promises` judges call-backs by the three kinds of standard.
"""

from auditlib.escalation.asked import Attempt, CombinedAnswer, limits
from auditlib.escalation.assessment import Terms, assess
from auditlib.escalation.bands import band_one, lowest_one, with_band
from auditlib.escalation.calendar_use import calendars_of
from auditlib.escalation.claimed import FLAGGED, FlagComparison, claims
from auditlib.escalation.clock_stop_result import ClockStops
from auditlib.escalation.clock_stops import clock_stops
from auditlib.escalation.incident_policy import IncidentPolicy
from auditlib.escalation.incident_result import IncidentResult
from auditlib.escalation.incidents import IncidentTerms, incident_terms, incidents
from auditlib.escalation.latency import Latencies, Stage, latencies
from auditlib.escalation.policy import DUTIES, NO_BAND, NO_SCORE, EscalationPolicy
from auditlib.escalation.promise_policy import ServicePromises
from auditlib.escalation.promise_result import CALL_BACKS, DEVIATIONS, PromiseResult, promise_limits
from auditlib.escalation.promises import PromiseTerms, promise_terms, promises
from auditlib.escalation.rates import FAILED, Rates, rates
from auditlib.escalation.readings import ClockSensitivity, readings
from auditlib.escalation.recorded import NEEDED
from auditlib.escalation.register import DutyRegister, register_of
from auditlib.escalation.result import RESPONSES, UNITS, EscalationResult
from auditlib.escalation.terms import terms_of

__all__ = [
    "CALL_BACKS",
    "DEVIATIONS",
    "DUTIES",
    "FAILED",
    "FLAGGED",
    "NEEDED",
    "NO_BAND",
    "NO_SCORE",
    "RESPONSES",
    "UNITS",
    "Attempt",
    "ClockSensitivity",
    "ClockStops",
    "CombinedAnswer",
    "DutyRegister",
    "EscalationPolicy",
    "EscalationResult",
    "FlagComparison",
    "IncidentPolicy",
    "IncidentResult",
    "IncidentTerms",
    "Latencies",
    "PromiseResult",
    "PromiseTerms",
    "Rates",
    "ServicePromises",
    "Stage",
    "Terms",
    "assess",
    "band_one",
    "calendars_of",
    "claims",
    "clock_stops",
    "incident_terms",
    "incidents",
    "latencies",
    "limits",
    "lowest_one",
    "promise_limits",
    "promise_terms",
    "promises",
    "rates",
    "readings",
    "register_of",
    "terms_of",
    "with_band",
]
