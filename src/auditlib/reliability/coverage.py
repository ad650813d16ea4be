"""Where there is data: by unit and month for responses, by unit and item for aggregates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from auditlib.contracts import TABLES, CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Period
from auditlib.records import Basis, Number, Refusal, Sentence, Ungrouped
from auditlib.reliability.counting import one_row
from auditlib.statements import Numbered, Unanswered, counted, say
from auditlib.time.months import months_between, months_of_days

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class MonthCoverage(Numbered, Ungrouped):
    """Rows of one table by unit and month of the audited period; its figure draws them in classes.

    Parameters
    ----------
    table
        Table that was counted.
    units, months
        Rows and columns of the grid; every registered unit and every month of the period.
    counts
        Rows by ``(unit, month)``; absent where there is none.
    """

    by: ClassVar[tuple[str, ...]] = ("unit_id",)

    table: str
    units: tuple[str, ...]
    months: tuple[int, ...]
    counts: Mapping[tuple[str, int], int]

    @property
    def title(self) -> str:
        """Title of its exhibits."""
        return f"{self.table.capitalize()} by unit and month"

    @property
    def caption(self) -> str:
        """How its figure is read."""
        return "The darker, the more rows; a stroke marks a month without any."

    @property
    def alt(self) -> str:
        """What a reader who cannot see its figure must know."""
        size = f"{counted(len(self.units), 'unit')} by {counted(len(self.months), 'month')}"
        return (
            f"Grid of {size}. {self.summary()[0].text} The table that follows lists the least covered units."
        )

    @property
    def gaps(self) -> int:
        """Number of unit-months without any row."""
        return len(self.units) * len(self.months) - len(self.counts)

    def months_of(self, unit: str) -> tuple[int, ...]:
        """Return the months in which `unit` has rows."""
        return tuple(month for month in self.months if (unit, month) in self.counts)

    def rows_of(self, unit: str) -> int:
        """Return the rows of `unit` in the period."""
        return sum(self.counts.get((unit, month), 0) for month in self.months)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit, the least covered first."""
        import pandas as pd

        rows = sorted((self._row(unit) for unit in self.units), key=lambda row: (row[3], row[0]))
        names = ["unit_id", "first_month", "last_month", "months_covered", "coverage", "rows"]
        return pd.DataFrame(rows, columns=names)

    def numbers(self) -> tuple[Number, ...]:
        """Return the rows and months of each unit, and the gaps."""
        return (*self._totals(), *(number for unit in self.units for number in self._unit_numbers(unit)))

    def _totals(self) -> tuple[Number, ...]:
        whole = (Basis(self.table, (("in_period", True),), rows=sum(self.counts.values())),)
        return (
            Number(f"coverage.gaps:{self.table}", self.gaps, "months", basis=whole),
            Number(f"coverage.grid:{self.table}", len(self.units) * len(self.months), "months", basis=whole),
            Number(f"coverage.silent:{self.table}", self._silent, "units", basis=whole),
            Number(f"coverage.units:{self.table}", len(self.units), "units", basis=whole),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence on the gaps."""
        facts = self.facts.about(self.table)
        if not self.gaps:
            form = "Every unit has {table} in each of its {coverage.grid|unit-month|unit-months}."
            return (say(form, facts, table=self.table),)
        form = (
            "{coverage.gaps} of {coverage.grid|unit-month|unit-months} {coverage.gaps~holds|hold} no {table}"
        )
        if self._silent:
            form += (
                "; {coverage.silent} of {coverage.units|unit|units} {coverage.silent~has|have} none at all"
            )
        return (say(f"{form}.", facts, table=self.table),)

    @property
    def _silent(self) -> int:
        """Number of units without any row."""
        return sum(not self.months_of(unit) for unit in self.units)

    def _row(self, unit: str) -> tuple[str, int | None, int | None, int, float, int]:
        covered = self.months_of(unit)
        first, last = (covered[0], covered[-1]) if covered else (None, None)
        return (unit, first, last, len(covered), len(covered) / len(self.months), self.rows_of(unit))

    def _unit_numbers(self, unit: str) -> tuple[Number, ...]:
        covered, rows = len(self.months_of(unit)), self.rows_of(unit)
        basis = (Basis(self.table, (("unit_id", unit), ("in_period", True)), rows=rows),)
        return (
            Number(f"months_covered:{unit}", covered, "months", basis=basis),
            Number(f"coverage:{unit}", covered / len(self.months), "share", basis=basis),
            Number(f"rows:{unit}", rows, "rows", basis=basis),
        )


EXACT = "units.n:exact"
"""Key of the number of units whose number of surveys is published as such."""


@dataclass(frozen=True, slots=True)
class ItemCoverage(Numbered, Ungrouped):
    """Aggregated values by item, with what is known of the n behind them.

    Parameters
    ----------
    units
        Units in the register, or seen where there is none.
    items
        Item → units with at least one value.
    bands
        ``(n_low, n_high)`` → units; None where a limit is not known or the band is open.
    values
        Aggregated values in all.
    exact
        Units with a value whose number of surveys is published as such.
    """

    by: ClassVar[tuple[str, ...]] = ("item",)

    units: int
    items: Mapping[str, int]
    bands: Mapping[tuple[int | None, int | None], int]
    values: int
    exact: int = 0

    @property
    def title(self) -> str:
        """Title of its exhibits."""
        return "Units with a value, by item"

    @property
    def caption(self) -> str:
        """How its figure is read."""
        return "The data holds aggregated values, one per unit, item and period; there are no months to show."

    @property
    def alt(self) -> str:
        """What a reader who cannot see its figure must know."""
        return f"Bars, one for each of {counted(len(self.items), 'item')}. {self.summary()[0].text}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per item, the least covered first."""
        import pandas as pd

        ordered = sorted(self.items.items(), key=lambda entry: (entry[1], entry[0]))
        rows = [(item, units, units / self.units) for item, units in ordered]
        return pd.DataFrame(rows, columns=["item", "units", "coverage"])

    def numbers(self) -> tuple[Number, ...]:
        """Return the coverage of each item, and the units in each band of n."""
        return (
            Number(
                "coverage.units:aggregates",
                self.units,
                "units",
                basis=(Basis("aggregates", rows=self.values),),
            ),
            *(number for item, units in self.items.items() for number in self._item_numbers(item, units)),
            *(_band_number(band, units) for band, units in self.bands.items()),
            *(Number(f"n:{limit}", limit, "responses", reason="Published.") for limit in self._limits),
            Number(EXACT, self.exact, "units", basis=(Basis("aggregates", rows=self.values),)),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return two sentences: how many units have values, and how far n is known."""
        least = min(self.items, key=lambda item: (self.items[item], item))
        first = say(
            "Of {coverage.units:aggregates|unit|units}, {units} ({coverage|spoken share}) have a value for "
            "the least covered item, {item}.",
            self.facts.about(least),
            item=least,
        )
        return (first, self._on_n())

    @property
    def _limits(self) -> tuple[int, ...]:
        return tuple(sorted({limit for band in self.bands for limit in band if limit is not None}))

    def _on_n(self) -> Sentence:
        keys = (*(_band_key(band) for band in self.bands), *(f"n:{limit}" for limit in self._limits), EXACT)
        if not self.bands:
            return Sentence("The number of surveys behind every value is known.", keys)
        bands = [f"{_band_words(band)} for {counted(units, 'unit')}" for band, units in self.bands.items()]
        how = "in bands only"
        if self.exact:
            how = f"as such for {counted(self.exact, 'unit')} in some period, and otherwise in bands"
        return Sentence(
            f"The number of surveys is published {how}: {'; '.join(bands)}; every standard error rests on "
            "the lower end of its band.",
            keys,
        )

    def _item_numbers(self, item: str, units: int) -> tuple[Number, ...]:
        basis = (Basis("aggregates", (("item", item),)),)
        return (
            Number(f"units:{item}", units, "units", basis=basis),
            Number(f"coverage:{item}", units / self.units, "share", basis=basis),
        )


Coverage = MonthCoverage | ItemCoverage | Unanswered


def coverage(engagement: Engagement, *, table: str = "responses") -> Coverage:
    """Return where there is data: `table` by unit and month, otherwise aggregates by item.

    Parameters
    ----------
    table
        A table with units and an instant: responses, invitations, complaints, interactions.
    """
    evidence = engagement.evidence
    if table in evidence.tables:
        return _by_month(evidence, table, period=engagement.run.period)
    if "aggregates" in evidence.tables:
        return _by_item(evidence)
    refusal = Refusal(f"Neither {table} nor aggregates were supplied.", f"Supply {table}.")
    return Unanswered(f"{table.capitalize()} by unit and month", refusal)


def _by_month(evidence: CanonicalTables, table: str, *, period: Period) -> MonthCoverage:
    import narwhals as nw

    inside = evidence.lazy(table).filter(nw.col("in_period"))
    day = f"{TABLES[table].instant}_day"
    daily = inside.group_by("unit_id", day).agg(rows=nw.len()).collect()
    counts: Counter[tuple[str, int]] = Counter()
    months = months_of_days(daily[day].to_list()).tolist()
    for unit, month, rows in zip(daily["unit_id"].to_list(), months, daily["rows"].to_list(), strict=True):
        counts[unit, month] += int(rows)
    units = _register(evidence) or tuple(sorted({unit for unit, _ in counts}))
    return MonthCoverage(table, units, months_between(period.start, period.end), dict(sorted(counts.items())))


def _by_item(evidence: CanonicalTables) -> ItemCoverage:
    import narwhals as nw

    values = evidence.lazy("aggregates")
    pairs = values.select("item", "unit_id").unique()
    items = _counted(pairs.group_by("item").agg(units=nw.len()), "item")
    bands = values.select("unit_id", "n_low", "n_high").unique()
    by_band = bands.group_by("n_low", "n_high").agg(units=nw.len()).collect().rows(named=True)
    counts = {(row["n_low"], row["n_high"]): int(row["units"]) for row in by_band if not _is_exact(row)}
    exact = len({row["unit_id"] for row in bands.collect().rows(named=True) if _is_exact(row)})
    units = len(_register(evidence)) or _units_seen(evidence)
    ordered = dict(sorted(counts.items(), key=lambda entry: _band_order(entry[0]), reverse=True))
    return ItemCoverage(units, items, ordered, int(one_row(values.select(n=nw.len()))["n"]), exact)


def _is_exact(row: Mapping[str, Any]) -> bool:
    """Whether the number of surveys is published as such, and not as a band."""
    return row["n_low"] is not None and row["n_low"] == row["n_high"]


def _counted(frame: Any, name: str) -> dict[str, int]:
    rows = frame.collect().rows(named=True)
    return {row[name]: int(row["units"]) for row in sorted(rows, key=lambda row: str(row[name]))}


def _register(evidence: CanonicalTables) -> tuple[str, ...]:
    if "units" not in evidence.tables:
        return ()
    return tuple(sorted(evidence.lazy("units").select("unit_id").collect()["unit_id"].to_list()))


def _units_seen(evidence: CanonicalTables) -> int:
    import narwhals as nw

    units = evidence.lazy("aggregates").select("unit_id").unique()
    return int(one_row(units.select(n=nw.len()))["n"])


def _band_key(band: tuple[int | None, int | None]) -> str:
    return f"units.n:{'' if band[0] is None else band[0]}-{'' if band[1] is None else band[1]}"


def _band_number(band: tuple[int | None, int | None], units: int) -> Number:
    where = tuple(
        (name, limit) for name, limit in zip(("n_low", "n_high"), band, strict=True) if limit is not None
    )
    return Number(_band_key(band), units, "units", basis=(Basis("aggregates", where),))


def _band_words(band: tuple[int | None, int | None]) -> str:
    low, high = band
    if low is None and high is None:
        return "not given"
    if high is None:
        return f"{low:,} or more"
    return f"{low or 0:,} to {high:,}"


def _band_order(band: tuple[int | None, int | None]) -> tuple[int, int]:
    return (-1 if band[0] is None else band[0], -1 if band[1] is None else band[1])
