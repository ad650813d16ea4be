"""The door of an audit that holds small groups back, and nothing besides."""

from __future__ import annotations

from auditlib.audit.held_back import Door
from auditlib.audit.outgoing import Outgoing
from auditlib.audit.recorder import Recorder
from auditlib.audit.suppression import Suppression
from auditlib.disclosure import MinimumFrequency


def door(least: int) -> Door:
    suppression = Suppression(minimum=MinimumFrequency(least))
    return Door(Recorder(notebook="n", party="p", suppression=suppression), Outgoing())
