"""Wide files of aggregates: one record per unit becomes one canonical row per published value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib.evidence.plan import SourcePlan
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import pyarrow as pa

    from auditlib.parameters.run import Wide


def unpivoted(records: pa.Table, plan: SourcePlan) -> pa.Table:
    """Return canonical `aggregates` rows for kept records; an empty cell gives no row.

    Rows stay in the order of the records, and within a record in the order of the declared columns.
    """
    import pyarrow as pa

    wide = plan.source.wide
    if wide is None or not records.num_rows:
        return records
    records = _with_period(_with_counts(records, wide), wide)
    rank = pa.array(range(records.num_rows), pa.int64())
    parts = [
        _one_value(records.append_column("rank", rank), wide, number) for number in range(len(wide.values))
    ]
    rows = pa.concat_tables(parts)
    return rows.sort_by([("rank", "ascending"), ("number", "ascending")]).drop_columns(["rank", "number"])


def _one_value(records: pa.Table, wide: Wide, number: int) -> pa.Table:
    import pyarrow as pa

    value = wide.values[number]
    present = records.filter(records[f"w__{number}"].is_valid())
    rows = present.num_rows
    columns = {
        "unit_id": present["unit_id"],
        "survey_type": present["survey_type"],
        "item": pa.repeat(pa.scalar(value.item, pa.string()), rows),
        "box": pa.repeat(pa.scalar(value.box, pa.string()), rows),
        "period_start": present["period_start"],
        "period_end": present["period_end"],
        "value": present[f"w__{number}"].cast(pa.float64()),
        "n_low": present["n_low"],
        "n_high": present["n_high"],
        "response_rate": present["response_rate"].cast(pa.float64()),
        "source_file": present["source_file"],
        "source_line": present["source_line"],
        "in_period": present["in_period"],
        "rank": present["rank"],
        "number": pa.repeat(pa.scalar(number, pa.int32()), rows),
    }
    return pa.table(columns)


def _with_counts(records: pa.Table, wide: Wide) -> pa.Table:
    """Add the smallest and the largest number of surveys that the published count stands for."""
    import pyarrow as pa

    written = records["w__n"].to_pylist() if wide.n else [None] * records.num_rows
    bounds = [count_bounds(text, wide) for text in written]
    low, high = ([bound[side] if bound else None for bound in bounds] for side in (0, 1))
    return records.append_column("n_low", pa.array(low, pa.int64())).append_column(
        "n_high", pa.array(high, pa.int64())
    )


def _with_period(records: pa.Table, wide: Wide) -> pa.Table:
    """Add the first and the last day of the period each record covers."""
    import pyarrow as pa

    if wide.period is not None:
        covered = [wide.period] * records.num_rows
    else:
        covered = [wide.periods[name] for name in records["w__period"].to_pylist()]
    starts = [day_number(period.start) for period in covered]
    ends = [day_number(period.end) for period in covered]
    return records.append_column("period_start", pa.array(starts, pa.int32())).append_column(
        "period_end", pa.array(ends, pa.int32())
    )


def count_bounds(text: str | None, wide: Wide) -> tuple[int, int | None] | None:
    """Return the band that a published number of surveys stands for; None where there is none."""
    if text is None:
        return None
    if text in wide.n_bands:
        band = wide.n_bands[text]
        return band.low, band.high
    return (int(text), int(text)) if text.isdecimal() and text.isascii() else None
