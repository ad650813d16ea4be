"""Waits that end in an answer in some rows and in giving up in others, fed to one column all the same."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.evidence import Evidence
from auditlib.onboarding.yaml_text import quoted
from auditlib.parameters.origins import cells_of, label_of
from auditlib.parameters.run import Run, Source
from auditlib.records import SourceTotals
from auditlib.statements import counted


def waits_by_flag(run: Run, evidence: Evidence) -> Iterator[str]:
    """Say of each source that its waits are read as waits for an answer where nobody answered, too."""
    for source, total in zip(run.sources, evidence.totals, strict=True):
        wait = _wait(source)
        if wait and (contacts := _contradictory(total, evidence)):
            yield _sentence(source, total, wait, contacts)


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
    flag = quoted(source.label("abandoned"))
    contacts = counted(contradictory, "contact is", "contacts are")
    return (
        f"{total.file}: {contacts} both given up and answered, because {wait!r} is read as the wait until "
        f"the answer in every row. Where it is the wait until they gave up, read the file twice: once with "
        f"only: [{{column: {flag}, is: [...], because: answered}}], once with the others, abandoned: "
        f'"true", answered: "" under constants and ended: {{after: offered, duration: {quoted(wait)}, '
        "unit: ...}. A file may stand under 'sources' as often as its rows mean different things."
    )
