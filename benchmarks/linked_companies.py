"""Linked pay in generated companies: planted effects recovered, false alarms, regression to the mean.

python -m benchmarks linked_companies                   200 companies per row, some minutes
python -m benchmarks linked_companies --companies 50    fewer
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from auditlib import compensation
from auditlib.compensation.inference import EffectClaim, calibrated, claim, infer
from auditlib.compensation.placebo import Placebos, placebos
from auditlib.compensation.procedure import Choices, PayQuestion, effects
from auditlib.compensation.register import ROLES, RoleLinks, role_links
from auditlib.parameters.load import load
from auditlib.records import Refusal
from auditlib.statistics.clustered import critical
from auditlib.statistics.types import Floats
from benchmarks import assigned_pay
from company import Scenario, cells
from company.sketch import expected_mean

SCENARIO = Path(__file__).parents[1] / "params" / "scenarios" / "demo.yaml"
PLACEBOS = 200
"""Placebo adoptions per company and role."""


def main(argv: list[str]) -> None:
    """Generate companies, and print what the procedure finds in them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks linked_companies")
    parser.add_argument("--companies", type=int, default=200, help="generated companies per row")
    arguments = parser.parse_args(argv)
    recovered(companies=arguments.companies)
    found_where_nothing_is(companies=arguments.companies)
    assigned_pay.told(range(min(assigned_pay.ENOUGH, arguments.companies)))


def demo_scenario() -> Scenario:
    """Return the demo scenario without gaming."""
    scenario = load(Scenario, SCENARIO.read_text("utf-8"), name=SCENARIO.name)
    return scenario.model_copy(update={"gaming": None})


def company(scenario: Scenario, seed: int) -> tuple[compensation.Panel, tuple[RoleLinks, ...], Floats]:
    """Generate one company: its panel, its links by role, and the true effect of its unit-months."""
    drawn = cells(scenario, np.random.default_rng(seed), survey_types=("transactional",))
    shown = compensation.panel(drawn.cells, survey_type="transactional", item="q_overall")
    register = _register(drawn.world.unit_ids, drawn.world.links)
    place = [drawn.world.unit_ids.index(unit) for unit in shown.units]
    links = tuple(role_links(register, shown, role=role) for role in ROLES)
    return shown, tuple(one for one in links if one.linked.any()), drawn.world.effect[place]


def _register(unit_ids: tuple[str, ...], links: tuple[object, ...]) -> pd.DataFrame:
    """Write generated links as the canonical register."""
    epoch = date(1970, 1, 1)
    return pd.DataFrame(
        {
            "role": getattr(link, "role"),  # noqa: B009 - typed by the generator's own record
            "unit_id": unit_ids[getattr(link, "unit")],  # noqa: B009
            "weight": getattr(link, "weight"),  # noqa: B009
            "starts_on": (getattr(link, "starts_on") - epoch).days,  # noqa: B009
            "ends_on": np.nan,
        }
        for link in links
    )


def recovered(*, companies: int) -> None:
    """Print how the planted effects of the demo scenario are recovered, without gaming."""
    scenario = demo_scenario()
    ends = expected_mean(scenario, np.array([4.3, 4.5]))
    slope = float(ends[1] - ends[0]) / 0.2
    print(f"\nPlanted effects over {companies} generated companies (slope of the mean {slope:.3f})")
    print("set aside  role      truth    bias   spread  error   covers   test rejects")
    for months in (0, 3, 6):
        rows = np.array([_one(scenario, seed, months, slope) for seed in range(companies)])
        for place, role in enumerate(ROLES):
            estimate, error, truth = rows[:, :, place].T
            crossing = critical(0.95, scenario.units - 1)
            covers = (np.abs(estimate - truth) <= crossing * error).mean()
            shown = (np.abs(estimate) > crossing * error).mean()
            print(
                f"{months:9d}  {role:8s} {truth.mean():6.3f} {np.mean(estimate - truth):+7.3f} "
                f"{(estimate - truth).std():7.3f} {error.mean():7.3f} "
                f"{100 * covers:7.1f}% {100 * shown:10.1f}%"
            )


def _one(scenario: Scenario, seed: int, months: int, slope: float) -> Floats:
    shown, links, effect = company(scenario, seed)
    found = effects(PayQuestion(shown, links, links[0].role, Choices(anticipation=months)))
    if isinstance(found, Refusal) or found.jackknife is None:
        return np.full((3, 2), np.nan)
    truth = (found.weights * (slope * effect)).sum(axis=(1, 2))
    return np.stack([found.coefficient, found.jackknife, truth])


def found_where_nothing_is(*, companies: int) -> None:
    """Print how often an effect is called, and claimed, in companies without one, and with the demo's."""
    print(
        f"\nCalled an effect in {companies} generated companies, {PLACEBOS} placebos each; false alarms "
        "of the placebos as mean (spread over companies)"
    )
    print(
        "links                   role       placebo alarms   test   placebo-calibrated   claimed   disputed"
    )
    for name, scenario in _worlds().items():
        rows = [row for seed in range(companies) for row in _judged(scenario, seed)]
        frame = pd.DataFrame(rows, columns=["role", "alarms", "test", "calibrated", "claimed", "disputed"])
        for role, part in frame.groupby("role"):
            mean, spread = part.mean(numeric_only=True), float(part["alarms"].std())
            print(
                f"{name:23s} {role!s:9s} {100 * mean['alarms']:8.1f}% ({100 * spread:3.1f})"
                f"{100 * mean['test']:9.1f}% {100 * mean['calibrated']:17.1f}%"
                f" {100 * mean['claimed']:14.1f}% {100 * mean['disputed']:9.1f}%"
            )


def _worlds() -> dict[str, Scenario]:
    demo = demo_scenario()
    return {
        "dealt by lot, none": _changed(demo, effect=0.0, low_scores_first=0.0),
        "low scores first, none": _changed(demo, effect=0.0, low_scores_first=1.0),
        "as in the demo": demo,
    }


def _changed(scenario: Scenario, **changes: float) -> Scenario:
    roles = ("manager_links", "staff_links")
    return scenario.model_copy(
        update={role: getattr(scenario, role).model_copy(update=changes) for role in roles}
    )


def _judged(scenario: Scenario, seed: int) -> list[tuple[str, float, bool, bool, bool, bool]]:
    """Return role, false-alarm rate, called by the test, by placebos, claimed, disputed."""
    shown, links, _ = company(scenario, seed)
    question = PayQuestion(shown, links, links[0].role)
    found = effects(question)
    rows: list[tuple[str, float, bool, bool, bool, bool]] = []
    for which, link in enumerate(links):
        rng = np.random.default_rng([seed, which])
        if isinstance(found, Refusal):
            continue
        asked = question.of(link.role)
        tested = infer(found, asked, draws=199, reassignments=0, rng=rng)
        beside = placebos(asked, count=PLACEBOS, rng=rng)
        if not isinstance(beside, Placebos) or tested.p_value is None:
            continue
        estimate = float(found.coefficient[which])
        other = calibrated(estimate, tested, beside)
        said = claim(estimate, tested, beside)
        rows.append(
            (
                link.role, beside.rate, tested.p_value <= 0.05, other is not None and other <= 0.05,
                said is EffectClaim.SHOWN, said is EffectClaim.DISPUTED,
            )
        )  # fmt: skip
    return rows
