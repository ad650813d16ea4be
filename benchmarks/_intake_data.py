"""Responses made up for the measurement of intake, in each form in which clients send them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

ITEMS = ("q_overall", "q_resolution", "q_speed", "q_courtesy", "q_knowledge")
COLUMNS = (
    "response_id", "invitation_id", "survey_type", "unit_id", "customer_id", "channel", "submitted",
)  # fmt: skip
SURVEY_TYPES = ("transactional", "relationship")
AS_OF = "2026-01-01 00:00:00"
ZONE = "Europe/Berlin"
UNITS = 200
FORMS = ("csv", "parquet", "native")
"""Delimited text; Parquet that holds text only; Parquet as clients send it, each column in its own type."""

_CHUNK = 500_000
_DAYS = 1095
_BROKEN = 20
_CODED = ("survey_type", "unit_id", "channel")


def file_of(folder: Path, form: str) -> Path:
    """Return the file of responses in a folder."""
    return folder / f"responses.{'csv' if form == 'csv' else 'parquet'}"


def generate(folder: Path, rows: int, form: str) -> None:
    """Write ``responses`` in the wanted form and ``units.csv``; a few rows are broken in every way."""
    units = "unit_id,time_zone\n" + "".join(f"{unit:03d},{ZONE}\n" for unit in range(UNITS))
    (folder / "units.csv").write_text(units, encoding="utf-8")
    write = _generate_csv if form == "csv" else _generate_parquet
    write(file_of(folder, form), rows, native=form == "native")


def _generate_csv(path: Path, rows: int, *, native: bool) -> None:
    import pyarrow as pa
    from pyarrow import csv

    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as stream:
        for start in range(0, rows, _CHUNK):
            table = _chunk(start, min(_CHUNK, rows - start), rows, native=native)
            if start == 0:
                stream.write((",".join(table.column_names) + "\n").encode())
            buffer = pa.BufferOutputStream()
            csv.write_csv(table, buffer, options)
            stream.write(buffer.getvalue())
            if start == 0:
                stream.writelines(b"one,field,short\n" for _ in range(_BROKEN))


def _generate_parquet(path: Path, rows: int, *, native: bool) -> None:
    from pyarrow import parquet

    first = _chunk(0, 1, rows, native=native)
    with parquet.ParquetWriter(path, first.schema, compression="snappy") as writer:
        for start in range(0, rows, _CHUNK):
            writer.write_table(_chunk(start, min(_CHUNK, rows - start), rows, native=native))


def _chunk(start: int, count: int, rows: int, *, native: bool) -> pa.Table:
    """Return some rows; every so often one is broken, in each of six ways in turn."""
    import numpy as np
    import pyarrow as pa

    number = np.arange(start, start + count, dtype=np.int64)
    mixed = (number * 2654435761) % (1 << 32)
    every = rows // (6 * _BROKEN) or 1
    way = np.where(number % every == 7, (number // every) % 6, -1)
    units = [*(f"{unit:03d}" for unit in range(UNITS)), "999"]
    made = {
        "response_id": _ids("R", np.where(way == 0, 0, number), 9),
        "invitation_id": _ids("I", number, 9),
        "survey_type": _codes((number % 3 == 0).astype(np.int64), SURVEY_TYPES),
        "unit_id": _codes(np.where(way == 1, UNITS, (mixed >> 7) % UNITS), units),
        "customer_id": _ids("C", mixed % 300_000, 6),
        "channel": _codes(number % 3, ("phone", "mail", "chat")),
    }
    if not native:
        made |= {name: made[name].cast(pa.string()) for name in _CODED}
    made["submitted"] = _instants(mixed, way, native=native)
    made |= {item: _scores(mixed, way, place, native=native) for place, item in enumerate(ITEMS)}
    if native:
        made["anonymous"] = pa.array(number % 10 == 0)
    return pa.table(made)


def _ids(letter: str, numbers: Any, width: int) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def _codes(places: Any, codes: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int32()), list(codes))


def _instants(mixed: Any, way: Any, *, native: bool) -> pa.Array:
    """Return instants; the native form cannot hold a day that no calendar has, and holds none instead."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    seconds = (mixed * 7919) % (_DAYS * 86_400)
    instant = np.datetime64("2023-01-01T00:00:00") + seconds.astype("timedelta64[s]")
    instant[way == 3] = np.datetime64("2026-02-01T10:00:00")
    if native:
        return pa.array(instant.astype("datetime64[us]"), pa.timestamp("us"), mask=way == 2)
    return pc.if_else(way == 2, "2023-02-30 10:00:00", pa.array(instant).cast(pa.string()))


def _scores(mixed: Any, way: Any, place: int, *, native: bool) -> pa.Array:
    """Return the scores of an item; text can hold words where a score belongs, integers but other numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    score = 1 + (mixed >> place) % 5
    score[(way == 4) & (place == 0)] = 9
    score[(way == 5) & (place == 2)] = -1
    if native:
        return pa.array(score, pa.int16())
    return pc.if_else(score == -1, "very good", pa.array(score).cast(pa.string()))
