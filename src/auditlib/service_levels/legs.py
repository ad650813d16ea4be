"""Legs of one contact joined: a call that is passed on is one contact of the customer, not several.

Conventions: the legs of a contact are rows that name the same ``contact_id``, in the order of their offers.
The contact is offered with its first leg, by that leg's unit and channel; it is answered with the first
answer of any leg and ends with the last end, which is unknown where that of the last leg is. It was given up
where no leg was answered and the last was given up. A contact with a leg that is said to be both answered and
given up is said to be both: what holds of the leg cannot be known of the contact.

Whether a contact was resolved is what its last leg says that has a mark: who took it over had the matter
last, and a leg without a mark takes none back. Its customer and its matter are those of the first leg that
names any; it is for the first level where no leg is beyond that. It was handed over with every leg that
follows the first that was answered, or where a leg that was answered says so: what flowed on before anybody
answered was passed on by no one who had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlib.service_levels.contradictory import contradictory

if TYPE_CHECKING:
    import narwhals as nw

CONTACT = "contact_id"
KNOWN_UNTIL = "known_until"
"""Column of legs, where whoever joins them adds it: the last instant known of each, and of a contact."""
_OF_THE_LAST = ("abandoned", "flowed_out")
_OF_THE_FIRST_THAT_SAYS = ("customer_id", "matter")
_OF_THE_LAST_THAT_SAYS, _LEAST, _LATEST = ("resolved_first",), ("first_level",), (KNOWN_UNTIL,)
_OF_ANSWERED = ("handed_over",)
_SAID_TOGETHER = (*_OF_THE_FIRST_THAT_SAYS, *_OF_THE_LAST_THAT_SAYS, *_LEAST, *_LATEST, *_OF_ANSWERED)
_FLAGS = ("resolved_first", "first_level", *_OF_ANSWERED)
_PLACES = ("at", "day", "second")


def joined_legs(contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Return contacts, rows of ``interactions``, each of them once.

    With ``hand_overs``: how many legs follow the first that was answered; none where nobody answered.
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
    numbered = _with_what_is_said(legs, columns, order).with_columns(
        leg=nw.col("offered_at").cum_count().over(CONTACT, order_by=order),
        legs=nw.col("offered_at").count().over(CONTACT),
    )
    numbered = numbered.with_columns(
        answering=nw.when(~nw.col("answered_at").is_null()).then(nw.col("leg")).min().over(CONTACT),
        both=contradictory().cast(nw.Int64).max().over(CONTACT),
    )
    last = numbered.filter(nw.col("leg") == nw.col("legs"))
    of_last = [name for name in _OF_THE_LAST if name in columns]
    joint = [name for name in _SAID_TOGETHER if name in columns]
    replaced = [
        *of_last,
        *joint,
        *(name for stem in ("answered", "ended") for name in _instant(stem, columns)),
    ]
    whole = numbered.filter(nw.col("leg") == 1).select(
        *(name for name in columns if name not in replaced),
        *(nw.col(f"said_{name}").alias(name) for name in joint),
        hand_overs=(nw.col("legs") - nw.col("answering")).fill_null(0).cast(nw.Int64),
    )
    for part in (
        last.select(CONTACT, *of_last, "both", last_ended=~nw.col("ended_at").is_null()),
        _outermost(legs, "answered", columns, latest=False),
        _outermost(legs, "ended", columns, latest=True),
    ):
        whole = whole.join(part, on=CONTACT, how="left")
    return whole.with_columns(*_unknown_end(columns), *_never_given_up(columns)).select(
        *columns, "hand_overs"
    )


def _with_what_is_said(legs: nw.LazyFrame[Any], columns: list[str], order: list[str]) -> nw.LazyFrame[Any]:
    """Add to each leg what the legs of its contact say together: ``said_`` and the name of the column."""
    import narwhals as nw

    single = [name for name in (*_OF_THE_FIRST_THAT_SAYS, *_OF_THE_LAST_THAT_SAYS) if name in columns]
    says = {name: (~nw.col(name).is_null()).cast(nw.Int64) for name in single}
    ranked = legs.with_columns(
        **{f"place_{name}": flag.cum_sum().over(CONTACT, order_by=order) for name, flag in says.items()},
        **{f"many_{name}": flag.sum().over(CONTACT) for name, flag in says.items()},
    )
    chosen = {
        name: nw.col(f"place_{name}") == (1 if name in _OF_THE_FIRST_THAT_SAYS else nw.col(f"many_{name}"))
        for name in single
    }
    # A leg that says nothing shares the place of the one before it, and is empty itself.
    together: dict[str, nw.Expr] = {
        name: nw.when(chosen[name]).then(_ordered(name)).max().over(CONTACT) for name in single
    }
    together |= {name: _ordered(name).min().over(CONTACT) for name in _LEAST if name in columns}
    together |= {name: nw.col(name).max().over(CONTACT) for name in _LATEST if name in columns}
    answered = ~nw.col("answered_at").is_null()
    together |= {
        name: nw.when(answered).then(_ordered(name)).max().over(CONTACT)
        for name in _OF_ANSWERED
        if name in columns
    }
    flags = {name: value == 1 for name, value in together.items() if name in _FLAGS}
    return ranked.with_columns(**{f"said_{name}": value for name, value in (together | flags).items()})


def _ordered(name: str) -> nw.Expr:
    """Return a column as what the greatest and the least can be told of: a flag as a number."""
    import narwhals as nw

    return nw.col(name).cast(nw.Int64) if name in _FLAGS else nw.col(name)


def _instant(stem: str, columns: list[str]) -> list[str]:
    return [name for place in _PLACES if (name := f"{stem}_{place}") in columns]


def _outermost(legs: nw.LazyFrame[Any], stem: str, columns: list[str], *, latest: bool) -> nw.LazyFrame[Any]:
    """Return for each contact the first or the last of the instants that its legs have."""
    import narwhals as nw

    at = f"{stem}_at"
    timed = legs.filter(~nw.col(at).is_null())
    place = nw.col(at).cum_count().over(CONTACT, order_by=[at, "interaction_id"])
    wanted = nw.col("many") if latest else nw.lit(1)
    placed = timed.with_columns(place=place, many=nw.col(at).count().over(CONTACT)).filter(
        nw.col("place") == wanted
    )
    return placed.select(CONTACT, *_instant(stem, columns))


def _unknown_end(columns: list[str]) -> list[nw.Expr]:
    import narwhals as nw

    return [
        nw.when(nw.col("last_ended")).then(nw.col(name)).alias(name) for name in _instant("ended", columns)
    ]


def _never_given_up(columns: list[str]) -> list[nw.Expr]:
    """Return that who was answered by any leg did not give up, nor was passed on unanswered.

    Where a leg is said to be contradicting, so is the contact, and whoever counts meets the contradiction.
    """
    import narwhals as nw

    answered, no = ~nw.col("answered_at").is_null(), nw.lit(value=False)
    contradicting = nw.when(nw.col("both") > 0).then(nw.lit(value=True))
    gave_up = contradicting.when(answered).then(no).otherwise(nw.col("abandoned")).alias("abandoned")
    if "flowed_out" not in columns:
        return [gave_up]
    return [gave_up, nw.when(answered).then(no).otherwise(nw.col("flowed_out")).alias("flowed_out")]
