"""What ARCHITECTURE.md says of additions: each is made in a copy of the project and seen by the real command.

An addition is a list of edits: a text put before, or in place of, a line that stands once in its file, or a
new file. So a reader sees what it takes. A metric and its criterion are added in `test_contributing`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from project_copy import ROOT, project_copy
from whole_company import row_of, write_company

COMMAND = "import sys; from auditlib.cli import main; sys.exit(main(sys.argv[1:]))"
RUN = f"""
from in_process import executed_here
import auditlib.runs.steps
from auditlib.runs.documents import no_pdf
auditlib.runs.steps.usual_pdf = no_pdf
import auditlib.evidence.fast.lookup
auditlib.evidence.fast.lookup.FEWEST_ROWS = 2
with executed_here():
    {COMMAND}
"""
"""The command with its notebooks in one process and no PDF, which nothing here concerns.

Files are taken in as large ones are, so that a rule has to hold where cells are looked up.
"""


def replace(project: Path, file: str, line: str, text: str) -> None:
    """Put `text` in place of `line`, which stands once in `file`."""
    path = project / file
    before = path.read_text("utf-8")
    assert before.count(line) == 1, f"{file} holds {line!r} {before.count(line)} times"
    path.write_text(before.replace(line, text), "utf-8")


def put_before(project: Path, file: str, line: str, text: str) -> None:
    """Put `text` before `line`, which stands once in `file`."""
    replace(project, file, line, text + line)


def a_reason_for_quarantine(project: Path) -> None:
    put_before(
        project,
        "src/auditlib/records/evidence.py",
        '    FUTURE = "future",',
        '    ORDER = "order", "ends before it starts", "order"\n',
    )
    put_before(
        project,
        "src/auditlib/evidence/rules.py",
        "        *_future_rules(contract, as_of),\n",
        "        *_order_rules(contract),\n",
    )
    put_before(
        project,
        "src/auditlib/evidence/rules.py",
        "def _future_rules(",
        """def _order_rules(contract: Table) -> Iterator[QuarantineRule]:
    import narwhals as nw

    if contract.name == "pay_links":
        early = nw.col("ends_on") < nw.col("starts_on")
        yield QuarantineRule(Reason.ORDER, "ends_on", early, "the link ends before it starts")


""",
    )
    # Look-up judges cell by cell, and this rule holds two beside each other.
    put_before(
        project,
        "src/auditlib/evidence/fast/lookup_cache.py",
        "    if any(field.after or field.scale is not None for field in plan.fields):\n",
        """    if plan.contract.name == "pay_links":
        return False
""",
    )
    put_before(
        project,
        "src/auditlib/onboarding/remedies.py",
        "    if reason == Reason.FUTURE:\n",
        """    if reason == Reason.ORDER:
        return DeclaredCells(("columns", column.name), "", "Ask the client which of the two days holds.")
""",
    )


def a_table_of_a_room(project: Path) -> None:
    put_before(
        project,
        "src/auditlib/drivers/answer.py",
        "    def questions(self) -> tuple[Exhibit, ...]:\n",
        '''    def voices(self) -> tuple[Exhibit, ...]:
        """Return how often each cause is named; nothing where none is."""
        rows = [{"cause_code": cause.code, "named": cause.n} for cause in self.result.causes.causes]
        words = {"cause_code": "Cause", "named": "Times named"}
        return self._exhibit(rows, "How often causes are named", by=("cause_code",), labels=words)

''',
    )
    last = r'''    "    display(audit.table(\"causes\", causes))"'''
    cell = r""",
    "for voices in examined.voices():\n",
    "    display(audit.table(\"voices\", voices))"
"""
    replace(project, "notebooks/09_drivers.ipynb", f"{last}\n", last.removesuffix('"') + r'\n"' + cell)


CALENDAR = """\
# yaml-language-server: $schema=../schemas/calendar.schema.json
# The office in Copenhagen answers for every unit.
calendar: copenhagen
title: Monday to Friday, 8 to 16 in Copenhagen, without Danish public holidays
time_zone: Europe/Copenhagen
windows:
  monday: ["08:00-16:00"]
  tuesday: ["08:00-16:00"]
  wednesday: ["08:00-16:00"]
  thursday: ["08:00-16:00"]
  friday: ["08:00-16:00"]
holidays:
  country: DK
"""


def a_calendar_of_your_own(project: Path) -> None:
    (project / "params/calendars/copenhagen.yaml").write_text(CALENDAR, "utf-8")
    rule = "    calendar: {}\n    within:\n      executive: {{hours: 8}}\n"
    replace(
        project,
        "params/policies/escalation.yaml",
        rule.format("business"),
        rule.format("copenhagen"),
    )


def another_limit_for_a_band(project: Path) -> None:
    replace(
        project,
        "params/policies/escalation.yaml",
        "      service: {hours: 24}\n",
        "      service: {hours: 4}\n",
    )


DEFINITION = """\
  not_answered_late:
    title: answered within the limit or given up, over all answered or given up
    source: The contract of 2025, annex 3
    dated: 2025-01-01
    meets: [answered_in_time, abandoned_short, abandoned_in_time, abandoned_late]
    misses: [answered_late]
"""


def a_definition_of_a_share(project: Path) -> None:
    put_before(project, "params/definitions/service_level.yaml", "  over_answered:\n", DEFINITION)


EXPORT = """\
# yaml-language-server: $schema=../schemas/export.schema.json
export: a Letterbox survey export (CSV)
source: Letterbox help, "Export answers"
signature:
  all_of: [Card No, Shop, Dropped At, Stars]
  unique: [Card No]
own: [Card No]
zone: {ask: "the zone of the Letterbox account."}
feeds:
  - table: responses
    columns:
      response_id: Card No
      unit_id: {name: Shop, sure: false}
      submitted: Dropped At
    constants: {survey_type: transactional}
    items:
      q_overall: {column: Stars, wording: How was it?, headline: true, scale: {low: 1, high: 5}}
"""
EXPORTED = "Card No,Shop,Dropped At,Stars\n" + "".join(
    f"{900 + n},{('North', 'South')[n % 2]},2025-03-{n + 1:02} 10:15,{n % 5 + 1}\n" for n in range(20)
)


def a_known_export(project: Path) -> None:
    (project / "params/exports/letterbox.yaml").write_text(EXPORT, "utf-8")


UNITS = 10  # fewer give no error of a cause's share
REMARKED = {
    # closed in Copenhagen when it came, and on the Thursday, Ascension Day: eight hours end on Friday at 16
    "responses-1": {"q_overall": 2, "submitted": "2025-05-28T14:00:00Z", "anonymous": "false"},
    # came on a Monday at 9 in Copenhagen: four hours end at 13, which is 11 in UTC
    "responses-2": {"q_overall": 3, "submitted": "2025-06-02T07:00:00Z", "anonymous": "false"},
}
HELD = {"responses-1": "2025-05-30T10:00:00Z", "responses-2": "2025-06-02T12:00:00Z"}
LINKS = {
    "all year": ("2025-01-01", "2025-12-31"), "same day": ("2025-03-01", "2025-03-01"),
    "running": ("2025-03-01", ""), "backwards": ("2025-03-01", "2025-02-28"),
}  # fmt: skip
"""Both days of the link that runs backwards are sound beside those of the first: look-up learns them so."""

HALF_HOUR = {
    "unit_id": "units-1", "channel": "phone", "queue": "", "ended": "", "length": 1800, "within_seconds": 60,
    "offered": 1060, "answered": 1000, "answered_in_time": 860, "answered_late": 140, "abandoned": 60,
    "abandoned_in_time": 20, "abandoned_short": 10, "short_seconds": 5, "flowed_out": 0, "waiting": 0,
    "abandoned_share": "", "mean_wait": "", "handle_seconds": "", "exported_on": "",
    "in_time_of_answered": "", "in_time_of_offered": "", "mean_handle": "",
}  # fmt: skip


def company() -> dict[str, list[dict[str, Any]]]:
    """Return two low answers with their contacts, a complaint a unit, and four pay links."""
    unsaid = {"threshold"}  # look-up leaves tables with numbers to the exact query
    return {
        "units": [row_of("units", number) for number in range(UNITS)],
        "responses": [
            row_of("responses", 1, response_id=name, unit_id="units-1", **answer)
            for name, answer in REMARKED.items()
        ],
        "follow_ups": [
            row_of(
                "follow_ups", 1, follow_up_id=f"contact with {name}", response_id=name, held=held,
                declined="false", cause_code="handover",
            )
            for name, held in HELD.items()
        ],
        "complaints": [
            row_of(
                "complaints", number, severity="high",
                cause_code="billing_error" if number < 7 else "handover",
            )
            for number in range(UNITS)
        ],
        "interval_counts": [row_of("interval_counts", 1, **HALF_HOUR, starts="2025-02-03T11:00:00Z")],
        "pay_links": [
            {column: cell for column, cell in row.items() if column not in unsaid}
            for row in (
                row_of("pay_links", 1, link_id=name, starts_on=start, ends_on=end)
                for name, (start, end) in LINKS.items()
            )
        ],
    }  # fmt: skip


def performed(project: Path, command: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the copy in the copy."""
    path = os.pathsep.join([str(project / "src"), str(ROOT / "tests")])
    surroundings = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200"}
    arguments = [sys.executable, "-c", command, *words]
    return subprocess.run(
        arguments, cwd=project, env=surroundings, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project with every addition, and its company audited once by the command."""
    root = tmp_path_factory.mktemp("additions")
    kept = {name: {} for name in ("01_intake", "05_escalation", "07_service_levels", "09_drivers")}
    write_company(
        root, company(), notebooks=kept, policies=["escalation@2025", "integrity@2025", "drivers@2025"],
        thresholds={"minimum_n": 1, "minimum_cell": 1, "quarantine_share": 0.5},
    )  # fmt: skip
    project_copy(root, "src")
    for add in (
        a_reason_for_quarantine,
        a_table_of_a_room,
        a_calendar_of_your_own,
        another_limit_for_a_band,
        a_definition_of_a_share,
        a_known_export,
    ):
        add(root)
    ran = performed(root, RUN, "run", "params/runs/whole.yaml", "--data", "data")
    assert ran.returncode == 0, ran.stderr
    return root


def result(project: Path, notebook: str) -> dict[str, Any]:
    """Return what a notebook of the run recorded."""
    text = (project / "outputs/whole/results" / f"{notebook}.json").read_text("utf-8")
    recorded: dict[str, Any] = json.loads(text)
    return recorded


def numbers(recorded: dict[str, Any]) -> dict[str, Any]:
    return {number["key"]: number["value"] for number in recorded["numbers"]}


def exhibit(recorded: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in recorded["exhibits"] if one["id"] == name]
    return dict(found)


def test_a_reason_for_quarantine_is_said_tabled_and_counted(project: Path) -> None:
    recorded = result(project, "01_intake")
    said = [sentence["text"] for sentence in recorded["sentences"] if "rows:order" in sentence["keys"]]
    assert said == ["Rows were set aside for these reasons: ends before it starts (1)."]
    table = exhibit(recorded, "quarantine")
    assert [column["heading"] for column in table["columns"]] == ["File", "Table", "Order"]
    assert table["rows"] == [["pay_links.csv", "pay_links", "1"]]
    (example,) = exhibit(recorded, "examples")["rows"]
    assert example[:4] == ["order", "pay_links.csv", "5", "ends_on"]
    assert example[5].endswith(": the link ends before it starts.")
    assert numbers(recorded)["rows:order"] == 1


def test_a_reason_for_quarantine_is_advised_on_by_check(project: Path) -> None:
    checked = performed(project, COMMAND, "check", "params/runs/whole.yaml", "--data", "data")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    told = " ".join(checked.stdout.split())
    assert "1 of 4 rows in quarantine for order: line 5, column 'ends_on': '2025-02-28'" in told
    assert "(the link ends before it starts). Ask the client which of the two days holds." in told


def test_a_table_of_a_room_is_among_the_results_of_its_notebook(project: Path) -> None:
    table = exhibit(result(project, "09_drivers"), "voices")
    assert table["title"] == "How often causes are named"
    assert [column["heading"] for column in table["columns"]] == ["Cause", "Times named"]
    assert table["rows"] == [["billing_error", "7"], ["handover", "5"]]
    assert [keys[1] for keys in table["references"]] == ["named:billing_error", "named:handover"]


def test_a_calendar_of_your_own_moves_what_is_in_time(project: Path) -> None:
    """By the shipped calendar eight hours end on the Thursday at 15 in London, a day before the contact."""
    recorded = result(project, "05_escalation")
    used = [row[:3] for row in exhibit(recorded, "calendars")["rows"]]
    assert ["copenhagen", "Europe/Copenhagen", str(UNITS)] in used
    found = numbers(recorded)
    assert (found["met:contact:executive"], found["late:contact:executive"]) == (1, 0)


def test_another_limit_for_a_band_moves_what_is_late(project: Path) -> None:
    """By the shipped limit of 24 hours the contact of the same day is in time."""
    found = numbers(result(project, "05_escalation"))
    assert (found["met:contact:service"], found["late:contact:service"]) == (0, 1)


def test_a_definition_of_a_share_is_sound_and_stands_beside_the_others(project: Path) -> None:
    sound = performed(project, COMMAND, "standards", "check", "service_level")
    assert (sound.returncode, sound.stdout) == (0, "Sound: service_level.\n")
    shares = numbers(result(project, "07_service_levels"))
    assert shares["least_pooled:IM-01:not_answered_late"] == pytest.approx(920 / 1060)
    assert shares["least_pooled:IM-01:over_offered"] == pytest.approx(860 / 1060)


def test_a_known_export_is_recognised(project: Path) -> None:
    (project / "answers.csv").write_text(EXPORTED, "utf-8")
    looked = performed(project, COMMAND, "new", "letters", "answers.csv")
    assert looked.returncode == 0, looked.stderr
    written = (project / "params/runs/letters.yaml").read_text("utf-8")
    assert "answers.csv is recognised as: a Letterbox survey export (CSV)" in written
    tables = {source["table"]: source for source in yaml.safe_load(written)["sources"]}
    assert tables["responses"]["columns"]["response_id"] == "Card No"
    assert tables["responses"]["columns"]["q_overall"] == "Stars"
