"""Planted and found as numbers of the audit; keys are a column, then the fault they stand beside."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Number
from auditlib.self_test.result import FaultTrial, SelfTest

_HOW = "counted in a copy of the evidence"


def facts(result: SelfTest) -> Iterator[Number]:
    """Yield what was planted and found, of each fault and of all."""
    for trial in result.trials:
        yield from _trial(trial)
    planted, found = (sum(getattr(trial, part) for trial in result.planted) for part in ("planted", "found"))
    yield Number("planted", planted, "count", reason=_HOW)
    yield Number("found", found, "count", reason=_HOW)
    yield Number("share", found / planted if planted else None, "share", reason=_HOW)
    yield Number("untouched", result.untouched, "count", reason=_HOW)
    yield Number("newly", result.newly, "count", reason=_HOW)
    yield Number("faults", len(result.planted), "count", reason="counted from the faults")
    yield Number("left_out", len(result.left_out), "count", reason="counted from the faults")


def _trial(trial: FaultTrial) -> Iterator[Number]:
    name = trial.fault.what
    if not trial.planted:
        yield Number(f"planted:{name}", None, "count", reason=trial.reason)
        return
    for column in ("planted", "found", "untouched", "newly"):
        yield Number(f"{column}:{name}", getattr(trial, column), "count", reason=_HOW)
    yield Number(f"share:{name}", trial.share, "share", reason=_HOW)
    if trial.acquitted is not None:
        yield Number(f"acquitted:{name}", trial.acquitted, "count", reason=_HOW)
