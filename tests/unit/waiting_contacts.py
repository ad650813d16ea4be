"""Contacts by hand: when they were offered, how long they waited, what became of them."""

from __future__ import annotations

from typing import Any

from auditlib.contracts import WHOLE_DAY

SECOND, DAY_SECONDS = 1_000_000, 86_400
FIRST = 19_723
"""2024-01-01 as days since 1970."""


def contact(
    name: str,
    second: int,
    *,
    day: int = 0,
    wait: int | None = None,
    handle: int | None = None,
    left: int | None = None,
    gave_up: bool | None = False,
    **more: Any,
) -> dict[str, Any]:
    """Return a contact offered at a second of a day: answered after `wait`, or gone after `left`.

    Parameters
    ----------
    wait, handle
        Seconds until the answer, None where there is none; and from it to the end.
    left
        Seconds until a contact never answered ended.
    """
    offered = (FIRST + day) * DAY_SECONDS + second
    answered = None if wait is None else offered + wait
    ended = None if left is None else offered + left
    if answered is not None and handle is not None:
        ended = answered + handle
    times = {"offered": offered, "answered": answered, "ended": ended}
    row = {
        f"{stem}_{part}": None if at is None else _part(at, part)
        for stem, at in times.items()
        for part in ("at", "day", "second")
    }
    whole = {
        "interaction_id": name,
        "unit_id": "A",
        "channel": "phone",
        "abandoned": gave_up,
        "in_period": True,
    }
    return {**whole, **row, **more}


def _part(at: int, part: str) -> int:
    return {"at": at * SECOND, "day": at // DAY_SECONDS, "second": at % DAY_SECONDS}[part]


def without_time(row: dict[str, Any], stem: str) -> dict[str, Any]:
    """Return a contact of which an instant is known by its day alone."""
    midnight = row[f"{stem}_day"] * DAY_SECONDS * SECOND
    return {**row, f"{stem}_at": midnight, f"{stem}_second": WHOLE_DAY}
