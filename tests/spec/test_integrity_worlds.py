"""Companies of another make than the demo's: honest fixes, shocks of regions, customers left out.

At full size: ``python -m benchmarks integrity``. Limits are such that correct rates would break them once in
a thousand tries.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from scipy.stats import binom

from auditlib.integrity import IntegrityResult, SignStrength
from benchmarks._gamed_companies import World
from benchmarks.integrity import audited, gamed, policy

DOUBT = 0.001
SEEDS = range(400, 406)
USUAL = World(units=30, linked=10, answers=(60, 2500))
SHOCKS = replace(USUAL, shocks=0.4)


@cache
def results(world: World) -> tuple[IntegrityResult, ...]:
    return tuple(audited(world, seed) for seed in SEEDS)


def alarms(world: World) -> int:
    return sum(bool(result.alarms) for result in results(world))


@pytest.mark.parametrize(
    "world", [replace(USUAL, fix=0.5), SHOCKS, replace(SHOCKS, assigned="leaning")], ids=str
)
def test_where_nobody_games_alarms_are_as_rare_as_declared(world: World) -> None:
    assert alarms(world) <= binom.ppf(1 - DOUBT, len(SEEDS), policy().error)


def test_an_honest_fix_takes_low_answers_away_and_is_no_sign_of_who_is_heard() -> None:
    """Taken by itself, the fall of low answers would be called beyond chance; it is said, and no alarm."""
    fixed = results(replace(USUAL, fix=0.5))
    fallen = [
        entry.sign is SignStrength.WATCH
        for result in fixed
        for entry in result.detections
        if entry.detector.key == "low_scores_missing"
    ]
    assert sum(fallen) >= 3
    assert sum(alarm.pattern.key == "who_is_heard" for result in fixed for alarm in result.alarms) <= 1


def test_pay_linked_by_too_few_whole_regions_cannot_be_tested() -> None:
    for result in results(replace(SHOCKS, assigned="region")):
        assert not result.tested
        assert "Pay was linked by whole regions: 2 linked regions and 3 others" in result.untested[0].reason


def test_pay_linked_by_enough_whole_regions_is_compared_by_region() -> None:
    world = replace(SHOCKS, units=40, regions=10, assigned="region")
    result = audited(world, 400)
    tested = next(entry for entry in result.detections if entry.detector.key == "month_end")
    assert tested.contrast is not None
    assert tested.contrast.chosen + tested.contrast.unchosen == 10
    assert 15 < tested.linked <= 20


def test_customers_left_out_are_found_where_it_is_said_that_they_would_be() -> None:
    outcomes = [gamed(World(uninvited=0.6, answers=(200, 5000)), "uninvited", seed) for seed in (1, 2, 3)]
    clear = [outcome.alarm for outcome in outcomes if outcome.power >= policy().least_power]
    assert len(clear) >= 2
    assert sum(clear) >= binom.ppf(DOUBT, len(clear), policy().least_power)
