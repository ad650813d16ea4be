"""Waits, handle times, patience and backlog of the channels, and which units stand out.

`waited` says how long customers wait and would wait, `backlog` what is open at the end of a day,
`monthly_shares` what each month came to, `standing_out` which units differ from the others by more than
chance.
"""

from auditlib.service_levels.waiting.answer import PatienceAnswer, WaitingAnswer
from auditlib.service_levels.waiting.backlog import Backlog, BacklogAnswer, backlog
from auditlib.service_levels.waiting.monthly_shares import monthly_shares
from auditlib.service_levels.waiting.outlying import OutlyingUnits
from auditlib.service_levels.waiting.outlying_answer import OutlyingAnswer, standing_out
from auditlib.service_levels.waiting.result import WaitingResult
from auditlib.service_levels.waiting.waited import waited

__all__ = [
    "Backlog",
    "BacklogAnswer",
    "OutlyingAnswer",
    "OutlyingUnits",
    "PatienceAnswer",
    "WaitingAnswer",
    "WaitingResult",
    "backlog",
    "monthly_shares",
    "standing_out",
    "waited",
]
