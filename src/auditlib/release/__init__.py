"""What leaves: every file of a package read for what the evidence alone may hold. It changes nothing."""

from auditlib.release.file_names import unexplained
from auditlib.release.objections import named_units, objections

__all__ = ["named_units", "objections", "unexplained"]
