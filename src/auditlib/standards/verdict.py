"""A whole standard judged: every criterion, the decision, and what would change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from auditlib.records import (
    Decision,
    DecisionMode,
    Held,
    Judgement,
    Kind,
    Measurement,
    Number,
    Outcome,
    Sentence,
)
from auditlib.standards.aside import Aside, set_aside
from auditlib.standards.closed import closed, gives_nobody_away
from auditlib.standards.decision import decide
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import Context, Measure, Tables, take
from auditlib.standards.profile import Demands, as_shown
from auditlib.standards.scoring import OPEN, in_scope
from auditlib.standards.weighing import each_once
from auditlib.standards.words import amount, demanded, limit, said
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

DECIDED = {
    Outcome.MET: "meets",
    Outcome.NOT_MET: "does not meet",
    Outcome.NOT_DEMONSTRATED: "has not been shown to meet",
    Outcome.NOT_ASSESSABLE: "cannot be judged against",
    Outcome.NOT_APPLICABLE: "is only compared with, and not certified by,",
}
ALONE = (
    "This is what the criteria say: the decision of the audit is taken over the findings of all notebooks, "
    "when the run is assembled."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operation is judged by, what was measured, and what follows.

    Parameters
    ----------
    demands
        The edition in force for this party.
    judgements
        One for each criterion, in the order of the edition.
    decision
        What follows from all of them.
    """

    demands: Demands
    judgements: tuple[Judgement, ...]
    decision: Decision

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it without the values that are held back; what is drawn of them says how many."""
        judgements = tuple(
            replace(entry, measurement=replace(entry.measurement, value=None, interval=None))
            if held(f"found:{entry.criterion.id}")
            else entry
            for entry in self.judgements
        )
        return replace(self, judgements=judgements), 0

    def judgement(self, identifier: str) -> Judgement:
        """Return the judgement of one criterion; KeyError where there is none."""
        for entry in self.judgements:
            if entry.criterion.id == identifier:
                return entry
        raise KeyError(identifier)

    @property
    def tables(self) -> tuple[str, ...]:
        """Canonical tables its measurements rest on; cells are counted from responses."""
        bases = [basis.table for entry in self.judgements for basis in entry.measurement.basis]
        return tuple(dict.fromkeys("responses" if table == "cells" else table for table in bases))

    @property
    def aside(self) -> Aside:
        """What the profile of the party set aside."""
        return set_aside(self.demands, self.judgements)

    @property
    def deciding(self) -> tuple[str, ...]:
        """Keys of the numbers that the steps of the decision rule state."""
        from auditlib.standards.tally import DECIDING

        absent = {
            f"{name}:high"
            for name, score in (("process", self.decision.process), ("results", self.decision.results))
            if score is None
        }
        return tuple(key for key in DECIDING if key not in absent)

    def count(self, *outcomes: Outcome) -> int:
        """Return how many criteria have one of `outcomes`."""
        return sum(entry.outcome in outcomes for entry in self.judgements)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per criterion, values in words."""
        import pandas as pd

        return pd.DataFrame([_row(entry) for entry in self.judgements])

    def trace_frame(self) -> pd.DataFrame:
        """Return the steps of the decision rule, one row each."""
        import pandas as pd

        rows = [
            (f"step {place}", step.rule, step.found, said(step.outcome), ", ".join(step.criteria) or "none")
            for place, step in enumerate(self.decision.trace, start=1)
        ]
        return pd.DataFrame(rows, columns=["step", "rule", "found", "outcome", "decided_by"])

    def category_frame(self) -> pd.DataFrame:
        """Return how many criteria of each category have each outcome."""
        import pandas as pd

        counts = Counter((entry.criterion.category, entry.outcome) for entry in self.judgements)
        rows = [
            (self.demands.edition.categories[name], *(str(counts[name, outcome]) for outcome in Outcome))
            for name in self.demands.edition.categories
        ]
        return pd.DataFrame(rows, columns=["category", *(said(outcome) for outcome in Outcome)])

    def numbers(self) -> tuple[Number, ...]:
        """Return every measured value with its basis, the outcomes, the scores, and what words count."""
        from auditlib.standards.tally import tally

        measured = (number for entry in self.judgements for number in _numbers(entry))
        return (*measured, *tally(self), self.aside.number())

    def summary(self) -> tuple[Sentence, ...]:
        """Return the decision, the criteria behind it, what is outside and what stays open, in sentences."""
        alone = () if self.decision.whole else (Sentence(ALONE),)
        return (_decided(self), _counted(self), *_outside(self.decision), _open(self), *alone)

    def decided(self) -> tuple[Sentence, ...]:
        """Return how process and results stand to each other, in words."""
        process, results = self.decision.process, self.decision.results
        if process is None or results is None:
            return (Sentence("Only one of process and results is judged by this edition.", ("score:low",)),)
        keys = ("process:low", "results:low")
        text = f"Process earns {process.low:.1%} of its weight for certain, results {results.low:.1%}."
        words = self.decision.mismatch or "The two do not part by as much as the rule flags."
        return (Sentence(text, keys), Sentence(words, (*keys, "process:decided", "results:decided")))

    def measured(self) -> str:
        """Return what was found for every criterion that has a value, for those who cannot see it drawn."""
        parts = [
            f"{entry.criterion.id} {amount(entry.measurement.value, entry.measurement.unit)}, "
            f"{limit(entry.criterion.target, entry.measurement.unit)} demanded"
            for entry in self.judgements
            if entry.measurement.value is not None
        ]
        return "; ".join(parts) + "." if parts else "Nothing was measured."

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the verdict cannot say, one sentence each."""
        demands = self.demands
        looser = demands.looser
        asides = [each for each in (self.aside.sentence(), self.aside.limit()) if each is not None]
        told = (
            (demands.note, ("decision",)),
            (
                f"The profile asks for less than the standard in {', '.join(looser)}." * bool(looser),
                _keys(looser),
            ),
            *((aside.text, aside.keys) for aside in asides),
            (
                "An interval speaks of how the operation works, not only of the cases that happened to come.",
                (),
            ),
        )
        return tuple(Sentence(text, keys) for text, keys in told if text)


def assess(demands: Demands, measures: Mapping[str, Measure], tables: Tables, context: Context) -> Verdict:
    """Measure and judge every criterion of `demands`, and decide.

    Parameters
    ----------
    demands
        The edition in force for this party.
    measures
        The measures this suite has, by metric.
    tables, context
        The evidence, and what measures need beside it.
    """
    demands = as_shown(demands, tables, context)
    taken = [take(criterion, measures, tables, context) for criterion in demands.edition.criteria]
    return verdict_of(demands, taken, minimum_cell=context.run.thresholds.minimum_cell)


def verdict_of(
    demands: Demands,
    measurements: Sequence[Measurement],
    *,
    mode: DecisionMode | None = None,
    minimum_cell: int = 1,
) -> Verdict:
    """Judge one measurement for each criterion, in the order of the edition, and decide.

    Parameters
    ----------
    mode
        How sure the audit must be; default: as the edition says.
    minimum_cell
        Cases from which a value is told; see `closed.closed`.
    """
    rule = demands.edition.rule
    judgements = tuple(
        _as_claimed(
            closed(
                judge_one(
                    criterion,
                    measurement,
                    mode=mode or rule.mode,
                    required_probability=rule.required_probability,
                    exemption=demands.exemptions.get(criterion.id),
                ),
                minimum=minimum_cell,
            ),
            unshown=demands.unshown.get(criterion.id, ""),
        )
        for criterion, measurement in zip(demands.edition.criteria, measurements, strict=True)
    )
    return Verdict(demands, judgements, decide(demands, judgements))


def _as_claimed(judgement: Judgement, *, unshown: str) -> Judgement:
    """Return the judgement with why the profile's claim that it is not applicable did not hold."""
    if not unshown:
        return judgement
    reason = f"{judgement.reason}; called not applicable by the profile, but {unshown}"
    return replace(judgement, reason=reason)


def _row(judgement: Judgement) -> dict[str, str | int | None]:
    criterion, measurement = judgement.criterion, judgement.measurement
    value = measurement.value
    interval = None if criterion.kind is Kind.RIGID else measurement.interval
    unit = measurement.unit
    return {
        "criterion": criterion.id,
        "demand": criterion.demand,
        "outcome": said(judgement.outcome),
        "demanded": limit(criterion.target, unit) if value is not None else "",
        "found": amount(value, unit) if value is not None else "",
        "interval": f"{amount(interval.low, unit)} to {amount(interval.high, unit)}" if interval else "",
        "observations": measurement.n,
        "still_needed": judgement.n_missing,
        "stands_on": _rests_on(measurement),
        "reason": _rest(judgement),
    }


def _rests_on(measurement: Measurement) -> str:
    """Return the tables whose rows were counted; where none is named, what kind of evidence it is."""
    tables = dict.fromkeys(basis.table.replace("_", " ") for basis in measurement.basis)
    return " and ".join(tables) or measurement.level.value


def _rest(judgement: Judgement) -> str:
    """Return the reason without what stands in the columns beside it."""
    value, unit = judgement.measurement.value, judgement.measurement.unit
    if value is None:
        return judgement.reason
    told = f"{amount(value, unit)}, {demanded(judgement.criterion, unit)}"
    return judgement.reason.removeprefix(told).removeprefix("; ") or "judged as it stands"


def _numbers(judgement: Judgement) -> tuple[Number, ...]:
    name, found = judgement.criterion.id, judgement.measurement
    missing = judgement.n_missing
    n = None if gives_nobody_away(found) or found.value is None else found.n
    return (
        Number(
            f"outcome:{name}",
            judgement.outcome.value,
            "",
            n,
            basis=found.basis,
            reason=judgement.reason,
        ),
        Number(f"found:{name}", found.value, found.unit, n, found.interval, found.basis, found.reason),
        Number(f"observations:{name}", found.n, "cases", basis=found.basis, reason=found.reason),
        Number(
            f"still_needed:{name}",
            missing,
            "count",
            basis=found.basis,
            reason="" if missing is not None else "the outcome does not wait for more observations",
        ),
    )


def _decided(verdict: Verdict) -> Sentence:
    decision, edition = verdict.decision, verdict.demands.edition
    whom, minors = "By its criteria alone, the operation", ("open minor", "open minors")
    if decision.whole:
        whom = "The operation"
        minors = ("minor without an accepted plan", "minors without an accepted plan")
    score = f"its score is {decision.score.low:.1%} against a pass mark of {edition.rule.pass_mark:.0%}, with"
    if decision.outcome is Outcome.NOT_ASSESSABLE:
        score = "none of its criteria could be judged, so that it has no score, with"
    text = (
        f"{whom} {DECIDED[decision.outcome]} {edition.title}: {score} "
        f"{counted(len(decision.open_majors), 'open major', 'open majors')}"
        f" and {counted(len(decision.open_minors), *minors)}."
    )
    scored = () if decision.outcome is Outcome.NOT_ASSESSABLE else ("score:low", "rule:pass_mark")
    return Sentence(text, ("decision", *scored, "majors:open", "minors:open"))


def _counted(verdict: Verdict) -> Sentence:
    decision = verdict.decision
    counts = {outcome: verdict.count(outcome) for outcome in Outcome}
    parts = ", ".join(f"{count} {said(outcome)}" for outcome, count in counts.items() if count)
    majors = ", ".join(each_once(decision.open_majors))
    text = f"Of {len(verdict.judgements)} criteria, {parts}"
    noun = "major" if len(decision.open_majors) == 1 else "majors"
    text += f"; the open {noun}: {majors}" if majors else ""
    if decision.closed:
        ending = counted(len(decision.closed), "finding", "findings")
        text += f"; the register of actions closes {ending}: {', '.join(each_once(decision.closed))}"
    keys = (f"criteria:{outcome.value}" for outcome, count in counts.items() if count)
    gathered = (f"minors:gathered:{group.category}" for group in decision.gathered)
    return Sentence(f"{text}.", ("criteria", *keys, *gathered, "findings:closed"))


def _open(verdict: Verdict) -> Sentence:
    still = in_scope(verdict.judgements, *OPEN)
    if not still:
        return Sentence("No criterion is open.", ("score:high",))
    short = sum(entry.outcome is Outcome.NOT_DEMONSTRATED for entry in still)
    text = (
        f"{counted(len(still), 'criterion is', 'criteria are')} open: {short} not demonstrated and "
        f"{len(still) - short} without evidence. If all were met, the score would be "
        f"{verdict.decision.score.high:.1%}."
    )
    keys = ("criteria:open", "criteria:not_demonstrated", "criteria:without_evidence", "score:high")
    return Sentence(text, keys)


def _outside(decision: Decision) -> tuple[Sentence, ...]:
    """Say what a certificate does not speak of, with its share of the weight."""
    scope = decision.scope
    if not scope.outside:
        return ()
    text = (
        f"Outside the certified scope, because this suite does not measure them: {', '.join(scope.outside)}; "
        f"{scope.weight_outside:g} of {scope.weight:g} of the weight."
    )
    return (Sentence(text, ("scope:outside", "scope:weight_outside", "scope:weight")),)


def _keys(identifiers: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"outcome:{identifier}" for identifier in identifiers)
