"""Persons planted all over a client's data are in nothing that an audit hands over."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from whole_company import ONE_OF_EACH, instant, row_of, write_company

from auditlib.cli import main
from auditlib.contracts import TABLES, ColumnKind

STAFF = ("Ada Kanarius", "Bruno Gelbvogel-Specht", "Chiara Cantorini", "Søren Dompapstrup")
CLIENTS = ("Dorte Finkelstrup", "Émile Serinet", "Farida Bulbulzadeh")
NATIONAL = (
    "078-05-1120", "AB 12 34 56 C", "RSSMRA85T10A562S", "86 095 742 719", "2 55 08 14 168 025 38",
    "12345678Z", "X1234567L", "756.1234.5678.97", "811218-9876", "15076500565", "010180-1234", "131052-308T",
    "111.444.777-35", "2341 2341 2346", "44051401359",
)  # fmt: skip
ACCOUNTS = (
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "4111 1111 1111 1111",
)
REACHED = (
    "ada.kanarie@post.example", "üzgür@posta.example", "+44 20 7946 0958", "0171 2345678", "(555) 123-4567",
    "00 33 1 23 45 67 89", "192.168.17.44", "2001:db8:85a3::8a2e:370:7334", "98765 43210", "tel. 555 0199 22",
)  # fmt: skip
STREETS = ("12 Canary Street", "Zeisigstraße 7", "14 rue du Serin", "Calle Canario 9")
KINDS = {
    "responses": "r{}.person@post.example", "customers": "cust{}.person@post.example",
    "accounts": "Firma Person {}", "employees": "staff{}.person@post.example",
    "complaints": "+49 30 90182{:04d}", "interactions": "0049 171 55{:05d}",
}  # fmt: skip
UNITS = ("U1", "U2", "U3", "unit.four@post.example", "+49 30 9018205", "078-05-1126")
EACH = 8


def named(kind: str, number: int) -> str:
    """Return the id of a thing, which is a person's wherever it is not a unit's."""
    return KINDS.get(kind, f"{kind}{{}}.person@ids.example").format(number)


def rows_of(table: str) -> list[dict[str, Any]]:
    """Return rows of `table` for every unit, with planted persons in each column that may hold text."""
    rows = []
    for number in range(len(UNITS) if table == "units" else len(UNITS) * EACH):
        row = row_of(table, number)
        for column in TABLES[table].columns:
            kind = column.references or (table if column.name in TABLES[table].key else "cases")
            if column.kind is ColumnKind.ID:
                own = number if kind not in ("accounts", "employees") else number % 12
                row[column.name] = UNITS[number % len(UNITS)] if kind == "units" else named(kind, own)
            elif column.kind is ColumnKind.TEXT:
                row[column.name] = said(number)
            elif (
                column.kind is ColumnKind.CODE
                and not column.codes
                and column.name in ("cause_code", "reason", "segment")
            ):
                row[column.name] = said(number % 5)
        rows.append(row | special(table, number))
    keys = TABLES[table].key
    return list({tuple(row[key] for key in keys): row for row in rows}.values())


def said(number: int) -> str:
    """Return words in which somebody named a person."""
    planted = (*REACHED, *NATIONAL, *ACCOUNTS, *STREETS, *STAFF)
    return f"call {STAFF[number % 4]}, {planted[number % len(planted)]}!"


def special(table: str, number: int) -> dict[str, Any]:
    """Return what a row of `table` holds besides."""
    later = number % len(UNITS)
    if table == "units":
        return {"name": f"Desk of {STAFF[number % 4]} {REACHED[number]}", "region": ACCOUNTS[number % 4]}
    if table == "employees":
        return {"name": STAFF[number % 4]}
    if table == "accounts":
        return {"name": CLIENTS[number % 3], "tier": NATIONAL[number % 3], "key_account": "true"}
    if table == "responses":
        return {"q_overall": 1 + number % 3, "submitted": instant(days=later, hours=number % 7)}
    if table == "deviations":
        return {"case_id": named("call_backs", number), "duty": "call_back"}
    if table == "incident_events":
        return {"case_id": named("cases", number // 3)}
    return {}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    tables = {table: rows_of(table) for table in ONE_OF_EACH}
    asked = {
        "policies": [
            "escalation@2025",
            "integrity@2025",
            "drivers@2025",
            "service_promises@2025",
            "complaint_limits@2025",
        ],
        "notebooks": {
            name: {}
            for name in (
                "01_intake",
                "02_benchmark",
                "16_improvement",
                "05_escalation",
                "09_drivers",
                "10_promises",
                "11_standards",
            )
        },
        "thresholds": {"minimum_n": 5, "minimum_cell": 1, "quarantine_share": 0.5},
    }
    path = write_company(tmp_path, tables, **asked)
    data = tmp_path / "data"
    spoiled(data / "responses.csv", "submitted")
    spoiled(data / "complaints.csv", "received")
    renamed(path, data / "responses.csv", f"answers of {STAFF[0]} {REACHED[0]}.csv")
    headed(path, data / "complaints.csv", "channel", f"Way of {STAFF[1]}, {NATIONAL[0]}")
    return path


def spoiled(path: Path, column: str) -> None:
    """Append rows that go into quarantine, each with persons in it."""
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    place, unit = rows[0].index(column), rows[0].index("unit_id")
    late, unknown, again = (list(rows[number]) for number in (1, 2, 3))
    late[place], late[0] = f"{STAFF[2]}, {NATIONAL[3]}", "late@ids.example"
    unknown[unit], unknown[0] = f"{STREETS[1]}, {ACCOUNTS[1]}", "unknown@ids.example"
    again[-1] = f"{again[-1]} {STAFF[1]}"
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([late, unknown, again, [f"short@ids.example {STAFF[3]}", NATIONAL[0], STREETS[0]]])


def renamed(run_file: Path, path: Path, name: str) -> None:
    path.rename(path.with_name(name))
    content = yaml.safe_load(run_file.read_text("utf-8"))
    for source in content["sources"]:
        source["file"] = name if source["file"] == path.name else source["file"]
    run_file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")


def headed(run_file: Path, path: Path, column: str, heading: str) -> None:
    rows = list(csv.reader(path.read_text("utf-8").splitlines()))
    rows[0][rows[0].index(column)] = heading
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    content = yaml.safe_load(run_file.read_text("utf-8"))
    next(one for one in content["sources"] if one["table"] == "complaints")["columns"][column] = heading
    run_file.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), "utf-8")


def planted() -> set[str]:
    """Return every text that may be nowhere."""
    ids = {
        named(kind, number)
        for kind in (*TABLES, "cases")
        if kind != "units"
        for number in range(len(UNITS) * EACH)
    }
    surnames = {name.split()[-1] for name in (*STAFF, *CLIENTS)}
    persons = {
        *STAFF,
        *CLIENTS,
        *surnames,
        *NATIONAL,
        *ACCOUNTS,
        *REACHED,
        *UNITS[3:],
        "ids.example",
        "post.example",
    }
    return ids | persons | {f"{street}," for street in STREETS}


def texts_of(directory: Path) -> Iterator[tuple[str, str]]:
    """Give every text of a run but its evidence, parameters and manifest, by the file it stands in."""
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if not path.is_file() or name.split("/")[0] in ("evidence", "parameters", "manifest.json"):
            continue
        yield f"name of {name}", name
        if path.suffix == ".parquet":
            yield name, pd.read_parquet(path).to_csv()
        elif path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                yield from (
                    (f"{name}/{part}", unescape(book.read(part).decode("utf-8", "replace")))
                    for part in book.namelist()
                )
        elif path.suffix in (".json", ".ipynb"):
            yield name, json.dumps(json.loads(path.read_bytes()), ensure_ascii=False)
        elif path.suffix == ".pdf":
            read = ["pdftotext", "-raw", str(path), "-"]
            yield name, subprocess.run(read, capture_output=True, check=True, text=True).stdout
        else:
            yield name, unescape(path.read_text("utf-8", "replace"))


@pytest.fixture
def paper(request: pytest.FixtureRequest) -> None:
    """Print where the words of a PDF can be read; where not, the page it is set from is read alone."""
    if shutil.which("pdftotext") is None:
        request.getfixturevalue("no_paper")


def test_no_planted_person_is_in_what_is_handed_over(
    project: Path, paper: None, capfd: pytest.CaptureFixture[str]
) -> None:
    """With real kernels: what a notebook stores is handed over as well."""
    root = project.parents[2]
    outputs = root / "outputs"
    code = main(["run", str(project), "--data", str(root / "data"), "--out", str(outputs)])
    console = "".join(capfd.readouterr())
    assert code == 0, console
    run = outputs / "whole"
    assert main(["oscal", str(run), "--out", str(outputs / "oscal")]) == 0
    for what in (["--rows", "call_backs"], ["--sites", "initial", "--choose", UNITS[3]]):
        assert main(["sample", "draw", str(run), *what]) == 0
    name = f"answers of {STAFF[0]} {REACHED[0]}.csv"  # the terminal names a file as its user does
    texts = [("console", console.replace(name, "")), *texts_of(run), *texts_of(outputs / "oscal")]
    texts += texts_of(outputs / "whole.samples")
    through = sorted({(name, text) for name, content in texts for text in planted() if text in content})
    assert not through, "\n".join(map(str, through[:60]))
    assert len(planted()) > 60
    assert main(["release", str(run)]) == 1, "the run file names a file that is called after a person"
    refused = " ".join(capfd.readouterr().err.split())
    assert {
        part for part in ("report.html", "results/", "notebooks/", "exhibits/") if part in refused
    } == set()
    assert f"parameters/{project.name} holds" in refused
    assert not [text for text in planted() if text in refused]
    findings = json.loads((run / "findings.json").read_text("utf-8"))["findings"]
    shown = next(case["id"] for one in findings for case in one["cases"] if case["table"] == "call_backs")
    for key in (shown, f"call_backs:id={shown}"):
        assert main(["trace", str(run), key]) == 0
        assert re.search(r"call_backs\d+\.person@ids\.example", capfd.readouterr().out)
