"""A verdict beside the one that other targets, another pass mark or another edition would give (A13).

Nothing here is a result of an audit: each line says that it only supposes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.shape import did_you_mean
from auditlib.records import Criterion, Outcome
from auditlib.standards.change import what_if
from auditlib.standards.edition import Edition
from auditlib.standards.statements import DECIDED
from auditlib.standards.verdict import Verdict
from auditlib.standards.words import limit, said

ABSENT = "not demanded"


@dataclass(frozen=True, slots=True)
class Suppositions:
    """What is supposed.

    Parameters
    ----------
    targets
        Other targets, by criterion.
    pass_mark
        Another pass mark; None for that of the edition.
    beyond_bounds
        Whether targets may lie outside the bounds of the catalogue.
    """

    targets: Mapping[str, float]
    pass_mark: float | None = None
    beyond_bounds: bool = False


@dataclass(frozen=True, slots=True)
class Supposed:
    """The verdict as it stands, and as it would be."""

    before: Verdict
    after: Verdict

    def moved(self) -> tuple[str, ...]:
        """Return the criteria whose outcome would be another, those of one edition alone included."""
        ids = dict.fromkeys((*self.before.demands.edition.ids, *self.after.demands.edition.ids))
        return tuple(name for name in ids if _outcome(self.before, name) != _outcome(self.after, name))

    def lines(self) -> tuple[str, ...]:
        """Return what would move, one line each: targets and pass mark, outcomes, score, decision."""
        return tuple(f"What if: {line}" for line in (*self._supposed(), *self._moving(), *self._deciding()))

    def _supposed(self) -> Iterator[str]:
        was, now = self.before.demands.edition, self.after.demands.edition
        if was.name != now.name:
            yield f"{now.title} were in force instead of {was.title}."
        for criterion in now.criteria:
            old = was.criterion(criterion.id) if criterion.id in was.ids else None
            if old is not None and was.name == now.name and old.target != criterion.target:
                unit = self.after.judgement(criterion.id).measurement.unit
                asked, stands = limit(criterion.target, unit), limit(old.target, unit)
                yield f"{criterion.id} asked for {asked}, not {stands}."
        if was.rule.pass_mark != now.rule.pass_mark:
            yield f"the pass mark were {now.rule.pass_mark:.1%}, not {was.rule.pass_mark:.1%}."

    def _moving(self) -> Iterator[str]:
        moved = self.moved()
        for name in moved:
            yield f"{name} would be {_outcome(self.after, name)}; it is {_outcome(self.before, name)}."
        if not moved:
            yield "no outcome of a criterion would move."

    def _deciding(self) -> Iterator[str]:
        was, now = self.before.decision, self.after.decision
        yield (
            f"the score would be {now.score.low:.1%}, up to {now.score.high:.1%} with all that is open; "
            f"it is {was.score.low:.1%}, up to {was.score.high:.1%}."
        )
        verb = "would still be" if now.compared is was.compared else "would be"
        yield (
            f"the decision by the criteria alone {verb}: the operation {DECIDED[now.compared]} "
            f"{self.after.demands.edition.title}; it is: {DECIDED[was.compared]} "
            f"{self.before.demands.edition.title}. Findings of other notebooks are not weighed here."
        )
        yield "this supposes, and certifies nothing; the finished run is as it was."


def suppose(before: Verdict, other: Verdict, suppositions: Suppositions) -> Supposed:
    """Return what `other` would come to under `suppositions`, beside `before`.

    Parameters
    ----------
    before
        The verdict as it stands.
    other
        The verdict that the suppositions are made about: the same, or one under another edition.

    Raises
    ------
    ParameterError
        Naming each criterion that does not exist, and each target outside the bounds of the catalogue.
    """
    edition = other.demands.edition
    problems = [*_problems(edition, suppositions)]
    if problems:
        raise ParameterError(*problems)
    mark = edition.rule.pass_mark if suppositions.pass_mark is None else suppositions.pass_mark
    rule = replace(edition.rule, pass_mark=mark)
    ruled = replace(other, demands=replace(other.demands, edition=replace(edition, rule=rule)))
    return Supposed(before, what_if(ruled, targets=suppositions.targets))


def _problems(edition: Edition, suppositions: Suppositions) -> Iterator[Problem]:
    for name, value in suppositions.targets.items():
        if name not in edition.ids:
            yield Problem(
                f"{edition.name} has no criterion {name!r}.",
                remedy=did_you_mean(name, edition.ids) or f"See auditlib standards show {edition.name}.",
            )
        elif not suppositions.beyond_bounds:
            yield from _outside(edition.criterion(name), value)
    mark = suppositions.pass_mark
    if mark is not None and not 0 <= mark <= 1:
        yield Problem(f"the pass mark {mark:g} is no share.", remedy="Give a number from 0 to 1: 0.75.")


def _outside(criterion: Criterion, value: float) -> Iterator[Problem]:
    low, high = sorted((criterion.target.tightest, criterion.target.loosest))
    if not low <= value <= high:
        bounds = f"the bounds {low:g} to {high:g} of the catalogue"
        remedy = "No profile may choose it. To suppose it all the same: --beyond-bounds."
        yield Problem(f"{criterion.id}: the target {value:g} lies outside {bounds}.", remedy=remedy)


def _outcome(verdict: Verdict, name: str) -> str:
    outcome: Outcome | None = None
    if name in verdict.demands.edition.ids:
        outcome = verdict.judgement(name).outcome
    return ABSENT if outcome is None else said(outcome)
