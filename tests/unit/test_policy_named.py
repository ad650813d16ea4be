"""A policy is found by what its name begins with, and is of the edition that the run names."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.audit.opening import read_run
from auditlib.errors import ParameterError
from auditlib.escalation import EscalationPolicy
from auditlib.parameters.policy import policy_named

ROOT = Path(__file__).parents[2]
RUN = read_run("params/runs/demo.yaml", root=ROOT)
TEXT = (ROOT / "params" / "policies" / "escalation.yaml").read_text(encoding="utf-8")
TEXTS = {"policies/escalation_acme.yaml": TEXT}


def named(*policies: str) -> EscalationPolicy | None:
    run = RUN.model_copy(update={"policies": policies})
    return policy_named("escalation", EscalationPolicy, run, TEXTS)


def test_a_client_may_give_its_policy_a_name_that_goes_on() -> None:
    policy = named("drivers", "escalation_acme")
    assert policy is not None
    assert policy == named(f"escalation_acme@{policy.edition}")


def test_a_run_without_one_has_none() -> None:
    assert named("drivers", "de-escalation") is None


@pytest.mark.parametrize(
    ("name", "message"),
    [("escalation", "there is no params"), ("escalation_acme@1999", "Name escalation_acme@")],
)
def test_an_absent_one_and_another_edition_are_refused(name: str, message: str) -> None:
    with pytest.raises(ParameterError) as refused:
        named(name)
    (problem,) = refused.value.problems
    assert message in f"{problem.message} {problem.remedy}"
