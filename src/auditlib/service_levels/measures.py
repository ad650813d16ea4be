"""What standards ask about the contact channels.

Conventions: a contact belongs to the period it was offered in; waiting is from offered to answered, in
real seconds; contacts given up count among those offered, however short they were. A contact that does not
say its channel may belong to any, and is unknown to each; a wait between days without times is unknown
unless the days decide it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import rows_in
from auditlib.records import Basis, Interval, Measurement, Statistic
from auditlib.service_levels import unit_days
from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.legs import joined_legs
from auditlib.service_levels.shares import WHOLES, ShareQuestion, share_of_contacts, standard_way
from auditlib.service_levels.unit_days import alike
from auditlib.standards.measure import Context, Measure, Tables, measure, nothing
from auditlib.standards.observed import IN_PERIOD, known, share_known, whole_of
from auditlib.standards.whole_days import beyond, holds_days, whole_day
from auditlib.statements import counted

if TYPE_CHECKING:
    import narwhals as nw

_SECOND = 1_000_000
_STEMS = ("offered", "answered")


_CHANNEL, _ANSWERED = "interactions.channel", "interactions.answered"
_OFFERED = "interactions.offered"


_COUNTS = (TABLE, f"{TABLE}.channel")
_UNSAID = "their channel, or whether they were answered or given up"


@measure(
    "answered_within",
    needs=("interactions", _CHANNEL, _ANSWERED),
    starts=(_OFFERED,),
    dates=(_ANSWERED,),
    instead=(*_COUNTS, f"{TABLE}.answered_in_time", f"{TABLE}.within_seconds"),
)
def answered_within(
    tables: Tables, context: Context, *, channel: str, seconds: int, over: str = "offered"
) -> Measurement:
    """Contacts of a channel answered within so many seconds, over all that were offered.

    Or over those answered, or settled (answered or given up), as `over` says. Interval counts that were
    made at another limit say between which values the share lies, and its value is the middle of these.
    """
    if over not in WHOLES:
        return nothing(f"'over' says {over!r} and must be one of {', '.join(WHOLES)}")
    way = standard_way("answered_within", {"seconds": seconds, "over": over})
    question = ShareQuestion(channel, way, "answered_in_time", _UNSAID, _STEMS)
    lacking = _lacking(answered_within, tables, context)
    return share_of_contacts(tables, question, lacking=lacking, confidence=context.confidence)


def _lacking(metric: Measure, tables: Tables, context: Context) -> str:
    """Return why single contacts cannot be measured; where there are no counts, that was asked before."""
    return metric.lacking(tables, context.run, {}) if TABLE in tables.tables else ""


@measure(
    "abandoned",
    needs=("interactions", _CHANNEL, "interactions.abandoned"),
    instead=(*_COUNTS, f"{TABLE}.abandoned"),
)
def abandoned(tables: Tables, context: Context, *, channel: str) -> Measurement:
    """Contacts of a channel that the customer gave up while waiting, over all that were offered."""
    question = ShareQuestion(channel, standard_way("abandoned", {}), "abandoned", _UNSAID)
    lacking = _lacking(abandoned, tables, context)
    return share_of_contacts(tables, question, lacking=lacking, confidence=context.confidence)


@measure("resolved_first", needs=("interactions", "interactions.resolved_first"))
def resolved_first(tables: Tables, context: Context) -> Measurement:
    """Contacts the party marked as resolved the first time, over all it marked either way.

    The mark is the party's own and is not re-performed. An answered contact without a mark is unknown; one
    that was never answered has nothing to be marked.
    """
    import narwhals as nw

    every = _offered(tables, "")
    unmarked, unanswered = nw.col("resolved_first").is_null(), nw.col("answered_at").is_null()
    talks = every.filter(~(unmarked & unanswered)) if rows_in(every.filter(~unanswered)) else every
    mark = nw.when(~contradictory()).then(nw.col("resolved_first"))
    first = known(talks, mark)
    marked = first.n + rows_in(talks.filter(contradictory(), ~unmarked))
    return share_known(
        first,
        confidence=context.confidence,
        basis=[Basis("interactions", IN_PERIOD, "resolved_first", marked)],
        none="no contact of the period says whether it was resolved the first time",
        unsaid="whether the contact was resolved",
        design_effect=alike(talks, mark, level=context.confidence),
        reason="the party's own mark, not re-performed",
    )


@measure("channels_in_use", needs=("interactions", _CHANNEL), statistic=Statistic.COUNT, unit="count")
def channels_in_use(tables: Tables, _context: Context, *, minimum_contacts: int) -> Measurement:
    """Channels through which enough contacts came in the period."""
    import narwhals as nw

    rows = _offered(tables, "").group_by("channel").agg(contacts=nw.len()).collect().rows()
    contacts = {channel: int(count) for channel, count in rows}
    unknown, n = contacts.pop(None, 0), sum(int(count) for _, count in rows)
    used = sum(count >= minimum_contacts for count in contacts.values())
    return whole_of(
        used,
        n,
        basis=[Basis("interactions", IN_PERIOD, rows=n)],
        none="there is no contact in the period",
        unknown=unknown,
        bounds=(used, used + _channels_lifted(list(contacts.values()), unknown, minimum_contacts)),
    )


def _channels_lifted(contacts: list[int], unknown: int, minimum: int) -> int:
    """Return how many more channels the contacts of unknown channel could bring to the minimum."""
    short = sorted(minimum - count for count in contacts if count < minimum)
    lifted = 0
    for missing in (*short, *([minimum] * (unknown // minimum))):
        if missing > unknown:
            break
        unknown, lifted = unknown - missing, lifted + 1
    return lifted


@measure(
    "wait_quantile",
    needs=("interactions", _CHANNEL, _ANSWERED),
    starts=(_OFFERED,),
    dates=(_ANSWERED,),
    statistic=Statistic.QUANTILE,
    unit="seconds",
)
def wait_quantile(tables: Tables, context: Context, *, channel: str, share: float) -> Measurement:
    """Whole seconds within which the given share of the answered contacts of a channel were answered.

    The smallest wait that at least the share did not exceed; days of units are clusters, see `unit_days`.
    """
    import narwhals as nw

    every = _waited(_offered(tables, channel)).filter(~nw.col("answered_at").is_null())
    answered, doubtful = every.filter(~contradictory()), rows_in(every.filter(contradictory()))
    seconds = {"least": nw.col("least") // _SECOND, "most": nw.col("most") // _SECOND}
    untold = _untold(answered, seconds["least"] != seconds["most"])
    if untold:
        return nothing(untold)
    certain = answered.filter(seconds["least"] == seconds["most"])
    n, unknown = rows_in(answered), rows_in(answered.filter(seconds["least"] != seconds["most"]))
    quantile = partial(unit_days.wait_quantile, share=share, level=context.confidence)
    settled = shortest = longest = quantile(certain, seconds["least"])
    if unknown:
        shortest, longest = (quantile(answered, seconds[end]) for end in ("least", "most"))
    if settled is None or shortest is None or longest is None:
        return nothing(f"no {channel} contact of the period was answered")
    limits = Interval(shortest.limits.low, longest.limits.high, context.confidence, shortest.limits.method)
    return Measurement(
        "",
        settled.seconds,
        n - unknown,
        Statistic.QUANTILE,
        interval=limits,
        unknown=unknown,
        bounds=(shortest.seconds, longest.seconds) if unknown else None,
        design_effect=settled.design_effect,
        basis=(Basis("interactions", (*IN_PERIOD, ("channel", channel)), "answered_at", n + doubtful),),
        reason=_left_out(unknown, n, doubtful),
    )


def _left_out(unknown: int, n: int, doubtful: int) -> str:
    days = f"days without times are said by {unknown:,} of {counted(n, 'answered contact')}"
    contradicting = f"{counted(doubtful, 'contact')} said to be both answered and given up left out"
    return "; ".join([*([days] if unknown else []), *([contradicting] if doubtful else [])])


def _offered(tables: Tables, channel: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    chosen = joined_legs(tables.lazy("interactions")).filter(nw.col("in_period"))
    return chosen.filter(nw.col("channel") == channel) if channel else chosen


def _waited(contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add ``least`` and ``most``: microseconds waited, apart where days are known without times."""
    import narwhals as nw

    wait = nw.col("answered_at") - nw.col("offered_at")
    offered, answered = (beyond(whole_day(contacts, stem)) for stem in _STEMS)
    bounded = contacts.with_columns(least=wait - offered, most=wait + answered)
    # Nobody was answered before having asked: of one day, the least wait is none.
    vague = whole_day(contacts, "offered") | whole_day(contacts, "answered")
    none = vague & (nw.col("least") < 0)
    return bounded.with_columns(least=nw.when(none).then(nw.lit(0)).otherwise(nw.col("least")))


def _untold(answered: nw.LazyFrame[Any], undecided: nw.Expr) -> str:
    """Return why waits cannot be told where most lie between days without times; empty where they can."""
    open_days = known(answered, undecided)
    if 2 * open_days.meeting <= open_days.n:
        return ""
    columns = " and ".join(f"interactions.{stem}" for stem in _STEMS if holds_days(answered, stem))
    return (
        f"days without times stand in {columns}: no wait is said by {open_days.meeting:,} of "
        f"{counted(open_days.n, 'answered contact')}"
    )
