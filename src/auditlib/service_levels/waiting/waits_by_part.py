"""Waits of parts of a channel: units, kinds of matter, queues, local hours and months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditlib.contracts.frames import any_row
from auditlib.service_levels.waiting.counted_waits import Places, WaitsOfParts
from auditlib.service_levels.waiting.long_waits_by_hour import long_waits_by_hour
from auditlib.service_levels.waiting.result import WaitsOfPart
from auditlib.service_levels.waiting.timed import ANSWERED, GIVEN_UP
from auditlib.service_levels.waits import SECOND
from auditlib.time.months import month_text

if TYPE_CHECKING:
    import narwhals as nw

_PART = "part"


def waits_by_part(
    parts: Mapping[str, WaitsOfParts], places: Places, long: pd.DataFrame, *, level: float
) -> Mapping[str, tuple[WaitsOfPart, ...]]:
    """Return the waits of each part of each channel, by dimension.

    Parameters
    ----------
    parts
        Contacts by dimension, counted; those of no month are left out.
    long
        See `long_waits_by_hour`.
    level
        Coverage of the limits that tell hours apart.
    """
    by_dimension = {name: _of_parts(name, waits, places) for name, waits in parts.items()}
    limits = long_waits_by_hour(long, level=level)
    by_dimension["hour"] = tuple(
        replace(part, long=limits.get((part.channel, part.part))) for part in by_dimension["hour"]
    )
    return {name: waits for name, waits in by_dimension.items() if waits or name != "month"}


def waits_by_month(contacts: nw.LazyFrame[Any]) -> tuple[WaitsOfPart, ...]:
    """Return the waits of each month of each channel; none where there is no contact.

    Parameters
    ----------
    contacts
        See `timed`.
    """
    places, waits = Places(), WaitsOfParts(None)
    for batch in places.read(contacts):
        waits.add(batch, places.months(batch))
    return _of_parts("month", waits, places)


def dimensions_of(contacts: nw.LazyFrame[Any]) -> list[str]:
    """Return what waits can be broken down by: matters and queues where any contact names one."""
    import narwhals as nw

    named = contacts.filter(~nw.col("channel").is_null())
    recorded = [name for name in ("matter", "queue") if any_row(named.filter(~nw.col(name).is_null()))]
    return ["unit_id", "hour", *recorded, "month"]


def _of_parts(name: str, waits: WaitsOfParts, places: Places) -> tuple[WaitsOfPart, ...]:
    return tuple(_waits(row, name) for row in waits.frame(places.channels).to_dict("records"))


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
