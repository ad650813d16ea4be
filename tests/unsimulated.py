"""Canonical tables that the simulator makes no rows of: they have worlds of their own in the tests."""

from __future__ import annotations

UNSIMULATED = frozenset(
    {
        "aggregates",
        "commitments",
        "delegations",
        "incident_events",
        "interval_counts",
        "visits",
    }
)
