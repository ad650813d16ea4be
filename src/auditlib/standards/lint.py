"""Whether an edition or a profile makes sense: every problem at once, with its place.

Form (unknown keys, wrong types, duplicate ids) is refused on loading; this is about sense.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from math import isclose

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.load import in_order, validate
from auditlib.parameters.strict_yaml import Document, read_yaml
from auditlib.records import Cases, Criterion, Direction, Grade, Kind, Statistic, Target
from auditlib.standards.difference import CriterionDifference, difference
from auditlib.standards.edition import Edition, EditionModel, as_edition
from auditlib.standards.measure import Measure
from auditlib.standards.planned import PLANNED
from auditlib.standards.profile import Path, ProfileModel, refused
from auditlib.standards.rule_changes import rule_difference, rule_value

Found = Iterator[tuple[Path, str, str]]
"""Where, what is wrong, what to do."""


def check_edition(
    text: str, *, name: str, measures: Mapping[str, Measure], before: Edition | None = None
) -> list[Problem]:
    """Return the problems of an edition, in the order of the file; none if it is sound.

    Parameters
    ----------
    text, name
        Content of the file, and the file as the user named it.
    measures
        The measures this suite has, by metric.
    before
        The edition before, where there is one: dates must not overlap, and each change needs a reason.
    """
    try:
        document = read_yaml(text, name=name)
        edition = as_edition(validate(EditionModel, document))
    except ParameterError as error:
        return list(error.problems)
    problems = [*_edition(edition, document), *_criteria(edition, measures)]
    if before is not None:
        problems += [*_after(before, edition)]
    return in_order(document.problem(path, message, remedy=remedy) for path, message, remedy in problems)


def check_profile(text: str, *, name: str, edition: Edition, day: date) -> list[Problem]:
    """Return the problems of a profile for `edition` on `day`, in the order of the file."""
    try:
        document = read_yaml(text, name=name)
        profile = validate(ProfileModel, document)
    except ParameterError as error:
        return list(error.problems)
    problems = _profile(profile, edition, day)
    return in_order(document.problem(path, message, remedy=remedy) for path, message, remedy in problems)


def _edition(edition: Edition, document: Document) -> Found:
    if edition.effective_to < edition.effective_from:
        yield ("effective_to",), "the edition ends before it takes effect.", "Correct one of the dates."
    until = edition.transition_until
    if until is not None and not edition.effective_on(until):
        yield ("transition_until",), "the transition ends outside the edition's own dates.", ""
    total = sum(criterion.weight for criterion in edition.criteria)
    declared = document.value["total_weight"] if isinstance(document.value, dict) else None
    if not isinstance(declared, int | float) or not isclose(total, declared, abs_tol=1e-9):
        yield ("total_weight",), f"the weights add up to {total:g}.", "Correct the total or a weight."
    for category in edition.categories:
        if not any(criterion.category == category for criterion in edition.criteria):
            yield ("categories", category), f"no criterion belongs to {category!r}.", ""
    for identifier in edition.removed:
        if identifier in edition.ids:
            yield ("removed", identifier), f"{identifier} is called removed and stands below.", ""


def _criteria(edition: Edition, measures: Mapping[str, Measure]) -> Found:
    for criterion in edition.criteria:
        at: Path = ("criteria", criterion.id)
        for part, message, remedy in (
            *_place(criterion, edition),
            *_target(criterion.target),
            *_kind(criterion, measures),
            *_metric(criterion, measures),
        ):
            yield (*at, *part), f"{criterion.id}: {message}", remedy


def _place(criterion: Criterion, edition: Edition) -> Found:
    if criterion.category not in edition.categories:
        near = _near(criterion.category, edition.categories)
        yield ("category",), f"there is no category {criterion.category!r}.", near
    if criterion.must_pass and criterion.severity is Grade.OPPORTUNITY:
        yield (
            ("must_pass",),
            "an opportunity cannot be a must-pass.",
            "Raise the severity, or drop must_pass.",
        )
    day = criterion.effective_from
    if day is not None and not edition.effective_on(day):
        yield ("effective_from",), f"{day} lies outside the edition's own dates.", ""


def _target(target: Target) -> Found:
    low, high = sorted((target.tightest, target.loosest))
    tightest = high if target.direction is Direction.AT_LEAST else low
    if target.tightest != tightest:
        yield ("target", "tightest"), "the tightest bound is looser than the loosest.", "Exchange them."
    elif not low <= target.value <= high:
        words = f"the target {target.value:g} lies outside its bounds {low:g} to {high:g}."
        yield ("target", target.direction.value), words, ""


def _kind(criterion: Criterion, measures: Mapping[str, Measure]) -> Found:
    known = measures.get(criterion.metric)
    allows = criterion.excused_limit is not None or criterion.reasons
    if allows and criterion.kind is not Kind.FLEXIBLE:
        yield ("kind",), f"a {criterion.kind} demand allows no deviations.", "Only a flexible one does."
    if (criterion.excused_limit is None) != (not criterion.reasons):
        yield ("reasons",), "deviations need both a list of reasons and an excused_limit.", ""
    if criterion.excused_limit is not None and criterion.target.direction is Direction.AT_MOST:
        yield ("excused_limit",), "deviations excuse cases only where the target is 'at_least'.", ""
    if known is None:
        return
    if criterion.kind is Kind.DISCRETIONARY and not known.satisfaction:
        words = f"a discretionary demand rests on satisfaction, and {criterion.metric!r} does not measure it."
        yield ("metric",), words, "Name a metric of satisfaction, or another kind."
    register = known.register or known.statistic is Statistic.COUNT
    if criterion.cases is Cases.POPULATION and not register:
        words = f"{criterion.metric!r} looks at what goes on, not at a register: its cases are no population."
        yield ("cases",), words, "Write 'process', or leave it out."
    whole = 1.0 if criterion.target.direction is Direction.AT_LEAST else 0.0
    if (
        criterion.kind is Kind.RIGID
        and known.statistic is Statistic.SHARE
        and criterion.target.value != whole
    ):
        words = f"a rigid demand holds for every case: its target is {whole:g}."
        yield ("target",), words, "Correct the target, or call the criterion flexible."


def _metric(criterion: Criterion, measures: Mapping[str, Measure]) -> Found:
    known = measures.get(criterion.metric)
    if known is None:
        if criterion.metric not in PLANNED:
            near = _near(criterion.metric, [*measures, *PLANNED])
            yield ("metric",), f"there is no metric {criterion.metric!r}.", near
        return
    takes = known.options()
    for name, value in criterion.options.items():
        if name not in takes:
            yield ("options", name), f"{criterion.metric!r} has no option {name!r}.", _near(name, takes)
        elif not _fits(value, takes[name][0]):
            yield ("options", name), f"{name!r} must be of type {takes[name][0].__name__}.", ""
    for name, (_, required) in takes.items():
        if required and name not in criterion.options:
            yield ("metric",), f"{criterion.metric!r} needs the option {name!r}.", ""


def _fits(value: object, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is wanted


def _after(before: Edition, edition: Edition) -> Found:
    if edition.effective_from <= before.effective_to:
        words = f"the dates overlap with {before.name}, which is in effect until {before.effective_to}."
        yield ("effective_from",), words, "Start the day after; use transition_until for the overlap."
    for change in difference(before, edition):
        if not change.reason:
            yield _unexplained(change, before, edition)
    for change in rule_difference(before, edition):
        value = rule_value(change)
        if value and not change.reason:
            message = f"{value} is {change.change} against {before.name} without a reason."
            remedy = f"Give it as 'change: {{{value}: ...}}' under 'rule'."
            yield ("rule", value), message, remedy


def _unexplained(change: CriterionDifference, before: Edition, edition: Edition) -> tuple[Path, str, str]:
    name = change.criterion
    message = f"{name} is {change.change} against {before.name} without a reason."
    if name in edition.ids:
        return ("criteria", name), message, f"Give it as 'change: ...' in {name}."
    return ("removed",), message, f"Give it as '{name}: ...' under 'removed'."


def _profile(profile: ProfileModel, edition: Edition, day: date) -> Found:
    yield from refused(profile, edition)
    for key, override in profile.overrides.items():
        if key in edition.ids and override.target == edition.criterion(key).target.value:
            at: Path = ("overrides", key, "target")
            yield at, f"{key}: {override.target:g} is the target already.", "Remove the override."
    yield from _waivers(profile, day)
    for key in profile.not_applicable.keys() & profile.waivers.keys():
        yield ("waivers", key), f"{key} is called not applicable too.", "Keep one of the two."


def _waivers(profile: ProfileModel, day: date) -> Found:
    for key, waiver in profile.waivers.items():
        at: Path = ("waivers", key, "expires_on")
        if waiver.expires_on < waiver.granted_on:
            yield at, f"the waiver of {key} ends before it is granted.", "Correct one of the days."
        elif waiver.expires_on < day:
            yield at, f"the waiver of {key} expired on {waiver.expires_on}.", "Remove it, or ask again."


def _near(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else ""
