"""What leaves: every file of a package read for what the evidence alone may hold. It changes nothing."""

from auditlib.release.objections import objections

__all__ = ["objections"]
