"""What counts as a number in text, and which recorded number it repeats."""

from __future__ import annotations

import pytest

from auditlib.audit.numerals import NAMES, keys_of, keys_stated, numerals, orphans
from auditlib.records import Interval, Number

NAMED = {
    "quotation": [
        '"top 3 of 5"', "the value '12,5' is no number",
        "\N{LEFT DOUBLE QUOTATION MARK}1 to 5\N{RIGHT DOUBLE QUOTATION MARK}",
    ],
    "instant": ["at 2025-03-01T09:30:00Z", "2025-03-01 09:30"],
    "day": ["on 1 July 2024", "by 2024-07-01", "30 June"],
    "month": ["2024-07 to 2025-12", "July 2024", "2024-Q3", "Q3 2024"],
    "time of day": ["from 09:00 to 17:30"],
    "place": ["line 17", "Table 2.1", "findings 3, 4 and 5", "edition 2025", "step 2"],
    "bound of a format": ["under 0.1%", "< 0.1%", "over 99.9%", "p < 0.001"],
    "score of a scale": ["top-box share (4 or more)", "(4.5 or more)", "(10 or more)", "(-2 or less)"],
    "work cited": ["Laney 2002", "(Mogstad, Romano and Wilhelm 2024)", "Wilson (1927)"],
    "identifier": ["CF-08", "U014", "service-excellence@2025", "01_intake", "q_1", "r.csv:1187", "p90"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NAMED.items() for text in texts])
def test_digits_of_a_name_are_no_number(kind: str, text: str) -> None:
    assert numerals(text) == ()


def test_every_declared_kind_has_an_example() -> None:
    assert set(NAMED) == set(NAMES)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Of 6,914 customers, 90.6% answered.", ["6,914", "90.6"]),
        ("between 26.8% and 27.5%", ["26.8", "27.5"]),
        ("a change of -0.02, of \N{MINUS SIGN}4.0 points and of +5", ["0.02", "4.0", "5"]),
        ("7, 8 and 9.", ["7", "8", "9"]),
        ("on 1 July 2024 there were 3", ["3"]),
        ("nothing in words: two of three", []),
    ],
)
def test_numbers_are_found(text: str, stated: list[str]) -> None:
    assert [one.text for one in numerals(text)] == stated


SHARE = Number("share", 0.90642, "share", 6914, Interval(0.8992, 0.9131, 0.95, "wilson"))


@pytest.mark.parametrize("text", ["90.6%", "91%", "0.906", "6,914", "89.9% to 91.3%", "at 95%"])
def test_a_number_may_be_stated_in_any_rounding(text: str) -> None:
    assert orphans(text, [SHARE]) == ()


@pytest.mark.parametrize("text", ["90.7%", "92%", "0.907", "6,915", "90.65%", "94%"])
def test_another_number_is_an_orphan(text: str) -> None:
    assert len(orphans(text, [SHARE])) == 1


def test_a_count_may_be_stated_as_share_of_its_n() -> None:
    kept = Number("kept", 6267, "responses", 6914)
    assert orphans("6,267 of 6,914 (90.6%)", [kept]) == ()
    assert orphans("90.7%", [kept]) == ("90.7",)


def test_a_sign_may_be_said_in_words() -> None:
    assert orphans("4.0 points lower", [Number("d", -0.04, "share")]) == ()


def test_a_suppressed_number_cannot_be_stated() -> None:
    assert orphans("2 of 3", [Number("n", None, "count", reason="Suppressed")]) == ("2", "3")


def test_keys_are_told_apart_in_one_cell() -> None:
    low, high = Number("low:U1", 0.268, "share"), Number("high:U1", 0.275, "share")
    reference = " + ".join(keys_stated("26.8% to 27.5%, and 9", (low, high)))
    assert keys_of(reference) == ("low:U1", "high:U1")
    assert keys_of("") == ()


def test_the_reason_of_a_number_may_begin_a_sentence() -> None:
    absent = Number("found:X", None, "share", reason="no account has 5 answers to each")
    assert orphans("No account has 5 answers to each.", [absent]) == ()
    assert orphans("No account has 6 answers to each.", [absent]) == ("6",)


def test_a_reason_that_is_a_part_of_another_does_not_break_it() -> None:
    short = "568 of 2,880 rows do not say it"
    long = f"568 more are unknown; {short}"
    both = (Number("outcome", "met", reason=long), Number("found", 0.5, reason=short))
    for numbers in (both, both[::-1]):
        assert orphans(long, numbers) == ()
        assert orphans(f"{long}; 7 more", numbers) == ("7",)
        assert keys_stated(long, numbers) == ("outcome",)
        assert keys_stated(short, numbers) == ("found",)
