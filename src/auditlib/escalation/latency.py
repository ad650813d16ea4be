"""How long each step takes, from the transaction to the actions done; open cases are censored (E7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import narwhals as nw

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import Frame, to_pandas
from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.escalation.result import EscalationResult
from auditlib.obligations import Status
from auditlib.records import Held, Refusal
from auditlib.standards.whole_days import beyond, whole_day
from auditlib.statistics.durations import Survival, done_by, quantile, survival
from auditlib.time.epoch import HOUR

if TYPE_CHECKING:
    import pandas as pd

DAY_HOURS = 24
SPANS: Mapping[str, float] = MappingProxyType({"minutes": 1 / 60, "hours": 1.0, "days": 24.0})
"""Units of time by their length in hours."""
_LONG_DAYS = 3


@dataclass(frozen=True)
class Stage:
    """One step: how long it takes, in wall-clock hours.

    Parameters
    ----------
    stage, group
        Name of the step, and the part of the cases it is about (a band, or all).
    curve
        Share not yet done by hours; a `Refusal` where nothing was done.
    table
        Canonical table the step is read from.
    unknown
        Cases left out, of which the evidence does not say whether the step was done.
    until
        Share down to which the curve may be drawn: beneath it, it would tell how few are open.
    """

    stage: str
    group: str
    curve: Survival | Refusal
    table: str
    unknown: int = 0
    until: float = 0.0

    @property
    def key(self) -> str:
        """What its numbers are called."""
        return f"{self.stage}:{self.group}"

    @property
    def span(self) -> str:
        """Unit of time that says something of it: minutes below an hour, days from three days on."""
        reached = [value for share in (0.5, 0.9) if (value := self._hours(share)) is not None]
        if not reached:
            return "hours"
        return "minutes" if reached[0] < 1 else "days" if reached[0] >= _LONG_DAYS * DAY_HOURS else "hours"

    def time(self, share: float) -> float | None:
        """Return the time, in its `span`, by which `share` of the cases are done; None where not seen."""
        hours = self._hours(share)
        return None if hours is None else hours / SPANS[self.span]

    def _hours(self, share: float) -> float | None:
        return quantile(self.curve, share) if isinstance(self.curve, Survival) else None


@dataclass(frozen=True)
class Latencies:
    """Every step, in the order in which a case passes through them."""

    stages: tuple[Stage, ...]
    disclosure: MinimumFrequency = UNRESTRICTED
    """Of how few cases no time is stated."""

    def of(self, stage: str) -> tuple[Stage, ...]:
        """Return the stages of one step, one per group."""
        return tuple(step for step in self.stages if step.stage == stage)

    def only(self, stage: str) -> Latencies:
        """Return the stages of one step alone, to be drawn."""
        return replace(self, stages=self.of(stage))

    def without(self, held: Held) -> tuple[Self | None, int]:
        """Return it without the stages that are held back, and how many they are."""
        drawable = tuple(part for stage in self.stages for part in self._drawable(stage, held))
        left_out = len(self.stages) - len(drawable)
        return (replace(self, stages=drawable) if drawable or not left_out else None), left_out

    def _drawable(self, stage: Stage, held: Held) -> tuple[Stage, ...]:
        """Return a stage as it may be drawn: not at all, or as far as more than a few are open."""
        if isinstance(stage.curve, Refusal):
            return (stage,)
        names = ("median", "p90", "share_within_a_day")
        if any(held(f"{name}:{stage.key}", stage.curve.n) for name in names):
            return ()
        if not held(f"open:{stage.key}"):
            return (stage,)
        # where the curve ends would tell how many are open
        until = self.disclosure.rounded_up(stage.curve.censored) / stage.curve.n
        return (replace(stage, until=until),)

    def to_frame(self) -> pd.DataFrame:
        """Return n, cases still open, median and 90% point with their unit, and the share done in a day."""
        import pandas as pd

        rows = [
            {
                "stage": stage.stage,
                "group": stage.group,
                "n": stage.curve.n,
                "open": stage.curve.censored,
                "span": stage.span,
                "median": stage.time(0.5),
                "p90": stage.time(0.9),
                "share_within_a_day": done_by(stage.curve, DAY_HOURS),
            }
            for stage in self.stages
            if isinstance(stage.curve, Survival)
        ]
        return pd.DataFrame(rows)


def measure_latencies(tables: CanonicalTables, result: EscalationResult) -> Latencies:
    """Measure every step the evidence holds.

    Parameters
    ----------
    tables
        The evidence.
    result
        What was owed and done after each response. A customer who declined is censored at the refusal.
    """
    as_of = result.context.as_of
    stages = (*_before(tables, as_of=as_of), *_after(result), *_actions(tables, as_of=as_of))
    return Latencies(stages, result.context.disclosure)


def _stage(
    name: str,
    group: str,
    start: pd.Series,
    end: pd.Series,
    *,
    last_seen: pd.Series | int,
    table: str,
    unknown: pd.Series | None = None,
) -> Stage:
    """Return a stage; where `end` is missing the case was last seen open at `last_seen`.

    Cases `unknown`, of which the evidence does not say whether the step was done, are left out.
    """
    left_out = 0 if unknown is None else int(unknown.sum())
    if unknown is not None:
        start, end = start[~unknown], end[~unknown]
    done = end.notna()
    hours = ((end.fillna(last_seen) - start).clip(lower=0) / HOUR).astype(float)
    return Stage(name, group, survival(hours.to_numpy(), done.to_numpy(bool)), table, left_out)


def _unknown(rows: pd.DataFrame, end: str = "done_at") -> pd.Series:
    """Return which duties are unknown without an event that could have settled them."""
    return (rows["status"] == Status.UNKNOWN.value) & rows[end].isna()


def _before(tables: CanonicalTables, *, as_of: int) -> Iterator[Stage]:
    """Yield the time from transaction to invitation, and from invitation to response.

    An event of which only the day is known is taken to last to its end, as in `_after`.
    """
    if "invitations" not in tables.tables:
        return
    invited = _with_end(tables.lazy("invitations").filter(nw.col("in_period")), "sent", as_of=as_of)
    answers = _with_end(tables.lazy("responses"), "submitted", as_of=as_of)
    first = answers.group_by("invitation_id").agg(nw.col("submitted_until").min())
    columns = ("transaction_at", "sent_at", "sent_until", "submitted_until")
    rows = to_pandas(invited.join(first, on="invitation_id", how="left").select(*columns))
    transacted = rows[rows["transaction_at"].notna()]
    yield _stage(
        "invitation",
        "all",
        transacted["transaction_at"],
        transacted["sent_until"],
        last_seen=as_of,
        table="invitations",
    )
    yield _stage(
        "response", "all", rows["sent_at"], rows["submitted_until"], last_seen=as_of, table="invitations"
    )


def _with_end(events: Frame, stem: str, *, as_of: int) -> Frame:
    """Add ``<stem>_until``: the instant itself, or the end of its day where no time is known."""
    whole, at = whole_day(events, stem), nw.col(f"{stem}_at")
    last = nw.max_horizontal(at, nw.min_horizontal(at + beyond(whole), nw.lit(as_of)))
    return events.with_columns(nw.when(whole).then(last).otherwise(at).alias(f"{stem}_until"))


def _after(result: EscalationResult) -> Iterator[Stage]:
    """Yield the time from response to acknowledgement and contact by band, and from contact to report.

    An event of which only the day is known is taken to last to its end.
    """
    rows = result.rows
    if "done_until" in rows:
        rows = rows.assign(done_at=rows["done_until"].fillna(rows["done_at"]))
    first = rows[rows["duty"] == "acknowledgement"]
    if len(first):
        yield _stage(
            "acknowledgement",
            "all",
            first["submitted_at"],
            first["done_at"],
            last_seen=result.context.as_of,
            table="acknowledgements",
            unknown=_unknown(first),
        )
    contact = rows[rows["duty"] == "contact"]
    for band in (entry.band for entry in result.context.policy.bands):
        part = contact[contact["band"] == band]
        if len(part):
            last_seen = part["excused_at"].fillna(result.context.as_of)
            yield _stage(
                "contact",
                band,
                part["submitted_at"],
                part["done_at"],
                last_seen=last_seen,
                table="follow_ups",
                unknown=_unknown(part),
            )
    yield from _reports(contact, rows[rows["duty"] == "report"], as_of=result.context.as_of)


def _reports(contact: pd.DataFrame, report: pd.DataFrame, *, as_of: int) -> Iterator[Stage]:
    held = contact.loc[contact["done_at"].notna(), ["response_id", "done_at"]]
    presented = report[["response_id", "done_at", "status"]]
    both = held.merge(presented, on="response_id", suffixes=("", "_report"))
    if len(both):
        yield _stage(
            "report",
            "all",
            both["done_at"],
            both["done_at_report"],
            last_seen=as_of,
            table="follow_up_reports",
            unknown=_unknown(both, "done_at_report"),
        )


def _actions(tables: CanonicalTables, *, as_of: int) -> Iterator[Stage]:
    """Yield the time from the presentation of a report to its actions done, by whole days."""
    if not {"follow_up_reports", "report_actions"} <= set(tables.tables):
        return
    reports = tables.lazy("follow_up_reports").select("report_id", "presented_day")
    rows = to_pandas(
        tables.lazy("report_actions")
        .select("report_id", "done_on")
        .join(reports, on="report_id", how="inner")
    )
    rows = rows[rows["presented_day"].notna()]
    day = DAY_HOURS * HOUR
    start, end = rows["presented_day"].astype("Int64") * day, rows["done_on"].astype("Int64") * day
    if len(rows):
        yield _stage("actions", "all", start, end, last_seen=as_of, table="report_actions")
