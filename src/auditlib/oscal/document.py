"""What the five documents share: names, identifiers that repeat, properties, metadata, kept files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from auditlib.files import digest
from auditlib.oscal.audited import Audited
from auditlib.oscal.markdown import figure, markup, paragraphs, plain

Json = dict[str, Any]

OSCAL_VERSION: Final = "1.2.1"
"""The newest version that compliance-trestle 5.2 accepts."""
NAMESPACE: Final = "urn:auditlib:oscal"
"""Namespace of every property OSCAL does not define. Never changed: identifiers are derived from it."""

CATALOGUE: Final = "catalog.json"
PROFILE: Final = "profile.json"
PLAN: Final = "assessment-plan.json"
RESULTS: Final = "assessment-results.json"
ACTIONS: Final = "plan-of-action-and-milestones.json"
ACTION_OWNER: Final = "action-owner"

_ROOT = uuid5(NAMESPACE_URL, NAMESPACE)


def identify(kind: str, *names: str) -> str:
    """Return the identifier of the thing of `kind` called `names`: the same names, the same identifier."""
    return str(uuid5(_ROOT, json.dumps([kind, *names])))


def rooted(kind: str, body: Json) -> Json:
    """Return a whole document; its identifier follows from its content, as OSCAL asks."""
    return {kind: {"uuid": identify(kind, digest(body)), **body}}


def filled(**fields: Any) -> Json:
    """Return the fields that hold something; ``related_risks`` becomes ``related-risks``.

    OSCAL refuses empty lists and empty text.
    """
    return {
        name.replace("_", "-"): value for name, value in fields.items() if value or isinstance(value, bool)
    }


def prop(name: str, value: float | str | bool | None, *, why: str = "") -> list[Json]:
    """Return one property of our namespace as a list, so that absent values add nothing."""
    text = plain(figure(value))
    if not text:
        return []
    return [filled(name=name, ns=NAMESPACE, value=text, remarks=paragraphs(why))]


def props(facts: Mapping[str, float | str | bool | None]) -> list[Json]:
    """Return a property for each fact that has a value."""
    return [*chain(*(prop(name, value) for name, value in facts.items()))]


def instant(moment: datetime) -> str:
    """Return an instant in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def midnight(day: date) -> str:
    """Return the start of a day in UTC, for fields that hold only instants."""
    return instant(datetime.combine(day, time(), UTC))


def metadata(title: str, *, version: str, as_of: datetime, **parts: Any) -> Json:
    """Return a document's metadata."""
    return {
        "title": markup(title),
        "last-modified": instant(as_of),
        "version": version,
        "oscal-version": OSCAL_VERSION,
        **filled(**parts),
    }


def audit_metadata(audited: Audited, title: str) -> Json:
    """Return the metadata of a document about one audit: its party, its period, where its controls are."""
    run = audited.run
    return metadata(
        f"{title}: {run.title or run.audit}",
        version=audited.key[:12],
        as_of=run.as_of,
        props=audit_props(audited),
        links=[{"href": CATALOGUE, "rel": "reference"}],
        roles=[{"id": "audited-party", "title": "Audited party"}, *_owner_role(audited)],
        parties=[
            {"uuid": party_uuid(audited), "type": "organization", "name": plain(run.party.name) or run.audit},
            *_owners(audited),
        ],
        responsible_parties=[{"role-id": "audited-party", "party-uuids": [party_uuid(audited)]}],
    )


def audit_props(audited: Audited) -> list[Json]:
    """Return what identifies the audit and its sealed run."""
    run = audited.run
    return props(
        {
            "audit": run.audit,
            "run-key": audited.key,
            "period-start": run.period.start.isoformat(),
            "period-end": run.period.end.isoformat(),
            "standard": audited.edition.name,
            "profile": run.profile,
        }
    )


def party_uuid(audited: Audited) -> str:
    """Return the identifier of the audited party, the same in all its audits."""
    return identify("party", audited.run.party.name)


def person_uuid(name: str) -> str:
    """Return the identifier of a person who owns actions."""
    return identify("person", plain(name))


def _owner_role(audited: Audited) -> list[Json]:
    return (
        [{"id": ACTION_OWNER, "title": "Accountable owner of a corrective action"}] if audited.owners else []
    )


def _owners(audited: Audited) -> list[Json]:
    """Return the people who own actions; their names are those of the register."""
    return [
        {
            "uuid": person_uuid(name),
            "type": "person",
            "name": plain(name),
            "member-of-organizations": [party_uuid(audited)],
        }
        for name in {plain(owner): owner for owner in audited.owners}
    ]


def tool_uuid(audited: Audited) -> str:
    """Return the identifier of the software that measured."""
    return identify("component", "auditlib", audited.version)


def origins(audited: Audited) -> list[Json]:
    """Return who observed: the software."""
    return [{"actors": [{"type": "tool", "actor-uuid": tool_uuid(audited)}]}]


def assets(audited: Audited) -> Json:
    """Return the software and the platform it ran on."""
    tool = {
        "uuid": tool_uuid(audited),
        "type": "software",
        "title": f"auditlib {audited.version}",
        "description": "Re-performs clocks and measurements from the client's own records.",
        "status": {"state": "operational"},
    }
    platform = {
        "uuid": identify("platform", audited.run.audit),
        "title": f"The sealed run {audited.run.audit}",
        "uses-components": [{"component-uuid": tool["uuid"]}],
    }
    return {"components": [tool], "assessment-platforms": [platform]}


def subject(audited: Audited) -> Json:
    """Return the audited party as the subject of an assessment."""
    return {"subject-uuid": party_uuid(audited), "type": "party"}


def resource_uuid(audited: Audited, file: str) -> str:
    """Return the identifier of a file of the run."""
    return identify("resource", audited.run.audit, file)


def kept_files(audited: Audited, files: Iterable[str]) -> Json:
    """Return the back matter that names files of the sealed run, each with its hash."""
    return {
        "resources": [
            {
                "uuid": resource_uuid(audited, file),
                "title": markup(file),
                "rlinks": [
                    {
                        "href": audited.address(file),
                        "hashes": [{"algorithm": "SHA-256", "value": audited.files[file]}],
                    }
                ],
            }
            for file in dict.fromkeys(files)
        ]
    }
