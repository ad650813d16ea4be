"""Group-time effects on random panels held against csdid 0.4.3, an independent implementation.

The stored numbers were produced once with ``ATTgt(..., xformla="y~1").fit(est_method="reg", bstrap=False)``
and ``aggte(bstrap=False)`` on the panels that `panel_of` draws. Where csdid can be run, as
``make bench-oracles`` sets it up beside the suite, it also answers on new random panels.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from auditlib.statistics.adoption import AdoptionPanel, adoption_panel
from auditlib.statistics.group_time import Average, Comparison, GroupTime, Kind, average, group_time

UNITS, PERIODS = 40, 7


def panel_of(seed: int) -> AdoptionPanel:
    """Draw a panel with effects that differ by cohort and grow."""
    rng = np.random.default_rng(seed)
    first = rng.choice([0, 3, 4, 6], size=UNITS, p=[0.4, 0.2, 0.2, 0.2])
    level = rng.normal(size=UNITS)
    outcome = np.zeros((UNITS, PERIODS))
    for unit in range(UNITS):
        for period in range(1, PERIODS + 1):
            adopted = first[unit] > 0 and period >= first[unit]
            effect = (0.3 + 0.1 * (period - first[unit])) * adopted
            drawn = level[unit] + 0.1 * period + effect + 0.2 * rng.normal()
            outcome[unit, period - 1] = round(drawn, 4)
    return adoption_panel(outcome, np.where(first == 0, 99, first - 1))


FROM_CSDID: tuple[tuple[int, Comparison, int, Kind, float, float], ...] = (
    (11, "never", 0, "simple", 0.4161945329, 0.0687837184),
    (11, "never", 0, "dynamic", 0.4676066280, 0.0740399675),
    (11, "never", 0, "group", 0.3664046292, 0.0696951204),
    (11, "never", 0, "calendar", 0.3933398295, 0.0721197939),
    (11, "never", 1, "simple", 0.4030296886, 0.0594218216),
    (11, "never", 1, "dynamic", 0.4405914487, 0.0637758979),
    (11, "never", 1, "group", 0.4123005371, 0.0542721732),
    (11, "never", 1, "calendar", 0.3663246502, 0.0656567039),
    (11, "not_yet", 0, "simple", 0.4477524131, 0.0671659782),
    (11, "not_yet", 0, "dynamic", 0.4922325207, 0.0721489447),
    (11, "not_yet", 0, "group", 0.3911368393, 0.0713711708),
    (11, "not_yet", 0, "calendar", 0.4340799698, 0.0680280898),
    (11, "not_yet", 1, "simple", 0.4141430173, 0.0574064073),
    (11, "not_yet", 1, "dynamic", 0.4488056482, 0.0624009970),
    (11, "not_yet", 1, "group", 0.4222469473, 0.0531573577),
    (11, "not_yet", 1, "calendar", 0.3753866925, 0.0630219158),
    (12, "never", 0, "simple", 0.4904740260, 0.0620557072),
    (12, "never", 0, "dynamic", 0.5676113830, 0.0712866546),
    (12, "never", 0, "group", 0.4805329795, 0.0616970177),
    (12, "never", 0, "calendar", 0.4356474657, 0.0717550259),
    (12, "never", 1, "simple", 0.4876385791, 0.0706545281),
    (12, "never", 1, "dynamic", 0.5716202219, 0.0758848133),
    (12, "never", 1, "group", 0.4642386061, 0.0684958959),
    (12, "never", 1, "calendar", 0.4396563045, 0.0692265928),
    (12, "not_yet", 0, "simple", 0.4805956047, 0.0619747589),
    (12, "not_yet", 0, "dynamic", 0.5607373519, 0.0708482144),
    (12, "not_yet", 0, "group", 0.4725337896, 0.0619085915),
    (12, "not_yet", 0, "calendar", 0.4255168730, 0.0718463363),
    (12, "not_yet", 1, "simple", 0.4883610022, 0.0715668596),
    (12, "not_yet", 1, "dynamic", 0.5721039313, 0.0761306231),
    (12, "not_yet", 1, "group", 0.4642055475, 0.0699156931),
    (12, "not_yet", 1, "calendar", 0.4472479989, 0.0688652507),
)


@pytest.mark.parametrize(("seed", "comparison", "anticipation", "kind", "estimate", "error"), FROM_CSDID)
def test_an_independent_implementation_agrees(
    seed: int, comparison: Comparison, anticipation: int, kind: Kind, estimate: float, error: float
) -> None:
    effects = group_time(panel_of(seed), comparison=comparison, anticipation=anticipation)
    assert isinstance(effects, GroupTime)
    found = average(effects, kind=kind)
    assert isinstance(found, Average)
    assert found.estimate == pytest.approx(estimate, abs=1e-9)
    assert found.standard_error == pytest.approx(error, abs=1e-9)


ROOT = Path(__file__).parents[2]
BESIDE = ROOT / ".venv-oracles" / "bin" / "python"
KINDS: tuple[Kind, ...] = ("simple", "dynamic", "group", "calendar")


def interpreter() -> str:
    if find_spec("csdid"):
        return sys.executable
    if not BESIDE.exists():
        pytest.skip("csdid is not installed: `make bench-oracles` sets it up in .venv-oracles")
    return str(BESIDE)


def random_panel(seed: int) -> AdoptionPanel:
    """Draw a panel of random size and cohorts; some units never adopt."""
    rng = np.random.default_rng([77, seed])
    units, periods = int(rng.integers(25, 90)), int(rng.integers(5, 11))
    dates = np.r_[rng.choice(np.arange(2, periods - 1), size=2, replace=False), 99]
    adopted = np.r_[dates, dates, rng.choice(dates, units - 6)]
    since = np.arange(periods)[None, :] - adopted[:, None]
    level = rng.normal(size=(units, 1)) + rng.normal(size=periods)
    return adoption_panel(level + 0.4 * (since >= 0) * (1 + since) + rng.normal(size=level.shape), adopted)


def long(panel: AdoptionPanel) -> dict[str, list[float]]:
    first = np.where(panel.never, 0, panel.adopted + 1)
    rows = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(1, panel.units + 1), panel.periods),
            "time": np.tile(np.arange(1, panel.periods + 1), panel.units),
            "y": panel.outcome.ravel(),
            "first": np.repeat(first, panel.periods).astype(float),
        }
    )
    return {str(name): column.tolist() for name, column in rows.items()}


def test_csdid_agrees_on_random_panels() -> None:
    names: dict[Comparison, str] = {"never": "nevertreated", "not_yet": "notyettreated"}
    cases = [(seed, name, ahead) for seed in range(6) for name in names for ahead in (0, 1)]
    asked = [
        {"rows": long(random_panel(seed)), "control": names[name], "anticipation": ahead}
        for seed, name, ahead in cases
    ]
    done = subprocess.run(
        [interpreter(), "-W", "ignore", str(Path(__file__).with_name("csdid_live.py"))],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    for (seed, name, ahead), answer in zip(cases, json.loads(done.stdout), strict=True):
        effects = group_time(random_panel(seed), comparison=name, anticipation=ahead)
        assert isinstance(effects, GroupTime)
        for kind in KINDS:
            found = average(effects, kind=kind)
            assert isinstance(found, Average)
            assert (found.estimate, found.standard_error) == pytest.approx(answer[kind], abs=1e-9)
