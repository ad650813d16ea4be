"""Waiting, abandonment and resolution in the channels, under every definition in use.

`examine` puts each criterion whose share has several published definitions to all of them, and says whether
its verdict survives.
"""

from auditlib.service_levels.answer import ServiceLevelsAnswer
from auditlib.service_levels.definitions import DefinitionPolicy, ShareDefinition
from auditlib.service_levels.examine import examine
from auditlib.service_levels.published import PublishedAnswer, published
from auditlib.service_levels.reach import reachable
from auditlib.service_levels.result import CriterionByDefinition, ServiceLevelsByDefinition
from auditlib.service_levels.waiting import backlog, standing_out, waited

__all__ = [
    "CriterionByDefinition",
    "DefinitionPolicy",
    "PublishedAnswer",
    "ServiceLevelsAnswer",
    "ServiceLevelsByDefinition",
    "ShareDefinition",
    "backlog",
    "examine",
    "published",
    "reachable",
    "standing_out",
    "waited",
]
