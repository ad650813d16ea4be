"""Numbers that states give to persons, told from other numbers by their form and their check digits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from unicodedata import decimal, normalize

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
    """German tax id: one digit stands twice or three times among the first ten."""
    most = max(Counter(digits[:10]).values())
    return digits[0] != "0" and most in (2, 3) and _multiplied(digits)


def _multiplied(digits: str) -> bool:
    """Tell whether the last digit is the check digit of ISO 7064, mod 11, 10."""
    product = 10
    for digit in digits[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(digits[-1])


def _nir(text: str) -> bool:
    number = text[:13].replace("2A", "19").replace("2B", "18")
    return number.isdigit() and 97 - int(number) % 97 == int(text[13:])


def _sweden(text: str) -> bool:
    digits = re.sub(r"\D", "", text)[-10:]
    day = int(digits[4:6])
    return _day(f"20{digits[:2]}", digits[2:4], f"{day - 60 * (day > 60)}") and luhn(digits)


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
    letter = ord(text[8]) - 64 if len(text) > 8 and text[8] != "W" else 0
    return "WABCDEFGHIJKLMNOPQRSTUV"[(_weighed(text[:7], range(8, 1, -1)) + 9 * letter) % 23] == text[7]


def _britain(text: str) -> bool:
    return text[:2] not in ("BG", "GB", "NK", "KN", "TN", "NT", "ZZ")


def _america(text: str) -> bool:
    area, group, serial = text.split(text[3])
    taxpayer = area >= "900" and "50" <= group <= "99"
    return area not in ("000", "666") and (area < "900" or taxpayer) and group != "00" and serial != "0000"


def _balanced(weights: Sequence[int], modulus: int = 11) -> Sound:
    """Return the test of a weighed sum of all digits, the check digit among them."""
    return lambda digits: _weighed(digits, weights) % modulus == 0


def _checked(weights: Sequence[int], turn: Callable[[int], int], modulus: int = 11) -> Sound:
    """Return the test of a last digit that `turn` gives for the rest of the weighed sum before it."""
    return lambda digits: turn(_weighed(digits[:-1], weights) % modulus) == int(digits[-1])


def _born(sound: Sound, *places: int, added: Sequence[int] = (0,)) -> Sound:
    """Return `sound` for numbers with a day of birth: the places of year, month and day, two digits each.

    `added` is what is added to the month for a century or a sex.
    """

    def tested(text: str) -> bool:
        year, month, day = (text[place : place + 2] for place in places)
        days = (_day(f"20{year}", str(int(month) - offset), day) for offset in added)
        return any(days) and sound(text)

    return tested


def _belgium(digits: str) -> bool:
    remainder = 97 - int(digits[9:])
    return remainder in (int(digits[:9]) % 97, int(f"2{digits[:9]}") % 97)


def _baltic(digits: str) -> bool:
    """Estonian and Lithuanian numbers: a second row of weights where the first leaves ten."""
    rests = (_weighed(digits, weights) % 11 for weights in ((*range(1, 10), 1), (*range(3, 10), 1, 2, 3)))
    return int(digits[10]) == next((remainder for remainder in rests if remainder < 10), 0)


def _turkey(digits: str) -> bool:
    odd, even = (sum(map(int, digits[first:9:2])) for first in (0, 1))
    tenth = (7 * odd - even) % 10
    return digits[0] != "0" and [tenth, (odd + even + tenth) % 10] == [int(digit) for digit in digits[9:]]


def _china(text: str) -> bool:
    weighed = _weighed(text[:17], [2**place % 11 for place in range(17, 0, -1)])
    return "10X98765432"[weighed % 11] == text[17]


def _mexico(text: str) -> bool:
    signs = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"
    weighed = sum(signs.index(sign) * weight for sign, weight in zip(text, range(18, 1, -1), strict=False))
    return str(-weighed % 10) == text[17]


def _singapore(text: str) -> bool:
    weighed = _weighed(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + 4 * (text[0] in "TG")
    return ("JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK")[weighed % 11] == text[8]


def _chile(text: str) -> bool:
    weighed = _weighed(text[-2::-1], (2, 3, 4, 5, 6, 7, 2, 3))
    return "0123456789K"[-weighed % 11] == text[-1]


def _russia(digits: str) -> bool:
    return _weighed(digits, range(9, 0, -1)) % 101 % 100 == int(digits[9:])


def _norway(digits: str) -> bool:
    first, second = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    return _balanced(first)(digits) and _balanced(second)(digits)


def _czech(digits: str) -> bool:
    return int(digits[:9]) % 11 % 10 == int(digits[9:])


def _down(remainder: int) -> int:
    return (11 - remainder) % 11 % 10


_PORTUGAL = _checked(range(9, 1, -1), _down)
_BULGARIA = _checked((2, 4, 8, 5, 10, 9, 7, 3, 6), lambda remainder: remainder % 10)
_ROMANIA = _checked(
    (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), lambda remainder: 1 if remainder == 10 else remainder
)
_SLOVENIA = _checked((7, 6, 5, 4, 3, 2) * 2, _down)


def _luxembourg(digits: str) -> bool:
    return luhn(digits[:12]) and _india(digits[:11] + digits[12])


_NATIONAL: tuple[tuple[str, str, Sound], ...] = (
    ("AR", r"2[0347]-?\d{8}-?\d", _balanced((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1))),
    ("AT", r"[1-9]\d{3} ?\d{6}", _born(_balanced((3, 7, 9, -1, 5, 8, 4, 2, 1, 6)), 8, 6, 4)),
    ("AU", r"\d{3}([ -])\d{3}\1\d{3}", _balanced((1, 4, 3, 7, 5, 8, 6, 9, 10))),
    ("BE", r"\d{2}[ .]?\d{2}[ .]?\d{2}[ .-]?\d{3}[ .-]?\d{2}", _belgium),
    ("BG", r"\d{10}", _born(_BULGARIA, 0, 2, 4, added=(0, 20, 40))),
    ("BR", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", _cpf),
    ("CA", r"\d{3}([ -])\d{3}\1\d{3}", luhn),
    ("CH", r"756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}", _balanced((1, 3) * 6 + (1,), 10)),
    ("CL", r"\d{1,2}\.\d{3}\.\d{3}-[\dK]|\d{7,8}-K", _chile),
    ("CN", r"[1-9]\d{16}[\dX]", _born(_china, 8, 10, 12)),
    ("CZ", r"\d{6}/?\d{4}", _born(_czech, 0, 2, 4, added=(0, 20, 50, 70))),
    ("DE", r"\d{2} ?\d{3} ?\d{3} ?\d{3}", _steuer),
    ("DK", r"[0-3]\d[01]\d{3}-\d{4}", _denmark),
    ("EE", r"[1-8]\d{10}", _born(_baltic, 1, 3, 5)),
    ("ES", r"(?:\d{8}|\d{1,2}\.\d{3}\.\d{3}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", _spain),
    ("FI", r"[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", _finland),
    ("FR", r"[12] ?\d{2} ?[0-9]{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", _nir),
    ("GB", r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]", _britain),
    ("GB", r"\d{3}[ -]\d{3}[ -]\d{4}|[467]\d{9}", _balanced(range(10, 0, -1))),
    ("GR", r"[0-3]\d[01]\d{8}", _born(luhn, 4, 2, 0)),
    ("HR", r"\d{11}", _multiplied),
    ("HU", r"\d{3}([ -])\d{3}\1\d{3}", _balanced((3, 7) * 4 + (-1,), 10)),
    ("IE", r"\d{7}[A-W][A-IW]?", _ireland),
    ("IN", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", _india),
    ("IN", r"[A-Z]{3}P[A-Z]\d{4}[A-Z]", bool),
    ("IS", r"[0-3]\d[01]\d{3}-?\d{3}[089]", _born(_balanced((3, 2, 7, 6, 5, 4, 3, 2, 1)), 4, 2, 0)),
    ("IT", r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", _italy),
    ("KR", r"\d{6}-[1-8]\d{6}", _born(bool, 0, 2, 4)),
    ("LU", r"(?:19|20)\d{11}", _born(_luxembourg, 2, 4, 6)),
    ("LV", r"[0-3]\d[01]\d{3}-\d{5}", _born(bool, 4, 2, 0)),
    ("MX", r"[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z\d]\d", _mexico),
    ("MY", r"\d{6}-\d{2}-\d{4}", _born(bool, 0, 2, 4)),
    ("NL", r"\d{9}|\d{4}\.\d{2}\.\d{3}", _balanced((*range(9, 1, -1), -1))),
    ("NO", r"[0-7]\d[0-5]\d{3} ?\d{5}", _norway),
    ("PL", r"\d{11}", _poland),
    ("PT", r"(?:PT ?)?(?:[123]\d{2}|45\d)([ .]?)\d{3}\1\d{3}", lambda text: _PORTUGAL(text[-9:])),
    ("RO", r"[1-9]\d{12}", _born(_ROMANIA, 1, 3, 5)),
    ("RU", r"\d{3}-\d{3}-\d{3}[ -]\d{2}", _russia),
    ("SE", r"(?:19|20)?\d{6}[-+]?\d{4}", _sweden),
    ("SG", r"[STFG]\d{7}[A-Z]", _singapore),
    ("SI", r"[0-3]\d[01]\d{10}", _born(_SLOVENIA, 5, 2, 0)),
    ("TH", r"[1-8]-\d{4}-\d{5}-\d{2}-\d",
     _checked(range(13, 1, -1), lambda remainder: (11 - remainder) % 10)),
    ("TR", r"[1-9]\d{10}", _turkey),
    ("US", r"\d{3}([- ])\d{2}\1\d{4}", _america),
    ("ZA", r"\d{6} ?\d{4} ?\d{2} ?\d", _born(luhn, 0, 2, 4)),
)  # fmt: skip
"""Country, form, and what its digits must fulfil; signs between them are left out of what is tested.

Plain digits are looked for only where they are eleven or more, hold a day of birth, or a state uses no
other way to write them.
"""
FORMS: tuple[tuple[re.Pattern[str], Sound], ...] = tuple(
    (re.compile(rf"(?i)(?<![\w.+-])(?<!\d,)(?:{form})(?![\w-]|[.,]\d)"), sound)
    for _, form, sound in _NATIONAL
)
_KEPT = (_america, _denmark, _finland, _sweden)
"""Those that look at the signs between the digits."""


def coded(text: str) -> bool:
    """Tell whether `text` is a number that some state gives to persons."""
    return any(form.fullmatch(text) and holds(text, sound) for form, sound in FORMS)


def holds(text: str, sound: Sound) -> bool:
    """Tell whether what has the form of a number fulfils what its digits must fulfil."""
    plain = "".join(str(decimal(sign, sign)) for sign in normalize("NFKC", text)).upper()
    return sound(plain if sound in _KEPT else re.sub(r"[^0-9A-Z]", "", plain))
