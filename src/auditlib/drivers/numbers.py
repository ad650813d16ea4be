"""Estimates as numbers of the audit; keys are column, then the labels of the row they stand in."""

from __future__ import annotations

from auditlib.drivers.causes import Causes
from auditlib.drivers.following import Followed
from auditlib.drivers.questions import DriverQuestion, Estimate, Survey
from auditlib.records import Basis, Interval, Number

COMPLETE = "Responses that answer every question."
HUNDRED = 100


def points(estimate: Estimate) -> Estimate:
    """Return a difference of shares in percentage points."""
    found = estimate.interval
    scaled = Interval(found.low * HUNDRED, found.high * HUNDRED, found.level, found.method)
    return Estimate(estimate.value * HUNDRED, scaled)


def survey_numbers(survey: Survey) -> tuple[Number, ...]:
    """Return the numbers of one survey; one without a value, and the reason, where it was not ranked."""
    name, basis = survey.survey_type, (survey.basis,)
    if survey.refusal is not None:
        return (
            Number(f"questions:{name}", None, "count", survey.n, basis=basis, reason=survey.refusal.reason),
        )
    return (
        Number(f"questions:{name}", len(survey.questions), "count", basis=basis),
        Number(f"responses:{name}", survey.n, "responses", basis=basis, reason=COMPLETE),
        Number(f"incomplete:{name}", survey.incomplete, "responses", basis=basis),
        Number(f"bad_share:{name}", survey.bad_share, "share", survey.n, basis=basis, reason=COMPLETE),
        Number(f"explained:{name}", survey.explained, "share", survey.n, basis=basis, reason=COMPLETE),
        *(number for question in survey.questions for number in _question(question, survey.n, basis)),
    )


def _question(each: DriverQuestion, n: int, basis: tuple[Basis, ...]) -> tuple[Number, ...]:
    row = f"{each.survey_type}:{each.name}"
    estimates = {
        "penalty": (points(each.penalty), "percentage points"),
        "contribution": (each.contribution, "share"),
        "weight": (each.weight, "share"),
    }
    return (
        Number(f"low_share:{row}", each.low_share, "share", n, basis=basis, reason=COMPLETE),
        *(
            Number(f"{name}:{row}", found.value, unit, n, found.interval, basis, COMPLETE)
            for name, (found, unit) in estimates.items()
        ),
        Number(f"best:{row}", each.best, "rank", n, basis=basis),
        Number(f"worst:{row}", each.worst, "rank", n, basis=basis),
    )


def cause_numbers(causes: Causes) -> tuple[Number, ...]:
    """Return the numbers of causes."""
    basis = causes.basis
    if causes.refusal is not None:
        return (Number("voices", None, "count", basis=basis, reason=causes.refusal.reason),)
    return (
        Number("voices", causes.n, "count", basis=basis),
        Number("uncoded", causes.uncoded, "count", basis=basis),
        *(
            number
            for cause in causes.causes
            for number in (
                Number(
                    f"share:{cause.code}", cause.share.value, "share", causes.n, cause.share.interval, basis
                ),
                Number(f"named:{cause.code}", cause.n, "count", basis=causes.basis_of(cause.code)),
                Number(f"best:{cause.code}", cause.best, "rank", causes.n, basis=basis),
                Number(f"worst:{cause.code}", cause.worst, "rank", causes.n, basis=basis),
            )
        ),
    )


def followed_numbers(followed: Followed) -> tuple[Number, ...]:
    """Return the numbers of what became of a cause after an action on it."""
    name, n = followed.fix.fix_id, followed.before + followed.after
    why = followed.refusal.reason if followed.refusal is not None else ""
    others = {"before_others": followed.before_others, "after_others": followed.after_others}
    return (
        Number(f"ratio:{name}", followed.ratio, "ratio", n, followed.interval, followed.basis, why),
        *(
            Number(f"{key}:{name}", value, "count", basis=followed.basis)
            for key, value in others.items()
            if followed.compared
        ),
    )
