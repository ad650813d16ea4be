"""Values, lists and remarks as they stand in a run file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from auditlib.onboarding.proposal import Origin
from auditlib.parameters.strict_yaml import scalar

DECIDE = "# DECIDE:"
_PLAIN = re.compile(r"[^\W\d_][\w./%()-]*(?: [\w./%()-]+)*")
_AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "from", "to"})
_LONGEST = 200


def quoted(text: str) -> str:
    """Return `text` as YAML reads it back: plain where nothing can be mistaken, otherwise in quotes."""
    safe = _PLAIN.fullmatch(text) and isinstance(scalar(text), str) and text.lower() not in _AMBIGUOUS
    return text if safe else json.dumps(text, ensure_ascii=False)


def mapping(pairs: Mapping[str, str]) -> str:
    """Return a mapping of texts on one line."""
    return "{" + ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in pairs.items()) + "}"


def sequence(values: Sequence[str]) -> str:
    """Return a list of texts on one line."""
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def origin_text(origin: Origin) -> str:
    """Return where the cells of a column come from."""
    if isinstance(origin, str):
        return quoted(origin)
    return "{" + ", ".join(f"{key}: {_part(value)}" for key, value in origin.items()) + "}"


def _part(value: str | float | bool | list[str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return sequence(value)
    return quoted(value) if isinstance(value, str) else str(value)


def commented(text: str) -> str:
    """Return `text` fit for a comment: one line, nothing invisible, not endless."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 3] + "..."
