"""Runs: notebooks executed under strict parameters, and put together into a run that is sealed.

Whatever interrupts a run, the last complete one stays intact and the next completes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib import shown_when_asked

if TYPE_CHECKING:
    from auditlib.runs.performing import RunOutcome, perform
    from auditlib.runs.steps import Options, Steps

__all__ = ["Options", "RunOutcome", "Steps", "perform"]

# the processes that execute notebooks use a few modules of this room, and start once per notebook
__getattr__ = shown_when_asked(
    __name__, Options="steps", RunOutcome="performing", Steps="steps", perform="performing"
)
