"""Rows left out as declared: counted, reconciled, and no part of the share in quarantine."""

from __future__ import annotations

from small_company import company, engaged, source, with_sources

from auditlib.parameters.run import Thresholds
from auditlib.records import Reason, Reliability, SourceTotals
from auditlib.reliability import gather, judge, left_out, reconcile
from auditlib.reliability.declared import declared
from auditlib.reliability.totals import quarantine

from small_company import run  # isort: skip

WORDS = "Status is not 'Survey Preview' (previews are no answers)"


def responses(rows_in: int, aside: int, left: int, again: int = 0):
    kept = rows_in - aside - left - again
    more = {"rows_kept": kept, "left_out": {WORDS: left} if left else {}, "rows_named_again": again}
    return source("responses", rows_in, aside, **more)


def test_what_is_left_out_is_accounted_for_and_what_is_lost_is_not():
    assert responses(10, 1, 4, 2).reconciled
    lost = source("responses", 10, 1, rows_kept=4, left_out={WORDS: 4})
    assert not lost.reconciled
    assert lost.rows_accounted == 9


def test_the_share_in_quarantine_is_of_the_rows_that_are_not_filtered_out():
    totals = reconcile(with_sources(responses(100, 1, 50)))
    numbers = {number.key: number.value for number in totals.numbers()}
    assert numbers["quarantined_share:all"] == 1 / 50
    assert numbers["rows_left_out:all"] == 50
    assert totals.summary()[0].text.endswith(
        "1 (2.0%) is in quarantine, and 50 were left out as the run file declares."
    )


def test_rows_that_name_a_place_again_are_good_rows_of_its_register():
    assert responses(100, 1, 0, again=97).rows_judged == 100


def test_where_no_row_is_left_out_that_is_said():
    totals = reconcile(with_sources(responses(100, 1, 0)))
    assert "rows_left_out" not in totals.to_frame().columns
    assert not any("left_out" in number.key for number in totals.numbers())
    (sentence,) = left_out(with_sources(responses(100, 1, 0))).summary()
    assert sentence.text == "The run file leaves no row out."


def test_each_declared_test_has_its_row_number_and_sentence():
    left = left_out(with_sources(responses(100, 1, 50, again=3)))
    assert left.to_frame()[["entry", "rows_left_out"]].to_numpy().tolist() == [[1, 50], [2, 3]]
    assert [number.value for number in left.numbers()] == [50, 3]
    first, second = left.summary()
    assert first.text == f"Of responses.csv (responses), 50 rows were left out to keep those where {WORDS}."
    assert second.text.endswith("3 rows were left out as they name again what was named before.")


def test_a_table_of_which_every_row_is_left_out_is_undetermined():
    evidence = company()
    totals = [total for total in evidence.totals if total.table != "responses"]
    facts = gather(evidence.with_totals(*totals, responses(9, 0, 9)), "responses", period=run().period)
    judged = judge(facts, thresholds=Thresholds())
    assert judged.answer is Reliability.UNDETERMINED
    assert judged.grounds == ("The run file leaves out every row of the file.",)


def test_declarations_in_place_of_what_an_export_lacks_are_said():
    columns = {"response_id": {"line": True}, "submitted": "closed"}
    given = {"table": "responses", "file": "a.csv", "form": "csv", "columns": columns}
    given["stands_for"] = {"submitted": "closing of form 12"}
    register = {"table": "units", "file": "a.csv", "form": "csv", "columns": {"unit_id": "u"}, "once": True}
    scale = {"low": 1, "high": 5, "best": "low"}
    columns["q_overall"] = "Overall"
    asked = {"transactional": {"items": {"q_overall": {"wording": "Overall", "scale": scale}}}}
    audit = run(sources=[register, given], instruments=asked)
    said = declared(engaged(company().with_totals(source("units", 3), source("responses", 3)), audit))
    texts = [sentence.text for sentence in said.summary()]
    assert len(texts) == 4
    assert "the lowest score of q_overall is the best; scores are stored turned" in texts[3]
    assert "what has no row there is not in this audit" in texts[0]
    assert "a copy cannot be told from a line that is alike" in texts[1]
    assert "submitted only stands in for what it is called: closing of form 12" in texts[2]
    assert [number.reason for number in said.numbers()] == texts


def test_every_reason_is_said_and_counted_by_its_own_words() -> None:
    """A reason that nothing words would be counted as none: "No row was set aside"."""
    assert len({reason.sentence for reason in Reason}) == len({reason.heading for reason in Reason})
    for reason in Reason:
        total = SourceTotals("responses.csv", "responses", "", 1, 2, 1, 1, reasons={reason.value: 1})
        (sentence,) = quarantine(with_sources(total)).summary()
        assert f"{reason.sentence} (1)" in sentence.text
