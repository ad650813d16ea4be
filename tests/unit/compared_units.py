"""Units compared, for tests: the choices given, the others as they usually are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from auditlib.benchmark import BenchmarkAnswer, ComparisonChoices, compare_units
from auditlib.records import Instrument, Refusal


def compare(
    cells: pd.DataFrame,
    instruments: Instrument | Sequence[Instrument],
    *,
    units: pd.DataFrame,
    aggregates: pd.DataFrame | None = None,
    mix: pd.DataFrame | Refusal | None = None,
    **choices: Any,
) -> BenchmarkAnswer:
    """Return the comparison of units in words; its `result` is the comparison itself."""
    asked = (instruments,) if isinstance(instruments, Instrument) else tuple(instruments)
    made = ComparisonChoices(**choices)
    return BenchmarkAnswer(compare_units(cells, asked, made, units=units, aggregates=aggregates, mix=mix))
