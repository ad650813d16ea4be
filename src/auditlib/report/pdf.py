"""``report.pdf``: the page of the report, set for A4 by WeasyPrint, where this machine has it."""

from __future__ import annotations

import contextlib
import io
import re
from functools import cache
from importlib.metadata import version

REMEDY = "Install the extra 'pdf' (pip install 'auditlib[pdf]') and the system library Pango, and run again."
_SCREEN = re.compile(r"<!--screen-->.*?<!--/screen-->", re.DOTALL)
"""What stands on the screen only; text of others is escaped and cannot hold these marks."""
VARIANT = "pdf/ua-1"
"""Tagged for screen readers: headings, tables, alternative texts, language and reading order."""


@cache
def missing() -> str:
    """Return what this machine lacks to set the report as PDF, and what to install; empty if nothing."""
    try:
        # where Pango is missing, its import prints a banner of its own
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import weasyprint  # noqa: F401 - only whether it can be imported
    except ImportError:
        return f"WeasyPrint is not installed. {REMEDY}"
    except OSError as error:
        return f"WeasyPrint finds no {_library(error)}. {REMEDY}"
    return ""


def made_by() -> str:
    """Return what sets the PDF, with its version; empty where this machine cannot."""
    return "" if missing() else f"WeasyPrint {version('weasyprint')}"


def to_pdf(page: str) -> bytes:
    """Return `page` as PDF: the same page gives the same bytes.

    Parameters
    ----------
    page
        The report as `render` gives it; its dates are those of the audit.
    """
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    # the page is self-contained: pictures are written into it, and no other address may be read
    nothing = URLFetcher(allowed_protocols=["data"])
    made: bytes = HTML(string=on_paper(page), url_fetcher=nothing).write_pdf(pdf_variant=VARIANT)
    return made


def on_paper(page: str) -> str:
    """Return `page` without what stands on the screen only."""
    return _SCREEN.sub("", page)


def _library(error: OSError) -> str:
    """Return the name of the library that `error` could not load, without its path."""
    named = re.search(r"[\w.-]*(?:pango|gobject|harfbuzz|fontconfig)[\w.-]*", str(error))
    return named.group() if named else "Pango"
