"""Is the link itself fair: both roles, the audited metric, enough answers behind each bonus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.compensation.definition import (
    Definition,
    completed,
    differences,
    is_audited,
    nearest,
    same_question,
    written,
)
from auditlib.compensation.paid import Paid, paid_scores
from auditlib.compensation.panel import Panel
from auditlib.compensation.published import Published
from auditlib.compensation.register import ROLES, roles_in, running
from auditlib.compensation.result import NOT_ASSESSABLE
from auditlib.records import Refusal

FEWEST_ANSWERS = 25
"""Answers a person's bonus should rest on in a pay period."""
NO_PERIOD = "No pay period was linked throughout."
NO_QUESTION = "The evidence holds no answers to a question that pay follows."
_BASED = ("by", "paid", "period", "short", "answers", "luck", "luck_within", "turned")
_DEFINED = (
    "metric", "links", "hash", "audited", "differs", "same_question", "minimum_n", "audited_minimum_n",
    "units",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class FairPay:
    """What the register of links says about the pay itself.

    Parameters
    ----------
    frame
        One row per role: role, links, same (links whose definition is the audited one, by hash), by
        (``person`` or ``unit``), paid (persons or units), period (of pay), short (persons or units with
        fewer answers in the typical pay period than the minimum), answers (median per pay period), luck
        (share of the variance of scores that is sampling), luck_within (the same within units), turned
        (share of yes-or-no bonuses that another draw of customers would flip).
    definitions
        One row per metric in the register: metric, links, hash, audited (hash of the nearest audited
        definition), differs (in words), same_question, minimum_n, audited_minimum_n, units (of each role).
    minimum
        Answers a bonus should rest on.
    assumed
        Roles whose pay period the register does not name.
    unbased
        Why the bonuses of a role cannot be judged, where they cannot.
    not_assessable
        Why nothing can be said at all: there is no register to judge.
    """

    frame: pd.DataFrame
    definitions: pd.DataFrame
    minimum: int
    assumed: tuple[str, ...] = ()
    unbased: str = NO_PERIOD
    not_assessable: Refusal | None = None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role."""
        return self.frame.copy()


def without_register(why: Refusal) -> FairPay:
    """Return that nothing can be said of the roles a standard asks for, with the reason."""
    rows = [(role, NOT_ASSESSABLE, why.reason) for role in ROLES]
    frame = pd.DataFrame(rows, columns=["role", "claim", "why"])
    return FairPay(frame, pd.DataFrame(columns=_DEFINED), FEWEST_ANSWERS, not_assessable=why)


def fair_pay(
    register: pd.DataFrame,
    figures: Panel | Published | None,
    references: Sequence[Definition],
    *,
    minimum: int = FEWEST_ANSWERS,
) -> FairPay:
    """Check the links of every role against the audited definitions and the answers behind each bonus.

    Parameters
    ----------
    register
        The canonical table ``pay_links``.
    figures
        The paid metric by unit and month, or as published; None where no link pays a question of the audit.
    references
        What the audit measures; see `definition.audited`.
    minimum
        Answers a bonus should rest on in a pay period.
    """
    definitions = _definitions(register, references)
    agreeing = {metric for metric in definitions["metric"] if is_audited(metric, references)}
    rows, assumed = [], []
    for role in roles_in(register):
        entries = running(register, role=role)
        links = {"role": role, "links": len(entries), "same": int(entries["metric"].isin(agreeing).sum())}
        paid = None if figures is None else paid_scores(register, figures, role=role)
        rows.append(links | _based(paid, entries, figures, minimum))
        if paid is not None and not paid.period_named:
            assumed.append(role)
    frame = pd.DataFrame(rows)[["role", "links", "same", *_BASED]]
    unbased = NO_QUESTION if figures is None else NO_PERIOD
    return FairPay(frame, definitions, minimum, tuple(assumed), unbased)


def _definitions(register: pd.DataFrame, references: Sequence[Definition]) -> pd.DataFrame:
    rows = []
    linking = register[register["weight"] > 0]
    for metric, count in linking["metric"].astype(str).value_counts().sort_index().items():
        paid = written(str(metric)) or Definition("", str(metric), "")
        near = nearest(paid, references)
        hashes = (completed(paid, near).hash, near.hash)
        differs, agrees = "; ".join(differences(paid, near)), same_question(paid, near)
        least = (paid.minimum_n, near.minimum_n)
        rows.append((metric, int(count), *hashes, differs, agrees, *least, _units_by_role(linking, metric)))
    return pd.DataFrame(rows, columns=_DEFINED)


def _units_by_role(linking: pd.DataFrame, metric: object) -> dict[str, int]:
    """Return in how many units the pay of each role follows a metric."""
    own = linking[linking["metric"].astype(str) == str(metric)]
    return {role: int(own.loc[own["role"] == role, "unit_id"].nunique()) for role in sorted(set(own["role"]))}


def _based(
    paid: Paid | None, entries: pd.DataFrame, figures: Panel | Published | None, minimum: int
) -> dict[str, object]:
    """Return what bonuses of one role were based on."""
    if paid is None or figures is None:
        units = int(entries["unit_id"].nunique())
        return dict.fromkeys(_BASED, np.nan) | {"by": "unit", "paid": units, "period": ""}
    typical, (between, within) = paid.typical(), paid.sampling_variance()
    return {
        "by": paid.by,
        "paid": len(typical),
        "period": paid.period,
        "short": int((typical < minimum).sum()),
        "answers": float(np.median(typical)),
        "luck": between,
        "luck_within": within,
        "turned": _flip_rate(paid, entries, figures),
    }


def _flip_rate(paid: Paid, entries: pd.DataFrame, figures: Panel | Published) -> float:
    """Return the share of yes-or-no bonuses that another draw flips; NaN where no link pays that way."""
    if "payout" not in entries or "threshold" not in entries:
        return float("nan")
    steps = entries[(entries["payout"] == "step") & entries["threshold"].notna()]
    stepped = np.isin(np.array(figures.units), steps["unit_id"].astype(str).to_numpy())
    if not (paid.linked & stepped[:, None]).any():
        return float("nan")
    scale = 100.0 if isinstance(figures, Published) and figures.statistic != "mean" else 1.0
    return paid.among(stepped).flip_rate(scale * float(steps["threshold"].median()))
