"""What figures, their periods and ways of counting are called."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.service_levels.definitions import ClockStart
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.service_levels.statements import JOINED, STARTS
from auditlib.service_levels.unit_names import unit_name
from auditlib.service_levels.variants import Variant
from auditlib.statements import counted, listed
from auditlib.time.months import month_text

MEASURED = {"answered_within": "contacts answered in time", "abandoned": "contacts given up"}
"""What a published share is of, without its channel."""


def way_text(variant: Variant) -> str:
    """Return how a variant counts, in words."""
    start = "" if variant.clock is ClockStart.OFFERED else f", {STARTS[variant.clock]}"
    return f"{variant.definition.title}, {JOINED[variant.aggregation]}{start}"


def ways_text(variants: Sequence[Variant]) -> str:
    """Return how several variants count: each definition once, with the ways its parts are joined.

    Examples
    --------
    >>> ways_text([])
    ''
    """
    joined: dict[str, list[str]] = {}
    for variant in variants:
        title = variant.definition.title
        joined.setdefault(title, []).append(way_text(variant).removeprefix(f"{title}, "))
    return "; ".join(f"{title} ({listed(ways)})" for title, ways in joined.items())


def about(figure: PublishedShare) -> str:
    """Return what a figure is about: ``phone contacts answered in time of unit Lyon in 2024-03``."""
    return _about(figure, unit_name(figure.unit) if figure.unit else "")


def _about(figure: PublishedShare, unit: str) -> str:
    channel = f"{figure.channel} " if figure.channel else ""
    of_unit = f" of unit {unit}" if unit else ""
    return f"{channel}{MEASURED[figure.measure]}{of_unit} {when(figure)}"


def when(figure: PublishedShare) -> str:
    """Return the days a figure is about, as a month where they are one."""
    if figure.month is not None:
        return f"in {month_text(figure.month)}"
    return f"from {figure.first} to {figure.last}"


def subject(figure: PublishedShare) -> str:
    """Return what makes a figure the same from audit to audit: what it is about, and when it was said."""
    limit = "" if figure.limit is None else f" within {counted(figure.limit, 'second')}"
    published_on = "" if figure.published_on is None else f", published on {figure.published_on}"
    return f"{_about(figure, figure.unit)}{limit}{published_on}: {100 * figure.value:g}%"
