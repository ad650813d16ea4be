"""How sure a value adjusted for case mix is: the error of the adjustment is the error of the unit."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from auditlib.benchmark.compare import compare_units
from auditlib.benchmark.mix import adjusted_scores
from auditlib.benchmark.result import ComparisonChoices
from auditlib.benchmark.scores import ScoreMeasure, UnitScores, from_cells, interval
from auditlib.records import Instrument, Item, Scale
from auditlib.statistics import case_mix
from auditlib.statistics.types import Floats

MEASURE = ScoreMeasure("transactional", Item("q_overall", "?", Scale(1, 5, 0.5)), "mean")
UNITS = ("U0", "U1", "U2", "U3")


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Answers of four units of unequal size, on the telephone and by mail."""
    rng = np.random.default_rng(8)
    frames = []
    for place, (unit, size) in enumerate(zip(UNITS, (40, 80, 160, 320), strict=True)):
        phone = rng.uniform(size=size) < 0.2 + 0.15 * place
        score = np.clip(np.round(rng.normal(4 - 0.5 * phone, 0.7) * 2) / 2, 1, 5)
        frames.append(pd.DataFrame({"unit_id": unit, "channel": np.where(phone, "phone", "mail")}))
        frames[-1]["score"] = score
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def adjusted(answers: pd.DataFrame) -> UnitScores:
    columns = ["unit_id", "channel", "score"]
    mix = answers.groupby(columns, as_index=False).size().rename(columns={"size": "n"})
    mix = mix.assign(survey_type="transactional", item="q_overall")
    cells = mix.groupby(["unit_id", "survey_type", "item", "score"], as_index=False)["n"].sum()
    raw = from_cells(cells, MEASURE, unit_ids=UNITS)
    assert isinstance(raw, UnitScores)
    found = adjusted_scores(raw, mix)
    assert isinstance(found, UnitScores)
    return found


def errors_of(answers: pd.DataFrame) -> Floats:
    """The errors of the regression on single answers; mail, the commoner, is the reference."""
    commoner = answers["channel"].value_counts().idxmax()
    design = (answers["channel"] != commoner).to_numpy(dtype=float)
    found = case_mix.within_unit(answers["score"], design, answers["unit_id"].to_numpy(dtype=str))
    assert isinstance(found, case_mix.Adjusted)
    return found.errors


def test_the_variance_over_n_is_the_error_of_the_adjustment(
    answers: pd.DataFrame, adjusted: UnitScores
) -> None:
    assert np.sqrt(adjusted.variance / adjusted.n) == pytest.approx(errors_of(answers), rel=1e-12)


def test_the_interval_is_as_wide_as_that_error_makes_it(answers: pd.DataFrame, adjusted: UnitScores) -> None:
    from scipy.stats import t

    limits = interval(adjusted, adjusted.has_value, level=0.95)
    half = t.ppf(0.975, adjusted.n - 1) * errors_of(answers)
    assert limits.high - adjusted.value == pytest.approx(half, rel=1e-9)
    assert adjusted.value - limits.low == pytest.approx(half, rel=1e-9)


def test_units_are_held_against_all_answers_and_what_one_answer_varies(answers: pd.DataFrame) -> None:
    """The target is the mean of all answers, the variance that of an analysis of variance by unit."""
    cells = answers.groupby(["unit_id", "score"], as_index=False).size().rename(columns={"size": "n"})
    cells = cells.assign(survey_type="transactional", item="q_overall")
    units = pd.DataFrame({"unit_id": UNITS, "name": UNITS})
    instruments = (Instrument("transactional", (MEASURE.item,)),)
    choices = ComparisonChoices(statistic="mean", minimum_n=2, minimum_units=2)
    (comparison,) = compare_units(cells, instruments, choices, units=units)
    assert comparison.judgement.target == pytest.approx(answers["score"].mean())
    residual = answers["score"] - answers.groupby("unit_id")["score"].transform("mean")
    expected = (residual**2).sum() / (len(answers) - len(UNITS))
    assert comparison.judgement.sigma2 == pytest.approx(expected)
