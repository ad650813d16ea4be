"""When a table can be relied on: each clause just below, on and just above its threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from small_company import aggregates, company, day, engaged, rows, run, source, with_sources
from small_door import door

from auditlib import reliability
from auditlib.audit.numerals import orphans
from auditlib.parameters.run import Thresholds
from auditlib.records import Reliability, SourceTotals
from auditlib.reliability import ReliabilityAnswer, TableFacts, judge
from auditlib.reliability.findings import findings_of
from auditlib.reliability.totals import examples_of
from auditlib.statements import Unanswered, spoken_share
from auditlib.time.months import months_between, months_of_days

LIMIT = Thresholds(quarantine_share=0.02)


def facts(**changes: Any) -> TableFacts:
    sound = TableFacts("responses", (source("responses", 1000),), 1000, {}, {}, (), (), True)
    return replace(sound, **changes)


def answer(**changes: Any) -> Reliability:
    return judge(facts(**changes), thresholds=LIMIT).answer


def grounds(**changes: Any) -> str:
    return " ".join(judge(facts(**changes), thresholds=LIMIT).grounds)


class TestTheAnswer:
    @pytest.mark.parametrize(
        ("aside", "expected"),
        [(19, Reliability.SUFFICIENT), (20, Reliability.SUFFICIENT), (21, Reliability.NOT_SUFFICIENT)],
    )
    def test_share_in_quarantine(self, aside: int, expected: Reliability) -> None:
        assert answer(sources=(source("responses", 1000, aside),)) is expected

    @pytest.mark.parametrize(
        ("count", "expected"),
        [(19, Reliability.SUFFICIENT), (20, Reliability.SUFFICIENT), (21, Reliability.NOT_SUFFICIENT)],
    )
    def test_references_to_rows_that_are_not_there(self, count: int, expected: Reliability) -> None:
        assert answer(unresolved={"invitation_id": count}) is expected

    def test_a_row_that_is_nowhere(self) -> None:
        lost = source("responses", 1000, 5, rows_kept=994)
        assert answer(sources=(lost,)) is Reliability.NOT_SUFFICIENT
        assert "999 are accounted for" in grounds(sources=(lost,))

    @pytest.mark.parametrize(
        ("expected_rows", "expected"),
        [
            (999, Reliability.NOT_SUFFICIENT),
            (1000, Reliability.SUFFICIENT),
            (1001, Reliability.NOT_SUFFICIENT),
        ],
    )
    def test_the_clients_own_total(self, expected_rows: int, expected: Reliability) -> None:
        assert answer(sources=(source("responses", 1000, expected_rows=expected_rows),)) is expected

    def test_one_of_two_files_is_enough_to_fail(self) -> None:
        wrong = source("responses", 10, expected_rows=11)
        assert answer(sources=(source("responses", 1000), wrong)) is Reliability.NOT_SUFFICIENT

    def test_an_empty_file_never_passes(self) -> None:
        assert answer(sources=(source("responses", 0),), rows=0) is Reliability.UNDETERMINED

    def test_nothing_kept_never_passes_however_high_the_limit(self) -> None:
        nothing = facts(sources=(source("responses", 3, 3),), rows=0)
        judged = judge(nothing, thresholds=Thresholds(quarantine_share=1.0))
        assert judged.answer is Reliability.NOT_SUFFICIENT

    def test_no_register_of_units(self) -> None:
        assert answer(units_known=False) is Reliability.UNDETERMINED

    def test_a_month_without_any_row(self) -> None:
        assert answer(empty_months=(202402,)) is Reliability.UNDETERMINED
        assert "2024-02" in grounds(empty_months=(202402,))

    def test_the_worst_ground_decides_and_stands_first(self) -> None:
        judged = judge(facts(sources=(source("responses", 1000, 500),), units_known=False), thresholds=LIMIT)
        assert judged.answer is Reliability.NOT_SUFFICIENT
        assert judged.grounds[0].startswith("In quarantine: 50.0%")
        assert len(judged.grounds) == 2

    @pytest.mark.parametrize(("empty", "named"), [(199, False), (200, False), (201, True), (1000, False)])
    def test_columns_that_are_often_empty_are_named(self, empty: int, named: bool) -> None:
        assert ("comment" in grounds(missing={"comment": empty})) is named


class TestTheAssessment:
    def test_of_the_small_company(self) -> None:
        assessed = reliability.assess(company(), thresholds=LIMIT, period=run().period)
        assert assessed.answered(Reliability.NOT_SUFFICIENT) == ("responses",)
        assert {fact.table: dict(fact.unresolved) for fact in assessed.counts}["responses"] == {
            "invitation_id": 1,
            "unit_id": 0,
        }

    def test_what_is_not_reliable_is_a_finding(self) -> None:
        assessed = reliability.assess(company(), thresholds=LIMIT, period=run().period)
        assert [(finding.subject, finding.grade.value) for finding in findings_of(assessed)] == [
            ("responses", "major")
        ]

    def test_each_total_that_differs_is_a_finding(self) -> None:
        sources = [source("units", 3), source("invitations", 9, expected_rows=10), source("responses", 5)]
        lost = company().with_totals(*sources, source("employees", 1))
        assessed = reliability.assess(lost, thresholds=LIMIT, period=run().period)
        found = findings_of(assessed)
        assert [finding.subject for finding in found] == ["invitations", "responses", "invitations.csv"]

    def test_months_of_the_period_without_rows(self) -> None:
        period = run(period={"start": "2024-01-01", "end": "2024-03-31"}).period
        assessed = reliability.assess(company(), thresholds=LIMIT, period=period)
        assert {fact.table: fact.empty_months for fact in assessed.counts}["invitations"] == (202403,)

    def test_every_number_a_sentence_states_is_there(self) -> None:
        assessed = reliability.assess(company(), thresholds=LIMIT, period=run().period)
        judged = ReliabilityAnswer(assessed)
        keys = {number.key for number in judged.numbers()}
        said = (*judged.summary(), reliability.caveat(assessed, tables=("responses",)))
        assert all(set(sentence.keys) <= keys for sentence in said)

    def test_the_caveat_names_the_doubt(self) -> None:
        assessed = reliability.assess(company(), thresholds=LIMIT, period=run().period)
        text = reliability.caveat(assessed, tables=("responses", "units")).text
        assert "Not sufficiently reliable: responses." in text
        assert "Sufficiently reliable for this question: units." in text
        assert "above the limit of 2.0%" in text

    def test_the_caveat_on_what_was_not_supplied(self) -> None:
        assessed = reliability.assess(company(), thresholds=LIMIT, period=run().period)
        assert "supplied" in reliability.caveat(assessed, tables=("complaints",)).text


class TestCoverage:
    def test_counts_by_unit_and_month(self) -> None:
        found = reliability.coverage(engaged(company()))
        assert isinstance(found, reliability.MonthCoverage)
        assert found.units == ("U1", "U2", "U3")
        assert found.counts == {("U1", 202401): 2, ("U1", 202402): 1, ("U2", 202401): 2}
        assert found.gaps == 3
        told, numbers = found.summary()[0], {number.key: number for number in found.numbers()}
        assert "1 of 3 units has none" in told.text
        assert orphans(told.text, [numbers[key] for key in told.keys]) == ()

    def test_the_least_covered_come_first(self) -> None:
        frame = reliability.coverage(engaged(company())).to_frame()
        assert list(frame["unit_id"]) == ["U3", "U2", "U1"]
        assert list(frame["coverage"]) == [0.0, 0.5, 1.0]

    def test_rows_outside_the_period_do_not_count(self) -> None:
        outside = company()
        outside.held["responses"] = rows(
            "responses",
            {"response_id": "R1", "unit_id": "U1", "submitted_day": day(2024, 1, 1), "in_period": False},
        )
        found = reliability.coverage(engaged(outside))
        assert isinstance(found, reliability.MonthCoverage)
        assert found.counts == {}

    def test_aggregates_are_covered_by_item(self) -> None:
        found = reliability.coverage(engaged(aggregates()))
        assert isinstance(found, reliability.ItemCoverage)
        assert found.items == {"q_clean": 2, "q_quiet": 1}
        assert found.bands == {(300, None): 1, (100, 299): 1}
        assert "300 or more for 1 unit; 100 to 299 for 1 unit" in found.summary()[1].text

    def test_neither_is_an_answer_with_its_reason(self) -> None:
        found = reliability.coverage(engaged(company().with_totals()), table="complaints")
        assert isinstance(found, Unanswered)
        assert "complaints" in found.summary()[0].text
        assert found.to_frame().empty


class TestResponseRates:
    def test_kept_responses_over_kept_invitations_by_the_invitations_unit(self) -> None:
        found = reliability.response_rates(engaged(company(), thresholds=LIMIT))
        assert isinstance(found, reliability.ResponseRates)
        counts = {rate.unit_id: (rate.responses, rate.invitations) for rate in found.units}
        assert counts == {"U1": (3, 4), "U2": (1, 5)}
        assert (found.total.responses, found.total.invitations) == (4, 9)

    def test_the_interval_is_wilsons(self) -> None:
        found = reliability.response_rates(engaged(company(), thresholds=LIMIT))
        assert isinstance(found, reliability.ResponseRates)
        interval = found.total.interval
        assert interval is not None
        assert (round(interval.low, 4), round(interval.high, 4)) == (0.1888, 0.7333)

    def test_a_small_unit_is_not_named(self) -> None:
        (sentence,) = door(5).words_of(reliability.response_rates(engaged(company())))
        assert "U1" not in sentence.text

    def test_invitations_outside_the_period_are_out_of_scope(self) -> None:
        outside = company()
        table = outside.held["invitations"]
        flags = pd.Series([False] * 4 + [True] * 5)
        outside.held["invitations"] = table.set_column(
            table.column_names.index("in_period"), "in_period", [flags.tolist()]
        )
        found = reliability.response_rates(engaged(outside, thresholds=LIMIT))
        assert isinstance(found, reliability.ResponseRates)
        assert [(rate.unit_id, rate.responses, rate.invitations) for rate in found.units] == [("U2", 1, 5)]

    def test_without_a_log_only_as_published(self) -> None:
        found = reliability.response_rates(engaged(aggregates(), thresholds=LIMIT))
        assert isinstance(found, reliability.PublishedRates)
        assert found.quantiles["median"] == pytest.approx(0.3)
        assert "only be quoted as published" in found.summary()[0].text

    def test_with_nothing_the_reason(self) -> None:
        alone = company()
        del alone.held["invitations"]
        found = reliability.response_rates(engaged(alone, thresholds=LIMIT))
        assert isinstance(found, Unanswered)
        assert "invitations" in found.refusal.remedy


class TestTotals:
    SOURCES = (
        SourceTotals("a.csv", "responses", "", 1, 10, 7, 3, {"identical": 1, "time": 2}),
        SourceTotals("b.csv", "responses", "", 1, 5, 5, 0, {}),
    )

    def test_reconciliation(self) -> None:
        found = reliability.reconcile(with_sources(*self.SOURCES))
        assert "15 rows were received in 2 files and every one is accounted for" in found.summary()[0].text
        assert list(found.to_frame()["reconciled"]) == [True, True]

    def test_a_difference_is_said(self) -> None:
        wrong = replace(self.SOURCES[1], rows_kept=4)
        assert (
            "the totals of 1 file do not reconcile"
            in reliability.reconcile(with_sources(wrong)).summary()[0].text
        )

    def test_quarantine_by_file_and_reason(self) -> None:
        frame = reliability.quarantine(with_sources(*self.SOURCES)).to_frame()
        assert frame.to_dict("records") == [
            {"file": "a.csv", "table": "responses", "identical": 1, "time": 2}
        ]

    def test_nothing_set_aside_is_said(self) -> None:
        assert (
            reliability.quarantine(with_sources(*self.SOURCES[1:])).summary()[0].text
            == "No row was set aside."
        )

    def test_examples_come_from_different_files(self) -> None:
        names = ["table", "file", "line", "column", "reason", "value", "message"]
        given = pd.DataFrame(
            [["t", file, line, "", "time", "", ""] for file, line in (("a", 1), ("a", 2), ("b", 9))],
            columns=names,
        )
        found = examples_of(given, per_reason=2)
        assert list(zip(found["file"], found["line"], strict=True)) == [("a", 1), ("b", 9)]

    @pytest.mark.parametrize(
        ("value", "message", "shown", "said"),
        [
            ("R7;Ada Lind;78-05-11", "It has 3 fields.", "a9;aaa aaaa;99-99-99", "It has 3 fields."),
            ("Ana O'Hara", repr("Ana O'Hara") + ": no score.", "aaa a'aaaa", "'aaa a'aaaa': no score."),
            ("ada@x.org", "The id 'ada@x.org' has different contents, first on line 3 of a.csv.", "aaa@a.aaa",
             "The id 'aaa@a.aaa' has different contents, first on line 3 of a.csv."),
            ("M\u00fcll\x00 7", "'M\u00fcll\\x00 7': none.", "aaaa\ufffd 9", "'aaaa\\a99 9': none."),
            ("x" * 199 + "\u2026", repr("x" * 250) + ": no.", "a" * 60 + " ...", f"'{'a' * 60} ...': no."),
            ("8", "'8': the scale runs from 1 to 5.", "9", "'9': the scale runs from 1 to 5."),
            ("4", "'4': column 'sent' of line 14.", "9", "'9': column 'sent' of line 14."),
        ],
    )  # fmt: skip
    def test_a_row_in_quarantine_is_shown_by_the_form_of_its_cell(
        self, value: str, message: str, shown: str, said: str
    ) -> None:
        names = ["table", "file", "line", "column", "reason", "value", "message"]
        found = examples_of(pd.DataFrame([["t", "a.csv", 1, "c", "time", value, message]], columns=names))
        assert found.loc[0, ["file", "line", "column", "value", "message"]].tolist() == [
            "a.csv",
            1,
            "c",
            shown,
            said,
        ]


def test_months_of_days() -> None:
    days = [day(2023, 12, 31), day(2024, 1, 1), day(2024, 2, 29), 0, -1]
    assert months_of_days(days).tolist() == [202312, 202401, 202402, 197001, 196912]


def test_months_between_includes_both_ends() -> None:
    period = run(period={"start": "2023-12-31", "end": "2024-02-01"}).period
    assert months_between(period.start, period.end) == (202312, 202401, 202402)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "0.0%"),
        (0.0004, "under 0.1%"),
        (0.0005, "0.1%"),
        (0.9994, "99.9%"),
        (0.9996, "over 99.9%"),
        (1, "100.0%"),
    ],
)
def test_a_share_never_reads_as_nothing_or_all_unless_it_is(share: float, text: str) -> None:
    assert spoken_share(share) == text
