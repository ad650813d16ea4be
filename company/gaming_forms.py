"""Further forms of gaming that can be planted in the gamed cohort; all off by default.

Each form changes what the survey tool would have recorded of the transactional survey in gamed units from
the day of their link on. With every switch at 0, nothing is drawn and nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import Field

from auditlib.parameters.run import Strict
from company.clock import DAY, clear_of_changes, to_local, to_utc
from company.instruments import QUESTIONS, TRANSACTIONAL
from company.places import HEADQUARTERS

if TYPE_CHECKING:
    from company.surveys import Surveys
    from company.world import World

Flags = npt.NDArray[np.bool_]
Share = Annotated[float, Field(ge=0, le=1)]
_ITEMS = [question.item for question in QUESTIONS[TRANSACTIONAL]]
_QUOTES = (
    "The agent asked me to rate the call, so I did.",
    "Ich wurde um eine gute Bewertung gebeten.",
    "He said: give us a five, it affects my bonus.",
    "On m'a demandé une bonne note.",
)
_LAST_DAYS = 3
_NEAR = 0.12
"""Months this far below the threshold are lifted over it."""


class Forms(Strict):
    """Switches of the planted forms; each is a share, and 0 plants nothing."""

    discouraged: Share = Field(0, description="Unhappy customers who are talked out of answering.")
    complainants_unasked: Share = Field(
        0, description="Customers who complain who are not invited within 14 days before or after."
    )
    not_again: Share = Field(0, description="Customers with a low answer who are not invited for 90 days.")
    not_after_complaint: Share = Field(0, description="Complainants who are not invited for 90 days.")
    lifted: Share = Field(0, description="Months just below the threshold that are lifted over it.")
    month_end: Share = Field(0, description="Top answers collected in the last days of their month.")
    filled_in: Share = Field(0, description="Answers replaced by top scores without a comment.")
    one_device: Share = Field(0, description="Answers given on one device of the unit.")
    begging: Share = Field(0, description="Comments that quote a request for a score.")
    straight: Share = Field(0, description="Answers with the first question's score throughout.")


def with_forms(
    forms: Forms,
    drawn: Surveys,
    complained: pd.DataFrame,
    place: World,
    *,
    threshold: float,
    rng: np.random.Generator,
) -> Surveys:
    """Return the surveys with the forms planted; the same object where all switches are at 0.

    `complained` names the customers who complained, the unit and the instant.
    """
    if not any(forms.model_dump().values()):
        return drawn
    from company.surveys import Surveys

    rows = drawn.responses
    gamed = _gamed(rows, place)
    rows = _filled_in(rows, gamed, forms, rng)
    rows = _marked(rows, gamed, forms, rng)
    rows = _lifted(rows, gamed, forms, place, threshold=threshold, rng=rng)
    rows = _at_month_end(rows, gamed, forms, place, rng)
    rows["lowest"] = np.where(gamed, rows[_ITEMS].min(axis=1), rows["lowest"])
    unhappy = gamed & (rows["q_overall"] < 4).to_numpy()
    kept = ~(unhappy & (rng.random(len(rows)) < forms.discouraged))
    low = rows[unhappy].rename(columns={"submitted": "known"})
    asked = _not_again(drawn.invitations, low, forms.not_again, rng)
    since = _since(complained["unit_id"], place, place.unit_ids)
    asked = _not_again(asked, complained[complained["known"] >= since], forms.not_after_complaint, rng)
    asked = _unasked(asked, complained[complained["known"] >= since], forms.complainants_unasked, rng)
    answered = rows["invitation_id"].isna() | rows["invitation_id"].isin(asked["invitation_id"])
    return Surveys(asked, rows[kept & answered].reset_index(drop=True))


def _gamed(rows: pd.DataFrame, place: World) -> Flags:
    since = _since(rows["unit"], place, range(len(place.unit_ids)))
    return np.asarray(
        (rows["submitted"].to_numpy() >= since) & (rows["survey_type"] == TRANSACTIONAL).to_numpy()
    )


def _since(units: pd.Series[Any], place: World, names: Sequence[Any]) -> npt.NDArray[np.float64]:
    """Return since when the unit of each row is gamed; missing where it is not."""
    starts = {
        names[link.unit]: pd.Timestamp(link.starts_on, tz="UTC").timestamp()
        for link in place.links
        if link.gamed
    }
    return units.map(starts).to_numpy(float)


def _filled_in(rows: pd.DataFrame, gamed: Flags, forms: Forms, rng: np.random.Generator) -> pd.DataFrame:
    rows = rows.copy()
    chosen = gamed & (rng.random(len(rows)) < forms.filled_in)
    rows.loc[chosen, _ITEMS] = 5.0
    rows.loc[chosen, "comment"] = None
    return rows


def _marked(rows: pd.DataFrame, gamed: Flags, forms: Forms, rng: np.random.Generator) -> pd.DataFrame:
    straight = gamed & (rng.random(len(rows)) < forms.straight) & rows["q_overall"].notna().to_numpy()
    rows.loc[straight, _ITEMS] = np.repeat(rows.loc[straight, ["q_overall"]].to_numpy(), len(_ITEMS), axis=1)
    device = gamed & (rng.random(len(rows)) < forms.one_device)
    rows.loc[device, "device_id"] = "unit" + rows.loc[device, "unit"].astype(str).str.zfill(4)
    begged = gamed & rows["comment"].notna().to_numpy() & (rng.random(len(rows)) < forms.begging)
    rows.loc[begged, "comment"] = np.array(_QUOTES)[rng.integers(0, len(_QUOTES), int(begged.sum()))]
    return rows


def _lifted(
    rows: pd.DataFrame,
    gamed: Flags,
    forms: Forms,
    place: World,
    *,
    threshold: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Turn answers of a month just below the threshold into top scores, best first, until it is over it."""
    if not forms.lifted:
        return rows
    local = to_local(rows["submitted"].to_numpy(), place.zones[rows["unit"]])
    month = pd.to_datetime(local, unit="s").to_period("M").astype(str)
    own = rows[gamed & rows["q_overall"].notna().to_numpy()]
    for _, part in own.groupby([own["unit"], np.asarray(month)[own.index]], sort=True):
        short = threshold - part["q_overall"].mean()
        if 0 < short <= _NEAR and rng.random() < forms.lifted:
            order = part.loc[part["q_overall"] < 5, "q_overall"].sort_values(ascending=False, kind="stable")
            gain = (5.0 - order).cumsum() / len(part)
            rows.loc[order.index[: int((gain < short - 1e-9).sum()) + 1], _ITEMS] = 5.0
    return rows


def _at_month_end(
    rows: pd.DataFrame, gamed: Flags, forms: Forms, place: World, rng: np.random.Generator
) -> pd.DataFrame:
    """Move top answers to the last days of their month, at the same time of day."""
    top = gamed & (rows["q_overall"] == 5).to_numpy() & (rng.random(len(rows)) < forms.month_end)
    if not top.any():
        return rows
    zones = place.zones[rows["unit"]]
    local = to_local(rows["submitted"].to_numpy(), zones)
    days = pd.to_datetime(local // DAY, unit="D")
    left = np.asarray(days.days_in_month - days.day)
    wait = np.maximum(left - rng.integers(0, _LAST_DAYS, len(rows)), 0)
    moved = clear_of_changes(to_utc(local + wait * DAY, zones), zones, np.full(len(rows), HEADQUARTERS))
    rows["submitted"] = np.where(top & (wait > 0), moved, rows["submitted"])
    return rows


def _unasked(
    asked: pd.DataFrame, complained: pd.DataFrame, share: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the invitations still sent when those who complain are left out near their complaint."""
    if not share:
        return asked
    known = complained[complained["customer_id"].notna()][["customer_id", "known"]].astype({"known": "int64"})
    left = asked[["invitation_id", "customer_id", "sent", "survey_type"]].astype({"sent": "int64"})
    met = pd.merge_asof(
        left.sort_values("sent", kind="stable"), known.sort_values("known"), left_on="sent", right_on="known",
        by="customer_id", direction="nearest", tolerance=14 * DAY,
    )  # fmt: skip
    blocked = met["known"].notna().to_numpy() & (met["survey_type"] == TRANSACTIONAL).to_numpy()
    blocked &= rng.random(len(met)) < share
    gone = set(met.loc[blocked, "invitation_id"])
    return asked[~asked["invitation_id"].isin(gone)].reset_index(drop=True)


def _not_again(
    asked: pd.DataFrame, known: pd.DataFrame, share: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the invitations still sent when customers known to be unhappy are left out for 90 days."""
    if not share:
        return asked
    since = known[known["customer_id"].notna()][["customer_id", "known"]]
    since = since.astype({"known": "int64"}).sort_values("known")
    left = asked[["invitation_id", "customer_id", "sent", "survey_type"]].astype({"sent": "int64"})
    met = pd.merge_asof(
        left.sort_values("sent", kind="stable"), since, left_on="sent", right_on="known", by="customer_id",
        allow_exact_matches=False, tolerance=90 * DAY,
    )  # fmt: skip
    blocked = met["known"].notna().to_numpy() & (met["survey_type"] == TRANSACTIONAL).to_numpy()
    blocked &= rng.random(len(met)) < share
    gone = set(met.loc[blocked, "invitation_id"])
    return asked[~asked["invitation_id"].isin(gone)].reset_index(drop=True)
