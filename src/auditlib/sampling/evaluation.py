"""What an examined sample says: exact limit, conclusion, projection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from auditlib.sampling.attributes import at_most, projected, upper_limit
from auditlib.statements import counted


class CaseAnswer(StrEnum):
    """What the auditor found for one case."""

    IN_ORDER = "in order"
    DEVIATION = "deviation"
    NOT_EXAMINED = "not examined"
    """Its evidence could not be produced: it counts as a deviation."""


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """What the sample was drawn for; rates and confidence as shares."""

    confidence: float
    tolerable: float
    expected: float
    acceptable: int
    cases: Mapping[str, int]
    """Cases of each stratum in the population."""

    @property
    def population(self) -> int:
        """Cases of the population."""
        return sum(self.cases.values())


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of one attribute sample."""

    examined: int
    deviations: int
    not_examined: int
    rate: float
    upper: float
    supported: bool
    projection: float
    most: int
    design: SampleDesign

    def summary(self) -> tuple[str, ...]:
        """Return the conclusion in sentences."""
        design = self.design
        missing = (
            f", of which {self.not_examined} could not be examined and count as deviations"
            if self.not_examined
            else ""
        )
        verdict = (
            f"The sample supports that fewer than {design.tolerable:.2%} deviate."
            if self.supported
            else f"The sample does not support that fewer than {design.tolerable:.2%} deviate."
        )
        cases = (
            f"{counted(design.population, 'case')}: about "
            f"{counted(round(self.projection), 'deviation')}, at most "
            f"{self.most:,}"
        )
        cases_deviate = counted(self.examined, "sampled case deviates", "sampled cases deviate")
        return (
            f"{self.deviations} of {cases_deviate} ({self.rate:.2%}){missing}.",
            f"With {design.confidence:.0%} confidence at most {self.upper:.2%} of all cases deviate.",
            verdict,
            f"Projected to {cases}.",
        )


def evaluate(answers: Sequence[tuple[str, CaseAnswer]], design: SampleDesign) -> Evaluation:
    """Evaluate a sample.

    Parameters
    ----------
    answers
        Stratum and answer of each case; at least one case of every stratum of the design.
    design
        What the sample was drawn for.

    Notes
    -----
    One stratum: exact hypergeometric limit. Several: the exact binomial limit of the pooled sample. Drawn in
    proportion, a stratified sample varies less than the pooled binomial (Hoeffding 1956, Annals of
    Mathematical Statistics 27:713-721), so the limit errs on the safe side.
    """
    examined = Counter(stratum for stratum, _ in answers)
    if set(examined) != {name for name, count in design.cases.items() if count}:
        raise ValueError("every stratum of the design needs at least one case")
    wrong = Counter(stratum for stratum, answer in answers if answer is not CaseAnswer.IN_ORDER)
    deviations, size = wrong.total(), len(answers)
    finite = design.population if len(examined) == 1 else None
    upper = upper_limit(deviations, size, confidence=design.confidence, population=finite)
    return Evaluation(
        examined=size,
        deviations=deviations,
        not_examined=sum(answer is CaseAnswer.NOT_EXAMINED for _, answer in answers),
        rate=deviations / size,
        upper=upper,
        supported=upper < design.tolerable,
        projection=projected(wrong, examined, design.cases),
        most=at_most(upper, design.population),
        design=design,
    )
