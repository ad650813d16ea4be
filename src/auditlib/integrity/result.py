"""What the signs of gaming amount to, and how far they can be relied on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.integrity import tables
from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.findings import findings_of
from auditlib.integrity.patterns import SignPattern, detections_of
from auditlib.integrity.performance import LEVEL, Performance
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.score_changes import ScoreChange
from auditlib.integrity.wording import keys_of, listed, measured, share, whom
from auditlib.records import Basis, Finding, Interval, Number, Refusal, Sentence, Ungrouped
from auditlib.statements import counted

if TYPE_CHECKING:
    import pandas as pd

_MEANWHILE = (
    "Until it is explained, settle the bonuses of these units on a sample drawn and invited by somebody "
    "whose pay does not depend on it, and credit the link with none of their rise. Put the question to the "
    "party, not to a person: a sign is about a group of units."
)
_LINKS = (Basis("pay_links"),)


@dataclass(frozen=True)
class IntegrityResult(Ungrouped):
    """Every kind of sign in every group of linked units.

    Parameters
    ----------
    signatures
        In order of group and kind; empty where no pay is linked.
    policy, level
        What was looked for, and the coverage of intervals.
    performance
        The register of false alarms and power; None where it is not to be stated.
    not_applicable
        Why nothing was looked for.
    scores
        What the scores of each group did in the same comparison.
    unknown
        Whether nothing was looked for because the evidence does not tell, rather than because nothing is
        linked.
    """

    signatures: tuple[SignPattern, ...]
    policy: IntegrityPolicy
    level: float
    performance: Performance | None = None
    not_applicable: Refusal | None = None
    scores: tuple[ScoreChange, ...] = ()
    unknown: bool = False

    @property
    def detections(self) -> tuple[Detection, ...]:
        """Every detector on every group."""
        return detections_of(self.signatures)

    @property
    def alarms(self) -> tuple[SignPattern, ...]:
        """What needs explanation."""
        return tuple(signature for signature in self.signatures if signature.alarm)

    @property
    def basis(self) -> Basis:
        """The register of pay links, on which every table rests first of all."""
        return _LINKS[0]

    @property
    def assessed(self) -> tuple[IntegrityResult, ...]:
        """The result itself where anything could be tested: what there is to show."""
        return (self,) if self.tested else ()

    @property
    def registers(self) -> tuple[Performance, ...]:
        """The register of the detectors, where there is one to state."""
        return () if self.performance is None or not self.tested else (self.performance,)

    @property
    def tested(self) -> tuple[SignPattern, ...]:
        """Kinds of signs that could be tested."""
        return tuple(signature for signature in self.signatures if signature.p_value is not None)

    @property
    def groups(self) -> tuple[str, ...]:
        """Groups of linked units, in order."""
        return tuple(dict.fromkeys(signature.group.name for signature in self.signatures))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per group and kind of sign: p alone, p allowing for all, and what it says."""
        return tables.kinds(self.signatures)

    def detectors(self, *signs: SignStrength) -> pd.DataFrame:
        """Return one row per group and detector with one of `signs` (all where none is given)."""
        return tables.detectors(self.detections, signs or tuple(SignStrength))

    def beside(self) -> pd.DataFrame:
        """Return, by group, what its scores did and which signs need explanation."""
        return tables.beside(self.signatures, self.scores)

    def untested(self) -> pd.DataFrame:
        """Return what could not be tested, with the reason."""
        return tables.untested(self.detections)

    def units(self) -> pd.DataFrame:
        """Return the linked units behind each alarm; no unit is tested on its own."""
        return tables.units(self.alarms, level=self.level)

    def register(self) -> pd.DataFrame:
        """Return false alarms and power of each detector, as measured on simulated companies."""
        return tables.register(self.performance)

    def meanings(self) -> pd.DataFrame:
        """Return what each detector looks at, its null model, and what else would look the same."""
        return tables.meanings()

    def numbers(self) -> tuple[Number, ...]:
        """Return effects, p-values and levels of every test, and what the register says."""
        if self.not_applicable is not None:
            return (Number("alarms", None, "count", basis=_LINKS, reason=self.not_applicable.reason),)
        counts = {"alarms": len(self.alarms), "tests": len(self.tested), "groups": len(self.groups)}
        counts["detections"] = len(self.detections)
        counts["untested"] = sum(detection.sign is SignStrength.NOT_RUN for detection in self.detections)
        counts["worth_a_look"] = sum(detection.sign is SignStrength.WATCH for detection in self.detections)
        found = [Number(name, value, "count", basis=_LINKS) for name, value in counts.items()]
        found += [number for signature in self.signatures for number in signature.numbers()]
        found += [number for detection in self.detections for number in detection.numbers(self.level)]
        found += [score.number(self.level) for score in self.scores]
        found += self._in_common()
        return (*found, Number("error", self.policy.error, "share", reason="Declared."), *self._measured())

    def _in_common(self) -> list[Number]:
        """Return how many units groups share with those that raised an alarm, as text and table say it."""
        pairs = [
            Number(_shared_key(group, other), count, "units", basis=_LINKS)
            for group in self._alarmed
            for other, count in self._shares(group).items()
        ]
        each = [
            Number(f"shared:{score.group.name}", tables.in_common(score, self.alarms), "units", basis=_LINKS)
            for score in self.scores
        ]
        return [*pairs, *each]

    def _measured(self) -> tuple[Number, ...]:
        if self.performance is None:
            return ()
        known = self.performance
        return (
            Number("register:companies", known.companies, "count", reason=known.provenance),
            _measured_share("register:any_alarm", known.any_alarm, known.companies, known),
            *(
                _measured_share(f"register:found:{name}", each.any, each.companies, known)
                for name, each in known.planted.items()
            ),
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each group and kind of sign that needs explanation."""
        return findings_of(self.alarms, self.level)

    def summary(self) -> tuple[Sentence, ...]:
        """Return the answer and how sure it is."""
        if self.not_applicable is not None:
            word = "assessable" if self.unknown else "applicable"
            text = f"Not {word}: {self.not_applicable.reason} {self.not_applicable.remedy}"
            return (Sentence(text, ("alarms",)),)
        if not self.tested:
            return (self._untestable(),)
        answer = tuple(self._alarm(name) for name in self._alarmed) or (self._quiet(),)
        return (*answer, self._sure())

    @property
    def _alarmed(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(alarm.group.name for alarm in self.alarms))

    def _untestable(self) -> Sentence:
        reasons = {detection.reason: f"effect:{detection.key}" for detection in self.detections}
        return Sentence(
            f"Not assessable: pay is linked in {counted(len(self.groups), 'group')} of units, and none "
            "of the signs can "
            f"be tested. {' '.join(reasons)}",
            ("groups", "untested", *reasons.values()),
        )

    def _alarm(self, group: str) -> Sentence:
        own = [alarm for alarm in self.alarms if alarm.group.name == group]
        clearest = min((each for kind in own for each in kind.carried_by), key=lambda each: each.p_value)
        scores = [score for score in self.scores if score.group.name == group]
        told = "".join(f" {score.words(self.level)}." for score in scores)
        shared = (_shared_key(group, other) for other in self._shares(group))
        return Sentence(
            f"The scores of the {own[0].linked} {whom(own[0].group)} need explanation before anyone relies "
            f"on them: {listed([each.pattern.plain for each in own])}, which proves nothing about anyone. "
            f"The clearest sign: {measured(clearest, self.level)}.{told}{self._shared(group)}",
            (*keys_of(own), *(score.key for score in scores), *shared),
        )

    def _shared(self, group: str) -> str:
        """Say where a group shares units with another one that raised an alarm."""
        shared = self._shares(group).items()
        groups = {alarm.group.name: alarm.group for alarm in self.alarms}
        belong = ("of these units also belongs", "of these units also belong")
        told = [f"{counted(count, *belong)} to the {whom(groups[name])}" for name, count in shared]
        return f" {listed(told)}." if told else ""

    def _shares(self, group: str) -> dict[str, int]:
        """Return how many units a group shares with each other one that raised an alarm, where any."""
        units = {name: _linked_units(self.alarms, name) for name in self._alarmed}
        shared = {name: len(units[group] & others) for name, others in units.items() if name != group}
        return {name: count for name, count in shared.items() if count}

    def _quiet(self) -> Sentence:
        return Sentence(
            f"No sign that scores are managed is shown by {counted(len(self.tested), 'test')} in "
            f"{counted(len(self.groups), 'group')} of linked units; what they can miss is said beside them.",
            ("tests", "groups"),
        )

    def _sure(self) -> Sentence:
        limit = f"Units in which nothing changed raise an alarm in at most {self.policy.error:.0%} of audits"
        if self.performance is None:
            return Sentence(f"{limit}.", ("error",))
        known, (name, form) = self.performance, self.performance.main
        caveat = "" if known.fits(self.policy) else " These were measured with other settings."
        low, high = (share(value) for value in known.limits(known.any_alarm, known.companies))
        return Sentence(
            f"{limit}; {share(known.any_alarm)} of "
            f"{counted(known.companies, 'simulated company', 'simulated companies')} without gaming "
            f'raised one (95% interval {low} to {high}). Where "{form.form}", {share(form.any)} of '
            f"{form.companies} did.{caveat}",
            ("error", "register:companies", "register:any_alarm", f"register:found:{name}"),
        )

    def reversals(self) -> tuple[Sentence, ...]:
        """Return what would reverse the answer."""
        if not self.tested:
            return ()
        if not self.alarms:
            return (self._could_hide(),)
        return tuple(
            Sentence(
                f"{detection.detector.title} ({whom(alarm.group)}) would be explained by something else if "
                f"this holds: {detection.detector.innocent}",
                (f"p:{detection.key}",),
            )
            for alarm in self.alarms
            for detection in alarm.carried_by
        )

    def _could_hide(self) -> Sentence:
        watched = sum(detection.sign is SignStrength.WATCH for detection in self.detections)
        text = (
            f"{counted(watched, 'detection')} would have been called unusual had each been the only "
            "test; among so "
            "many, some are by chance. Gaming in one unit, or from before the period on, would not be seen."
        )
        if self.performance is None:
            return Sentence(text, ("worth_a_look",))
        name, form = self.performance.hardest
        companies = counted(form.companies, "company", "companies")
        missed = f' Where "{form.form}", it was noticed in {share(form.any)} of {companies} only.'
        return Sentence(text + missed, ("worth_a_look", f"register:found:{name}"))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        if not self.tested:
            return ()
        missed = sum(detection.sign is SignStrength.NOT_RUN for detection in self.detections)
        return (
            Sentence(
                "A sign says that something changed when pay was linked, not who did what, nor why. Gaming "
                "that began before the period, in a single unit or in all units alike, leaves no contrast."
            ),
            Sentence(
                f"{missed} of {counted(len(self.detections), 'detection')} could not be tested.",
                ("untested", "detections"),
            ),
        )

    def advice(self) -> tuple[Sentence, ...]:
        """Return what to do."""
        if not self.tested:
            return ()
        if not self.alarms:
            return (Sentence("Nothing needs to be asked; look again when the next units are linked."),)
        kinds = dict.fromkeys(alarm.pattern for alarm in self.alarms)
        asked = (
            Sentence(
                f"Ask for {kind.ask_for} "
                f"({listed([whom(alarm.group) for alarm in self.alarms if alarm.pattern is kind])}).",
                tuple(f"p_adjusted:{alarm.key}" for alarm in self.alarms if alarm.pattern is kind),
            )
            for kind in kinds
        )
        return (*asked, Sentence(_MEANWHILE))


def _measured_share(key: str, value: float, n: int, known: Performance) -> Number:
    low, high = known.limits(value, n)
    interval = Interval(low, high, LEVEL, "Clopper-Pearson")
    return Number(key, value, "share", n, interval, reason=known.provenance)


def _shared_key(group: str, other: str) -> str:
    return f"shared_with:{group.replace(' ', ':')}:{other.replace(' ', ':')}"


def _linked_units(alarms: tuple[SignPattern, ...], group: str) -> set[str]:
    return {
        unit.unit_id
        for alarm in alarms
        if alarm.group.name == group
        for detection in alarm.detections
        for unit in detection.units
        if unit.linked
    }
