"""What is said of numbers that are held back: in sentences, texts without keys, tables and their order."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from auditlib.audit.suppression import Suppression
from auditlib.audit.tables import Layout, tabulate
from auditlib.disclosure import MinimumFrequency
from auditlib.records import Basis, Interval, Number
from auditlib.statements import Exhibit

RESPONSES = (Basis("responses"),)


def late(value: int, n: int = 300) -> Number:
    return Number("late", value, "count", n, basis=RESPONSES)


def suppression(*numbers: Number, withheld: dict[str, tuple[str, ...]] | None = None) -> Suppression:
    made = Suppression(minimum=MinimumFrequency(5), withheld=withheld)
    for number in numbers:
        made.disclosed(number)
    return made


class TestASentence:
    """Its words, case by case, stand in `tests/spec/test_held_back.py`."""

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (
                "1 anonymous response below it could not be reached and is left out.",
                "fewer than 5 anonymous responses below it could not be reached and are left out.",
            ),
            (
                "1 account of 584 with answers to both is late.",
                "fewer than 5 accounts of 584 with answers to both are late.",
            ),
        ],
    )
    def test_agrees_with_the_bound_over_what_stands_between(self, text: str, said: str) -> None:
        assert suppression(late(1)).text(text, ["late"]) == (said, ("threshold:minimum_cell",))

    def test_tells_no_one_by_the_words_that_agree_with_it(self) -> None:
        """Where not even the bound may be said, a singular would say that it is one."""
        made = suppression(late(1), withheld={"late": ("size",)})
        assert made.text("1 of 300 was late.", ["late"])[0] == "(held back) of 300 were late."
        assert made.text("1 response was late.", ["late"])[0] == "(held back) responses were late."

    def test_masks_a_number_beside_another_though_the_verb_stands_behind_both(self) -> None:
        assert suppression(late(1, n=4)).text("1 of 4 was late.", ["late"])[0] == (
            "fewer than 5 of fewer than 5 were late."
        )

    def test_leaves_the_numbers_of_other_keys_alone(self) -> None:
        assert suppression(late(2)).text("2 units of 40", ["units"]) == ("2 units of 40", ())

    def test_leaves_a_limit_alone_that_is_as_large_as_a_small_count(self) -> None:
        text = "2 of 300 were not answered within 2.0 minutes."
        assert suppression(late(2)).text(text, ["late"])[0] == (
            "fewer than 5 of 300 were not answered within 2.0 minutes."
        )

    def test_holds_a_share_back_that_would_tell(self) -> None:
        kept = Number("kept", 0.9933333333, "share", 300, Interval(0.976, 0.998), basis=RESPONSES)
        made = suppression(kept, withheld={"kept": ("share",)})
        assert made.text("99.3% (97.6% to 99.8%) of 300.", ["kept"])[0] == (
            "(held back) ((held back) to (held back)) of 300."
        )


class TestATextWithoutKeys:
    def test_keeps_what_counts_things(self) -> None:
        text = "3 units are compared over 3 months; 3 responses are few."
        assert suppression(late(3)).unkeyed(text) == (
            "3 units are compared over 3 months; fewer than 5 responses are few."
        )

    def test_loses_a_measured_value_wherever_it_stands(self) -> None:
        rate = Number("rate", 0.5, "share", 4, basis=RESPONSES)
        assert (
            suppression(rate).unkeyed("from 41.4% in A to 50.0% in B")
            == "from 41.4% in A to (held back) in B"
        )


class TestATable:
    def shown(
        self, frame: pd.DataFrame, numbers: list[Number], **withheld: tuple[str, ...]
    ) -> list[tuple[str, ...]]:
        made = suppression(*numbers, withheld=withheld)
        known = {number.key: made.disclosed(number) for number in numbers}
        exhibit = Exhibit(frame, by=("unit_id",), facts=tuple(numbers))
        layout = Layout("rates", exhibit, known, made, lambda _column, value: value, 60)
        return list(tabulate(layout).rows)

    def frame(self) -> tuple[pd.DataFrame, list[Number]]:
        rates = {"C": 0.25, "A": 0.5, "B": 0.75, "D": 0.8}
        frame: Any = pd.DataFrame(
            {
                "unit_id": list(rates),
                "rate": list(rates.values()),
                "low": [0.1, 0.2, 0.3, 0.4],
                "high": [0.6, 0.7, 0.8, 0.9],
            }
        )
        numbers = [
            Number(
                f"rate:{unit}", rate, "share", 20, basis=(Basis("responses", (("unit_id", unit),), rows=20),)
            )
            for unit, rate in rates.items()
        ]
        return frame, numbers

    def test_holds_back_the_limits_with_the_value(self) -> None:
        rows = self.shown(*self.frame(), **{"rate:A": ("share",)})
        assert next(row for row in rows if row[0] == "A") == ("A", "suppressed", "suppressed", "suppressed")

    def test_is_in_order_of_names_where_its_own_order_would_tell(self) -> None:
        assert [row[0] for row in self.shown(*self.frame())] == ["C", "A", "B", "D"]
        assert [row[0] for row in self.shown(*self.frame(), **{"rate:A": ("share",)})] == ["A", "B", "C", "D"]

    def test_loses_a_number_of_its_row_that_is_held_back_though_the_table_does_not_bind_it(self) -> None:
        """Another exhibit recorded it: a text in words would tell it all the same."""
        share = Number("found:CO-02", 0.776, "share", 76, basis=(Basis("complaints", rows=76),))
        frame: Any = pd.DataFrame({"unit_id": ["CO-02"], "needed": ["at least 90.0%, found 77.6%"]})
        made = suppression(share, withheld={"found:CO-02": ("value", "share")})
        known = {share.key: made.disclosed(share)}
        layout = Layout(
            "change", Exhibit(frame, by=("unit_id",)), known, made, lambda _column, value: value, 60
        )
        assert list(tabulate(layout).rows) == [("CO-02", "at least 90.0%, found (held back)")]
