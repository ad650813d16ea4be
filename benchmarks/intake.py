"""Intake of generated responses beside scripts that do the same: processor time and peak memory, in one run.

make bench                                      1 million rows of each form
python -m benchmarks intake --rows 1000000 10000000
python -m benchmarks intake --large             1, 10 and 50 million rows

Every script reads the client's file, notes its SHA-256, parses, tests units, times, scales, ids, copies and
contradictions, keeps the good rows with the day and second in the unit's zone, puts the bad ones aside with
their reason, and counts cells. Each measurement is a process of its own with the same number of threads; its
processor time (user and system, children included) and its peak are what the kernel says when it ends.
A script that kept other rows than the suite is named. Polars comes from `.venv-oracles`, which
`make bench-oracles` sets up.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks._intake_data import AS_OF, COLUMNS, FORMS, ITEMS, SURVEY_TYPES, file_of, generate
from benchmarks._intake_frames import with_arrow, with_pandas, with_polars
from benchmarks._intake_sql import with_duckdb

ROOT = Path(__file__).parents[1]
ORACLES = ROOT / ".venv-oracles" / "bin" / "python"
_LARGE = (1_000_000, 10_000_000, 50_000_000)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one process cost and what it came to."""

    wall: float
    cpu: float
    peak: float
    counts: dict[str, int]
    rows: str


def main(argv: list[str]) -> None:
    """Measure and print one table, or be one of the processes that are measured."""
    arguments = _arguments(argv)
    folder = Path(arguments.data) if arguments.data else None
    if folder is not None and arguments.generate:
        generate(folder, arguments.generate, arguments.form)
    elif folder is not None and arguments.digest:
        print(_digest(folder))
    elif folder is not None:
        _file_hash(file_of(folder, arguments.form), arguments.one)
        print(json.dumps(WORK[arguments.one](folder, arguments.form, arguments.threads)))
    else:
        _compare_all(arguments)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks intake")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--large", action="store_true", help="1, 10 and 50 million rows")
    parser.add_argument("--form", default=",".join(FORMS), help=f"some of {', '.join(FORMS)}")
    parser.add_argument("--with", dest="names", default=",".join(WORK), help=f"some of {', '.join(WORK)}")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--scratch", default=None, help="folder for the generated files")
    parser.add_argument("--one", choices=tuple(WORK), help=argparse.SUPPRESS)
    parser.add_argument("--generate", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--digest", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _compare_all(arguments: argparse.Namespace) -> None:
    names = [name for name in WORK if name in arguments.names.split(",")]
    print("Intake of generated responses: 12 columns, 5 items; every measurement in its own process")
    print("csv and parquet hold text; native holds instants, integers, booleans and dictionaries")
    if "polars" in names and not _has_polars():
        names.remove("polars")
        print("Not compared with Polars: it is not installed in .venv-oracles; `make bench-oracles` does so.")
    heads = "".join(f"{head:>12}" for head in ("kept", "quarantined", "cells n"))
    print(f"{'form':8}{'rows':>12}  {'':14}{'wall s':>8}{'CPU s':>8}{'ratio':>7}{'MB':>7}{'ratio':>7}{heads}")
    for rows in _LARGE if arguments.large else arguments.rows:
        for form in arguments.form.split(","):
            with tempfile.TemporaryDirectory(prefix="intake-", dir=arguments.scratch) as folder:
                _python("--generate", str(rows), "--data", folder, "--form", form)
                _compare(Path(folder), rows, form, names, threads=arguments.threads)


def _compare(folder: Path, rows: int, form: str, names: list[str], *, threads: int) -> None:
    """Print one line per script; ratios are to the first, so that more than 1 is dearer than the suite."""
    first: Measured | None = None
    for name in names:
        measured = _measured(folder, form, name, threads=threads)
        if isinstance(measured, str):
            print(f"{form:8}{rows:>12,}  {name:14} failed: {measured}", flush=True)
            continue
        first = first or measured
        counts = "".join(f"{measured.counts[key]:>12,}" for key in ("kept", "quarantined", "n"))
        same = (measured.rows, measured.counts) == (first.rows, first.counts)
        print(
            f"{form:8}{rows:>12,}  {name:14}{measured.wall:>8.1f}{measured.cpu:>8.1f}"
            f"{measured.cpu / first.cpu:>7.2f}{measured.peak:>7.0f}{measured.peak / first.peak:>7.2f}{counts}"
            f"{'' if same else '  OTHER ROWS'}",
            flush=True,
        )


def _measured(folder: Path, form: str, name: str, *, threads: int) -> Measured | str:
    """Return what a process of its own cost, or the last line of its complaint."""
    executable = str(ORACLES) if name == "polars" else sys.executable
    command = [executable, "-m", "benchmarks", "intake", "--one", name, "--data", str(folder)]
    command += ["--form", form, "--threads", str(threads)]
    limited = os.environ | {"POLARS_MAX_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    begin = time.perf_counter()
    with (folder / "out").open("w+b") as out, (folder / "err").open("w+b") as err:
        process = subprocess.Popen(command, stdout=out, stderr=err, cwd=ROOT, env=limited)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begin
    if process.returncode:
        said = (folder / "err").read_text(errors="replace").strip().splitlines()
        return said[-1] if said else f"it ended with {process.returncode}"
    counts = json.loads((folder / "out").read_text().splitlines()[-1])
    rows = _python("--digest", "--data", str(folder))
    for made in ("store", "spill"):
        shutil.rmtree(folder / made, ignore_errors=True)
    for made in ("kept.parquet", "quarantine.parquet", "peer.duckdb"):
        (folder / made).unlink(missing_ok=True)
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, counts, rows)


def _python(*arguments: str) -> str:
    """Run a step in a process of its own: a peak that was reached here would be inherited."""
    command = [sys.executable, "-m", "benchmarks", "intake", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _has_polars() -> bool:
    command = [str(ORACLES), "-c", "import polars"]
    return ORACLES.exists() and not subprocess.run(command, capture_output=True, check=False).returncode


def _file_hash(path: Path, name: str) -> str:
    """Return the SHA-256 of a client's file; the suite takes it itself."""
    import hashlib

    if name == "auditlib":
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest(folder: Path) -> str:
    """Return what tells one set of kept responses from another, whatever their order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import parquet

    stored = next(folder.glob("store/*/responses.parquet"), folder / "kept.parquet")
    count, total, squares = 0, np.uint64(0), np.uint64(0)
    with parquet.ParquetFile(stored) as file:
        for batch in file.iter_batches(1 << 17, columns=["response_id"]):
            digits = pc.utf8_slice_codeunits(batch.column(0), start=1)
            numbers = digits.cast(pa.uint64()).to_numpy(zero_copy_only=False)
            count += len(numbers)
            total += numbers.sum(dtype=np.uint64)
            squares += (numbers * numbers).sum(dtype=np.uint64)
    return f"{count} {total} {squares}"


def with_auditlib(folder: Path, form: str, threads: int) -> dict[str, int]:
    """Take the files in with `prepare`."""
    from auditlib.evidence import prepare
    from auditlib.evidence.parquet_files import read_pieces
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
    scale = {"low": 1, "high": 5}
    items = {item: {"wording": item, "scale": scale} for item in ITEMS}
    columns = (*COLUMNS, *ITEMS, *(("anonymous",) if form == "native" else ()))
    file = file_of(Path(), form)
    return {
        "audit": "bench",
        "party": {"name": "Bench"},
        "period": {"start": "2023-01-01", "end": "2025-12-31"},
        "as_of": AS_OF.replace(" ", "T") + "Z",
        "instruments": {name: {"items": items} for name in SURVEY_TYPES},
        "sources": [
            {"table": "units", "file": "units.csv", "form": "csv",
             "columns": {"unit_id": "unit_id", "time_zone": "time_zone"}},
            {"table": "responses", "file": file.name, "form": file.suffix.removeprefix("."),
             "dates": {"formats": ["%Y-%m-%d %H:%M:%S"], "time_zone": "UTC"},
             "columns": {name: name for name in columns}},
        ],
        "notebooks": {"01_intake": {}},
    }  # fmt: skip


WORK: dict[str, Callable[[Path, str, int], dict[str, Any]]] = {
    "auditlib": with_auditlib,
    "pandas": with_pandas,
    "pandas+arrow": with_arrow,
    "duckdb": with_duckdb,
    "polars": with_polars,
}
