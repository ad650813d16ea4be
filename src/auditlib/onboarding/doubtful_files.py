"""What is asked of files as a whole: whether an export was cut, and whether a unit is a row of totals.

Tools stop at a round number of records, or at the last line of a worksheet.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.evidence import Evidence
from auditlib.evidence.interval_rules import is_total
from auditlib.parameters.run import Run
from auditlib.statements import counted

_LIMITS = (1_000, 2_000, 5_000, 10_000, 20_000, 25_000, 50_000, 65_535, 65_536, 100_000, 1_048_575)


def at_a_limit(records: int) -> str:
    """Return a question where a file holds as many records as tools stop at; empty elsewhere."""
    if records not in _LIMITS:
        return ""
    return f"it holds exactly {counted(records, 'record')}: was the export cut at a limit?"


def perhaps_cut(run: Run, evidence: Evidence) -> Iterator[str]:
    """Yield a sentence for each file that may have been cut, unless the client's own count is declared."""
    counted_files = zip(run.sources, evidence.totals, strict=True)
    questions = {
        total.file: question
        for source, total in counted_files
        if source.expected_rows is None and (question := at_a_limit(total.rows_in))
    }
    for file, question in questions.items():
        yield f"{file}: {question} Where the client counts as many, declare expected_rows."


def perhaps_totals(evidence: Evidence) -> Iterator[str]:
    """Yield a sentence for each unit of the register that is called as rows of totals are."""
    if "units" not in evidence.tables:
        return
    units = evidence.frame("units", columns=("unit_id", "source_file", "source_line"))
    for unit, file, line in units.itertuples(index=False, name=None):
        if is_total(unit):
            yield (
                f"{file}, line {line}: a unit is called {unit!r}; where this is a row that adds up others, "
                f"leave it out by 'only'."
            )
