"""How text from outside stands in a message or on a page: signs that can be seen, short, and no secret."""

from __future__ import annotations

import re
import unicodedata

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
_TURNING = "\u202a-\u202e\u2066-\u2069"
UNSEEN = f"{_CONTROL}{_TURNING}\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\ud800-\udfff"
"""Control characters, those that turn the reading direction, those no text may hold: as a class of signs."""
REPLACED = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that cannot be seen."""
LONGEST = 60
"""Characters of a value that a message repeats."""
HIDDEN = "[removed]"

_UNSEEN = re.compile(f"[{UNSEEN}]|[\U0001fffe\U0001ffff\U0010fffe\U0010ffff]")
_BREAKS = re.compile("\r\n?|\x85|[\u2028\u2029]")
_PRIVATE = (
    r"\w*(?:password|passwd|passphrase|passcode|pwd|secret|credentials?|token)"
    r"|\w*(?:api|access|private|account|shared)[_ -]?key"
)
_LOGIN = re.compile(r"(?<=://)(?!user:password@)[^\s'\"`/@]*[^\n'\"`]*@")
_PAIR = re.compile(
    rf"(?i)(?<![\w-])((?:{_PRIVATE})['\"]?\s*[=:]\s*)"
    r"(?:\{(?:[^}]|\}\})*\}?|\\?\"[^\"\n]*\"?|\\?'[^'\n]*'?|[^\s;,&'\")\]}]+)"
)
_KEY = re.compile(rf"(?i){_PRIVATE}|connection|dsn")


def printable(text: str) -> str:
    """Return `text` with every character that cannot be seen, or turns what is read, as a sign of it."""
    return _UNSEEN.sub(REPLACED, _BREAKS.sub("\n", text))


def without_secrets(text: str) -> str:
    """Return `text` without the login of an address and without what is said to be a password or key."""
    if "://" in text and "@" in text:
        text = _LOGIN.sub(f"{HIDDEN}@", text)
    return _PAIR.sub(rf"\g<1>{HIDDEN}", text) if "=" in text or ":" in text else text


def without_values(text: str, values: dict[str, str]) -> str:
    """Return `text` with each of these secrets, given by the names of their variables, under its name."""
    for name, value in sorted(values.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(value, f"[{name}]") if value else text
    return text


def holds_secret(key: str) -> bool:
    """Tell whether what stands under `key` may be a password or an address with one."""
    return _KEY.fullmatch(key) is not None


def named(value: object, *, of: str = "") -> str:
    """Return `value` in quotation marks, as a message names it: short, escaped, and never a secret.

    Parameters
    ----------
    of
        The key it stands under: what may be a secret there is not repeated.
    """
    if holds_secret(of):
        return f"a text that is not repeated here (its length: {len(str(value))})"
    text = without_secrets(value) if isinstance(value, str) else without_secrets(repr(value))
    ellipsis = " ..." if len(text) > LONGEST else ""
    return (repr(text[:LONGEST]) if isinstance(value, str) else printable(text[:LONGEST])) + ellipsis


def form_of(text: str) -> str:
    """Return the form of `text`: 9 for a digit, a for a letter, other signs as they are, shortened.

    It shows what is wrong with a date or a code and says nothing of whom it is about.
    """
    form = "".join("9" if sign.isnumeric() else "a" if sign.isalpha() else sign for sign in text)
    form = printable("".join(sign for sign in form if unicodedata.category(sign)[0] != "M"))  # no accents
    return form if len(form) <= LONGEST else f"{form[:LONGEST]} ..."
