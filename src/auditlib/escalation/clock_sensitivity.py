"""The same contacts under other clocks and counts: what source systems report, and how far off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditlib.contracts import CanonicalTables
from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.escalation.context import EscalationContext
from auditlib.escalation.reperform import reperform
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import Status, WorkingHours

if TYPE_CHECKING:
    import pandas as pd

DECLARED = "declared clock"
NO_HOLIDAYS = "business hours, holidays ignored"
WALL_CLOCK = "wall clock, same hours"
HELD_ONLY = "contacts held only, the missing dropped"


@dataclass(frozen=True)
class ClockSensitivity:
    """Contacts under several readings.

    Parameters
    ----------
    frame
        ``reading, judged, met, share, judged_differently``: contacts whose status differs from the declared
        clock's, or that the reading drops.
    """

    frame: pd.DataFrame
    disclosure: MinimumFrequency = UNRESTRICTED
    """Of how few contacts no share is stated."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per reading."""
        return self.frame


def other_clocks(tables: CanonicalTables, result: EscalationResult) -> ClockSensitivity:
    """Judge the contacts again under the clocks that source systems commonly run.

    Parameters
    ----------
    tables
        The evidence.
    result
        The contacts under the declared clock, and what they were judged by.
    """
    import pandas as pd

    contacts = result.rows[result.rows["duty"] == "contact"].set_index("response_id")
    declared = contacts["status"]
    rows = [_reading(DECLARED, declared, declared)]
    for name, alternative in _alternative_clocks(result.context):
        again = reperform(tables, alternative)
        if isinstance(again, EscalationResult):
            rows.append(_reading(name, again.rows.set_index("response_id")["status"], declared))
    rows.append(_reading(HELD_ONLY, declared[contacts["done_at"].notna()], declared))
    return ClockSensitivity(pd.DataFrame(rows), result.context.disclosure)


def _alternative_clocks(context: EscalationContext) -> Iterator[tuple[str, EscalationContext]]:
    rule = context.policy.rule("contact")
    if rule is None or context.hours[rule.clock].never_stops:
        return
    only = context.policy.model_copy(update={"rules": (rule,)})
    hours = context.hours[rule.clock]
    for name, changed in (
        (NO_HOLIDAYS, _without_holidays(hours)),
        (WALL_CLOCK, replace(hours, never_stops=True)),
    ):
        yield name, replace(context, policy=only, hours={rule.clock: changed})


def _without_holidays(hours: WorkingHours) -> WorkingHours:
    plain = {
        key: replace(calendar, holidays=frozenset(), holiday_years=None)
        for key, calendar in hours.calendars.items()
    }
    return replace(hours, calendars=plain)


def _reading(name: str, status: pd.Series, declared: pd.Series) -> dict[str, object]:
    open_yet = (Status.PENDING.value, Status.EXCUSED.value, Status.UNKNOWN.value)
    settled = status[~status.isin(open_yet)]
    met = int((settled == Status.MET.value).sum())
    read = status.reindex(declared.index).fillna("")
    untold = (declared == Status.UNKNOWN.value) & (read == "")  # judged under neither
    differs = int(((read != declared) & ~untold).sum())
    share = met / len(settled) if len(settled) else None
    return {
        "reading": name,
        "judged": len(settled),
        "met": met,
        "share": share,
        "judged_differently": differs,
    }
