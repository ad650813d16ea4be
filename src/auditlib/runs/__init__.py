"""Runs: notebooks executed under strict parameters, sealed by a manifest, verified and traced.

A run is done only when its manifest says so. Whatever interrupts one, the last complete run stays intact and
the next run completes.
"""

from auditlib.runs.manifest import Manifest, manifest_schema, read_manifest
from auditlib.runs.options import Options
from auditlib.runs.perform import Outcome, perform
from auditlib.runs.steps import Steps
from auditlib.runs.verify import Verified, verify

__all__ = [
    "Manifest",
    "Options",
    "Outcome",
    "Steps",
    "Verified",
    "manifest_schema",
    "perform",
    "read_manifest",
    "verify",
]
