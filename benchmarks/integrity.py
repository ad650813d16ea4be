"""Alarms of the integrity detectors where nobody games, and what they find where somebody does.

The companies share nothing with the demo's (`_gamed_companies`); choices were made on seeds below 100.

    python -m benchmarks integrity                    every world at full size, some minutes
    python -m benchmarks integrity --part 4           a quarter of the companies of each world
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from auditlib.integrity import IntegrityPolicy, IntegrityResult, estimate
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from benchmarks._gamed_companies import ITEMS, SURVEY, World, tables

ROOT = Path(__file__).parents[1]
DRAWS = 999
SHOCKS = World(shocks=0.3)
FEWER = World(answers=(5, 800))
"""A company with a fifth of the answers, in which much would not be seen."""
QUIET: dict[str, tuple[World, int]] = {
    "nothing happens": (World(), 36),
    "an honest fix": (World(fix=0.5), 48),
    "shocks of regions, dealt by lot": (SHOCKS, 15),
    "shocks of regions, leaning to some": (replace(SHOCKS, assigned="leaning"), 15),
    "shocks of regions, 2 of 5 linked": (replace(SHOCKS, assigned="region"), 15),
    "shocks of regions, 5 of 10 linked": (replace(SHOCKS, assigned="region", regions=10), 15),
}
"""World without gaming, and how many companies of it."""
GAMED: dict[str, tuple[World, str, int]] = {
    "60% of the unhappy not invited": (World(uninvited=0.6), "uninvited", 18),
    "the same with fewer answers": (replace(FEWER, uninvited=0.6), "uninvited", 18),
    "70% of the unhappy kept from answering": (World(discouraged=0.7), "discouraged", 18),
}
"""World with gaming, the fault it has, and how many companies of it."""


_World = TypeVar("_World")


@dataclass(frozen=True)
class Outcome:
    """What an audit said of one company.

    Parameters
    ----------
    alarm, refused
        Whether anything needs explanation, and whether nothing could be tested.
    detectors
        Those behind an alarm.
    power
        Share of companies drawn like it in which the fault would have been seen; NaN where it was not drawn.
    """

    alarm: bool
    refused: bool
    detectors: tuple[str, ...]
    power: float = np.nan


def main(argv: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks integrity")
    parser.add_argument("--part", type=int, default=1, help="companies are divided by it")
    parser.add_argument("--first", type=int, default=1000, help="seed of the first company")
    parser.add_argument("--world", default="", help="worlds whose name holds these words")
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args(argv)
    with ProcessPoolExecutor(arguments.workers) as pool:
        drawn = partial(pool.map, chunksize=2)
        print(f"{'nobody games':40s} companies  refused  alarms  by")
        for name, (world, companies) in _named(QUIET, arguments.world):
            seeds = range(arguments.first, arguments.first + max(1, companies // arguments.part))
            _print_quiet(name, list(drawn(partial(quiet, world), seeds)))
        print(f"\n{'somebody games':40s} companies  found   printed  stated as visible: found")
        for name, (world, fault, companies) in _named(GAMED, arguments.world):
            seeds = range(arguments.first, arguments.first + max(1, companies // arguments.part))
            _print_gamed(name, list(drawn(partial(gamed, world, fault), seeds)))


def _named(worlds: Mapping[str, _World], words: str) -> list[tuple[str, _World]]:
    return [(name, world) for name, world in worlds.items() if words in name]


def _print_quiet(name: str, outcomes: list[Outcome]) -> None:
    by = ", ".join(sorted({key for outcome in outcomes for key in outcome.detectors}))
    refused, alarms = (sum(getattr(part, of) for part in outcomes) for of in ("refused", "alarm"))
    print(f"{name:40s} {len(outcomes):9d} {refused:8d} {alarms:7d}  {by}", flush=True)


def _print_gamed(name: str, outcomes: list[Outcome]) -> None:
    alarms, power = (np.array([getattr(part, of) for part in outcomes], float) for of in ("alarm", "power"))
    clear = power >= IntegrityPolicy().least_power
    print(
        f"{name:40s} {len(outcomes):9d} {_share(alarms):>6s} {_share(power):>9s}"
        f"  {int(clear.sum())}: {_share(alarms[clear])}",
        flush=True,
    )


def _share(values: Any) -> str:
    return f"{100 * float(np.nanmean(values)):.0f}%" if len(values) else "none"


def quiet(world: World, seed: int) -> Outcome:
    """Audit one company in which nobody games."""
    return outcome(audited(world, seed))


def gamed(world: World, fault: str, seed: int) -> Outcome:
    """Audit one company in which somebody games, and say what the audit of an honest one like it would print.

    The honest one has the same units, volumes and links: what its answer prints beside silence is held
    against what the audit of the gamed one says.
    """
    still = replace(world, uninvited=0.0, discouraged=0.0)
    power = [
        entry.share
        for entry in audited(still, seed, draw=True).visible
        if entry.fault is not None and entry.fault.key == fault and entry.companies
    ]
    return replace(outcome(audited(world, seed)), power=min(power, default=np.nan))


def outcome(result: IntegrityResult) -> Outcome:
    """Return what a result says."""
    detectors = (entry.detector.key for alarm in result.alarms for entry in alarm.carried_by)
    return Outcome(bool(result.alarms), not result.tested, tuple(dict.fromkeys(detectors)))


def audited(world: World, seed: int, *, draw: bool = False) -> IntegrityResult:
    """Audit one company."""
    company: Any = tables(world, seed)
    return estimate(company, run_of(world), policy(), draw=draw)


def policy() -> IntegrityPolicy:
    """Return the shipped policy with fewer draws."""
    text = (ROOT / "params/policies/integrity.yaml").read_text(encoding="utf-8")
    return load(IntegrityPolicy, text, name="integrity.yaml").model_copy(update={"draws": DRAWS})


def run_of(world: World) -> Run:
    """Return the demo's run file with the period and the survey of the companies drawn here."""
    text = (ROOT / "params/runs/demo.yaml").read_text(encoding="utf-8")
    run = load(Run, text, name="demo.yaml").model_dump(mode="json")
    items: dict[str, dict[str, Any]] = {
        name: {"wording": name, "scale": {"low": 1, "high": 5}} for name in ITEMS
    }
    items[ITEMS[0]]["headline"] = True
    years, months = divmod(world.months, 12)
    end = f"{2022 + years}-12-31" if not months else f"{2023 + years}-{months:02d}-28"
    run["period"] = {"start": "2023-01-01", "end": end}
    run["instruments"] = {SURVEY: {"items": items}}
    return Run.model_validate(run)
