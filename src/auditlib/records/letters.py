"""Letters that may stand in a figure: no page can hold the others, or they turn what is read."""

from __future__ import annotations

import re

_UNREADABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
"""Control characters, marks of direction and ends of lines that are none of XML's."""


def readable(svg: str) -> str:
    """Return the text of a figure with a sign in place of what XML forbids or what turns letters round."""
    return _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", svg)
