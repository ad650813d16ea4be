"""What is true of a generated company, computed from its own tables and never from its exports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from company.generate import Company
from company.instruments import QUESTIONS
from company.places import CHANNELS, SEGMENTS
from company.sketch import expected_mean
from company.world import Link


def unit_means(company: Company) -> pd.DataFrame:
    """Return n, sum and mean by unit, survey type and item over the responses of the period.

    The sum is in half points, hence a whole number: ``mean == sum_half_points / 2 / n``.
    """
    rows = company.tables["responses"]
    rows = rows[rows["in_period"]]
    parts = []
    for survey_type, questions in QUESTIONS.items():
        own = rows[rows["survey_type"] == survey_type]
        for question in questions:
            halves = (own[question.item] * 2).astype("Int64")
            groups = halves.groupby(own["unit_id"])
            part = pd.DataFrame({"n": groups.count(), "sum_half_points": groups.sum()}).reset_index()
            parts.append(part.assign(survey_type=survey_type, item=question.item))
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["n"] > 0]
    frame["mean"] = frame["sum_half_points"].astype(float) / 2 / frame["n"].astype(float)
    columns = ["unit_id", "survey_type", "item", "n", "sum_half_points", "mean"]
    return frame[columns].sort_values(columns[:3], kind="stable", ignore_index=True)


def response_rates(company: Company) -> pd.DataFrame:
    """Return invitations of the period and how many of them were answered, by unit and survey type."""
    asked = company.tables["invitations"]
    asked = asked[asked["in_period"]]
    answered = asked["invitation_id"].isin(company.tables["responses"]["invitation_id"].dropna())
    counts = answered.groupby([asked["unit_id"], asked["survey_type"]]).agg(["size", "sum"]).reset_index()
    counts.columns = pd.Index(["unit_id", "survey_type", "invitations", "responses"])
    counts["response_rate"] = counts["responses"] / counts["invitations"]
    return counts.sort_values(["unit_id", "survey_type"], kind="stable", ignore_index=True)


def outliers(company: Company) -> pd.DataFrame:
    """Return the units planted far from the others, with their lasting distance in latent points."""
    planted = company.scenario.scores.outliers
    return pd.DataFrame(
        {
            "unit_id": list(planted),
            "direction": ["high" if effect > 0 else "low" for effect in planted.values()],
            "effect": list(planted.values()),
        }
    )


def effects(company: Company) -> dict[str, Any]:
    """Return everything planted about pay: links, true effects, gamed units; and fixes and outliers."""
    scenario, world = company.scenario, company.world
    return {
        "scenario": scenario.name,
        "seed": scenario.seed,
        "latent_effect": {role: rule.effect for role, rule in scenario.links},
        "expected_effect_on_mean": {
            role: _shift_of_mean(company, rule.effect) for role, rule in scenario.links
        },
        "links": [_link(company, link) for link in world.links],
        "gamed_units": sorted({world.unit_ids[link.unit] for link in world.links if link.gamed}),
        "suppressed_share": 0.0 if scenario.gaming is None else scenario.gaming.suppress,
        **_forms(company),
        "fixes": [fix.model_dump(mode="json") for fix in scenario.fixes],
        "outliers": dict(scenario.scores.outliers),
        "case_mix": {
            "channel": {code: shift for code, (_, shift) in CHANNELS.items()},
            "segment": {code: shift for code, (_, shift) in SEGMENTS.items()},
        },
    }


def _forms(company: Company) -> dict[str, Any]:
    """Return the further forms of gaming that are planted, if any."""
    gaming = company.scenario.gaming
    planted = {} if gaming is None else {k: v for k, v in gaming.forms.model_dump().items() if v}
    return {"gaming_forms": planted} if planted else {}


def _shift_of_mean(company: Company, effect: float) -> float:
    """Return what a latent effect does to the mean of q_overall of an average unit, in score points."""
    level = np.array([company.scenario.scores.level])
    shift = expected_mean(company.scenario, level + effect) - expected_mean(company.scenario, level)
    return round(float(shift[0]), 4)


def _link(company: Company, link: Link) -> dict[str, Any]:
    return {
        "role": link.role,
        "unit_id": company.world.unit_ids[link.unit],
        "starts_on": link.starts_on.isoformat(),
        "weight": link.weight,
        "last_quarter_latent": round(link.last_quarter, 4),
        "gamed": link.gamed,
    }
