"""Letters beyond ASCII that languages write, and what they say of the encoding of a text.

In cp1250 and cp1252 the same bytes are letters of Central and of Western Europe, so that both read any file.
Which of them is meant shows where no language writes all the letters that one of them makes of the bytes.
"""

from __future__ import annotations

import re
from collections import Counter

_WESTERN = (
    "àâæçéèêëîïôœùûüÿ", "äöüß", "áéíóúñüªº", "àèéìíîòóùú", "áàâãçéêíóôõúü", "äåöé", "æøåéòô", "éëïóöüáíú",
    "äöåšž", "áéíóúýðþæö",
)  # fmt: skip
"""Letters of French, German, Spanish, Italian, Portuguese, Swedish, Danish and Norwegian, Dutch, Finnish, and
Icelandic."""
_CENTRAL = (
    "ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţșț",
)  # fmt: skip
"""Letters of Polish, Czech, Slovak, Hungarian, Croatian and Slovene, and Romanian."""
_MEASURES = re.compile(r"\b(?:[cdkm]?m|[Nn]|[Cc])[²³°º]")
_WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f]+[^\W\d_]*|[^\W\d_]+[¹³£¿¼¾]|[¹³£¼¾][^\W\d_]+")
_CLEARLY = 0.1
_NEARLY_ALL = 0.95


def is_central(raw: bytes) -> bool:
    """Return whether bytes are a text of Central Europe in cp1250 rather than a Western one in cp1252.

    Examples
    --------
    >>> is_central("Zgłoszone;Poczekać".encode("cp1250")), is_central("Où;Clôturé".encode("cp1252"))
    (True, False)
    """
    central = _explained(raw.decode("cp1250", "replace"), _CENTRAL)
    western = _explained(raw.decode("cp1252", "replace"), _WESTERN)
    return central >= _NEARLY_ALL and central > western + _CLEARLY


def _explained(text: str, alphabets: tuple[str, ...]) -> float:
    """Return the share of the signs beyond ASCII in words that the language writes which explains most."""
    beyond = Counter(
        sign
        for word in _WORD.findall(_MEASURES.sub("", text))
        for sign in word.casefold()
        if not sign.isascii()
    )
    if not beyond:
        return 1.0
    explained = (sum(beyond[sign] for sign in letters) for letters in alphabets)
    return max(explained) / beyond.total()


def word_beyond_ascii(text: str) -> str:
    """Return the first word of a text with a sign beyond ASCII; empty where there is none.

    Examples
    --------
    >>> word_beyond_ascii("Data;Zgłoszone;Odebrane")
    'Zgłoszone'
    """
    return next((word for word in re.findall(r"[^\s;,|\"]+", text) if not word.isascii()), "")
