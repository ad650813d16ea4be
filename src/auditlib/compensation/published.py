"""Published figures per unit and period, and who was linked in which: all that some parties can hand over."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.compensation.panel import Panel, ScoredQuestion, Statistic
from auditlib.compensation.register import running
from auditlib.records import Refusal
from auditlib.statistics.adoption import Ints
from auditlib.statistics.types import Floats
from auditlib.time.epoch import date_of
from auditlib.time.months import months_from, months_of_days

BOX = {"top_box": "top", "bottom_box": "bottom", "mean": "mean"}
UNNAMED = "other"


@dataclass(frozen=True, slots=True, eq=False)
class Published(ScoredQuestion):
    """One value per unit and period, as published.

    Parameters
    ----------
    survey_type, item, statistic
        What was asked, and how answers are summed up.
    units, periods
        Labels of rows; first and last day of each period, in days since 1970-01-01.
    value
        Mean, or share in percentage points; NaN where nothing was published. Shape (units, periods).
    n
        Lowest number of surveys it can rest on; 0 where that is not published. Same shape.
    response_rate
        In percentage points; NaN where not published. Same shape.
    kind, region
        Of each unit, from the register of units; empty where it has none.
    wording
        The question as asked; empty where only its id is known.
    """

    survey_type: str
    item: str
    statistic: Statistic
    units: tuple[str, ...]
    periods: tuple[tuple[int, int], ...]
    value: Floats
    n: Floats
    response_rate: Floats
    kind: tuple[str, ...]
    region: tuple[str, ...]
    wording: str = ""
    table: ClassVar[str] = "aggregates"

    @property
    def rows(self) -> int:
        """Rows of its table that it rests on."""
        return int(np.isfinite(self.value).sum())

    @property
    def points(self) -> str:
        """What a difference is counted in."""
        return "points" if self.statistic == "mean" else "percentage points"

    def days(self, period: int) -> str:
        """Return a period in words."""
        first, last = map(date_of, self.periods[period])
        return f"{first:%B %Y} to {last:%B %Y}"

    def with_values(self, value: Floats) -> Published:
        """Return the same units and periods with another value."""
        return replace(self, value=value)


def published(
    aggregates: pd.DataFrame,
    units: pd.DataFrame,
    *,
    survey_type: str,
    item: str,
    statistic: Statistic,
    wording: str = "",
) -> Published | Refusal:
    """Arrange published figures by unit and period.

    Parameters
    ----------
    aggregates, units
        The canonical tables.
    wording
        The question as asked.
    """
    figures = aggregates[
        (aggregates["survey_type"] == survey_type)
        & (aggregates["item"] == item)
        & (aggregates["box"] == BOX[statistic])
    ]
    if figures.empty:
        return Refusal(f"No {BOX[statistic]} figure of {item} is published for the {survey_type} survey.")
    names = sorted({str(unit) for unit in figures["unit_id"]})
    spans = figures.groupby("period_start")["period_end"].max().sort_index()
    row = pd.Categorical(figures["unit_id"].astype(str), categories=names).codes
    column = np.searchsorted(spans.index.to_numpy(), figures["period_start"].to_numpy())
    shape = (len(names), len(spans))
    factor = 1.0 if statistic == "mean" else 100.0
    value, n, rate = (np.full(shape, fill) for fill in (np.nan, 0.0, np.nan))
    value[row, column] = factor * figures["value"].to_numpy(dtype=float)
    n[row, column] = figures["n_low"].fillna(0).to_numpy(dtype=float)
    rate[row, column] = 100 * figures["response_rate"].to_numpy(dtype=float, na_value=np.nan)
    register = units.set_index(units["unit_id"].astype(str))
    kind, region = (_attribute(register, column, names) for column in ("unit_type", "region"))
    periods = tuple((int(start), int(end)) for start, end in spans.items())  # type: ignore[call-overload]
    return Published(
        survey_type, item, statistic, tuple(names), periods, value, n, rate, kind, region, wording
    )


def _attribute(units: pd.DataFrame, column: str, names: list[str]) -> tuple[str, ...]:
    if column not in units:
        return ("",) * len(names)
    return tuple(str(name) for name in units[column].reindex(names).fillna("").to_numpy())


def begun(register: pd.DataFrame, figures: Published, *, role: str) -> Ints:
    """Return the first period touched by a link of `role`, by unit; the number of periods where none is."""
    first = np.full(len(figures.units), len(figures.periods), dtype=np.int64)
    row_of = {unit: position for position, unit in enumerate(figures.units)}
    entries = running(register, role=role)
    for unit, start in zip(entries["unit_id"].astype(str), entries["starts_on"], strict=True):
        place = row_of.get(unit)
        if place is not None:
            touched = [at for at, (_, last) in enumerate(figures.periods) if last >= start]
            first[place] = min(first[place], *touched) if touched else first[place]
    return first


def monthly(figures: Published) -> Panel | None:
    """Return published figures as a panel by month; None where a period is longer than a month."""
    spans = [months_of_days(period).tolist() for period in figures.periods]
    if any(first != last for first, last in spans):
        return None
    labels = [first for first, _ in spans]
    every_month = months_from(labels[0], labels[-1])
    factor = 1.0 if figures.statistic == "mean" else 0.01
    value, n = (np.zeros((len(figures.units), len(every_month))) for _ in range(2))
    at = [every_month.index(label) for label in labels]
    measured = np.isfinite(figures.value)
    value[:, at] = np.where(measured, factor * figures.value, 0)
    n[:, at] = np.where(measured, np.maximum(figures.n, 1), 0)
    variance = 0.0 if figures.statistic == "mean" else _binomial(value, n)
    return Panel(
        figures.survey_type,
        figures.item,
        figures.statistic,
        figures.units,
        every_month,
        value,
        n,
        variance,
        figures.wording,
        "aggregates",
    )


def _binomial(value: Floats, n: Floats) -> float:
    return float((n * value * (1 - value)).sum() / max(1.0, n.sum()))


def kinds(figures: Published, linked: NDArray[np.bool_]) -> tuple[str, str]:
    """Return the kinds that hold most linked units, and most of those never linked."""
    names = np.array([kind or UNNAMED for kind in figures.kind])
    return _commonest(names[linked]), _commonest(names[~linked])


def _commonest(names: NDArray[np.str_]) -> str:
    kind, count = np.unique(names, return_counts=True)
    return str(kind[np.argmax(count)]) if len(kind) else UNNAMED


def others_like(figures: Published, linked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the never-linked units of their commonest kind; all of them where no kind is named."""
    kind = kinds(figures, linked)[1]
    return np.asarray(~linked & (np.array(figures.kind) == kind)) if kind in figures.kind else ~linked


def kind_shares(figures: Published, linked: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the share of the linked units' commonest kind among linked and among never-linked ones."""
    alike = np.array([kind or UNNAMED for kind in figures.kind]) == kinds(figures, linked)[0]
    linked_alike, unlinked_alike = (alike[group] for group in (linked, ~linked))
    return float(linked_alike.mean()) if len(linked_alike) else 0.0, float(unlinked_alike.mean()) if len(
        unlinked_alike
    ) else 0.0
