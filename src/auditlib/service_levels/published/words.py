"""What figures, their periods and ways of counting are called."""

from __future__ import annotations

from auditlib.service_levels.definitions import ClockStart
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.service_levels.statements import JOINED, STARTS
from auditlib.service_levels.variants import Variant
from auditlib.time.months import month_text

MEASURED = {"answered_within": "contacts answered in time", "abandoned": "contacts given up"}
"""What a published share is of, without its channel."""


def way_text(variant: Variant) -> str:
    """Return how a variant counts, in words."""
    start = "" if variant.clock is ClockStart.OFFERED else f", {STARTS[variant.clock]}"
    return f"{variant.definition.title}, {JOINED[variant.aggregation]}{start}"


def about(figure: PublishedShare) -> str:
    """Return what a figure is about: ``phone contacts answered in time of unit U1 in 2024-03``."""
    channel = f"{figure.channel} " if figure.channel else ""
    unit = f" of unit {figure.unit}" if figure.unit else ""
    return f"{channel}{MEASURED[figure.measure]}{unit} {when(figure)}"


def when(figure: PublishedShare) -> str:
    """Return the days a figure is about, as a month where they are one."""
    if figure.month is not None:
        return f"in {month_text(figure.month)}"
    return f"from {figure.first} to {figure.last}"


def subject(figure: PublishedShare) -> str:
    """Return what makes a figure the same from audit to audit."""
    limit = "" if figure.limit is None else f":{figure.limit}"
    parts = (figure.measure, figure.channel or "every channel", figure.unit or "every unit")
    return f"{':'.join(parts)}{limit}:{figure.first}:{figure.last}"
