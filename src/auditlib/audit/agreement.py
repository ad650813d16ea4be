"""Words that agree with one, put into the plural: no masked number is told by its verb."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

Edit = tuple[int, int, str]
"""Where a text is changed, from and to, and what stands there then."""
_WORD = re.compile(r" ([A-Za-z\d,-]+)")
_VERBS = {"was": "were", "is": "are", "has": "have", "does": "do", "carries": "carry"} | {
    f"{verb}s": verb
    for verb in (
        "answer", "count", "deviate", "differ", "fall", "follow", "hold", "lie", "look", "move", "name",
        "stand", "start", "stay",
    )
}  # fmt: skip
_NOUNS = {
    "account", "action", "answer", "call", "case", "commitment", "complaint", "contact", "criterion",
    "customer", "day", "deviation", "duty", "event", "file", "follow-up", "incident", "invitation",
    "line", "link", "month", "number", "observation", "person", "point", "record", "reply", "report",
    "response", "row", "site", "survey", "unit", "visit",
}  # fmt: skip
_OTHERS = {"more", "further", "other"}
_UNLIKE = {"person": "people", "criterion": "criteria"}
_PREPOSITIONS = {"at", "by", "for", "from", "in", "of", "on", "to", "with", "without"}
"""Words behind which a noun follows: "of 300 with answers"."""
_BEGINS = {"a", "an", "because", "if", "that", "the", "when", "where", "which", "while", "who"}
"""Words after which the subject is another; "of the" goes on with the same."""


def plural(text: str, end: int) -> Iterator[Edit]:
    """Yield what must be changed behind a number of one that ends at `end`: its noun, and its verb."""
    before = ""
    has_noun = False
    for word in _WORD.finditer(text, end):
        if word.start() != end or (word[1] in _BEGINS and before != "of"):
            return
        bare = word[1].rstrip(",")
        if (
            bare in _VERBS
            and before not in _PREPOSITIONS
            and (has_noun or bare not in ("answers", "counts", "names"))
        ):
            yield (*word.span(1), _VERBS[bare])
            return
        if not has_noun and bare == "of":
            has_noun = True
        elif not has_noun and (bare in _NOUNS or (bare not in _OTHERS and _before_verb(text, word))):
            yield (*word.span(1), _many(bare) + word[1][len(bare) :])
            has_noun = True
        before, end = word[1], word.end()


def _before_verb(text: str, word: re.Match[str]) -> bool:
    """Tell whether a verb follows a word: then it is the noun, though it is not known."""
    follows = _WORD.match(text, word.end())
    return word[1].isalpha() and follows is not None and follows[1] in _VERBS


def _many(noun: str) -> str:
    if noun in _UNLIKE:
        return _UNLIKE[noun]
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeiou" else f"{noun}s"


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with all `edits`, of which none reaches into another."""
    parts, at = [], 0
    for start, end, words in sorted(edits):
        if start >= at:
            parts += [text[at:start], words]
            at = end
    return "".join((*parts, text[at:]))
