"""Silences around contacts, from contacts in order: what `matters.with_silences` says, at half its price.

The database sorts once and spills what does not fit; batches come in the order of customers and matters, so
that neighbours are one row apart and no window over text is needed. A test holds both to the same silences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.contracts.frames import batches
from auditlib.service_levels.coded_sums import Whole

if TYPE_CHECKING:
    import narwhals as nw
    import pyarrow as pa

NONE = 1 << 60
"""Silence where there is no contact before, or none after: it exceeds any other."""


def contacts_with_silences(contacts: nw.LazyFrame[Any], by: Sequence[str]) -> Iterator[pa.Table]:
    """Yield contacts in their order, with ``since`` and ``until_next``; `NONE` where there is no other.

    Parameters
    ----------
    contacts
        With the columns of `by`, ``offered_at``, ``starts_at`` and ``interaction_id``.
    by
        What contacts about the same matter have in common.
    """
    waiting: pa.Table | None = None
    for rows in batches(contacts.sort(*by, "offered_at", "interaction_id")):
        joined = rows if waiting is None else _joined(waiting, rows)
        last = int(np.flatnonzero(_begins(joined, by))[-1])
        # The next batch may go on with the last matter of this one.
        waiting = joined.slice(last)
        if last:
            yield _with_silences(joined.slice(0, last), by)
    if waiting is not None:
        yield _with_silences(waiting, by)


def _joined(first: pa.Table, second: pa.Table) -> pa.Table:
    import pyarrow as pa

    return pa.concat_tables([first, second])


def _begins(rows: pa.Table, by: Sequence[str]) -> NDArray[np.bool_]:
    """Return which rows are the first of their matter."""
    import pyarrow.compute as pc

    begins = np.ones(rows.num_rows, dtype=bool)
    begins[1:] = False
    for name in by:
        names = rows[name].combine_chunks()
        begins[1:] |= pc.not_equal(names[1:], names[:-1]).to_numpy(zero_copy_only=False)
    return begins


def _with_silences(rows: pa.Table, by: Sequence[str]) -> pa.Table:
    begins = _begins(rows, by)
    offered, starts = (rows[name].to_numpy() for name in ("offered_at", "starts_at"))
    since, until_next = (np.full(len(begins), NONE) for _ in range(2))
    again = np.flatnonzero(~begins)
    since[again] = offered[again] - _latest(starts, begins)[again - 1]
    until_next[again - 1] = offered[again] - starts[again - 1]
    return rows.append_column("since", [since]).append_column("until_next", [until_next])


def _latest(starts: Whole, begins: NDArray[np.bool_]) -> Whole:
    """Return the latest start among a contact and those before it about the same matter."""
    place = np.arange(len(starts))
    place -= np.maximum.accumulate(np.where(begins, place, 0))
    latest, step = starts.copy(), 1
    behind = np.flatnonzero(place >= step)
    while len(behind):
        # Each holds the latest of `step` contacts up to itself; twice as many with those before them.
        latest[behind] = np.maximum(latest[behind], latest[behind - step])
        step *= 2
        behind = behind[place[behind] >= step]
    return latest
