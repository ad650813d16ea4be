"""Pay linked by region, and every choice at once, in companies where the truth is known.

python -m benchmarks assigned_pay                    48 companies per world, a quarter of an hour
python -m benchmarks assigned_pay --companies 12     fewer
python -m benchmarks assigned_pay --world regions    one world
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib import compensation
from auditlib.compensation.alarmed import Alarms
from auditlib.compensation.assigned import assigned_by
from auditlib.compensation.inference import Inference, infer
from auditlib.compensation.procedure import PayQuestion, effects
from auditlib.compensation.register import role_links
from auditlib.compensation.result import NOT_ROBUST, RoleEffect
from auditlib.compensation.specification_curve import specification_curve
from auditlib.records import Refusal
from benchmarks._answering_company import Company, World, company

WORLDS = {
    "regions": World(),
    "regions, effect": World(effect=0.4),
    "many regions": World(units=48, regions=12, linked=6, dates=(12, 18)),
    "many regions, effect": World(units=48, regions=12, linked=6, dates=(12, 18), effect=0.5),
    "uneven regions": World(units=60, regions=20, linked=5),
    "few of many regions": World(units=60, regions=20, linked=3),
    "units": World(by_region=False, linked=18, dates=(12, 18)),
    "uneven units": World(by_region=False, linked=8),
    "units, effect": World(by_region=False, linked=18, dates=(12, 18), effect=0.4),
    "calm units, effect": World(
        units=60, by_region=False, linked=30, answers=60, unit_sd=0.02, region_sd=0.02, effect=0.4
    ),
}
"""What is drawn, by name."""
ENOUGH = 48
"""Companies per world of the table in docs/compensation.md."""
PLACEBOS, CURVES = 200, 19
"""Placebo links per company, and curves of links dealt anew: with the actual one 20, of which one is 5%."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one company is told.

    Parameters
    ----------
    by_unit
        Whether the test with every unit for itself would call an effect.
    refused, called
        Whether the test at the level of assignment is refused, or calls one.
    claim, height
        What may be claimed, and the rungs reached.
    some_choice, together
        Whether some choice is beyond its own limits, and whether all together are; None where untested.
    """

    by_unit: bool
    refused: bool
    called: bool
    claim: str
    height: int
    some_choice: bool
    together: bool | None


def main(argv: list[str]) -> None:
    """Draw companies, audit them, and print what they are told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks assigned_pay")
    parser.add_argument("--companies", type=int, default=ENOUGH, help="companies per world")
    parser.add_argument("--first", type=int, default=0, help="seed of the first company")
    parser.add_argument("--world", choices=sorted(WORLDS), action="append", help="default all")
    arguments = parser.parse_args(argv)
    seeds = range(arguments.first, arguments.first + arguments.companies)
    told(seeds, worlds=arguments.world or tuple(WORLDS))


def told(seeds: Sequence[int], *, worlds: Sequence[str] = tuple(WORLDS)) -> None:
    """Print what companies are told whose pay is linked by region, or unit by unit among regional shocks."""
    print(f"\n{len(seeds)} companies per world, {PLACEBOS} placebos each; per cent of companies")
    print(
        "world                 by unit   refused   called   claimed   with doubts   rungs   some choice"
        "   choices together"
    )
    for name in worlds:
        verdicts = [verdict(company(WORLDS[name], seed), seed) for seed in seeds]
        print(row(name, pd.DataFrame(verdicts)), flush=True)


def row(name: str, verdicts: pd.DataFrame) -> str:
    """Return one row of the table."""
    together = verdicts["together"].dropna().astype(float)
    return (
        f"{name:21s} {_rate(verdicts['by_unit'])} {_rate(verdicts['refused'])}  {_rate(verdicts['called'])}"
        f"   {_rate(verdicts['claim'] == 'shown')}       {_rate(verdicts['claim'] == NOT_ROBUST)}"
        f"   {verdicts['height'].mean():6.1f}   {_rate(verdicts['some_choice'])}"
        f"       {_rate(together) if len(together) else '  none'} ({len(together)})"
    )


def _rate(flags: pd.Series) -> str:
    return f"{100 * flags.mean():7.1f}%"


def verdict(drawn: Company, seed: int) -> Verdict:
    """Audit one company; only an effect that its test calls is put through the rest."""
    links = role_links(drawn.register, drawn.panel, role="manager")
    months = len(drawn.panel.months)
    assigned = assigned_by(drawn.register, links, drawn.panel.units, {"region": drawn.region}, months=months)
    if isinstance(assigned, Refusal):
        raise TypeError(assigned.reason)
    question = PayQuestion(drawn.panel, (links,), "manager", cluster=assigned.cluster)
    tested = _tested(question, seed)
    called = tested.p_value is not None and tested.p_value <= 1 - question.level
    effect = _whole(drawn, seed) if called else None
    curve = specification_curve(question, deals=CURVES, rng=np.random.default_rng(seed))
    up, down = curve.called()
    return Verdict(
        by_unit=(_tested(question.by_unit(), seed).p_value or 1.0) <= 1 - question.level,
        refused=isinstance(tested.method, Refusal),
        called=called,
        claim="not shown" if effect is None else effect.claim,
        height=0 if effect is None else effect.ladder.height,
        some_choice=up + down > 0,
        together=None if isinstance(curve.joint, Refusal) else curve.joint.p_value <= 1 - question.level,
    )


def _tested(question: PayQuestion, seed: int) -> Inference:
    imputed = effects(question)
    if isinstance(imputed, Refusal):
        raise TypeError(imputed.reason)
    return infer(imputed, question, draws=499, reassignments=0, rng=np.random.default_rng(seed))


def _whole(drawn: Company, seed: int) -> RoleEffect:
    """Return the whole answer, as where integrity checks raise no alarm."""
    result = compensation.estimate(
        drawn.panel,
        drawn.register,
        known={"region": drawn.region},
        placebo_adoptions=PLACEBOS,
        draws=999,
        seed=seed,
        alarms=Alarms(frozenset(), tested=True),
    )
    return result.roles[0]
