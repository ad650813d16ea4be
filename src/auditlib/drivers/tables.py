"""Results as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from auditlib.drivers.causes import Cause, Causes
from auditlib.drivers.following import Followed
from auditlib.drivers.numbers import points
from auditlib.drivers.questions import DriverQuestion, Survey

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.drivers.result import Driver

NONE = "none"


def questions(surveys: Iterable[Survey]) -> pd.DataFrame:
    """Return one row per question, largest contribution first within its survey."""
    columns = (
        "survey_type", "question", "low_share", "penalty", "contribution", "low", "high", "weight", "best",
        "worst",
    )  # fmt: skip
    return _frame((_question(question) for survey in surveys for question in survey.questions), columns)


def _question(each: DriverQuestion) -> tuple[Any, ...]:
    limits = each.contribution.interval
    return (
        each.survey_type,
        each.name,
        each.low_share,
        points(each.penalty).value,
        each.contribution.value,
        limits.low,
        limits.high,
        each.weight.value,
        each.best,
        each.worst,
    )


def causes(found: Causes) -> pd.DataFrame:
    """Return one row per cause, most often named first."""
    columns = ("cause_code", "complaints", "follow_ups", "n", "share", "low", "high", "best", "worst")
    rows = (
        (
            cause.code,
            cause.complaints,
            cause.follow_ups,
            cause.n,
            cause.share.value,
            cause.share.interval.low,
            cause.share.interval.high,
            cause.best,
            cause.worst,
        )
        for cause in found.causes
    )
    return _frame(rows, columns)


def coverage(drivers: Iterable[Driver]) -> pd.DataFrame:
    """Return one row per main driver with the actions on it."""
    columns = ("kind", "driver", "share", "causes", "actions", "promised", "done", "covered")
    return _frame((_covered(driver) for driver in drivers), columns)


def _covered(driver: Driver) -> tuple[Any, ...]:
    found = driver.found
    return (
        driver.kind,
        driver.name,
        found.share.value if isinstance(found, Cause) else found.contribution.value,
        ", ".join(driver.causes) or "none declared",
        "; ".join(fix.words() for fix in driver.fixes) or NONE,
        driver.promised.actions,
        driver.promised.done,
        driver.covered.value,
    )


def followed(rows: Iterable[Followed]) -> pd.DataFrame:
    """Return one row per action that took effect."""
    columns = (
        "fix_id", "cause_code", "window_days", "before", "after", "ratio", "low", "high", "compared_with",
    )  # fmt: skip
    return _frame((_followed(row) for row in rows), columns)


def _followed(each: Followed) -> tuple[Any, ...]:
    limits = each.interval
    why = each.refusal.reason if each.refusal else ""
    beside = f"units without it ({each.before_others} before, {each.after_others} after)"
    return (
        each.fix.fix_id,
        each.fix.cause,
        each.days,
        each.before,
        each.after,
        each.ratio,
        limits.low if limits else None,
        limits.high if limits else None,
        beside if each.compared else f"nothing: {why[:1].lower()}{why[1:]}",
    )


def _frame(rows: Iterable[tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))
