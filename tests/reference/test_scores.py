"""Published numbers for scores: shares and net promoter scores."""

import pytest

from auditlib.statistics import intervals


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        # computed from Wilson (1927), JASA 22:209-212, equation 1
        (45, 50, 0.7864, 0.9565),
    ],
)
def test_wilson_limits(successes, n, low, high):
    limits = intervals.wilson(successes, n)
    assert (round(float(limits.low), 4), round(float(limits.high), 4)) == (low, high)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # Newcombe (1998), table I, method 5 (Clopper and Pearson)
        (81, 263, 0.2527, 0.3676),
        (15, 148, 0.0578, 0.1617),
        (0, 20, 0.0, 0.1684),
    ],
)
def test_clopper_pearson_limits(successes, n, low, high):
    limits = intervals.clopper_pearson(successes, n)
    assert (round(float(limits.low), 4), round(float(limits.high), 4)) == (low, high)


def test_net_promoter_score_and_its_error():
    # variance ((P + D) - (P - D)^2) / n with 110 promoters, 50 passives, 40 detractors
    value, error = intervals.nps(110, 40, 200)
    assert round(float(value), 2) == 0.35
    assert round(float(error), 5) == 0.05601
