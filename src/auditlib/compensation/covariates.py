"""What else is known of the units and months of a panel: who was asked, who answered, how, where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from auditlib.compensation.panel import Panel, Statistic, panel
from auditlib.contracts import CanonicalTables
from auditlib.records import Scale
from auditlib.time.months import months_of_days


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """Counts and figures beside the paid score; what is None was not supplied.

    Parameters
    ----------
    invitations, responses
        Counts of the paid survey: unit_id, month, n.
    mix
        unit_id, month, n, value: mean score that respondents of that mix (channel, type of transaction) give
        across the party. It moves only when other customers answer.
    channel
        unit_id, month, n, value: share of responses from the party's commonest channel.
    between
        unit_id, month, n, value: share of answers between whole scores, where the scale allows them.
    questions
        Panels of questions that are not paid, by item.
    statistic
        The paid question summed up the other way (top-box share for a mean, mean for a share).
    region
        Region of each unit.
    """

    invitations: pd.DataFrame | None = None
    responses: pd.DataFrame | None = None
    mix: pd.DataFrame | None = None
    channel: pd.DataFrame | None = None
    between: pd.DataFrame | None = None
    questions: Mapping[str, Panel] = field(default_factory=dict)
    statistic: Panel | None = None
    region: Mapping[str, str] = field(default_factory=dict)


def covariates(tables: CanonicalTables, paid: Panel) -> Covariates:
    """Return what the evidence holds beside the panel of the paid question."""
    items = {item.item: item for item in tables.instruments[paid.survey_type].items}
    scale, cells = items[paid.item].scale, tables.cells()
    answers = cells[cells["survey_type"] == paid.survey_type]
    return Covariates(
        invitations=_monthly(tables, "invitations", "sent_day", paid),
        responses=_monthly(tables, "responses", "submitted_day", paid),
        mix=_mix(tables, paid),
        channel=_channel(tables, paid),
        between=_between(answers[answers["item"] == paid.item], scale),
        questions={
            name: panel(cells, survey_type=paid.survey_type, item=name, wording=item.wording)
            for name, item in items.items()
            if name != paid.item and (answers["item"] == name).any()
        },
        statistic=_other_way(cells, paid, scale),
        region=regions(tables),
    )


def regions(tables: CanonicalTables) -> dict[str, str]:
    """Return the region of each unit that has one; none without a register of units."""
    if "units" not in tables.tables:
        return {}
    units = tables.frame("units", columns=["unit_id", "region"]).dropna()
    return {str(unit): str(region) for unit, region in zip(units["unit_id"], units["region"], strict=True)}


def _other_way(cells: pd.DataFrame, paid: Panel, scale: Scale) -> Panel:
    """Return the question as a top-box share, or as a mean where pay follows a share."""
    statistic: Statistic = "top_box" if paid.statistic == "mean" else "mean"
    return panel(cells, survey_type=paid.survey_type, item=paid.item, statistic=statistic, top=scale.top_box)


def _between(cells: pd.DataFrame, scale: Scale) -> pd.DataFrame | None:
    """Return the share of answers between whole scores; None where the scale has whole steps only."""
    if float(scale.step).is_integer():
        return None
    halves = cells.assign(value=cells["n"] * (cells["score"] % 1 != 0))
    total = halves.groupby(["unit_id", "month"])[["n", "value"]].sum()
    return total.assign(value=total["value"] / total["n"]).reset_index()


def _monthly(tables: CanonicalTables, table: str, day: str, like: Panel) -> pd.DataFrame | None:
    """Count rows of the paid survey by unit and local month."""
    if table not in tables.tables:
        return None
    rows = tables.frame(table, columns=["unit_id", "survey_type", day, "in_period"])
    rows = rows[rows["in_period"] & (rows["survey_type"] == like.survey_type)]
    per_month = rows.assign(month=months_of_days(rows[day])).groupby(["unit_id", "month"]).size()
    return per_month.rename("n").reset_index()


def _answered(tables: CanonicalTables, like: Panel, columns: Sequence[str]) -> pd.DataFrame:
    """Return the responses to the paid question in the period, with their month."""
    wanted = ["unit_id", "survey_type", "submitted_day", "in_period", like.item, *columns]
    rows = tables.frame("responses", columns=wanted)
    rows = rows[rows["in_period"] & (rows["survey_type"] == like.survey_type) & rows[like.item].notna()]
    return rows.assign(month=months_of_days(rows["submitted_day"]))


def _mix(tables: CanonicalTables, like: Panel) -> pd.DataFrame:
    """Return the score that each unit-month's mix of channels and types would give across the party."""
    rows = _answered(tables, like, ["channel", "transaction_type"])
    kind = [rows["channel"].fillna(""), rows["transaction_type"].fillna("")]
    return _means(rows.assign(value=rows.groupby(kind)[like.item].transform("mean")))


def _channel(tables: CanonicalTables, like: Panel) -> pd.DataFrame | None:
    """Return the share of answers that came from customers of the party's commonest channel."""
    rows = _answered(tables, like, ["channel"]).dropna(subset=["channel"])
    if rows["channel"].nunique() < 2:
        return None
    commonest = rows["channel"].value_counts().sort_index().idxmax()
    return _means(rows.assign(value=(rows["channel"] == commonest).astype(float)))


def _means(rows: pd.DataFrame) -> pd.DataFrame:
    grouped = rows.groupby(["unit_id", "month"])["value"]
    return pd.DataFrame({"n": grouped.size(), "value": grouped.mean()}).reset_index()
