"""What a column looks like, in a few words."""

from __future__ import annotations

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.items import is_tool_column, scale_of

_NUMBERS = 0.9


def looks_like(facts: ColumnFacts) -> str:
    """Return in a few words what a column looks like."""
    scale = scale_of(facts)
    kinds = {
        "empty": not facts.filled,
        f"dates, {' or '.join(facts.dates.formats)}" if facts.dates is not None else "": facts.dates
        is not None,
        "the tool's own": is_tool_column(facts),
        f"answers from {scale.low:g} to {scale.high:g}" if scale is not None else "": scale is not None,
        "what people wrote": facts.texts,
        "an id: no cell stands twice": facts.unique,
        "few values that repeat": facts.groups,
        "numbers": facts.numeric > _NUMBERS,
    }
    return next((kind for kind, holds in kinds.items() if holds), "text")
