"""``report.pdf``: the page of the report, set for A4 by WeasyPrint, where this machine has it."""

from __future__ import annotations

import contextlib
import io
import os
import re
import warnings
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from typing import Any

REMEDY = "Install the extra 'pdf' (pip install 'auditlib[pdf]') and the system library Pango, and run again."
_SCREEN = re.compile(r"<!--screen-->.*?<!--/screen-->", re.DOTALL)
"""What stands on the screen only; text of others is escaped and cannot hold these marks."""
_DATED_BY = "SOURCE_DATE_EPOCH"
"""Where programs that make files look for the day to write into them (reproducible-builds.org)."""
VARIANT = "pdf/ua-1"
"""Tagged for screen readers: headings, tables, alternative texts, language and reading order."""


@cache
def missing() -> str:
    """Return what this machine lacks to set the report as PDF, and what to install; empty if nothing."""
    try:
        # where Pango is missing, its import prints a banner of its own
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            _weasyprint()
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
    html = _weasyprint().HTML
    from weasyprint.urls import URLFetcher

    # the page is self-contained: pictures are written into it, and no other address may be read
    nothing = URLFetcher(allowed_protocols=["data"])
    with _no_clock():
        content: bytes = html(string=on_paper(page), url_fetcher=nothing).write_pdf(pdf_variant=VARIANT)
    return content


def on_paper(page: str) -> str:
    """Return `page` without what stands on the screen only."""
    return _SCREEN.sub("", page)


def _weasyprint() -> Any:
    """Return WeasyPrint, without what it says about a library that it can do without.

    Where the system has no ``libharfbuzz-subset``, WeasyPrint subsets fonts by fontTools, which it brings,
    and announces in its import that a later version will not. That is no matter of whoever audits: the
    PDF is whole. Where warnings are errors, the announcement would stop the import.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "HarfBuzz-Subset will be required", DeprecationWarning)
        import weasyprint

        return weasyprint


@contextlib.contextmanager
def _no_clock() -> Iterator[None]:
    """Have fontTools, which subsets fonts where HarfBuzz cannot, date them by a fixed day instead of now."""
    before = os.environ.get(_DATED_BY)
    os.environ[_DATED_BY] = "0"
    try:
        yield
    finally:
        os.environ.pop(_DATED_BY)
        if before is not None:
            os.environ[_DATED_BY] = before


def _library(error: OSError) -> str:
    """Return the name of the library that `error` could not load, without its path."""
    match = re.search(r"[\w.-]*(?:pango|gobject|harfbuzz|fontconfig)[\w.-]*", str(error))
    return match.group() if match else "Pango"
