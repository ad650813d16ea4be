"""Whether links are fair, in words: facts, sentences, findings and tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from auditlib.compensation.facts import LINKS, of_role
from auditlib.compensation.fair_pay import FairPay
from auditlib.compensation.paid import PUBLISHED
from auditlib.compensation.register import NOUNS
from auditlib.records import Basis, Finding, Grade, Number, Sentence
from auditlib.statements import Answer, Exhibit, Facts, counted, listed, say

KEY = "not_assessable:fair_pay"
SHOWN = 12
"""Characters of a hash that are printed."""
_LABELS = {
    "luck": "Luck between units",
    "luck_within": "Luck within a unit",
    "turned": "Bonuses luck turns",
}
_UNITS = {**dict.fromkeys(_LABELS, "share"), "answers": "responses", "by": "", "period": ""}
_COUNTED = {"links": "count", "minimum_n": "responses", "audited_minimum_n": "responses"}
_NO_STEPS = "No bonus of this role is yes or no at a threshold of the paid metric."
Row = dict[str, Any]


@dataclass(frozen=True, eq=False, repr=False)
class FairPayAnswer(Answer[FairPay]):
    """Whether the links themselves are fair, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return every number of the tables, or that there is none and why."""
        why = self.result.not_assessable
        if why is not None:
            return (Number(KEY, None, reason=f"{why.reason} {why.remedy}".strip()),)
        declared = Number("fair:minimum", self.result.minimum, "responses", reason="Declared.")
        return (declared, *_of_roles(self.result), *_of_definitions(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Say for each role what is unfair, or that nothing is; then whether pay follows what is audited."""
        if self.result.not_assessable is not None:
            reason = self.result.not_assessable.reason
            return (Sentence(f"Whether the links are fair is not assessable: {reason}", (KEY,)),)
        roles = (_role(row, self.result, self.facts) for row in self._roles)
        return (*roles, *(_metric(row) for row in self._metrics))

    def findings(self) -> tuple[Finding, ...]:
        """Return what an auditor must report: a role without link, another metric, bonuses on few answers."""
        if self.result.not_assessable is not None:
            return ()
        raised = [_of_role(row, self.result.minimum) for row in self._roles]
        raised += [_other_metric(row) for row in self._metrics]
        return tuple(finding for finding in raised if finding is not None)

    def links(self) -> Exhibit:
        """Return the table of roles: how many links, what bonuses rest on, how much of it is sampling."""
        shares = dict.fromkeys(_LABELS, "share")
        title, facts = "The links themselves", tuple(self.facts)
        return Exhibit(self.to_frame(), title, ("role",), LINKS, facts, units=shares, labels=_LABELS)

    def definitions(self) -> tuple[Exhibit, ...]:
        """Return paid and audited definitions side by side; nothing where no paid metric is known."""
        frame = self.result.definitions[["metric", "links", "hash", "audited", "differs"]]
        short = frame.assign(**{name: frame[name].str[:SHOWN] for name in ("hash", "audited")})
        title = "The paid metric and the audited one"
        return (Exhibit(short, title, ("metric",), LINKS),) if len(short) else ()

    @property
    def _roles(self) -> list[Row]:
        return _rows(self.result.frame)

    @property
    def _metrics(self) -> list[Row]:
        return _rows(self.result.definitions)


def _rows(frame: pd.DataFrame) -> list[Row]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _of_roles(result: FairPay) -> Iterator[Number]:
    for row in result.frame.to_dict("records"):
        rows = (Basis("pay_links", (("role", str(row["role"])),)),)
        for name in result.frame.columns.drop("role"):
            absent = pd.isna(row[name])
            no_value = (_NO_STEPS if name == "turned" else result.unbased) if absent else ""
            yield Number(
                f"fair:{row['role']}:{name}",
                None if absent else row[name],
                _UNITS.get(name, "count"),
                basis=rows,
                reason=no_value,
            )


def _of_definitions(result: FairPay) -> Iterator[Number]:
    for row in result.definitions.to_dict("records"):
        key, rows = f"definition:{row['metric']}", (Basis("pay_links", (("metric", str(row["metric"])),)),)
        # Links and units are no persons: few of them give nobody away, so that they are no n.
        yield Number(key, row["hash"], "", basis=rows)
        for role, units in row["units"].items():
            yield Number(f"{key}:units:{role}", units, "units", basis=rows)
        yield Number(f"{key}:audited", row["audited"], "", basis=rows)
        for name, unit in _COUNTED.items():
            yield Number(f"{key}:{name}", row[name], unit, basis=rows)


def _role(row: Row, result: FairPay, facts: Facts) -> Sentence:
    role_facts, noun = of_role(facts, row["role"]), NOUNS[row["role"]]
    if not row["links"]:
        text = f"The pay of {noun} is not linked: the standard asks for both roles."
        return Sentence(text, (role_facts["fair:links"].key,))
    if math.isnan(row["short"]):
        why = f"{result.unbased[:1].lower()}{result.unbased.rstrip('.')[1:]}"
        text = f"{noun.capitalize()}: {why}, so no bonus can be judged."
        return Sentence(text, (role_facts["fair:links"].key,))
    whom = "{fair:paid|person paid|persons paid}"
    if row["by"] != "person":
        whom = "{fair:paid|unit|units} with linked pay (the register names no persons)"
    flips = Sentence("")
    if not math.isnan(row["turned"]):
        flips = say(
            "; {fair:turned|.0%} of yes-or-no bonuses would turn on another draw of customers", role_facts
        )
    assumed = row["role"] in result.assumed
    return say(
        f"{{role}}: for {{fair:short}} of {whom} the typical {{period}} has fewer than "
        "{fair:minimum|answer|answers}; {most}{fair:luck|.0%} of the differences in score between units, and "
        "{most}{fair:luck_within|.0%} of the ups and downs of one unit, are sampling luck{flips}.",
        role_facts,
        role=noun.capitalize(),
        period=f"{row['period']}{' (assumed: the register names none)' if assumed else ''}",
        most="up to " if row["period"] == PUBLISHED else "",
        flips=flips,
    )


def _metric(row: Row) -> Sentence:
    """Say whether links follow the audited metric; a definition that names fewest answers states them."""
    whose = listed([_paid_in(role, units) for role, units in row["units"].items()])
    if row["hash"] == row["audited"]:
        silent = not row["minimum_n"] and row["audited_minimum_n"]
        caveat = "; from how many answers, the register does not say" if silent else ""
        text = f"The pay of {whose} follows {row['metric']}, which is an audited metric by "
        text += f"its definition{caveat}."
    else:
        text = (
            f"The pay of {whose} follows {row['metric']}, which is not the audited metric: {row['differs']}."
        )
    return Sentence(text, _definition_keys(row))


def _definition_keys(row: Row) -> tuple[str, ...]:
    key = f"definition:{row['metric']}"
    roles = (f"units:{role}" for role in row["units"])
    return key, *(f"{key}:{name}" for name in ("audited", *_COUNTED, *roles))


def _paid_in(role: str, units: int) -> str:
    """Say whose pay, in how many units."""
    return f"{NOUNS[role]} in {counted(units, 'unit')}"


def _of_role(row: Row, minimum: int) -> Finding | None:
    role, noun = row["role"], NOUNS[row["role"]]
    if not row["links"]:
        return Finding(
            criterion="A12: satisfaction is linked to the pay of managers and of staff",
            condition=f"No pay of {noun} is linked.",
            cause="The register of pay links has no entry for the role.",
            effect="One role carries the goal alone.",
            recommendation="Link both roles, or record why not.",
            grade=Grade.MAJOR,
            subject=f"pay links, {noun}",
            evidence=(f"fair:{role}:links",),
            metric="pay_linked_roles",
        )
    if math.isnan(row["short"]) or not row["short"]:
        return None
    people = ("person paid", "persons paid") if row["by"] == "person" else ("unit", "units")
    short, paid = int(row["short"]), int(row["paid"])  # a column with gaps holds no whole numbers
    whom = f"{short:,} of {counted(paid, *people)} with linked pay of {noun}"
    few = f"fewer than {counted(minimum, 'answer')}"
    return Finding(
        criterion=f"A12: a bonus rests on at least {counted(minimum, 'answer')}",
        condition=f"For {whom} the typical {row['period']} has {few}.",
        cause=f"Bonuses follow the score of a {row['period']} whatever the number of answers behind it.",
        effect="People are paid for luck as much as for service.",
        recommendation="Pay on a longer window or on shrunk scores where answers are few.",
        grade=Grade.MINOR,
        subject=f"bonus on few answers, {noun}",
        evidence=(f"fair:{role}:short", f"fair:{role}:paid", "fair:minimum"),
        shortfall=short / paid,
        headline=f"{few.capitalize()} in a typical {row['period']} for {whom}",
    )


def _other_metric(row: Row) -> Finding | None:
    if row["hash"] == row["audited"]:
        return None
    return Finding(
        criterion="A12: pay follows the metric that is audited",
        condition=f"{row['metric']} is not the audited metric: {row['differs']}.",
        cause="The register and the audit define the metric apart from one another.",
        effect="Who is paid on another number will improve another number.",
        recommendation="Write the audited definition into the pay agreement: question, statistic, fewest "
        "answers.",
        grade=Grade.MINOR if row["same_question"] else Grade.MAJOR,
        subject=f"paid metric {row['metric']}",
        evidence=_definition_keys(row),
        metric="pay_metric_audited",
        headline=f"Pay follows {row['metric']}, which is not the audited metric",
    )
