"""Files that say in one column who was answered and in another who gave up: contradictions stay visible."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.check import check
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.reliability.contradictory_contacts import read_twice

ROOT = Path(__file__).parents[2]
HEADER = "protocolo;entrada;unidade;atendida;abandonada;espera_seg;tempo_atendimento_seg"
ANSWERED = [f"P{n};{n:02}/07/2026 09:00:05;Recife;sim;nao;{n};{n * 10}" for n in range(1, 15)]
GIVEN_UP = [f"P{n};{n}/07/2026 09:00:05;Recife;nao;sim;{n};" for n in range(15, 20)]
BOTH = ["P20;10/07/2026 10:00:05;Recife;sim;sim;20;200", "P21;11/07/2026 10:00:05;Recife;sim;sim;21;"]
OPEN = ["P22;12/07/2026 10:00:05;Recife;nao;nao;;"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "params" / "runs").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    (tmp_path / "data").mkdir()
    return tmp_path


def proposed(project: Path, rows: Sequence[str], *, header: str = HEADER) -> tuple[Evidence, str]:
    """Return what the proposed run file reads, its questions answered as proposed, and its text."""
    file = project / "data" / "atendimentos.csv"
    file.write_text("\n".join((header, *rows, "")), encoding="utf-8")
    text = new("small", [file], start=project).run_file.read_text("utf-8")
    run = load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small")
    return prepare(run, project / "data", project / "store"), text


def test_contacts_said_to_be_both_are_proposed_as_both(project: Path) -> None:
    evidence, text = proposed(project, [*ANSWERED, *GIVEN_UP, *BOTH, *OPEN])
    contacts = evidence.frame("interactions").set_index("interaction_id")
    assert len(contacts) == 22
    both = contacts.index[contacts["answered_at"].notna() & (contacts["abandoned"] == True)]  # noqa: E712
    assert set(both) == {"P20", "P21"}
    certain = contacts[contacts["answered_at"].isna() & (contacts["abandoned"] == True)]  # noqa: E712
    assert set(certain.index) == {f"P{n}" for n in range(15, 20)}
    assert (certain["ended_at"] - certain["offered_at"])["P17"] == 17_000_000
    assert contacts["ended_at"].isna()["P22"]
    assert (
        "DECIDE: yes stands in 'atendida' and in 'abandonada' of 2 of 22 rows, first in line 21: which holds?"
        in text
    )
    assert "Not mapped: atendida" not in text


def test_a_contradiction_beyond_the_rows_that_were_looked_at_stays_one(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditlib.onboarding.decoding.SAMPLE_RECORDS", 19)
    evidence, _ = proposed(project, [*ANSWERED, *GIVEN_UP, *BOTH])
    contacts = evidence.frame("interactions").set_index("interaction_id")
    assert contacts.loc["P20", "abandoned"]
    assert contacts["answered_at"].notna()["P20"]


def test_flags_without_waits_that_say_both_are_asked_about(project: Path) -> None:
    rows = [row.rsplit(";", 2)[0] for row in (*ANSWERED, *GIVEN_UP, *BOTH)]
    _, text = proposed(project, rows, header=HEADER.rsplit(";", 2)[0])
    assert "DECIDE: yes stands in 'atendida' and in 'abandonada' of 2 of 21 rows, first in line 21" in text


RUN = """audit: small
party: {{name: A bank}}
period: {{start: 2026-07-01, end: 2026-07-31}}
as_of: 2026-08-01T00:00:00Z
sources:
  - {{table: units, form: csv, file: units.csv, columns: {{unit_id: unidade}}}}
{sources}notebooks: {{01_intake: {{}}}}
"""
SOURCE = """  - table: interactions
    form: csv
    file: atendimentos.csv
    dialect: {delimiter: ";"}
    dates: {formats: ["%d/%m/%Y %H:%M:%S"]}
    only: [CONDITION]
    columns:
      interaction_id: protocolo
      unit_id: unidade
      offered: entrada
      abandoned: abandonada
      WAIT: {after: offered, duration: espera_seg, unit: seconds}
    constants: {channel: phoneMORE}
    values: {abandoned: {sim: "true", nao: "false"}}
"""
ALL = SOURCE.replace("    only: [CONDITION]\n", "").replace("WAIT", "answered").replace("MORE", "")
YES = SOURCE.replace("CONDITION", "{column: atendida, is: [sim], because: answered}")
NO = SOURCE.replace("CONDITION", "{column: atendida, is: [nao], because: not answered}")
TWICE = (
    YES.replace("WAIT", "answered").replace("MORE", "")
    + NO.replace("WAIT", "ended").replace("MORE", ', answered: ""')
)  # fmt: skip


def notes(folder: Path, sources: str) -> str:
    """Return what check notes of a file of contacts that is read by these sources."""
    (folder / "units.csv").write_text("unidade\nRecife\n", encoding="utf-8")
    rows = (HEADER, *ANSWERED, *GIVEN_UP, *BOTH, "")
    (folder / "atendimentos.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "run.yaml").write_text(RUN.format(sources=sources), encoding="utf-8")
    for part in ("notebooks", "params"):
        (folder / part).symlink_to(ROOT / part)
    return "\n".join(check(folder / "run.yaml", data=folder, store=folder / "store").notes)


def test_check_says_how_to_read_waits_without_settling_contradictions(tmp_path: Path) -> None:
    said = notes(tmp_path, ALL)
    assert "7 contacts are both given up and answered" in said
    assert "read as the wait until the answer in every row." in said
    assert "'abandoned' stays mapped to abandonada in both" in said
    assert 'abandoned: "true"' not in said
    ended = "{after: offered, duration: espera_seg, unit: ...}"
    assert read_twice(ended=ended, given_up="abandonada") in said, "the advice of the report, with names"


def test_check_calls_contradictions_of_a_file_read_by_its_rows_the_clients(tmp_path: Path) -> None:
    said = notes(tmp_path, TWICE)
    assert "every row" not in said
    assert "both answered and given up by 2 contacts of 21" in said
    assert "read the file twice" not in said, "it is"
    assert "ask the client what became of these" in said
