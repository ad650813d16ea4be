"""Exports that end where tools stop: at a round number of records, or at the last line of a worksheet."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.evidence import Evidence
from auditlib.parameters.run import Run
from auditlib.records import counted

_LIMITS = (1_000, 2_000, 5_000, 10_000, 20_000, 25_000, 50_000, 65_535, 65_536, 100_000, 1_048_575)


def at_a_limit(records: int) -> str:
    """Return a question where a file holds as many records as tools stop at; empty elsewhere."""
    if records not in _LIMITS:
        return ""
    return f"it holds exactly {counted(records, 'record')}: was the export cut at a limit?"


def perhaps_cut(run: Run, evidence: Evidence) -> Iterator[str]:
    """Yield a sentence for each file that may have been cut, unless the client's own count is declared."""
    counted_files = zip(run.sources, evidence.totals, strict=True)
    asked = {
        total.file: question
        for source, total in counted_files
        if source.expected_rows is None and (question := at_a_limit(total.rows_in))
    }
    for file, question in asked.items():
        yield f"{file}: {question} Where the client counts as many, declare expected_rows."
