"""What the evidence holds beside the paid score: who was asked, who answered, how, where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from auditlib.linkage.beside import Beside
from auditlib.linkage.panel import Panel, panel
from auditlib.records import Instrument, Scale
from auditlib.statistics.adoption import Ints


class LinkageEvidence(Protocol):
    """As much of the evidence as linkage needs."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        ...

    @property
    def instruments(self) -> Mapping[str, Instrument] | Sequence[Instrument]:
        """Its survey types."""
        ...

    def cells(self) -> pd.DataFrame:
        """Return the counts in the audited period."""
        ...

    def frame(self, table: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table."""
        ...


def known_beside(evidence: LinkageEvidence, shown: Panel) -> Beside:
    """Return what is known beside the panel `shown` of the paid question."""
    given = evidence.instruments
    named = given if isinstance(given, Mapping) else {one.survey_type: one for one in given}
    items = {item.item: item for item in named[shown.survey_type].items}
    cells = evidence.cells()
    kept = cells[cells["survey_type"] == shown.survey_type]
    return Beside(
        invitations=_monthly(evidence, "invitations", "sent_day", shown),
        responses=_monthly(evidence, "responses", "submitted_day", shown),
        mix=_mix(evidence, shown),
        channel=_channel(evidence, shown),
        between=_between(kept[kept["item"] == shown.item], items[shown.item].scale),
        questions={
            item: panel(cells, survey_type=shown.survey_type, item=item, wording=one.wording)
            for item, one in items.items()
            if item != shown.item and (kept["item"] == item).any()
        },
        statistic=_other_way(cells, shown, items[shown.item].scale),
        region=regions(evidence),
    )


def regions(evidence: LinkageEvidence) -> dict[str, str]:
    """Return the region of each unit that has one; none without a register of units."""
    if "units" not in evidence.tables:
        return {}
    units = evidence.frame("units", columns=["unit_id", "region"]).dropna()
    return {str(unit): str(region) for unit, region in zip(units["unit_id"], units["region"], strict=True)}


def _other_way(cells: pd.DataFrame, shown: Panel, scale: Scale) -> Panel:
    """Return the question as a top-box share, or as a mean where pay follows a share."""
    return panel(
        cells, survey_type=shown.survey_type, item=shown.item,
        statistic="top_box" if shown.statistic == "mean" else "mean", top=scale.top_box,
    )  # fmt: skip


def _between(cells: pd.DataFrame, scale: Scale) -> pd.DataFrame | None:
    """Return the share of answers between whole scores; None where the scale has whole steps only."""
    if float(scale.step).is_integer():
        return None
    halves = cells.assign(value=cells["n"] * (cells["score"] % 1 != 0))
    total = halves.groupby(["unit_id", "month"])[["n", "value"]].sum()
    return total.assign(value=total["value"] / total["n"]).reset_index()


def _monthly(evidence: LinkageEvidence, table: str, day: str, like: Panel) -> pd.DataFrame | None:
    """Count rows of the paid survey by unit and local month."""
    if table not in evidence.tables:
        return None
    rows = evidence.frame(table, columns=["unit_id", "survey_type", day, "in_period"])
    rows = rows[rows["in_period"] & (rows["survey_type"] == like.survey_type)]
    counted = rows.assign(month=_month(rows[day])).groupby(["unit_id", "month"]).size()
    return counted.rename("n").reset_index()


def _month(days: pd.Series) -> Ints:
    months = (np.datetime64("1970-01-01", "D") + days.to_numpy(dtype=np.int64)).astype("datetime64[M]")
    since = months.astype(np.int64) + 1970 * 12
    return np.asarray(since // 12 * 100 + since % 12 + 1, dtype=np.int64)


def _answered(evidence: LinkageEvidence, like: Panel, columns: Sequence[str]) -> pd.DataFrame:
    """Return the responses to the paid question in the period, with their month."""
    wanted = ["unit_id", "survey_type", "submitted_day", "in_period", like.item, *columns]
    rows = evidence.frame("responses", columns=wanted)
    rows = rows[rows["in_period"] & (rows["survey_type"] == like.survey_type) & rows[like.item].notna()]
    return rows.assign(month=_month(rows["submitted_day"]))


def _mix(evidence: LinkageEvidence, like: Panel) -> pd.DataFrame:
    """Return the score that each unit-month's mix of channels and types would give across the party."""
    rows = _answered(evidence, like, ["channel", "transaction_type"])
    kind = [rows["channel"].fillna(""), rows["transaction_type"].fillna("")]
    return _means(rows.assign(value=rows.groupby(kind)[like.item].transform("mean")))


def _channel(evidence: LinkageEvidence, like: Panel) -> pd.DataFrame | None:
    """Return the share of answers that came from customers of the party's commonest channel."""
    rows = _answered(evidence, like, ["channel"]).dropna(subset=["channel"])
    if rows["channel"].nunique() < 2:
        return None
    commonest = rows["channel"].value_counts().sort_index().idxmax()
    return _means(rows.assign(value=(rows["channel"] == commonest).astype(float)))


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby(["unit_id", "month"])["value"]
    return pd.DataFrame({"n": grouped.size(), "value": grouped.mean()}).reset_index()
