"""The clocks of a help desk and of complaints, re-performed from the log of events.

`incidents` and `complaints` say what became of every case and hold a desk's own flag against its clocks;
`incident_stops` and `complaint_stops` look for clocks that are stopped to keep their limits.
"""

from auditlib.service_desk.answer import ClocksAnswer, ClockStopsAnswer, DeskAnswer
from auditlib.service_desk.clock_stops import clock_stops, complaint_stops, incident_stops
from auditlib.service_desk.context import COMPLAINT, INCIDENT, DeskContext, context_of
from auditlib.service_desk.incidents import complaints, incidents, reperform
from auditlib.service_desk.policy import IncidentPolicy
from auditlib.service_desk.result import IncidentResult
from auditlib.service_desk.stop_signs import ClockStops

__all__ = [
    "COMPLAINT",
    "INCIDENT",
    "ClockStops",
    "ClockStopsAnswer",
    "ClocksAnswer",
    "DeskAnswer",
    "DeskContext",
    "IncidentPolicy",
    "IncidentResult",
    "clock_stops",
    "complaint_stops",
    "complaints",
    "context_of",
    "incident_stops",
    "incidents",
    "reperform",
]
