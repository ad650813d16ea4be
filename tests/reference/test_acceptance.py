"""Published operating characteristics of acceptance sampling plans."""

from __future__ import annotations

import pytest

from auditlib.statistics.acceptance import AcceptanceNumbers


@pytest.mark.parametrize(
    ("defective", "accepted"),
    # Montgomery, Introduction to Statistical Quality Control, 15.2: single sampling, n = 89, c = 2
    [
        (0.005, 0.9897), (0.010, 0.9397), (0.020, 0.7366), (0.030, 0.4985), (0.040, 0.3042),
        (0.050, 0.1721), (0.060, 0.0919), (0.070, 0.0468), (0.080, 0.0230), (0.090, 0.0109),
    ],
)  # fmt: skip
def test_chance_of_acceptance(defective: float, accepted: float) -> None:
    plan = AcceptanceNumbers(89, few=2, many=3)
    few, open_, many = (float(chance) for chance in plan.chances(defective))
    assert round(few, 4) == accepted
    assert open_ == pytest.approx(0, abs=1e-12)
    assert few + many == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("errors", "upper"), [(3, 0.0509), (6, 0.0774)])
def test_the_share_that_is_hardly_ever_accepted_is_the_exact_upper_limit(errors: int, upper: float) -> None:
    # Exact binomial upper limits at 95 % for 3 and 6 of 150
    share = AcceptanceNumbers(150, few=errors, many=151).share_for_few(0.05)
    assert share == pytest.approx(upper, abs=5e-5)
