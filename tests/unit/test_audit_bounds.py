"""Where a stored number, a stated one and one that is held back begin to be another."""

from __future__ import annotations

import pytest

from auditlib.audit.numerals import orphans
from auditlib.audit.rounding import rounded
from auditlib.audit.suppression import Suppression
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Basis, Interval, Number

OF_PEOPLE = (Basis("responses"),)


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (1.23456789149, "1.234567891"),
        (1.23456789151, "1.234567892"),
        (0.3333333333333333, "0.3333333333"),
        (12345678915.4, "12345678920.0"),
        (-0.0, "0.0"),
    ],
)
def test_a_float_is_stored_with_ten_digits(value: float, stored: str) -> None:
    assert repr(rounded(value)) == stored


@pytest.mark.parametrize(
    ("text", "share", "founded"),
    [
        ("10.5% were late.", 0.10549, True),
        ("10.5% were late.", 0.10551, False),
        ("10.5% were late.", 0.10451, True),
        ("10.5% were late.", 0.10449, False),
        ("11% were late.", 0.1051, True),
        ("11% were late.", 0.1049, False),
    ],
)
def test_a_numeral_repeats_a_number_up_to_half_of_its_last_digit(
    text: str, share: float, founded: bool
) -> None:
    assert (orphans(text, [Number("late", share, "share")]) == ()) is founded


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (4, "(held back) (95% interval (held back) to (held back)) were late."),
        (5, "40.0% (95% interval 11.8% to 76.9%) were late."),
    ],
)
def test_the_limits_go_with_the_value(n: int, text: str) -> None:
    limits = Interval(0.118, 0.769, 0.95, "Wilson")
    held = Suppression(minimum=MinimumFrequency(5))
    held.disclosed(Number("late", 0.4, "share", n, limits, OF_PEOPLE))
    assert held.text("40.0% (95% interval 11.8% to 76.9%) were late.", ["late"])[0] == text


@pytest.mark.parametrize(
    ("count", "withheld", "cell"),
    [
        (4, {}, "< 5"),
        (1, {}, "< 5"),
        # that it is small may not be told either
        (4, {"late": ("size",)}, "suppressed"),
        # held back for the sake of another
        (40, {"late": ("value",)}, "suppressed"),
    ],
)
def test_a_cell_says_that_few_were_counted_where_that_may_be_told(
    count: int, withheld: dict[str, tuple[str, ...]], cell: str
) -> None:
    held = Suppression(minimum=MinimumFrequency(5), withheld=withheld)
    assert held.disclosed(Number("late", count, "cases", basis=OF_PEOPLE)).value is None
    assert held.cell("late") == cell
