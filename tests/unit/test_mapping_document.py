"""What docs/mapping.md shows is taken in as it says; check tells of waits that mean two things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.check import check
from auditlib.onboarding.set_aside import declared_of, set_aside
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
HEAD = """audit: small
party: {name: A desk}
period: {start: 2025-03-01, end: 2025-03-31}
as_of: 2025-04-01T00:00:00Z
"""
ROWS = """call,desk,queued_at,waited,was_answered
C1,North,2025-03-03 09:00:00,20,yes
C2,South,2025-03-03 09:10:00,35,yes
C3,North,2025-03-03 09:20:00,50,no
C4,South,2025-03-31 23:59:00,,no
"""
SNIPPETS = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs" / "mapping.md").read_text("utf-8"), re.DOTALL)


def taken_in(folder: Path, sources: str) -> Evidence:
    (folder / "contacts.csv").write_text(ROWS, encoding="utf-8")
    run = load(Run, f"{HEAD}{sources}notebooks: {{01_intake: {{}}}}\n", name="run.yaml")
    return prepare(run, folder, folder / "store")


def test_a_file_read_once_for_each_thing_its_rows_mean(tmp_path: Path) -> None:
    evidence = taken_in(tmp_path, SNIPPETS[0])
    contacts = evidence.frame("interactions").set_index("interaction_id")
    assert [total.rows_kept for total in evidence.totals] == [2, 2, 1, 1]
    assert [total.rows_left_out for total in evidence.totals] == [2, 2, 3, 3]
    assert all(not total.rows_quarantined for total in evidence.totals)
    assert (contacts["answered_at"] - contacts["offered_at"]).dropna().tolist() == [20_000_000, 35_000_000]
    assert (contacts["ended_at"] - contacts["offered_at"]).dropna().tolist() == [50_000_000]
    assert contacts["abandoned"].to_dict() == {"C1": False, "C2": False, "C3": True, "C4": False}


def test_readings_may_not_share_a_row(tmp_path: Path) -> None:
    shared = SNIPPETS[0].replace('is: ["no"], because: nobody', 'is: ["no", "yes"], because: nobody', 1)
    evidence = taken_in(tmp_path, shared)
    assert [total.reasons.get("conflicting", 0) for total in evidence.totals] == [0, 2, 2, 0]


def test_one_unit_for_everything(tmp_path: Path) -> None:
    evidence = taken_in(tmp_path, SNIPPETS[1])
    assert evidence.frame("units")["unit_id"].tolist() == ["all"]
    assert set(evidence.frame("interactions")["unit_id"]) == {"all"}
    assert [total.rows_left_out for total in evidence.totals] == [3, 0]


NAIVE = """sources:
  - {table: units, form: csv, file: contacts.csv, once: true, columns: {unit_id: desk}}
  - table: interactions
    form: csv
    file: contacts.csv
    columns:
      interaction_id: call
      unit_id: desk
      offered: queued_at
      answered: {after: offered, duration: waited, unit: seconds}
      abandoned: was_answered
    constants: {channel: phone}
    values: {abandoned: {"yes": "false", "no": "true"}}
notebooks: {01_intake: {}}
"""


@pytest.mark.parametrize(
    "wait", ["35,yes\nC3,North,2025-03-03 09:20:00,50", "35,yes\nC3,North,2025-03-03 09:20:00,"]
)
def test_check_says_where_a_wait_means_two_things(tmp_path: Path, wait: str) -> None:
    rows = ROWS.replace("35,yes\nC3,North,2025-03-03 09:20:00,50", wait)
    (tmp_path / "contacts.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "run.yaml").write_text(HEAD + NAIVE, encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    notes = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store").notes
    said = [note for note in notes if "both given up and answered" in note]
    if wait.endswith("50"):
        assert said[0].startswith(
            "contacts.csv: 1 contact is both given up and answered: 'waited' is read as the wait until"
        )
        assert "Only where no column says it, choose by was_answered." in said[0]
    else:
        assert said == []


COUNTS = """site,from,came_in,taken,gave_up,gave_up_short,talk,wrap_up
North,2025-03-03 09:00:00,10,8,2,3,20.5,2
North,2025-03-03 09:30:00,4,4,0,,5,1
North,2025-03-03 10:00:00,4,3,1,1,x,1
"""


@pytest.mark.parametrize(
    ("more", "kept"),
    [("", [(13, 5)]),
     ('    values: {offered: {"": "0"}, abandoned: {"": "0"}}\n', [(13, 5), (4, 0)])]
)  # fmt: skip
def test_counts_in_several_columns_are_added_up(
    tmp_path: Path, more: str, kept: list[tuple[int, int]]
) -> None:
    (tmp_path / "counts.csv").write_text(COUNTS, encoding="utf-8")
    evidence = taken_in(tmp_path, SNIPPETS[2] + more)
    frame = evidence.frame("interval_counts")
    assert list(zip(frame["offered"], frame["abandoned"], strict=True)) == kept
    assert frame["handle_seconds"].tolist()[0] == 1350
    assert "x + 1" in evidence.quarantine()["value"].tolist()


def test_a_length_of_two_parts_is_read_once_the_run_file_says_what_they_are(tmp_path: Path) -> None:
    rows = re.sub(r",(\d\d),(yes|no)", r",01:\1,\2", ROWS)
    waits = {}
    for unit in ("seconds", "mm:ss", "hh:mm"):
        (tmp_path / unit[:2]).mkdir()
        (tmp_path / unit[:2] / "contacts.csv").write_text(rows, encoding="utf-8")
        sources = SNIPPETS[0].replace("unit: seconds", f"unit: {unit}")
        run = load(Run, f"{HEAD}{sources}notebooks: {{01_intake: {{}}}}\n", name="run.yaml")
        evidence = prepare(run, tmp_path / unit[:2], tmp_path / unit[:2] / "store")
        frame = evidence.frame("interactions")
        waits[unit] = ((frame["answered_at"] - frame["offered_at"]).dropna() / 1_000_000).tolist()
        if unit == "seconds":
            (aside,) = [group for group in set_aside(run, evidence) if group.source == 1]
            remedy = declared_of(aside, run, evidence).remedy
            assert "write unit: mm:ss where they are minutes and seconds" in remedy
            assert "ask the client" in remedy
    assert waits == {"seconds": [], "mm:ss": [80.0, 95.0], "hh:mm": [4800.0, 5700.0]}


def test_a_day_for_all_rows_is_read_however_the_cells_are_written(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(COUNTS.replace("2025-03-03", "03.03.2025"), encoding="utf-8")
    said = 'length: "1800", exported_on: "2025-11-03"'
    dates = '    dates: {formats: ["%d.%m.%Y %H:%M:%S"]}'
    sources = SNIPPETS[2].replace('length: "1800"', said)
    sources = sources.replace("    file: counts.csv\n", f"    file: counts.csv\n{dates}\n")
    assert taken_in(tmp_path, sources).frame("interval_counts")["exported_on"].tolist() == [20_395]
