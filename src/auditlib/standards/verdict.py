"""A whole standard judged: every criterion, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.records import (
    Decision,
    DecisionMode,
    Held,
    Judgement,
    Measurement,
    Outcome,
)
from auditlib.standards.aside import Aside, set_aside
from auditlib.standards.closed import closed
from auditlib.standards.decision import decide
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import Context, Measure, Tables, take
from auditlib.standards.profile import Demands, as_shown


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
        return {entry.criterion.id: entry for entry in self.judgements}[identifier]

    @property
    def tables(self) -> tuple[str, ...]:
        """Canonical tables its measurements rest on; cells are counted from responses."""
        bases = [basis.table for entry in self.judgements for basis in entry.measurement.basis]
        return tuple(dict.fromkeys("responses" if table == "cells" else table for table in bases))

    @property
    def aside(self) -> Aside:
        """What the profile of the party set aside."""
        return set_aside(self.demands, self.judgements)

    def count(self, *outcomes: Outcome) -> int:
        """Return how many criteria have one of `outcomes`."""
        return sum(entry.outcome in outcomes for entry in self.judgements)


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
    return verdict_of(demands, taken, disclosure=MinimumFrequency.of(context.run.thresholds))


def verdict_of(
    demands: Demands,
    measurements: Sequence[Measurement],
    *,
    mode: DecisionMode | None = None,
    disclosure: MinimumFrequency = UNRESTRICTED,
) -> Verdict:
    """Judge one measurement for each criterion, in the order of the edition, and decide.

    Parameters
    ----------
    mode
        How sure the audit must be; default: as the edition says.
    disclosure
        Of how few cases no value is told; see `closed.closed`.
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
                disclosure=disclosure,
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
