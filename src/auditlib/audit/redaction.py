"""Personal data leaves free text before it is shown or recorded, by rules declared here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

FREE_TEXT = frozenset({"comment", "note", "verbatim", "questions", "value", "message", "text"})
"""Columns in which a person may have written anything; names are redacted in them too."""

_DATE = r"(?!\d{4}-\d{2}-\d{2})(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b)"
_GAP = r"[\s./-]"


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for, how many digits it has at least, and what stands in its place."""

    name: str
    pattern: re.Pattern[str]
    replacement: str
    digits: int = 0

    def apply(self, text: str) -> str:
        """Return `text` with everything the rule finds replaced."""
        return self.pattern.sub(self._replaced, text)

    def _replaced(self, match: re.Match[str]) -> str:
        enough = sum(character.isdigit() for character in match[0]) >= self.digits
        return match.expand(self.replacement) if enough else match[0]


CONTACT_RULES: tuple[Rule, ...] = (
    Rule("e-mail", re.compile(r"[\w.+%-]+\s?@\s?[\w-]+(?:\.[\w-]+)+"), "[e-mail removed]"),
    Rule(
        "account number",
        re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}(?:\s?[A-Z0-9]{1,3})?\b"),
        "[account removed]",
    ),
    Rule("card number", re.compile(r"\b\d{4}(?:[ -]\d{4}){3}\b"), "[card removed]"),
    Rule(
        "international telephone",
        re.compile(rf"(?<![\w+])(?:\+|00)\d{{1,3}}(?:{_GAP}?\(?\d{{1,5}}\)?){{2,6}}(?![\w])"),
        "[telephone removed]",
        digits=9,
    ),
    Rule(
        "national telephone",
        re.compile(
            rf"(?<![\w.,+:-]){_DATE}\(?0\d{{1,4}}\)?{_GAP}?\d{{2,5}}(?:{_GAP}?\d{{2,5}}){{1,4}}(?![\w:-])"
        ),
        "[telephone removed]",
        digits=9,
    ),
    Rule(
        "telephone in groups",
        re.compile(rf"(?<![\w.,+:-]){_DATE}\(?\d{{3}}\)?{_GAP}\d{{3}}{_GAP}\d{{4}}(?![\w:-])"),
        "[telephone removed]",
    ),
)
"""Ways to reach a person; applied to everything that is shown."""

TITLE_RULE = Rule(
    "name after a title",
    re.compile(
        r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herr|Frau|Señora?|Mme|Mlle)\.?"
        r"\s+[A-ZÀ-Þ][\w'\u2019-]+(?:\s+[A-ZÀ-Þ][\w'\u2019-]+)?"
    ),
    r"\1 [name removed]",
)
"""A capitalised name that follows a form of address."""


def redact(text: str, *, names: Iterable[str] = ()) -> str:
    """Return `text` without e-mail addresses, account, card and telephone numbers and names.

    Parameters
    ----------
    text
        Anything written by a person.
    names
        Full names known from the evidence (employees); each is removed, and its surname alone too.
    """
    cleaned = TITLE_RULE.apply(without_contacts(text))
    pattern = _names_pattern(names)
    return pattern.sub("[name removed]", cleaned) if pattern else cleaned


def without_contacts(text: str) -> str:
    """Return `text` without the ways to reach a person."""
    for rule in CONTACT_RULES:
        text = rule.apply(text)
    return text


def _names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    full = {name.strip() for name in names if len(name.strip()) > 2}
    surnames = {name.split()[-1] for name in full if " " in name and len(name.split()[-1]) > 2}
    words = sorted(full | surnames, key=lambda word: (-len(word), word))
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in words)})\b") if words else None


def neutralised(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: a leading ``= + - @`` is quoted."""
    return f"'{text}" if text.lstrip(" \t\r\n").startswith(("=", "+", "-", "@")) else text
