"""Canonical rows turned into the cells of one file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlib.contracts import TABLES
from auditlib.contracts.types import Column, ColumnKind
from company.clock import DAY, to_local
from company.instruments import QUESTIONS
from company.layouts import NOT_APPLICABLE, Layout
from company.world import World

_GERMAN_SPEAKING = ("DE", "AT", "CH")


def as_written(frame: pd.DataFrame, layout: Layout, world: World) -> pd.DataFrame:
    """Return the cells of `frame` as `layout` writes them; columns keep their canonical names.

    Text for CSV; for Excel also numbers, booleans and dates; for Parquet typed columns with instants as
    timestamps, in UTC or local without a zone.
    """
    columns = {column.name: column for column in TABLES[layout.table].columns}
    zones = _zones(frame, layout, world)
    written: dict[str, Any] = {}
    for name in layout.columns:
        column = columns.get(name) or Column(name, ColumnKind.SCORE, "")
        written[name] = _cells(frame, column, layout, zones, world)
    return pd.DataFrame(written, dtype=object if layout.form != "parquet" else None)


def _zones(frame: pd.DataFrame, layout: Layout, world: World) -> npt.NDArray[Any]:
    if layout.zone != "unit":
        return np.full(len(frame), layout.zone, dtype=object)
    zone_of = dict(zip(world.unit_ids, world.zones, strict=True))
    return np.asarray(frame["unit_id"].map(zone_of), dtype=object)


def _cells(
    frame: pd.DataFrame, column: Column, layout: Layout, zones: npt.NDArray[Any], world: World
) -> pd.Series[Any]:
    values = frame[column.name]
    if column.kind is ColumnKind.INSTANT:
        return _instants(values, layout, zones)
    if column.kind is ColumnKind.DAY:
        return _days(values, layout)
    if column.kind is ColumnKind.SCORE:
        return _scores(frame, column.name, layout, world)
    if layout.form == "parquet":
        return values
    if column.kind in (ColumnKind.NUMBER, ColumnKind.SHARE):
        return values.astype(object)
    text = values.map(str, na_action="ignore").astype(object)
    if column.name in layout.cells:
        text = text.map(layout.cells[column.name])
    return text.where(values.notna(), "")


def _instants(values: pd.Series[Any], layout: Layout, zones: npt.NDArray[Any]) -> pd.Series[Any]:
    known = values.notna().to_numpy()
    utc = np.asarray(values.astype("Int64").fillna(0), dtype=np.int64)
    stamps = pd.DatetimeIndex(to_local(utc, zones).astype("datetime64[s]")).as_unit("us")
    if layout.form == "parquet":
        aware = stamps if layout.zone == "unit" else stamps.tz_localize("UTC")
        return pd.Series(aware, index=values.index).where(known, None)
    return pd.Series(stamps.strftime(layout.instant), index=values.index, dtype=object).where(known, "")


def _days(values: pd.Series[Any], layout: Layout) -> pd.Series[Any]:
    known = values.notna().to_numpy()
    numbers = values.astype("Int64").fillna(0).to_numpy(dtype=np.int64)
    stamps = pd.DatetimeIndex((numbers * DAY).astype("datetime64[s]"))
    cells = stamps.strftime(layout.day) if layout.day else stamps.date
    return pd.Series(cells, index=values.index, dtype=object).where(known, "")


def _scores(frame: pd.DataFrame, item: str, layout: Layout, world: World) -> pd.Series[Any]:
    """Return scores as text: labels where declared, otherwise numbers with the file's decimal sign."""
    text = frame[item].map(lambda score: f"{score:g}", na_action="ignore").astype(object)
    if item in layout.cells:
        german = np.array([place.country in _GERMAN_SPEAKING for place in world.places])
        language = np.where(german[frame["unit"]], " de", " en")
        text = (text + pd.Series(language, index=text.index)).map(layout.cells[item])
    missing = _missing(frame, item)
    return text.str.replace(".", layout.decimal, regex=False).where(frame[item].notna(), missing)


def _missing(frame: pd.DataFrame, item: str) -> npt.NDArray[Any]:
    """Return how no answer is written: half of the rows tick 'does not apply', the others nothing."""
    even = frame["response_id"].str[-1].isin(list("02468")).to_numpy()
    offers_box = any(
        question.item == item and question.half_points for question in QUESTIONS["transactional"]
    )
    return np.where(even & offers_box, NOT_APPLICABLE, "").astype(object)
