"""Commands around standards, on the shipped law and on a tiny finished run."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_copy import project_copy
from tiny_project import Tiny, tiny_project

from auditlib.cli import main
from auditlib.runs import Options, perform
from auditlib.standards import edition_characteristic

ROOT = Path(__file__).parents[2]
EDITION = "params/standards/service-excellence/2026.yaml"


def law(root: Path) -> Path:
    project_copy(root, "params/standards", "params/profiles")
    (root / "notebooks").mkdir(exist_ok=True)
    return root


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(law(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    tiny = tiny_project(tmp_path_factory.mktemp("restated"), names=("01_one",))
    law(tiny.root)
    perform(tiny.run_file, name="tiny.yaml", options=Options(), notify=lambda _event: None)
    return tiny


def test_list_names_every_edition_with_its_dates(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "list"]) == 0
    shown = capsys.readouterr().out
    assert "service-excellence@2025" in shown
    assert "2026-01-01 to 2026-12-31" in shown


def test_show_all_and_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "show", "service-excellence@2025"]) == 0
    assert "CF-01" in capsys.readouterr().out
    assert main(["standards", "show", "service-excellence@2025", "CO-01"]) == 0
    assert "a profile may choose 0.75 to 0.98" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["standards", "show", "service-excellence@2024"], "there is no standard 'service-excellence@2024'"),
        (["standards", "show", "service-excellence@2025", "CF-99"], "has no criterion 'CF-99'"),
        (["standards", "characteristic", "service-excellence@2024"], "there is no standard"),
        (["standards", "check", "nobody"], "there is no profile 'nobody'"),
        (["standards", "diff", "service-excellence@2025", "x@2025"], "there is no standard 'x@2025'"),
        (["restate", "nowhere", "--standard", "service-excellence@2026"], "nowhere"),
    ],
)
def test_a_mistake_is_explained(
    project: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(words) in (2, 5)
    shown = capsys.readouterr().err
    assert said in " ".join(shown.split())
    assert "Traceback" not in shown


def test_the_chances_of_an_edition_are_written_beside_it_and_drawn(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(edition_characteristic, "AUDITS", 3)
    beside = project / "params/standards/service-excellence/2026.characteristic.csv"
    beside.unlink()
    words = ["standards", "characteristic", "service-excellence@2026", "--figures", str(project / "drawn")]
    assert main(words) == 0
    assert "Written: params/standards/service-excellence/2026.characteristic.csv." in capsys.readouterr().out
    assert beside.read_text("utf-8").startswith("subject,how,n,position,plans,true,met,not_met,")
    drawn = sorted(path.name for path in (project / "drawn").iterdir())
    parts = [
        f"service-excellence-2026-{n}-{part}.svg"
        for n in (100, 400, 1600)
        for part in ("criteria", "decision")
    ]
    assert drawn == sorted(parts)


def test_check_finds_the_shipped_law_sound(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "check"]) == 0
    shown = capsys.readouterr().out
    assert "service-excellence@2025, service-excellence@2026, small-b2b" in shown
    assert main(["standards", "check", "small-b2b", "--on", "2025-12-31"]) == 0


def test_check_names_every_problem_of_every_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edition, profile = project / EDITION, project / "params/profiles/small-b2b.yaml"
    edition.write_text(edition.read_text("utf-8").replace("metric: abandoned", "metric: abandond"), "utf-8")
    profile.write_text(profile.read_text("utf-8").replace("  CF-15:", "  CF-01:"), "utf-8")
    assert main(["standards", "check"]) == 2
    shown = " ".join(capsys.readouterr().err.split())
    assert "there is no metric 'abandond'. Did you mean 'abandoned'?" in shown
    assert "CF-01 is rigid: a waiver is refused." in shown
    assert "3 problems." in shown, "the criterion was redefined without a reason, too"


def test_an_expired_waiver_is_named(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "check", "small-b2b", "--on", "2026-01-01"]) == 2
    assert "expired on 2025-12-31" in " ".join(capsys.readouterr().err.split())


def test_diff_counts_the_changes(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["standards", "diff", "service-excellence@2025", "service-excellence@2026"]) == 0
    shown = capsys.readouterr().out
    assert "Beside the criteria: rule pass_mark stricter." in shown
    assert "1 removed, 5 stricter, 1 reworded, 5 added, 2 looser, 1 redefined, 33 unchanged." in shown


def test_restate_judges_the_kept_evidence_by_another_edition(
    finished: Tiny, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(finished.root)
    monkeypatch.setenv("COLUMNS", "250")
    before = finished.files()
    assert main(["restate", "outputs/tiny", "--standard", "service-excellence@2026"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "cannot be judged against service-excellence@2025" in shown
    assert "5 criteria are added and 1 removed" in shown
    assert finished.files() == before, "a finished run is only read"


def test_what_if_only_supposes_and_only_reads(
    finished: Tiny, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(finished.root)
    before = finished.files()
    words = [
        "what-if",
        "outputs/tiny",
        "--target",
        "CF-02=0.10",
        "--target",
        "CF-03=0.30",
        "--pass-mark",
        "0.75",
    ]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("What if: ") for line in lines)
    assert lines[:3] == [
        "What if: CF-02 asked for at least 10.0%, not at least 15.0%.",
        "What if: CF-03 asked for at least 30.0%, not at least 20.0%.",
        "What if: the pass mark were 75.0%, not 80.0%.",
    ]
    assert main(["what-if", "outputs/tiny", "--edition", "service-excellence@2026"]) == 0
    shown = capsys.readouterr().out
    assert "edition 2026 were in force instead of Service excellence, edition 2025." in shown
    assert "What if: CF-06 would be not demanded; it is not assessable." in shown
    assert finished.files() == before, "a finished run is only read"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing is supposed. Give --target"),
        (["--target", "CF-02=0.9"], "outside the bounds 0.08 to 0.4 of the catalogue"),
        (["--target", "CF-02:0.1"], "'CF-02:0.1' is not understood"),
        (["--target", "CF-02=nan"], "'CF-02=nan' is not understood"),
        (["--target", "CF-92=0.1"], "has no criterion 'CF-92'"),
        (["--pass-mark", "75"], "the pass mark 75 is no share"),
        (["--edition", "service-excellence@2036"], "Did you mean 'service-excellence@2026'?"),
    ],
)
def test_what_if_teaches_what_it_takes(
    finished: Tiny,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(finished.root)
    monkeypatch.setenv("COLUMNS", "250")
    assert main(["what-if", "outputs/tiny", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    if said.startswith("outside"):
        assert main(["what-if", "outputs/tiny", *words, "--beyond-bounds"]) == 0


def test_restate_refuses_where_the_runs_own_standard_has_changed(
    finished: Tiny, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(finished.root)
    own = finished.root / "params/standards/service-excellence/2025.yaml"
    text = own.read_text("utf-8")
    own.write_text(text + "# moved\n", "utf-8")
    try:
        assert main(["restate", "outputs/tiny", "--standard", "service-excellence@2026"]) == 2
    finally:
        own.write_text(text, "utf-8")
    assert "has changed since the run was sealed" in " ".join(capsys.readouterr().err.split())


def test_a_mistaken_definition_is_named_with_its_place(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_copy(project, "params/definitions")
    file = project / "params/definitions/service_level.yaml"
    file.write_text(file.read_text("utf-8").replace("short: 10", "short: ten"), "utf-8")
    assert main(["standards", "check", "abandonment"]) == 0
    assert main(["standards", "check"]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "params/definitions/service_level.yaml" in said
    assert "ten" in said
