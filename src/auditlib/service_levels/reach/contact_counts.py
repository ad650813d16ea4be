"""Contacts counted by what became of them: how many met something, how many did not, and how many are open.

One form for everything that is a share of contacts: completed at once, given up, handed over, served in the
channel asked for. Everything is counted where the evidence is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.records import Interval, Refusal
from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.legs import joined_legs
from auditlib.statistics.clustered_share import worth_limits
from auditlib.statistics.strata import ClusterSpread, StratumSums

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

TABLE = "interactions"
UNKNOWN = ""
"""Kind of matter, or channel, of contacts that name none."""


class Trait(StrEnum):
    """What contacts may share in, each a share of some of them."""

    AT_ONCE = "at_once"
    GIVEN_UP = "given_up"
    HANDED_OVER = "handed_over"
    BY_CHOICE = "by_choice"


COLUMN = {
    Trait.AT_ONCE: "resolved_first",
    Trait.GIVEN_UP: "abandoned",
    Trait.HANDED_OVER: "handed_over",
    Trait.BY_CHOICE: "preferred_channel",
}
"""The column that says it."""
ASK_FOR = {
    Trait.AT_ONCE: Refusal(
        "No contact says whether it was resolved at once.",
        "Ask for the party's own mark of contacts resolved at once.",
    ),
    Trait.GIVEN_UP: Refusal(
        "No contact says whether the customer gave up waiting.", "Ask which contacts were given up."
    ),
    Trait.HANDED_OVER: Refusal(
        "No contact says whether it was handed over.",
        "Ask which contacts were passed on to somebody else, or for a row for each leg.",
    ),
    Trait.BY_CHOICE: Refusal(
        "No contact says in which channel the customer wished to be served.",
        "Ask for the channel that customers asked for.",
    ),
}

NO_ANSWERED = "No answered contact says it."


@dataclass(frozen=True, slots=True)
class Count:
    """How many contacts have a trait, how many have it or not, and of how many it is not known."""

    meeting: int
    counted: int
    unknown: int

    @property
    def share(self) -> float | None:
        """The share among those of which it is known."""
        return self.meeting / self.counted if self.counted else None

    @property
    def bounds(self) -> tuple[float, float]:
        """The share, whatever those are of which it is not known."""
        everybody = self.counted + self.unknown
        if not everybody:
            return 0.0, 1.0
        return self.meeting / everybody, (self.meeting + self.unknown) / everybody

    def plus(self, further: Count) -> Count:
        """Return both together.

        Examples
        --------
        >>> Count(1, 2, 0).plus(Count(3, 4, 5))
        Count(meeting=4, counted=6, unknown=5)
        """
        return Count(
            self.meeting + further.meeting, self.counted + further.counted, self.unknown + further.unknown
        )


NOBODY = Count(0, 0, 0)


def contacts_of(tables: CanonicalTables) -> nw.LazyFrame[Any] | None:
    """Return the contacts of the period, ``kind`` and ``via`` filled; None where there is no such table.

    Legs of one contact are one; where a leg follows one that was answered, it was handed over, whatever its
    legs say. What flowed on before anybody answered was not.
    """
    import narwhals as nw

    if TABLE not in tables.tables:
        return None
    frame = _with_hand_overs(joined_legs(tables.lazy(TABLE)).filter(nw.col("in_period")))
    matter = nw.col("matter") if "matter" in frame.collect_schema().names() else nw.lit(None, dtype=nw.String)
    return frame.with_columns(
        via=nw.col("channel").fill_null(UNKNOWN),
        kind=matter.fill_null(UNKNOWN),
        day=nw.col("offered_day").cast(nw.Int64),
    )


def _with_hand_overs(contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Add ``handed_over`` of contacts whose legs are known; as it stands where no source has legs."""
    import narwhals as nw

    columns, column = contacts.collect_schema().names(), COLUMN[Trait.HANDED_OVER]
    if "hand_overs" not in columns:
        return contacts
    alone = nw.col(column) if column in columns else nw.lit(value=False)
    passed_on = nw.when(nw.col("hand_overs") > 0).then(nw.lit(value=True)).otherwise(alone)
    return contacts.with_columns(passed_on.alias(column))


def recorded(contacts: nw.LazyFrame[Any], trait: Trait) -> bool:
    """Return whether any contact that a trait is counted among says whether it has it."""
    import narwhals as nw

    column = COLUMN[trait]
    if column not in contacts.collect_schema().names():
        return False
    among, _ = _trait(trait)
    return bool(contacts.filter(among, ~nw.col(column).is_null()).head(1).collect().shape[0])


def counts_by(contacts: nw.LazyFrame[Any], trait: Trait, by: Sequence[str]) -> nw.LazyFrame[Any]:
    """Return ``meeting``, ``counted`` and ``unknown`` by some columns.

    Parameters
    ----------
    by
        Columns without gaps.
    """
    import narwhals as nw

    among, has = _trait(trait)
    kept = contacts.filter(among)
    meeting, unknown = has.fill_null(value=False), has.is_null()
    return (
        kept.with_columns(
            meeting=nw.when(meeting).then(1).otherwise(0), unknown=nw.when(unknown).then(1).otherwise(0)
        )
        .group_by(*by)
        .agg(nw.len().alias("contacts"), nw.col("meeting").sum(), nw.col("unknown").sum())
        .with_columns(counted=nw.col("contacts") - nw.col("unknown"))
        .with_columns(nw.col("meeting", "counted", "unknown").cast(nw.Int64))
        .drop("contacts")
    )


def _trait(trait: Trait) -> tuple[nw.Expr, nw.Expr]:
    """Return among which contacts a trait is counted, and whether a contact has it.

    Of a contact said to be both answered and given up no trait is known: it may belong to those answered.
    """
    import narwhals as nw

    answered, every = ~nw.col("answered_at").is_null(), ~nw.col("via").is_null()
    gave_up = nw.when(answered).then(nw.lit(value=False)).otherwise(nw.col("abandoned"))
    among, has = {
        Trait.AT_ONCE: (answered, nw.col(COLUMN[Trait.AT_ONCE])),
        Trait.HANDED_OVER: (answered, nw.col(COLUMN[Trait.HANDED_OVER])),
        Trait.GIVEN_UP: (every, gave_up),
        Trait.BY_CHOICE: (answered, nw.col("channel") == nw.col(COLUMN[Trait.BY_CHOICE])),
    }[trait]
    return among, nw.when(~contradictory()).then(has)


def counted_by(contacts: nw.LazyFrame[Any], trait: Trait, by: Sequence[str]) -> dict[tuple[str, ...], Count]:
    """Return the counts of a trait by some columns, in the order of these."""
    from auditlib.contracts.frames import to_pandas

    frame = to_pandas(counts_by(contacts, trait, by)).sort_values(list(by))
    keys = zip(*(frame[name].astype(str) for name in by), strict=True)
    rows = zip(frame["meeting"], frame["counted"], frame["unknown"], strict=True)
    return {tuple(key): Count(*map(int, row)) for key, row in zip(keys, rows, strict=True)}


def spreads_by(
    contacts: nw.LazyFrame[Any], trait: Trait, by: str, *, groups: Mapping[str, Count]
) -> dict[str, ClusterSpread]:
    """Return the spread between days of units of the share of each group."""
    import narwhals as nw

    from auditlib.contracts.frames import to_pandas

    meeting, counted = nw.col("meeting"), nw.col("counted")
    rows = to_pandas(
        counts_by(contacts, trait, ("unit_id", "day", by))
        .filter(counted > 0)
        .with_columns(squares=meeting**2, products=meeting * counted, case_squares=counted**2)
        .group_by(by, "unit_id")
        .agg(*(nw.col(name).sum().cast(nw.Int64) for name in _SUMS), clusters=nw.len())
        .sort(by, "unit_id")
    )
    return {
        str(name): _spread_of_share(units, groups[str(name)])
        for name, units in rows.groupby(by, sort=True)
        if str(name) in groups
    }


_SUMS = ("meeting", "counted", "squares", "products", "case_squares")


def _spread_of_share(units: pd.DataFrame, count: Count) -> ClusterSpread:
    """Return the spread of a share from whole numbers, so that it does not depend on the order of days."""
    clusters, meeting, counted, squares, products, case_squares = (
        units[name].to_numpy(np.float64) for name in ("clusters", *_SUMS)
    )
    share, whole = count.share or 0.0, count.counted
    return StratumSums(
        clusters,
        counted,
        (meeting - share * counted) / whole,
        (squares - 2 * share * products + share**2 * case_squares) / whole**2,
        (products - share * case_squares) / whole,
        case_squares,
    ).spread()


def limits(count: Count, spread: ClusterSpread, *, level: float) -> Interval | None:
    """Return Wilson limits of a share over the independent contacts it is worth, whatever the unknown are."""
    share = count.share
    if share is None:
        return None
    low, high = worth_limits(share, spread, float(count.counted), level=level)
    least, most = count.bounds
    return Interval(
        max(0.0, low - (share - least)), min(1.0, high + (most - share)), level, "wilson, unit-days"
    )
