"""What the party published of its service levels, held against its evidence; a restated past."""

from auditlib.service_levels.published.answer import PublishedAnswer
from auditlib.service_levels.published.asking import published
from auditlib.service_levels.published.result import PublishedAgainstEvidence

__all__ = ["PublishedAgainstEvidence", "PublishedAnswer", "published"]
