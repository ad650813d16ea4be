"""Criteria with a limit in seconds of which counts were made at another: they cannot be counted again."""

from __future__ import annotations

from auditlib.records import Judgement


def own_limit(judgement: Judgement) -> int | None:
    """Return the seconds of a criterion where evidence was counted at others; None elsewhere."""
    seconds = judgement.criterion.options.get("seconds")
    return seconds if isinstance(seconds, int) and judgement.measurement.counted_at else None
