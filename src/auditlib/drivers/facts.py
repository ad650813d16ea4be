"""Estimates as numbers of the audit; keys are a column, then the labels of the row they stand in."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.drivers.causes import Causes
from auditlib.drivers.coverage import Covered
from auditlib.drivers.following import Followed
from auditlib.drivers.questions import DriverQuestion, Survey
from auditlib.drivers.result import Driver, DriversResult
from auditlib.records import Basis, Number

COMPLETE = "Responses that answer every question."
FIXES = Basis("fixes")


def facts(result: DriversResult) -> Iterator[Number]:
    """Yield every estimate with its interval, and how many main drivers are covered."""
    if result.not_assessable is not None:
        yield Number("drivers", None, "count", reason=result.not_assessable.reason)
        return
    for survey in result.surveys:
        yield from _survey(survey)
    yield from _causes(result.causes)
    for followed in result.followed:
        yield from _followed(followed)
    yield from _main(result)
    basis = result.causes.basis
    is_covered = [cause.covered is Covered.YES for cause in result.main_causes]
    yield Number("drivers", len(is_covered), "count", basis=basis)
    yield Number("uncovered", len(result.uncovered), "count", basis=basis)
    yield Number("covered", sum(is_covered), "count", basis=basis)
    yield Number("top", result.policy.top, "count", reason="Declared.")


def _main(result: DriversResult) -> Iterator[Number]:
    for driver in result.main:
        if result.fixes is not None:
            yield Number(f"actions:{driver.key}", len(driver.fixes), "count", basis=(FIXES,))
        yield Number(f"covered:{driver.key}", driver.covered.value, basis=(FIXES,))
        if result.promised:
            yield from _promised(driver)


def _promised(driver: Driver) -> Iterator[Number]:
    basis = (Basis("report_actions"),)
    yield Number(f"promised:{driver.key}", driver.promised.actions, "count", basis=basis)
    yield Number(f"done:{driver.key}", driver.promised.done, "count", basis=basis)


def _survey(survey: Survey) -> Iterator[Number]:
    """Yield the numbers of one survey; one without a value, and the reason, where it was not ranked."""
    name, basis, n = survey.survey_type, (survey.basis,), survey.n
    if survey.refusal is not None:
        yield Number(f"questions:{name}", None, "count", n, basis=basis, reason=survey.refusal.reason)
        return
    yield Number(f"questions:{name}", len(survey.questions), "count", basis=basis)
    yield Number(f"responses:{name}", n, "responses", basis=basis, reason=COMPLETE)
    yield Number(f"incomplete:{name}", survey.incomplete, "responses", basis=basis)
    yield Number(f"bad_share:{name}", survey.bad_share, "share", n, basis=basis, reason=COMPLETE)
    yield Number(f"explained:{name}", survey.explained, "share", n, basis=basis, reason=COMPLETE)
    for question in survey.questions:
        yield from _question(question, n, basis)


def _question(question: DriverQuestion, n: int, basis: tuple[Basis, ...]) -> Iterator[Number]:
    row = f"{question.survey_type}:{question.name}"
    yield Number(f"low_share:{row}", question.low_share, "share", n, basis=basis, reason=COMPLETE)
    for name, estimate, unit in (
        ("penalty", question.penalty.in_points, "percentage points"),
        ("contribution", question.contribution, "share"),
        ("weight", question.weight, "share"),
    ):
        yield Number(f"{name}:{row}", estimate.value, unit, n, estimate.interval, basis, COMPLETE)
    yield Number(f"best:{row}", question.best, "rank", n, basis=basis)
    yield Number(f"worst:{row}", question.worst, "rank", n, basis=basis)


def _causes(causes: Causes) -> Iterator[Number]:
    basis, n = causes.basis, causes.n
    if causes.refusal is not None:
        yield Number("voices", None, "count", basis=basis, reason=causes.refusal.reason)
        return
    yield Number("voices", n, "count", basis=basis)
    yield Number("uncoded", causes.uncoded, "count", basis=basis)
    for cause in causes.causes:
        code, share = cause.code, cause.share
        yield Number(f"share:{code}", share.value, "share", n, share.interval, basis)
        yield Number(f"named:{code}", cause.n, "count", basis=causes.basis_of(code))
        yield Number(f"best:{code}", cause.best, "rank", n, basis=basis)
        yield Number(f"worst:{code}", cause.worst, "rank", n, basis=basis)


def _followed(followed: Followed) -> Iterator[Number]:
    name, n = followed.fix.fix_id, followed.before + followed.after
    why = followed.refusal.reason if followed.refusal is not None else ""
    yield Number(f"ratio:{name}", followed.ratio, "ratio", n, followed.interval, followed.basis, why)
    if followed.compared:
        yield Number(f"before_others:{name}", followed.before_others, "count", basis=followed.basis)
        yield Number(f"after_others:{name}", followed.after_others, "count", basis=followed.basis)
