"""Intake of generated responses beside plain pandas doing the same: wall time and peak memory.

Both read every cell as text, parse, test (units, times, scales), find copies and contradictions, keep
the good rows and the bad ones in Parquet, and count cells. Each measurement is a process of its own.
pandas drops rows with a wrong number of fields without saying where; everything else is the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

ITEMS = ("q_overall", "q_resolution", "q_speed", "q_courtesy", "q_knowledge")
UNITS = 200
CHUNK = 500_000
AS_OF = "2026-01-01 00:00:00"
_SQL_DAYS = 1095
_BROKEN = 20


def main(argv: list[str]) -> None:
    """Measure and print one table."""
    arguments = _arguments(argv)
    if arguments.one:
        _measure_one(arguments.one, Path(arguments.data), arguments.form, arguments.threads)
        return
    print("Intake of generated responses: 12 columns, 5 items; every measurement in its own process")
    heads = "".join(f"{head:>12}" for head in ("kept", "quarantined", "cells n"))
    print(f"{'form':8}{'rows':>12}{'':10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{heads}")
    for rows in arguments.rows:
        for form in arguments.form.split(","):
            with tempfile.TemporaryDirectory(prefix="intake-", dir=arguments.scratch) as folder:
                _compare(Path(folder), rows, form, arguments.threads, pandas=not arguments.without_pandas)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks intake")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--form", default="csv,parquet")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", default=None, help="folder for the generated files")
    parser.add_argument("--without-pandas", action="store_true")
    parser.add_argument("--one", choices=("auditlib", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _compare(folder: Path, rows: int, form: str, threads: int, *, pandas: bool) -> None:
    generate(folder, rows, form)
    measured = {}
    for name in ("auditlib", "pandas")[: 1 + pandas]:
        command = [sys.executable, "-m", "benchmarks", "intake", "--one", name, "--data", str(folder)]
        command += ["--form", form, "--threads", str(threads)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{form:8}{rows:>12,}  {name} failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        measured[name] = found = json.loads(done.stdout.splitlines()[-1])
        times = f"{found['wall']:>9.2f}{found['cpu']:>9.2f}"
        counts = "".join(f"{found[key]:>12,}" for key in ("kept", "quarantined", "n"))
        print(f"{form:8}{rows:>12,}  {name:8}{times}{found['peak']:>9.0f}{counts}", flush=True)
    if len(measured) == 2:
        ours, theirs = measured["auditlib"], measured["pandas"]
        ratios = "".join(f"{ours[key] / theirs[key]:>9.2f}" for key in ("wall", "cpu", "peak"))
        print(f"{form:8}{rows:>12,}  {'ratio':8}{ratios}", flush=True)


def generate(folder: Path, rows: int, form: str) -> None:
    """Write ``responses`` in the wanted form and ``units.csv``; a few rows are broken in every way."""
    units = "unit_id,time_zone\n" + "".join(f"{unit:03d},Europe/Berlin\n" for unit in range(UNITS))
    (folder / "units.csv").write_text(units, encoding="utf-8")
    if form == "csv":
        _generate_csv(folder / "responses.csv", rows)
    else:
        _generate_parquet(folder / "responses.parquet", rows)


def _generate_csv(path: Path, rows: int) -> None:
    import pyarrow as pa
    from pyarrow import csv

    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with path.open("wb") as stream:
        for start in range(0, rows, CHUNK):
            table = _chunk(start, min(CHUNK, rows - start), rows)
            if start == 0:
                stream.write((",".join(table.column_names) + "\n").encode())
            buffer = pa.BufferOutputStream()
            csv.write_csv(table, buffer, options)
            stream.write(buffer.getvalue())
            if start == 0:
                stream.writelines(b"one,field,short\n" for _ in range(_BROKEN))


def _generate_parquet(path: Path, rows: int) -> None:
    from pyarrow import parquet

    first = _chunk(0, 1, rows)
    with parquet.ParquetWriter(path, first.schema, compression="snappy") as writer:
        for start in range(0, rows, CHUNK):
            writer.write_table(_chunk(start, min(CHUNK, rows - start), rows))


def _chunk(start: int, count: int, rows: int) -> pa.Table:
    """Return some rows as text; every ten-thousandth is broken in one of six ways."""
    import numpy as np
    import pyarrow as pa

    number = np.arange(start, start + count, dtype=np.int64)
    mixed = (number * 2654435761) % (1 << 32)
    seconds = (mixed * 7919) % (_SQL_DAYS * 86_400)
    instant = np.datetime64("2023-01-01T00:00:00") + seconds.astype("timedelta64[s]")
    stamp = np.char.replace(instant.astype("datetime64[s]").astype(str), "T", " ").astype(object)
    ident = np.char.add("R", np.char.zfill(number.astype(str), 9)).astype(object)
    unit = np.char.zfill(((mixed >> 7) % UNITS).astype(str), 3).astype(object)
    scores = {item: (1 + (mixed >> shift) % 5).astype(str).astype(object) for shift, item in enumerate(ITEMS)}
    way = np.where(
        number % (rows // (6 * _BROKEN) or 1) == 7, (number // (rows // (6 * _BROKEN) or 1)) % 6, -1
    )
    ident[way == 0] = "R000000000"
    unit[way == 1] = "999"
    stamp[way == 2] = "2023-02-30 10:00:00"
    stamp[way == 3] = "2026-02-01 10:00:00"
    scores["q_overall"][way == 4] = "9"
    scores["q_speed"][way == 5] = "very good"
    columns = {
        "response_id": ident,
        "invitation_id": np.char.add("I", np.char.zfill(number.astype(str), 9)),
        "survey_type": np.where(number % 3 == 0, "relationship", "transactional"),
        "unit_id": unit,
        "customer_id": np.char.add("C", np.char.zfill((mixed % 300_000).astype(str), 6)),
        "channel": np.array(["phone", "mail", "chat"])[number % 3],
        "submitted": stamp,
        **scores,
    }
    return pa.table({name: pa.array(list(column), pa.string()) for name, column in columns.items()})


def _measure_one(name: str, folder: Path, form: str, threads: int) -> None:
    import resource

    begin = time.perf_counter()
    work = with_auditlib if name == "auditlib" else with_pandas
    found = work(folder, form, threads)
    wall = time.perf_counter() - begin
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak, cpu = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, **found}))


def with_auditlib(folder: Path, form: str, threads: int) -> dict[str, int]:
    """Take the files in with `prepare`."""
    from auditlib.evidence import prepare
    from auditlib.evidence.storage import read_pieces
    from auditlib.parameters.run import Run

    store = folder / "store"
    shutil.rmtree(store, ignore_errors=True)
    evidence = prepare(Run.model_validate(_run(form)), folder, store, threads=threads)
    total = next(total for total in evidence.totals if total.table == "responses")
    counted = sum(
        int(piece["n"].to_numpy().sum()) for piece in read_pieces(evidence.directory / "cells.parquet")
    )
    return {"kept": total.rows_kept, "quarantined": total.rows_quarantined, "n": counted}


def _run(form: str) -> dict[str, object]:
    columns = (
        "response_id",
        "invitation_id",
        "survey_type",
        "unit_id",
        "customer_id",
        "channel",
        "submitted",
    )
    scale = {"low": 1, "high": 5}
    items = {item: {"wording": item, "scale": scale} for item in ITEMS}
    return {
        "audit": "bench",
        "party": {"name": "Bench"},
        "period": {"start": "2023-01-01", "end": "2025-12-31"},
        "as_of": AS_OF.replace(" ", "T") + "Z",
        "instruments": {"transactional": {"items": items}, "relationship": {"items": items}},
        "sources": [
            {"table": "units", "file": "units.csv", "form": "csv",
             "columns": {"unit_id": "unit_id", "time_zone": "time_zone"}},
            {"table": "responses", "file": f"responses.{form}", "form": form,
             "dates": {"formats": ["%Y-%m-%d %H:%M:%S"], "time_zone": "UTC"},
             "columns": {name: name for name in (*columns, *ITEMS)}},
        ],
        "notebooks": {"01_intake": {}},
    }  # fmt: skip


def with_pandas(folder: Path, form: str, _threads: int) -> dict[str, int]:
    """Do the same with plain pandas, as an analyst would write it."""
    import pandas as pd

    units = set(pd.read_csv(folder / "units.csv", dtype=str)["unit_id"])
    if form == "csv":
        frame = pd.read_csv(
            folder / "responses.csv", dtype=str, keep_default_na=False, on_bad_lines="skip", engine="c"
        )
        frame = frame[frame["submitted"].notna()]
    else:
        frame = pd.read_parquet(folder / "responses.parquet")
    reason = pd.Series("", index=frame.index, dtype="str")
    ids = frame["response_id"]
    repeated = ids.duplicated(keep=False)
    identical = frame[repeated].duplicated(keep="first").reindex(frame.index, fill_value=False)
    contents = frame[repeated].drop_duplicates()["response_id"].value_counts()
    conflicting = ids.isin(contents[contents > 1].index)
    submitted = pd.to_datetime(frame["submitted"], format="%Y-%m-%d %H:%M:%S", errors="coerce", utc=True)
    scores = frame[list(ITEMS)].apply(pd.to_numeric, errors="coerce")
    off = (scores.isna() & (frame[list(ITEMS)] != "")) | (scores.notna() & ~scores.isin([1, 2, 3, 4, 5]))
    tests = {
        "scale": off.any(axis=1) | ~frame["survey_type"].isin(["transactional", "relationship"]),
        "future": submitted > pd.Timestamp(AS_OF, tz="UTC"),
        "time": submitted.isna(),
        "unit": ~frame["unit_id"].isin(units),
        "conflicting": conflicting,
        "identical": identical,
    }
    for name, broken in tests.items():
        reason[broken] = name
    local = submitted.dt.tz_convert("Europe/Berlin")
    kept = frame.assign(
        submitted_at=submitted.astype("int64"),
        month=local.dt.year * 100 + local.dt.month,
        day=local.dt.tz_localize(None).dt.floor("D"),
        second=local.dt.hour * 3600 + local.dt.minute * 60 + local.dt.second,
        in_period=local.dt.year.between(2023, 2025),
        **{item: scores[item] for item in ITEMS},
    )[reason == ""]
    kept.to_parquet(folder / "kept.parquet", compression="zstd")
    frame.assign(reason=reason)[reason != ""].to_parquet(folder / "quarantine.parquet")
    within = kept[kept["in_period"]]
    cells = [
        within.groupby(["unit_id", "month", "survey_type", item], observed=True).size() for item in ITEMS
    ]
    total = int(sum(cell.sum() for cell in cells))
    return {"kept": len(kept), "quarantined": int((reason != "").sum()), "n": total}
