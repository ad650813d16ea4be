"""The checks of intake as an analyst writes them in data frames: pandas, pandas on Arrow, streaming Polars.

Each returns how many rows it kept and quarantined and how many answers it counted, and leaves
``kept.parquet`` and ``quarantine.parquet`` in the folder.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._intake_data import AS_OF, ITEMS, SURVEY_TYPES, ZONE, file_of

if TYPE_CHECKING:
    import pandas as pd

_STAMP = "%Y-%m-%d %H:%M:%S"


def with_pandas(folder: Path, form: str, _threads: int) -> dict[str, int]:
    """Take the file in with plain pandas."""
    import pandas as pd

    path, broken = file_of(folder, form), 0
    if form == "csv":
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, on_bad_lines="skip", engine="c")
        short = frame["submitted"].isna()
        frame, broken = frame[~short], int(short.sum())
    else:
        frame = pd.read_parquet(path)
    return _in_pandas(frame, folder, broken)


def with_arrow(folder: Path, form: str, _threads: int) -> dict[str, int]:
    """Take the file in with pandas on Arrow types."""
    import pandas as pd
    import pyarrow as pa
    from pyarrow import csv, parquet

    path, broken = file_of(folder, form), []

    def skip(row: Any) -> str:
        broken.append(row.text)
        return "skip"

    if form == "csv":
        names = path.open(encoding="utf-8").readline().strip().split(",")
        table = csv.read_csv(
            path,
            parse_options=csv.ParseOptions(invalid_row_handler=skip),
            convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
        )
    else:
        table = parquet.read_table(path)
    frame = table.to_pandas(types_mapper=pd.ArrowDtype, self_destruct=True, split_blocks=True)
    del table
    return _in_pandas(frame, folder, len(broken))


def _in_pandas(frame: pd.DataFrame, folder: Path, broken: int) -> dict[str, int]:
    import pandas as pd

    units = set(pd.read_csv(folder / "units.csv", dtype=str)["unit_id"])
    ids = frame["response_id"]
    repeated = ids.duplicated(keep=False)
    identical = frame[repeated].duplicated(keep="first").reindex(frame.index, fill_value=False)
    contents = frame[repeated].drop_duplicates()["response_id"].value_counts()
    submitted = _instants(frame["submitted"])
    scores = pd.DataFrame({item: _numbers(frame[item]) for item in ITEMS})
    off = pd.Series(data=False, index=frame.index)
    for item in ITEMS:
        off |= (
            scores[item].isna() & frame[item].notna() & (frame[item].astype(object) != "")
            if (scores[item].isna().any())
            else False
        )
        off |= scores[item].notna() & ~scores[item].isin([1, 2, 3, 4, 5])
    tests = {
        "scale": off | ~frame["survey_type"].isin(SURVEY_TYPES),
        "future": submitted > pd.Timestamp(AS_OF, tz="UTC"),
        "time": submitted.isna(),
        "unit": ~frame["unit_id"].isin(units),
        "key": ids.isna() | (ids == ""),
        "conflicting": ids.isin(contents[contents > 1].index),
        "identical": identical,
    }
    reason = pd.Series("", index=frame.index, dtype="str")
    for name, faulty in tests.items():
        reason[faulty.fillna(value=False).astype(bool)] = name
    local = submitted.dt.tz_convert(ZONE)
    kept = frame.assign(
        submitted_at=submitted,
        month=local.dt.year * 100 + local.dt.month,
        day=local.dt.tz_localize(None).dt.floor("D"),
        second=local.dt.hour * 3600 + local.dt.minute * 60 + local.dt.second,
        in_period=local.dt.year.between(2023, 2025),
        **{item: scores[item] for item in ITEMS},
    ).drop(columns="submitted")[reason == ""]
    kept.to_parquet(folder / "kept.parquet", compression="zstd")
    bad = frame.assign(reason=reason)[reason != ""]
    bad.to_parquet(folder / "quarantine.parquet")
    within = kept[kept["in_period"]]
    cells = [
        within.groupby(["unit_id", "month", "survey_type", item], observed=True).size() for item in ITEMS
    ]
    return {
        "kept": len(kept),
        "quarantined": len(bad) + broken,
        "n": int(sum(cell.sum() for cell in cells)),
    }


def _instants(column: pd.Series) -> pd.Series:
    import pandas as pd

    if not isinstance(column.dtype, pd.StringDtype) and "string" not in str(column.dtype):
        zoned: pd.Series = column.dt.tz_localize("UTC")
        return zoned
    return pd.to_datetime(column, format=_STAMP, errors="coerce", utc=True)


def _numbers(column: pd.Series) -> pd.Series:
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column.dtype):
        return column
    return pd.to_numeric(column, errors="coerce")


def with_polars(folder: Path, form: str, _threads: int) -> dict[str, int]:
    """Take the file in with Polars, streamed; ids that occur again are looked for in a first pass."""
    pl = _polars()

    read = _scanned(folder, form)
    again = read.group_by("response_id").len().filter(pl.col("len") > 1).select("response_id")
    twice = read.join(again, on="response_id", how="semi").collect(engine="streaming")
    copies, conflicts = _copies(twice.sort("line"))
    judged = _judged(read, folder, form, copies, conflicts)
    kept = judged.filter(pl.col("reason").is_null()).drop("reason", "line", "submitted")
    kept = kept.rename({"at": "submitted_at"})
    bad = judged.filter(pl.col("reason").is_not_null()).select("line", "reason", "response_id")
    cells = [
        kept.filter("in_period")
        .group_by("unit_id", "month", "survey_type", item)
        .len()
        .select(pl.col("len").sum())
        for item in ITEMS
    ]
    done = pl.collect_all(
        [
            kept.sink_parquet(folder / "kept.parquet", compression="zstd", compression_level=1, lazy=True),
            bad.sink_parquet(folder / "quarantine.parquet", lazy=True),
            kept.select(pl.len()),
            bad.select(pl.len()),
            *cells,
        ],
        engine="streaming",
    )
    counts = [int(frame.item()) for frame in done[2:]]
    return {"kept": counts[0], "quarantined": counts[1], "n": sum(counts[2:])}


def _polars() -> Any:
    """Return the library, which the suite's own environment does not have."""
    return import_module("polars")


def _scanned(folder: Path, form: str) -> Any:
    """Return the file with line numbers; a cell without a value is null, as is one that is not there."""
    pl = _polars()

    path = file_of(folder, form)
    if form != "csv":
        return pl.scan_parquet(path, row_index_name="line")
    return pl.scan_csv(path, infer_schema=False, row_index_name="line")


def _copies(twice: Any) -> tuple[Any, Any]:
    """Return the lines of copies, and the ids that have different contents."""
    pl = _polars()

    cells = [name for name in twice.columns if name != "line"]
    copies = twice.filter(pl.int_range(pl.len()).over(cells) > 0)["line"]
    contents = twice.unique(cells).group_by("response_id").len()
    return copies, contents.filter(pl.col("len") > 1)["response_id"]


def _judged(read: Any, folder: Path, form: str, copies: Any, conflicts: Any) -> Any:
    pl = _polars()

    units = pl.read_csv(folder / "units.csv", infer_schema=False)["unit_id"]
    text = form != "native"
    stamp = pl.col("submitted").str.to_datetime(_STAMP, strict=False) if text else pl.col("submitted")
    short = (
        pl.col("submitted").is_null() & pl.col(ITEMS[-1]).is_null() if form == "csv" else pl.lit(value=False)
    )
    score = {
        item: pl.col(item).cast(pl.Float64, strict=False) if text else pl.col(item).cast(pl.Float64)
        for item in ITEMS
    }
    off = [
        (score[item].is_null() & pl.col(item).is_not_null())
        | (score[item].is_not_null() & ~score[item].is_in([1.0, 2.0, 3.0, 4.0, 5.0]))
        for item in ITEMS
    ]
    unit = pl.col("unit_id").cast(pl.String)
    typed = read.with_columns(
        at=stamp,
        reason=pl.when(short).then(pl.lit("fields"))
        .when(pl.col("line").is_in(copies.implode())).then(pl.lit("identical"))
        .when(pl.col("response_id").is_in(conflicts.implode())).then(pl.lit("conflicting"))
        .when(pl.col("response_id").is_null()).then(pl.lit("key"))
        .when(~unit.is_in(units.implode()).fill_null(value=False)).then(pl.lit("unit"))
        .when(stamp.is_null()).then(pl.lit("time"))
        .when(stamp > pl.lit(AS_OF).str.to_datetime(_STAMP)).then(pl.lit("future"))
        .when(pl.any_horizontal(off) | ~pl.col("survey_type").cast(pl.String).is_in(list(SURVEY_TYPES)))
        .then(pl.lit("scale")),
        **score,
    )  # fmt: skip
    local = pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)
    return typed.with_columns(
        month=local.dt.year() * 100 + local.dt.month(),
        day=local.dt.date(),
        second=local.dt.hour().cast(pl.Int32) * 3600
        + local.dt.minute().cast(pl.Int32) * 60
        + local.dt.second(),
        in_period=local.dt.year().is_between(2023, 2025),
    )
