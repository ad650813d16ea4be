"""Waits that end in an answer in some rows and in giving up in others, fed to one column all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditlib.evidence import Evidence
from auditlib.onboarding.yaml_text import quoted
from auditlib.parameters.origins import cells_of, label_of
from auditlib.parameters.run import Run, Source
from auditlib.records import SourceTotals
from auditlib.reliability.contradictory_contacts import read_twice
from auditlib.statements import counted


def waits_by_flag(run: Run, evidence: Evidence) -> Iterator[str]:
    """Say of each file read once that its waits are read as waits for an answer where nobody answered, too.

    A file that is read for each thing its rows mean is no such case: contacts that it calls both answered and
    given up are the client's contradiction, and no reading settles it.
    """
    readings = Counter(map(_rows_of, run.sources))
    for source, total in zip(run.sources, evidence.totals, strict=True):
        wait = _wait(source) if readings[_rows_of(source)] == 1 else ""
        if wait and (contacts := _contradictory(total, evidence)):
            yield _sentence(source, total, wait, contacts)


def _rows_of(source: Source) -> tuple[str, ...]:
    """Return what tells the rows that a source reads from those of others, before any is left out."""
    return (source.table, source.file or "", source.sheet or "", str(source.database or ""))


def _wait(source: Source) -> str:
    """Return the column of waits that feeds the answer beside a flag of who gave up; empty for none."""
    if source.table != "interactions" or not {"answered", "abandoned"} <= source.columns.keys():
        return ""
    duration = cells_of(source.columns["answered"]).duration
    return "" if duration is None else label_of(duration)


def _contradictory(total: SourceTotals, evidence: Evidence) -> int:
    """Return how many contacts of a source are called given up and have an answer."""
    import narwhals as nw

    held = evidence.lazy("interactions").filter(
        nw.col("source_file") == total.file, nw.col("abandoned"), ~nw.col("answered_at").is_null()
    )
    return int(held.select(nw.len()).collect().item())


def _sentence(source: Source, total: SourceTotals, wait: str, contradictory: int) -> str:
    contacts = counted(contradictory, "contact is", "contacts are")
    rows = "every row that 'only' chooses" if source.only else "every row"
    ended = f"{{after: offered, duration: {quoted(wait)}, unit: ...}}"
    recipe = read_twice(ended=ended, given_up=quoted(source.label("abandoned")))
    return (
        f"{total.file}: {contacts} both given up and answered: {wait!r} is read as the wait until the "
        f"answer in {rows}. Where it is the wait until they gave up, {recipe} A file may stand under "
        "'sources' as often as its rows mean different things."
    )
