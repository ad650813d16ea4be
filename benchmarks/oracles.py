"""The estimators of linked pay beside csdid, diff-diff and pyfixest: the same answers, time and memory.

make bench-oracles             sets up .venv-oracles from benchmarks/oracles.lock, and runs this
python -m benchmarks oracles   the same where .venv-oracles stands; says so where it does not

Every measurement is a process of its own on the same panel, with the same interpreter and one thread: the
best of three runs after one that is not counted, and the growth of the largest memory held, as ratios to
the suite's own. The suite reads the same long table as the others.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
NEEDED = ("csdid", "diff_diff", "pyfixest")
SIZES = ((500, 24), (2000, 24))
ABSENT = (
    "Not compared with csdid, diff-diff and pyfixest: .venv-oracles is absent; "
    "`make bench-oracles` sets it up."
)
Found = tuple[float, float]


def main(argv: list[str]) -> None:
    """Compare, in the environment that has the others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks oracles")
    parser.add_argument("--measure", nargs=3, metavar=("NAME", "UNITS", "PERIODS"), help="one measurement")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    if arguments.measure:
        name, units, periods = arguments.measure
        print(json.dumps(_measured(name, int(units), int(periods), seed=arguments.seed)))
    elif all(find_spec(name) for name in NEEDED):
        compare(seed=arguments.seed)
    elif PYTHON.exists():
        _python("-m", "benchmarks", "oracles", "--seed", str(arguments.seed), executable=str(PYTHON))
    else:
        print(f"\n{ABSENT}")


def compare(*, seed: int) -> None:
    """Print one table per size of panel."""
    for units, periods in SIZES:
        print(f"\nThe same answers, {units} units x {periods} periods, seed {seed}")
        print("estimator          package        estimate  difference      error  difference   time  memory")
        for estimator, packages in ESTIMATORS.items():
            rows = {
                package: _apart(f"{estimator}/{package}", units, periods, seed=seed) for package in packages
            }
            own = rows["auditlib"]
            for package, row in rows.items():
                print(
                    f"{estimator:18s} {package:10s} {row['estimate']:12.8f} "
                    f"{row['estimate'] - own['estimate']:+11.1e} {row['error']:10.7f} "
                    f"{row['error'] - own['error']:+11.1e} {row['seconds'] / own['seconds']:6.1f} "
                    f"{row['memory'] / own['memory']:7.1f}"
                )
            print(f"{'':18s} 1.0 is {1000 * own['seconds']:.0f} ms and {own['memory']:.0f} MiB")
    print(
        "\nImputation errors differ by convention: here each treated month's distance from the average counts"
        "\nas noise, diff-diff takes cohort and time since adoption out first, pyfixest stacks two fits."
    )


def _apart(name: str, units: int, periods: int, *, seed: int) -> dict[str, float]:
    """Measure in a process of its own."""
    asked = ("--measure", name, str(units), str(periods), "--seed", str(seed))
    done = _python("-W", "ignore", "-m", "benchmarks", "oracles", *asked, capture=True)
    found: dict[str, float] = json.loads(done.splitlines()[-1])
    return found


def _python(*arguments: str, executable: str = sys.executable, capture: bool = False) -> str:
    one = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    done = subprocess.run(
        [executable, *arguments], cwd=ROOT, env={**os.environ, **one, "PYTHONPATH": path}, check=True,
        stdout=subprocess.PIPE if capture else None, text=True,
    )  # fmt: skip
    return done.stdout or ""


def long_panel(units: int, periods: int, *, seed: int) -> pd.DataFrame:
    """Draw unit, time, y, first (0 for never), treat: three cohorts and never-adopters, growing effects."""
    rng = np.random.default_rng([seed, units, periods])
    first = np.where(rng.random(units) < 0.6, rng.choice([8, 12, 16], units), 0)
    since = np.arange(1, periods + 1)[None, :] - first[:, None]
    treat = (first > 0)[:, None] & (since >= 0)
    level = rng.normal(size=(units, 1)) + np.sin(np.arange(periods))
    outcome = level + 0.3 * treat * (1 + 0.1 * since) + rng.normal(size=(units, periods))
    return pd.DataFrame(
        {
            "unit": np.repeat(np.arange(1, units + 1), periods),
            "time": np.tile(np.arange(1, periods + 1), units),
            "y": outcome.ravel(),
            "first": np.repeat(first, periods),
            "treat": treat.ravel().astype(np.int64),
        }
    )


def _measured(name: str, units: int, periods: int, *, seed: int) -> dict[str, float]:
    estimator, _, package = name.partition("/")
    rows, work = long_panel(units, periods, seed=seed), ESTIMATORS[estimator][package]
    warnings.simplefilter("ignore")
    work(long_panel(40, periods, seed=seed))  # imports, compilation
    before, times, found = _held(), [], (0.0, 0.0)
    for _ in range(4):
        start = time.perf_counter()
        found = work(rows)
        times.append(time.perf_counter() - start)
    return {
        "estimate": found[0], "error": found[1], "seconds": min(times[1:]),
        "memory": max(_held() - before, 1.0),
    }  # fmt: skip


def _held() -> float:
    """Return the largest memory held so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _other(module: str) -> Any:
    """Return a package that only .venv-oracles has."""
    return import_module(module)


def _panel(rows: pd.DataFrame) -> Any:
    from auditlib.statistics.adoption import adoption_panel

    wide = rows.pivot_table(index="unit", columns="time", values="y").to_numpy()
    first = rows.drop_duplicates("unit")["first"].to_numpy()
    return adoption_panel(wide, np.where(first == 0, wide.shape[1], first - 1))


def own_group_time(rows: pd.DataFrame) -> Found:
    from auditlib.statistics.group_time import average, group_time

    effects: Any = group_time(_panel(rows))
    found: Any = average(effects)
    return found.estimate, found.standard_error


def csdid_group_time(rows: pd.DataFrame) -> Found:
    """Return csdid's simple average with analytic errors."""
    with redirect_stdout(StringIO()):
        fitted = _other("csdid.att_gt").ATTgt(
            yname="y", tname="time", idname="unit", gname="first", data=rows.astype({"first": float}),
            control_group=["nevertreated"], xformla="y~1",
        ).fit(est_method="reg", bstrap=False)  # fmt: skip
        found = fitted.aggte("simple", bstrap=False).atte
    return float(found["overall_att"]), float(found["overall_se"])


def _diff_diff(kind: str, **options: str) -> Callable[[pd.DataFrame], Found]:
    def estimate(rows: pd.DataFrame) -> Found:
        found = getattr(_other("diff_diff"), kind)(**options).fit(rows, "y", "unit", "time", "first")
        return float(found.overall_att), float(found.overall_se)

    return estimate


def own_imputation(rows: pd.DataFrame) -> Found:
    from auditlib.statistics.imputation import impute

    panel = _panel(rows)
    design = panel.treated[None].astype(float)
    found: Any = impute(panel.outcome, panel.weight, ~panel.treated, design, cluster=panel.cluster)
    return float(found.coefficient[0]), float(found.standard_error[0])


def pyfixest_imputation(rows: pd.DataFrame) -> Found:
    """Return pyfixest's two-stage estimate (Gardner): the same point, errors by another route."""
    found = _other("pyfixest").did2s(
        rows, yname="y", first_stage="~0|unit+time", second_stage="~treat", treatment="treat", cluster="unit"
    )
    return float(found.coef().iloc[0]), float(found.se().iloc[0])


def own_interactions(rows: pd.DataFrame) -> Found:
    from auditlib.statistics.two_way import sun_abraham

    found: Any = sun_abraham(_panel(rows))
    return found.overall, found.overall_error


def own_two_way(rows: pd.DataFrame) -> Found:
    from auditlib.statistics.two_way import two_way_effect

    found: Any = two_way_effect(_panel(rows))
    return float(found.coefficient[0]), float(found.standard_error[0])


def pyfixest_two_way(rows: pd.DataFrame) -> Found:
    """Return pyfixest's two-way regression, effects nested in clusters not counted as parameters."""
    pyfixest = _other("pyfixest")
    counted = pyfixest.ssc(k_fixef="nonnested")
    found = pyfixest.feols("y ~ treat | unit + time", data=rows, vcov={"CRV1": "unit"}, ssc=counted)
    return float(found.coef().iloc[0]), float(found.se().iloc[0])


ESTIMATORS: dict[str, dict[str, Callable[[pd.DataFrame], Found]]] = {
    "group-time": {
        "auditlib": own_group_time,
        "csdid": csdid_group_time,
        "diff-diff": _diff_diff("CallawaySantAnna", estimation_method="reg"),
    },
    "imputation": {
        "auditlib": own_imputation,
        "diff-diff": _diff_diff("ImputationDiD"),
        "pyfixest": pyfixest_imputation,
    },
    "interactions": {"auditlib": own_interactions, "diff-diff": _diff_diff("SunAbraham")},
    "two-way regression": {"auditlib": own_two_way, "pyfixest": pyfixest_two_way},
}
