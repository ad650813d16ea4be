"""In which letters comments are written, so that phrases are not looked for in a language that has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SCRIPTS: Mapping[str, str] = {
    "Latin": "A-Za-z\u00c0-\u024f",
    "Japanese": "\u3040-\u30ff",
    "Chinese": "\u4e00-\u9fff",
    "Korean": "\uac00-\ud7a3",
    "Cyrillic": "\u0400-\u04ff",
    "Greek": "\u0370-\u03ff",
    "Arabic": "\u0600-\u06ff",
    "Hebrew": "\u0590-\u05ff",
    "Thai": "\u0e00-\u0e7f",
    "Devanagari": "\u0900-\u097f",
}
"""Letters of each script, as a range that every engine reads alike; `Chinese` are signs Japanese has too."""
WRITTEN_IN: Mapping[str, tuple[str, ...]] = {
    "ja": ("Japanese", "Chinese"),
    "zh": ("Chinese",),
    "ko": ("Korean",),
    **dict.fromkeys(("ru", "uk", "bg", "sr", "mk", "be", "kk"), ("Cyrillic",)),
    "el": ("Greek",),
    **dict.fromkeys(("ar", "fa", "ur"), ("Arabic",)),
    "he": ("Hebrew",),
    "th": ("Thai",),
    **dict.fromkeys(("hi", "mr", "ne"), ("Devanagari",)),
}
"""Scripts of a language (ISO 639-1); any other is written in Latin letters."""
_NOBODY = "\ue000"
"""A sign for private use, which nobody writes."""
MOST = 0.5
"""Share of comments in letters of no declared language, above which phrases are not looked for."""


def read_in(languages: Iterable[str]) -> frozenset[str]:
    """Return the scripts of `languages`."""
    return frozenset(script for language in languages for script in WRITTEN_IN.get(language, ("Latin",)))


def unread(languages: Iterable[str]) -> tuple[str, str]:
    """Return two patterns: a letter of a script that none of `languages` has, and one that they have.

    A comment is unread where the first is in it and the second is not. Latin letters occur in any language
    (names, "OK"), so that they are not among the second, which is empty where no language has other letters.

    Examples
    --------
    >>> import re
    >>> strange, known = unread(["en", "ru"])
    >>> bool(re.search(strange, "対応が遅い OK")), bool(re.search(known, "対応が遅い OK"))
    (True, False)
    """
    scripts = read_in(languages)
    strange = "".join(letters for script, letters in SCRIPTS.items() if script not in scripts)
    known = "".join(SCRIPTS[script] for script in SCRIPTS if script in scripts and script != "Latin")
    return f"[{strange or _NOBODY}]", f"[{known}]" if known else ""
