"""What `auditlib check` refuses `auditlib run` refuses too, in the same words and before it executes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from project_copy import project_copy
from tiny_project import Tiny, tiny_project

from auditlib.cli import main

ROOT = Path(__file__).parents[2]
RUN = "params/runs/tiny.yaml"
ACME = """\
profile: acme
standard: service-excellence@2025
title: Profile of the Acme service desk
"""


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    project = tiny_project(tmp_path, names=("01_one",))
    project_copy(tmp_path, *(f"params/{law}" for law in ("standards", "profiles", "policies", "calendars")))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    return project


def choosing(tiny: Tiny, *lines: str) -> None:
    text = tiny.run_file.read_text("utf-8")
    tiny.run_file.write_text(text.replace("sources:", "\n".join((*lines, "sources:")), 1), "utf-8")


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what both commands say; they must say the same and execute nothing."""
    said = []
    for command in ("check", "run"):
        assert main([command, RUN]) == 2, command
        said.append(" ".join(capsys.readouterr().err.split()))
    assert said[0] == said[1]
    assert not Path("outputs/tiny").exists()
    assert not list(Path("outputs/.work").rglob("*.ipynb")) if Path("outputs/.work").exists() else True
    return said[0]


@pytest.mark.parametrize(
    ("line", "said", "remedy"),
    [
        (
            "standard: service-excellense@2025",
            "there is no standard 'service-excellense@2025'",
            "Did you mean 'service-excellence@2025'?",
        ),
        ("standard: service-excellence@2027", "there is no standard", "Did you mean 'service-excellence@202"),
        ("profile: small-b2c", "there is no profile 'small-b2c'", "Did you mean 'small-b2b'?"),
        ("policies: [escalaton@2025]", "there is no policy 'escalaton'", "Did you mean 'escalation'?"),
        ("policies: [escalation@2024]", "the run names escalation@2024", "Name escalation@2025"),
        ("previous: tiny-2024", "there is no finished audit 'tiny-2024' in outputs", "Run it first"),
    ],
)
def test_an_unknown_name_stops_both_at_its_place(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], line: str, said: str, remedy: str
) -> None:
    choosing(tiny, line)
    found = refused(capsys)
    assert said in found
    assert remedy in found
    assert f"{RUN} 6:" in found


BOUGHT = [
    ("overrides:\n  CF-02: {target: 0.01, because: cost, rationale: Asking costs.}\n", 5, "outside the"),
    (
        "waivers:\n  CF-09: {reason: Nobody had the time., granted_on: 2025-01-01, expires_on: 2025-12-31}\n",
        5, "CF-09 is rigid: a waiver is refused",
    ),
    (
        "waivers:\n  CO-01: {reason: Nobody had the time., granted_on: 2025-01-01, expires_on: 2025-12-31}\n",
        5, "CO-01 is a must-pass: a waiver is refused",
    ),
    (
        "waivers:\n  CO-02: {reason: Nobody had the time., granted_on: 2025-01-01, expires_on: 2025-12-30}\n",
        5, "expired on 2025-12-30",
    ),
    ("not_applicable:\n  CF-04: The party does not wish to be judged by this.\n", 5, "words alone set no"),
    (
        "not_applicable:\n  CF-09: {because: no_contacts_in_channel, reason: Nobody calls us.}\n",
        5, "it applies to everyone",
    ),
    ("overides: {}\n", 4, "Did you mean 'overrides'?"),
]  # fmt: skip


@pytest.mark.parametrize(("bought", "line", "said"), BOUGHT)
def test_nothing_is_bought_by_a_profile(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], bought: str, line: int, said: str
) -> None:
    (tiny.root / "params/profiles/acme.yaml").write_text(ACME + bought, "utf-8")
    choosing(tiny, "profile: acme")
    found = refused(capsys)
    assert said in found
    assert f"params/profiles/acme.yaml {line}:" in found
    assert main(["standards", "check", "acme"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_profile_of_another_edition_is_refused(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny.root / "params/profiles/acme.yaml").write_text(ACME, "utf-8")
    choosing(tiny, "standard: service-excellence@2026", "profile: acme")
    assert "is written for service-excellence@2025, and the run names service-excellence@2026" in refused(
        capsys
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "standards/service-excellence/2025.yaml",
            "metric: abandoned",
            "metric: abandond",
            "no metric 'abandond'",
        ),
        ("policies/escalation.yaml", "calendar: business", "calendar: busines", "Did you mean 'business'?"),
        ("policies/escalation.yaml", "edition:", "editon:", "Did you mean 'edition'?"),
        ("calendars/business.yaml", "holidays:", "holydays:", "is no key"),
    ],
)
def test_mistakes_in_the_law_itself_stop_both(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str, said: str
) -> None:
    path = tiny.root / "params" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    choosing(tiny, "policies: [escalation]")
    found = refused(capsys)
    assert said in found
    assert main(["standards", "check"]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert f"params/{file} " in found


def test_a_policy_that_nothing_reads_and_two_of_one_kind_are_refused(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tiny.root / "params/policies"
    shutil.copy(folder / "escalation.yaml", folder / "escalation_acme.yaml")
    shutil.copy(folder / "escalation.yaml", folder / "parking.yaml")
    choosing(tiny, "policies: [escalation, escalation_acme, parking]")
    found = refused(capsys)
    assert "'escalation_acme' is a second escalation policy beside 'escalation'" in found
    assert "no part of the suite reads a policy called 'parking'" in found
    assert "2 problems." in found


def test_a_sound_choice_is_checked_and_names_nothing(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    choosing(tiny, "profile: small-b2b", "policies: [escalation@2025, integrity, drivers]")
    text = tiny.run_file.read_text()
    placed = text.replace("columns: {unit_id: unit}}", "columns: {unit_id: unit}, constants: {country: DE}}")
    tiny.run_file.write_text(placed)
    assert main(["check", RUN]) == 0
    assert capsys.readouterr().err == ""


def test_the_previous_audit_must_be_the_same_partys(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    tiny.perform()
    finished = tiny.run_file.read_text("utf-8").replace("audit: tiny", "audit: tiny-2\nprevious: tiny")
    tiny.run_file.write_text(finished, "utf-8")
    assert main(["check", RUN]) == 0
    tiny.run_file.write_text(finished.replace("previous: tiny", "previous: tinny"), "utf-8")
    assert main(["check", RUN]) == 2
    assert "Did you mean 'tiny'?" in " ".join(capsys.readouterr().err.split())
    tiny.run_file.write_text(finished.replace("Small & Sons", "Large & Sons"), "utf-8")
    assert main(["check", RUN]) == 2
    found = " ".join(capsys.readouterr().err.split())
    assert "is one of 'Small & Sons', not of 'Large & Sons'" in found
    assert f"{RUN} 2:" in found
