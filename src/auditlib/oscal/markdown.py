"""Text as OSCAL allows it: plain strings on one line, and Markdown in which nothing is markup by accident."""

from __future__ import annotations

import re
import unicodedata

_ANYWHERE = re.compile(r"[\\`*\[\]<{}~^]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_AT_START = re.compile(r"^(?:\d*[.)](?=\s|$)|[-+](?=[-\s]|$)|[>#=])")


def plain(text: str) -> str:
    """Return `text` on one line, without control characters and without space at its ends."""
    printable = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in text
    )
    return " ".join(printable.replace("\ufeff", " ").split())


def markup(text: str) -> str:
    """Return `text` as Markdown that shows it as it stands: no emphasis, link, HTML, list or insertion."""
    escaped = _ANYWHERE.sub(lambda match: f"\\{match[0]}", plain(text))
    return _AT_START.sub(lambda match: f"{match[0][:-1]}\\{match[0][-1]}", escaped)


def paragraphs(*texts: str) -> str:
    """Return the texts that are not empty as paragraphs of Markdown."""
    return "\n\n".join(markup(text) for text in texts if plain(text))


def labelled(**texts: str) -> str:
    """Return each text after its name, as paragraphs: ``cause="…"`` becomes ``Cause: …``."""
    return paragraphs(*(f"{name.capitalize()}: {text}" for name, text in texts.items() if plain(text)))


def figure(value: float | str | bool | None) -> str:
    """Return a value as a property holds it: ten significant digits, ``true`` or ``false``, or nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else str(value)
