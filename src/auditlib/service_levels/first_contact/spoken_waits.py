"""What customers say, beside the wait of the contact they speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.records import Item
from auditlib.service_levels.contradictory import contradictory
from auditlib.service_levels.first_contact.matters import contact_of_leg, legs_of, with_every_column
from auditlib.service_levels.legs import CONTACT, joined_legs
from auditlib.standards.observed import counts_by
from auditlib.standards.whole_days import whole_day
from auditlib.time.epoch import SECOND

if TYPE_CHECKING:
    import narwhals as nw

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LinkedAnswers:
    """Responses of the period that say which contact they are about.

    Parameters
    ----------
    responses
        All of the period.
    linked
        Those that name a contact of the evidence, by survey type and channel.
    """

    responses: int
    linked: dict[tuple[str, str], int]

    @property
    def contacts(self) -> int:
        """Responses that name a contact of the evidence."""
        return sum(self.linked.values())

    def most(self, channel: str) -> tuple[str, str] | None:
        """Return the survey type and channel with the most; of one channel where it is named."""
        pairs = {pair: count for pair, count in self.linked.items() if pair[1] == channel or not channel}
        named = {pair: count for pair, count in pairs.items() if pair[1]}
        return max(sorted(named), key=lambda pair: named[pair]) if named else None


@dataclass(frozen=True, slots=True, eq=False)
class ScoresOfItem:
    """Answers to one item, by row of `WaitScores`: how many, how many in the top box, and their sum.

    Parameters
    ----------
    steps
        Sum of the scores in steps of the scale above its lowest score: exact.
    """

    item: Item
    answers: Ints
    top: Ints
    steps: Ints

    def mean(self, rows: NDArray[np.bool_]) -> float | None:
        """Return the mean score of chosen rows on the scale of the item; None where nobody answered."""
        n, scale = self.answers[rows].sum(), self.item.scale
        return None if n == 0 else float(scale.low + scale.step * self.steps[rows].sum() / n)


@dataclass(frozen=True, slots=True, eq=False)
class WaitScores:
    """Answers by unit, day and wait.

    Parameters
    ----------
    unit, cluster
        Places of units, and of their days, from 0, shape (rows,).
    seconds
        Waited, from the offer to the answer.
    headline, speed
        What was answered; `speed` is None where no item about it is declared.
    unanswered, vague, contradictory
        Linked responses on contacts that were never answered, known by days without times, or said to be both
        answered and given up.
    """

    unit: Ints
    cluster: Ints
    seconds: Ints
    headline: ScoresOfItem
    speed: ScoresOfItem | None
    unanswered: int
    vague: int
    contradictory: int


def linked_answers(tables: CanonicalTables) -> LinkedAnswers:
    """Count the responses that name a contact."""
    import narwhals as nw

    responses = tables.lazy("responses").filter(nw.col("in_period"))
    waits = _waits(tables.lazy("interactions")).select("interaction_id", contact_channel=nw.col("channel"))
    linked = counts_by(
        responses.select("interaction_id", "survey_type").join(waits, on="interaction_id", how="inner"),
        "survey_type",
        "contact_channel",
    )
    return LinkedAnswers(
        rows_in(responses), {(str(survey), str(name or "")): n for (survey, name), n in linked.items()}
    )


def wait_scores(
    tables: CanonicalTables, *, survey_type: str, channel: str, headline: Item, speed: Item | None
) -> WaitScores:
    """Return answers of one survey type about the contacts of one channel, by their wait."""
    import narwhals as nw

    items = [headline, *([speed] if speed else [])]
    responses = tables.lazy("responses").filter(nw.col("in_period"), nw.col("survey_type") == survey_type)
    waits = _waits(tables.lazy("interactions")).filter(nw.col("channel") == channel)
    linked = responses.select("interaction_id", *dict.fromkeys(item.item for item in items)).join(
        waits, on="interaction_id", how="inner"
    )
    usable = ~nw.col("wait").is_null() & ~nw.col("vague")
    sums = {name: expression for item in items for name, expression in _sums(item).items()}
    rows = (
        linked.filter(usable)
        .with_columns(seconds=nw.col("wait") // SECOND, **sums)
        .group_by("unit_id", "day", "seconds")
        .agg(*(nw.col(name).sum() for name in sums))
        .sort("unit_id", "day", "seconds")
        .collect()
    )
    column = {name: rows.get_column(name).to_numpy() for name in ("day", "seconds", *sums)}
    unit = np.unique(np.array(rows.get_column("unit_id").to_list(), dtype=str), return_inverse=True)[1]
    day = column["day"].astype(np.int64)
    span = int(day.max() - day.min() + 1) if len(day) else 1
    cluster = np.unique(unit * span + day - (day.min() if len(day) else 0), return_inverse=True)[1]
    scored = {
        item.item: ScoresOfItem(item, *(column[f"{part}_{item.item}"].astype(np.int64) for part in _PARTS))
        for item in items
    }
    return WaitScores(
        unit.astype(np.int64),
        cluster.astype(np.int64),
        column["seconds"].astype(np.int64),
        scored[headline.item],
        scored[speed.item] if speed else None,
        rows_in(linked.filter(nw.col("wait").is_null(), ~nw.col("both"))),
        rows_in(linked.filter(~nw.col("wait").is_null(), nw.col("vague"))),
        rows_in(linked.filter(nw.col("both"))),
    )


_PARTS = ("answers", "top", "steps")


def _sums(item: Item) -> dict[str, nw.Expr]:
    """Return what is added up of an item: answers, those in the top box, and steps above the lowest score."""
    import narwhals as nw

    score, scale = nw.col(item.item), item.scale
    valid = ~score.is_null()
    steps = ((score - scale.low) / scale.step).round().cast(nw.Int64)
    return {
        f"answers_{item.item}": valid.cast(nw.Int64),
        f"top_{item.item}": (score >= scale.top_box).fill_null(value=False).cast(nw.Int64),
        f"steps_{item.item}": steps.fill_null(0),
    }


def _waits(interactions: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return for each leg the wait of its contact, with the unit, the channel and the day of that.

    Where a contact is said to be both answered and given up, ``both``, nobody knows what the wait was.
    """
    import narwhals as nw

    contacts = with_every_column(joined_legs(interactions))
    waits = contacts.select(
        "interaction_id",
        "unit_id",
        "channel",
        contact=contact_of_leg(),
        both=contradictory(),
        day=nw.col("offered_day").cast(nw.Int64),
        vague=whole_day(interactions, "offered") | whole_day(interactions, "answered"),
        wait=nw.when(~contradictory()).then(nw.col("answered_at") - nw.col("offered_at")),
    )
    if CONTACT not in interactions.collect_schema().names():
        return waits.drop("contact")
    legs = legs_of(interactions)
    return legs.join(waits.drop("interaction_id"), on="contact", how="inner").drop("contact")
