"""Whether matters are resolved at first contact, and what customers say of the wait that was measured."""

from auditlib.service_levels.first_contact.answer import FirstContactAnswer
from auditlib.service_levels.first_contact.resolution import first_contact
from auditlib.service_levels.first_contact.resolution_time import resolution_times
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.service_levels.first_contact.voice import voice_against_clock
from auditlib.service_levels.first_contact.voice_answer import VoiceAnswer

__all__ = [
    "FirstContactAnswer",
    "RepeatRule",
    "VoiceAnswer",
    "first_contact",
    "resolution_times",
    "voice_against_clock",
]
