"""Where the signs of managed scores begin and end: windows, the declared error, grades, sizes of effects."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from auditlib.integrity.detection import Detection, SignStrength
from auditlib.integrity.detectors import DETECTORS, Detector
from auditlib.integrity.findings import departure, findings_of
from auditlib.integrity.groups import Group, MonthGrid, groups_of
from auditlib.integrity.patterns import SignPattern, corrected
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.integrity.sides import Sides
from auditlib.integrity.unit_changes import complaints_diverge
from auditlib.records import Grade
from auditlib.statistics.changes import Contrast

UNITS = ("U1", "U2", "U3", "U4", "U5", "U6")
GRID = MonthGrid(UNITS, date(2023, 1, 1), 48)
METRIC = "transactional:q_overall:mean"


def detector(key: str) -> Detector:
    return next(entry for entry in DETECTORS if entry.key == key)


def group(starts_on: date = date(2025, 1, 1), **policy: Any) -> Group:
    """Half of the units linked on one day, in an audit of 48 months from January 2023."""
    rows = [
        {
            "role": "manager",
            "unit_id": unit,
            "starts_on": (starts_on - date(1970, 1, 1)).days,
            "ends_on": np.nan,
            "metric": METRIC,
            "weight": 0.1,
            "threshold": 4.0,
        }
        for unit in UNITS[:3]
    ]
    (only,) = groups_of(pd.DataFrame(rows), GRID, IntegrityPolicy(**policy))
    return only


@pytest.mark.parametrize(
    ("window", "left_out", "starts_on", "before", "after"),
    [
        # the link begins with month 24: so many months before it, less those left out, and as many after
        (18, 3, date(2025, 1, 1), (3, 20), (24, 41)),
        (17, 3, date(2025, 1, 1), (4, 20), (24, 40)),
        (18, 0, date(2025, 1, 1), (6, 23), (24, 41)),
        (18, 1, date(2025, 1, 1), (5, 22), (24, 41)),
        # a month begun before the link is neither before nor after it
        (18, 3, date(2025, 1, 2), (3, 20), (25, 42)),
        # the audit begins and ends
        (24, 0, date(2025, 1, 1), (0, 23), (24, 47)),
        (25, 0, date(2025, 1, 1), (0, 23), (24, 47)),
    ],
)
def test_the_window_is_as_long_as_the_policy_says(
    window: int, left_out: int, starts_on: date, before: tuple[int, int], after: tuple[int, int]
) -> None:
    found = group(starts_on, window_months=window, leave_out_months=left_out)
    for months, (first, last) in ((found.before, before), (found.after, after)):
        assert np.flatnonzero(months).tolist() == list(range(first, last + 1))


def detected(key: str, *, assignments: int = 20) -> Detection:
    """A detector whose actual statistic is the largest of so many assignments."""
    strong = -1.0 if detector(key).alternative == "less" else 1.0
    t = strong * np.r_[9.0, np.linspace(0.1, 1.0, assignments - 1)]
    effect = Contrast(strong * 0.2, strong * 0.2 - 0.1, strong * 0.2 + 0.1, t, 3, 3)
    return Detection(
        detector(key),
        group(),
        SignStrength.WATCH,
        effect,
        smallest_p=1 / assignments,
        n=60,
        linked=3,
        unlinked=3,
    )


def absent(*run: Detection) -> list[Detection]:
    """The detectors that were not run."""
    keys = {entry.detector.key for entry in run}
    return [Detection(entry, group(), reason="not run") for entry in DETECTORS if entry.key not in keys]


def kinds_of(*run: Detection) -> list[SignPattern]:
    """The kinds of signs of the group; detectors that are not given were not run."""
    return list(corrected([*run, *absent(*run)], IntegrityPolicy(error=0.05)))


@pytest.mark.parametrize(("assignments", "alarm"), [(19, False), (20, True), (21, True)])
def test_an_alarm_is_raised_at_the_declared_error(assignments: int, alarm: bool) -> None:
    """With 20 assignments the least p-value is 1/20, the declared error itself."""
    kinds = kinds_of(detected("begging", assignments=assignments))
    (begging,) = (kind for kind in kinds if kind.pattern.key == "asked_for_scores")
    assert begging.alarm is alarm


@pytest.mark.parametrize(
    ("signs", "grade"),
    [
        (("invitations_fall",), Grade.MINOR),
        (("low_scores_missing", "invitations_fall"), Grade.MAJOR),
        (("complaints_diverge", "invitations_fall"), Grade.MAJOR),
        (("low_scores_missing", "invitations_fall", "response_rate"), Grade.MAJOR),
    ],
)
def test_two_signs_that_confirm_one_another_are_a_major(signs: tuple[str, ...], grade: Grade) -> None:
    alarms = [kind for kind in kinds_of(*(detected(key, assignments=40) for key in signs)) if kind.alarm]
    (finding,) = findings_of(alarms, 0.95)
    assert finding.grade is grade


@pytest.mark.parametrize("prompted", [True, False])
def test_fewer_low_answers_have_who_is_heard_tested_by_itself(prompted: bool) -> None:
    """Among all kinds the same change would be too little; by itself it is beyond its share of the error."""
    t = np.r_[-2.0, np.full(9, -3.0), np.linspace(-1, 1, 990)]
    effect = Contrast(-0.2, -0.3, -0.1, t, 3, 3)
    watched = SignStrength.WATCH if prompted else SignStrength.QUIET
    heard = Detection(detector("invitations_fall"), group(), watched, effect, smallest_p=0.001)
    low = replace(heard, detector=detector("low_scores_missing"), sign=watched)
    noise = [
        replace(heard, detector=detector(key), contrast=replace(effect, t=np.roll(np.abs(t), shift)))
        for shift, key in ((300, "straight_lines"), (600, "month_end"), (900, "begging"))
    ]
    run = [heard, low, *noise, *absent(heard, low, *noise)]
    weights = {group().name: {"uninvited": {"invitations_fall": 1.0}}}
    kinds = corrected(run, IntegrityPolicy(error=0.03), weights=weights)
    (who,) = (kind for kind in kinds if kind.pattern.key == "who_is_heard")
    assert who.p_value == pytest.approx(0.01)
    assert who.alarm is prompted


def test_fewer_low_answers_alone_raise_no_alarm() -> None:
    (heard,) = (
        kind for kind in kinds_of(detected("low_scores_missing")) if kind.pattern.key == "who_is_heard"
    )
    assert not heard.alarm
    assert heard.sign is SignStrength.NOT_RUN


@pytest.mark.parametrize(
    ("key", "change", "share"),
    [
        # a ratio departs by its distance from one, points by what they are of a hundred
        ("invitations_fall", np.log(0.8), 0.2),
        ("invitations_fall", np.log(1.25), 0.25),
        ("begging", 0.03, 0.03),
        ("begging", -0.03, 0.03),
    ],
)
def test_a_departure_is_a_share_of_what_the_others_did(key: str, change: float, share: float) -> None:
    effect = Contrast(change, change - 0.1, change + 0.1, np.array([1.0, 0.0]), 3, 3)
    assert departure(Detection(detector(key), group(), contrast=effect)) == pytest.approx(share)


@pytest.mark.parametrize(
    ("complaints", "low", "change"),
    [
        # low answers are halved: complaints that stay diverge by half of that, those that follow do not
        ((60, 60), (60, 30), np.log(2) / 2),
        ((60, 30), (60, 30), -np.log(2) / 2),
        ((60, 60 / np.sqrt(2)), (60, 30), 0.0),
        # low answers double: complaints may double with them, and diverge only beyond that
        ((30, 60), (30, 60), 0.0),
        ((30, 120), (30, 60), np.log(2)),
        ((30, 60), (30, 30), np.log(2)),
    ],
)
def test_complaints_are_held_against_unhappy_answers(
    complaints: tuple[float, float], low: tuple[float, float], change: float
) -> None:
    link = group()
    linked = np.asarray(link.linked, dtype=float)

    def side(place: int) -> dict[str, Any]:
        """Linked units go from the first to the second of each pair, the others stay at the first."""
        moved = [pair[0] + linked * (pair[place] - pair[0]) for pair in (complaints, low)]
        whole = np.ones(len(UNITS))
        return {
            "complaints_open": 1000 * moved[0],
            "answers_months": 10 * whole,
            "low": 1000 * moved[1],
            "answers": 1e6 * whole,
        }

    measured = complaints_diverge(Sides(link, side(0), side(1)), IntegrityPolicy())
    assert measured.change[link.linked] == pytest.approx(change, abs=2e-3)
    assert measured.change[~link.linked] == pytest.approx(0, abs=1e-9)
