"""What standards ask about listening to customers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts.frames import rows_in
from auditlib.listening import face_to_face
from auditlib.listening.agreement import compared_accounts, newcombe
from auditlib.records import Basis, EvidenceLevel, Interval, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure, nothing
from auditlib.standards.observed import (
    IN_PERIOD,
    answered_invitations,
    answers_to,
    counts_by,
    known,
    share_known,
    share_of,
    whole_of,
)
from auditlib.standards.supplied import lacking
from auditlib.standards.unknown import span
from auditlib.standards.whole_days import BY_DAYS, holds_days, repeated
from auditlib.statements import counted
from auditlib.time.epoch import DAY, date_of
from auditlib.time.months import month_of, months_between

if TYPE_CHECKING:
    import narwhals as nw

key_accounts_visited = face_to_face.key_accounts_visited
commitments_kept = face_to_face.commitments_kept


@measure("survey_types_in_use", needs=(), statistic=Statistic.COUNT, unit="count")
def survey_types_in_use(tables: Tables, context: Context, *, minimum_responses: int = 30) -> Measurement:
    """Survey types, of those declared, with enough responses in the period; answered once is not in use.

    Where only aggregates exist, the lowest numbers of surveys of the units' published bands count.
    """
    source = _source(tables)
    missing = lacking((source,), tables, context.run, {}) if source else NO_ANSWERS
    if missing:
        return nothing(missing)
    counts = {kind: n for kind, n in _per_type(tables, source).items() if kind in context.run.instruments}
    used = sum(n is not None and n >= minimum_responses for n in counts.values())
    unclear = sum(n is None for n in counts.values())
    aggregated = source == "aggregates"
    n = rows_in(tables.lazy(source)) if aggregated else sum(count or 0 for count in counts.values())
    return whole_of(
        used,
        n,
        basis=[Basis(source, () if aggregated else IN_PERIOD)],
        none=f"there are no {source} of a declared survey in the period",
        level=EvidenceLevel.AGGREGATES if aggregated else EvidenceLevel.RESPONSES,
        unknown=unclear,
        bounds=(used, used + unclear),
        reason="a published survey does not say how many answered" if unclear else "",
    )


NO_ANSWERS = "the evidence has neither responses nor aggregates"


def _source(tables: Tables) -> str:
    """Return where answers stand: responses before aggregates; empty where neither is."""
    return next((name for name in ("responses", "aggregates") if name in tables.tables), "")


def _per_type(tables: Tables, source: str) -> dict[str, int | None]:
    """Return answers by survey type; None where a published survey does not say how many there were."""
    import narwhals as nw

    if source == "responses":
        counts = counts_by(tables.lazy(source).filter(nw.col("in_period")), "survey_type")
        return {str(kind): n for (kind,), n in counts.items()}
    most = tables.lazy(source).group_by("survey_type", "unit_id").agg(n=nw.col("n_low").max())
    rows = most.group_by("survey_type").agg(n=nw.col("n").sum(), said=nw.col("n").count()).collect().rows()
    return {str(kind): int(n) if known_of else None for kind, n, known_of in rows}


@measure("response_rate", needs=("invitations", "responses", "responses.invitation_id"))
def response_rate(tables: Tables, context: Context, *, survey_type: str) -> Measurement:
    """Kept invitations of the period with a kept response, over kept invitations of the period.

    A row without a single valid answer is no response. Responses that name no invitation may answer any:
    the interval reaches from none of them to all.
    """
    import narwhals as nw

    of_survey = nw.col("survey_type") == survey_type
    invited = tables.lazy("invitations").filter(nw.col("in_period"), of_survey)
    responses = tables.lazy("responses").filter(of_survey)
    if not _any_answer(responses, context, survey_type):
        return nothing(f"no response says an answer to a question of the {survey_type} survey: map one")
    answered = known(answered_invitations(invited, tables.lazy("responses")), nw.col("answered"))
    unlinked = rows_in(responses.filter(nw.col("in_period"), nw.col("invitation_id").is_null()))
    rate = share_of(
        answered.meeting,
        answered.n,
        confidence=context.confidence,
        basis=[Basis("invitations", (*IN_PERIOD, ("survey_type", survey_type)), rows=answered.n)],
        none=f"nobody was invited to the {survey_type} survey in the period",
        reason=f"no invitation is named by {counted(unlinked, 'response')}" if unlinked else "",
    )
    room = min(unlinked, answered.n - answered.meeting)
    return replace(rate, interval=_either_way(answered.meeting, answered.n, room, context)) if room else rate


def _either_way(answered: int, n: int, unlinked: int, context: Context) -> Interval:
    """Return the limits of a rate whose `n` invitations include `unlinked` that may be answered."""
    return span(answered, n - unlinked, unlinked, level=context.confidence)


def _any_answer(responses: nw.LazyFrame[Any], context: Context, survey_type: str) -> bool:
    """Return whether any question of the survey has an answer; without a declared one it cannot be told."""
    import narwhals as nw

    if survey_type not in context.run.instruments:
        return True
    present = set(responses.collect_schema().names())
    items = [item for item in context.run.instruments[survey_type].items if item in present]
    if not items:
        return False
    counts = responses.select(*(nw.col(item).count() for item in items)).collect().rows()[0]
    return any(counts) or not rows_in(responses)


@measure("units_measured", needs=("units",), statistic=Statistic.COUNT, register=True)
def units_measured(tables: Tables, context: Context, *, minimum_responses: int) -> Measurement:
    """Units of the register with enough answers to one survey in the period, over all units of the register.

    Answers to the headline question count, each declared survey by itself: what units can be compared on.
    Where only aggregates exist, the lowest number of surveys of each unit's latest published band counts.
    """
    source = _source(tables)
    missing = lacking((source,), tables, context.run, {}) if source else NO_ANSWERS
    if missing or not context.run.instruments:
        return nothing(missing or "no survey is declared, so that no answer can be told")
    units = tables.frame("units", columns=["unit_id"])["unit_id"]
    counts = _per_unit(tables, source, context)
    enough = {unit for unit, n in counts if n is not None and n >= minimum_responses}
    unclear = {unit for unit, n in counts if n is None} - enough
    measured, open_ = (int(units.isin(chosen).sum()) for chosen in (enough, unclear))
    all_ = max(1, len(units))
    return whole_of(
        measured / all_,
        len(units),
        basis=[Basis("units", rows=len(units))],
        none="the register of units is empty",
        level=EvidenceLevel.REGISTER,
        unknown=open_,
        bounds=(measured / all_, (measured + open_) / all_),
        reason=f"no number of surveys is published by {counted(open_, 'unit')}" if open_ else "",
    )


def _per_unit(tables: Tables, source: str, context: Context) -> list[tuple[str, int | None]]:
    """Return unit and answers for each declared survey; None where published figures do not say how many."""
    headlines = {kind: context.run.instrument(kind).headline.item for kind in context.run.instruments}
    if source == "aggregates":
        return [row for kind, item in headlines.items() for row in _published(tables, kind, item)]
    per_survey = (answers_to(tables.lazy(source), kind, item) for kind, item in headlines.items())
    return [(str(unit), n) for answers in per_survey for (unit,), n in counts_by(answers, "unit_id").items()]


def _published(tables: Tables, survey_type: str, item: str) -> list[tuple[str, int | None]]:
    """Return units with a figure of `item` in the latest published period, and the lowest n behind it."""
    import narwhals as nw

    figures = tables.lazy("aggregates").filter(nw.col("survey_type") == survey_type, nw.col("item") == item)
    latest = figures.select(period_start=nw.col("period_start").max())
    rows = figures.join(latest, on="period_start", how="inner")
    most = rows.group_by("unit_id").agg(n=nw.col("n_low").max())
    return [(str(unit), None if n is None else int(n)) for unit, n in most.collect().rows()]


@measure("invited_again", needs=("invitations", "invitations.customer_id"), dates=("invitations.sent",))
def invited_again(tables: Tables, context: Context, *, within_days: int) -> Measurement:
    """Invitations of the period sent less than so many times 24 hours after the person's last one.

    Over all invitations of the period that name a person, whatever the sender. What was sent before the
    first row of the log is unknown, and so is what days without times leave open.
    """
    import narwhals as nw

    invitations, limit = tables.lazy("invitations"), within_days * DAY
    spaced = repeated(
        invitations, "sent", of=("customer_id",), key="invitation_id", limit=limit, included=False
    )
    with_person = ~nw.col("customer_id").is_null()
    too_soon = known(spaced.filter(nw.col("in_period")), nw.when(with_person).then(nw.col("again")))
    return share_known(
        too_soon,
        confidence=context.confidence,
        basis=[Basis("invitations", IN_PERIOD, "customer_id", too_soon.n)],
        none="no invitation of the period names a person",
        unsaid="who was invited" + BY_DAYS * holds_days(invitations, "sent"),
    )


@measure(
    "months_without_responses",
    needs=("responses",),
    dates=("responses.submitted",),
    statistic=Statistic.COUNT,
    unit="count",
)
def months_without_responses(tables: Tables, context: Context, *, survey_type: str) -> Measurement:
    """Calendar months of the period without a single response of the survey type."""
    import narwhals as nw

    chosen = nw.col("in_period"), nw.col("survey_type") == survey_type
    days = counts_by(tables.lazy("responses").filter(*chosen), "submitted_day")
    answered = {month_of(date_of(int(day))) for (day,) in days}
    months = set(months_between(context.run.period.start, context.run.period.end))
    n = sum(days.values())
    basis = Basis("responses", (*IN_PERIOD, ("survey_type", survey_type)), rows=n)
    none = f"no {survey_type} response in the period"
    return whole_of(len(months - answered), n, basis=[basis], none=none)


@measure("reward_gap", needs=("responses", "rewards"), statistic=Statistic.DIFFERENCE)
def reward_gap(tables: Tables, context: Context, *, below: float) -> Measurement:
    """Gap in the share rewarded between satisfied and dissatisfied customers, without its sign.

    A customer is dissatisfied whose headline answer lies below the limit on a scale of 1 to 5; other
    scales are stretched to it linearly. The interval is Newcombe's for a difference of shares (1998,
    Statistics in Medicine 17:873-890, method 10), folded at zero.
    """
    counts = [_rewarded(tables, context, kind, below) for kind in context.run.instruments]
    low_n, low_k, high_n, high_k = (sum(count[part] for count in counts) for part in range(4))
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
    answers = answers_to(tables.lazy("responses"), survey_type, item.item)
    rewarded = answers.join(tables.lazy("rewards").select("response_id"), on="response_id", how="semi")
    all_of, of_rewarded = (_split(frame, item.item, limit) for frame in (answers, rewarded))
    return all_of[0], of_rewarded[0], all_of[1], of_rewarded[1]


def _split(frame: nw.LazyFrame[Any], item: str, limit: float) -> tuple[int, int]:
    import narwhals as nw

    dissatisfied = known(frame, nw.col(item) < limit)
    return dissatisfied.meeting, dissatisfied.n - dissatisfied.meeting


def _newcombe(first: tuple[int, int], second: tuple[int, int], *, level: float) -> Interval:
    limits = newcombe(np.array(first, dtype=np.float64), np.array(second, dtype=np.float64), level=level)
    low, high = (float(limit) for limit in limits)
    least = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
    return Interval(least, max(abs(low), abs(high)), level, "Newcombe, folded")


@measure("survey_types_agree", needs=("responses", "responses.account_id"))
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
