"""Pictures of the intake: what is drawn, what is left blank, the same bytes every time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from small_company import aggregates, company, engaged
from small_door import door

from auditlib import reliability
from auditlib.figures import intake
from auditlib.figures.style import new_axes
from auditlib.figures.svg import svg_of
from auditlib.parameters.run import Thresholds
from auditlib.records import Refusal
from auditlib.reliability import MonthCoverage, ResponseRates
from auditlib.reliability.rates import Rate
from auditlib.statements import Unanswered


def months(units: int, *, filled: bool = True) -> MonthCoverage:
    names = tuple(f"U{number:03d}" for number in range(units))
    counts = {(name, 202401): place + 1 for place, name in enumerate(names)} if filled else {}
    return MonthCoverage("responses", names, (202312, 202401), counts)


def test_each_unit_has_a_row_and_the_first_is_on_top() -> None:
    ax = intake.coverage(months(3))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["U002", "U001", "U000"]


def test_months_are_named_with_their_year() -> None:
    ax = intake.coverage(months(3))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["12\n2023", "01\n2024"]


def test_each_empty_cell_is_struck() -> None:
    strokes = intake.coverage(months(3)).collections[-1]
    assert len(strokes.get_paths()) == 3


def test_nothing_at_all_can_be_drawn() -> None:
    strokes = intake.coverage(months(2, filled=False)).collections[-1]
    assert len(strokes.get_paths()) == 4


@pytest.mark.parametrize(("minimum", "few"), [(1, 2), (5, 1)])
def test_counts_of_few_people_have_one_shade(minimum: int, few: int) -> None:
    cells = intake.coverage(months(10), minimum=minimum).collections[0]
    shades = [int(cells.norm(count)) for count in range(1, 11)]
    assert len(set(shades[:4])) == few, "1 to 4"
    assert (shades[3] < shades[4]) is (minimum == 5), "4 and 5"
    assert shades[8] < shades[9], "9 and 10"


@pytest.mark.parametrize(("units", "shown"), [(59, 59), (60, 60), (61, 60)])
def test_of_many_units_the_least_covered_are_shown(units: int, shown: int) -> None:
    ax = intake.coverage(months(units))
    assert len(ax.get_yticklabels()) == shown
    assert bool(ax.get_xlabel()) is (units > shown)


def test_a_unit_with_too_few_invitations_is_not_drawn() -> None:
    known = reliability.response_rates(engaged(company()))
    assert isinstance(known, ResponseRates)
    units = tuple(Rate(f"U{place}", "", n, n, known.total.interval) for place, n in ((1, 4), (2, 5), (3, 6)))
    rates, lost = door(5).drawn(replace(known, units=units), figure="f")
    assert lost == 1
    assert [label.get_text() for label in intake.response_rates(rates).get_yticklabels()] == ["U2", "U3"]


@pytest.mark.parametrize(("least", "marks"), [(39, 1), (40, 1), (41, 0)])
def test_where_no_unit_has_enough_invitations_the_picture_says_so(least: int, marks: int) -> None:
    """Axes without a mark leave no room for themselves: drawing them warns, and warnings are errors."""
    known = reliability.response_rates(engaged(company()))
    assert isinstance(known, ResponseRates)
    whole = Rate("U1", "", 40, 0, known.total.interval)
    rates, _ = door(least).drawn(replace(known, units=(whole,)), figure="f")
    ax = intake.response_rates(rates)
    svg_of(ax)
    assert ax.axison is bool(marks)
    assert [text.get_text() for text in ax.texts if "may be shown" in text.get_text()] == (
        [] if marks else ["no rate of a unit may be shown"]
    )


def test_of_many_rates_the_lowest_are_shown() -> None:
    known = reliability.response_rates(engaged(company(), thresholds=Thresholds()))
    assert isinstance(known, ResponseRates)
    many = tuple(Rate(f"U{place}", "", 100, place, known.total.interval) for place in range(61))
    ax = intake.response_rates(ResponseRates(many, (), (), known.total))
    assert len(ax.get_yticklabels()) == 60
    assert "lowest 60 of 61" in ax.get_xlabel()


def test_aggregates_have_a_bar_for_each_item_and_a_dot_for_each_quantile() -> None:
    ax = intake.coverage(reliability.coverage(engaged(aggregates())))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["q_quiet", "q_clean"]
    published = intake.response_rates(
        reliability.response_rates(engaged(aggregates(), thresholds=Thresholds()))
    )
    assert len(published.get_yticklabels()) == 5


def test_what_cannot_be_answered_says_so() -> None:
    nothing = Unanswered("Title", Refusal("No responses were supplied."))
    for ax in (intake.coverage(nothing), intake.response_rates(nothing)):
        assert [text.get_text() for text in ax.texts] == ["No responses were supplied."]


def test_given_axes_are_drawn_on() -> None:
    ax = new_axes()
    assert intake.coverage(months(3), ax) is ax


def test_the_same_bytes_every_time() -> None:
    assert svg_of(intake.coverage(months(5))) == svg_of(intake.coverage(months(5)))
