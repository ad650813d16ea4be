"""Whether parameters were fixed before the data was read, and what was changed later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from auditlib.files import digest
from auditlib.runs.plan import RunPlan
from auditlib.seal.ledger import SEALED, LedgerEntry, append, latest, ledger_path, read_ledger
from auditlib.seal.manifest import Fixed, LateChange
from auditlib.seal.paths import OutputFolders

FIXING = "fixing.json"
"""What the report says of the parameters; without instants, so that two runs give the same bytes."""
PARAMETERS, DATA = "parameters", "data read"


def enter_parameters(plan: RunPlan, places: OutputFolders, *, at: datetime) -> None:
    """Enter the run file and the law as they stand, where they are not those entered last."""
    path = ledger_path(places.outputs, places.audit)
    parts = {name: digest(value) for name, value in plan.choices.items()} | {"law": digest(dict(plan.law))}
    before = latest(read_ledger(path), PARAMETERS)
    if before is None or before.facts["parts"] != parts:
        facts = {"run_file": digest(plan.content.hex()), "parts": parts, "read": _was_read(places, path)}
        append(path, PARAMETERS, facts, at=at)


def enter_data(places: OutputFolders, *, evidence: str, at: datetime) -> None:
    """Enter that the client's data was read."""
    path = ledger_path(places.outputs, places.audit)
    before = latest(read_ledger(path), DATA)
    if before is None or before.facts["evidence"] != evidence:
        append(path, DATA, {"evidence": evidence}, at=at)


def enter_sealed(places: OutputFolders, *, seal: str, at: datetime) -> None:
    """Enter that a run was sealed; it is moved into its place after that."""
    append(ledger_path(places.outputs, places.audit), SEALED, {"seal": seal}, at=at)


def fixed_of(places: OutputFolders) -> Fixed | None:
    """Return what the ledger says of the parameters: when they were fixed first, and each change since."""
    entries = read_ledger(ledger_path(places.outputs, places.audit))
    entered = [entry for entry in entries if entry.event == PARAMETERS]
    if not entered:
        return None
    return Fixed(
        at=entered[0].at,
        before_data=not entered[0].facts["read"],
        changes=tuple(_changes(entered)),
        entries=len(entries),
        head=entries[-1].hash,
    )


def fixing_document(fixed: Fixed) -> dict[str, Any]:
    """Return ``fixing.json``: whether parameters were fixed before the data was read, and what changed."""
    changes = [{"parts": list(change.parts), "after_data": change.after_data} for change in fixed.changes]
    return {"schema": "auditlib/fixing@1", "before_data": fixed.before_data, "changes": changes}


def _was_read(places: OutputFolders, path: Path) -> bool:
    """Whether a run of this audit is known to have read its data already."""
    return latest(read_ledger(path), DATA) is not None or places.finished.exists()


def _changes(entered: Sequence[LedgerEntry]) -> Iterator[LateChange]:
    for before, after in pairwise(entered):
        then, now = before.facts["parts"], after.facts["parts"]
        parts = sorted(name for name in {*then, *now} if then.get(name) != now.get(name))
        yield LateChange(at=after.at, parts=tuple(parts), after_data=after.facts["read"])
