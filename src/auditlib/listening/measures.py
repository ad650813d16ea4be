"""What standards ask about listening to customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.listening import face_to_face
from auditlib.listening.agreement import compared_accounts, newcombe
from auditlib.records import Basis, EvidenceLevel, Interval, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import (
    DAY_MICROSECONDS,
    IN_PERIOD,
    answers_to,
    counted,
    counts_by,
    share_of,
    whole_of,
)

if TYPE_CHECKING:
    import narwhals as nw

key_accounts_visited = face_to_face.key_accounts_visited
commitments_kept = face_to_face.commitments_kept


@measure("survey_types_in_use", needs=(), statistic=Statistic.COUNT, unit="count")
def survey_types_in_use(tables: Tables, _context: Context) -> Measurement:
    """Survey types with at least one kept response, or one published aggregate, in the period."""
    import narwhals as nw

    if "responses" in tables.tables:
        found = counts_by(tables.lazy("responses").filter(nw.col("in_period")), "survey_type")
        basis, level = Basis("responses", IN_PERIOD, rows=sum(found.values())), EvidenceLevel.RESPONSES
    elif "aggregates" in tables.tables:
        found = counts_by(tables.lazy("aggregates"), "survey_type")
        basis, level = Basis("aggregates", rows=sum(found.values())), EvidenceLevel.AGGREGATES
    else:
        return nothing("the evidence has neither responses nor aggregates")
    none = f"there are no {basis.table} of the period"
    return whole_of(len(found), sum(found.values()), basis=[basis], none=none, level=level)


@measure("response_rate", needs=("invitations", "responses"))
def response_rate(tables: Tables, context: Context, *, survey_type: str) -> Measurement:
    """Kept invitations of the period with a kept response, over kept invitations of the period."""
    import narwhals as nw

    invited = tables.lazy("invitations").filter(nw.col("in_period"), nw.col("survey_type") == survey_type)
    answered = tables.lazy("responses").select("invitation_id")
    n = counted(invited)["n"]
    k = counted(invited.join(answered, on="invitation_id", how="semi"))["n"]
    basis = Basis("invitations", (*IN_PERIOD, ("survey_type", survey_type)), rows=n)
    none = f"nobody was invited to the {survey_type} survey in the period"
    return share_of(k, n, confidence=context.confidence, basis=[basis], none=none)


@measure("units_measured", needs=("units",), statistic=Statistic.COUNT)
def units_measured(tables: Tables, _context: Context, *, minimum_responses: int) -> Measurement:
    """Units of the register with enough responses in the period, over all units of the register.

    Where only aggregates exist, the lowest number of surveys of each unit's published band counts.
    """
    per_unit, level = _responses_per_unit(tables)
    if per_unit is None:
        return nothing("the evidence has neither responses nor aggregates")
    units = tables.frame("units", columns=["unit_id"])["unit_id"]
    enough = sum(per_unit.get(unit, 0) >= minimum_responses for unit in units)
    return whole_of(
        enough / len(units) if len(units) else 0.0,
        len(units),
        basis=[Basis("units", rows=len(units))],
        none="the register of units is empty",
        level=level,
    )


def _responses_per_unit(tables: Tables) -> tuple[dict[str, int] | None, EvidenceLevel]:
    import narwhals as nw

    if "responses" in tables.tables:
        found = counts_by(tables.lazy("responses").filter(nw.col("in_period")), "unit_id")
        return {str(unit): count for (unit,), count in found.items()}, EvidenceLevel.RESPONSES
    if "aggregates" in tables.tables:
        rows = tables.lazy("aggregates").group_by("unit_id").agg(most=nw.col("n_low").max()).collect().rows()
        return {str(unit): int(most or 0) for unit, most in rows}, EvidenceLevel.AGGREGATES
    return None, EvidenceLevel.NONE


@measure("invited_again", needs=("invitations",))
def invited_again(tables: Tables, context: Context, *, within_days: int) -> Measurement:
    """Invitations of the period sent less than so many times 24 hours after the person's last one.

    Over all invitations of the period that name a person, whatever the sender. What was sent before the
    first row of the log is unknown.
    """
    import narwhals as nw

    known = tables.lazy("invitations").filter(~nw.col("customer_id").is_null())
    last = nw.col("sent_at").shift(1).over("customer_id", order_by=["sent_at", "invitation_id"])
    spaced = known.with_columns(since=nw.col("sent_at") - last).filter(nw.col("in_period"))
    found = counted(spaced, again=nw.col("since") < within_days * DAY_MICROSECONDS)
    basis = Basis("invitations", IN_PERIOD, "customer_id", found["n"])
    none = "no invitation of the period names a person"
    return share_of(found["again"], found["n"], confidence=context.confidence, basis=[basis], none=none)


@measure("months_without_responses", needs=("responses",), statistic=Statistic.COUNT, unit="count")
def months_without_responses(tables: Tables, context: Context, *, survey_type: str) -> Measurement:
    """Calendar months of the period without a single response of the survey type."""
    import narwhals as nw

    chosen = nw.col("in_period"), nw.col("survey_type") == survey_type
    days = counts_by(tables.lazy("responses").filter(*chosen), "submitted_day")
    epoch = date(1970, 1, 1).toordinal()
    seen = {_month(date.fromordinal(epoch + int(day))) for (day,) in days}
    period = context.run.period
    months = {
        _month(date.fromordinal(day)) for day in range(period.start.toordinal(), period.end.toordinal() + 1)
    }
    n = sum(days.values())
    basis = Basis("responses", (*IN_PERIOD, ("survey_type", survey_type)), rows=n)
    none = f"no {survey_type} response in the period"
    return whole_of(len(months - seen), n, basis=[basis], none=none)


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


@measure("reward_gap", needs=("responses", "rewards"), statistic=Statistic.DIFFERENCE)
def reward_gap(tables: Tables, context: Context, *, below: float) -> Measurement:
    """Gap in the share rewarded between satisfied and dissatisfied customers, without its sign.

    A customer is dissatisfied whose headline answer lies below the limit on a scale of 1 to 5; other
    scales are stretched to it linearly. The interval is Newcombe's for a difference of shares (1998,
    Statistics in Medicine 17:873-890, method 10), folded at zero.
    """
    counts = [_rewarded(tables, context, kind, below) for kind in context.run.instruments]
    low_n, low_k, high_n, high_k = (sum(each[part] for each in counts) for part in range(4))
    if not low_n or not high_n:
        return nothing("there are not both satisfied and dissatisfied customers to compare")
    interval = _newcombe((low_k, low_n), (high_k, high_n), level=context.confidence)
    gap = abs(low_k / low_n - high_k / high_n)
    basis = Basis("responses", IN_PERIOD, rows=None)
    return Measurement("", gap, low_n + high_n, Statistic.DIFFERENCE, interval=interval, basis=(basis,))


def _rewarded(tables: Tables, context: Context, survey_type: str, below: float) -> tuple[int, int, int, int]:
    """Return dissatisfied customers, those of them rewarded, satisfied ones, those of them rewarded."""
    item = context.run.instrument(survey_type).headline
    step = (item.scale.high - item.scale.low) / 4
    limit = item.scale.low + (below - 1) * step
    asked = answers_to(tables.lazy("responses"), survey_type, item.item)
    rewarded = asked.join(tables.lazy("rewards").select("response_id"), on="response_id", how="semi")
    all_of, some = (_split(each, item.item, limit) for each in (asked, rewarded))
    return all_of[0], some[0], all_of[1], some[1]


def _split(frame: nw.LazyFrame[Any], item: str, limit: float) -> tuple[int, int]:
    import narwhals as nw

    found = counted(frame, low=nw.col(item) < limit)
    return found["low"], found["n"] - found["low"]


def _newcombe(first: tuple[int, int], second: tuple[int, int], *, level: float) -> Interval:
    limits = newcombe(np.array(first, dtype=np.float64), np.array(second, dtype=np.float64), level=level)
    low, high = (float(limit) for limit in limits)
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return Interval(least, max(abs(low), abs(high)), level, "Newcombe, folded")


@measure("survey_types_agree", needs=("responses",))
def survey_types_agree(tables: Tables, context: Context, *, minimum_responses: int) -> Measurement:
    """Accounts whose survey types do not contradict each other, over those with enough answers to both.

    They contradict each other where the interval of the difference between the top-box shares of the
    headline questions leaves zero out; chance alone makes about one account in twenty do so.
    """
    agreeing, n, against = compared_accounts(tables, context, minimum=minimum_responses)
    none = f"no account has the answers asked for ({minimum_responses}) to each of two survey types"
    basis = [Basis("responses", IN_PERIOD, "account_id")]
    measured = share_of(agreeing, n, confidence=context.confidence, basis=basis, none=none)
    return replace(measured, cases=against)
