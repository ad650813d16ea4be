"""Invitations suppressed in a copy: the signs raise an alarm, and a blinded detector raises none."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import pytest

from auditlib.integrity.detection import Detection
from auditlib.integrity.detectors import Detector
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.self_test import FaultTrial, invitations
from company import Scenario, SurveyTables, survey_tables

examining = import_module("auditlib.integrity.examine")
PARAMS = Path(__file__).parents[2] / "params"


def text(path: str) -> str:
    return (PARAMS / path).read_text(encoding="utf-8")


class InMemory(SurveyTables):
    """The company's tables, with the place that evidence offers for tables made in memory."""

    def lazy_of(self, columns: Mapping[str, Any]) -> nw.LazyFrame[Any]:
        return nw.from_native(pa.table(dict(columns)).to_pandas()).lazy()


@cache
def engagement() -> Engagement:
    """A company in which nobody games: one role, one cohort, half of the units."""
    base = load(Scenario, text("scenarios/demo.yaml"), name="demo.yaml").model_dump(mode="json")
    links = {"cohorts": [{"starts_on": "2024-07-01", "units": 20}], "effect": 0.0}
    planted = {"role": "manager", "starts_on": "2024-07-01", "suppress": 0.0, "forms": {}}
    changes = {"seed": 4711, "manager_links": links, "staff_links": {}, "gaming": planted}
    scenario = Scenario.model_validate(base | changes)
    run = load(Run, text("runs/demo.yaml"), name="demo.yaml")
    tables = InMemory(survey_tables(scenario, np.random.default_rng(4711)).held)
    policy = {"policies/integrity.yaml": text("policies/integrity.yaml").replace("draws: 9999", "draws: 999")}
    return Engagement(run, tables, policy)


def tried() -> FaultTrial:
    (trial,) = invitations.try_invitations(engagement(), rng=np.random.default_rng(3))
    return trial


def test_a_group_that_stops_asking_the_unhappy_raises_an_alarm() -> None:
    trial = tried()
    assert trial.planted == 1, trial
    assert trial.found == 1


def test_detectors_that_look_elsewhere_raise_none(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing = examining.detect

    def blind(detector: Detector, data: Any) -> Detection:
        if detector.key in ("straight_lines", "shared_device"):
            return seeing(detector, data)
        return Detection(detector, data.group, reason="it looks away")

    monkeypatch.setattr(examining, "detect", blind)
    trial = tried()
    assert (trial.planted, trial.found) == (1, 0)


def test_without_pay_there_is_nothing_to_game() -> None:
    class Unlinked:
        tables = ("responses",)

    bare = Engagement(engagement().run, Unlinked(), {})  # type: ignore[arg-type]
    (trial,) = invitations.try_invitations(bare, rng=np.random.default_rng(3))
    assert trial.reason == "the evidence has no pay_links and no invitations"
