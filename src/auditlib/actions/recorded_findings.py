"""What a run recorded, as the register of actions needs it: findings, and main drivers of dissatisfaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditlib.actions.carry import NO_DRIVERS, MainDriver, RegisteredFinding
from auditlib.records import Refusal
from auditlib.standards.decision import RECORDED

_COVERED = "covered:cause:"
_MISSING = ("drivers", "voices")
"""Numbers without a value that say why no driver could be named."""
Json = Mapping[str, Any]


def raised_of(document: Json) -> tuple[RegisteredFinding, ...]:
    """Return the findings of ``findings.json`` as the register needs them.

    Minors that gather into a major have rows of their own: an action is owed on each, not on their number.
    """
    return tuple(
        RegisteredFinding(
            finding["fingerprint"],
            finding["grade"],
            finding["criterion"],
            finding["subject"],
            finding["condition"],
            finding.get("state", "new"),
            tuple((part["fingerprint"], part["subject"]) for part in finding.get("members", ())),
        )
        for finding in document["findings"]
        if finding["notebook"] != RECORDED
    )


def drivers_of(
    results: Mapping[str, Json], findings: Sequence[RegisteredFinding]
) -> tuple[tuple[MainDriver, ...] | None, Refusal]:
    """Return the main drivers a notebook recorded, first first; None and the reason where none did."""
    numbers = [number for result in results.values() for number in result["numbers"]]
    raised = {
        subject: finding.fingerprint for finding in findings if finding.stands for subject in finding.subjects
    }
    shares = {number["key"]: number["value"] for number in numbers if number["key"].startswith("share:")}
    drivers = tuple(sorted(_drivers(numbers, raised), key=lambda driver: _weight(driver, shares)))
    if drivers:
        return drivers, NO_DRIVERS
    why = next(
        (number["reason"] for number in numbers if number["key"] in _MISSING and number["value"] is None), ""
    )
    return None, Refusal(f"No main driver of dissatisfaction could be named. {why}") if why else NO_DRIVERS


def _weight(driver: MainDriver, shares: Mapping[str, float]) -> tuple[float, str]:
    """Return what drivers are ranked by: how often they are named, then their name."""
    return -shares.get(f"share:{driver.name.partition(':')[2]}", 0.0), driver.name


def _drivers(numbers: Sequence[Json], raised: Mapping[str, str]) -> Iterator[MainDriver]:
    for number in numbers:
        if number["key"].startswith(_COVERED):
            name = number["key"].partition(":")[2]
            yield MainDriver(name, number["value"] == "covered", raised.get(name, ""))
