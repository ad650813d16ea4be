"""Ten million contacts put to every definition of service level and abandonment, beside a script in Polars.

Both read the same Parquet file of canonical contacts and give the share of each criterion by every
definition, over all contacts together, as the mean of units, and as the mean of half hours. The suite gives
the interval of each share besides, from days of units as clusters, and keeps apart what the evidence leaves
open; the script gives shares alone. Every measurement is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks._contacts_in_polars import shares_of

if TYPE_CHECKING:
    import pyarrow as pa

ROOT = Path(__file__).parents[1]
ORACLES = ROOT / ".venv-oracles" / "bin" / "python"
ASKED = (("answered_within", "phone", 60), ("abandoned", "phone", 0), ("answered_within", "chat", 120))
UNITS, DAYS, CHUNK = 200, 365, 1_000_000
START_DAY, SECOND = 19_723, 1_000_000
MEMORY = "1GB"
"""Working memory of the embedded database; what does not fit is spilled to disk."""


def main(argv: list[str]) -> None:
    """Measure and print one table."""
    arguments = _arguments(argv)
    if arguments.one:
        _measure_one(arguments.one, Path(arguments.data))
        return
    with tempfile.TemporaryDirectory(prefix="service-levels-", dir=arguments.scratch) as folder:
        for rows in arguments.rows:
            file = Path(folder) / f"{rows}.parquet"
            generate(file, rows)
            _compare(file, rows)
            file.unlink()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks service_levels")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--scratch", default=None, help="folder for the generated file")
    parser.add_argument("--one", choices=("auditlib", "polars"), help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def generate(file: Path, rows: int) -> None:
    """Write contacts of two channels as Parquet; every eighth of phone runs out of patience."""
    from pyarrow import parquet

    writer = None
    for start in range(0, rows, CHUNK):
        table = _chunk(start, min(CHUNK, rows - start))
        writer = writer or parquet.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def _chunk(start: int, count: int) -> pa.Table:
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(start + 7)
    day = START_DAY + rng.integers(0, DAYS, count)
    second = rng.integers(8 * 3_600, 18 * 3_600, count)
    offered = (day * 86_400 + second) * SECOND
    wait = (rng.lognormal(3.2, 1.1, count) * SECOND).astype(np.int64)
    patience = (rng.exponential(240.0, count) * SECOND).astype(np.int64)
    gone = wait > patience
    answered = pa.array(offered + wait, mask=gone)
    handled = (rng.lognormal(5.5, 0.6, count) * SECOND).astype(np.int64)
    left = np.where(gone, offered + patience, offered + wait + handled)
    local = {"day": pa.array(day.astype(np.int32)), "second": pa.array(second.astype(np.int32))}
    return pa.table(
        {
            "unit_id": pa.array([f"U{unit:03d}" for unit in range(UNITS)]).take(
                pa.array(rng.integers(0, UNITS, count))
            ),
            "channel": pa.array(["phone", "chat"]).take(pa.array((rng.random(count) < 0.3).astype(int))),
            "offered_at": offered,
            "offered_day": local["day"],
            "offered_second": local["second"],
            "answered_at": answered,
            "answered_second": local["second"],
            "ended_at": left,
            "ended_second": local["second"],
            "abandoned": gone,
            "in_period": np.ones(count, bool),
        }
    )


def _compare(file: Path, rows: int) -> None:
    print(f"{rows:,} contacts, {len(ASKED)} criteria by every definition; every measurement its own process")
    print(f"  {'':10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'shares':>9}")
    measured: dict[str, dict[str, Any]] = {}
    for name in ("auditlib", "polars"):
        done = _process(name, file)
        if done.returncode:
            print(f"  {name} failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        measured[name] = entry = json.loads(done.stdout.splitlines()[-1])
        times = "".join(f"{entry[key]:>9.1f}" for key in ("wall", "cpu", "peak"))
        print(f"  {name:10}{times}{len(entry['shares']):>9,}", flush=True)
    if len(measured) == 2:
        _ratio(measured["auditlib"], measured["polars"])


def _process(name: str, file: Path) -> subprocess.CompletedProcess[str]:
    executable = sys.executable if name == "auditlib" else str(ORACLES)
    command = [executable, "-m", "benchmarks", "service_levels", "--one", name, "--data", str(file)]
    if not Path(executable).exists():
        missing = "Polars is not installed in .venv-oracles; `make bench-oracles` does so"
        return subprocess.CompletedProcess(command, 1, "", missing)
    limited = os.environ | {"POLARS_MAX_THREADS": "2"}
    return subprocess.run(command, cwd=ROOT, env=limited, capture_output=True, text=True, check=False)


def _ratio(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    shares = theirs["shares"]
    unlike = {key for key, share in ours["shares"].items() if abs(shares[key] - share) > 1e-9}
    if unlike or len(shares) != len(ours["shares"]):
        raise SystemExit(f"auditlib and Polars do not say the same: {sorted(unlike)[:5]}")
    ratios = "".join(f"{ours[key] / theirs[key]:>9.2f}" for key in ("wall", "cpu", "peak"))
    print(f"  {'ratio':10}{ratios}", flush=True)


def _measure_one(name: str, file: Path) -> None:
    began = time.perf_counter()
    shares = _shares(file) if name == "auditlib" else shares_of(file, ASKED)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    entry = {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
        "shares": shares,
    }
    print(json.dumps(entry))


def _shares(file: Path) -> dict[str, float]:
    """Return the share of every criterion by every definition, on the embedded database of the suite."""
    import narwhals as nw

    from auditlib.evidence.engine import connect, lazy
    from auditlib.service_levels.definitions import Aggregation, DefinitionPolicy
    from auditlib.service_levels.examine import FAMILIES
    from auditlib.service_levels.variants import Variant, measured
    from auditlib.service_levels.waits import Waits, waits_of_contacts

    shares: dict[str, float] = {}
    with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
        base = connect(Path(scratch), threads=2)
        base.execute(f"SET memory_limit = '{MEMORY}'")
        contacts = lazy(base, base.read_parquet(str(file)))
        for channel in dict.fromkeys(channel for _, channel, _ in ASKED):
            asked = [(metric, limit) for metric, called, limit in ASKED if called == channel]
            variants = {
                (metric, name, aggregation): Variant(name, definition, limit, aggregation)
                for metric, limit in asked
                for name, definition in _policy(DefinitionPolicy, FAMILIES[metric]).definitions.items()
                for aggregation in Aggregation
            }
            waits = Waits((waits_of_contacts(contacts.filter(nw.col("channel") == channel)),))
            for key, share in zip(
                variants, measured(waits, list(variants.values()), level=0.95), strict=True
            ):
                shares[":".join((channel, *key))] = share.least or 0.0
    return shares


def _policy(kind: Any, family: str) -> Any:
    from auditlib.parameters.load import load

    file = ROOT / "params" / "definitions" / f"{family}.yaml"
    return load(kind, file.read_text(encoding="utf-8"), name=file.name)
