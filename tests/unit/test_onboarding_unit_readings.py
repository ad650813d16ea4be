"""Units joined from a second file: what is proposed for them, and what check says until it is declared.

41 Portuguese shops, numbered by sevens: the register writes 0007, the survey and the list of regions 7.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.evidence.unit_names import readings
from auditlib.onboarding.check import check
from auditlib.onboarding.file_looks import look_at
from auditlib.onboarding.propose import propose
from auditlib.onboarding.run_file_text import run_file_text

ROOT = Path(__file__).parents[2]
SHOPS = [(7 * n, f"Loja {n}") for n in range(1, 42)]
BY_NUMBER = (
    "units_by: number   # DECIDE: 0 of {0} units of this file stand in lojas.csv as written, {0} without"
)


def written(folder: Path, *, by: str = "number", lost: int = 0) -> str:
    """Write the three files; return the proposed run file. The last `lost` shops are in no register."""
    known = SHOPS[: len(SHOPS) - lost]
    shops = "".join(f"{number:04d},{name},PT\n" for number, name in known)
    (folder / "lojas.csv").write_text(f"Store,Name,Country\n{shops}")
    regions = "".join(f"{number},{'Norte' if number % 2 else 'Sul'}\n" for number, _ in known[:-1])
    (folder / "regioes.csv").write_text(f"Store,Region\n{regions}")
    cells = [str(number) if by == "number" else name.upper() for number, name in SHOPS]
    answers = "".join(
        f"A{n},2025-03-{n % 28 + 1:02d} 10:00,{cells[n % 41]},{n % 5 + 1}\n" for n in range(205)
    )
    (folder / "inquerito.csv").write_text(f"Response ID,Date,Store,Overall satisfaction\n{answers}")
    looks = [look for file in sorted(folder.glob("*.csv")) for look in look_at(file, file=file.name)]
    proposal = propose(looks, fallback=date(2025, 1, 1))
    return run_file_text(proposal, audit="lojas", command="check", notebooks=["01_intake"])


def test_the_way_to_name_units_is_asked_with_both_counts(tmp_path: Path) -> None:
    text = written(tmp_path)
    assert BY_NUMBER.format(41) in text
    assert BY_NUMBER.format(40) in text
    assert "fills: true   # DECIDE: lojas.csv names 40 of 40 units already; does it say more of them?" in text
    assert text.index("file: lojas.csv") < text.index("file: regioes.csv") < text.index("table: responses")


def test_names_are_proposed_where_the_export_has_names(tmp_path: Path) -> None:
    text = written(tmp_path, by="name")
    assert (
        "units_by: name   # DECIDE: 0 of 41 units of this file stand in lojas.csv as written, 41 by" in text
    )


def test_a_column_of_names_is_what_is_compared_whatever_it_is_called(tmp_path: Path) -> None:
    shops = "".join(f"{number:04d},{name}\n" for number, name in SHOPS)
    (tmp_path / "lojas.csv").write_text(f"Store,Name\n{shops}")
    rows = [
        f"A{n},2025-03-{n % 28 + 1:02d} 10:00,{SHOPS[n % 41][1]},Via {n % 4},{n % 5 + 1}\n"
        for n in range(205)
    ]
    (tmp_path / "respostas.csv").write_text(
        "Response ID,Date,Onde,Como,Overall satisfaction\n" + "".join(rows)
    )
    looks = [look for file in sorted(tmp_path.glob("*.csv")) for look in look_at(file, file=file.name)]
    text = run_file_text(
        propose(looks, fallback=date(2025, 1, 1)), audit="lojas", command="check", notebooks=["01_intake"]
    )
    assert "unit_id: Onde" in text
    assert "units_by: name   # DECIDE:" in text


@pytest.mark.parametrize("lost", [0, 1, 20, 21])
def test_check_names_the_line_that_finds_them(tmp_path: Path, lost: int) -> None:
    """With 20 of 41 lost, 21 are found without zeros, more than half; with 21 lost it is no answer."""
    text = written(tmp_path, lost=lost)
    assert [row for row in text.splitlines() if "units_by" in row]
    plain = "".join(line for line in text.splitlines(True) if "units_by" not in line)
    (tmp_path / "run.yaml").write_text(plain)
    for part in ("notebooks", "params"):
        (tmp_path / part).symlink_to(ROOT / part)
    report = check(tmp_path / "run.yaml", data=tmp_path, store=tmp_path / "store")
    (problem,) = [one for one in report.data if "responses" in one.message]
    found = "all are" if not lost else f"{41 - lost} are"
    said = (
        f"41 of 41 units of responses are not in units; without leading zeros {found}: write units_by: number"
    )
    assert (said in problem.remedy) is (lost < 21)
    line = (tmp_path / "run.yaml").read_text().splitlines()[(problem.line or 0) - 1]
    assert line.strip().startswith("unit_id: Store")


def test_what_several_units_share_is_read_by_none() -> None:
    register = [("007", "York"), ("7", "York"), ("0", ""), ("12", "")]
    assert readings(["7", "07", "York", "000", "12.0", ""], register) == {"id": 1, "number": 2, "name": 0}
