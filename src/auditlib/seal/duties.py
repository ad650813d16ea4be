"""What each duty of a finished run became, read from the register its notebooks handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

LISTED = 50
"""Cases of one outcome that a trace lists; the register holds all."""
_CASE = re.compile(r"duty:(?P<case>.+)", re.DOTALL)
_OUTCOME = re.compile(
    r"(?:.*/)?(?P<status>met|late|missing|wrong_party|pending|excused|unknown):(?P<duty>[a-z0-9_-]+)"
)


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty of one case: its fields as registered, and the row that triggered it."""

    text: str
    fields: Mapping[str, Any]

    @property
    def row(self) -> str:
        """The row of the client's file that triggered it, as a key of a trace."""
        return f"{self.fields['table']}:{self.fields['source_file']}:{self.fields['source_line']}"


def case_of(key: str) -> str:
    """Return the case that ``duty:ID`` names; empty where `key` is none of that form."""
    matched = _CASE.fullmatch(key)
    return matched["case"] if matched else ""


def outcome_of(key: str) -> tuple[str, str] | None:
    """Return status and duty that ``late:contact`` names; None where `key` is none of that form."""
    matched = _OUTCOME.fullmatch(key)
    return (matched["status"], matched["duty"]) if matched else None


def duties_of_case(directory: Path, case: str) -> list[Duty]:
    """Return every duty of a case, in the order of the register."""
    rows = _registered(directory)
    return list(_duties(rows[rows["case_id"].astype(str) == case])) if len(rows) else []


def duties_of_outcome(directory: Path, status: str, duty: str) -> list[Duty]:
    """Return the cases in which `duty` came to `status`, the longest overdue first."""
    rows = _registered(directory)
    if rows.empty:
        return []
    chosen = rows[(rows["status"] == status) & (rows["duty"] == duty)]
    over = (chosen["done"] - chosen["due"]).fillna(chosen["due"].max() - chosen["due"])
    ordered = chosen.assign(over=over).sort_values(["over", "case_id"], ascending=[False, True])
    return list(_duties(ordered.drop(columns="over")))


def _registered(directory: Path) -> pd.DataFrame:
    import pandas as pd

    files = sorted((directory / "exhibits").glob("*-duties.parquet"))
    return (
        pd.concat([pd.read_parquet(file) for file in files], ignore_index=True) if files else pd.DataFrame()
    )


def _duties(rows: pd.DataFrame) -> Iterator[Duty]:
    for record in rows.to_dict("records"):
        fields = {str(name): _plain(value) for name, value in record.items()}
        when = ", ".join(f"{name} {fields[name]}" for name in ("trigger", "due", "done") if fields[name])
        detail = f" ({fields['detail']})" if fields["detail"] else ""
        unit = f" in unit {fields['unit_id']}" if fields["unit_id"] else ""
        yield Duty(
            f"{fields['duty']} of {fields['case_id']}{unit}: {fields['status']}{detail}; {when}", fields
        )


def _plain(value: Any) -> Any:
    import pandas as pd

    if pd.isna(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.isoformat(sep=" ", timespec="seconds").replace("+00:00", " UTC")
    return value.item() if hasattr(value, "item") else value
