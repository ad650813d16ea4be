"""The law of a run: standard, profile, policies, their calendars, definitions; each problem with its place.

`auditlib check` and `auditlib run` ask the same function, and `auditlib standards check` the same linter
below it: what one refuses no other lets pass.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from auditlib.audit.standard import check_law, editions, profile_file, profiles, read_profile, those_there_are
from auditlib.errors import ParameterError, Problem
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.load import in_order, load, validate
from auditlib.parameters.run import Run
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document, read_yaml

POLICIES: Mapping[str, tuple[str, str]] = {
    "escalation": ("auditlib.escalation.policy", "EscalationPolicy"),
    "incident": ("auditlib.service_desk.policy", "IncidentPolicy"),
    "complaint": ("auditlib.service_desk.policy", "IncidentPolicy"),
    "drivers": ("auditlib.drivers.policy", "DriversPolicy"),
    "integrity": ("auditlib.integrity.policy", "IntegrityPolicy"),
    "service_promises": ("auditlib.promises.policy", "ServicePromises"),
    "channels": ("auditlib.service_levels.reach.registry", "ChannelPolicy"),
}
"""What the names of policies begin with, and the model that reads such a file; add a kind of policy here."""

DEFINITIONS = ("auditlib.service_levels.definitions", "DefinitionPolicy")
"""The model of every file of params/definitions."""

JUDGE = "11_standards"
"""The notebook that judges by the standard."""


def law_problems(run: Run, document: Document, *, root: Path) -> list[Problem]:
    """Return everything wrong with the law that a run file names, in the order of the files.

    Parameters
    ----------
    run, document
        The run file, and its text with places.
    root
        The project: the folder that holds params/.
    """
    standard = [*_standard(run, document, root)]
    profile = [] if standard or not run.profile else [*_profile(run, document, root)]
    shares = [problem for name in definitions(root=root) for problem in _definitions(name, root)]
    problems = [*standard, *profile, *_policies(run, document, root), *shares]
    return in_order([*(problem for problem in problems if problem.file == document.name), *problems])


def law_names(*, root: Path) -> tuple[str, ...]:
    """Return the names of all editions, profiles, policies and families of definitions of the project."""
    return (*editions(root=root), *profiles(root=root), *policies(root=root), *definitions(root=root))


def policies(*, root: Path) -> tuple[str, ...]:
    """Return the names of the project's policies."""
    return tuple(sorted(path.stem for path in (root / "params" / "policies").glob("*.yaml")))


def definitions(*, root: Path) -> tuple[str, ...]:
    """Return the names of the project's families of definitions: shares that have several in use."""
    return tuple(sorted(path.stem for path in (root / "params" / "definitions").glob("*.yaml")))


def checked(name: str, *, root: Path, day: date | None = None) -> list[Problem]:
    """Return the problems of an edition, profile, policy or family of definitions; see `check_law`."""
    if name in definitions(root=root):
        return _definitions(name, root)
    if name not in policies(root=root) or name in profiles(root=root):
        return check_law(name, root=root, day=day)
    kind = _kind(name)
    return _policy(name, kind, root)[1] if kind else [Problem(_unread(name), f"params/policies/{name}.yaml")]


def unknown_name(
    document: Document, path: tuple[str | int, ...], noun: str, name: str, names: Sequence[str]
) -> Problem:
    """Return the problem that there is no `noun` called `name`, with the nearest name there is."""
    remedy = those_there_are(name, names) or "There is none."
    return document.problem(path, f"there is no {noun} {name!r}.", remedy=remedy)


def _standard(run: Run, document: Document, root: Path) -> Iterator[Problem]:
    names = editions(root=root)
    if run.standard in names:
        yield from check_law(run.standard, root=root)
    elif names or JUDGE in run.notebooks:  # a project without any standard is judged by none
        yield unknown_name(document, ("standard",), "standard", run.standard, names)


def _profile(run: Run, document: Document, root: Path) -> Iterator[Problem]:
    names = profiles(root=root)
    if run.profile not in names:
        yield unknown_name(document, ("profile",), "profile", run.profile, names)
        return
    problems = check_law(run.profile, root=root, day=run.period.end)
    yield from problems
    if not problems:
        yield from _of_another(run, document, root)


def _of_another(run: Run, document: Document, root: Path) -> Iterator[Problem]:
    written = read_profile(run.profile, root=root).standard
    if written != run.standard:
        message = f"{profile_file(run.profile)} is written for {written}, and the run names {run.standard}."
        yield document.problem(("profile",), message, remedy="Name a profile of that edition, or none.")


def _policies(run: Run, document: Document, root: Path) -> Iterator[Problem]:
    names = policies(root=root)
    kinds: dict[str, str] = {}
    for place, chosen in enumerate(run.policies):
        name, _, edition = chosen.partition("@")
        at = ("policies", place)
        kind = _kind(name)
        if name not in names:
            yield unknown_name(document, at, "policy", name, names)
        elif not kind:
            yield document.problem(at, _unread(name), remedy=did_you_mean(name, tuple(POLICIES)))
        elif kind in kinds:
            message = f"{name!r} is a second {kind} policy beside {kinds[kind]!r}."
            yield document.problem(at, message, remedy="Name one of the two.")
        else:
            kinds[kind] = name
            written, problems = _policy(name, kind, root)
            yield from problems
            if written and edition not in ("", written):
                message = f"the run names {chosen}, but params/policies/{name}.yaml is edition {written}."
                remedy = f"Name {name}@{written}, or put the other edition there."
                yield document.problem(at, message, remedy=remedy)


def _kind(name: str) -> str:
    return next((start for start in POLICIES if name.startswith(start)), "")


def _unread(name: str) -> str:
    return f"no part of the suite reads a policy called {name!r}."


def _policy(name: str, kind: str, root: Path) -> tuple[str, list[Problem]]:
    """Return the edition that a policy file says it is, and its problems with those of its calendars."""
    file = f"params/policies/{name}.yaml"
    module, model = POLICIES[kind]
    try:
        document = read_yaml((root / file).read_text(encoding="utf-8"), name=file)
        policy = validate(getattr(importlib.import_module(module), model), document)
    except ParameterError as error:
        return "", list(error.problems)
    return str(policy.edition), [*_calendars(document, root)]


def _definitions(name: str, root: Path) -> list[Problem]:
    file = f"params/definitions/{name}.yaml"
    module, model = DEFINITIONS
    try:
        load(getattr(importlib.import_module(module), model), (root / file).read_text("utf-8"), name=file)
    except ParameterError as error:
        return list(error.problems)
    return []


def _calendars(document: Document, root: Path) -> Iterator[Problem]:
    folder = root / "params" / "calendars"
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    checked: set[str] = set()
    for path, name in _named_calendars(document):
        if name not in names:
            yield unknown_name(document, path, "calendar", name, names)
        elif name not in checked:
            checked.add(name)
            yield from _calendar(folder / f"{name}.yaml")


def _named_calendars(document: Document) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for path in document.values:
        if path[-1:] == ("calendar",) or path[-2:-1] == ("probe",):
            value: object = document.value
            for step in path:
                value = value[step]  # type: ignore[index]  # the path was made from this value
            if isinstance(value, str):
                yield path, value


def _calendar(path: Path) -> Iterator[Problem]:
    try:
        load(CalendarFile, path.read_text(encoding="utf-8"), name=f"params/calendars/{path.name}")
    except ParameterError as error:
        yield from error.problems
