"""Profiles: what one party changes about an edition, each change with its reason (D3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from pydantic import Field, field_validator
from pydantic.json_schema import SkipJsonSchema

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.load import load
from auditlib.parameters.misfit import Misfit
from auditlib.parameters.run import AuditId, Strict
from auditlib.records import Criterion, Direction, Kind, Outcome
from auditlib.standards.edition import CriterionId, Edition, Words


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
    not_applicable: dict[CriterionId, Words] = Field(default_factory=dict)
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
    """Why a criterion is not judged: ``waived`` or ``not_applicable``, with the reason."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Demands:
    """What one party is judged by on one day.

    Parameters
    ----------
    edition
        The edition with the targets of the profile.
    exemptions
        Criteria not judged, by id.
    looser, tighter
        Ids of criteria whose target the profile moved away from the base, either way.
    note
        What limits the verdict: an edition that is not, or not alone, in effect on that day.
    certifies
        Whether the edition is in effect, or in transition, on that day; otherwise it only compares.
    """

    edition: Edition
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)
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
        If the profile belongs to another edition or sets a rigid criterion aside.
    """
    later = {
        criterion.id: Exemption(Outcome.NOT_APPLICABLE, f"demanded from {criterion.effective_from} on")
        for criterion in edition.criteria
        if criterion.effective_from is not None and day < criterion.effective_from
    }
    note, certifies = standing_on(edition, day, successor=successor)
    if profile is None:
        return Demands(edition, later, note=note, certifies=certifies)
    _refuse(edition, profile)
    moved = edition.with_targets({key: entry.target for key, entry in profile.overrides.items()})
    return Demands(
        moved,
        later | _exemptions(profile, day),
        tuple(key for key in profile.overrides if is_looser(edition.criterion(key), moved.criterion(key))),
        tuple(key for key in profile.overrides if is_looser(moved.criterion(key), edition.criterion(key))),
        note,
        certifies,
    )


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


def _exemptions(profile: ProfileModel, day: date) -> dict[str, Exemption]:
    waived = {
        key: Exemption(Outcome.WAIVED, f"waived until {entry.expires_on}: {entry.reason}")
        for key, entry in profile.waivers.items()
        if entry.granted_on <= day <= entry.expires_on
    }
    absent = {key: Exemption(Outcome.NOT_APPLICABLE, why) for key, why in profile.not_applicable.items()}
    return waived | absent


def _refuse(edition: Edition, profile: ProfileModel) -> None:
    name = f"profile {profile.profile}"
    if profile.standard != edition.name:
        raise ParameterError(
            Problem(f"the profile is written for {profile.standard}, not {edition.name}.", name)
        )
    touched = {**profile.overrides, **profile.waivers, **profile.not_applicable}
    unknown = [key for key in touched if key not in edition.ids]
    if unknown:
        raise ParameterError(*(Problem(f"{edition.name} has no criterion {key}.", name) for key in unknown))
    rigid = [key for key in profile.waivers if edition.criterion(key).kind is Kind.RIGID]
    if rigid:
        message = "is rigid: a waiver is refused. Remove the waiver."
        raise ParameterError(*(Problem(f"{key} {message}", name) for key in rigid))
