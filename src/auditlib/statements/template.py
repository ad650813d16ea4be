"""A sentence as a template over facts: the number, its key and its word are named once.

A placeholder names a fact and how it is said::

    {score:low}                        the value in the format of its unit
    {rule:pass_mark|.0%}               in a format of its own
    {score:low|share}                  in the format of another unit
    {majors:open|open major|open majors}    counted, with the word that agrees
    {units|unit|units|no unit}         and what is said where there is none
    {majors:open~is|are}               the word alone
    {ratio[low]} {ratio[high]} {ratio[n]}    ends of its interval, its observations
    {edition}                          a word, or several as a list, that states no number

A template holds no digits. Whatever is a number in a sentence is a fact with a key, so that a reader finds it
again; a name that holds digits (a unit, a clause) is given as a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditlib.records import Number, Sentence
from auditlib.statements.facts import Facts
from auditlib.statements.formats import FORMATS, format_value
from auditlib.statements.words import agreeing, counted, listed

_PLACEHOLDER = re.compile(
    r"\{(?P<name>[^{}|~\[\]]+)(?:\[(?P<part>low|high|n)\])?(?:(?P<how>[|~])(?P<rest>[^{}]*))?\}"
)
Word = str | Sentence | Sequence[str | Sentence]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a template says of a fact or a word.

    Parameters
    ----------
    name
        Of the fact or word.
    part
        ``"low"``, ``"high"`` or ``"n"`` of it; the value where empty.
    how
        ``"|"`` where a format or a noun follows, ``"~"`` where words that agree do, else empty.
    words
        What follows, parted at the bars.
    """

    name: str
    part: str
    how: str
    words: tuple[str, ...]

    def says(self, fact: Number) -> str:
        """Return how `fact` is said.

        Raises
        ------
        ValueError
            Where it has no value: what is not known is not stated.
        """
        value = self._value(fact)
        if value is None:
            raise ValueError(f"{fact.key!r} has no value to state: {fact.reason or 'nobody said why'}")
        if isinstance(value, str) or not self.how:
            return format_value(value, fact.unit)
        if len(self.words) == 1:
            (form,) = self.words
            return format_value(value, form) if form in FORMATS else format(value, form)
        if self.how == "~":
            return agreeing(value, *self.words)
        noun, plural, *none = self.words
        return counted(int(value), noun, plural, none="".join(none))

    def _value(self, fact: Number) -> float | str | None:
        if not self.part:
            return fact.value
        if self.part == "n":
            return fact.n
        ends = fact.interval
        return None if ends is None else float(getattr(ends, self.part))


def say(template: str, facts: Facts, **words: Word) -> Sentence:
    """Return a sentence filled from facts, with the keys of those it states.

    Parameters
    ----------
    template
        See the placeholders above.
    facts
        The numbers it may state.
    **words
        Names and phrases that state none, or phrases that were said before, with the keys they state.

    Raises
    ------
    ValueError
        Where the template types a digit, or states a fact that has no value.
    KeyError
        Where it names what is neither a fact nor a word.

    Examples
    --------
    >>> facts = Facts.of([Number("late", 1, "cases"), Number("judged", 1200, "cases")])
    >>> say("{late|case|cases} of {judged} {late~is|are} late in {where}.", facts, where=["A1", "B2"])
    Sentence(text='1 case of 1,200 is late in A1 and B2.', keys=('late', 'judged'))
    """
    if types_a_number(template):
        raise ValueError(f"a number is typed in the template {template!r}: name a fact, or give a word")
    keys: dict[str, None] = {}

    def filled(match: re.Match[str]) -> str:
        place = placeholder(match)
        if place.name in words:
            return _worded(words[place.name], keys)
        fact = facts[place.name]
        keys[fact.key] = None
        return place.says(fact)

    return Sentence(_PLACEHOLDER.sub(filled, template), tuple(keys))


def joined(parts: Iterable[str | Sentence], separator: str = ", ") -> Sentence:
    """Return phrases as one, with the keys of all of them.

    Examples
    --------
    >>> facts = Facts.of([Number("met", 3, "count"), Number("open", 1, "count")])
    >>> joined([say("{met} met", facts), say("{open} open", facts)])
    Sentence(text='3 met, 1 open', keys=('met', 'open'))
    """
    keys: dict[str, None] = {}
    text = separator.join([_worded(part, keys) for part in parts])
    return Sentence(text, tuple(keys))


def spanned(
    low: str | Sentence,
    high: str | Sentence,
    *,
    apart: str = "between {low} and {high}",
    same: str = "at {low}",
) -> Sentence:
    """Return what lies from one value to another; where both are said alike it is one value.

    Parameters
    ----------
    low, high
        Both ends as they are said.
    apart, same
        How two values are said, and how one is.

    Examples
    --------
    >>> spanned("+0.10", "+0.25").text, spanned("+0.25", "+0.25").text
    ('between +0.10 and +0.25', 'at +0.25')
    """
    keys: dict[str, None] = {}
    ends = _worded(low, keys), _worded(high, keys)
    form = same if ends[0] == ends[1] else apart
    return Sentence(form.format(low=ends[0], high=ends[1]), tuple(keys))


def _worded(word: Word, keys: dict[str, None]) -> str:
    """Return how `word` is said; what it states is added to `keys`."""
    if isinstance(word, str):
        return word
    if isinstance(word, Sentence):
        keys.update(dict.fromkeys(word.keys))
        return word.text
    return listed([_worded(part, keys) for part in word])


def types_a_number(template: str) -> bool:
    """Tell whether `template` holds a digit outside of its placeholders."""
    return re.search(r"\d", _PLACEHOLDER.sub("", template)) is not None


def placeholder(match: re.Match[str]) -> Placeholder:
    """Return the placeholder that was matched."""
    rest = match["rest"]
    return Placeholder(
        match["name"], match["part"] or "", match["how"] or "", tuple(rest.split("|")) if rest else ()
    )
