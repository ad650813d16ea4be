"""Waiting, abandonment and resolution in the channels, under every definition in use.

`examine` puts each criterion whose share has several published definitions to all of them, and says whether
its verdict survives. `first_contact` re-performs first-contact resolution, and `resolution_times` says how
long matters take; `voice_against_clock` holds what customers say against the wait that was measured.
"""

from auditlib.service_levels.answer import ServiceLevelsAnswer
from auditlib.service_levels.definitions import DefinitionPolicy, ShareDefinition
from auditlib.service_levels.examine import examine
from auditlib.service_levels.first_contact import (
    FirstContactAnswer,
    RepeatRule,
    VoiceAnswer,
    first_contact,
    resolution_times,
    voice_against_clock,
)
from auditlib.service_levels.published import PublishedAnswer, published
from auditlib.service_levels.reach import reachable
from auditlib.service_levels.result import CriterionByDefinition, ServiceLevelsByDefinition
from auditlib.service_levels.waiting import backlog, monthly_shares, standing_out, waited

__all__ = [
    "CriterionByDefinition",
    "DefinitionPolicy",
    "FirstContactAnswer",
    "PublishedAnswer",
    "RepeatRule",
    "ServiceLevelsAnswer",
    "ServiceLevelsByDefinition",
    "ShareDefinition",
    "VoiceAnswer",
    "backlog",
    "examine",
    "first_contact",
    "monthly_shares",
    "published",
    "reachable",
    "resolution_times",
    "standing_out",
    "voice_against_clock",
    "waited",
]
