"""Profile: which criteria a party is judged by, with its targets and waivers."""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain

from auditlib.oscal.audited import Audited
from auditlib.oscal.catalogue import DECISION, target_id
from auditlib.oscal.document import CATALOGUE, Json, audit_metadata, filled, prop, rooted
from auditlib.oscal.markdown import figure, paragraphs
from auditlib.standards.profile import OverrideModel, ProfileModel, WaiverModel


def profile(audited: Audited) -> Json:
    """Return the profile: the party's own, or the whole edition as it stands."""
    chosen = audited.profile
    title = chosen.title if chosen else f"{audited.edition.title} as it stands"
    head = audit_metadata(audited, f"Profile, {title}")
    if chosen:
        head["props"] = [*head["props"], *_left_out(audited)]
    body = {
        "metadata": head,
        "imports": [
            {"href": CATALOGUE, "include-controls": [{"with-ids": [*audited.selected, DECISION]}]},
        ],
        "merge": {"as-is": True},
    }
    return rooted("profile", body | filled(modify=_modified(chosen, audited.left_out) if chosen else {}))


def _left_out(audited: Audited) -> list[Json]:
    reasons = {name: f"{entry.because}: {entry.reason}" for name, entry in audited.left_out.items()}
    return [*chain(*(prop("not-applicable", name, why=why) for name, why in reasons.items()))]


def _modified(chosen: ProfileModel, left_out: Collection[str]) -> Json:
    return filled(
        set_parameters=[_override(name, entry) for name, entry in chosen.overrides.items()],
        alters=[
            {"control-id": name, "adds": [{"position": "ending", "props": _waiver(entry)}]}
            for name, entry in chosen.waivers.items()
            if name not in left_out
        ],
    )


def _override(name: str, entry: OverrideModel) -> Json:
    return {
        "param-id": target_id(name),
        "props": prop("because", entry.because),
        "guidelines": [{"prose": paragraphs(entry.rationale)}],
        "values": [figure(entry.target)],
    }


def _waiver(entry: WaiverModel) -> list[Json]:
    granted = prop("waiver-granted-on", entry.granted_on.isoformat(), why=entry.reason)
    return [*granted, *prop("waiver-expires-on", entry.expires_on.isoformat())]
