"""Ten million contacts put to every definition and measure of service levels, beside scripts in Polars.

Both read the same Parquet files of canonical contacts and of what customers say of some of them, and give the
same figures, each with its limits from days of units as clusters. ``shares``: each criterion by every
definition, over all contacts together, as the mean of units, and as the mean of half hours. ``waits``: the
mean, the median and the 90% point of waits and handle times by channel, and of waits by unit, matter, hour
and month; who gave up and who would have; long waits by hour. ``first``: first-contact resolution by five
windows as contacts, marks and customers have it, what of it chance explains, and by channel and matter.
Either side is one process, which does part after part and loads what it needs once, as one notebook does.
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
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks import _contacts_in_polars as in_polars
from benchmarks import _first_contacts_in_polars as first_in_polars

if TYPE_CHECKING:
    import pyarrow as pa

ROOT = Path(__file__).parents[1]
ORACLES = ROOT / ".venv-oracles" / "bin" / "python"
ASKED = (("answered_within", "phone", 60), ("abandoned", "phone", 0), ("answered_within", "chat", 120))
PARTS = ("shares", "waits", "first")
WINDOWS = (1, 3, 7, 14, 30)
UNITS, DAYS, CHUNK, MATTERS = 200, 365, 1_000_000, 8
START_DAY, SECOND = 19_723, 1_000_000
_UNTIL = (START_DAY + DAYS) * 86_400 * SECOND - 1
MEMORY = "1GB"
"""Working memory of the embedded database; what does not fit is spilled to disk."""


def main(argv: list[str]) -> None:
    """Measure and print one table."""
    arguments = _arguments(argv)
    if arguments.one:
        _measure_one(arguments.one, arguments.parts.split(","), Path(arguments.data))
        return
    with tempfile.TemporaryDirectory(prefix="service-levels-", dir=arguments.scratch) as folder:
        for rows in arguments.rows:
            file = Path(folder) / f"{rows}.parquet"
            generate(file, rows)
            _compare_all(file, rows, arguments.parts.split(","))
            file.unlink()


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks service_levels")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--parts", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
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
    parquet.write_table(_answers(rows), answers_beside(file))


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
            "interaction_id": pa.array([f"T{number:08d}" for number in range(start, start + count)]),
            "customer_id": pa.array([f"C{number:07d}" for number in rng.integers(0, 2_500_000, count)]),
            "matter": pa.array([f"matter {number}" for number in range(MATTERS)]).take(
                pa.array(rng.integers(0, MATTERS, count))
            ),
            "resolved_first": rng.random(count) < 0.7,
            "source_file": pa.array(["contacts.csv"] * count),
            "source_line": np.arange(start, start + count),
            "unit_id": pa.array([f"U{unit:03d}" for unit in range(UNITS)]).take(
                pa.array(rng.integers(0, UNITS, count))
            ),
            "channel": pa.array(["phone", "chat"]).take(pa.array((rng.random(count) < 0.3).astype(int))),
            "offered_at": offered,
            "offered_day": local["day"],
            "offered_second": local["second"],
            "answered_at": answered,
            "answered_day": local["day"],
            "answered_second": local["second"],
            "ended_at": left,
            "ended_day": local["day"],
            "ended_second": local["second"],
            "abandoned": gone,
            "in_period": np.ones(count, bool),
        }
    )


def answers_beside(file: Path) -> Path:
    """Return the file of what customers say, beside that of contacts."""
    return file.with_suffix(".answers.parquet")


def _answers(rows: int) -> pa.Table:
    """Return what customers say of every fiftieth contact: whether their matter was resolved."""
    import numpy as np
    import pyarrow as pa

    asked = range(0, rows, 50)
    said = np.random.default_rng(5).random(len(asked)) < 0.6
    return pa.table({"interaction_id": [f"T{number:08d}" for number in asked], "said": said})


def _compare_all(file: Path, rows: int, parts: list[str]) -> None:
    """Compare every part, and the processor time of all together."""
    print(f"{rows:,} contacts; either side one process")
    print(f"  {'':20}{'wall s':>9}{'CPU s':>9}{'figures':>9}")
    sides = {name: side for name in ("auditlib", "polars") if (side := _measured(name, parts, file))}
    if len(sides) < 2:
        return
    ours, theirs = sides.values()
    for part in parts:
        _agree(ours["parts"][part]["figures"], theirs["parts"][part]["figures"])
        _ratio(part, ours["parts"][part], theirs["parts"][part])
    _ratio("all", ours, theirs)
    print(f"  {'peak MB':20}{ours['peak']:>9.0f}{theirs['peak']:>9.0f}", flush=True)


def _measured(name: str, parts: list[str], file: Path) -> dict[str, Any] | None:
    """Return what one side measures; None where it cannot run."""
    done = _process(name, parts, file)
    if done.returncode:
        print(f"  {name} failed: {done.stderr.strip().splitlines()[-1:]}")
        return None
    side: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    for part, entry in (*side["parts"].items(), ("all", side)):
        figures = f"{len(entry['figures']):>9,}" if "figures" in entry else ""
        print(f"  {name:12}{part:8}{entry['wall']:>9.1f}{entry['cpu']:>9.1f}{figures}", flush=True)
    return side


def _process(name: str, parts: list[str], file: Path) -> subprocess.CompletedProcess[str]:
    executable = sys.executable if name == "auditlib" else str(ORACLES)
    command = [executable, "-m", "benchmarks", "service_levels", "--one", name, "--parts", ",".join(parts)]
    command += ["--data", str(file)]
    if not Path(executable).exists():
        missing = "Polars is not installed in .venv-oracles; `make bench-oracles` does so"
        return subprocess.CompletedProcess(command, 1, "", missing)
    limited = os.environ | {"POLARS_MAX_THREADS": "2"}
    return subprocess.run(command, cwd=ROOT, env=limited, capture_output=True, text=True, check=False)


def _agree(ours: dict[str, float], theirs: dict[str, float]) -> None:
    unlike = {key for key, value in ours.items() if abs(theirs[key] - value) > 1e-9 * (1 + value)}
    if unlike or len(theirs) != len(ours):
        raise SystemExit(f"auditlib and Polars do not say the same: {sorted(unlike)[:5]}")


def _ratio(part: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    ratios = "".join(f"{ours[key] / theirs[key]:>9.2f}" for key in ("wall", "cpu"))
    print(f"  {'ratio':12}{part:8}{ratios}", flush=True)


def _measure_one(name: str, parts: list[str], file: Path) -> None:
    measure = _ours if name == "auditlib" else _in_polars
    entries = {part: _timed(measure, part, file) for part in parts}
    usage = resource.getrusage(resource.RUSAGE_SELF)
    entry: dict[str, Any] = {"parts": entries, "peak": usage.ru_maxrss / 1024}
    # What the process has spent before the first part, on loading itself, is part of the whole.
    entry |= {"cpu": _spent(), "wall": sum(each["wall"] for each in entries.values())}
    print(json.dumps(entry))


def _timed(measure: Callable[[str, Path], dict[str, float]], part: str, file: Path) -> dict[str, Any]:
    began, before = time.perf_counter(), _spent()
    figures = measure(part, file)
    return {"wall": time.perf_counter() - began, "cpu": _spent() - before, "figures": figures}


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _in_polars(part: str, file: Path) -> dict[str, float]:
    if part == "shares":
        return in_polars.shares_of(file, ASKED)
    if part == "waits":
        return in_polars.waits_of(file)
    return first_in_polars.resolved_of(file, answers_beside(file), WINDOWS, until=_UNTIL)


def _ours(part: str, file: Path) -> dict[str, float]:
    """Return the figures of a part, on the embedded database of the suite."""
    from auditlib.evidence.engine import connect, lazy

    with tempfile.TemporaryDirectory(dir=file.parent) as scratch:
        base = connect(Path(scratch), threads=2)
        base.execute(f"SET memory_limit = '{MEMORY}'")
        contacts = lazy(base, base.read_parquet(str(file)))
        if part == "shares":
            return _shares(contacts)
        if part == "waits":
            return _waits(base, contacts)
        return _resolved(contacts, lazy(base, base.read_parquet(str(answers_beside(file)))))


def _waits(base: Any, contacts: Any) -> dict[str, float]:
    """Return times, patience and shares given up by channel, and waits by unit, matter, hour and month."""
    import pyarrow as pa

    from auditlib.evidence.engine import lazy
    from auditlib.service_levels.waiting.waited import measure_waiting

    tables = SimpleNamespace(
        tables=("interactions",),
        lazy=lambda _name: contacts,
        lazy_of=lambda columns: lazy(base, pa.table(dict(columns))),
    )
    result: Any = measure_waiting(tables, as_of=_UNTIL, level=0.95, fewest=30)
    figures = {key: value for channel in result.channels for key, value in _of_channel(channel)}
    for dimension, parts in result.parts.items():
        for part in parts:
            name = part.part.replace("-", "") if dimension == "month" else part.part
            key = f"{part.channel}:{dimension}:{int(name) if dimension in {'hour', 'month'} else name}"
            figures |= {f"{key}:{what}": getattr(part, what) for what in ("mean", "median", "p90")}
            if part.long is not None:
                figures |= _limited(f"{part.channel}:long:{part.part}", part.long)
    return figures


def _of_channel(channel: Any) -> Iterator[tuple[str, float]]:
    limited = {"given_up": (channel.share_given_up.least, channel.share_given_up.interval)}
    for what, spread in (("wait", channel.wait), ("handle", channel.handle)):
        limited |= {f"{what}:{name}": (e.seconds, e.interval) for name, e in spread.estimates.items()}
    for bound in channel.patience.bounds:
        limited[f"patience:{bound.seconds}"] = (bound.share, bound.interval)
        yield f"{channel.channel}:patience:{bound.seconds}:waited", bound.waited
    for key, (value, interval) in limited.items():
        yield f"{channel.channel}:{key}", value
        yield from _limited(f"{channel.channel}:{key}", interval).items()


def _limited(key: str, interval: Any) -> dict[str, float]:
    return {f"{key}:low": interval.low, f"{key}:high": interval.high}


def _resolved(contacts: Any, answers: Any) -> dict[str, float]:
    """Return first-contact resolution by windows and three sources, and by channel and matter."""
    from auditlib.service_levels.first_contact.compare import exact_share, window_of
    from auditlib.service_levels.first_contact.counted_contacts import counted_contacts
    from auditlib.service_levels.first_contact.matters import recorded_in, whole_contacts
    from auditlib.service_levels.first_contact.rule import RepeatRule

    rule, recorded = RepeatRule(windows=WINDOWS), recorded_in(contacts)
    whole = whole_contacts(contacts, recorded, rule=rule)
    said = answers.rename({"interaction_id": "contact"})
    asked = whole.join(said, on="contact", how="left")
    counted = counted_contacts(asked, recorded, rule=rule, until=_UNTIL, columns=("channel", "matter"))
    figures: dict[str, float] = {}
    for days in WINDOWS:
        window = window_of(counted.counts, days, unknown=0, level=0.95)
        figures |= {f"{days}:{key}": value for key, value in _of_window(window)}
    for (by, name), share in counted.shares.items():
        figures |= {f"{by}:{name}": share.value}
        figures |= _limited(f"{by}:{name}", exact_share(share, level=0.95).interval)
    return figures


def _of_window(window: Any) -> Iterator[tuple[str, float]]:
    yield from ((name, getattr(window, name)) for name in ("unanswered", "censored", "early"))
    for entry in window.disagreements:
        if str(entry.kind) == "marked_denied":
            yield "denied", entry.contacts
        else:
            yield str(entry.kind), entry.contacts
        if str(entry.kind) == "unmarked_silent":
            yield "unmarked_answered", entry.of
    for shares in window.shares:
        yield str(shares.witness), shares.gross.value
        yield from _limited(str(shares.witness), shares.gross.interval).items()
    yield from (("returned", window.returned.share), ("returned:chance", window.returned.by_chance))
    yield from _limited("returned", window.returned.interval).items()
    yield from _limited("denied", window.denied.interval).items()


def _shares(contacts: Any) -> dict[str, float]:
    """Return the share of every criterion by every definition."""
    import narwhals as nw

    from auditlib.service_levels.definitions import Aggregation, DefinitionPolicy
    from auditlib.service_levels.examine import FAMILIES
    from auditlib.service_levels.variants import Variant, measured
    from auditlib.service_levels.waits import Waits, waits_of_contacts

    shares: dict[str, Any] = {}
    for channel in dict.fromkeys(channel for _, channel, _ in ASKED):
        asked = [(metric, limit) for metric, called, limit in ASKED if called == channel]
        variants = {
            (metric, name, aggregation): Variant(name, definition, limit, aggregation)
            for metric, limit in asked
            for name, definition in _policy(DefinitionPolicy, FAMILIES[metric]).definitions.items()
            for aggregation in Aggregation
        }
        waits = Waits((waits_of_contacts(contacts.filter(nw.col("channel") == channel)),))
        for key, share in zip(variants, measured(waits, list(variants.values()), level=0.95), strict=True):
            name = ":".join((channel, *key))
            shares |= {name: share.least} | _limited(name, share.interval)
    return shares


def _policy(kind: Any, family: str) -> Any:
    from auditlib.parameters.load import load

    file = ROOT / "params" / "definitions" / f"{family}.yaml"
    return load(kind, file.read_text(encoding="utf-8"), name=file.name)
