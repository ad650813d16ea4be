"""What large files need: ids that occur again are found on the disk, and nothing is done that need not be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.evidence import columnar, duplicates, key_registers
from auditlib.evidence.cell_text import may_be_padded
from auditlib.evidence.duplicates import PLACES, Identities, Marker, identities
from auditlib.evidence.engine import connect
from auditlib.evidence.parquet_files import without


def rows_of(keys: list[str | None], contents: list[int], *, first: int, marks: list[int]) -> pa.Table:
    lines = pa.chunked_array([pa.array(range(first, first + len(keys)), pa.int64())])
    hashes = pa.table({"mark": pa.array(marks, pa.uint64()), "content": pa.array(contents, pa.uint64())})
    return identities(1, lines, pa.chunked_array([pa.array(keys, pa.string())]), hashes)


def expected(keys: list[str | None], contents: list[int]) -> list[tuple[int, bool]]:
    """Return line and kind of every row at fault, by comparing all with all."""
    found = []
    for at, key in enumerate(keys):
        same = [other for other, each in enumerate(keys) if each == key]
        identical = any(other < at and contents[other] == contents[at] for other in same)
        if key is not None and (identical or len({contents[other] for other in same}) > 1):
            found.append((at + 1, identical))
    return found


CELLS = st.tuples(st.sampled_from(["a", "b", "c", "d", "e", "f", None]), st.integers(0, 1))


@pytest.mark.parametrize("most", [2, 1_000_000])
@given(cells=st.lists(CELLS, min_size=1, max_size=30), shared=st.booleans())
def test_repeated_ids_are_those_that_comparing_all_rows_finds(
    most: int, cells: list[tuple[str | None, int]], shared: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two ids may share a hash: they are told apart by themselves."""
    keys, contents = [key for key, _ in cells], [content for _, content in cells]
    spread = np.uint64(1 << 61)
    marks = [
        0 if key is None else int(np.uint64(ord(key) // (2 if shared else 1) % 8) * spread) for key in keys
    ]
    folder = tmp_path_factory.mktemp("ids")
    with pytest.MonkeyPatch.context() as patch, connect(folder, threads=1) as connection:
        patch.setattr(duplicates, "_PER_PARTITION", most)
        store, half = Identities(connection, folder), len(keys) // 2
        store.add(rows_of(keys[:half], contents[:half], first=1, marks=marks[:half]))
        store.add(rows_of(keys[half:], contents[half:], first=1 + half, marks=marks[half:]))
        again = store.repeated()
        store.close()
        assert not list(folder.glob("*.arrow"))
    found = [
        (place - PLACES, same)
        for place, same in zip(
            *map(pa.ChunkedArray.to_pylist, (again["place"], again["identical"])), strict=True
        )
    ]
    assert found == expected(keys, contents)


def test_a_register_of_its_own_goes_before_what_an_export_names(tmp_path: Path) -> None:
    with connect(tmp_path, threads=1) as connection:
        store = Identities(connection, tmp_path)
        store.add(rows_of(["a", "b"], [1, 2], first=1, marks=[1, 2]))
        key_registers.create(connection)
        assert key_registers.named_again(connection, store).to_pylist() == []
        connection.execute("INSERT INTO named VALUES (10, 'b'), (11, 'c'), (12, 'c')")
        assert key_registers.named_again(connection, store).to_pylist() == [10, 12]
        assert store.repeated().num_rows == 0
        store.close()


def test_rows_known_by_look_up_get_the_hashes_of_the_exact_query(tmp_path: Path) -> None:
    with connect(tmp_path, threads=1) as connection:
        marker = Marker(connection, 2, 2)
        columns = {"s0": ["a", None], "s1": ["x", "y"], "combined": pa.array([7, 8], pa.uint64())}
        rows = pa.table({"source_line": pa.array([4, 5], pa.int64()), "key": ["a", None], **columns})
        marked = marker.marked(rows)
        marker.close()
        one, content = connection.execute("SELECT hash('a'), hash('a', 'x', 7::UBIGINT)").fetchall()[0]
    assert marked["place"].to_pylist() == [2 * PLACES + 4, 2 * PLACES + 5]
    assert (marked["mark"][0].as_py(), marked["content"][0].as_py()) == (one, content)


@given(
    st.lists(st.none() | st.text(alphabet="a \t\u00a0\u3000é!~\x7f", max_size=4), max_size=8),
    st.integers(0, 2),
)
def test_no_cell_with_a_blank_at_its_edge_is_passed_over(cells: list[str | None], start: int) -> None:
    column = pa.array(cells, pa.string()).slice(min(start, len(cells)))
    if not pc.utf8_trim_whitespace(column).equals(column):
        assert may_be_padded(column)
    if all(cell is None or (cell.isascii() and cell.strip(" \t\x7f") == cell) for cell in column.to_pylist()):
        assert not may_be_padded(column)


@pytest.mark.parametrize("gone", [[], [0], [9], [0, 1, 9], list(range(10))])
@pytest.mark.parametrize("few", [2, 64])
def test_rows_are_left_out_by_runs_as_one_by_one(
    gone: list[int], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditlib.evidence.parquet_files._FEW", few)
    rows = pa.table({"n": list(range(10))})
    kept = without(rows, np.array(gone, dtype=np.int64))
    assert kept["n"].to_pylist() == [number for number in range(10) if number not in gone]


def test_dictionaries_of_numbers_and_instants_never_become_text() -> None:
    instants = pa.array([0, 1, 0], pa.timestamp("us")).dictionary_encode()
    numbers = pa.array([5, 4, 5], pa.int8()).dictionary_encode()
    words = pa.array(["a", "b", "a"]).dictionary_encode()
    table = pa.table({"when": instants, "score": numbers, "unit": words, "id": words})
    plain = columnar._plain(table, frozenset({"unit"}))
    assert plain.schema.types == [pa.timestamp("us"), pa.int8(), words.type, pa.string()]
    assert plain["score"].to_pylist() == [5, 4, 5]
