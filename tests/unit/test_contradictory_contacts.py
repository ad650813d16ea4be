"""Contacts said to be both answered and given up: counted, placed and asked about in 01 and by check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_company import Evidence, engaged, rows, source
from test_interval_measures import contact

from auditlib.audit.numerals import orphans
from auditlib.onboarding.check import check
from auditlib.parameters.run import Thresholds
from auditlib.records import Reliability
from auditlib.reliability import ReliabilityAnswer, caveat, reliability
from auditlib.reliability.contradictory_contacts import read_twice

TABLE, ROOT = "interactions", Path(__file__).parents[2]


def judged(*contacts: dict[str, Any]) -> ReliabilityAnswer:
    placed = [
        {"interaction_id": f"I{line}", "source_file": "calls.csv", "source_line": line, **row}
        for line, row in enumerate(contacts, 2)
    ]
    held = Evidence({TABLE: rows(TABLE, *placed)}, (source(TABLE, len(placed)),))
    return reliability(engaged(held, thresholds=Thresholds(quarantine_share=0.05)), TABLE)


def calls(both: int, *, unknown: int = 0) -> list[dict[str, Any]]:
    """Return 20 calls: the first so many answered and given up, the last so many without a word on it."""
    every = [contact(place, 10, abandoned=place < both) for place in range(20)]
    return [row | ({"abandoned": None} if place >= 20 - unknown else {}) for place, row in enumerate(every)]


@pytest.mark.parametrize(("both", "answer"), [(1, "sufficient"), (2, "not_sufficient")])
def test_many_make_the_table_unreliable_and_few_are_told(both: int, answer: str) -> None:
    """One of 20 is at the limit of 5%."""
    (table,) = judged(*calls(both)).result.tables
    assert (table.answer is Reliability.NOT_SUFFICIENT) == (answer == "not_sufficient")
    (said,) = [ground for ground in table.grounds if "No contact is both answered and given up" in ground]
    assert "first in line 2 of calls.csv" in said
    assert "in the same column" in said


def test_the_finding_lists_the_contacts_and_asks_for_the_column() -> None:
    answered = judged(*calls(3))
    (table,), (finding,) = answered.result.tables, answered.findings()
    assert "Not so in 3 contacts of 20" in finding.condition
    assert [case.id for case in finding.cases] == ["I2", "I3", "I4"]
    assert "line 2 of calls.csv" in finding.cases[0].words
    assert "ended: {after: offered" in finding.recommendation
    assert set(orphans(table.grounds[0], answered.numbers())) <= {"5.0"}, "beside the declared limit"
    assert table.grounds[0] in caveat(answered.result, tables=[TABLE]).text


@pytest.mark.parametrize(("without_answer", "recipe"), [(2, True), (3, False)])
def test_how_to_read_the_file_is_told_only_where_most_who_gave_up_have_an_answer(
    without_answer: int, recipe: bool
) -> None:
    """Three are said to be both: beside three more who gave up, half of those who did have an answer."""
    gave_up = [contact(30 + place, None, abandoned=True) for place in range(without_answer)]
    (table,) = judged(*calls(3), *gave_up).result.tables
    said = " ".join(table.grounds)
    assert (read_twice() in said) == recipe
    assert ("ask the client what became of these" in said) != recipe


def test_contacts_that_do_not_say_whether_they_were_given_up_are_not_tested() -> None:
    (table,) = judged(*calls(2, unknown=8)).result.tables
    assert any("Not so in 2 contacts of 12" in ground for ground in table.grounds)


def test_sound_contacts_are_not_spoken_of() -> None:
    (table,) = judged(*calls(0), contact(30, None)).result.tables
    assert not any("given up" in ground for ground in table.grounds)


RUN = """audit: calls
party: {name: Calls}
period: {start: 2025-10-01, end: 2025-10-31}
as_of: 2025-11-01T00:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: unit}}
  - table: interactions
    form: csv
    file: calls.csv
    columns:
      interaction_id: {line: true}
      unit_id: unit
      offered: start
      answered: picked_up
      abandoned: lost
    constants: {channel: phone}
notebooks: {01_intake: {}}
"""


@pytest.mark.parametrize(("lost", "many"), [(("no", "yes", "yes"), 2), (("no", "no", "no"), 0)])
def test_check_warns_of_contacts_that_are_said_to_be_both(
    tmp_path: Path, lost: tuple[str, ...], many: int
) -> None:
    (tmp_path / "units.csv").write_text("unit\nHill\n", encoding="utf-8")
    calls_of = [
        f"Hill,2025-10-0{day} 09:00:00,2025-10-0{day} 09:00:10,{word}" for day, word in enumerate(lost, 1)
    ]
    (tmp_path / "calls.csv").write_text(
        "\n".join(("unit,start,picked_up,lost", *calls_of, "")), encoding="utf-8"
    )
    (tmp_path / "run.yaml").write_text(RUN, encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    notes = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store").notes
    warned = [note for note in notes if "both answered and given up" in note]
    assert len(warned) == bool(many)
    if many:
        assert "by 2 contacts of 3 (66.7%), first in line 3 of calls.csv" in warned[0]
        assert "Is the wait of those who gave up in the same column" in warned[0]
