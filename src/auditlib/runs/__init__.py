"""Runs: notebooks executed under strict parameters, sealed by a manifest, verified and traced.

A run is done only when its manifest says so. Whatever interrupts one, the last complete run stays intact and
the next run completes.

The processes that execute notebooks use a few modules of this room alone and start once per notebook: what is
shown here is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditlib.runs.manifest import Manifest, manifest_schema, read_manifest
    from auditlib.runs.options import Options
    from auditlib.runs.performing import RunOutcome, perform
    from auditlib.runs.steps import Steps
    from auditlib.runs.verifying import Verified, verify

__all__ = [
    "Manifest",
    "Options",
    "RunOutcome",
    "Steps",
    "Verified",
    "manifest_schema",
    "perform",
    "read_manifest",
    "verify",
]

_HOMES = {
    "Manifest": "manifest",
    "manifest_schema": "manifest",
    "read_manifest": "manifest",
    "Options": "options",
    "RunOutcome": "performing",
    "perform": "performing",
    "Steps": "steps",
    "Verified": "verifying",
    "verify": "verifying",
}


def __getattr__(name: str) -> Any:
    """Load the module behind a public name when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
