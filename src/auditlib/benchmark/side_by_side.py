"""Raw, adjusted and shrunk values of each unit, side by side, with how reliable they are."""

from __future__ import annotations

import pandas as pd

from auditlib.benchmark.comparisons import MOST_ROWS
from auditlib.benchmark.result import Comparison, named


def side_by_side(raw: Comparison, adjusted: Comparison | None = None) -> pd.DataFrame:
    """Return one row per unit: its value as answered, at the average case mix, and drawn to the mean.

    Parameters
    ----------
    raw, adjusted
        The same comparison without and with adjustment for case mix; None where it could not be adjusted.

    Returns
    -------
    pandas.DataFrame
        unit_id, name, n (or surveys, the published band), raw, low, high, adjusted (where given), shrunk,
        reliability (0 to 1), verdict, and adjusted_verdict where it was adjusted; in order of name. Of more
        than sixty units only those called out by either.
    """
    size = "surveys" if raw.banded else "n"
    rows = named(raw.with_bands(raw.frame[raw.judgement.chosen])).rename(columns={"value": "raw"})
    if "shrunk" not in rows:
        rows = rows.assign(shrunk=float("nan"), reliability=float("nan"))
    columns = ["unit_id", "name", size, "raw", "low", "high", "shrunk", "reliability", "verdict"]
    if adjusted is not None:
        other = adjusted.frame.set_index("unit_id").reindex(rows["unit_id"])
        rows = rows.assign(
            adjusted=other["value"].to_numpy(),
            adjusted_verdict=other["verdict"].fillna("no verdict").to_numpy(),
        )
        columns.insert(6, "adjusted")
        columns.append("adjusted_verdict")
    if len(rows) > MOST_ROWS:
        verdicts = [column for column in columns if column.endswith("verdict")]
        rows = rows[rows[verdicts].isin(["higher", "lower"]).any(axis=1)]
    return rows[columns].sort_values(["name", "unit_id"], kind="stable", ignore_index=True)
