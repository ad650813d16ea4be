"""The same contacts under other clocks and counts: what source systems report, and how far off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from auditlib.escalation.assessment import Terms, assess
from auditlib.escalation.result import RESPONSES, EscalationResult
from auditlib.escalation.sources import EventTables
from auditlib.obligations import Status, WorkingHours
from auditlib.records import Number, Sentence
from auditlib.statements import counted

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
    minimum_cell: int = 1
    """Fewest contacts of which a share is stated."""

    def to_frame(self) -> pd.DataFrame:
        """Return one row per reading."""
        return self.frame

    def numbers(self) -> tuple[Number, ...]:
        """Return the share met and the contacts judged differently, by reading."""
        basis, columns = (RESPONSES,), (("share", "share"), ("met", "count"), ("judged_differently", "count"))
        return tuple(
            Number(
                f"{column}:{row['reading']}", row[column], unit, int(row["judged"]), basis=basis,
                reason="" if row["judged"] else "No contact is settled under this reading.",
            )
            for row in self.frame.to_dict("records")
            for column, unit in columns
        )  # fmt: skip

    def summary(self) -> tuple[Sentence, ...]:
        """Return which reading departs furthest."""
        if self.frame["judged"].min() < self.minimum_cell:
            return (Sentence("Too few contacts are settled for their readings to be compared."),)
        others = self.frame[self.frame["reading"] != DECLARED]
        if others.empty:
            return (Sentence("There is no other reading to set beside the declared clock."),)
        far = others.sort_values(["judged_differently", "reading"], ascending=[False, True]).iloc[0]
        own = self.frame[self.frame["reading"] == DECLARED].iloc[0]
        return (
            Sentence(
                f"Under the declared clock {own['share']:.1%} of contacts were met; read as "
                f"'{far['reading']}' it would be {far['share']:.1%}, and "
                f"{counted(int(far['judged_differently']), 'contact')} would be judged differently. The "
                "declared clock is right: it is what was promised.",
                (f"share:{DECLARED}", f"share:{far['reading']}", f"judged_differently:{far['reading']}"),
            ),
        )


def readings(tables: EventTables, terms: Terms, result: EscalationResult) -> ClockSensitivity:
    """Judge the contacts again under the clocks that source systems commonly run.

    Parameters
    ----------
    tables, terms
        The evidence, and what it was judged by.
    result
        The contacts under the declared clock.
    """
    import pandas as pd

    own = result.rows[result.rows["duty"] == "contact"].set_index("response_id")
    rows = [_reading(DECLARED, own["status"], own["status"])]
    for name, other in _others(terms):
        again = assess(tables, other)
        if isinstance(again, EscalationResult):
            rows.append(_reading(name, again.rows.set_index("response_id")["status"], own["status"]))
    held = own.loc[own["done_at"].notna(), "status"]
    rows.append(_reading(HELD_ONLY, held, own["status"]))
    return ClockSensitivity(pd.DataFrame(rows), terms.minimum_cell)


def _others(terms: Terms) -> Iterator[tuple[str, Terms]]:
    rule = terms.policy.rule("contact")
    if rule is None or terms.hours[rule.clock].never_stops:
        return
    only = terms.policy.model_copy(update={"rules": (rule,)})
    hours = terms.hours[rule.clock]
    for name, changed in (
        (NO_HOLIDAYS, _without_holidays(hours)),
        (WALL_CLOCK, replace(hours, never_stops=True)),
    ):
        yield name, replace(terms, policy=only, hours={rule.clock: changed})


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
