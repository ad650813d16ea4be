"""From a number to the rows of the client's files it rests on, and from such a row to all it touched."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from auditlib.audit.pseudonyms import FORM
from auditlib.contracts import TABLES
from auditlib.errors import ParameterError, Problem
from auditlib.records import Basis
from auditlib.seal.duties import LISTED, Duty, case_of, duties_of_case, duties_of_outcome, outcome_of
from auditlib.seal.recorded_run import Fields, RecordedRun, Use, bases_of, read_recorded, uses_of
from auditlib.seal.source_rows import (
    SHOWN,
    UNANSWERED,
    RowsOf,
    SourceRow,
    contributing_rows,
    find_rows,
    open_rows,
    rests_on,
)
from auditlib.seal.verifying import verify
from auditlib.statements import counted

_LONGEST = 5000
"""Characters of a key; longer ones are compared with nothing."""
_FINGERPRINT = re.compile(r"[0-9a-f]{8,64}")
_ROW_KEY = re.compile(r"(?P<table>[a-z_]+):(?:id=(?P<id>.+)|(?:(?P<file>.+):)?(?P<line>[0-9]+))", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a trace: what it is, in words and as fields, and what follows from it."""

    kind: str
    text: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    children: tuple[Node, ...] = ()


def trace_key(directory: Path, key: str) -> Node:
    """Trace one key of a finished run.

    Parameters
    ----------
    directory
        A finished run; it is verified first.
    key
        ``notebook/number``, ``notebook/exhibit`` (either alone where it is unique), a finding's fingerprint
        or its first eight characters or more, a source row (``table:line``, ``table:file:line``,
        ``table:id=ID``), all duties of a case (``duty:ID``), the cases of an outcome (``late:contact``), or
        a pseudonym. An ID is the client's or its pseudonym.

    Raises
    ------
    ParameterError
        If there is no such key, naming the nearest ones.
    VerificationFailed
        If a file of the run was altered.
    """
    if len(key) > _LONGEST:
        remedy = "See results/*.json for keys."
        raise ParameterError(Problem(f"no key has {counted(len(key), 'character')}.", remedy=remedy))
    verify(directory)
    recorded = read_recorded(directory)
    rows = open_rows(directory / "evidence")
    matched = _ROW_KEY.fullmatch(key)
    if matched and matched["table"] in TABLES:
        return _forward(recorded, rows, key, matched)
    if (case := case_of(key)) and (duties := _duties(directory, rows, case)):
        return _case(recorded, rows, case, duties)
    outcome = outcome_of(key)
    cases = duties_of_outcome(directory, *outcome) if outcome else []
    if whole := _match(key, recorded.numbers):
        number = _number(recorded, rows, whole, uses=True)
        return replace(number, children=(*number.children, *_cases(cases)))
    if cases:
        return Node("outcome", f"{key}: {counted(len(cases), 'case')}", {"key": key}, tuple(_cases(cases)))
    if exhibit := _match(key, recorded.exhibits):
        return _exhibit(recorded, rows, exhibit)
    return _otherwise(recorded, rows, key)


def _otherwise(recorded: RecordedRun, rows: RowsOf, key: str) -> Node:
    """Trace what is a finding or a pseudonym; refuse what is neither."""
    if fingerprint := _finding_key(key, recorded.findings):
        return _finding(recorded, rows, fingerprint)
    nodes = (
        tuple(_row(recorded, rows, row) for row in rows.rows_of_pseudonym(key)) if FORM.fullmatch(key) else ()
    )
    if not nodes:
        raise _unknown(key, recorded)
    words = f"{key} stands for the id of {counted(len(nodes), 'row')}"
    return Node("pseudonym", words, {"key": key}, nodes)


def _duties(directory: Path, rows: RowsOf, case: str) -> list[Duty]:
    """Return the duties of a case, which may be named by its pseudonym or by the client's id."""
    kinds = ("responses", "complaints", "call_backs", "cases")
    names = (case, *(rows.outgoing.pseudonyms.of(kind, case) for kind in kinds))
    return next((duties for name in names if (duties := duties_of_case(directory, name))), [])


def as_document(node: Node) -> dict[str, Any]:
    """Return a trace as plain JSON values."""
    return {
        "kind": node.kind,
        "text": node.text,
        **node.fields,
        "children": [as_document(child) for child in node.children],
    }


def disagreements(node: Node) -> Iterator[Node]:
    """Yield every basis whose rows, counted again, are not as many as were recorded."""
    if node.fields.get("agrees") is False:
        yield node
    for child in node.children:
        yield from disagreements(child)


def _case(recorded: RecordedRun, rows: RowsOf, case: str, duties: Sequence[Duty]) -> Node:
    """Return every duty of a case, and the row that triggered them."""
    children = [Node("duty", duty.text, dict(duty.fields)) for duty in duties]
    for row in dict.fromkeys(duty.row for duty in duties):
        matched = _ROW_KEY.fullmatch(row)
        if matched and matched["table"] in TABLES:
            children.append(_forward(recorded, rows, row, matched))
    return Node("case", f"{case}: {counted(len(duties), 'duty', 'duties')}", {"case": case}, tuple(children))


def _cases(duties: Sequence[Duty]) -> Iterator[Node]:
    for duty in duties[:LISTED]:
        yield Node("duty", duty.text, {**duty.fields, "row": duty.row})
    if len(duties) > LISTED:
        remark = f"and {len(duties) - LISTED} more in the register of duties, exhibits/*-duties.parquet"
        yield Node("more", remark)


def _number(recorded: RecordedRun, rows: RowsOf, key: str, *, uses: bool) -> Node:
    number = recorded.numbers[key]
    true = recorded.held.get(key, number)
    children = [_basis(rows, rows.resolved(basis)) for basis in bases_of(true)]
    if true is not number:
        children.insert(0, _held_back(true))
    if uses:
        children += [_use(use) for use in uses_of(recorded, key)]
    fields = {name: number[name] for name in ("value", "unit", "n", "interval", "reason")}
    return Node("number", f"{key} = {_value(number)}", {"key": key, **fields}, tuple(children))


def _held_back(number: Fields) -> Node:
    """Return what is held back in everything that is shown; who has the evidence may know it."""
    fields = {name: number[name] for name in ("value", "n", "interval")}
    return Node("held back", f"held back in what is shown; it is {_value(number)}", fields)


def _value(number: Fields) -> str:
    if number["value"] is None:
        return f"no value ({number['reason']})"
    parts = [f"{number['value']} {number['unit']}".strip()]
    if number["n"] is not None:
        parts.append(f"n {number['n']}")
    if interval := number["interval"]:
        parts.append(
            f"{interval['level']:.0%} interval {interval['low']} to {interval['high']} ({interval['method']})"
        )
    return ", ".join(parts)


def _basis(rows: RowsOf, basis: Basis) -> Node:
    counted = rows.count(basis)
    agrees = basis.rows is None or basis.rows == counted
    contributing = contributing_rows(rows, basis, limit=SHOWN)
    children = [
        Node("row", str(row), {"file": row.file, "line": row.line, **row.key}) for row in contributing
    ]
    remaining = counted - len(contributing)
    if contributing and remaining > 0 and basis.table != "cells":
        children.append(Node("more", f"and {remaining} more"))
    recorded = "" if basis.rows is None else f", recorded: {basis.rows}"
    verdict = "" if agrees else " - DIFFERENT"
    fields = {
        "table": basis.table,
        "where": [list(pair) for pair in basis.where],
        "column": basis.column,
        "recorded": basis.rows,
        "counted": counted,
        "agrees": agrees,
    }
    text = f"{_selection(basis)}; rows counted again: {counted}{recorded}{verdict}"
    return Node("basis", text, fields, tuple(children))


def _selection(basis: Basis) -> str:
    conditions = " and ".join(f"{name} = {value}" for name, value in basis.where)
    where = f" where {conditions}" if conditions else ", all rows"
    used = f", values of {basis.column}" if basis.column else ""
    return f"rests on {basis.table}{where}{used}"


def _use(use: Use) -> Node:
    name = use.where[:12] if use.kind == "finding" else use.where
    return Node(
        use.kind, f"used in {use.kind} {name}: {use.text}", {"where": use.where, "sentence": use.text}
    )


def _exhibit(recorded: RecordedRun, rows: RowsOf, key: str) -> Node:
    exhibit = recorded.exhibits[key]
    notebook = key.partition("/")[0]
    numbers = _numbers(recorded, rows, (f"{notebook}/{local_key}" for local_key in exhibit["keys"]))
    return Node(
        "exhibit", f"exhibit {key}: {exhibit['title']}", {"key": key, "title": exhibit["title"]}, numbers
    )


def _finding(recorded: RecordedRun, rows: RowsOf, fingerprint: str) -> Node:
    finding = recorded.findings[fingerprint]
    text = f"finding {fingerprint[:12]} ({finding['grade']}): {finding['condition']}"
    numbers = _numbers(recorded, rows, finding["evidence"])
    return Node("finding", text, dict(finding), numbers)


def _numbers(recorded: RecordedRun, rows: RowsOf, keys: Iterable[str]) -> tuple[Node, ...]:
    wanted = [key for key in keys if key in recorded.numbers]
    nodes = tuple(_number(recorded, rows, key, uses=False) for key in wanted[:SHOWN])
    remaining = len(wanted) - len(nodes)
    if not wanted:
        return (Node("none", "it names no recorded number"),)
    further = (
        (Node("more", f"and {counted(remaining, 'more number')}: {', '.join(wanted[SHOWN:])}"),)
        if remaining
        else ()
    )
    return nodes + further


def _forward(recorded: RecordedRun, rows: RowsOf, key: str, matched: re.Match[str]) -> Node:
    matching = find_rows(
        rows, matched["table"], identity=matched["id"], file=matched["file"], line=matched["line"]
    )
    if not matching:
        raise ParameterError(_no_row(key, matched["table"], rows))
    if len({row.file for row in matching}) > 1 and matched["id"] is None:
        choices = sorted({f"{row.table}:{row.file}:{row.line}" for row in matching})
        raise ParameterError(
            Problem(f"{key} stands for rows of several files.", remedy=f"Choose {' or '.join(choices)}.")
        )
    nodes = [_row(recorded, rows, row) for row in matching]
    return (
        nodes[0]
        if len(nodes) == 1
        else Node("rows", f"{key}: {counted(len(nodes), 'row')}", {}, tuple(nodes))
    )


def _row(recorded: RecordedRun, rows: RowsOf, row: SourceRow) -> Node:
    if row.reason == UNANSWERED:
        state = f"kept apart from the responses: {row.message}"
    elif row.reason:
        state = f"quarantined ({row.reason}): {row.message}"
    else:
        state = f"kept as a row of {row.table}" + ("" if row.in_period else ", outside the audited period")
    cells = [
        Node("cell", f"counted in cell {_pairs(cell)} (n {n})", {"cell": dict(cell), "n": n})
        for cell, n in rows.cells_of(row)
    ]
    linked = [
        Node("linked", f"refers to {linked_row}", {"row": str(linked_row)})
        for linked_row in rows.referred(row)
    ]
    linked += [
        Node("linked", f"{linked_row} refers to it", {"row": str(linked_row)})
        for linked_row in rows.linked(row)
    ]
    numbers = [
        _touched(recorded, key)
        for key, number in recorded.numbers.items()
        if any(rests_on(rows.resolved(basis), row) for basis in bases_of(number))
    ]
    pseudonym = rows.shown_as(row)
    state += f"; shown as {pseudonym}" if pseudonym else ""
    fields = {"table": row.table, "file": row.file, "line": row.line, "reason": row.reason, **row.key}
    fields |= {"shown_as": pseudonym} if pseudonym else {}
    children = (*_lines(rows.made_of(row)), *cells, *linked, *numbers)
    if not numbers:
        children = (*children, Node("none", "no recorded number rests on it"))
    return Node("row", f"{row}: {state}", fields, children)


def _lines(lines: Sequence[int]) -> tuple[Node, ...]:
    """Return the lines that a row was made of, where they are several."""
    if not lines:
        return ()
    numbers = ", ".join(map(str, lines[:LISTED])) + (", ..." if len(lines) > LISTED else "")
    return (Node("lines", f"made of the lines {numbers} of the file", {"lines": list(lines)}),)


def _touched(recorded: RecordedRun, key: str) -> Node:
    number = recorded.numbers[key]
    uses = tuple(_use(use) for use in uses_of(recorded, key))
    return Node("number", f"{key} = {_value(number)}", {"key": key, "value": number["value"]}, uses)


def _pairs(cell: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in cell.items())


def _match(key: str, recorded: Mapping[str, Any]) -> str:
    if key in recorded:
        return key
    alone = [name for name in recorded if name.partition("/")[2] == key]
    return alone[0] if len(alone) == 1 else ""


def _finding_key(key: str, fingerprints: Iterable[str]) -> str:
    if not _FINGERPRINT.fullmatch(key):
        return ""
    matching = [name for name in fingerprints if name.startswith(key)]
    return matching[0] if len(matching) == 1 else ""


def _unknown(key: str, recorded: RecordedRun) -> ParameterError:
    keys: Sequence[str] = [*recorded.numbers, *recorded.exhibits, *recorded.findings]
    tails = {name.partition("/")[2]: name for name in keys if "/" in name}
    near = [
        *get_close_matches(key, keys, n=3),
        *(tails[match] for match in get_close_matches(key, tails, n=3)),
    ]
    table, _, place = key.partition(":")
    if place:
        near = [
            *(f"{match}:{place}" for match in get_close_matches(table, TABLES, n=1)),
            *near,
        ]
    remedy = f"The nearest are {', '.join(dict.fromkeys(near))}." if near else "See results/*.json for keys."
    return ParameterError(Problem(f"the run recorded nothing under {key!r}.", remedy=remedy))


def _no_row(key: str, table: str, rows: RowsOf) -> Problem:
    files = [
        f"{total.file} ({counted(total.rows_in, 'row')})" for total in rows.totals if total.table == table
    ]
    remedy = f"{table} was read from {', '.join(files)}." if files else f"No source feeds {table}."
    for total in (total for total in rows.totals if total.table == table == "units" and total.rows_kept):
        if not rows.kept_rows(table, (("source_file", total.file),)):
            remedy += f" {total.file} says more of units that are registered elsewhere: trace {table}:id=ID."
    left_out = sum(total.rows_left_out for total in rows.totals if total.table == table)
    if left_out:
        rows_out, are = counted(left_out, "row"), "is" if left_out == 1 else "are"
        remedy += f" {rows_out} of it {are} left out as the run file declares."
    return Problem(f"there is no row {key}.", remedy=remedy)
