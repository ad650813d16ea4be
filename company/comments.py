"""What customers write, in two languages, with the awkward contents real comments have."""

from __future__ import annotations

import numpy as np
import pandas as pd

from company.scenario import Scenario
from company.world import Floats

_GOOD = (
    "Very helpful, thank you.",
    "Schnell und freundlich, gerne wieder.",
    "Solved on the first call.",
    "Alles bestens.",
    "Kompetente Beratung, sehr zufrieden.",
    "Quick answer and a clear explanation.",
)
_MIDDLING = (
    "Took a little too long.",
    "Hat geklappt, aber erst nach zweimaligem Nachfragen.",
    "The answer was right but hard to understand.",
    "Freundlich, aber ohne Ergebnis.",
)
_BAD = (
    "Nobody called back for a week.",
    "Die Rechnung ist schon zum dritten Mal falsch.",
    "I had to explain everything again to each person.",
    "Falsche Auskunft, Termin geplatzt.",
    "Still not solved; we are looking at other suppliers.",
    "Unfreundlich und keine Lösung.",
)
DIFFICULT = (
    "First line.\nSecond line; with a semicolon.",
    'They said "no problem" and then nothing happened.',
    "<script>alert('x')</script>",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://example.invalid";"click")',
    "@SUM(1+1)*cmd",
    "+49 221 5550123 is my number, call me.",
    "Please write to anna.mueller@example.com instead.",
    "-2+3 were the days promised.",
    "Mein Ansprechpartner war Herr Jürgen Groß, Tel. 0151 5550199.",
    "Grüße aus Köln, größtenteils in Ordnung.",
    "<img src=x onerror=alert(1)>",
    '50 % faster\nthan "promised";\nthank you',
    "NA",
    "{{ 7*7 }} ${HOME} %s",
)
"""Newlines, quotes, scripts, formulas, telephone numbers, addresses: all of them fit in cp1252."""


def comments(scenario: Scenario, lowest: Floats, rng: np.random.Generator) -> pd.Series[str]:
    """Return a comment or a gap for each response; unhappy customers write more often."""
    n = len(lowest)
    level = np.where(np.isnan(lowest) | (lowest >= 4), 0, np.where(lowest >= 3, 1, 2))
    writes = rng.random(n) < np.array([0.16, 0.3, 0.5])[level]
    text = np.full(n, None, dtype=object)
    for index, choices in enumerate((_GOOD, _MIDDLING, _BAD)):
        rows = np.flatnonzero(writes & (level == index))
        text[rows] = np.array(choices, dtype=object)[rng.integers(0, len(choices), len(rows))]
    if scenario.difficult_names:
        repeats = max(1, n // 6000)
        rows = rng.choice(n, min(n, len(DIFFICULT) * repeats), replace=False)
        text[rows] = np.resize(np.array(DIFFICULT, dtype=object), len(rows))
    return pd.Series(text, dtype=object)
