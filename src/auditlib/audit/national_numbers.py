"""Numbers that states give to persons, told from other numbers by their form and their check digits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

Sound = Callable[[str], bool]

_VERHOEFF = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_TURNS = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415",
    "7046913258",
)  # fmt: skip
_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12,
         14, 16, 10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the check digit of cards (ISO/IEC 7812)."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def iban(text: str) -> bool:
    """Tell whether an account number has its check digits (ISO 13616)."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _cpf(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    checks = (_weighed(digits, range(last, 1, -1)) * 10 % 11 % 10 for last in (10, 11))
    return digits[9:] == "".join(map(str, checks))


def _steuer(digits: str) -> bool:
    """German tax id: one digit stands twice or three times among the first ten (ISO 7064, mod 11, 10)."""
    most = sorted(Counter(digits[:10]).values())
    product = 10
    for digit in digits[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return digits[0] != "0" and most[-1] in (2, 3) and (11 - product) % 10 == int(digits[10])


def _nir(text: str) -> bool:
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(text[13:])


def _ahv(digits: str) -> bool:
    return _weighed(digits, (1, 3) * 6 + (1,)) % 10 == 0


def _sweden(text: str) -> bool:
    digits = re.sub(r"\D", "", text)[-10:]
    day = int(digits[4:6])
    return _day(f"20{digits[:2]}", digits[2:4], f"{day - 60 * (day > 60)}") and luhn(digits)


def _norway(digits: str) -> bool:
    first = _weighed(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    return first and _weighed(digits, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _denmark(text: str) -> bool:
    return _day(f"20{text[4:6]}", text[2:4], text[:2])


def _finland(text: str) -> bool:
    number = int(text[:6] + text[7:10])
    return _denmark(text) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] == text[10]


def _spain(text: str) -> bool:
    number = text[:-1].replace("X", "0").replace("Y", "1").replace("Z", "2")
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == text[-1]


def _italy(text: str) -> bool:
    odd = sum(_ODD[sign] for sign in text[:15:2])
    even = sum(int(sign) if sign.isdigit() else ord(sign) - 65 for sign in text[1:15:2])
    return chr(65 + (odd + even) % 26) == text[15]


def _india(digits: str) -> bool:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_VERHOEFF[check][int(_TURNS[place % 8][int(digit)])])
    return check == 0


def _poland(digits: str) -> bool:
    month = int(digits[2:4]) % 20
    weighed = _weighed(digits, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1))
    return 1 <= month <= 12 and 1 <= int(digits[4:6]) <= 31 and weighed % 10 == 0


def _ireland(text: str) -> bool:
    more = ord(text[8]) - 64 if len(text) > 8 and text[8] != "W" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[(_weighed(text[:7], range(8, 1, -1)) + 9 * more) % 23] == text[7]


def _britain(text: str) -> bool:
    return text[:2] not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")


def _america(text: str) -> bool:
    area, group, serial = text.split(text[3])
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


_NATIONAL: tuple[tuple[str, str, Sound], ...] = (
    ("US", r"\d{3}([- ])\d{2}\1\d{4}", _america),
    ("GB", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _britain),
    ("GB", r"\d{3}[ -]\d{3}[ -]\d{4}", lambda digits: _weighed(digits, range(10, 0, -1)) % 11 == 0),
    ("IT", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", _italy),
    ("DE", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", _steuer),
    ("FR", r"[12] ?\d{2} ?[0-9]{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", _nir),
    ("ES", r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", _spain),
    ("CH", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", _ahv),
    ("SE", r"(?:19|20)?\d{6}[-+]?\d{4}", _sweden),
    ("NO", r"[0-7]\d[0-5]\d{3} ?\d{5}", _norway),
    ("DK", r"[0-3]\d[01]\d{3}-\d{4}", _denmark),
    ("FI", r"[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", _finland),
    ("BR", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", _cpf),
    ("IN", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", _india),
    ("PL", r"\d{11}", _poland),
    ("IE", r"\d{7}[A-W][A-IW]?", _ireland),
    ("CA", r"\d{3}([- ])\d{3}\2\d{3}", luhn),
)
"""Country, form, and what its digits must fulfil; signs between them are left out of what is tested."""
FORMS: tuple[tuple[re.Pattern[str], Sound], ...] = tuple(
    (re.compile(rf"(?<![\w.+-])(?:{form.replace(chr(92) + '2', chr(92) + '1')})(?![\w-]|[.,]\d)"), sound)
    for _, form, sound in _NATIONAL
)
_KEPT = (_america, _denmark, _finland, _sweden)
"""Those that look at the signs between the digits."""


def holds(found: str, sound: Sound) -> bool:
    """Tell whether what has the form of a number fulfils what its digits must fulfil."""
    return sound(found if sound in _KEPT else re.sub(r"[^0-9A-Z]", "", found))
