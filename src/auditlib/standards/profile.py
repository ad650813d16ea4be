"""Profiles: what one party changes about an edition, each change with its reason (D3).

What a profile cannot buy: a target outside the catalogue's bounds, the absence of a rigid or must-pass
criterion, a waiver of more than a year, or what is called not applicable without a fact that evidence shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.load import load
from auditlib.parameters.run import AuditId, Strict
from auditlib.parameters.strict_model import Misfit
from auditlib.records import Criterion, Direction, Kind, Outcome
from auditlib.standards.edition import CriterionId, Edition, Words
from auditlib.standards.exempting import Fact, fits, fitting, look_for
from auditlib.standards.measure import Context, Tables
from auditlib.statements import counted

LONGEST_WAIVER = 366
"""Days, both ends counted. A house rule: editions are yearly, and what is set aside for longer than one of
them is no exception but another standard; whoever still needs it asks again, with a reason of that day."""
Path = tuple[str | int, ...]
Refusal = tuple[Path, str, str]
"""Where in the profile, what is wrong, what to do."""


class OverrideModel(Strict):
    """Another target for one criterion, within the bounds of the catalogue."""

    target: float
    because: Literal["strategy", "expectation", "cost"]
    rationale: Words


class WaiverModel(Strict):
    """A criterion set aside for a time; refused for rigid criteria."""

    reason: Words
    granted_on: date
    expires_on: date


class AbsenceModel(Strict):
    """A fact for which a criterion does not apply; it counts only where the evidence shows it."""

    because: Fact
    reason: Words = Field(description="How the fact came about, in plain words.")

    @model_validator(mode="before")
    @classmethod
    def _names_a_fact(cls, given: Any) -> Any:
        if isinstance(given, str):
            message = "words alone set no criterion aside"
            facts = ", ".join(Fact)
            remedy = f"Write {{because: FACT, reason: {given!r}}}, with one of the facts {facts}."
            raise Misfit(message, remedy=remedy)
        return given


class ProfileModel(Strict):
    """A profile as it is written."""

    profile: AuditId
    standard: str = Field(
        pattern=r"^[a-z][a-z0-9-]*@[0-9]{4}$",
        description="Standard and edition, such as service-excellence@2025.",
    )
    title: Words
    overrides: dict[CriterionId, OverrideModel] = Field(default_factory=dict)
    waivers: dict[CriterionId, WaiverModel] = Field(default_factory=dict)
    not_applicable: dict[CriterionId, AbsenceModel] = Field(default_factory=dict)
    remedies: SkipJsonSchema[None] = None

    @field_validator("remedies", mode="before")
    @classmethod
    def _no_remedies(cls, _given: object) -> None:
        raise Misfit(
            "a date in a profile closes no finding",
            remedy="Enter plans and fixes into the register that 'auditlib actions' writes beside the run.",
        )


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a criterion is not judged: ``waived`` or ``not_applicable``, with the reason.

    Parameters
    ----------
    outcome, reason
        What is concluded instead, and why.
    chosen
        Whether the party's profile set it aside; False where the edition does not demand it yet.
    """

    outcome: Outcome
    reason: str
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Demands:
    """What one party is judged by on one day.

    Parameters
    ----------
    edition
        The edition with the targets of the profile.
    exemptions
        Criteria not judged, by id.
    absences
        Facts for which the profile calls criteria not applicable, by id, before the evidence was looked at.
    unshown
        Why the evidence does not show such a fact, by id; the criterion is judged.
    looser, tighter
        Ids of criteria whose target the profile moved away from the base, either way.
    note
        What limits the verdict: an edition that is not, or not alone, in effect on that day.
    certifies
        Whether the edition is in effect, or in transition, on that day; otherwise it only compares.
    """

    edition: Edition
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)
    absences: Mapping[str, AbsenceModel] = field(default_factory=dict)
    unshown: Mapping[str, str] = field(default_factory=dict)
    looser: tuple[str, ...] = ()
    tighter: tuple[str, ...] = ()
    note: str = ""
    certifies: bool = True


def load_profile(text: str, *, name: str) -> ProfileModel:
    """Read a profile from YAML; ParameterError with every problem of form."""
    return load(ProfileModel, text, name=name)


def demands_on(
    edition: Edition,
    day: date,
    *,
    profile: ProfileModel | None = None,
    successor: Edition | None = None,
) -> Demands:
    """Return what a party is judged by on `day`.

    An expired waiver has no effect; a criterion that takes effect later is not applicable yet.

    Parameters
    ----------
    edition
        The edition.
    day
        Last day of the audited period.
    profile
        The party's profile; none means the edition as it stands.
    successor
        The edition after it, which says until when this one may still be used.

    Raises
    ------
    ParameterError
        If the profile asks for what `refused` names.
    """
    later = {
        criterion.id: Exemption(
            Outcome.NOT_APPLICABLE, f"demanded from {criterion.effective_from} on", chosen=False
        )
        for criterion in edition.criteria
        if criterion.effective_from is not None and day < criterion.effective_from
    }
    note, certifies = standing_on(edition, day, successor=successor)
    if profile is None:
        return Demands(edition, later, note=note, certifies=certifies)
    problems = [
        Problem(message, f"profile {profile.profile}", remedy=remedy)
        for _, message, remedy in refused(profile, edition)
    ]
    if problems:
        raise ParameterError(*problems)
    moved = edition.with_targets({key: entry.target for key, entry in profile.overrides.items()})
    return Demands(
        moved,
        later | _waived(profile, day),
        absences={key: entry for key, entry in profile.not_applicable.items() if key not in later},
        looser=tuple(
            key for key in profile.overrides if is_looser(edition.criterion(key), moved.criterion(key))
        ),
        tighter=tuple(
            key for key in profile.overrides if is_looser(moved.criterion(key), edition.criterion(key))
        ),
        note=note,
        certifies=certifies,
    )


def as_shown(demands: Demands, tables: Tables, context: Context) -> Demands:
    """Return `demands` with every fact of the profile looked for in the evidence.

    A fact that the evidence shows makes its criterion not applicable; otherwise the criterion stays, and why
    is kept.
    """
    exemptions, unshown = dict(demands.exemptions), dict(demands.unshown)
    for key, entry in demands.absences.items():
        seen = look_for(entry.because, demands.edition.criterion(key), tables, context)
        if seen.shown:
            exemptions[key] = Exemption(Outcome.NOT_APPLICABLE, f"{seen.words}: {entry.reason}")
        else:
            unshown[key] = seen.words
    return replace(demands, exemptions=exemptions, absences={}, unshown=unshown)


def refused(profile: ProfileModel, edition: Edition) -> Iterator[Refusal]:
    """Yield what a profile may not ask of `edition`, whatever the day and the evidence."""
    if profile.standard != edition.name:
        yield ("standard",), f"the profile is for {profile.standard}, not {edition.name}.", ""
    for part in ("overrides", "waivers", "not_applicable"):
        for key in getattr(profile, part):
            if key not in edition.ids:
                near = get_close_matches(key, edition.ids, n=1)
                remedy = f"Did you mean {near[0]!r}?" if near else ""
                yield (part, key), f"{edition.name} has no criterion {key}.", remedy
    for criterion in edition.criteria:
        key = criterion.id
        if key in profile.overrides:
            yield from _out_of_bounds(key, profile.overrides[key].target, criterion)
        if key in profile.waivers:
            yield from _not_waived(key, profile.waivers[key], criterion)
        if key in profile.not_applicable:
            yield from _not_absent(key, profile.not_applicable[key], criterion)


def _out_of_bounds(key: str, value: float, criterion: Criterion) -> Iterator[Refusal]:
    low, high = sorted((criterion.target.tightest, criterion.target.loosest))
    if not low <= value <= high:
        words = f"{key}: the target {value:g} lies outside the bounds {low:g} to {high:g} of the catalogue."
        yield ("overrides", key, "target"), words, "Choose a value between them."


def _not_waived(key: str, waiver: WaiverModel, criterion: Criterion) -> Iterator[Refusal]:
    if _demanded_of_all(criterion):
        yield ("waivers", key), f"{key} is {_demanded_of_all(criterion)}: a waiver is refused.", "Remove it."
    days = (waiver.expires_on - waiver.granted_on).days + 1
    if days > LONGEST_WAIVER:
        message = f"the waiver of {key} lasts {counted(days, 'day')}; {LONGEST_WAIVER} are the most."
        remedy = "End it within a year, and ask again then with the reason of that day."
        yield ("waivers", key, "expires_on"), message, remedy


def _not_absent(key: str, absence: AbsenceModel, criterion: Criterion) -> Iterator[Refusal]:
    at = ("not_applicable", key)
    if _demanded_of_all(criterion):
        message = f"{key} is {_demanded_of_all(criterion)}: it applies to everyone."
        yield at, message, "Remove it."
    elif not fits(absence.because, criterion):
        message = f"{key} is not about what '{absence.because}' says there is none of."
        facts = fitting(criterion)
        remedy = (
            f"Name {' or '.join(facts)}." if facts else f"No fact leaves {key} without a case: remove it."
        )
        yield (*at, "because"), message, remedy


def _demanded_of_all(criterion: Criterion) -> str:
    """Return why a criterion cannot be set aside; empty where it can."""
    if criterion.kind is Kind.RIGID:
        return "rigid"
    return "a must-pass" if criterion.must_pass else ""


def is_looser(base: Criterion, other: Criterion) -> bool:
    """Return whether `other` demands less than `base`."""
    if base.target.direction is Direction.AT_LEAST:
        return other.target.value < base.target.value
    return other.target.value > base.target.value


def standing_on(edition: Edition, day: date, *, successor: Edition | None) -> tuple[str, bool]:
    """Return what limits a verdict by `edition` on `day`, in words, and whether it may certify at all.

    The edition after says in its ``transition_until`` until when the one before may be used too.
    """
    until = edition.transition_until
    if edition.effective_on(day):
        if until is None or day > until:
            return "", True
        return f"{edition.title} is in effect; until {until} the edition before may be used too.", True
    dates = f"{edition.title} is in effect from {edition.effective_from} to {edition.effective_to}"
    last = successor.transition_until if successor else None
    if last is not None and edition.effective_to < day <= last:
        return f"{dates}, and may be used until {last}, the end of the transition to the edition after.", True
    return (
        f"{dates} and the audited period ends on {day}: the verdict compares, and certifies nothing.",
        False,
    )


def _waived(profile: ProfileModel, day: date) -> dict[str, Exemption]:
    return {
        key: Exemption(Outcome.WAIVED, f"waived until {entry.expires_on}: {entry.reason}")
        for key, entry in profile.waivers.items()
        if entry.granted_on <= day <= entry.expires_on
    }
