"""What exactly a metric measures, as a hash: pay and audit follow one number only where hashes agree.

A register that states no fewest answers does not differ in them: on how many answers a bonus rests is
counted, and judged apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from auditlib.files import compact, digest
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.parameters.run import Run
    from auditlib.records import Instrument, Item

STATISTICS = {
    "mean": "mean score",
    "top_box": "top-box share",
    "bottom_box": "bottom-box share",
    "nps": "NPS",
}
NOTATION = "survey type:item:statistic"
"""How a register of pay links writes a metric; fewest answers and adjustments may follow, see `written`."""
MOST_NAMED = 8
"""Metrics that a message names as ones it would take."""
_MINIMUM = re.compile(r"n>=([0-9]{1,6})")
_ADJUSTED = re.compile(r"adjusted\(([a-z_+]*)\)")


@dataclass(frozen=True, slots=True, order=True)
class Definition:
    """One metric, with all that changes its value.

    Parameters
    ----------
    survey_type, item, statistic
        What is asked, and how answers are summed up.
    minimum_n
        Answers below which no value is given; 0 where none is stated.
    adjusted_for
        Case mix taken out, in order of name.
    """

    survey_type: str
    item: str
    statistic: str
    minimum_n: int = 0
    adjusted_for: tuple[str, ...] = ()

    @property
    def canonical(self) -> str:
        """The definition as JSON with sorted keys and no blanks."""
        return compact(asdict(self))

    @property
    def hash(self) -> str:
        """SHA-256 of the canonical form."""
        return digest(asdict(self))


def written(metric: str) -> Definition | None:
    """Read a metric as a register writes it; None where it names no question.

    Parameters
    ----------
    metric
        ``survey type:item:statistic``, then where they apply ``:n>=30`` and ``:adjusted(channel+region)``.
    """
    parts = [part.strip() for part in metric.split(":")]
    if len(parts) < 2 or not parts[1]:
        return None
    minimum, adjusted = 0, tuple[str, ...]()
    for part in parts[3:]:
        least, mix = _MINIMUM.fullmatch(part), _ADJUSTED.fullmatch(part)
        minimum = int(least[1]) if least else minimum
        adjusted = tuple(sorted(filter(None, mix[1].split("+")))) if mix else adjusted
    return Definition(parts[0], parts[1], parts[2] if len(parts) > 2 else "", minimum, adjusted)


def statistics_of(item: Item) -> tuple[str, ...]:
    """Return the statistics in which a question can be audited; an NPS needs a scale of 0 to 10."""
    return tuple(name for name in STATISTICS if name != "nps" or item.scale.promoter)


def audited(run: Run) -> tuple[Definition, ...]:
    """Return what an audit measures: the headline question of each survey, in each statistic it computes.

    As answered, without adjustment, and from the answers that a unit needs for a verdict.
    """
    surveys = {name: run.instrument(name) for name in run.instruments}
    return headlines(surveys, minimum_n=run.thresholds.minimum_n)


def headlines(surveys: Mapping[str, Instrument], *, minimum_n: int = 0) -> tuple[Definition, ...]:
    """Return the headline question of each survey in each statistic it can be audited in."""
    return tuple(
        Definition(name, survey.headline.item, statistic, minimum_n)
        for name, survey in surveys.items()
        for statistic in statistics_of(survey.headline)
    )


def metrics_taken(surveys: Mapping[str, Instrument]) -> str:
    """Say how a register writes a metric, and which of this audit's would be taken."""
    named = [f"{metric.survey_type}:{metric.item}:{metric.statistic}" for metric in headlines(surveys)]
    if not named:
        return f"A metric is written {NOTATION}; the run declares no survey"
    several = ", ".join(named[:MOST_NAMED]) + (", ..." if len(named) > MOST_NAMED else "")
    return f"A metric is written {NOTATION}; this audit would take {several}"


def is_audited(metric: str, references: Sequence[Definition]) -> bool:
    """Return whether a metric as a register writes it is, by its hash, one of `references`."""
    paid = written(metric)
    return paid is not None and any(
        completed(paid, reference).hash == reference.hash for reference in references
    )


def completed(paid: Definition, reference: Definition) -> Definition:
    """Return `paid` with the fewest answers of `reference` where it states none."""
    return paid if paid.minimum_n else replace(paid, minimum_n=reference.minimum_n)


def nearest(paid: Definition, references: Sequence[Definition]) -> Definition:
    """Return the definition of `references` that differs least from `paid`."""
    return min(references, key=lambda reference: (len(differences(paid, reference)), reference))


def differences(paid: Definition, reference: Definition) -> tuple[str, ...]:
    """Say in words in what pay differs from the audit; empty where the hashes agree.

    Fewest answers that the register does not state are no difference.
    """
    if not paid.survey_type:
        return ("the register does not write it as survey type:item:statistic",)
    apart = []
    if paid.survey_type != reference.survey_type:
        apart.append(f"pay follows the {paid.survey_type} survey, the audit the {reference.survey_type} one")
    if paid.item != reference.item:
        apart.append(f"pay follows {paid.item}, the audit {reference.item}")
    if paid.statistic != reference.statistic:
        names = [
            STATISTICS.get(name, name or "no statistic") for name in (paid.statistic, reference.statistic)
        ]
        apart.append(f"pay follows the {names[0]}, the audit the {names[1]}")
    if completed(paid, reference).minimum_n != reference.minimum_n:
        least = [
            counted(minimum, "answer") if minimum else "any number of answers"
            for minimum in (paid.minimum_n, reference.minimum_n)
        ]
        apart.append(f"pay is worked out from {least[0]}, the audit from {least[1]}")
    if paid.adjusted_for != reference.adjusted_for:
        mixes = [" and ".join(names) or "nothing" for names in (paid.adjusted_for, reference.adjusted_for)]
        apart.append(f"pay adjusts for {mixes[0]}, the audit for {mixes[1]}")
    return tuple(apart)


def same_question(paid: Definition, reference: Definition) -> bool:
    """Whether survey, question and statistic agree, whatever else differs."""
    hashes = {replace(definition, minimum_n=0, adjusted_for=()).hash for definition in (paid, reference)}
    return len(hashes) == 1
