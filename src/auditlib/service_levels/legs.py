"""Legs of one contact joined: a call that is passed on is one contact of the customer, not several.

Conventions: the legs of a contact are rows that name the same ``contact_id``, in the order of their offers.
The contact is offered with its first leg, by that leg's unit and channel; it is answered with the first
answer of any leg and ends with the last end, which is unknown where that of the last leg is. It was given up
where no leg was answered and the last was given up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import narwhals as nw

CONTACT = "contact_id"
_OF_THE_LAST = ("abandoned", "flowed_out", "resolved_first")
_PLACES = ("at", "day", "second")


def joined_legs(contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return contacts, rows of ``interactions``, each of them once, with ``hand_overs``: its legs less one.

    Without a column ``contact_id`` every row is a contact, and rows are returned as they are.
    """
    import narwhals as nw

    columns = contacts.collect_schema().names()
    if CONTACT not in columns:
        return contacts
    alone = nw.col(CONTACT).is_null()
    single = contacts.filter(alone).with_columns(hand_overs=nw.lit(0, dtype=nw.Int64))
    return nw.concat([single.select(*columns, "hand_overs"), _joined(contacts.filter(~alone), columns)])


def _joined(legs: nw.LazyFrame[Any], columns: list[str]) -> nw.LazyFrame[Any]:
    """Return one row for each contact that has legs."""
    import narwhals as nw

    order = ["offered_at", "interaction_id"]
    numbered = legs.with_columns(
        leg=nw.col("offered_at").cum_count().over(CONTACT, order_by=order),
        legs=nw.col("offered_at").count().over(CONTACT),
    )
    last = numbered.filter(nw.col("leg") == nw.col("legs"))
    of_last = [name for name in _OF_THE_LAST if name in columns]
    replaced = [*of_last, *(name for stem in ("answered", "ended") for name in _instant(stem, columns))]
    whole = numbered.filter(nw.col("leg") == 1).select(
        *(name for name in columns if name not in replaced),
        hand_overs=(nw.col("legs") - 1).cast(nw.Int64),
    )
    for part in (
        last.select(CONTACT, *of_last, last_ended=~nw.col("ended_at").is_null()),
        _outermost(legs, "answered", columns, latest=False),
        _outermost(legs, "ended", columns, latest=True),
    ):
        whole = whole.join(part, on=CONTACT, how="left")
    return whole.with_columns(*_unknown_end(columns), *_never_given_up(columns)).select(
        *columns, "hand_overs"
    )


def _instant(stem: str, columns: list[str]) -> list[str]:
    return [name for place in _PLACES if (name := f"{stem}_{place}") in columns]


def _outermost(legs: nw.LazyFrame[Any], stem: str, columns: list[str], *, latest: bool) -> nw.LazyFrame[Any]:
    """Return for each contact the first or the last of the instants that its legs have."""
    import narwhals as nw

    at = f"{stem}_at"
    known = legs.filter(~nw.col(at).is_null())
    place = nw.col(at).cum_count().over(CONTACT, order_by=[at, "interaction_id"])
    wanted = nw.col("many") if latest else nw.lit(1)
    placed = known.with_columns(place=place, many=nw.col(at).count().over(CONTACT)).filter(
        nw.col("place") == wanted
    )
    return placed.select(CONTACT, *_instant(stem, columns))


def _unknown_end(columns: list[str]) -> list[nw.Expr]:
    import narwhals as nw

    return [
        nw.when(nw.col("last_ended")).then(nw.col(name)).alias(name) for name in _instant("ended", columns)
    ]


def _never_given_up(columns: list[str]) -> list[nw.Expr]:
    """Return that who was answered by any leg did not give up, nor was passed on unanswered."""
    import narwhals as nw

    answered = ~nw.col("answered_at").is_null()
    flags = [name for name in ("abandoned", "flowed_out") if name in columns]
    return [nw.when(answered).then(nw.lit(value=False)).otherwise(nw.col(name)).alias(name) for name in flags]
