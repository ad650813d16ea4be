"""The hour that comes twice when clocks go back: which of two rows with one local time was the first.

Rows that are told apart by their time alone, such as counts by interval, come in pairs then. Where the run
file says ``in_order``, the first of a pair in the file is the earlier instant and the second the later.
Further rows of the same time are copies of these two, in the same order. Of a row without its pair nobody
knows which hour it counts: it is quarantined as ambiguous.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from auditlib.contracts import timed_key

if TYPE_CHECKING:
    import pyarrow as pa

    from auditlib.evidence.plan import SourcePlan

IN_ORDER = "in_order"
UNPAIRED = (
    "clocks were put back: this local time came twice and stands once in this file, so that nobody knows "
    "which of the two hours it counts"
)
"""The rule that a row without its pair breaks."""
TURN = "row__turn"
"""Column of records: 0 for the first of a pair and for every row that is none, 1 for the second."""


def with_first_turn(records: pa.Table) -> pa.Table:
    """Return records as if none were the second of a pair."""
    import numpy as np
    import pyarrow as pa

    return records.append_column(TURN, pa.array(np.zeros(records.num_rows, np.int32)))


def turn_in(schema: pa.Schema) -> list[str]:
    """Return the column of turns, where records have one."""
    return [TURN] if TURN in schema.names else []


def told_apart(key: str, turn: Sequence[str]) -> str:
    """Return a key by which the second of a pair is another row than the first, as an expression."""
    return f"{key} || CASE WHEN {TURN} > 0 THEN chr(31) || {TURN} ELSE '' END" if turn else key


def doubled_flags(plan: SourcePlan) -> list[str]:
    """Return the columns that say of the instants of a key that their local time exists twice."""
    return [f"{name}__double" for name in timed_key(plan.contract)]


def doubled_places(tested: pa.Table, plan: SourcePlan) -> list[int]:
    """Return the positions of judged rows whose key holds a local time that exists twice."""
    import pyarrow.compute as pc

    places: set[int] = set()
    for name in doubled_flags(plan):
        places |= set(pc.indices_nonzero(tested[name].combine_chunks()).to_pylist())
    return sorted(places)


class Turns:
    """Counts how often each row of a source came whose local time exists twice."""

    def __init__(self, plan: SourcePlan) -> None:
        self._plan, self._met = plan, Counter[str]()
        self._unpaired: dict[str, pa.Table] = {}

    def second(self, tested: pa.Table, records: pa.Table) -> list[int]:
        """Return the positions of judged rows, in the order of the file, that are the second of a pair.

        Parameters
        ----------
        tested, records
            The rows as they were judged, and as they were read.
        """
        keys, second = tested["row__key"], list[int]()
        for place in doubled_places(tested, self._plan):
            key = keys[place].as_py()
            if key is None:
                continue
            if self._met[key] % 2:
                second.append(place)
                self._unpaired.pop(key, None)
            elif not self._met[key]:
                self._unpaired[key] = records.take([place])
            self._met[key] += 1
        return second

    def unpaired(self) -> pa.Table | None:
        """Return the records that came without their pair, in the order of the file; None for none."""
        import pyarrow as pa

        records = self._unpaired.values()
        return pa.concat_tables(records).sort_by("source_line") if records else None


def with_second_turn(records: pa.Table, places: Sequence[int]) -> pa.Table:
    """Return records of which those at some places are the second of a pair."""
    import numpy as np
    import pyarrow as pa

    turns = np.zeros(records.num_rows, np.int32)
    turns[list(places)] = 1
    return records.set_column(records.schema.get_field_index(TURN), TURN, pa.array(turns))
