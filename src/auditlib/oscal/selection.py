"""Profile: which criteria a party is judged by, with its targets, waivers and remedies."""

from __future__ import annotations

from datetime import date

from auditlib.oscal.audited import Audited
from auditlib.oscal.catalogue import DECISION, target_id
from auditlib.oscal.document import CATALOGUE, Json, audit_metadata, filled, prop, props, rooted
from auditlib.oscal.wording import figure, paragraphs
from auditlib.standards.profile import OverrideModel, ProfileModel, RemedyModel, WaiverModel


def profile(audited: Audited) -> Json:
    """Return the profile: the party's own, or the whole edition as it stands."""
    chosen = audited.profile
    title = chosen.title if chosen else f"{audited.edition.title} as it stands"
    head = audit_metadata(audited, f"Profile, {title}")
    if chosen:
        head["props"] = [*head["props"], *_left_out(chosen)]
    body = {
        "metadata": head,
        "imports": [
            {"href": CATALOGUE, "include-controls": [{"with-ids": [*audited.selected, DECISION]}]},
        ],
        "merge": {"as-is": True},
    }
    return rooted("profile", body | filled(modify=_modified(chosen) if chosen else {}))


def _left_out(chosen: ProfileModel) -> list[Json]:
    return [
        one for name, why in chosen.not_applicable.items() for one in prop("not-applicable", name, why=why)
    ]


def _modified(chosen: ProfileModel) -> Json:
    touched = dict.fromkeys((*chosen.waivers, *chosen.remedies))
    return filled(
        set_parameters=[_override(name, entry) for name, entry in chosen.overrides.items()],
        alters=[
            {"control-id": name, "adds": [{"position": "ending", "props": facts}]}
            for name in touched
            if (facts := [*_waiver(chosen.waivers.get(name)), *_remedy(chosen.remedies.get(name))])
            and name not in chosen.not_applicable
        ],
    )


def _override(name: str, entry: OverrideModel) -> Json:
    return {
        "param-id": target_id(name),
        "props": prop("because", entry.because),
        "guidelines": [{"prose": paragraphs(entry.rationale)}],
        "values": [figure(entry.target)],
    }


def _waiver(entry: WaiverModel | None) -> list[Json]:
    if entry is None:
        return []
    granted = prop("waiver-granted-on", entry.granted_on.isoformat(), why=entry.reason)
    return [*granted, *prop("waiver-expires-on", entry.expires_on.isoformat())]


def _remedy(entry: RemedyModel | None) -> list[Json]:
    if entry is None:
        return []
    return props(
        {
            "plan-accepted-on": _day(entry.plan_accepted_on),
            "cause": entry.cause,
            "fix-verified-on": _day(entry.fix_verified_on),
        }
    )


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
