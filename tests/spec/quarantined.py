"""One small client for the tests of the intake: a register of two units and one file of responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditlib.evidence import Evidence, prepare
from auditlib.parameters.run import Run

UNITS = "unit_id,time_zone\n007,Europe/Berlin\nNA,America/New_York\n"
HEADER = "id,unit,type,at,score"
COLUMNS = {
    "response_id": "id",
    "unit_id": "unit",
    "survey_type": "type",
    "submitted": "at",
    "q_overall": "score",
}
GOOD = "R1,007,transactional,2024-05-01 10:00:00,4"


def run_of(*sources: Mapping[str, Any], scale: Mapping[str, Any] | None = None, **more: Any) -> Run:
    """Return a run over 2024, seen from New Year 2025, with the given sources."""
    item = {"wording": "Overall", "scale": scale or {"low": 1, "high": 5}}
    return Run.model_validate(
        {
            "audit": "small",
            "party": {"name": "Small"},
            "period": {"start": "2024-01-01", "end": "2024-12-31"},
            "as_of": "2025-01-01T00:00:00Z",
            "instruments": {"transactional": {"items": {"q_overall": item}}},
            "sources": sources,
            "notebooks": {"01_intake": {}},
            **more,
        }
    )


def units(**more: Any) -> dict[str, Any]:
    """Return the declaration of the register."""
    columns = {"unit_id": "unit_id", "time_zone": "time_zone"}
    return {"table": "units", "file": "units.csv", "form": "csv", "columns": columns, **more}


def responses(**more: Any) -> dict[str, Any]:
    """Return the declaration of the file of responses."""
    return {"table": "responses", "file": "responses.csv", "form": "csv", "columns": COLUMNS, **more}


def take_in(
    folder: Path, rows: str | bytes, *, run: Run | None = None, header: str = HEADER, **more: Any
) -> Evidence:
    """Take in the register and one file of responses that holds `rows` under the header."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    body = rows if isinstance(rows, bytes) else f"{header}\n{rows}\n".encode()
    (data / "responses.csv").write_bytes(body)
    return prepare(run or run_of(units(), responses(**more)), data, folder / "store", threads=1)


def verdicts(evidence: Evidence) -> list[tuple[int, str, str]]:
    """Return line, column and reason of every quarantined row."""
    frame = evidence.quarantine()
    return list(frame[["line", "column", "reason"]].itertuples(index=False, name=None))


def kept(evidence: Evidence, columns: Sequence[str] = ("response_id",)) -> list[Any]:
    """Return the kept responses."""
    frame = evidence.frame("responses", columns=list(columns))
    rows = list(frame.itertuples(index=False, name=None))
    return [row[0] for row in rows] if len(columns) == 1 else rows
