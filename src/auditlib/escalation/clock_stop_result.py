"""What stops of clocks come to: signs with their null and their innocent explanation, findings with cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditlib.escalation.breaches import NOTEBOOK
from auditlib.escalation.incident_policy import IncidentPolicy
from auditlib.records import Basis, CaseReference, Finding, Number, Sentence
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

NEAR, CAUSES, PEERS = "before the limit", "without a cause", "longer than others"
ALL = "all"
DECLARED = ("near", "beside", "error", "least_cases", "least_groups")
"""Values of the policy that sentences state."""
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


def seen(reading: Reading, *, p_value: float | None, p_adjusted: float | None, error: float) -> Reading:
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
    minimum_cell: int = 1

    by = ("sign", "clock", "group")

    @property
    def alarms(self) -> tuple[Reading, ...]:
        """What needs an explanation."""
        return tuple(reading for reading in self.readings if reading.alarm)

    @property
    def start(self) -> str:
        """What its keys begin with: a desk's, or those of complaints."""
        return "stops" if self.policy.log == "incident_events" else "complaint_stops"

    @property
    def _declared(self) -> tuple[str, ...]:
        return tuple(f"{self.start}:{name}" for name in DECLARED)

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

    def numbers(self) -> tuple[Number, ...]:
        """Return counts, shares and p-values of every sign, or why there are none."""
        how, start = self.policy.stops, self.start
        declared = {name: getattr(how, name) for name in DECLARED}
        stated = [
            Number(f"{start}:all", len(self.stops), "count", basis=(self.basis,)),
            Number(f"{start}:alarms", len(self.alarms), "count", basis=(self.basis,)),
            *(
                Number(
                    f"{start}:{name}", value, "count" if isinstance(value, int) else "share",
                    reason="Declared.",
                )
                for name, value in declared.items()
            ),
        ]  # fmt: skip
        return (*stated, *(number for reading in self.readings for number in self._of(reading)))

    def _of(self, one: Reading) -> Iterator[Number]:
        basis, start = (self.basis,), self.start
        if one.reason:
            yield Number(f"{start}:{one.key}", None, one.unit, one.n, basis=basis, reason=one.reason)
            return
        yield Number(f"{start}:{one.key}", one.observed, one.unit, one.n, basis=basis)
        yield Number(f"{start}_expected:{one.key}", one.expected, one.unit, reason="If the null model holds.")
        yield Number(f"{start}_n:{one.key}", one.n, "count", one.n, basis=basis)
        if one.count is not None:
            yield Number(f"{start}_count:{one.key}", one.count, "count", one.n, basis=basis)
        for name, value in (("p", one.p_value), ("p_adjusted", one.p_adjusted)):
            if value is not None:
                yield Number(f"{start}_{name}:{one.key}", value, "probability", one.n, basis=basis)

    def summary(self) -> tuple[Sentence, ...]:
        """Return what was seen, what could not be tested, and that no sign proves anything."""
        many = counted(len(self.stops), "stop")
        if self.alarms:
            head = (
                f"Of {many} to wait for the customer some need an explanation: "
                f"{counted(len(self.alarms), 'sign')}, reported as findings with the cases. A sign proves "
                "nothing."
            )
        elif all(reading.reason for reading in self.readings):
            head = f"Whether {many} to wait for the customer were made to keep limits could not be tested."
        else:
            head = f"{many} to wait for the customer show no sign that clocks were stopped to keep limits."
        untested = {reading.reason: reading.key for reading in reversed(self.readings) if reading.reason}
        told = tuple(
            Sentence(f"Not assessable: {reason}", (f"{self.start}:{key}", *self._declared))
            for reason, key in untested.items()
        )
        return (Sentence(head, (f"{self.start}:all", f"{self.start}:alarms")), *told)

    def warning(self) -> tuple[Sentence, ...]:
        """Return the sentence that belongs beside the share of cases in time; nothing without a sign."""
        return self.summary()[:1] if self.alarms else ()

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for every sign that needs an explanation.

        What all units together show is no finding of its own where it is the cases of units that have one.
        """
        return tuple(self._finding(alarm) for alarm in self.alarms if not self._told_by_units(alarm))

    def _told_by_units(self, one: Reading) -> bool:
        if one.group != ALL:
            return False
        alike = [alarm for alarm in self.alarms if (alarm.sign, alarm.clock) == (one.sign, one.clock)]
        units = {case for each in alike if each.group != ALL for case in each.cases}
        return bool(one.cases) and units.issuperset(one.cases)

    def _finding(self, one: Reading) -> Finding:
        sign = SIGNS[one.sign]
        units = self.stops.drop_duplicates("case_id").set_index("case_id")["unit_id"].fillna("").astype(str)
        table = "complaints" if self.policy.log == "complaint_events" else self.policy.log
        ends = ("", "_expected", "_n", "_count", "_p", "_p_adjusted")
        known = {number.key for number in self.numbers()}
        evidence = (*(f"{self.start}{end}:{one.key}" for end in ends), *self._declared)
        return Finding(
            criterion="C7: clocks stop only while the customer is awaited, with the cause recorded.",
            condition=self._condition(one),
            cause=f"Not established. Innocent explanation: {sign.innocent}.",
            effect="A limit that is met because its clock was stopped is not kept for the customer.",
            recommendation="Look the cases up and ask the customers whether anything was asked of them then.",
            grade=self.policy.stops.severity,
            subject=f"clock {self.start}:{one.sign}:{one.clock}:{one.group}".replace("::", ":"),
            evidence=tuple(f"{NOTEBOOK}/{key}" for key in evidence if key in known),
            headline=self._headline(one),
            cases=tuple(
                CaseReference(table, case, str(units.get(case, "")), f"stopped {one.sign}")
                for case in one.cases
            ),
        )

    def _headline(self, one: Reading) -> str:
        if one.n < self.minimum_cell or one.sign != NEAR:
            return ""
        where = "" if one.group == ALL else f" of {one.group}"
        many = counted(one.n, "case")
        return f"{one.count:,} of {many}{where} stopped late in the limit were stopped at its very end"

    def _condition(self, one: Reading) -> str:
        if one.n < self.minimum_cell:
            return f"Clocks were stopped {one.sign}, in too few cases for their number to be shown."
        if one.sign == CAUSES:
            return f"{one.count:,} of {counted(one.n, 'stop')} that need a cause give none of the list."
        where = "" if one.group == ALL else f" of {one.group}"
        if one.sign == PEERS:
            return (
                f"A typical case{where} was stopped for {one.observed:,.1f} hours, that of the median group "
                f"for {one.expected:,.1f} ({_chance(one)} with all tests allowed for)."
            )
        how = self.policy.stops
        return (
            f"{one.count:,} of {counted(one.n, 'case')}{where} stopped in the last {how.beside:.0%} of the "
            f"limit ({one.clock.replace('_', ' ')}) were stopped in its last {how.near:.0%}, where "
            f"{one.expected:.0%} would be expected ({_chance(one)} with all tests allowed for)."
        )


def _chance(one: Reading) -> str:
    """Return the corrected p-value as it is written."""
    value = 1.0 if one.p_adjusted is None else one.p_adjusted
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
