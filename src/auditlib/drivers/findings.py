"""Findings: main causes of dissatisfaction that no action covers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditlib.drivers.causes import Cause
from auditlib.drivers.coverage import Covered
from auditlib.drivers.result import Driver, DriversResult
from auditlib.drivers.statements import VOICES, plain
from auditlib.records import Finding, Grade, metric_text
from auditlib.statements import counted, listed, percent

CRITERION = "A8: the action plan covers what dissatisfies customers most"


def findings_of(result: DriversResult) -> tuple[Finding, ...]:
    """Return one finding for each main cause without an action that covers it for every unit."""
    metric = metric_text("drivers_covered", {"top": result.policy.top})
    wordings = {item.item: item.quoted for survey in result.surveys for item in survey.instrument.items}
    questions = {wordings.get(item, plain(item)): causes for item, causes in result.policy.causes.items()}
    return tuple(
        replace(_finding(driver, driver.source, questions), metric=metric)
        for driver in result.uncovered
        if isinstance(driver.source, Cause)
    )


def _finding(driver: Driver, cause: Cause, questions: Mapping[str, tuple[str, ...]]) -> Finding:
    return Finding(
        criterion=CRITERION,
        condition=f"{plain(cause.code).capitalize()} is named in {_voices(cause.n)} with a coded cause, "
        f"{percent(cause.share.value)} of all of them, {_lack(driver)}.",
        cause="The register of fixes was not derived from what customers name most often, as far as the "
        "evidence shows.",
        effect=f"{_promised(driver)}the next customer meets the same cause.",
        recommendation=f"Name one accountable owner for {plain(cause.code)}, the policy, procedure or system "
        f"that is to change, and a due date; then follow how often it is named{_beside(cause, questions)}.",
        grade=Grade.MINOR,
        subject=driver.key,
        evidence=(
            f"named:{cause.code}",
            f"share:{cause.code}",
            f"actions:{driver.key}",
            *((f"promised:{driver.key}",) if driver.promised.actions else ()),
        ),
        headline=f"{plain(cause.code).capitalize()}, {percent(cause.share.value)} of all causes named, has "
        "no action that covers it",
        shortfall=cause.share.value,
    )


def _promised(driver: Driver) -> str:
    if not driver.promised.actions:
        return "As long as it stands, "
    return (
        f"{counted(driver.promised.actions, 'action was', 'actions were')} promised to single customers "
        "about it: each makes good for one of them, and "
    )


def _voices(n: int) -> str:
    return counted(n, *VOICES.split("|"))


def _lack(driver: Driver) -> str:
    if driver.covered is Covered.PART:
        return "and the actions on it hold for single units only, or lack an owner"
    if driver.fixes:
        return "and no action on it has an owner and changes a policy, a procedure or a system"
    return "and no action in the register of fixes is about it"


def _beside(cause: Cause, questions: Mapping[str, tuple[str, ...]]) -> str:
    own = [item for item, causes in questions.items() if cause.code in causes]
    return f", and the answers to {listed(own)}" if own else ""
