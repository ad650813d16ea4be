"""Waits of parts of a channel: units, kinds of matter, queues, local hours and months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import any_row, to_pandas
from auditlib.service_levels.waiting.long_waits_by_hour import long_waits_by_hour
from auditlib.service_levels.waiting.result import QUANTILES, WaitsOfPart
from auditlib.service_levels.waiting.timed import ANSWERED, BOTH, GIVEN_UP, UNKNOWN, whole_seconds
from auditlib.service_levels.waits import SECOND
from auditlib.time.months import month_text, months_of_days

if TYPE_CHECKING:
    import narwhals as nw

_DAY, _PART = "day", "part"


def waits_by_part(
    tables: CanonicalTables, contacts: nw.LazyFrame[Any], *, level: float
) -> Mapping[str, tuple[WaitsOfPart, ...]]:
    """Return the waits of each part of each channel, by dimension.

    Parameters
    ----------
    contacts
        See `timed`.
    level
        Coverage of the limits that tell hours apart.
    """
    import narwhals as nw

    named = contacts.filter(~nw.col("channel").is_null())
    parts = {"unit_id": nw.col("unit_id"), "hour": nw.col("hour")}
    for name in ("matter", "queue"):
        if any_row(named.filter(~nw.col(name).is_null())):
            parts[name] = nw.col(name)
    found = {name: _of_parts(named.with_columns(part=part)) for name, part in parts.items()}
    told = {name: tuple(_waits(row, name) for row in rows.to_dict("records")) for name, rows in found.items()}
    long = long_waits_by_hour(named, level=level)
    told["hour"] = tuple(replace(part, long=long.get((part.channel, part.part))) for part in told["hour"])
    by_month = waits_by_month(tables, named)
    return told | {"month": by_month} if by_month else told


def waits_by_month(tables: CanonicalTables, contacts: nw.LazyFrame[Any]) -> tuple[WaitsOfPart, ...]:
    """Return the waits of each month of each channel; none where there is no contact.

    Parameters
    ----------
    contacts
        See `timed`.
    """
    import narwhals as nw

    placed = _with_month(tables, contacts.filter(~nw.col("channel").is_null()))
    if placed is None:
        return ()
    return tuple(_waits(row, "month") for row in _of_parts(placed).to_dict("records"))


def _with_month(tables: CanonicalTables, contacts: nw.LazyFrame[Any]) -> nw.LazyFrame[Any] | None:
    """Return contacts with the month of their offer as their part; None where there is no contact."""
    import narwhals as nw

    ends = contacts.select(first=nw.col(_DAY).min(), last=nw.col(_DAY).max()).collect().rows()[0]
    if ends[0] is None:
        return None
    days = np.arange(int(ends[0]), int(ends[1]) + 1)
    calendar = tables.lazy_of({_DAY: days, _PART: months_of_days(days)})
    return contacts.join(calendar, on=_DAY, how="inner")


def _of_parts(contacts: nw.LazyFrame[Any]) -> pd.DataFrame:
    """Return counts, means and quantiles by channel and part; contacts that name no part are left out.

    A quantile is the smallest whole second that at least the share did not exceed. All of it in one pass, and
    where the contacts are: only one row for each part comes into memory.
    """
    import narwhals as nw

    place = ["channel", _PART]
    steps = _ranked(contacts.filter(~nw.col(_PART).is_null()), place)
    became = {ANSWERED: (ANSWERED,), GIVEN_UP: (GIVEN_UP,), UNKNOWN: (UNKNOWN, BOTH)}
    counts = {
        name: nw.when(nw.col("became").is_in(each)).then(nw.col("contacts")).otherwise(nw.lit(0))
        for name, each in became.items()
    }
    sums = {**counts, "offered": nw.col("contacts"), "cases": nw.col("timed"), "time": nw.col("time")}
    # Whole numbers throughout: a share of cases in floating point may miss the case that just reaches it.
    reached = {
        name: nw.when(
            nw.col("timed") > 0, nw.col("up_to") * 100 >= nw.col("total") * round(100 * share)
        ).then(nw.col("seconds"))
        for name, share in QUANTILES.items()
    }
    by_part = steps.select(*place, **sums, **reached).group_by(*place)
    rows = to_pandas(
        by_part.agg(
            *(nw.col(name).sum().cast(nw.Int64) for name in sums), *(nw.col(name).min() for name in reached)
        )
    )
    return rows.sort_values(place, kind="stable", ignore_index=True)


def _ranked(contacts: nw.LazyFrame[Any], place: list[str]) -> nw.LazyFrame[Any]:
    """Return contacts counted by what became of them and whole seconds in the queue, in the order of these.

    ``timed`` are those of which both are known, ``up_to`` as many as waited no longer.
    """
    import narwhals as nw

    timed = (nw.col("became") == ANSWERED) & ~nw.col("left").is_null()
    steps = contacts.select(
        *place,
        "became",
        seconds=nw.when(timed).then(whole_seconds("left")),
        time=nw.when(timed).then(nw.col("left")),
    )
    counted = steps.group_by(*place, "became", "seconds").agg(contacts=nw.len(), time=nw.col("time").sum())
    cases = nw.when(~nw.col("seconds").is_null()).then(nw.col("contacts")).otherwise(nw.lit(0))
    return counted.with_columns(timed=cases.cast(nw.Int64)).with_columns(
        up_to=nw.col("timed").cum_sum().over(*place, order_by="seconds").cast(nw.Int64),
        total=nw.col("timed").sum().over(*place).cast(nw.Int64),
    )


def _waits(row: Mapping[Any, Any], dimension: str) -> WaitsOfPart:
    cases = int(row["cases"])
    part = row[_PART]
    return WaitsOfPart(
        str(row["channel"]),
        month_text(int(part))
        if dimension == "month"
        else f"{part:02d}"
        if dimension == "hour"
        else str(part),
        int(row["offered"]),
        int(row[ANSWERED]),
        int(row[GIVEN_UP]),
        int(row["unknown"]),
        int(row["time"]) / SECOND / cases if cases else None,
        float(row["median"]) if cases else None,
        float(row["p90"]) if cases else None,
    )
