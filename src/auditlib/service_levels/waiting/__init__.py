"""Waits, handle times, patience and backlog of the channels, and which units stand out.

`waited` says how long customers wait and would wait, `backlog` what is open at the end of a day,
`standing_out` which units differ from the others by more than chance.
"""

from auditlib.service_levels.waiting.answer import WaitingAnswer
from auditlib.service_levels.waiting.waited import waited

__all__ = ["WaitingAnswer", "waited"]
