"""What a reader can work out of counts, held against every table that would fit what is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import OptimizeResult

from auditlib.disclosure import (
    SIZE,
    MinimumFrequency,
    Name,
    Selection,
    Stated,
    counts_people,
    is_held_back,
    silent,
    small_count,
    statements,
    without_small,
)
from auditlib.disclosure.atoms import grouped, unstated
from auditlib.disclosure.differencing import differences
from auditlib.disclosure.outsider import deduced
from auditlib.disclosure.protect import protect
from auditlib.disclosure.sums import sums
from auditlib.disclosure.tables import Linked, linked
from auditlib.records import Basis, Number

MINIMUM = MinimumFrequency(5)
Row = dict[str, Any]


def crossing(rows: Sequence[Row]) -> Any:
    """Return what counts `rows` by columns, as the evidence does."""

    def crossed(
        _table: str, columns: Sequence[str], filled: Sequence[str]
    ) -> Iterator[tuple[tuple[Any, ...], tuple[bool, ...], int]]:
        groups = Counter(
            (tuple(row[name] for name in columns), tuple(row[name] is not None for name in filled))
            for row in rows
        )
        yield from ((values, known, size) for (values, known), size in groups.items())

    return crossed


def number(key: str, value: Any, unit: str = "responses", n: int | None = None, **where: Any) -> Number:
    return Number(key, value, unit, n, basis=(Basis("responses", tuple(where.items())),))


def tables(
    rows: Sequence[Row],
    numbers: Sequence[Number],
    *,
    minimum: MinimumFrequency = MINIMUM,
) -> Linked:
    """Return what an audit with `numbers` over `rows` states, its small counts held back."""
    shown = {"02_benchmark": [without_small(one, minimum=minimum) for one in numbers]}
    true = {("02_benchmark", one.key): one for one in numbers}
    selections = {Selection.of(basis) for one in numbers for basis in one.basis}
    atoms, implied = grouped(selections, crossing(rows), minimum=minimum)
    stated = (
        *statements(shown, true, count=atoms.count, minimum=minimum),
        *(silent(one, atoms.count(one) or 0) for one in implied),
    )
    return linked(stated, sums(stated), atoms)


def keys(stated: Sequence[Stated] | frozenset[Name]) -> set[str]:
    return {one.key if isinstance(one, Stated) else one[1] for one in stated}


def of_types(counts: dict[str, int]) -> list[Row]:
    return [{"type": name} for name, size in counts.items() for _ in range(size)]


def numbers_of_types(counts: dict[str, int]) -> list[Number]:
    total = number("rows:all", sum(counts.values()))
    return [total, *(number(f"rows:{name}", size, type=name) for name, size in counts.items())]


class TestASubtraction:
    """913 less 71, 610 and 231 leaves one: the cell that another table holds back."""

    COUNTS: ClassVar = {"phone": 71, "chat": 610, "mail": 231, "visit": 1}

    def test_is_found(self) -> None:
        linked_tables = tables(of_types(self.COUNTS), numbers_of_types(self.COUNTS))
        (found,) = deduced(linked_tables, minimum=MINIMUM)
        assert found.stated.key == "rows:visit"
        assert (found.low, found.high) == (1, 1)

    def test_is_undone_by_the_cheapest_other_count(self) -> None:
        linked_tables = tables(of_types(self.COUNTS), numbers_of_types(self.COUNTS))
        withheld = protect(linked_tables, minimum=MINIMUM)
        assert keys(withheld.names) == {"rows:phone"}
        assert withheld.deducible == ()
        assert deduced(linked_tables, minimum=MINIMUM, withheld=withheld.names) == ()

    def test_nothing_is_withheld_where_two_small_counts_hide_each_other(self) -> None:
        counts = {"phone": 71, "chat": 2, "visit": 3}
        assert (
            protect(tables(of_types(counts), numbers_of_types(counts)), minimum=MINIMUM).names == frozenset()
        )

    def test_what_the_solver_cannot_decide_is_taken_to_be_worked_out(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two small counts hide each other; a solver that ends without an answer must not say so."""
        counts = {"phone": 71, "chat": 2, "visit": 3}
        linked_tables = tables(of_types(counts), numbers_of_types(counts))
        assert deduced(linked_tables, minimum=MINIMUM) == ()
        late = OptimizeResult(success=False, status=1, x=None, fun=None, message="Time limit reached.")
        monkeypatch.setattr("auditlib.disclosure.outsider.milp", lambda *_, **__: late)
        found = {one.stated.key: one for one in deduced(linked_tables, minimum=MINIMUM)}
        assert {"rows:chat", "rows:visit"} <= set(found)
        assert [(one.low, one.high) for one in (found["rows:chat"], found["rows:visit"])] == [(2, 2), (3, 3)]
        assert {one.unknown for one in found.values()} == {"Time limit reached."}

    def test_two_small_counts_that_can_only_be_one_each_hide_nothing(self) -> None:
        counts = {"phone": 71, "chat": 1, "visit": 1}
        linked_tables = tables(of_types(counts), numbers_of_types(counts))
        assert keys([one.stated for one in deduced(linked_tables, minimum=MINIMUM)]) == {
            "rows:chat",
            "rows:visit",
            "responses, but for the responses where type = phone",
        }
        assert protect(linked_tables, minimum=MINIMUM).deducible == ()

    @pytest.mark.parametrize(("other", "found"), [(2, False), (3, False), (4, True)])
    def test_two_small_counts_that_can_only_be_four_each_hide_nothing(self, other: int, found: bool) -> None:
        """Small is at most four: of eight that two small counts make up, each has four."""
        counts = {"phone": 71, "chat": 4, "visit": other}
        linked_tables = tables(of_types(counts), numbers_of_types(counts))
        told = keys([one.stated for one in deduced(linked_tables, minimum=MINIMUM)])
        assert told == ({"rows:chat", "rows:visit"} if found else set())
        withheld = protect(linked_tables, minimum=MINIMUM)
        assert keys(withheld.names) == ({"rows:phone"} if found else set())
        assert SIZE not in {part for _, _, part in withheld.names}
        assert withheld.deducible == ()

    def test_a_count_that_one_exhibit_hides_and_another_shows_is_hidden_in_both(self) -> None:
        counts = {"phone": 71, "chat": 40, "visit": 3}
        rests = Number(
            "mean:visit", 4.5, "points", 30, basis=(Basis("responses", (("type", "visit"),), rows=3),)
        )
        linked_tables = tables(of_types(counts), [*numbers_of_types(counts), rests])
        shown = [one for one in linked_tables.stated if one.key == "mean:visit" and one.part == "rows 0"]
        assert [one.visible for one in shown] == [False]

    @pytest.mark.parametrize(("size", "small"), [(0, False), (1, True), (4, True), (5, False), (6, False)])
    def test_small_is_below_the_minimum_and_above_none(self, size: int, small: bool) -> None:
        shown = without_small(number("rows:x", size), minimum=MINIMUM)
        assert is_held_back(shown) is small
        assert MINIMUM.hides(size) is small


class TestRowsThatAddUp:
    """Met, late and missing are what was judged: no selection says so, the rows do."""

    def numbers(self, *rows: tuple[str, int, int, int], share: bool = False) -> list[Number]:
        made = []
        for month, met, late, missing in rows:
            n = met + late + missing
            made += [
                number(f"{family}:contact:{month}", value, "count", n)
                for family, value in (("judged", n), ("met", met), ("late", late), ("missing", missing))
            ]
            if share:
                made.append(number(f"kept:contact:{month}", met / n, "share", n))
        return made

    ROWS = (("202401", 100, 7, 2), ("202402", 90, 20, 11), ("202403", 80, 9, 33), ("202404", 61, 8, 12))

    def test_are_found(self) -> None:
        linked_tables = tables([{"x": 1}] * 1_000, self.numbers(*self.ROWS))
        assert keys([one.stated for one in deduced(linked_tables, minimum=MINIMUM)]) == {
            "missing:contact:202401"
        }

    def test_the_smallest_other_is_withheld(self) -> None:
        linked_tables = tables([{"x": 1}] * 1_000, self.numbers(*self.ROWS))
        assert keys(protect(linked_tables, minimum=MINIMUM).names) == {"late:contact:202401"}

    def test_a_share_gives_its_count_away_and_goes_with_it(self) -> None:
        rows = tuple((month, met, 0, missing) for month, met, _, missing in self.ROWS)
        linked_tables = tables([{"x": 1}] * 1_000, self.numbers(*rows, share=True))
        withheld = keys(protect(linked_tables, minimum=MINIMUM).names)
        assert withheld == {"met:contact:202401", "kept:contact:202401"}

    def test_a_total_over_rows_gives_the_last_row_away(self) -> None:
        months = [
            number(f"late:contact:{month}", late, "count", 50)
            for month, late in (("1", 3), ("2", 9), ("3", 8))
        ]
        linked_tables = tables([{"x": 1}] * 500, [*months, number("late:contact", 20, "count", 150)])
        assert keys([one.stated for one in deduced(linked_tables, minimum=MINIMUM)]) == {"late:contact:1"}
        assert keys(protect(linked_tables, minimum=MINIMUM).names) <= {"late:contact:2", "late:contact:3"}

    def test_groups_that_make_up_all_rows_give_the_last_group_away(self) -> None:
        sizes = {"north": 60, "south": 37, "west": 3}
        groups = [number(f"group:{name}", 0.7512345, "share", size) for name, size in sizes.items()]
        linked_tables = tables([{"x": 1}] * 100, [*groups, number("rows:all", 100)])
        assert keys([one.stated for one in deduced(linked_tables, minimum=MINIMUM)]) == {"group:west"}
        assert protect(linked_tables, minimum=MINIMUM).deducible == ()


class TestWhatCountsPeople:
    @pytest.mark.parametrize(
        ("counted", "people"),
        [
            (number("rows:x", 3, "rows"), True),
            (number("late:x", 3, "count", 40), True),
            (number("values.n:x", 3, "count"), True),
            (number("choices:x", 3, "count"), False),
            (number("units:x", 3, "units"), False),
            (replace(number("rows:x", 3, "rows"), basis=(Basis("fixes"),)), False),
            (replace(number("rows:x", 3, "rows"), basis=()), False),
            (replace(number("rows:x", 3, "rows"), basis=(Basis("quarantine"),)), False),
        ],
    )
    def test_by_unit_and_table(self, counted: Number, people: bool) -> None:
        assert counts_people(counted) is people
        assert small_count(counted, minimum=MINIMUM) is people

    def test_the_size_of_a_small_group_goes_with_its_value(self) -> None:
        basis = (Basis("responses", (("unit_id", "U1"),), rows=3), Basis("units", rows=2))
        shown = without_small(Number("top_box:U1", 0.5, "share", 3, basis=basis), minimum=MINIMUM)
        assert (shown.value, shown.n, [one.rows for one in shown.basis]) == (None, None, [None, 2])


EVERY = np.stack(np.meshgrid(*[np.arange(24)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)
"""Every 2 x 2 table of counts up to 23."""
PLACES = tuple(product("ab", "xy"))


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 11), min_size=4, max_size=4),
    st.sets(st.sampled_from(["all", "a", "b", "x", "y"])),
)
def test_every_small_count_of_a_protected_table_could_be_another(
    counts: list[int], left_out: set[str]
) -> None:
    """Laid out are all tables that fit what is shown; this reader needs no solver."""
    size = dict(zip(PLACES, counts, strict=True))
    rows = [{"site": u, "type": t} for (u, t), times in size.items() for _ in range(times)]
    cells = [(("site", u), ("type", t)) for u, t in PLACES]
    margins = {
        "all": (),
        "a": (("site", "a"),),
        "b": (("site", "b"),),
        "x": (("type", "x"),),
        "y": (("type", "y"),),
    }
    wheres = [*cells, *(where for name, where in margins.items() if name not in left_out)]
    masks = [
        np.array(
            [all(pair in zip(("site", "type"), place, strict=True) for pair in where) for place in PLACES]
        )
        for where in wheres
    ]
    numbers = [
        number(f"rows:{place}", int(np.array(counts)[mask].sum()), **dict(where))
        for place, (where, mask) in enumerate(zip(wheres, masks, strict=True))
    ]
    linked_tables = tables(rows, numbers)
    withheld = protect(linked_tables, minimum=MINIMUM)
    assert withheld.deducible == ()
    fits = np.ones(len(EVERY), dtype=bool)
    for one, mask in zip(numbers, masks, strict=True):
        stated = EVERY @ mask
        if ("02_benchmark", one.key, "value") in withheld.names:
            fits &= stated > 0
        elif MINIMUM.hides(int(one.value or 0)):
            bounded = ("02_benchmark", one.key, "size") not in withheld.names
            fits &= (stated > 0) & (~MINIMUM.shows(stated) | (not bounded))
        else:
            fits &= stated == one.value
    assert fits.any()
    for one, mask in zip(numbers, masks, strict=True):
        if MINIMUM.hides(int(one.value or 0)):
            assert len(np.unique(EVERY[fits] @ mask)) > 1, (counts, left_out, one.key, withheld.names)


class TestTwoEditions:
    @pytest.mark.parametrize(
        ("later", "small"), [(40, False), (41, True), (44, True), (45, False), (36, True)]
    )
    def test_a_difference_of_few_tells_of_a_group_of_few(self, later: int, small: bool) -> None:
        first = {"01_intake": {"rows": number("rows", 40)}}
        second = {"01_intake": {"rows": number("rows", later)}}
        assert [one.key for one in differences(first, second, minimum=MINIMUM)] == ["rows"] * small

    def test_what_either_holds_back_tells_nothing(self) -> None:
        first = {"01_intake": {"rows": number("rows", None)}}
        assert not list(differences(first, {"01_intake": {"rows": number("rows", 3)}}, minimum=MINIMUM))

    def test_an_n_that_grows_by_few_tells_too(self) -> None:
        first, second = ({"a": {"x": number("x", 0.5, "share", n)}} for n in (40, 42))
        assert [one.part for one in differences(first, second, minimum=MINIMUM)] == ["n"]


def test_a_group_that_no_table_lists_is_as_good_as_stated_where_its_others_are() -> None:
    """A channel of two that is left out of the table of channels: the total less the others."""
    counts = {"phone": 272, "desk": 138, "chat": 2}
    rows = of_types(counts)
    listed = [one for one in numbers_of_types(counts) if one.key != "rows:chat"]
    selections = {Selection.of(basis) for one in listed for basis in one.basis}
    (chat,) = unstated(selections, crossing(rows), minimum=MINIMUM)
    assert chat.where == (("type", "chat"),)
    linked_tables = tables(rows, listed)
    (found,) = deduced(linked_tables, minimum=MINIMUM)
    assert found.stated.count == 2
    assert keys(protect(linked_tables, minimum=MINIMUM).names) == {"rows:desk"}
    assert not unstated({Selection("responses")}, crossing(rows), minimum=MINIMUM), "nobody asks for channels"


class TestWhatIsLeftOfAWhole:
    """Of 40 responses 38 came by mail in Portuguese: that two did not is said by no table."""

    @staticmethod
    def world(others: int) -> tuple[list[Row], list[Number]]:
        rows = [{"type": "mail", "language": "pt", "region": "A"} for _ in range(38)]
        rows += [
            {"type": ("mail", "phone")[place % 2], "language": ("en", "pt")[place % 2], "region": "A"}
            for place in range(others)
        ]
        listed = [
            number("rows:A", len(rows), region="A"),
            number("rows:A:mail:pt", 38, region="A", type="mail", language="pt"),
        ]
        return rows, listed

    @pytest.mark.parametrize(("others", "small"), [(1, True), (4, True), (5, False)])
    def test_is_small_below_the_minimum(self, others: int, small: bool) -> None:
        worked_out = keys([one.stated for one in deduced(tables(*self.world(others)), minimum=MINIMUM)])
        left = "responses where region = A, but for the responses where "
        assert ({key for key in worked_out if key.startswith(left)} != set()) is small

    def test_groups_that_share_what_is_left_stay_unknown(self) -> None:
        """Two of each: they could be one and three."""
        (left,) = deduced(tables(*self.world(4)), minimum=MINIMUM)
        assert left.stated.within is not None
        assert left.stated.within.but is not None

    def test_is_hidden_with_the_cheaper_of_the_two(self) -> None:
        linked_tables = tables(*self.world(2))
        withheld = protect(linked_tables, minimum=MINIMUM)
        assert keys(withheld.names) == {"rows:A:mail:pt"}
        assert deduced(linked_tables, minimum=MINIMUM, withheld=withheld.names) == ()

    def test_none_is_left_of_a_whole_that_is_its_part(self) -> None:
        assert deduced(tables(*self.world(0)), minimum=MINIMUM) == ()

    def test_what_lies_outside_of_the_period_is_known_to_be_there(self) -> None:
        rows = [{"in_period": place > 1} for place in range(40)]
        listed = [number("rows", 40), number("rows:in", 38, in_period=True)]
        assert deduced(tables(rows, listed), minimum=MINIMUM) == ()

    def test_who_left_a_question_unanswered_is_no_group(self) -> None:
        rows = [{"region": "A", "score": None if place < 2 else 5} for place in range(40)]
        of_unit = (("region", "A"),)
        answers = Number("n:A", 38, "responses", basis=(Basis("responses", of_unit, column="score"),))
        assert deduced(tables(rows, [number("rows:A", 40, region="A"), answers]), minimum=MINIMUM) == ()
