"""Rows that are broken on purpose, in the ways real exports are, each with the reason it must get.

Every broken row is an extra one with an id of its own (or a copy of a good row), so that no good row is
lost with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd

from auditlib.contracts import TABLES
from auditlib.records import Reason

Shape = Literal["row", "short", "long", "unclosed"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to break a row: cells that change, or the shape the line gets.

    A change is the new cell, or a function from the row's cells to it.
    """

    reason: Reason
    note: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    shape: Shape = "row"
    only: Mapping[str, Any] = field(default_factory=dict)
    """Take a row with these cells as the model."""


def broken(
    frame: pd.DataFrame, table: str, faults: Sequence[Fault], *, source: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return `frame` with broken rows strewn in; columns ``_reason``, ``_note``, ``_shape`` tell which.

    Parameters
    ----------
    frame
        Rows as they will be written, cells in the file's own form.
    table
        Canonical table, for its key.
    faults
        What to plant, one row each; identical copies follow their original, conflicting rows come in
        pairs.
    source
        Number of the file, so that new ids differ between files.
    rng
        Places the rows.
    """
    key = TABLES[table].key[0]
    extra: list[dict[str, Any]] = []
    places: list[float] = []
    for index, fault in enumerate(faults):
        row = _model(frame, fault, rng)
        if fault.reason is Reason.IDENTICAL:
            extra.append(_marked(_row(frame, row), fault))
            places.append(float(rng.integers(row, len(frame))) + 0.5)
            continue
        fresh = _row(frame, row) | {key: _new_id(frame[key].iloc[row], source, index)}
        pair = [fresh] if fault.reason is Reason.CONFLICTING else []
        extra += [_marked(cells, fault) for cells in (*pair, _changed(fresh, fault))]
        places += [_place(frame, fault, rng) for _ in range(len(pair) + 1)]
    good = frame.assign(_reason="", _note="", _shape="row")
    rows = pd.concat([good, pd.DataFrame(extra, columns=good.columns, dtype=object)], ignore_index=True)
    order = np.argsort(np.concatenate([np.arange(len(frame)), places]), kind="stable")
    return rows.iloc[order].reset_index(drop=True)


def _row(frame: pd.DataFrame, row: int) -> dict[str, Any]:
    return {str(name): frame[name].iloc[row] for name in frame.columns}


def _model(frame: pd.DataFrame, fault: Fault, rng: np.random.Generator) -> int:
    """Return the number of a good row that the broken one is made from."""
    fits = np.ones(len(frame), dtype=bool)
    for column, value in fault.only.items():
        fits &= (frame[column] == value).to_numpy()
    if fault.reason is Reason.CONFLICTING:
        for column, value in fault.changes.items():
            fits &= (frame[column] != value).to_numpy()
    return int(rng.choice(np.flatnonzero(fits)))


def _changed(cells: dict[str, Any], fault: Fault) -> dict[str, Any]:
    return cells | {name: value(cells) if callable(value) else value for name, value in fault.changes.items()}


def _new_id(model: str, source: int, index: int) -> str:
    """Return an id that no other row of any file has."""
    return f"{model[0]}9{source:02d}{index:02d}"


def _place(frame: pd.DataFrame, fault: Fault, rng: np.random.Generator) -> float:
    """Return a place between two rows; an unclosed quote swallows what follows and stands last."""
    return float(len(frame)) if fault.shape == "unclosed" else float(rng.integers(0, len(frame))) + 0.5


def _marked(cells: dict[str, Any], fault: Fault) -> dict[str, Any]:
    return cells | {"_reason": fault.reason.value, "_note": fault.note, "_shape": fault.shape}
