"""The documents a run hands over: always the page, and the PDF where this machine can set one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from auditlib.files import write_bytes
from auditlib.runs.events import AssemblyStep, Notify, silent
from auditlib.seal.manifest import REPORT, DocumentSeal

PDF = "report.pdf"


@dataclass(frozen=True, slots=True)
class PdfMaker:
    """What sets the PDF on this machine.

    Parameters
    ----------
    name
        Software and version; empty where the machine has none.
    missing
        What is missing and what to install; empty where nothing is.
    make
        Sets a page.
    """

    name: str
    missing: str
    make: Callable[[str], bytes]


def no_pdf() -> PdfMaker:
    """Return the maker of a run that is to have no PDF."""
    return PdfMaker("", "none was asked for.", str.encode)


def usual_pdf() -> PdfMaker:
    """Return the suite's own maker."""
    from auditlib.report import pdf

    return PdfMaker(pdf.made_by(), pdf.missing(), pdf.to_pdf)


def write_documents(
    directory: Path, page: str, *, pdf: PdfMaker, notify: Notify = silent
) -> dict[str, DocumentSeal]:
    """Write the report in every form this machine can; say of each form whether it was made."""
    write_bytes(directory / REPORT, page.encode())
    seals = {REPORT: DocumentSeal(made=True)}
    if pdf.missing:
        notify(AssemblyStep(f"{PDF} was not made: {pdf.missing}"))
        return {**seals, PDF: DocumentSeal(made=False, reason=pdf.missing)}
    notify(AssemblyStep(f"setting {PDF}"))
    write_bytes(directory / PDF, pdf.make(page))
    return {**seals, PDF: DocumentSeal(made=True, by=pdf.name)}
