"""The only door to data: clients' files become canonical tables, quarantine, hashes and cells."""

from auditlib.evidence.evidence import Evidence
from auditlib.evidence.store import open_evidence, prepare

__all__ = ["Evidence", "open_evidence", "prepare"]
