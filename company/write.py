"""A generated company on disk: exports as a client would send them, and the truth beside them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from auditlib.errors import ParameterError, Problem
from company import served, truth
from company.breakage import broken
from company.cells_as_written import as_written
from company.files import write_csv, write_parquet, write_workbook
from company.generate import Company, company
from company.layouts import LAYOUTS, Layout
from company.planted import PLANTED
from company.scenario import Scenario
from company.streams import stream


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Parameters
    ----------
    folder
        Where.
    rows
        Records per file (``file`` or ``file#sheet``), broken ones included.
    broken
        How many of all records are broken on purpose.
    """

    folder: Path
    rows: Mapping[str, int]
    broken: int


def write_company(scenario: Scenario, out: Path) -> Written:
    """Generate the company of `scenario` into the folder `out`: exports, and ``truth/`` beside them.

    The same scenario gives the same bytes. Files of other names in `out` are left alone.

    Raises
    ------
    ParameterError
        Where a client's own file of such a name would be written over: one without ``truth/`` beside it.
    """
    _refuse_written_over(out)
    rng = np.random.default_rng(scenario.seed)
    made = company(scenario, rng)
    (out / "truth").mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    planted: list[dict[str, Any]] = []
    sheets: dict[str, tuple[pd.DataFrame, Layout]] = {}
    for layout in LAYOUTS:
        cells = _with_faults(made, layout, rng)
        rows[layout.file + (f"#{layout.sheet}" if layout.sheet else "")] = len(cells)
        if layout.form == "excel":
            sheets[layout.sheet] = (cells, layout)
        else:
            write = write_csv if layout.form == "csv" else write_parquet
            planted += _planted(cells, layout, write(cells, layout, out / layout.file))
    lines = write_workbook(sheets, out / next(layout.file for layout in LAYOUTS if layout.sheet))
    for sheet, (cells, layout) in sheets.items():
        planted += _planted(cells, layout, lines[sheet])
    _write_truth(made, rows, planted, out / "truth")
    return Written(out, MappingProxyType(rows), len(planted))


def _refuse_written_over(out: Path) -> None:
    known = (out / "truth").is_dir()
    taken = sorted({layout.file for layout in LAYOUTS if not known and os.path.lexists(out / layout.file)})
    if taken:
        message = "this file was made by no simulation and would be written over."
        remedy = "Name a new or an empty folder."
        raise ParameterError(*(Problem(message, str(out / name), remedy=remedy) for name in taken))


def _with_faults(made: Company, layout: Layout, rng: np.random.Generator) -> pd.DataFrame:
    frame = made.tables[layout.table]
    if layout.survey_type:
        frame = frame[frame["survey_type"] == layout.survey_type].reset_index(drop=True)
    cells = as_written(frame, layout, made.world)
    faults = PLANTED.get(layout.sheet or layout.file, ()) if made.scenario.broken_rows else ()
    name = f"faults {layout.file} {layout.sheet}"
    return broken(cells, layout.table, faults, source=LAYOUTS.index(layout), rng=stream(rng, name))


def _planted(cells: pd.DataFrame, layout: Layout, lines: list[int]) -> list[dict[str, Any]]:
    marked = cells["_reason"] != ""
    return [
        {
            "file": layout.file,
            "sheet": layout.sheet,
            "line": line,
            "table": layout.table,
            "reason": reason,
            "note": note,
        }
        for line, reason, note in zip(
            np.array(lines)[marked], cells.loc[marked, "_reason"], cells.loc[marked, "_note"], strict=True
        )
    ]


def _write_truth(made: Company, rows: dict[str, int], planted: list[dict[str, Any]], folder: Path) -> None:
    _csv(truth.unit_means(made), folder / "unit_means.csv")
    _csv(truth.response_rates(made), folder / "response_rates.csv")
    _csv(truth.outliers(made), folder / "outliers.csv")
    _csv(made.duties, folder / "duties.csv")
    if made.promised is not None:
        _csv(made.promised.statuses, folder / "call_backs.csv")
        _csv(made.promised.verdicts, folder / "deviations.csv")
    _csv(served.repeats(made), folder / "repeat_contacts.csv")
    if made.reachable is not None:
        _csv(made.reachable.cases, folder / "outages.csv")
    if made.claimed is not None:
        _csv(made.claimed.cases, folder / "published_figures.csv")
    _json(served.planted(made), folder / "contacts.json")
    columns = ["file", "sheet", "line", "table", "reason", "note"]
    _csv(pd.DataFrame(planted, columns=columns), folder / "broken_rows.csv")
    counts = pd.DataFrame({"file": list(rows), "rows": list(rows.values())})
    split = counts["file"].str.partition("#")
    counts["file"], counts["sheet"] = split[0], split[2]
    _csv(counts[["file", "sheet", "rows"]], folder / "row_counts.csv")
    _json(truth.effects(made), folder / "effects.json")


def _json(document: dict[str, Any], path: Path) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_bytes((text + "\n").encode())


def _csv(frame: pd.DataFrame, path: Path) -> None:
    text = frame.to_csv(index=False, lineterminator="\n", float_format="%.10g", na_rep="")
    path.write_bytes(text.encode())
