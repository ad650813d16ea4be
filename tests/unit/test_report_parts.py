"""The parts of the report: widths of columns, headings of the notebook, words, states, the first page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_company import run
from small_report import page, record

from auditlib.report import facts
from auditlib.report.document import compose, to_html
from auditlib.report.exhibits import LONGEST_LIST, printed
from auditlib.report.findings import FindingStates, findings_of, read_states
from auditlib.report.glossary import WORDS, words_used
from auditlib.report.outline import NotebookOutput, Outline, read_outline
from auditlib.report.reading import findings_recorded, read_results
from auditlib.report.references import Register
from auditlib.report.widths import SIZES, TWIN, fit, looks_numeric
from auditlib.report.words import in_words, sentence_of, subject_of, with_labels

REASON = (
    "the whole interval, from twenty-six to twenty-seven in a hundred, lies on the good side of the target"
)


class TestWidths:
    def test_numbers_take_what_they_need_and_sentences_share_the_rest(self) -> None:
        rows = [["CF-01", REASON, "12,345", "0.5%", "3"]] * 3
        found = fit(
            ["Criterion", "Reason", "Observations", "Share", "n"],
            rows,
            numeric=[False, False, True, True, True],
        )
        assert sum(found.shares) == 100
        assert found.shares[1] > sum(found.shares[2:])
        assert found.shares[2] > found.shares[4]

    def test_a_small_table_takes_only_its_own_width(self) -> None:
        found = fit(["Unit", "Rows"], [["U1", "12"]], numeric=[False, True])
        assert (found.shares, found.size, found.narrow) == ((), "", True)

    def test_a_long_narrow_table_is_set_as_two_halves_from_the_limit_on(self) -> None:
        def twin(rows: int) -> bool:
            return fit(["Unit", "Rows"], [["U1", "12"]] * rows, numeric=[False, True]).twin

        assert (twin(TWIN - 1), twin(TWIN), twin(TWIN + 1)) == (False, True, True)

    def test_sentences_without_room_stand_below_their_row(self) -> None:
        labels = [f"Heading {index}" for index in range(9)]
        rows = [[*("1,234,567" for _ in labels), REASON, REASON]] * 2
        found = fit([*labels, "Demand", "Reason"], rows, numeric=[*(True for _ in labels), False, False])
        assert found.below == (9, 10)
        assert len(found.shares) in (0, 9)

    def test_many_columns_of_numbers_stand_closer_before_a_word_is_cut(self) -> None:
        word, headings = "acknowledgement", ["Met", "Late", "Missing", "Wrong party", "Pending", "Excused"]
        headings = ["Duty", "Band", *headings, "Unknown", "Judged", "Share", "Lower limit", "Upper limit"]
        row = [word, "executive", "15,547", "178", "187", *["0"] * 4, "15,912", "97.7%", "96.7%", "98.2%"]
        found = fit(headings, [row] * 6, numeric=[index > 1 for index in range(len(row))])
        assert (found.size, sum(found.shares)) == ("tiny", 100)
        assert found.shares[0] / 100 * SIZES[-1][1] >= len(word) + 1

    def test_a_table_wider_than_any_page_still_adds_up(self) -> None:
        cells = ["x" * 20] * 15
        found = fit(["A heading"] * 15, [cells], numeric=[False] * 15)
        assert found.size == SIZES[-1][0]
        assert sum(found.shares) == 100

    @pytest.mark.parametrize(
        "cells", [["1", "2.5%"], ["\N{MINUS SIGN}3", "\N{EN DASH}"], ["< 0.1%", "suppressed", "7"]]
    )
    def test_numbers_given_as_text_are_known(self, cells: list[str]) -> None:
        assert looks_numeric(cells)

    @pytest.mark.parametrize("cells", [["CF-01"], ["1 of 2"], ["\N{EN DASH}"], [""], [], ["2024-01"]])
    def test_labels_are_not_numbers(self, cells: list[str]) -> None:
        assert not looks_numeric(cells)


class TestOutline:
    shown = (
        NotebookOutput("One", ("Rates", "U1  3")),
        NotebookOutput("Two", ("They rose.", "They fell.")),
        NotebookOutput("Two", ("Rates", "U2  4")),
    )

    def test_titles_that_repeat_are_told_apart_by_their_order(self) -> None:
        assert Outline(self.shown).of_exhibits(["Rates", "Rates", "Gone"]) == ("One", "Two", "")

    def test_a_sentence_is_found_among_others(self) -> None:
        assert Outline(self.shown).of_sentence("They fell.") == "Two"
        assert Outline(self.shown).of_sentence("They stayed.") == ""

    def test_it_is_read_off_an_executed_notebook(self, tmp_path: Path) -> None:
        output = {"output_type": "display_data", "data": {"text/plain": ["Rates\n", "U1  3"]}}
        cells = [
            {"cell_type": "markdown", "source": "# Q\n\n## Who *answers*?\n\nText."},
            {"cell_type": "code", "source": "", "outputs": [output]},
        ]
        path = tmp_path / "01_intake.ipynb"
        path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
        assert read_outline(path) == Outline((NotebookOutput("Who answers?", ("Rates", "U1  3")),))

    def test_without_the_notebook_there_are_no_headings(self, tmp_path: Path) -> None:
        assert read_outline(tmp_path / "none.ipynb") == Outline()

    def test_the_report_takes_the_headings(self, tmp_path: Path) -> None:
        facts = record(tmp_path)
        output = {"output_type": "display_data", "data": {"text/plain": "Reliability\nTable ..."}}
        cells = [
            {"cell_type": "markdown", "source": "## How reliable is <it>?"},
            {"cell_type": "code", "source": "", "outputs": [output]},
        ]
        (tmp_path / "notebooks").mkdir()
        (tmp_path / "notebooks" / "01_intake.ipynb").write_text(json.dumps({"cells": cells}), "utf-8")
        text = to_html(compose(read_results(tmp_path), facts))
        assert '<h3 id="01_intake-part-2">How reliable is &lt;it&gt;?</h3>' in text
        assert text.count("Reliability</figcaption>") == 1


class TestWords:
    @pytest.mark.parametrize(
        ("subject", "words"),
        [
            ("operation", "the operation as a whole"),
            ("follow_up_reports:no actions", "follow-up reports: no actions"),
            ("responsibilities:U007:client_manager", "responsibilities: U007, client manager"),
            ("q_overall", "\N{LEFT DOUBLE QUOTATION MARK}How was it?\N{RIGHT DOUBLE QUOTATION MARK}"),
            ("manager 2024-07-01: who_is_heard", "managers linked on 1 July 2024: who is heard"),
            ("U_1", "U_1"),
        ],
    )
    def test_a_subject_is_no_code(self, subject: str, words: str) -> None:
        assert subject_of(subject, {"q_overall": "How was it?"}) == words

    def test_a_unit_is_called_by_its_name(self) -> None:
        assert subject_of("U1:transactional", {}, {"U1": "Sydney"}) == "Sydney: transactional"

    def test_a_metric_is_called_by_its_question(self) -> None:
        told = with_labels("contact:q_overall:top_box is not audited", {"q_overall": "How was it?"})
        assert told == (
            "top box of \N{LEFT DOUBLE QUOTATION MARK}How was it?\N{RIGHT DOUBLE QUOTATION MARK} "
            "(contact survey) "
            "is not audited"
        )
        assert with_labels("contact:q_other:mean", {"q_overall": "How was it?"}) == "contact:q_other:mean"

    @pytest.mark.parametrize(
        ("text", "printed_as"),
        [
            ("reliable: units, pay_links, follow_ups.", "reliable: units, pay links, follow-ups."),
            ("first on line 3 of follow_ups.csv", "first on line 3 of follow_ups.csv"),
            ("q_overall and 01_intake", "q_overall and 01_intake"),
            ("as in speed_item: q_speed.", "as in speed_item: q_speed."),
            ("95 % of 4 %", "95\N{NO-BREAK SPACE}% of 4\N{NO-BREAK SPACE}%"),
        ],
    )
    def test_names_in_sentences_become_words_and_files_stay(self, text: str, printed_as: str) -> None:
        assert sentence_of(text) == printed_as

    def test_only_names_change(self) -> None:
        assert in_words("complaint_events") == "complaint events"
        assert in_words("Customer_ID") == "Customer_ID"

    def test_the_glossary_holds_what_is_used(self) -> None:
        assert [word for word, _ in words_used("Three minors; criteria waived.")] == ["criterion", "minor"]
        assert words_used("") == ()
        assert list(WORDS) == sorted(WORDS)


class TestLongCells:
    def test_a_long_list_is_cut_and_says_so(self, tmp_path: Path) -> None:
        record(tmp_path)
        recorded = read_results(tmp_path)[0]
        exhibit = recorded.results.exhibits[0]
        listed = ", ".join(f"2024-01-{day:02d}" for day in range(1, 29))
        long = exhibit.model_copy(update={"rows": [[exhibit.rows[0][0], listed, *exhibit.rows[0][2:]]],
                                          "references": exhibit.references[:1]})  # fmt: skip
        cell = printed("Table 1.1", long, recorded).rows[0][1].text
        assert cell.endswith("(cut here)")
        assert len(cell) < LONGEST_LIST + 20


class TestFirstPage:
    def test_what_is_not_answered_is_said(self, tmp_path: Path) -> None:
        text = page(tmp_path)
        assert "No standard was judged: the audit did not run 11_standards." in text
        assert "Units were not compared: the audit did not run 02_benchmark." in text
        assert "Not answered, because no notebook of this audit compared one period" in text
        assert 'id="decision"' not in text

    def test_owner_and_due_date_stay_open(self, tmp_path: Path) -> None:
        text = page(tmp_path)
        assert '<dt>Owner, due</dt><dd><span class="blank">' in text
        assert "No register of actions lay beside the run" in text

    def test_states_are_told_where_there_is_an_audit_before(self, tmp_path: Path) -> None:
        facts = record(tmp_path)
        recorded = read_results(tmp_path)
        finding = json.loads((tmp_path / "results" / "01_intake.json").read_text("utf-8"))["findings"][0]
        gone = {**finding, "fingerprint": "f" * 64, "criterion": "Z9: gone & forgotten.", "state": "resolved"}
        kept = {**finding, "state": "unchanged"}
        document = {"previous": {"audit": "last-year"}, "findings": [kept, gone]}
        (tmp_path / "findings.json").write_text(json.dumps(document), encoding="utf-8")
        states = read_states(tmp_path, items={})
        assert states.current == {finding["fingerprint"]: "unchanged"}
        text = to_html(compose(recorded, facts, states))
        assert "Against the audit last-year" in text
        assert "Gone &amp; forgotten" in text
        assert "Unchanged against last-year." in text

    def test_with_no_audit_before_no_state_is_claimed(self, tmp_path: Path) -> None:
        facts = record(tmp_path)
        document = {"previous": None, "findings": []}
        (tmp_path / "findings.json").write_text(json.dumps(document), encoding="utf-8")
        assert read_states(tmp_path, items={}) == FindingStates()
        register = Register({f"01_intake/{key}": number for one in read_results(tmp_path)
                             for key, number in one.numbers.items()})  # fmt: skip
        found = findings_of(
            findings_recorded(read_results(tmp_path)), register, FindingStates(), items=facts.items
        )
        assert {one.state for one in found} == {""}


def test_the_subjects_of_a_finding_that_was_several_are_told_one_by_one() -> None:
    from auditlib.report.words import subject_of

    both = "follow_up_reports:no due date; follow_up_reports:no actions"
    assert subject_of(both, {}) == "follow-up reports: no due date; follow-up reports: no actions"


@pytest.mark.parametrize("why", ["", "Nobody is meant", "Nobody is meant."])
def test_the_report_repeats_why_names_of_files_are_shown(why: str) -> None:
    said = [*facts._file_names(run(file_names_shown_because=why))]
    assert said == (
        ["The names of the client's files are shown as they are: Nobody is meant."] if why else []
    )
