"""Every policy that ships can be read, is sound, and is used by a shipped run file."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditlib.audit.law import POLICIES, checked, policies
from auditlib.audit.opening import read_run
from auditlib.cli import main

ROOT = Path(__file__).parents[2]
NAMES = policies(root=ROOT)
RUNS = sorted(path.name for path in (ROOT / "params" / "runs").glob("*.yaml"))


def test_policies_ship() -> None:
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_policy_is_read_by_one_kind_of_policy_and_is_sound(name: str) -> None:
    assert sum(name.startswith(kind) for kind in POLICIES) == 1
    assert checked(name, root=ROOT) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_policy_is_used_by_a_shipped_run_file(name: str) -> None:
    runs = [read_run(f"params/runs/{run}", root=ROOT) for run in RUNS]
    assert any(chosen.partition("@")[0] == name for run in runs for chosen in run.policies)


def test_the_command_knows_every_shipped_policy(capsys: pytest.CaptureFixture[str]) -> None:
    for name in NAMES:
        assert main(["standards", "check", name]) == 0
        assert name in capsys.readouterr().out
