"""Is the link itself fair: both roles, the audited metric, enough answers behind each bonus."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from auditlib.linkage.panel import Panel
from auditlib.linkage.register import NOUNS, ROLES, RoleLinks
from auditlib.records import Basis, Finding, Grade, Number, Sentence

_SAID = ("links", "audited", "units_short", "luck", "luck_within")
FEWEST_ANSWERS = 25
"""Answers a person's bonus should rest on in a quarter."""
QUARTER = 3


@dataclass(frozen=True, slots=True, eq=False)
class FairPay:
    """What the register of links says about the pay itself.

    Parameters
    ----------
    frame
        One row per role: role, links, units, audited (links on the audited metric), units_short (units
        with fewer answers a quarter than the minimum), answers (median per unit and quarter), luck
        (share of the variance of quarterly scores that is sampling), luck_within (the same within units).
    minimum
        Answers a bonus should rest on.
    """

    frame: pd.DataFrame
    minimum: int
    metric: str

    by = ("role",)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role."""
        return self.frame.copy()

    def numbers(self) -> tuple[Number, ...]:
        """Return every number of the table."""
        units = {"luck": "share", "luck_within": "share", "answers": "responses"}
        found = [
            Number(
                f"fair:{row['role']}:{name}",
                None if pd.isna(row[name]) else row[name],
                units.get(name, "count"),
                basis=(Basis("pay_links", (("role", str(row["role"])),)),),
                reason="No linked month in the panel." if pd.isna(row[name]) else "",
            )
            for row in self.frame.to_dict("records")
            for name in self.frame.columns
            if name != "role"
        ]  # fmt: skip
        return (Number("fair:minimum", self.minimum, "responses", reason="Declared."), *found)

    def summary(self) -> tuple[Sentence, ...]:
        """Say for each role what is unfair, or that nothing is."""
        return tuple(self._role(row) for row in self.frame.to_dict("records"))

    def findings(self, *, notebook: str) -> tuple[Finding, ...]:
        """Return what an auditor must report: a role without link, bonuses on too few answers."""
        rows = self.frame.to_dict("records")
        return tuple(finding for row in rows if (finding := self._finding(row, notebook)) is not None)

    def _finding(self, row: Mapping[Any, Any], notebook: str) -> Finding | None:
        role = str(row["role"])
        if not row["links"]:
            return Finding(
                "A12: satisfaction is linked to the pay of managers and of staff",
                f"No pay of {NOUNS[role]} is linked.",
                "The register of pay links has no entry for the role.",
                "One role carries the goal alone.",
                "Link both roles, or record why not.",
                Grade.MAJOR,
                f"pay links, {NOUNS[role]}",
                (f"{notebook}/fair:{role}:links",),
            )
        if pd.isna(row["units_short"]) or not row["units_short"]:
            return None
        return Finding(
            f"A12: a bonus rests on at least {self.minimum} answers",
            f"In {row['units_short']} of {row['units']} units with linked pay of {NOUNS[role]} the typical "
            "quarter has fewer answers.",
            "Bonuses follow quarterly scores whatever the number of answers behind them.",
            "People are paid for luck as much as for service.",
            "Pay on a longer window or on shrunk scores where answers are few.",
            Grade.MINOR,
            f"bonus on few answers, {NOUNS[role]}",
            (f"{notebook}/fair:{role}:units_short", f"{notebook}/fair:{role}:luck"),
        )

    def _role(self, row: Mapping[Any, Any]) -> Sentence:
        role, links = str(row["role"]), int(str(row["links"]))
        names = ("links", "audited", "units_short", "luck", "luck_within")
        keys = tuple(f"fair:{role}:{name}" for name in names)
        if not links:
            text = f"The pay of {NOUNS[role]} is not linked: the standard asks for both roles."
            return Sentence(text, keys[:1])
        short, units = int(str(row["units_short"])), int(str(row["units"]))
        luck, within = float(str(row["luck"])), float(str(row["luck_within"]))
        text = (
            f"{NOUNS[role].capitalize()}: {row['audited']} of {links} links pay the metric audited here; in "
            f"{short} of {units} linked units the typical quarter has fewer than {self.minimum} answers; "
            f"{100 * luck:.0f} % of the differences in quarterly scores between linked units, and "
            f"{100 * within:.0f} % of the ups and downs of one unit, are sampling luck."
        )
        return Sentence(text, (*keys, f"fair:{role}:units", "fair:minimum"))


def fair_pay(
    register: pd.DataFrame, panel: Panel, links: tuple[RoleLinks, ...], *, minimum: int = FEWEST_ANSWERS
) -> FairPay:
    """Check the links of both roles.

    Luck is the variance that sampling gives a quarterly mean, over the variance of quarterly means of linked
    units in linked quarters: what part of a bonus that follows the mean is chance.
    """
    metric = f"{panel.survey_type}:{panel.item}:{panel.statistic}"
    rows = []
    for role in ROLES:
        mine = register[register["role"] == role]
        placed = next((one for one in links if one.role == role), None)
        row: dict[str, object] = {
            "role": role, "links": len(mine), "units": int(mine["unit_id"].nunique()),
            "audited": int((mine["metric"] == metric).sum()),
        }  # fmt: skip
        rows.append(row | _luck(panel, placed, minimum))
    return FairPay(pd.DataFrame(rows), minimum, metric)


def _luck(panel: Panel, links: RoleLinks | None, minimum: int) -> dict[str, object]:
    nothing = {"units_short": pd.NA, "answers": np.nan, "luck": np.nan, "luck_within": np.nan}
    if links is None or not links.linked.any():
        return dict(nothing)
    length = len(panel.months) // QUARTER * QUARTER
    shape = (len(panel.units), -1, QUARTER)
    n = (panel.n * links.linked)[:, :length].reshape(shape).sum(axis=2)
    total = (panel.n * links.linked * panel.value)[:, :length].reshape(shape).sum(axis=2)
    full = np.asarray(links.linked[:, :length].reshape(shape).all(axis=2), dtype=bool)
    units = full.any(axis=1)
    typical = np.array([np.median(row[keep]) for row, keep in zip(n[units], full[units], strict=True)])
    seen = full & (n > 0)
    value, answers = total[seen] / n[seen], n[seen]
    own = np.repeat(np.arange(len(n))[:, None], n.shape[1], axis=1)[seen]
    mean = np.bincount(own, weights=value, minlength=len(n)) / np.maximum(
        np.bincount(own, minlength=len(n)), 1
    )
    repeated = np.bincount(own, minlength=len(n))[own] > 1
    chance = float((panel.variance / answers).mean())
    spread = float(value.var(ddof=1)) if len(value) > 1 else 0.0
    within = float(
        ((value - mean[own])[repeated] ** 2).sum() / max(1, repeated.sum() - len(set(own[repeated])))
    )
    return {
        "units_short": int((typical < minimum).sum()), "answers": float(np.median(typical)),
        "luck": min(1.0, chance / spread) if spread > 0 else 1.0,
        "luck_within": min(1.0, float((panel.variance / answers[repeated]).mean()) / within)
        if within > 0
        else 1.0,
    }  # fmt: skip
