"""Durations whose seconds have a decimal comma: proposed as such, and named where they cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.evidence import prepare
from auditlib.onboarding.check import check
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
CONTACTS = [
    "protocolo;data_hora_entrada;unidade;espera_seg;tempo_atendimento_seg",
    *(f"P{n};{n:02}/07/2026 08:13:54;Recife;{n};{n * 10},3" for n in range(1, 29)),
]
RUN = """audit: small
party: {{name: A bank}}
period: {{start: 2026-07-01, end: 2026-07-31}}
as_of: 2026-08-01T00:00:00Z
sources:
  - {{table: units, form: csv, file: units.csv, columns: {{unit_id: unidade}}}}
  - table: interactions
    form: csv
    file: contacts.csv
    dialect: {{delimiter: ";"}}
    dates: {{formats: ["%d/%m/%Y %H:%M:%S"]}}
    columns:
      interaction_id: protocolo
      unit_id: unidade
      offered: data_hora_entrada
      answered: {{after: offered, duration: espera_seg, unit: seconds}}
      ended: {{after: answered, duration: {handled}, unit: seconds}}
    constants: {{channel: phone}}
notebooks: {{01_intake: {{}}}}
"""


def test_seconds_with_a_decimal_comma_are_proposed_as_such(tmp_path: Path) -> None:
    (tmp_path / "params" / "runs").mkdir(parents=True)
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    file = tmp_path / "data" / "contacts.csv"
    file.parent.mkdir()
    file.write_text("\n".join((*CONTACTS, "")), encoding="utf-8")
    text = new("small", [file], start=tmp_path).run_file.read_text("utf-8")
    run = load(Run, "\n".join(line.partition(DECIDE)[0] for line in text.splitlines()), name="small")
    source = next(source for source in run.sources if source.table == "interactions")
    assert source.dialect.decimal == ","
    contacts = prepare(run, file.parent, tmp_path / "store").frame("interactions").set_index("interaction_id")
    assert (contacts["ended_at"] - contacts["answered_at"])["P4"] == 40_300_000


@pytest.mark.parametrize(
    ("handled", "said"),
    [
        ("tempo_atendimento_seg", "The numbers are written with ',': write dialect: {decimal: \",\"}."),
        ("unidade", "Correct the unit, or what it runs from."),
    ],
)
def test_check_names_the_decimal_sign_of_durations(tmp_path: Path, handled: str, said: str) -> None:
    (tmp_path / "units.csv").write_text("unidade\nRecife\n", encoding="utf-8")
    (tmp_path / "contacts.csv").write_text("\n".join((*CONTACTS, "")), encoding="utf-8")
    (tmp_path / "run.yaml").write_text(RUN.format(handled=handled), encoding="utf-8")
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    durations = [problem for problem in (*report.aside, *report.data) if "no duration" in problem.message]
    assert {problem.remedy for problem in durations} == {said}
