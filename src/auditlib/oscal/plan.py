"""Assessment plan: what was to be looked at, by which notebooks, of whom, with what."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from auditlib.oscal.audited import Audited
from auditlib.oscal.catalogue import DECISION
from auditlib.oscal.document import (
    Json,
    assets,
    audit_metadata,
    filled,
    identify,
    instant,
    kept_files,
    prop,
    resource_uuid,
    rooted,
    subject,
)
from auditlib.oscal.markdown import figure, markup, paragraphs


def plan(audited: Audited) -> Json:
    """Return the assessment plan."""
    body = {
        "metadata": audit_metadata(audited, "Assessment plan"),
        "import-ssp": operation(audited),
        "local-definitions": {"activities": [_activity(audited, name) for name in audited.questions]},
        "reviewed-controls": reviewed(audited, audited.selected if audited.verdict else ()),
        "assessment-subjects": [_subjects(audited)],
        "assessment-assets": assets(audited),
        "tasks": [_task(audited, name) for name in audited.questions],
        "back-matter": kept_files(audited, [audited.run_file]),
    }
    return rooted("assessment-plan", body)


def operation(audited: Audited) -> Json:
    """Return what stands for a system security plan, which a customer service has not: the run file."""
    return {
        "href": f"#{resource_uuid(audited, audited.run_file)}",
        "remarks": "There is no system security plan: the run file declares the audited operation.",
    }


def reviewed(audited: Audited, criteria: Iterable[str]) -> Json:
    """Return the selection of `criteria` and of the decision; of none, with the reason."""
    chosen = list(criteria)
    if chosen:
        included = [{"control-id": name} for name in (*chosen, DECISION)]
        return {"control-selections": [{"include-controls": included}]}
    why = audited.unjudged or "No criterion could be concluded on; each observation says why."
    left_out = [{"control-id": name} for name in (*audited.selected, DECISION)]
    return {
        "description": markup(why),
        "props": prop("standard-judged", audited.verdict is not None, why=why),
        "control-selections": [{"include-all": {}, "exclude-controls": left_out}],
    }


def _activity(audited: Audited, notebook: str) -> Json:
    values = audited.run.notebooks.get(notebook, {})
    parameters = [*chain(*(prop("parameter", f"{name}={figure(value)}") for name, value in values.items()))]
    return filled(
        uuid=_activity_uuid(audited, notebook),
        title=markup(notebook),
        description=paragraphs(audited.questions[notebook]) or markup(notebook),
        props=[*prop("notebook", notebook), *parameters],
        related_controls=reviewed(audited, audited.selected) if notebook == audited.judge else None,
    )


def _task(audited: Audited, notebook: str) -> Json:
    return {
        "uuid": identify("task", audited.run.audit, notebook),
        "type": "action",
        "title": f"Execute {markup(notebook)}",
        "timing": {"on-date": {"date": instant(audited.run.as_of)}},
        "associated-activities": [
            {"activity-uuid": _activity_uuid(audited, notebook), "subjects": [_subjects(audited)]}
        ],
    }


def _activity_uuid(audited: Audited, notebook: str) -> str:
    return identify("activity", audited.run.audit, notebook)


def _subjects(audited: Audited) -> Json:
    return {"type": "party", "include-subjects": [subject(audited)]}
