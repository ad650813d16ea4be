"""How many answers a comparison needs: the design, and the command that prints it."""

from __future__ import annotations

import re

import pytest

from auditlib import benchmark
from auditlib.benchmark.design import MOST_SIMULATED, n_for_places
from auditlib.cli import main
from auditlib.records import Refusal


def wishes(**changes: float) -> dict[str, int | Refusal]:
    found = benchmark.design(0.9, 0.15, units=40, wishes=benchmark.Wishes(**changes))  # type: ignore[arg-type]  # one of them is whole
    return dict(found.needed)


def test_reliability_and_gap_follow_their_formulas() -> None:
    found = list(wishes().values())
    # n = R / (1 - R) sigma^2 / tau^2 = 7/3 * 36; n = 2 (0.9 * (1.959964 + 0.841621) / 0.1)^2 = 1271.5
    assert found[0] == 84
    assert found[1] == 1272


@pytest.mark.parametrize("change", [{"reliability": 0.8}, {"gap": 0.05}, {"power": 0.9}, {"places": 4}])
def test_to_ask_more_takes_more(change: dict[str, float]) -> None:
    def total(found: dict[str, int | Refusal]) -> int:
        return sum(n for n in found.values() if isinstance(n, int))

    assert total(wishes(**change)) > total(wishes())


def test_places_found_are_enough_and_not_far_too_many() -> None:
    from auditlib.benchmark.design import _scores, _span

    n = n_for_places(0.9, 0.15, units=20, places=5)
    assert isinstance(n, int)
    truth = 0.15 * _scores(20)
    assert _span(truth, 0.9 / n**0.5, level=0.95, seed=7) <= 5.5
    assert _span(truth, 0.9 / (0.7 * n) ** 0.5, level=0.95, seed=7) > 5


def test_the_approximation_meets_the_simulation_where_they_join() -> None:
    simulated = n_for_places(0.9, 0.15, units=MOST_SIMULATED, places=5)
    approximate = n_for_places(0.9, 0.15, units=MOST_SIMULATED + 1, places=5)
    assert isinstance(simulated, int)
    assert isinstance(approximate, int)
    assert approximate == pytest.approx(simulated, rel=0.25)


@pytest.mark.parametrize(("units", "n"), [(5, 2), (4, 2)])
def test_as_many_places_as_units_take_nothing(units: int, n: int) -> None:
    assert n_for_places(0.9, 0.15, units=units, places=5) == n


def test_units_that_do_not_differ_cannot_be_told_apart() -> None:
    found = benchmark.design(0.9, 0.0, units=40)
    refused = [n for _, n in found.needed if isinstance(n, Refusal)]
    assert len(refused) == 2
    assert "units scatter no more than by chance" in str(found.summary()[0])
    assert found.to_frame()["why"].astype(bool).tolist() == [True, False, True]


def test_out_of_reach_is_said() -> None:
    assert isinstance(n_for_places(0.9, 0.01, units=5000, places=5), Refusal)


def test_the_command_prints_a_table_and_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "benchmark", "--sigma", "0.9", "--tau", "0.15", "--units", "12"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"reliability 0\.7\s+84\s+1,008", shown)
    assert "It takes 84 answers a unit to compare units with reliability 0.7" in shown


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--sigma", "1"],
        ["--tau", "1"],
        ["--sigma", "0", "--tau", "1"],
        ["params/runs/demo.yaml", "--tau", "1"],
    ],
)
def test_half_a_question_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "benchmark", *words]) == 2
    assert "1 problem." in capsys.readouterr().err


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "benchmark", "--help"]) == 0
    shown = capsys.readouterr().out
    for word in ("From an audit's own evidence", "--sigma 0.9 --tau 0.15", "Reliability below 0.7"):
        assert word in shown


def test_the_design_of_a_comparison_uses_what_it_found() -> None:
    from test_benchmark_groups import company, compared

    from auditlib.benchmark.design import design_of

    cells, units = company({"N": [0.6, 0.7, 0.8] * 5})
    comparison = compared(cells, units)
    found = design_of(comparison)
    assert isinstance(found, benchmark.SampleSizes)
    assert found.has == 200
    least, most = comparison.needed
    assert least is not None
    assert most is not None
    assert isinstance(found.needed[0][1], int)
    assert least < found.needed[0][1] < most
    assert f"that reliability may take from {least} to {most} answers" in str(found.summary()[0])
    equal = design_of(compared(*company({"N": [0.7] * 9}, seed=3)))
    assert isinstance(equal, benchmark.SampleSizes)
    assert "9 units do not allow to be said: at least" in str(equal.summary()[0])
