"""What examined samples say, as numbers, sentences, rows of a table and findings of an audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.records import CaseReference, Finding, Grade, Interval, Number, Sentence
from auditlib.sampling.evaluation import CaseAnswer, Evaluation, evaluate
from auditlib.sampling.form_reading import Filled
from auditlib.sampling.form_writing import SITE_ANSWERS
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

CONSEQUENCES = {
    Grade.MAJOR: "More cases deviate in the sample itself than may.",
    Grade.MINOR: "The sample does not rule out that more cases deviate than may.",
}


def evaluation_of(filled: Filled) -> Evaluation | None:
    """Return what a filled form shows; None for a form of sites, which has no design."""
    design = filled.drawn.design
    if design is None:
        return None
    strata = {case.key: case.stratum for case in filled.drawn.cases}
    return evaluate([(strata[key], CaseAnswer(answer)) for key, answer in filled.answers.items()], design)


def visited(filled: Filled) -> tuple[int, tuple[str, ...]]:
    """Return how many sites were visited, and the keys of those that were not."""
    missed = tuple(key for key, answer in filled.answers.items() if answer != SITE_ANSWERS[0])
    return len(filled.answers) - len(missed), missed


@dataclass(frozen=True, slots=True)
class ExaminedRows:
    """An attribute sample with its exact limit."""

    filled: Filled
    evaluation: Evaluation

    @property
    def name(self) -> str:
        """What its numbers are called by: the table, and the beginning of the sample's hash."""
        return f"{self.table}:{self.filled.drawn.digest[:8]}"

    @property
    def table(self) -> str:
        """The table it was drawn from."""
        return self.filled.drawn.origin["purpose"].partition("/")[2]

    def numbers(self) -> tuple[Number, ...]:
        """Return counts, rates and the exact upper limit."""
        evaluation, design, name = self.evaluation, self.evaluation.design, self.name
        limit = Interval(0.0, evaluation.upper, design.confidence, "exact, one-sided")
        return (
            Number(f"examined:{name}", evaluation.examined, "count", reason="cases of the sample"),
            Number(f"deviations:{name}", evaluation.deviations, "count", reason="answered so by the auditor"),
            Number(
                f"not_examined:{name}", evaluation.not_examined, "count", reason="they count as deviations"
            ),
            Number(f"rate:{name}", evaluation.rate, "share", interval=limit, reason="share of the sample"),
            Number(f"upper:{name}", evaluation.upper, "share", reason="exact upper limit of all cases"),
            Number(f"tolerable:{name}", design.tolerable, "share", reason="declared when it was drawn"),
            Number(f"confidence:{name}", design.confidence, "share", reason="declared when it was drawn"),
            Number(f"population:{name}", design.population, "count", reason="cases it was drawn from"),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return the result in a sentence."""
        evaluation, design = self.evaluation, self.evaluation.design
        cases = counted(evaluation.examined, "sampled case", "sampled cases")
        deviate = "deviates" if evaluation.deviations == 1 else "deviate"
        text = (
            f"{evaluation.deviations:,} of {cases} of {self.table} {deviate}: "
            f"with {design.confidence:.0%} confidence at most {evaluation.upper:.1%} of all "
            f"{design.population:,} do, and fewer than {design.tolerable:.1%} may; {self.conclusion}."
        )
        return (Sentence(text, tuple(number.key for number in self.numbers())),)

    @property
    def conclusion(self) -> str:
        """What follows, in words."""
        return "this is shown" if self.evaluation.supported else "this is not shown"

    def row(self) -> dict[str, str]:
        """Return its row of the table of samples."""
        evaluation, design = self.evaluation, self.evaluation.design
        return {
            "sample": self.name,
            "question": self.filled.drawn.question,
            "examined": f"{evaluation.examined:,} of {design.population:,}",
            "deviations": f"{evaluation.deviations:,}",
            "at_most": f"{evaluation.upper:.1%}",
            "fewer_than": f"{design.tolerable:.1%}",
            "conclusion": self.conclusion,
        }

    def findings(self) -> tuple[Finding, ...]:
        """Return the shortfall, where fewer deviations than are tolerable are not shown."""
        evaluation, design = self.evaluation, self.evaluation.design
        if evaluation.supported:
            return ()
        grade = Grade.MAJOR if evaluation.rate >= design.tolerable else Grade.MINOR
        (sentence,) = self.summary()
        quoted = self.filled.drawn.question.replace("\N{RIGHT DOUBLE QUOTATION MARK}", "'")
        return (
            Finding(
                criterion=f"sample.{self.table}: fewer than {design.tolerable:.1%} of the cases deviate",
                condition=f"Asked \N{LEFT DOUBLE QUOTATION MARK}{quoted}\N{RIGHT DOUBLE QUOTATION MARK}: "
                f"{sentence.text}",
                cause=CONSEQUENCES[grade],
                effect="What the rows say of the whole table cannot be relied on in this respect.",
                recommendation="Correct the cases found, state their cause, and have a new sample examined.",
                grade=grade,
                subject=self.name.partition(":")[0],
                evidence=sentence.keys,
                cases=tuple(self._cases()),
                shortfall=max(0.0, (evaluation.upper - design.tolerable) / design.tolerable),
            ),
        )

    def _cases(self) -> list[CaseReference]:
        wrong = {key: answer for key, answer in self.filled.answers.items() if answer != CaseAnswer.IN_ORDER}
        return [
            CaseReference(self.table, key.removeprefix(f"{self.table}:"), words=wrong[key]) for key in wrong
        ]


@dataclass(frozen=True, slots=True)
class VisitedSites:
    """A sample of sites, and which of them were visited."""

    filled: Filled

    @property
    def name(self) -> str:
        """What its numbers are called by."""
        return f"sites:{self.filled.drawn.digest[:8]}"

    def numbers(self) -> tuple[Number, ...]:
        """Return how many sites were drawn, and visited."""
        count, _ = visited(self.filled)
        return (
            Number(f"drawn:{self.name}", len(self.filled.answers), "count", reason="sites of the sample"),
            Number(f"visited:{self.name}", count, "count", reason="answered so by the auditor"),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return the result in a sentence."""
        count, missed = visited(self.filled)
        remark = f"; not visited: {', '.join(missed)}" if missed else ""
        sites = counted(len(self.filled.answers), "site drawn was", "sites drawn were")
        return (
            Sentence(f"{count} of {sites} visited{remark}.", tuple(number.key for number in self.numbers())),
        )

    def row(self) -> dict[str, str]:
        """Return its row of the table of samples."""
        count, missed = visited(self.filled)
        return {
            "sample": self.name,
            "question": self.filled.drawn.question,
            "examined": f"{count} of {len(self.filled.answers)}",
            "deviations": "",
            "at_most": "",
            "fewer_than": "",
            "conclusion": "not all were visited" if missed else "all were visited",
        }

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding where a site that was drawn was not visited."""
        _, missed = visited(self.filled)
        if not missed:
            return ()
        (sentence,) = self.summary()
        return (
            Finding(
                criterion="sample.sites: every site that was drawn is visited",
                condition=sentence.text,
                cause="The visit was refused, put off or not made: the auditor states which.",
                effect="The sites that were not seen may be unlike the others.",
                recommendation="Visit them, or draw others in their place and say why.",
                grade=Grade.MINOR,
                subject="sites",
                evidence=sentence.keys,
                cases=tuple(CaseReference("units", key, unit=key, words="not visited") for key in missed),
            ),
        )


ExaminedSample = ExaminedRows | VisitedSites


def examined_sample(filled: Filled) -> ExaminedSample:
    """Return what a filled form shows."""
    evaluation = evaluation_of(filled)
    return VisitedSites(filled) if evaluation is None else ExaminedRows(filled, evaluation)


def samples_frame(samples: Sequence[ExaminedSample]) -> pd.DataFrame:
    """Return one row per sample, values in words."""
    import pandas as pd

    return pd.DataFrame([sample.row() for sample in samples])
