"""Follow-ups as numbers of the audit, each with the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.escalation.clock_sensitivity import ClockSensitivity
from auditlib.escalation.flag_comparison import FlagComparison
from auditlib.escalation.gaps import gaps_of
from auditlib.escalation.latency import DAY_HOURS, Latencies, Stage
from auditlib.escalation.result import EscalationResult
from auditlib.obligations.facts import of_rates
from auditlib.records import Basis, Number, Refusal
from auditlib.statistics.durations import done_by

RESPONSES = Basis("responses", (("in_period", True),))
FLAGGED = Basis("follow_ups", (("in_period", True),))
NOT_REACHED = "Fewer cases than that were done by the time of the audit."


def facts(result: EscalationResult) -> Iterator[Number]:
    """Yield the numbers that the sentences and the table by duty state."""
    basis = (RESPONSES,)
    yield Number("responses", result.responses, "responses", basis=basis)
    yield Number("follow_ups", result.follow_ups, "responses", basis=basis)
    yield Number("anonymous_follow_ups", result.anonymous, "responses", basis=basis)
    yield Number("kept_follow_ups", result.fulfilled, "responses", result.told, basis=basis)
    yield Number("unclear_follow_ups", result.unclear, "responses", basis=basis)
    yield Number("judged", result.judged, "count", basis=basis)
    for duty, refusal in result.refused.items():
        yield Number(f"share:{duty}", None, "share", reason=refusal.reason)
    for reason, n in result.undecided.items():
        yield Number(doubt_key(reason), n, "cases", basis=basis)
    for gap in gaps_of(result.rows):
        yield Number(gap.key, gap.cases, "count", basis=basis)
    yield from of_rates(result.rates())
    yield from _bounds(result)


def _bounds(result: EscalationResult) -> Iterator[Number]:
    """Yield what the share met of a duty is with every unknown case failed, and with every one met."""
    for row in result.bounded.to_dict("records"):
        duty, met, unknown = str(row["duty"]), int(row["met"]), int(row["unknown"])
        n = int(row["judged"]) + unknown
        yield Number(f"worst:{duty}", met / n, "share", n, basis=(RESPONSES,))
        yield Number(f"best:{duty}", (met + unknown) / n, "share", n, basis=(RESPONSES,))


def doubt_key(reason: str) -> str:
    """Return what the number of duties is called whose status is unknown for a reason."""
    return f"unknown_{reason.replace(': ', ':').replace(' ', '_')}"


def of_latencies(latencies: Latencies) -> Iterator[Number]:
    """Yield the quantiles of every step; without value where they have not been reached."""
    for stage in latencies.stages:
        yield from _stage(stage)


def _stage(stage: Stage) -> Iterator[Number]:
    basis = (Basis(stage.table),)
    if stage.unknown:
        yield Number(f"not_told:{stage.key}", stage.unknown, "count", basis=basis)
    if isinstance(stage.curve, Refusal):
        yield Number(f"median:{stage.key}", None, "hours", 0, reason=stage.curve.reason)
        return
    n = stage.curve.n
    for name, share in (("median", 0.5), ("p90", 0.9)):
        value = stage.time(share)
        reason = "" if value is not None else NOT_REACHED
        yield Number(f"{name}:{stage.key}", value, stage.span, n, basis=basis, reason=reason)
    yield Number(f"open:{stage.key}", stage.curve.censored, "count", n, basis=basis)
    within = done_by(stage.curve, DAY_HOURS)
    yield Number(f"share_within_a_day:{stage.key}", within, "share", n, basis=basis)


def of_sensitivity(sensitivity: ClockSensitivity) -> Iterator[Number]:
    """Yield the share met and the contacts judged differently, by reading of the clock."""
    for row in sensitivity.frame.to_dict("records"):
        judged = int(row["judged"])
        why = "" if judged else "No contact is settled under this reading."
        for column, unit in (("share", "share"), ("met", "count"), ("judged_differently", "count")):
            key = f"{column}:{row['reading']}"
            yield Number(key, row[column], unit, judged, basis=(RESPONSES,), reason=why)


def of_flags(flags: FlagComparison) -> Iterator[Number]:
    """Yield how many contacts carry a flag, and how many of those part from the clock."""
    for row in flags.frame.to_dict("records"):
        yield Number(flags.key(row), int(row["contacts"]), "count", basis=(FLAGGED,))
    for key, n in (("flagged", flags.flagged), ("flag_parts", flags.parting), ("unflagged", flags.unflagged)):
        yield Number(key, n, "count", basis=(FLAGGED,))
