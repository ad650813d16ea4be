"""Rows by source on a terminal of 80 columns: nothing is cut off, and names stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlib.cli.totals import shortened, show_totals
from auditlib.records import SourceTotals

LONG = "export_of_all_answers_to_the_yearly_relationship_survey_{}_as_sent_by_the_client_on_monday.csv"


def totals(file: str, *, rows: int = 10, table: str = "responses", left: int = 0) -> SourceTotals:
    out = {"Status is not 'Preview' (previews are no answers)": left} if left else {}
    return SourceTotals(file, table, "", 0, rows, rows - left - 1, 1, {"time": 1}, left_out=out)


def shown(*sources: SourceTotals, capsys: pytest.CaptureFixture[str]) -> list[str]:
    show_totals(sources)
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize("rows", [10, 10_000_000])
def test_eighty_columns_hold_long_names_and_large_counts(
    rows: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    sources = [
        totals(LONG.format(year), rows=rows, table="complaint_events", left=3) for year in (2024, 2025)
    ]
    lines = shown(*sources, capsys=capsys)
    assert max(map(len, lines)) <= 80
    with_counts = [line.split() for line in lines if f"{rows:,}" in line]
    assert [words[-5:] for words in with_counts] == [[f"{rows:,}", f"{rows - 4:,}", "1", "3", "0"]] * 2
    assert len({words[0] for words in with_counts}) == 2
    assert sum("complaint_events" in line for line in lines) >= 2


def test_short_names_stand_beside_their_table(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = shown(totals("r.csv"), capsys=capsys)
    assert any(line.split() == ["r.csv", "responses", "10", "9", "1", "0"] for line in lines)
    assert not any("left" in line for line in lines)


@pytest.mark.parametrize("place", [0, 5, 40, 70, 99])
def test_names_that_differ_anywhere_stay_apart(place: int) -> None:
    names = ["a" * place + letter + "a" * (99 - place) for letter in "bcd"]
    short = shortened(names, 24)
    assert len(set(short.values())) == 3
    assert all(len(name) == 24 for name in short.values())


@given(st.lists(st.text("ab", max_size=40), unique=True, max_size=12), st.integers(8, 30))
def test_no_two_names_are_ever_alike(names: list[str], width: int) -> None:
    short = shortened(names, width)
    assert len(set(short.values())) == len(names)
    assert all(len(each) <= width for each in short.values())
    assert all(short[name] == name for name in names if len(name) <= width)
