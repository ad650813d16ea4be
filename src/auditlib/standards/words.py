"""Values and demands in words, the same everywhere."""

from __future__ import annotations

from auditlib.records import Criterion, Direction, Target


def amount(value: float, unit: str) -> str:
    """Return `value` as it is read aloud: shares as per cent, counts whole, the rest to two places."""
    if unit == "share":
        return f"{value:.1%}"
    if unit in ("count", "rows"):
        return f"{value:,.0f}"
    if unit == "seconds":
        return f"{value:,.0f} seconds"
    return f"{value:,.2f}" + (f" {unit}" if unit else "")


def limit(target: Target, unit: str) -> str:
    """Return the target in words: ``at least 85.0%``."""
    side = "at least" if target.direction is Direction.AT_LEAST else "at most"
    return f"{side} {amount(target.value, unit)}"


def demanded(criterion: Criterion, unit: str) -> str:
    """Return what `criterion` asks of the value."""
    return f"{limit(criterion.target, unit)} demanded"
