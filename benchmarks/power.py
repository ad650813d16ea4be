"""How surely a comparison finds units that truly differ, in companies like the demo with planted outliers.

`benchmarks.units` asks the same of companies that share nothing with the demo.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from auditlib.benchmark import OutlierStatus, ScoreMeasure, from_cells, judge
from auditlib.parameters.load import load
from auditlib.records import Item, Refusal, Scale
from auditlib.statistics.outlier_verdicts import CALLED_OUT, SMALL_EFFECT
from company import Scenario, cells
from company.sketch import expected_mean
from company.world import world

SCENARIO = Path(__file__).parents[1] / "params" / "scenarios" / "demo.yaml"
ITEM = Item("q_overall", "How satisfied were you with this contact?", Scale(1, 5, 0.5), True)
SIZES = (0.2, 0.3, 0.4, 0.5, 0.6)
PLANTED = 4


def main(argv: list[str]) -> None:
    """Print sensitivity by size of the planted difference, and false alarms."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks power")
    parser.add_argument("--companies", type=int, default=200, help="simulated companies per row")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    print(f"\n{PLANTED} of the demo's 40 units differ; {arguments.companies} companies per row; in per cent")
    print(f"{'statistic':>10}{'planted':>9}{'found':>8}{'low':>7}{'high':>7}{'called out wrongly':>24}")
    for statistic in ("mean", "top_box"):
        for size in SIZES:
            print(_row(statistic, size, companies=arguments.companies, seed=arguments.seed))


def _row(statistic: str, size: float, *, companies: int, seed: int) -> str:
    found = power(size, statistic=statistic, companies=companies, seed=seed)
    low, high = (found[found["direction"] == side]["found"].mean() for side in ("low", "high"))
    alarms = found.attrs["false_alarms"] / found.attrs["sound"]
    shares = f"{100 * found['found'].mean():>8.0f}{100 * low:>7.0f}{100 * high:>7.0f}{100 * alarms:>24.2f}"
    return f"{statistic:>10}{size:>9.1f}{shares}"


def power(size: float, *, statistic: str, companies: int, seed: int) -> pd.DataFrame:
    """Return one row per planted unit: direction, whether it was found; wrong calls are counted in `attrs`.

    A call is wrong where the true mean lies within the meaningful difference of the median one.

    Parameters
    ----------
    size
        Distance of the planted units, two below and two above, in points of the scale.
    """
    scenario = load(Scenario, SCENARIO.read_text(encoding="utf-8"), name=SCENARIO.name)
    rng = np.random.default_rng(seed)
    ids = world(scenario, np.random.default_rng(seed)).unit_ids
    rows: list[tuple[str, bool]] = []
    alarms = sound = 0
    for number in range(companies):
        units = rng.choice(ids, PLANTED, replace=False)
        planted = {str(unit): (-size if place < PLANTED // 2 else size) for place, unit in enumerate(units)}
        verdicts, within = _verdicts(scenario, planted, statistic, seed=seed * 100_000 + number)
        for unit, shift in planted.items():
            wanted = OutlierStatus.HIGHER if shift > 0 else OutlierStatus.LOWER
            rows.append(("high" if shift > 0 else "low", verdicts.get(unit) is wanted))
        alarms += sum(verdicts[unit] in CALLED_OUT for unit in within)
        sound += len(within)
    frame = pd.DataFrame(rows, columns=["direction", "found"])
    frame.attrs.update({"false_alarms": alarms, "sound": sound})
    return frame


def _verdicts(
    scenario: Scenario, planted: dict[str, float], statistic: str, *, seed: int
) -> tuple[dict[str, OutlierStatus], list[str]]:
    """Return the verdict on each unit of one simulated company, and the units that truly hardly differ."""
    scores = scenario.scores.model_copy(update={"outliers": planted})
    drawn = cells(
        scenario.model_copy(update={"scores": scores}),
        np.random.default_rng(seed),
        survey_types=("transactional",),
    )
    ids = tuple(sorted(set(drawn.world.unit_ids)))
    found = from_cells(drawn.cells, ScoreMeasure("transactional", ITEM, statistic), unit_ids=ids)
    if isinstance(found, Refusal):
        raise TypeError(found.reason)
    enough = found.has_value & (found.n >= 30)
    judged = judge(found, enough, confidence=0.95)
    if isinstance(judged, Refusal):
        raise TypeError(judged.reason)
    compared = [unit for unit, chosen in zip(ids, enough, strict=True) if chosen]
    truth = expected_mean(scenario, drawn.world.path.ravel()).reshape(drawn.world.path.shape).mean(axis=1)
    apart = dict(zip(drawn.world.unit_ids, np.abs(truth - np.median(truth)), strict=True))
    within = [unit for unit in compared if apart[unit] < SMALL_EFFECT * np.sqrt(judged.sigma2)]
    if statistic != "mean":  # no truth of shares is at hand: planted units alone are taken to differ
        within = [unit for unit in compared if unit not in planted]
    return dict(zip(compared, judged.verdicts(), strict=True)), within
