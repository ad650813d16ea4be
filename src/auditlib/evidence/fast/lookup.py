"""The one door to judging by look-up: whether it suits a source, and the rows of a block it is sure of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from auditlib.evidence.fast.lookup_cache import LookedUpRows, LookupCache, Setting, suits
from auditlib.evidence.fast.wall_clock import WallClock
from auditlib.evidence.judging import Judge, clock_rule, parents_of
from auditlib.evidence.plan import SourcePlan
from auditlib.evidence.unit_zones import unit_zones

if TYPE_CHECKING:
    import pyarrow as pa

    from auditlib.evidence.intake_context import IntakeContext

FEWEST_ROWS = 40_000
"""Smaller blocks go through the exact query at once: learning would take longer."""


def known_rows(
    context: IntakeContext, plan: SourcePlan, judge: Judge
) -> Callable[[pa.Table], LookedUpRows | None]:
    """Return what names the rows of a block that are known to be sound; None where the query must judge all.

    Parameters
    ----------
    context
        What the intake of every table shares.
    plan
        The source.
    judge
        Its exact query, from which is learned.
    """
    cache: LookupCache | None = None

    def look_up(cells: pa.Table) -> LookedUpRows | None:
        nonlocal cache
        if cells.num_rows < FEWEST_ROWS:
            return None
        zoned = bool(context.zones)  # not yet while the register of units is read
        referring = bool(parents_of(context, plan))
        if cache is None and zoned and suits(plan, cells.schema, referring=referring):
            cache = LookupCache(plan, _setting(context, plan, judge))
        return None if cache is None else cache.look_up(cells)

    return look_up


def _setting(context: IntakeContext, plan: SourcePlan, judge: Judge) -> Setting:
    first, last = context.period
    return Setting(
        clock=WallClock(context.zones, context.last_day),
        source_zone=clock_rule(context, plan).zone,
        unit_zones=dict(zip(*unit_zones(context), strict=True)),
        default_zone=context.zones.index(context.run.time_zone),
        as_of=context.as_of,
        first=first,
        last=last,
        judge=judge.plain,
    )
