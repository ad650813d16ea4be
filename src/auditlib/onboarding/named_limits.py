"""Limits in seconds that names of columns and cells say: 'answered in 20 s', 'avbrutna_under_10_sek'."""

from __future__ import annotations

import re

_BELOW = (
    r"<(?!=)|\b(?:under|below|before|less than|shorter than|unter|vor|weniger als|k(?:ü|ue)rzer als|antes de|"
    r"(?:(?:em|en) )?menos de|abaixo de|debajo de|avant|(?:en )?moins de|sotto|prima di|(?:in )?meno di|"
    r"poni(?:ż|z)ej|przed|kr(?:ó|o)cej ni(?:ż|z)|"
    r"onder|voor|minder dan|korter dan|mindre (?:end|enn|än|aen)|før|foer|före|foere|fore|innan)"
)
"""Words after which a wait of exactly the limit is not counted."""
_WITHIN = (
    r"<=|≤|\b(?:in|within|up to|innerhalb|binnen|bis(?: zu)?|en|dentro de|hasta|dans les|sous|jusqu ?.a|"
    r"entro|fino a|inden(?: for)?|indenfor|innenfor|innen|inom|op til|opp til|upp till|tot|em|em at[eé]|"
    r"at[eé]|nos primeiros|do|w(?: ci(?:ą|a)gu)?|sl|nds)"
)
_ARTICLE = r"(?:(?:los|las|os|as|les|i|de|den|der) )?"
_UNIT = (
    r"s|secs?|seconds?|sek|sekunde[nr]|sekund|seg|segundos|secondes?|secondi|seconden|"
    r"sekundy?|min|minut|minutes?|minuten|minutos|minutter|minuter|minuti"
)
_SECONDS = rf"\W{{0,2}}{_ARTICLE}(?P<seconds>[1-9][0-9]{{0,3}}) ?(?P<unit>{_UNIT})\b"
_LIMIT = re.compile(rf"(?:{_BELOW}|{_WITHIN}){_SECONDS}")
_EXCLUDED = re.compile(rf"(?:{_BELOW}){_SECONDS}")


def limit_named(name: str) -> int:
    """Return the seconds that a column of counts is limited to by its name, as 'answered in 20 s'; else 0.

    Examples
    --------
    >>> limit_named("Answered in 20 s"), limit_named("avbrutna_under_10_sek"), limit_named("Abandoned")
    (20, 10, 0)
    """
    limit = _LIMIT.search(_spaced(name))
    return int(limit["seconds"]) * (60 if limit["unit"].startswith("m") else 1) if limit else 0


def excludes_limit(name: str) -> bool:
    """Return whether a name says that a wait of exactly its limit is not counted.

    Examples
    --------
    >>> excludes_limit("avbrutna_under_10_sek"), excludes_limit("Abandoned in 10 s")
    (True, False)
    """
    return _EXCLUDED.search(_spaced(name)) is not None


def unlimited(text: str) -> str:
    """Return a text without the limit in seconds that it says.

    Examples
    --------
    >>> unlimited("Answered in 20 s"), unlimited("Abandoned")
    ('Answered', 'Abandoned')
    """
    limit = _LIMIT.search(text.casefold())
    return text if limit is None else f"{text[: limit.start()]}{text[limit.end() :]}".strip()


def _spaced(name: str) -> str:
    """Return a name in lower case with its words apart by blanks, whatever joined them."""
    return " ".join(name.casefold().replace("_", " ").split())
