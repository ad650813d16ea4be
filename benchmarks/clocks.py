"""Business-hours clocks, and responses to statuses, beside pandas doing the same.

First: pairs of a deadline and the elapsed time up to it, beside pandas ``CustomBusinessHour`` on a
sample, scaled. Second: responses banded by their lowest item, joined with their acknowledgements and
follow-ups, and judged; counted by unit, duty and status. There each measurement is a process of its own,
and pandas gets its deadlines from the same array kernel, so that only table work is compared.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from auditlib.time.calendar import Calendar

ITEMS = ("q_overall", "q_resolution", "q_speed", "q_courtesy", "q_knowledge")
UNITS = 200
CHUNK = 500_000
MEMORY = "640MB"
"""Working memory of the embedded database; what does not fit is spilled to disk."""
START = 1_704_067_200_000_000
SPAN_SECONDS = 365 * 86_400
AS_OF = START + (SPAN_SECONDS + 90 * 86_400) * 1_000_000


def main(argv: list[str]) -> None:
    """Measure and print two tables."""
    arguments = _arguments(argv)
    if arguments.one:
        _measure_one(arguments.one, Path(arguments.data))
        return
    _pairs(arguments.pairs, arguments.sample)
    with tempfile.TemporaryDirectory(prefix="clocks-", dir=arguments.scratch) as folder:
        _statuses(Path(folder), arguments.rows)


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks clocks")
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=2_000, help="pairs that pandas is measured on")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--scratch", default=None, help="folder for the generated files")
    parser.add_argument("--one", choices=("auditlib", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _calendar() -> Calendar:
    from auditlib.time.calendar import Calendar, Window
    from auditlib.time.public_holidays import public_holidays

    week = ((Window(9 * 3600, 17 * 3600),),) * 5 + ((),) * 2
    return Calendar(
        "office", "Europe/Berlin", week, public_holidays("DE", years=range(2023, 2028)), (2023, 2027)
    )


def _pairs(count: int, sample: int) -> None:
    import numpy as np

    from auditlib.time.epoch import HOUR
    from auditlib.time.timetable import deadline, elapsed, timetable

    rng = np.random.default_rng(1)
    calendar = _calendar()
    starts = START + rng.integers(0, SPAN_SECONDS, count) * 1_000_000
    hours = rng.integers(1, 41, count)
    began = time.perf_counter()
    table = timetable(calendar, int(starts.min()), int(starts.max()), longest=40 * HOUR)
    due = deadline(table, starts, hours * HOUR)
    spent = elapsed(table, starts, due)
    ours = time.perf_counter() - began
    if not np.array_equal(spent, hours * HOUR):
        raise SystemExit("elapsed and deadline are no inverses")
    theirs, ends = _pandas_pairs(starts[:sample], hours[:sample], calendar.holidays)
    agree = float(np.mean(ends == due[:sample]))
    in_open_time = float(np.mean(elapsed(table, starts[:sample], ends) == hours[:sample] * HOUR))
    scaled = theirs / sample * count
    print(f"Deadline and elapsed time of {count:,} cases, Monday to Friday 9 to 17, German holidays, Berlin")
    print(f"  auditlib {ours:10.2f} s")
    print(f"  pandas   {scaled:10.0f} s   CustomBusinessHour on {sample:,} cases, scaled")
    print(f"           {agree:.1%} the same instant, {in_open_time:.1%} the same open time: pandas puts")
    print("           what is used up at closing to the next opening")
    print(f"  ratio    {ours / scaled:10.6f}", flush=True)


def _pandas_pairs(
    starts: np.ndarray[Any, Any], hours: np.ndarray[Any, Any], holidays: frozenset[date]
) -> tuple[float, np.ndarray[Any, Any]]:
    """Return the seconds pandas takes, and its deadlines as UTC microseconds."""
    import pandas as pd

    hour = pd.offsets.CustomBusinessHour(start="09:00", end="17:00", holidays=sorted(holidays))
    instants = pd.DatetimeIndex(starts.astype("datetime64[us]"), tz="UTC")
    local = instants.tz_convert("Europe/Berlin").tz_localize(None)
    began = time.perf_counter()
    ends = [start + hour * int(n) for start, n in zip(local, hours, strict=True)]
    for start, end in zip(local, ends, strict=True):
        len(pd.date_range(start, end, freq=hour, inclusive="left"))
    taken = time.perf_counter() - began
    utc = pd.DatetimeIndex(ends).tz_localize("Europe/Berlin").tz_convert("UTC").tz_localize(None)
    return taken, utc.to_numpy().astype("datetime64[us]").astype("int64")


def _statuses(folder: Path, rows: int) -> None:
    generate(folder, rows)
    print(
        f"{rows:,} responses banded, joined with their events, judged; every measurement in its own process"
    )
    print(f"  {'':10}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}{'obligations':>14}{'met':>14}")
    measured: dict[str, dict[str, Any]] = {}
    for name in ("auditlib", "pandas"):
        command = [sys.executable, "-m", "benchmarks", "clocks", "--one", name, "--data", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"  {name} failed: {done.stderr.strip().splitlines()[-1:]}")
            continue
        measured[name] = found = json.loads(done.stdout.splitlines()[-1])
        times = "".join(f"{found[key]:>9.1f}" for key in ("wall", "cpu", "peak"))
        print(f"  {name:10}{times}{found['n']:>14,}{found['met']:>14,}", flush=True)
    if len(measured) == 2:
        ours, theirs = measured["auditlib"], measured["pandas"]
        if ours["counts"] != theirs["counts"]:
            raise SystemExit("auditlib and pandas do not count the same")
        ratios = "".join(f"{ours[key] / theirs[key]:>9.2f}" for key in ("wall", "cpu", "peak"))
        print(f"  {'ratio':10}{ratios}", flush=True)


def generate(folder: Path, rows: int) -> None:
    """Write ``responses``, ``acknowledgements`` and ``follow_ups`` as Parquet."""
    from pyarrow import parquet

    writers: dict[str, Any] = {}
    for start in range(0, rows, CHUNK):
        for name, table in _chunk(start, min(CHUNK, rows - start)).items():
            if name not in writers:
                writers[name] = parquet.ParquetWriter(folder / f"{name}.parquet", table.schema)
            writers[name].write_table(table)
    for writer in writers.values():
        writer.close()


def _chunk(start: int, count: int) -> Mapping[str, pa.Table]:
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(start + 7)
    ids = pa.array([f"R{number:08d}" for number in range(start, start + count)])
    at = START + rng.integers(0, SPAN_SECONDS, count) * 1_000_000
    scores = np.clip(np.round(rng.normal(4.4, 0.8, (count, len(ITEMS)))), 1, 5)
    units = pa.array([f"U{unit:03d}" for unit in rng.integers(0, UNITS, count)])
    responses = {
        "response_id": ids, "unit_id": units, "survey_type": pa.array(["visit"] * count),
        "transaction_type": pa.array(["call"] * count), "submitted_at": at,
        "submitted_day": (at // 86_400_000_000).astype(np.int32), "anonymous": rng.random(count) < 0.04,
        "source_file": pa.array(["responses.csv"] * count), "source_line": np.arange(start, start + count),
        "in_period": np.ones(count, bool),
    } | {item: scores[:, place] for place, item in enumerate(ITEMS)}  # fmt: skip
    sent = at + rng.integers(0, 320, count) * 1_000_000
    some = np.flatnonzero(rng.random(count) < 0.98)
    low = np.flatnonzero((scores.min(axis=1) < 4) & (rng.random(count) < 0.95))
    held = at[low] + rng.integers(0, 5 * 86_400, len(low)) * 1_000_000
    text = pa.array(["x"] * len(low))
    follow_ups = {
        "follow_up_id": pa.array([f"F{number + start:08d}" for number in low]),
        "response_id": ids.take(pa.array(low)),
        "held_at": held, "reached": rng.random(len(low)) < 0.9, "declined": rng.random(len(low)) < 0.02,
        "note": text, "cause_code": text, "verbatim": text, "questions": text,
    }  # fmt: skip
    flag = np.ones(len(some), bool)
    acknowledged = {
        "response_id": ids.take(pa.array(some)),
        "sent_at": sent[some],
        "states_why": flag,
        "states_next": flag,
    }
    tables = {"responses": responses, "acknowledgements": acknowledged, "follow_ups": follow_ups}
    return {name: pa.table(columns) for name, columns in tables.items()}


def _measure_one(name: str, folder: Path) -> None:
    began = time.perf_counter()
    counts = (_auditlib if name == "auditlib" else _pandas)(folder)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "wall": time.perf_counter() - began,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
        "n": sum(counts.values()),
        "met": sum(n for key, n in counts.items() if key.endswith(":met")),
        "counts": counts,
    }
    print(json.dumps(found, sort_keys=True))


def _auditlib(folder: Path) -> dict[str, int]:
    """Count by unit, duty and status with the table expressions of the suite, on its embedded database."""
    import narwhals as nw

    from auditlib.escalation import with_band
    from auditlib.escalation.contacts import with_acknowledgement, with_contact
    from auditlib.escalation.duties import obligations, with_acknowledgement_due, with_contact_due
    from auditlib.evidence.engine import connect, lazy
    from auditlib.time.clock_tables import clock_tables
    from auditlib.time.epoch import HOUR
    from auditlib.time.timetable import timetable

    policy, instruments = _policy(), _instruments()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        base = connect(Path(scratch), threads=2)
        base.execute(f"SET memory_limit = '{MEMORY}'")
        read = {name: lazy(base, base.read_parquet(str(folder / f"{name}.parquet"))) for name in _TABLES}
        laid_out = timetable(_calendar(), START, START + SPAN_SECONDS * 1_000_000, longest=24 * HOUR)
        clocks = clock_tables({"office": laid_out}, frame_of=lambda columns: lazy(base, _arrow(columns)))
        facts = with_band(read["responses"], instruments, policy=policy).drop(*ITEMS)
        facts = facts.with_columns(nw.lit("office").alias("calendar"))
        facts = with_acknowledgement_due(facts, policy.rules[0], None)
        facts = with_contact_due(facts, policy.rules[1], clocks)
        triggers = read["responses"].select("response_id", "submitted_at")
        facts = with_acknowledgement(facts, triggers, read["acknowledgements"], policy=policy, as_of=AS_OF)
        facts = with_contact(facts, triggers, read["follow_ups"], policy=policy, as_of=AS_OF)
        duties = ("acknowledgement", "contact")
        named = lazy(base, _arrow({"duty": list(duties)}))
        judged = obligations(facts, named, policy=policy, duties=duties, as_of=AS_OF)
        counted = judged.group_by("unit_id", "duty", "status").agg(nw.len().alias("n")).collect()
    return {f"{unit}:{duty}:{status}": int(n) for unit, duty, status, n in counted.rows()}


_TABLES = ("responses", "acknowledgements", "follow_ups")


def _arrow(columns: Mapping[str, Any]) -> pa.Table:
    import pyarrow as pa

    return pa.table(dict(columns))


def _policy() -> Any:
    from auditlib.escalation import EscalationPolicy
    from auditlib.parameters.load import load

    file = Path(__file__).parents[1] / "params" / "policies" / "escalation.yaml"
    return load(EscalationPolicy, file.read_text(encoding="utf-8"), name=file.name)


def _instruments() -> Any:
    from auditlib.records import Instrument, Item, Scale

    return {"visit": Instrument("visit", tuple(Item(item, "?", Scale(1, 5)) for item in ITEMS))}


def _pandas(folder: Path) -> dict[str, int]:
    """Count the same with pandas, as an analyst would write it."""
    import numpy as np
    import pandas as pd

    from auditlib.time.epoch import HOUR
    from auditlib.time.timetable import deadline, timetable

    wanted = ["response_id", "unit_id", "submitted_at", "anonymous", *ITEMS]
    frame = pd.read_parquet(folder / "responses.parquet", columns=wanted)
    lowest = frame[list(ITEMS)].min(axis=1)
    frame["limit"] = np.select([lowest < 3, lowest < 4], [8 * HOUR, 24 * HOUR], 0)
    sent = pd.read_parquet(folder / "acknowledgements.parquet")
    sent = sent[sent["states_why"] & sent["states_next"]].merge(
        frame[["response_id", "submitted_at"]], on="response_id"
    )
    sent = sent[(sent["sent_at"] >= sent["submitted_at"]) & (sent["sent_at"] <= AS_OF)]
    frame["sent_at"] = frame["response_id"].map(sent.groupby("response_id")["sent_at"].min())
    due = frame["submitted_at"] + 300_000_000
    first = np.select([frame["sent_at"] <= due, frame["sent_at"].notna()], ["met", "late"], "missing")
    parts = [
        frame[["unit_id"]].assign(
            duty="acknowledgement",
            status=np.where(frame["sent_at"].isna() & (due >= AS_OF), "pending", first),
        )
    ]
    owed = frame[(frame["limit"] > 0) & ~frame["anonymous"]]
    table = timetable(_calendar(), START, START + SPAN_SECONDS * 1_000_000, longest=24 * HOUR)
    owed = owed.assign(due=deadline(table, owed["submitted_at"].to_numpy(), owed["limit"].to_numpy()))
    calls = pd.read_parquet(folder / "follow_ups.parquet").merge(
        owed[["response_id", "submitted_at"]], on="response_id"
    )
    calls = calls[(calls["held_at"] >= calls["submitted_at"]) & (calls["held_at"] <= AS_OF)]
    talks = calls[calls["reached"] & ~calls["declined"]].groupby("response_id")["held_at"].min()
    refusals = calls[calls["declined"]].groupby("response_id")["held_at"].min()
    done, declined = owed["response_id"].map(talks), owed["response_id"].map(refusals)
    excused = (declined <= owed["due"]) & ~(done <= declined)
    status = np.select(
        [excused, done <= owed["due"], done.notna(), owed["due"] >= AS_OF],
        ["excused", "met", "late", "pending"],
        "missing",
    )
    parts.append(owed[["unit_id"]].assign(duty="contact", status=status))
    counted = pd.concat(parts).groupby(["unit_id", "duty", "status"]).size()
    return {
        ":".join(str(part) for part in key): int(n)
        for key, n in zip(counted.index.tolist(), counted, strict=True)
    }
