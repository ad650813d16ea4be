"""Signs that clocks are stopped to keep their limits, each with its null and its innocent explanation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.records import Basis
from auditlib.service_desk.policy import IncidentPolicy

if TYPE_CHECKING:
    import pandas as pd

NEAR, CAUSES, PEERS = "before the limit", "without a cause", "longer than others"
ALL = "all"
NOTHING, EXPLAIN = "nothing seen", "to be explained"


@dataclass(frozen=True, slots=True)
class ClockStopSign:
    """What a detector looks at, its null model, and what else would look the same."""

    looks_at: str
    null: str
    innocent: str


SIGNS: Mapping[str, ClockStopSign] = MappingProxyType(
    {
        NEAR: ClockStopSign(
            "cases stopped just before their limit, of those stopped in the stretch before it",
            "stops are spread evenly over that stretch, or as the desk's other work on cases is, whichever "
            "is nearer the limit; each case speaks once, exact tests",
            "cases are looked at when they are about to be due, and only then is it seen what is missing",
        ),
        CAUSES: ClockStopSign(
            "stops of a state that needs a cause, and that give none of the list",
            "none: the rule is that every such stop gives its cause",
            "the cause was written elsewhere, or the field was not offered",
        ),
        PEERS: ClockStopSign(
            "typical time a case is stopped, by unit and by person, against the median of their peers",
            "groups differ by chance and by what makes all of them differ (over-dispersion)",
            "cases of another kind: customers who take longer to answer",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One sign for one clock and group.

    Parameters
    ----------
    sign, clock, group
        Which; `clock` is empty where the sign has none, `group` is ``all``, a unit, or a person.
    n
        Cases or stops it is about.
    count
        Those that show the sign; None where the sign is a time.
    observed, expected
        Share, or hours, seen, and what the null expects.
    cases
        Cases that show it, the clearest first.
    p_value, p_adjusted
        Before and after the correction for all tests; None where nothing was tested.
    verdict
        ``to be explained`` or ``nothing seen``; empty where it could not be tested, and `reason` says why.
    """

    sign: str
    clock: str
    group: str
    n: int = 0
    count: int | None = None
    observed: float | None = None
    expected: float | None = None
    cases: tuple[str, ...] = ()
    p_value: float | None = None
    p_adjusted: float | None = None
    verdict: str = NOTHING
    reason: str = ""

    @property
    def key(self) -> str:
        """What its numbers are called."""
        parts = (self.sign, self.clock, self.group)
        return ":".join(part.replace(" ", "_") for part in parts if part)

    @property
    def unit(self) -> str:
        """Unit of what was observed."""
        return "hours" if self.sign == PEERS else "share"

    @property
    def alarm(self) -> bool:
        """Whether it needs an explanation."""
        return self.verdict == EXPLAIN and not self.reason


def tested(reading: Reading, *, p_value: float | None, p_adjusted: float | None, error: float) -> Reading:
    """Return `reading` with its test: to be explained at or below `error`, or where the rule allows none."""
    alarm = p_adjusted is None or p_adjusted <= error
    verdict = EXPLAIN if alarm else NOTHING
    return replace(reading, p_value=p_value, p_adjusted=p_adjusted, verdict=verdict)


@dataclass(frozen=True)
class ClockStops:
    """Every sign that clocks are stopped to keep their limits; none of them proves anything."""

    readings: tuple[Reading, ...]
    policy: IncidentPolicy
    stops: pd.DataFrame
    cases: int
    disclosure: MinimumFrequency = UNRESTRICTED

    @property
    def alarms(self) -> tuple[Reading, ...]:
        """What needs an explanation."""
        return tuple(reading for reading in self.readings if reading.alarm)

    def explained_by_units(self, reading: Reading) -> bool:
        """Tell whether what all units together show is the cases of units that have an alarm of their own."""
        if reading.group != ALL:
            return False
        alike = [alarm for alarm in self.alarms if (alarm.sign, alarm.clock) == (reading.sign, reading.clock)]
        units = {case for alarm in alike if alarm.group != ALL for case in alarm.cases}
        return bool(reading.cases) and units.issuperset(reading.cases)

    @property
    def start(self) -> str:
        """What its keys begin with: a desk's, or those of complaints."""
        return "stops" if self.policy.log == "incident_events" else "complaint_stops"

    @property
    def basis(self) -> Basis:
        """The rows the signs rest on: all events of the cases that one of the period touched."""
        return Basis(self.policy.log)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per sign, clock and group: n, count, p and what it says; persons are left out."""
        import pandas as pd

        rows = [
            (
                reading.sign,
                reading.clock.replace("_", " "),
                reading.group,
                reading.n,
                reading.count,
                reading.p_value,
                reading.p_adjusted,
                "not assessable" if reading.reason else reading.verdict,
            )
            for reading in self.readings
            if not reading.group.startswith("person ")
        ]
        columns = ["sign", "clock", "group", "n", "count", "p", "p_adjusted", "verdict"]
        return pd.DataFrame(rows, columns=columns)

    def meanings(self) -> pd.DataFrame:
        """Return what each sign looks at, its null model, and what else would look the same."""
        import pandas as pd

        rows = [(name, sign.looks_at, sign.null, sign.innocent) for name, sign in SIGNS.items()]
        return pd.DataFrame(rows, columns=["sign", "looks_at", "null", "innocent"])
