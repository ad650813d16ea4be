"""The answer of 03: what linking pay did in words, and the tables it is read from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from auditlib.compensation import (
    assigned_statements,
    facts,
    figure_texts,
    ladder_statements,
    role_statements,
    statements,
    unidentified_statements,
)
from auditlib.compensation.claim_ladder import Rung
from auditlib.compensation.facts import LINKS
from auditlib.compensation.findings import findings_of
from auditlib.compensation.naive_comparisons import NaiveComparisons
from auditlib.compensation.register import running
from auditlib.compensation.result import UNSIZED, PayEffects, RoleEffect, Unidentified
from auditlib.records import Basis, Finding, Number, Refusal, Sentence
from auditlib.statements import Answer, Exhibit, Facts
from auditlib.time.months import months_of_days

_PROBABILITIES = {"p": "probability", "p_placebo": "probability", "smallest_p": "probability"}
_VERDICTS = {True: "yes", False: "no", None: "not known"}
_ADOPTION = ["role", "month", "units", "weight"]
_BY_CHOICE = {"higher": "Exclude zero upwards", "lower": "Exclude zero downwards"}


@dataclass(frozen=True, eq=False)
class RoleExhibits:
    """The tables of one role's effect, and what its figures are called.

    Parameters
    ----------
    effect
        What they are made from, and figures are drawn of.
    basis
        The rows it rests on.
    """

    effect: RoleEffect
    basis: Basis

    @property
    def name(self) -> str:
        """The role, as exhibits are named by it."""
        return self.effect.role

    def titled(self, text: str) -> str:
        """Return a title with the role in words."""
        return f"{text}, {self.effect.noun}"

    def alt(self, figure: str) -> str:
        """Return what a reader who cannot see a figure must know; see `figure_texts.alt`."""
        return figure_texts.alt(self.effect, figure)

    def apart(self) -> Exhibit:
        """Return the effect with the other role, by itself, at the same mix, and by weight of pay."""
        inference, alone, per_tenth = self.effect.inference, self.effect.curve.alone(), self.effect.per_tenth
        used: tuple[object, ...] = (self.effect.estimate, inference.low, inference.high, "")
        if not self.effect.tested:
            used = (None, None, None, UNSIZED)
        rows: list[tuple[object, ...]] = [("both roles together, effects add (used)", *used)]
        if alone is not None:
            rows.append(("months of the other role left out", *alone, ""))
        for how, sized in (
            ("at the same mix of customers", self.effect.same_mix),
            ("per ten per cent of variable pay", self.effect.per_tenth_linked),
            ("the same, by a line through the weights", per_tenth),
        ):
            if isinstance(sized, Refusal):
                rows.append((how, None, None, None, sized.reason))
            else:
                rows.append((how, *sized, ""))
        frame = pd.DataFrame(rows, columns=["how", "estimate", "low", "high", "why"])
        stated = frame if (frame["why"] != "").any() else frame.drop(columns="why")
        return Exhibit(
            stated, self.titled("Together, apart, at the same mix and by weight"), ("how",), self.basis
        )

    def ladder(self) -> Exhibit:
        """Return what the effect has to bear before it is claimed, and what it bears."""
        rows = [
            (ladder_statements.ASKED[rung.name], rung.value, rung.needed, _VERDICTS[rung.holds], rung.why)
            for rung in self.effect.ladder.rungs
        ]
        frame = pd.DataFrame(rows, columns=["step", "measured", "limit", "holds", "why"])
        stated = frame if (frame["why"] != "").any() else frame.drop(columns="why")
        title = self.titled("How far the effect can be claimed, step by step")
        keys = tuple(self._behind(rung) for rung in self.effect.ladder.rungs if rung.why)
        return Exhibit(stated, title, ("step",), self.basis, keys=keys)

    def _behind(self, rung: Rung) -> str:
        """Return the key of the number that says why a rung could not be tried."""
        head, _, rest = ladder_statements.BEHIND[rung.name].partition(":")
        return ":".join(part for part in (head, self.name, rest) if part)

    def joint(self) -> tuple[Exhibit, ...]:
        """Return the choices judged together; nothing where they cannot be."""
        joint = self.effect.curve.joint
        if isinstance(joint, Refusal):
            return ()
        measures = {
            "middle estimate, points": joint.median,
            "share that shows an effect, in the commoner direction": joint.share,
            "all taken together (decides)": joint.combined,
        }
        rows = [
            (name, part.value, part.as_extreme, part.curves, part.p_value) for name, part in measures.items()
        ]
        frame = pd.DataFrame(rows, columns=["measure", "value", "as_extreme", "curves", "p"])
        return (
            Exhibit(
                frame,
                self.titled("All choices judged together"),
                ("measure",),
                self.basis,
                units=_PROBABILITIES,
                labels={"as_extreme": "Dealt anew as strong", "curves": "Dealt anew"},
            ),
        )

    def tests(self) -> Exhibit:
        """Return every test."""
        trials = pd.DataFrame(list(self.effect.inference.trials))[["name", "p_value", "smallest", "note"]]
        frame = trials.set_axis(["test", "p", "smallest_p", "note"], axis=1)
        return Exhibit(
            frame,
            self.titled("All tests"),
            by=("test",),
            basis=self.basis,
            units=_PROBABILITIES,
            keys=tuple(f"draws:{self.name}:{name}" for name in self.effect.draws),
        )

    def mixture(self) -> Exhibit:
        """Return what the two-way regression mixes."""
        mixture = self.effect.mixture
        if isinstance(mixture, Refusal):
            mixture = pd.DataFrame({"contrast": [mixture.reason], "weight": [None], "estimate": [None]})
        title = self.titled("Not to be trusted: inside the two-way regression")
        return Exhibit(mixture, title, ("contrast",), self.basis)


@dataclass(frozen=True, eq=False, repr=False)
class PayAnswer(Answer[PayEffects]):
    """What linking pay did to the scores, in words; or why no effect is stated."""

    def numbers(self) -> tuple[Number, ...]:
        """Return every number the sentences and tables state."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return the conclusion: what changed, how sure, what would reverse it."""
        return tuple(statements.summary(self.result, self.facts))

    def assignment(self) -> tuple[Sentence, ...]:
        """Return what pay was assigned by, role by role, and where linked units mostly lie besides."""
        mostly = (
            assigned_statements.concentrated(effect, facts.of_role(self.facts, effect.role))
            for effect in self.result.roles
        )
        warned = (sentence for sentence in mostly if sentence is not None)
        return (*self._by_role(assigned_statements.assignment_of), *warned)

    def tests(self) -> tuple[Sentence, ...]:
        """Return which test is believed, role by role, and what few linked units show besides."""
        few = (effect for effect in self.result.roles if effect.few_linked is not None)
        weighted = (
            assigned_statements.against_weighted(effect, facts.of_role(self.facts, effect.role))
            for effect in few
        )
        return (*self._by_role(role_statements.test), *weighted)

    def alarmed(self) -> tuple[Sentence, ...]:
        """Return the effect without units that integrity checks raised an alarm for, role by role."""
        return self._by_role(ladder_statements.without_alarmed)

    def placebos(self) -> tuple[Sentence, ...]:
        """Return what the procedure finds where there is nothing."""
        return self._by_role(role_statements.placebo)

    def drift(self) -> tuple[Sentence, ...]:
        """Return whether linked units moved differently before."""
        return self._by_role(role_statements.drift)

    def course(self) -> tuple[Sentence, ...]:
        """Return what quarters before and after the link show against the same one."""
        return self._by_role(role_statements.course)

    def choices(self) -> tuple[Sentence, ...]:
        """Return how many defensible choices turn the answer around."""
        return self._by_role(role_statements.choices)

    def departures(self) -> tuple[Sentence, ...]:
        """Return which departures from parallel trends the effect survives."""
        return self._by_role(role_statements.departures)

    def left_out(self) -> tuple[Sentence, ...]:
        """Return how far the effect hangs on one cohort or one unit."""
        return self._by_role(role_statements.left_out)

    def naive(self) -> tuple[Sentence, ...]:
        """Return what others would state, and how often the comparison most would choose errs."""
        sentences = tuple(statements.differences(self.result, self.facts))
        if (lacking := self.result.unidentified) is None:
            return sentences
        role_facts = facts.of_role(self.facts, lacking.role)
        return (*sentences, *unidentified_statements.comparisons(lacking, role_facts))

    def outcomes(self) -> tuple[Sentence, ...]:
        """Return how many other things moved."""
        return tuple(statements.outcomes(self.result, self.facts))

    def advice(self) -> tuple[Sentence, ...]:
        """Return what to do, role by role."""
        return tuple(statements.advice(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what the result cannot say."""
        return tuple(statements.limits(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return the roles of which no effect may be claimed, or not all of it."""
        return tuple(findings_of(self.result, self.facts))

    def _by_role(self, statement: Callable[[RoleEffect, Facts], Sentence]) -> tuple[Sentence, ...]:
        return tuple(
            statement(effect, facts.of_role(self.facts, effect.role)) for effect in self.result.roles
        )

    @property
    def basis(self) -> Basis:
        """The rows the answer rests on."""
        return facts.basis(self.result)

    def by_role(self) -> tuple[RoleExhibits, ...]:
        """Return the exhibits of each role with an estimate."""
        return tuple(RoleExhibits(effect, self.basis) for effect in self.result.roles)

    def adoption(self) -> tuple[Exhibit, ...]:
        """Return who was linked when, with the mean share of variable pay; nothing where nobody was."""
        unidentified = self.result.unidentified
        rows = _of_register(self.result, unidentified) if unidentified else _of_panel(self.result)
        frame = pd.DataFrame(rows, columns=_ADOPTION)
        return _unless_empty(Exhibit(frame, "Who was linked, and when", ("role", "month"), LINKS))

    def effects(self) -> Exhibit:
        """Return one row per role: what may be claimed, the estimate, its test and what it rests on."""
        return Exhibit(
            self.to_frame(),
            "Effect of linking pay",
            by=("role",),
            basis=self.basis,
            facts=tuple(self.facts),
            units={**_PROBABILITIES, "false_alarms": "share"},
            labels={"p_placebo": "p on placebos"},
        )

    def differences(self) -> tuple[Exhibit, ...]:
        """Return what others would state, and beneath it the estimate; nothing where nothing is compared."""
        frame = self._differences()
        return _unless_empty(Exhibit(frame, "Simple comparisons", ("role", "reading"), self.basis))

    def _differences(self) -> pd.DataFrame:
        differences, roles = self.result.differences, self.result.roles
        if differences is None:
            return pd.DataFrame()
        if self.result.unidentified is not None:
            return differences.drop(columns="key")
        panel = self.result.panel
        units = 0 if panel is None else len(panel.units)
        used = [
            (
                effect.role,
                "estimate",
                "estimated here, against what would have been",
                effect.estimate,
                effect.inference.low,
                effect.inference.high,
                units,
                "see what would reverse it",
            )
            for effect in roles
            if effect.tested
        ]
        frame = pd.DataFrame([*differences.itertuples(index=False), *used], columns=differences.columns)
        order = {effect.role: place for place, effect in enumerate(roles)}
        rows = frame[frame["role"].isin(order)]
        ordered = rows.sort_values("role", key=lambda role: role.map(order), kind="stable")
        return ordered.drop(columns="key").reset_index(drop=True)

    def comparisons(self) -> tuple[NaiveComparisons, ...]:
        """Return the naive comparisons to be drawn; none where an effect was asked for."""
        return self.result.comparisons

    def by_choice(self) -> tuple[Exhibit, ...]:
        """Return how far the answer of naive comparisons moves with each choice; or nothing."""
        role = "" if self.result.unidentified is None else self.result.unidentified.role
        return tuple(
            Exhibit(
                comparisons.groups(),
                f"The answer by choice, in {comparisons.figures.points}",
                by=("choice", "option"),
                basis=self.basis,
                labels=_BY_CHOICE,
                keys=tuple(f"readings:{role}:fewest:{least}" for least in comparisons.fewest),
            )
            for comparisons in self.result.comparisons
        )

    def moved(self) -> tuple[Exhibit, ...]:
        """Return what else moved, and what cannot be told; nothing where it was not asked."""
        if not self.result.outcomes:
            return ()
        columns = ["role", "name", "estimate", "low", "high", "p_value", "meaning"]
        outcomes = pd.DataFrame(list(self.result.outcomes))[columns]
        frame = outcomes.rename(columns={"name": "what", "p_value": "p"})
        title = "What else moved, and what cannot be told"
        return (Exhibit(frame, title, ("role", "what"), self.basis, units=_PROBABILITIES),)


def _unless_empty(exhibit: Exhibit) -> tuple[Exhibit, ...]:
    return (exhibit,) if len(exhibit.frame) else ()


def _of_panel(result: PayEffects) -> Sequence[tuple[object, ...]]:
    """Return one row per role and month of adoption."""
    rows = []
    for effect in result.roles:
        links = effect.links
        for month in sorted(set(links.adopted[links.linked.any(axis=1)].tolist())):
            cohort = links.adopted == month
            label = result.panel.months[month] if result.panel else 0
            rows.append((effect.role, label, int(cohort.sum()), float(links.dose[cohort, month].mean())))
    return rows


def _of_register(result: PayEffects, lacking: Unidentified) -> Sequence[tuple[object, ...]]:
    """Return one row per month in which links of the register begin."""
    entries = running(result.register, role=lacking.role)
    first = entries.groupby(entries["unit_id"].astype(str))["starts_on"].min()
    months = pd.Series(months_of_days(first)).value_counts().sort_index()
    weight = float(entries["weight"].mean())
    return [(lacking.role, month, int(count), weight) for month, count in months.items()]
