"""The words a reader of the report may not know; those that the report uses are explained in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "acknowledgement": "The first, immediate answer to a response: why it matters and what follows.",
        "band": "A range of scores with the duties that follow from it; the lowest valid item decides.",
        "case mix": "What kinds of customers, channels and transactions a unit serves.",
        "coverage": "Share of the months of the period in which a unit has data.",
        "criterion": "One demand of a standard: what is measured, and the target it is held against.",
        "fingerprint": "What a finding is recognised by from audit to audit: party, criterion and subject.",
        "funnel": "A plot of each unit's value against its number of responses, with the limits within which "
        "chance alone would keep it.",
        "interval": "The range in which the true value plausibly lies, at the level that is stated.",
        "major": "A finding that stands in the way of the decision until its cause is fixed and verified.",
        "meaningful difference": "How far a unit must lie from the others for it to matter; declared, or a "
        "small effect of a fifth of the standard deviation of single answers.",
        "minor": "A finding that is accepted with a plan of action.",
        "must-pass": "A criterion without which nothing is certified, whatever the score.",
        "not assessable": "There is no evidence, or no measure yet; it does not count as met.",
        "not demonstrated": "Chance could explain the result; it does not count as met.",
        "opportunity": "A finding that breaks no demand, and names what could be better.",
        "over-dispersion": "How much more units differ than chance alone would make them.",
        "pass mark": "The weighted score that must be reached.",
        "quarantine": "Where rows stand that cannot be used, each with its file, line and reason.",
        "relationship survey": "A periodic survey about the whole of the relationship.",
        "reliability": "Of a ranking: the share of the differences between units that is not chance. "
        "Of data: whether they can be relied on for their purpose.",
        "response rate": "Kept responses with a kept invitation, as a share of kept invitations.",
        "shrunk value": "A unit's value drawn towards the common one, the more so the fewer its responses.",
        "suppressed": "Not shown, because so few answered that a single answer could be read off.",
        "top box": "Share of scores at or above a declared score; on a scale of 1 to 5 usually 4 and 5.",
        "transactional survey": "A survey after a single contact.",
        "typical unit": "What the true values of units scatter around, each unit counted once.",
        "waiver": "A criterion set aside for a party, with a reason and a day on which this ends.",
    }
)


def words_used(text: str) -> tuple[tuple[str, str], ...]:
    """Return the words of `text` that need explaining, in alphabetical order."""
    lowered = text.lower()
    return tuple((word, meaning) for word, meaning in WORDS.items() if _used(word, lowered))


def _used(word: str, text: str) -> bool:
    stem = re.escape(word.removesuffix("y")) if word.endswith("y") else re.escape(word)
    return re.search(rf"\b{stem.replace('criterion', 'criteri(?:on|a)')}", text) is not None
