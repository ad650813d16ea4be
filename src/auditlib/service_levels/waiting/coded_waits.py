"""Single contacts as codes, held between two passes: no database reads and names them twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from auditlib.service_levels.coded_sums import Whole
from auditlib.service_levels.waits import SECOND

if TYPE_CHECKING:
    import pyarrow as pa

UNTIMED = -1
"""Time of a contact of which it is unknown."""
_COLUMNS = np.dtype(
    [
        ("cluster", np.int32),
        ("left", np.int32),
        ("wait", np.int32),
        ("handle", np.int32),
        ("channel", np.int16),
        ("hour", np.int8),
        ("became", np.int8),
    ]
)
_LONGEST = np.iinfo(np.int32).max
"""Seconds of 68 years: what is longer is held as that."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some contacts as arrays, each of shape (contacts,).

    Parameters
    ----------
    channel, unit, cluster
        Codes of the channel, of the unit, and of both with the day.
    became
        Place in `BECAME`.
    times
        By `TIMES`, microseconds of contacts that were answered; `UNTIMED` where unknown.
    left
        Microseconds until any contact left; `UNTIMED` where unknown.
    """

    channel: Whole
    unit: Whole
    day: Whole
    cluster: Whole
    became: Whole
    times: Mapping[str, Whole]
    left: Whole
    rows: pa.Table


class CodedWaits:
    """Contacts with the codes of their place and hour, and times in whole seconds: twenty bytes for each."""

    def __init__(self) -> None:
        self._batches: list[NDArray[Any]] = []

    def add(self, batch: Batch, hour: Whole) -> None:
        """Hold contacts with the code of their hour."""
        rows = np.empty(len(batch.cluster), _COLUMNS)
        rows["cluster"], rows["channel"], rows["became"] = batch.cluster, batch.channel, batch.became
        rows["hour"], rows["left"] = hour, _whole_seconds(batch.left)
        for what, time in batch.times.items():
            rows[what] = _whole_seconds(time)
        self._batches.append(rows)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        """Yield contacts with the columns of `_COLUMNS`, times in whole seconds, `UNTIMED` where unknown."""
        yield from self._batches


def _whole_seconds(time: Whole) -> Whole:
    seconds: Whole = np.minimum(time // SECOND, _LONGEST)
    return seconds
