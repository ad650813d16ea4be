"""Is the link itself fair: both roles, the audited metric, enough answers behind each bonus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from auditlib.linkage.definition import (
    Definition,
    completed,
    differences,
    is_audited,
    nearest,
    same_question,
    written,
)
from auditlib.linkage.paid import PUBLISHED, Paid, paid_scores
from auditlib.linkage.panel import Panel
from auditlib.linkage.published import Published
from auditlib.linkage.register import NOUNS, roles_in, running
from auditlib.records import Basis, Finding, Grade, Number, Sentence
from auditlib.statements import counted

FEWEST_ANSWERS = 25
"""Answers a person's bonus should rest on in a pay period."""
SHOWN = 12
"""Characters of a hash that are printed."""


@dataclass(frozen=True, slots=True, eq=False)
class FairPay:
    """What the register of links says about the pay itself.

    Parameters
    ----------
    frame
        One row per role: role, links, by (``person`` or ``unit``), paid (persons or units), period (of pay),
        same (links whose definition is the audited one, by hash), short (persons or units with fewer answers
        in the typical pay period than the minimum), answers (median per pay period), luck (share of the
        variance of scores that is sampling), luck_within (the same within units), turned (share of
        yes-or-no bonuses that another draw of customers would turn).
    definitions
        One row per metric in the register: metric, links, hash, audited (hash of the nearest audited
        definition), differs (in words), same_question, minimum_n, audited_minimum_n.
    minimum
        Answers a bonus should rest on.
    assumed
        Roles whose pay period the register does not name.
    unbased
        Why the bonuses of a role cannot be judged, where they cannot.
    """

    frame: pd.DataFrame
    definitions: pd.DataFrame
    minimum: int
    assumed: tuple[str, ...] = ()
    unbased: str = "No pay period was linked throughout."

    by = ("role",)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role."""
        return self.frame.copy()

    def compared(self) -> pd.DataFrame:
        """Return paid and audited definitions side by side: metric, links, hash, audited, differs."""
        shown = self.definitions.drop(columns=list(_HIDDEN))
        return shown.assign(**{name: shown[name].str[:SHOWN] for name in ("hash", "audited")})

    def numbers(self) -> tuple[Number, ...]:
        """Return every number of the tables."""
        return (Number("fair:minimum", self.minimum, "responses", reason="Declared."), *self._numbers())

    def _numbers(self) -> Iterator[Number]:
        units = {"luck": "share", "luck_within": "share", "turned": "share", "answers": "responses",
                 "by": "", "period": ""}  # fmt: skip
        for row in self.frame.to_dict("records"):
            rests = (Basis("pay_links", (("role", str(row["role"])),)),)
            for name in self.frame.columns.drop("role"):
                absent = pd.isna(row[name])
                yield Number(
                    f"fair:{row['role']}:{name}", None if absent else row[name], units.get(name, "count"),
                    basis=rests, reason=_ABSENT.get(str(name), self.unbased) if absent else "",
                )  # fmt: skip
        for row in self.definitions.to_dict("records"):
            rests = (Basis("pay_links", (("metric", str(row["metric"])),)),)
            yield Number(f"definition:{row['metric']}", row["hash"], "", row["links"], basis=rests)
            yield Number(f"definition:{row['metric']}:audited", row["audited"], "", basis=rests)
            for name in ("links", "minimum_n", "audited_minimum_n"):
                yield Number(f"definition:{row['metric']}:{name}", row[name], _COUNTED[name], basis=rests)

    def summary(self) -> tuple[Sentence, ...]:
        """Say for each role what is unfair, or that nothing is; then whether pay follows what is audited."""
        roles = tuple(self._role(row) for row in self.frame.to_dict("records"))
        return (*roles, *(self._metric(row) for row in self.definitions.to_dict("records")))

    def _metric(self, row: Mapping[Any, Any]) -> Sentence:
        keys = _definition_keys(row)
        many = counted(row["links"], "link follows", "links follow")
        if row["hash"] == row["audited"]:
            silent = not row["minimum_n"] and row["audited_minimum_n"]
            more = "; from how many answers, the register does not say" if silent else ""
            text = f"{many} {row['metric']}, which is an audited metric by its definition{more}."
            return Sentence(text, keys)
        text = f"{many} {row['metric']}, which is not the audited metric: {row['differs']}."
        return Sentence(text, keys)

    def _role(self, row: Mapping[Any, Any]) -> Sentence:
        role, key = str(row["role"]), f"fair:{row['role']}"
        if not row["links"]:
            text = f"The pay of {NOUNS[role]} is not linked: the standard asks for both roles."
            return Sentence(text, (f"{key}:links",))
        if pd.isna(row["short"]):
            why = f"{self.unbased[:1].lower()}{self.unbased.rstrip('.')[1:]}"
            text = f"{NOUNS[role].capitalize()}: {why}, so no bonus can be judged."
            return Sentence(text, (f"{key}:links",))
        short, paid = int(row["short"]), int(row["paid"])  # a column with gaps holds no whole numbers
        whom = counted(paid, "person paid", "persons paid")
        if row["by"] != "person":
            whom = f"{counted(paid, 'unit')} with linked pay (the register names no persons)"
        period = f"{row['period']}{' (assumed: the register names none)' if role in self.assumed else ''}"
        names = ["links", "short", "paid", "luck", "luck_within"]
        most = "up to " if row["period"] == PUBLISHED else ""
        noun, luck = NOUNS[role].capitalize(), f"{most}{100 * row['luck']:.0f}%"
        text = (
            f"{noun}: for {short:,} of {whom} the typical {period} has fewer than "
            f"{counted(self.minimum, 'answer')}; {luck} of the differences in score between units, and "
            f"{most}{100 * row['luck_within']:.0f}% of the ups and downs of one unit, are sampling luck"
        )
        if not pd.isna(row["turned"]):
            names.append("turned")
            text += (
                f"; {100 * row['turned']:.0f}% of yes-or-no bonuses would turn on another draw of customers"
            )
        return Sentence(f"{text}.", (*(f"{key}:{name}" for name in names), "fair:minimum"))

    def findings(self, *, notebook: str) -> tuple[Finding, ...]:
        """Return what an auditor must report: a role without link, another metric, bonuses on few answers."""
        found = [self._finding(row, notebook) for row in self.frame.to_dict("records")]
        found += [_other_metric(row, notebook) for row in self.definitions.to_dict("records")]
        return tuple(finding for finding in found if finding is not None)

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
                metric="pay_linked_roles",
            )
        if pd.isna(row["short"]) or not row["short"]:
            return None
        people = ("person paid", "persons paid") if row["by"] == "person" else ("unit", "units")
        short, paid = int(row["short"]), int(row["paid"])
        whom = f"{short:,} of {counted(paid, *people)} with linked pay of {NOUNS[role]}"
        few = f"fewer than {counted(self.minimum, 'answer')}"
        return Finding(
            f"A12: a bonus rests on at least {counted(self.minimum, 'answer')}",
            f"For {whom} the typical {row['period']} has {few}.",
            f"Bonuses follow the score of a {row['period']} whatever the number of answers behind it.",
            "People are paid for luck as much as for service.",
            "Pay on a longer window or on shrunk scores where answers are few.",
            Grade.MINOR,
            f"bonus on few answers, {NOUNS[role]}",
            tuple(f"{notebook}/{key}" for key in (f"fair:{role}:short", f"fair:{role}:paid", "fair:minimum")),
            shortfall=short / paid,
            headline=f"{few.capitalize()} in a typical {row['period']} for {whom}",
        )


_COUNTED = {"links": "count", "minimum_n": "responses", "audited_minimum_n": "responses"}
_HIDDEN = ("same_question", "minimum_n", "audited_minimum_n")
_NO_PERIOD = "No pay period was linked throughout."
_NO_QUESTION = "The evidence holds no answers to a question that pay follows."
_ABSENT = {"turned": "No bonus of this role is yes or no at a threshold of the paid metric."}


def _definition_keys(row: Mapping[Any, Any]) -> tuple[str, ...]:
    key = f"definition:{row['metric']}"
    return key, *(f"{key}:{name}" for name in ("audited", *_COUNTED))


def _other_metric(row: Mapping[Any, Any], notebook: str) -> Finding | None:
    if row["hash"] == row["audited"]:
        return None
    return Finding(
        "A12: pay follows the metric that is audited",
        f"{row['metric']} is not the audited metric: {row['differs']}.",
        "The register and the audit define the metric apart from one another.",
        "Who is paid on another number will improve another number.",
        "Write the audited definition into the pay agreement: question, statistic, fewest answers.",
        Grade.MINOR if row["same_question"] else Grade.MAJOR,
        f"paid metric {row['metric']}",
        tuple(f"{notebook}/{key}" for key in _definition_keys(row)),
        metric="pay_metric_audited",
        headline=f"Pay follows {row['metric']}, which is not the audited metric",
    )


def fair_pay(
    register: pd.DataFrame,
    shown: Panel | Published | None,
    known: Sequence[Definition],
    *,
    minimum: int = FEWEST_ANSWERS,
) -> FairPay:
    """Check the links of every role against the audited definitions and the answers behind each bonus.

    Parameters
    ----------
    register
        The canonical table ``pay_links``.
    shown
        The paid metric by unit and month, or as published; None where no link pays a question of the audit.
    known
        What the audit measures; see `definition.audited`.
    minimum
        Answers a bonus should rest on in a pay period.
    """
    definitions = _definitions(register, known)
    same = {metric for metric in definitions["metric"] if is_audited(metric, known)}
    rows, assumed = [], []
    for role in roles_in(register):
        mine = running(register, role=role)
        row = {"role": role, "links": len(mine), "same": int(mine["metric"].isin(same).sum())}
        found = None if shown is None else paid_scores(register, shown, role=role)
        rows.append(row | _rested(found, mine, shown, minimum))
        if found is not None and not found.named:
            assumed.append(role)
    columns = ["role", "links", "same", "by", "paid", "period", "short", "answers", "luck", "luck_within",
               "turned"]  # fmt: skip
    unbased = _NO_QUESTION if shown is None else _NO_PERIOD
    return FairPay(pd.DataFrame(rows)[columns], definitions, minimum, tuple(assumed), unbased)


def _definitions(register: pd.DataFrame, known: Sequence[Definition]) -> pd.DataFrame:
    rows = []
    linking = register[register["weight"] > 0]
    for metric, count in linking["metric"].astype(str).value_counts().sort_index().items():
        paid = written(str(metric)) or Definition("", str(metric), "")
        near = nearest(paid, known)
        apart = "; ".join(differences(paid, near))
        same = same_question(paid, near)
        hashed = completed(paid, near).hash
        rows.append((metric, int(count), hashed, near.hash, apart, same, paid.minimum_n, near.minimum_n))
    columns = ["metric", "links", "hash", "audited", "differs", *_HIDDEN]
    return pd.DataFrame(rows, columns=columns)


def _rested(
    found: Paid | None, mine: pd.DataFrame, shown: Panel | Published | None, minimum: int
) -> dict[str, object]:
    """Return what bonuses of one role rested on."""
    if found is None or shown is None:
        names = ("short", "answers", "luck", "luck_within", "turned")
        return dict.fromkeys(names, np.nan) | {
            "by": "unit",
            "paid": int(mine["unit_id"].nunique()),
            "period": "",
        }
    typical, (luck, within) = found.typical(), found.luck()
    return {
        "by": found.by, "paid": len(typical), "period": found.period, "short": int((typical < minimum).sum()),
        "answers": float(np.median(typical)), "luck": luck, "luck_within": within,
        "turned": _turned(found, mine, shown),
    }  # fmt: skip


def _turned(found: Paid, mine: pd.DataFrame, shown: Panel | Published) -> float:
    """Return the share of yes-or-no bonuses that luck would turn; NaN where no link pays that way."""
    if "payout" not in mine or "threshold" not in mine:
        return float("nan")
    steps = mine[(mine["payout"] == "step") & mine["threshold"].notna()]
    own = np.isin(np.array(shown.units), steps["unit_id"].astype(str).to_numpy())
    linked = found.linked & own[:, None]
    if not linked.any():
        return float("nan")
    scale = 100.0 if isinstance(shown, Published) and shown.statistic != "mean" else 1.0
    return float(found.among(own).turned(scale * float(steps["threshold"].median())))
