"""The register of actions as a file beside the run: written, read back, carried on."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from auditlib.actions.carry import CarriedRegister, RegisteredFinding, carry, verified_although_raised
from auditlib.actions.register import (
    HEADINGS,
    TO_FILL,
    Action,
    ActionType,
    State,
    action_of,
    as_row,
    row_problems,
)
from auditlib.errors import DataError, ParameterError, Problem
from auditlib.errors.values import named
from auditlib.files import write_bytes
from auditlib.report.spreadsheet_cells import cell_of
from auditlib.report.worksheet import Book
from auditlib.runs.driven import drivers_of
from auditlib.runs.lock import only_writer
from auditlib.runs.manifest import Manifest
from auditlib.runs.places import OutputFolders
from auditlib.runs.recorded import read_results
from auditlib.runs.verifying import verify
from auditlib.sampling.form_reading import sheets_of
from auditlib.standards.decision import RECORDED
from auditlib.statements import counted

SHEET = "Actions"
MOST_BYTES = 16 << 20
WIDTHS = (12, 5, 9, 22, 16, 34, 34, 18, 11, 11, 12, 24, 24)
"""Characters of each column."""


def bring_up_to_date(
    directory: Path, *, previous: Path | None = None, register: Path | None = None
) -> tuple[CarriedRegister, Path]:
    """Write the register of a finished run, or read it back and carry it on; return it and its file.

    Parameters
    ----------
    directory
        A finished run; it is verified first.
    previous
        The finished run before; its register lies beside it. Default: the one the run file names.
    register
        Where the register is, .xlsx or .csv; default: beside the run.

    Raises
    ------
    DataError
        Naming every wrong cell of a register that was filled in.
    ParameterError
        Where the audit before has no register.
    """
    manifest = verify(directory).manifest
    places = OutputFolders(directory.resolve().parent, manifest.audit)
    path = register or register_path(places.outputs, places.audit)
    findings = raised_of(json.loads((directory / "findings.json").read_text(encoding="utf-8")))
    before = _before(previous, manifest, places)
    with only_writer(places.lock, audit=manifest.audit):
        known = names_of(findings) | {action.fingerprint for action in before}
        current = read_register(path, known=known) if path.exists() else ()
        refuse_verified(current, findings, path)
        as_of = datetime.fromisoformat(manifest.parameters.run["as_of"])
        drivers, why = drivers_of(read_results(directory / "results"), findings)
        plan = carry(findings, current, before, day=as_of.date(), drivers=drivers, no_drivers=why)
        content = register_bytes(plan.actions, suffix=path.suffix, created=as_of)
        if not path.exists() or plan.actions != current:
            write_bytes(path, content)
    return plan, path


def register_path(outputs: Path, audit: str) -> Path:
    """Return the register beside a run: the .csv where there is one, otherwise the .xlsx."""
    table = outputs / f"{audit}.actions.csv"
    return table if table.exists() else table.with_suffix(".xlsx")


def register_bytes(actions: Iterable[Action], *, suffix: str, created: datetime) -> bytes:
    """Return the register as .xlsx or .csv; no cell of it is a formula."""
    rows = [HEADINGS, *(as_row(action) for action in actions)]
    cells = [[str(cell_of(text)) for text in row] for row in rows]
    if suffix == ".csv":
        stream = StringIO()
        csv.writer(stream, lineterminator="\r\n").writerows(cells)
        return stream.getvalue().encode("utf-8-sig")
    if suffix == ".xlsx":
        return _workbook(cells, created)
    raise ParameterError(Problem(f"a register is .xlsx or .csv, not {named(suffix)}."))


def read_register(path: Path, *, known: Iterable[str] | None = None) -> tuple[Action, ...]:
    """Read a register back.

    Parameters
    ----------
    known
        Fingerprints it may name; None where any may stand.

    Raises
    ------
    DataError
        With every problem: line, column, what to do.
    """
    rows = _rows(path)
    if not rows or tuple(rows[0]) != HEADINGS:
        raise DataError(
            Problem(
                "the headings are not those of a register.",
                str(path),
                1,
                remedy=f"They are {', '.join(HEADINGS)}.",
            )
        )
    named = [
        (line, dict(zip(HEADINGS, row, strict=True)))
        for line, row in enumerate(rows[1:], start=2)
        if any(row)
    ]
    allowed = {row["Fingerprint"] for _, row in named} if known is None else set(known)
    problems = [
        problem for line, row in named for problem in row_problems(row, allowed, file=str(path), line=line)
    ]
    problems += _twice(named, str(path))
    if problems:
        raise DataError(*problems)
    return tuple(action_of(row) for _, row in named)


def _twice(named: Sequence[tuple[int, Mapping[str, str]]], file: str) -> list[Problem]:
    seen: set[tuple[str, str]] = set()
    problems = []
    for line, row in named:
        key = (row["Fingerprint"], row["No."])
        if key in seen:
            message = "this action stands in the register twice."
            problems.append(Problem(message, file, line, "No.", "Number the actions of a finding 1, 2, 3."))
        seen.add(key)
    return problems


def _rows(path: Path) -> list[list[str]]:
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise DataError(Problem(f"the register has {counted(len(content), 'byte')}.", str(path)))
    if path.suffix == ".csv":
        return _csv_rows(content, str(path))
    sheets = sheets_of(content, str(path))
    if SHEET not in sheets:
        raise DataError(Problem(f"there is no sheet {named(SHEET)}.", str(path)))
    return [_fitted([_text(cell) for cell in row]) for row in sheets[SHEET]]


def _csv_rows(content: bytes, name: str) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        return [
            _fitted([_text(cell) for cell in row])
            for row in csv.reader(StringIO(text, newline=""), strict=True)
        ]
    except UnicodeDecodeError:
        raise DataError(Problem("the file is not UTF-8.", name, remedy="Save it as CSV UTF-8.")) from None
    except csv.Error as error:
        raise DataError(Problem(f"the file is no CSV ({error}).", name)) from None


def _fitted(row: list[str]) -> list[str]:
    """Return the row with as many cells as there are headings; more than that is told by the headings."""
    while len(row) > len(HEADINGS) and not row[-1]:
        row = row[:-1]
    if len(row) > len(HEADINGS):
        message = (
            f"a row has {counted(len(row), 'cell')} and a register "
            f"{counted(len(HEADINGS), 'column')}: {named(row[-1])} is right of it."
        )
        raise DataError(Problem(message, remedy="Move it to a workbook of your own."))
    return [*row, *[""] * (len(HEADINGS) - len(row))]


def _text(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return cell.isoformat()[:10]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = "" if cell is None else str(cell).strip()
    return text[1:] if text.startswith("'") and text[1:].lstrip().startswith(("=", "+", "-", "@")) else text


def _workbook(cells: Sequence[Sequence[str]], created: datetime) -> bytes:
    import xlsxwriter

    stream = BytesIO()
    raw = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    raw.set_properties(
        {"title": "Corrective actions", "created": created.astimezone(UTC).replace(tzinfo=None)}
    )
    sheet = Book(raw, footer="Register of corrective actions").sheet(SHEET, WIDTHS)
    heading, *rows = cells
    sheet.heading(*heading, repeat=True)
    first = HEADINGS.index(TO_FILL[0])
    for row in rows:
        sheet.texts(*row, shaded_from=first)
    for name, values in (("Type", ActionType), ("State", State)):
        column = HEADINGS.index(name)
        rule = {"validate": "list", "source": [value.value for value in values]}
        sheet.sheet.data_validation(1, column, max(len(cells), 2) + 200, column, rule)
    raw.close()
    return stream.getvalue()


def raised_of(document: Mapping[str, Any]) -> tuple[RegisteredFinding, ...]:
    """Return the findings of ``findings.json`` as the register needs them.

    Minors that gather into a major have rows of their own: an action is owed on each, not on their number.
    """
    return tuple(
        RegisteredFinding(
            one["fingerprint"],
            one["grade"],
            one["criterion"],
            one["subject"],
            one["condition"],
            one.get("state", "new"),
            tuple((part["fingerprint"], part["subject"]) for part in one.get("members", ())),
        )
        for one in document["findings"]
        if one["notebook"] != RECORDED
    )


def names_of(findings: Iterable[RegisteredFinding]) -> set[str]:
    """Return the fingerprints a register may name: those of findings, and of what is part of them."""
    return {
        name for finding in findings for name in (finding.fingerprint, *(part for part, _ in finding.parts))
    }


def _before(previous: Path | None, manifest: Manifest, places: OutputFolders) -> tuple[Action, ...]:
    if previous is None:
        named = manifest.parameters.run.get("previous") or ""
        path = register_path(places.outputs, named)
        return read_register(path) if named and path.exists() else ()
    earlier = verify(previous).manifest
    path = register_path(previous.resolve().parent, earlier.audit)
    if earlier.parameters.run["party"] != manifest.parameters.run["party"]:
        raise ParameterError(Problem(f"{previous} is an audit of another party."))
    if not path.exists():
        raise ParameterError(
            Problem(
                "the audit before has no register of actions.",
                str(path),
                remedy=f"Write it: auditlib actions {previous}",
            )
        )
    return read_register(path)


def refuse_verified(current: Iterable[Action], findings: Iterable[RegisteredFinding], path: Path) -> None:
    """Refuse a register that calls an action effective although this audit raises its finding."""
    wrong = verified_although_raised(current, findings)
    if wrong:
        raise DataError(
            *(
                Problem(
                    f"the action on {one.subject or one.criterion} cannot be verified effective: "
                    "this audit raises its finding.",
                    str(path),
                    column="State",
                    remedy="Set it back to accepted or implemented.",
                )
                for one in wrong
            )
        )
