"""Personal data leaves free text before it is shown or recorded, by rules declared here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from ipaddress import ip_address

from auditlib.audit.national_numbers import FORMS, holds, iban, luhn
from auditlib.errors.values import form_of

FREE_TEXT = frozenset({"comment", "note", "verbatim", "questions", "value", "message", "text"})
"""Columns in which a person may have written anything; names are redacted in them too."""

_DATE = r"(?!\d{4}-\d{2}-\d{2})(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b)"
_GAP = r"[\s./-]"
_BEFORE = r"(?<![\w.,+-])(?<!\d:)"
_AFTER = r"(?![\w:-])"
TELEPHONE = "[telephone removed]"
NUMBER = "[number removed]"
NATIONAL = "national number"


@dataclass(frozen=True, slots=True)
class RedactionRule:
    """What is looked for, what it must be besides, how many digits it has at least, and what replaces it."""

    name: str
    pattern: re.Pattern[str]
    replacement: str
    digits: int = 0
    sound: Callable[[str], bool] = bool

    def apply(self, text: str, *, own_numbers: Container[str] = ()) -> str:
        """Return `text` with everything the rule finds replaced, but for the party's `own_numbers`."""
        return self.pattern.sub(lambda match: self._replaced(match, own_numbers), text)

    def _replaced(self, match: re.Match[str], own_numbers: Container[str]) -> str:
        text = match[0]
        enough = sum(character.isdigit() for character in text) >= self.digits
        # what is the party's own is looked up in the evidence: last, and only for what could be another's
        if not enough or form_of(text) == text or not self.sound(text) or text in own_numbers:
            return text
        return match.expand(self.replacement)


def _account(text: str) -> bool:
    compact = re.sub(r"\s", "", text).upper()
    return " " in text.strip() or (15 <= len(compact) <= 34 and iban(compact))


def _card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return 13 <= len(digits) <= 19 and digits[0] in "23456" and luhn(digits)


def _address(text: str) -> bool:
    """Tell whether `text` is an address of a machine rather than a clause, a version, a time or a key."""
    if _HARDWARE.fullmatch(text):
        return True
    quad = _QUAD.search(text)
    plain = _QUAD.sub(lambda match: ".".join(str(int(part)) for part in match[1].split(".")), text)
    try:
        ip_address(plain)
    except ValueError:
        return False
    if ":" in plain:
        parts = plain.split(":")
        return sum(map(bool, parts)) > 2 or len(parts[0]) == 4 or quad is not None
    first, *further = map(int, plain.split("."))
    return first == 10 or any(part == 0 or part > 31 for part in (first, *further))


_QUAD = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?$")
"""Four numbers, perhaps with the number of a port."""
_HARDWARE = re.compile(r"[\dA-Fa-f]{2}(?:[:-][\dA-Fa-f]{2}){5}")
_CODED = tuple(
    RedactionRule(NATIONAL, form, NUMBER, sound=partial(holds, sound=sound)) for form, sound in FORMS
)
CONTACT_RULES: tuple[RedactionRule, ...] = (
    RedactionRule(
        "e-mail",
        re.compile(
            r"[\w+][\w.!#$%&'*+/=?^`{|}~-]*\s?[@\uff20]\s?(?:[\w-]+(?:[.\u3002][\w-]+)+|\[[^\]\s]+\])"
        ),
        "[e-mail removed]",
    ),
    RedactionRule(
        "account number",
        re.compile(
            r"\b[A-Za-z]{2}\d{2}(?:(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?|[A-Za-z0-9]{11,30})\b"
        ),
        "[account removed]",
        sound=_account,
    ),
    RedactionRule(
        "card number",
        re.compile(rf"{_BEFORE}\d{{4,6}}(?:[ -]?\d{{2,6}}){{2,4}}{_AFTER}"),
        "[card removed]",
        sound=_card,
    ),
    *_CODED,
    RedactionRule(
        "machine",
        re.compile(
            r"(?<![\w.-])(?<!\d:)(?:::(?:[Ff]{4}:)?)?"
            r"(?:(?<!lause )(?<!ection )(?<!ersion )10|(?!10\.)\d{1,3})(?:\.\d{1,3}){3}(?::\d{1,5})?"
            r"(?![\w:]|\.\d)"
            r"|(?<![\w.:-])(?:[\dA-Fa-f]{0,4}(?::[\dA-Fa-f]{0,4}){2,7}|[\dA-Fa-f]{2}(?:-[\dA-Fa-f]{2}){5})"
            r"(?![\w:]|\.\d)"
        ),
        "[address removed]",
        sound=_address,
    ),
    RedactionRule(
        "international telephone",
        re.compile(rf"(?<![\w+])(?:\+|00){_GAP}?\d{{1,3}}(?:{_GAP}?\(?\d{{1,5}}\)?){{2,6}}(?![\w])"),
        TELEPHONE,
        digits=9,
    ),
    RedactionRule(
        "national telephone",
        re.compile(rf"{_BEFORE}{_DATE}\(?0\d{{1,4}}\)?{_GAP}?\d{{2,5}}(?:{_GAP}?\d{{2,5}}){{1,4}}{_AFTER}"),
        TELEPHONE,
        digits=9,
    ),
    RedactionRule(
        "telephone in groups",
        re.compile(
            rf"{_BEFORE}{_DATE}(?:1{_GAP})?(?:\(?\d{{3}}\)?{_GAP}\d{{3}}{_GAP}\d{{4}}"
            rf"|\(\d{{2}}\){_GAP}?9?\d{{4}}{_GAP}\d{{4}}|[6-9]\d{{4}}[ -]\d{{5}}"
            rf"|3\d{{2}}[ ./-]\d{{6,7}}){_AFTER}"
        ),
        TELEPHONE,
    ),
    RedactionRule(
        "telephone by its word",
        re.compile(
            r"(?i)(\b(?:tele(?:phone|fon)|phone|tel|mobile|cell|handy|mobil|fax|whatsapp|call(?:ed)?|rang?|ring)\b"
            r"(?:\s+(?:me|us|him|her|on|at|under|number|no|nr|is))*[.:]{0,2}\s*)\+?\(?\d[\d ()./-]{4,}\d"
        ),
        rf"\g<1>{TELEPHONE}",
        digits=6,
    ),
    RedactionRule(
        "number by its word",
        re.compile(
            r"(?i)(\b(?:nif|nipc|niss|nie|dni|cpf|pesel|nino|ssn|tfn|bsn|curp|rfc|cnp|oib|egn|amka|afm|tin|itin"
            r"|aadhaar|personnummer|cpr|insee|steuer-?(?:id|nr)|tax (?:id|no|number)"
            r"|contribuinte|emso|jmbg|svnr|codice fiscale|num[e\u00e9]ro fiscal|cui[lt]|snils|pps"
            r"|(?:social security|national insurance|nhs|passport|identity card)(?: number| no)?)\b"
            r"(?: n\.?[\u00ba\u00b0o]\.?)?[ .:#-]{0,3})"
            r"[A-Z]{0,6}\d[\d ./-]{3,}\d(?:[A-Z]{1,2}\b)?"
        ),
        rf"\g<1>{NUMBER}",
        digits=5,
    ),
)
"""Ways to reach a person, and numbers that states and banks give; applied to everything that is shown."""
_MAY_HOLD = re.compile(
    r"[@\uff20]|\d\D{0,2}\d\D{0,2}\d\D{0,2}\d|:[\dA-Fa-f]*:|(?:[\dA-Fa-f]{2}-){5}", re.DOTALL
)
"""Without one of these no rule finds anything."""
_MAY_BE_CODED = re.compile(
    r"(?<!\d)(?!\d{4}-\d{2}-\d{2}\b)\d(?:\D?\d){6}"
    r"|[^\W\d_]\d{4}(?:\d{2})?[^\W\d_]|[^\W\d_]{2} ?\d{2} ?\d{2} ?\d{2} ?[^\W\d_]",
    re.DOTALL,
)
"""Without one of these a text holds no national number: seven digits that are no date, or some in letters."""

TITLE_RULE = RedactionRule(
    "name after a title",
    re.compile(
        r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herr|Frau|Señora?|Mme|Mlle)\.?"
        r"\s+[A-ZÀ-Þ][\w'\u2019-]+(?:\s+[A-ZÀ-Þ][\w'\u2019-]+)?"
    ),
    r"\1 [name removed]",
)
"""A capitalised name that follows a form of address."""


_CAPITAL = "[A-Z\u00c0-\u00de]"
_ENGLISH = "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Close|Court|Square|Way"
_JOINED = "stra\u00dfe|strasse|str\\.|gasse|platz|weg|allee|gatan|vej|straat"
STREET_RULE = RedactionRule(
    "street",
    re.compile(
        rf"\b\d{{1,5}}[A-Za-z]?,? (?:[A-Z][\w'-]+ ){{1,3}}(?:{_ENGLISH})\b\.?"
        rf"|\b{_CAPITAL}[\w-]*(?:{_JOINED}) \d{{1,4}}\s?[a-z]?\b"
        r"|\b(?:[Rr]ue|[Vv]ia|[Cc]alle|[Rr]ua|[Aa]venida|[Pp]iazza)(?: (?:de|del|della|la|do|da|des|du))* "
        rf"{_CAPITAL}[\w' -]{{2,30}}?,? \d{{1,4}}\b"
        r"|\b\d{1,4}(?: bis)?,? (?:rue|avenue|boulevard|place)(?: (?:de|des|du|la|le))* "
        rf"{_CAPITAL}[\w'-]+"
    ),
    "[address removed]",
)
"""A street with its number, in free text alone: units may be called by theirs."""


@dataclass(frozen=True)
class Names:
    """Names of persons and accounts that the evidence knows, to be found in any text in one pass."""

    terms: frozenset[str] = frozenset()

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[str, ...]]]:
        """Names of several words by their first, longest first; of two words in both orders."""
        orders_by_first: dict[str, set[tuple[str, ...]]] = {}
        for name in self.terms:
            words = tuple(_folded(name))
            turned = (words[-1:] + words[:-1]) if len(words) > 1 else words
            for order in (words, turned):
                if len(order) > 1:
                    orders_by_first.setdefault(order[0], set()).add(order)
        return {first: sorted(orders, key=len, reverse=True) for first, orders in orders_by_first.items()}

    @cached_property
    def _alone(self) -> frozenset[str]:
        """Words that name somebody in free text: a surname, or a name of one word."""
        return frozenset(
            words[-1] for name in self.terms if (words := _WORD.findall(name)) and len(words[-1]) > 2
        )

    def removed(self, text: str, *, alone: bool = False) -> str:
        """Return `text` without names of several words, and where `alone` without surnames too."""
        spans = list(self._spans(text, alone=alone)) if self.terms else []
        for start, end in reversed(spans):
            text = f"{text[:start]}[name removed]{text[end:]}"
        return text

    def _spans(self, text: str, *, alone: bool) -> Iterator[tuple[int, int]]:
        words = list(_WORD.finditer(text))
        folded = [_fold(word[0]) for word in words]
        place = 0
        while place < len(words):
            orders = self._by_first.get(folded[place], ())
            many = next(
                (len(order) for order in orders if tuple(folded[place : place + len(order)]) == order), 0
            )
            if not many and alone and words[place][0] in self._alone:
                many = 1
            if many:
                yield words[place].start(), words[place + many - 1].end()
            place += max(many, 1)


_WORD = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")


def _fold(word: str) -> str:
    plain = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def _folded(name: str) -> list[str]:
    return [_fold(word) for word in _WORD.findall(name)]


def redact(text: str, *, names: Names | Iterable[str] = ()) -> str:
    """Return `text` without ways to reach a person, numbers of persons, streets and names.

    Parameters
    ----------
    text
        Anything written by a person.
    names
        Full names known from the evidence (employees); each is removed, and its surname alone too.
    """
    listed = names if isinstance(names, Names) else Names(frozenset(names))
    cleaned = TITLE_RULE.apply(STREET_RULE.apply(without_contacts(text)))
    return listed.removed(cleaned, alone=True)


def without_contacts(text: str, *, own_numbers: Container[str] = ()) -> str:
    """Return `text` without the ways to reach a person and the numbers given to one.

    Parameters
    ----------
    own_numbers
        Numbers of the party that are none of these, though they may look like one.
    """
    if _MAY_HOLD.search(text):
        coded = _MAY_BE_CODED.search(text)
        for rule in CONTACT_RULES:
            text = rule.apply(text, own_numbers=own_numbers) if coded or rule.name != NATIONAL else text
    return text


def neutralised(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula: a leading ``= + - @`` is quoted."""
    return f"'{text}" if text.lstrip(" \t\r\n").startswith(("=", "+", "-", "@")) else text
