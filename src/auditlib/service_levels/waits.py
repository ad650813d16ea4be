"""Contacts as waits: what became of them, and between which limits they waited.

The one form that single contacts and interval counts share. A single contact waited so long, or somewhere
between two days without times; contacts that an interval counts as answered within 20 seconds waited between
0 and 20. Columns: the unit and the local day of the offer, ``left`` (a sum of `LEFT_BITS`: all that may have
become of them), ``least`` and ``most`` (microseconds), and of counts ``contacts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from auditlib.service_levels.completed import SHARES_IN_TIME, completed
from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.definitions import ClockStart, Left
from auditlib.standards.whole_days import beyond, whole_day

if TYPE_CHECKING:
    import narwhals as nw

SECOND = 1_000_000
FOREVER = 1 << 60
"""Microseconds that nobody waits: the most of a wait of which no end is known."""
LEFT_BITS = MappingProxyType({left: 1 << place for place, left in enumerate(Left)})
_ANSWERED, _ABANDONED = LEFT_BITS[Left.ANSWERED], LEFT_BITS[Left.ABANDONED]
_FLOWED_OUT, _WAITING = LEFT_BITS[Left.FLOWED_OUT], LEFT_BITS[Left.WAITING]
QUEUE = "queue"
"""Where contacts were offered besides, if evidence says it: an interval is of one queue of a unit."""
PLACE = ("unit_id", "channel", "day", "second")
"""Where and when contacts were offered: the unit, the channel, the local day and its second."""
_COLUMNS = (*PLACE, "left", "least", "most")


@dataclass(frozen=True, slots=True)
class Waits:
    """Contacts as waits, each contact in one part.

    Parameters
    ----------
    parts
        Tables of waits: single contacts, one row each, and counts, with the ``contacts`` of each row.
    """

    parts: tuple[nw.LazyFrame[Any], ...]

    def filter(self, *predicates: nw.Expr) -> Self:
        """Return the waits of which all predicates hold."""
        return type(self)(tuple(part.filter(*predicates) for part in self.parts))


def waits_of_contacts(
    contacts: nw.LazyFrame[Any], *, clock: ClockStart = ClockStart.OFFERED
) -> nw.LazyFrame[Any]:
    """Return single contacts, rows of ``interactions``, as waits.

    Parameters
    ----------
    clock
        From when a contact waits. Without an arrival nothing is known of a wait from the arrival.
    """
    import narwhals as nw

    start = str(clock)
    answered = ~nw.col("answered_at").is_null()
    until = nw.when(answered).then(nw.col("answered_at")).otherwise(nw.col("ended_at"))
    ends_whole = (answered & whole_day(contacts, "answered")) | (~answered & whole_day(contacts, "ended"))
    wait = until - nw.col(f"{start}_at")
    bounded = contacts.with_columns(
        left=_left(contacts, answered),
        least=wait - beyond(whole_day(contacts, start)),
        most=wait + beyond(ends_whole),
        day=nw.col("offered_day").cast(nw.Int64),
        second=nw.col("offered_second").cast(nw.Int64),
    )
    # A contact that names no channel may be one of this, and then may have become anything.
    unknown = nw.col("most").is_null() | nw.col("channel").is_null()
    # Nobody left the queue before having joined it: of one day, the least wait is none.
    none = unknown | (nw.col("least") < 0)
    return bounded.with_columns(
        least=nw.when(none).then(nw.lit(0)).otherwise(nw.col("least")),
        most=nw.when(unknown).then(nw.lit(FOREVER)).otherwise(nw.col("most")),
        left=nw.col("left").cast(nw.Int64),
    ).select(*_COLUMNS, *([QUEUE] if QUEUE in contacts.collect_schema().names() else []))


def _left(contacts: nw.LazyFrame[Any], answered: nw.Expr) -> nw.Expr:
    """Return what may have become of a contact: what no column says, it may have been."""
    import narwhals as nw

    gave_up, neither = nw.col("abandoned"), _neither(contacts)
    nameless = nw.when(nw.col("channel").is_null()).then(nw.lit(sum(LEFT_BITS.values())))
    both = nameless.when(contradictory()).then(nw.lit(_ANSWERED + _ABANDONED))
    ended = both.when(answered).then(nw.lit(_ANSWERED)).when(gave_up).then(nw.lit(_ABANDONED))
    return ended.when(~gave_up).then(neither).otherwise(neither + nw.lit(_ABANDONED))


def _neither(contacts: nw.LazyFrame[Any]) -> nw.Expr:
    """Return what became of a contact that was neither answered nor given up."""
    import narwhals as nw

    either = nw.lit(_FLOWED_OUT + _WAITING)
    if "flowed_out" not in contacts.collect_schema().names():
        return either
    passed = nw.col("flowed_out")
    told = nw.when(passed).then(nw.lit(_FLOWED_OUT)).when(~passed).then(nw.lit(_WAITING))
    return told.otherwise(either)


def waits_of_counts(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return interval counts, rows of ``interval_counts``, as waits.

    What an interval does not say leaves its contacts open. Contacts handed on to the next interval make the
    rest of one negative and that of another larger: only over many intervals does it say anything. Where more
    of a queue went nowhere than can wait (``astray``), the rest may have become anything.
    """
    import narwhals as nw

    rows = _with_limits(completed(intervals))
    names = rows.collect_schema().names()
    answered = _answered(rounded=any(share in names for share in SHARES_IN_TIME))
    blocks = (*answered, *_abandoned(), *_rest(astray="astray" in names))
    return nw.concat([block.of(rows) for block in blocks])


@dataclass(frozen=True, slots=True)
class _Block:
    """Contacts of an interval that became the same and waited between the same limits."""

    left: nw.Expr
    contacts: nw.Expr
    least: nw.Expr
    most: nw.Expr

    def of(self, rows: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
        import narwhals as nw

        block = rows.select(
            "unit_id",
            "channel",
            QUEUE,
            day=nw.col("starts_day").cast(nw.Int64),
            second=nw.col("starts_second").cast(nw.Int64),
            left=self.left,
            least=self.least,
            most=self.most,
            contacts=self.contacts,
        ).with_columns(nw.col("left", "least", "most", "contacts").cast(nw.Int64))
        return block.filter(nw.col("contacts") != 0)


def waits_of_doubted(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return interval counts that cannot be true as waits: so many were offered, and no more is known."""
    import narwhals as nw

    return _Block(nw.lit(sum(LEFT_BITS.values())), nw.col("offered"), nw.lit(0), nw.lit(FOREVER)).of(
        intervals
    )


def _with_limits(intervals: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add the limits of the counts, in microseconds."""
    limits = {"limit": "within", "brief": "short"}
    return intervals.with_columns(**{name: _limit(intervals, stem) for name, stem in limits.items()})


def _limit(intervals: nw.LazyFrame[Any], stem: str) -> nw.Expr:
    """Return the longest wait that counts as within a limit: a wait of exactly the limit may not."""
    import narwhals as nw

    limit = nw.col(f"{stem}_seconds").cast(nw.Int64) * SECOND
    inclusive = f"{stem}_inclusive"
    if inclusive not in intervals.collect_schema().names():
        return limit
    return nw.when(~nw.col(inclusive).fill_null(value=True)).then(limit - 1).otherwise(limit)


def _answered(*, rounded: bool) -> tuple[_Block, ...]:
    """Answered within the limit of the counts, and later; all of them anyhow where no limit is said.

    Those that a rounded share leaves open were answered within it or later.
    """
    import narwhals as nw

    answered, limit, any_wait = nw.col("answered"), nw.col("limit"), nw.lit(FOREVER)
    quick, most = (
        nw.when(~limit.is_null()).then(nw.col(f"answered_in_time_{end}")) for end in ("least", "most")
    )
    left = nw.lit(_ANSWERED)
    late = (answered - most.fill_null(0)).fill_null(0)
    after = nw.when(~most.is_null()).then(limit + 1).otherwise(nw.lit(0))
    blocks = (_Block(left, quick.fill_null(0), nw.lit(0), limit), _Block(left, late, after, any_wait))
    either = nw.when(~answered.is_null()).then(most - quick).otherwise(nw.lit(0)).fill_null(0)
    return (*blocks, _Block(left, either, nw.lit(0), any_wait)) if rounded else blocks


def _abandoned() -> tuple[_Block, ...]:
    """Given up up to the first limit the counts know, between the two, and after the last."""
    import narwhals as nw

    abandoned, limit, brief = nw.col("abandoned_least"), nw.col("limit"), nw.col("brief")
    in_time = nw.when(~(limit.is_null() | abandoned.is_null())).then(nw.col("abandoned_in_time"))
    short = nw.when(~(brief.is_null() | abandoned.is_null())).then(nw.col("abandoned_short"))
    both = ~(in_time.is_null() | short.is_null())
    short_first = in_time.is_null() | (brief <= limit)
    first = nw.when(short.is_null()).then(in_time).when(short_first).then(short).otherwise(in_time)
    first_limit = nw.when(short.is_null()).then(limit).when(short_first).then(brief).otherwise(limit)
    last = nw.when(~both).then(first).when(short_first).then(in_time).otherwise(short)
    last_limit = nw.when(~both).then(first_limit).when(short_first).then(limit).otherwise(brief)
    after = nw.when(~last.is_null()).then(last_limit + 1).otherwise(nw.lit(0))
    left = nw.lit(_ABANDONED)
    return (
        _Block(left, first.fill_null(0), nw.lit(0), first_limit),
        _Block(left, (last - first).fill_null(0), first_limit + 1, last_limit),
        _Block(left, abandoned.fill_null(0) - last.fill_null(0), after, nw.lit(FOREVER)),
    )


def _rest(*, astray: bool) -> tuple[_Block, ...]:
    """Flowed out, where counted; given up or not, by how a share was rounded; and all else offered."""
    import narwhals as nw

    quick = nw.when(~nw.col("limit").is_null()).then(nw.col("answered_in_time_least"))
    answered, passed = nw.col("answered"), nw.col("flowed_out")
    least, most = nw.col("abandoned_least"), nw.col("abandoned_most")
    counted = nw.when(answered.is_null()).then(quick).otherwise(answered)
    rounded = (most - least).fill_null(0)
    rest = nw.col("offered") - counted.fill_null(0) - most.fill_null(0) - passed.fill_null(0)
    left = nw.lit(_WAITING)
    for column, bit in ((answered, _ANSWERED), (least, _ABANDONED), (passed, _FLOWED_OUT)):
        left = left + nw.when(column.is_null()).then(nw.lit(bit)).otherwise(nw.lit(0))
    if astray:
        left = nw.when(nw.col("astray")).then(nw.lit(sum(LEFT_BITS.values()))).otherwise(left)
    none, any_wait = nw.lit(0), nw.lit(FOREVER)
    return (
        _Block(nw.lit(_FLOWED_OUT), passed.fill_null(0), none, any_wait),
        _Block(left + nw.lit(_ABANDONED), rounded, none, any_wait),
        _Block(left, rest, none, any_wait),
    )
