"""`auditlib check` says what notebooks will not be able to answer, and refuses parameters that name none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from project_copy import project_copy
from tiny_project import Tiny, tiny_project

from auditlib.cli import main
from auditlib.onboarding.check import check

ROOT = Path(__file__).parents[2]
RUN = "params/runs/tiny.yaml"
NO = "the evidence has no"
NAMES = (
    "02_benchmark", "16_improvement", "03_compensation", "04_integrity", "05_escalation", "07_service_levels",
    "09_drivers", "11_standards",
)  # fmt: skip
UNITS = "  - {table: units, file: units.csv, form: csv, columns: {unit_id: unit, region: region}}\n"
RESPONSES = (
    "  - {table: responses, file: r.csv, form: csv, constants: {survey_type: transactional},\n"
    "     columns: {response_id: id, unit_id: unit, submitted: at, channel: by, q_a: a}}\n"
)
LINKS = (
    "  - {table: pay_links, file: p.csv, form: csv, columns: {link_id: id, role: role, unit_id: unit,\n"
    "     metric: metric, weight: weight, starts_on: start}}\n"
)
INSTRUMENT = (
    "instruments: {transactional: {items: {q_a: {wording: All in all?, headline: true, "
    "scale: {low: 1, high: 5}}}}}\n"
)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    project = tiny_project(tmp_path, names=("01_one",))
    project_copy(tmp_path, "params/standards", "params/policies", "params/calendars")
    for name in NAMES:
        shutil.copy(ROOT / "notebooks" / f"{name}.ipynb", tmp_path / "notebooks")
    data = tmp_path / "data/tiny"
    (data / "units.csv").write_text("unit,region\nU1,north\nU2,south\n")
    (data / "r.csv").write_text("id,unit,at,by,a\nR1,U1,2025-03-01,phone,4\nR2,U2,2025-04-01,mail,5\n")
    (data / "p.csv").write_text(
        "id,role,unit,metric,weight,start\nL1,manager,U1,transactional:q_a:mean,0.1,2025-01-01\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    return project


def written(tiny: Tiny, notebooks: str, *sources: str, policies: str = "[]") -> None:
    tiny.run_file.write_text(
        "audit: tiny\nparty: {name: Small & Sons}\n"
        "period: {start: 2025-01-01, end: 2025-12-31}\nas_of: 2026-01-31T18:00:00Z\n"
        f"policies: {policies}\n{INSTRUMENT if sources else ''}"
        f"sources:\n{''.join((UNITS, *sources))}notebooks:\n{notebooks}",
        encoding="utf-8",
    )


def notes(capsys: pytest.CaptureFixture[str], *options: str, codes: tuple[int, ...] = (0,)) -> list[str]:
    assert main(["check", RUN, *options]) in codes
    return [line for line in capsys.readouterr().out.splitlines() if "will answer" in line]


DUTIES = "on the follow-up of responses"
LACKING = [
    # notebook, sources, policies, on what, because
    ("02_benchmark", (), "[]", "", "the evidence has no responses and no aggregates"),
    ("02_benchmark", (RESPONSES,), "[]", "", ""),
    ("16_improvement", (), "[]", "", "the evidence has no responses and no aggregates"),
    ("16_improvement", (RESPONSES,), "[]", "", ""),
    ("03_compensation", (RESPONSES,), "[]", "", "the evidence has no pay_links"),
    ("03_compensation", (RESPONSES, LINKS), "[]", "", ""),
    ("04_integrity", (RESPONSES,), "[]", "", "the evidence has no pay_links"),
    ("05_escalation", (), "[]", DUTIES, "the run names no escalation policy"),
    ("05_escalation", (RESPONSES,), "[]", DUTIES, "the run names no escalation policy"),
    ("05_escalation", (), "[incident_resolution]", "on the clocks of a help desk", f"{NO} incident_events"),
    ("07_service_levels", (RESPONSES,), "[]", "", f"{NO} interactions and no interval_counts"),
    (
        "09_drivers",
        (RESPONSES,),
        "[]",
        "on the causes that customers name",
        f"{NO} complaints and no follow_ups",
    ),
]


FOLLOWED = """\
  - {table: responses, file: r.csv, form: csv, constants: {survey_type: transactional, anonymous: 'false'},
     columns: {response_id: id, unit_id: unit, submitted: at, q_a: a}}
  - {table: follow_ups, file: f.csv, form: csv, constants: {reached: 'true', declined: 'false'},
     columns: {follow_up_id: id, response_id: response, held: at}}
  - {table: attendance, file: f.csv, form: csv, constants: {role: client_manager},
     columns: {follow_up_id: id, person_id: who}}
  - {table: responsibilities, file: m.csv, form: csv, constants: {valid_to: '', transaction_type: ''},
     columns: {responsibility_id: id, unit_id: unit, role: role, person_id: who, valid_from: since}}
"""


def test_what_the_matrix_leaves_open_is_foreseen(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    data = tiny.root / "data" / "tiny"
    (data / "f.csv").write_text("id,response,at,who\nF1,R1,2025-03-02,P1\n")
    (data / "m.csv").write_text("id,unit,role,who,since,deputy\nM1,U1,client_manager,P1,2024-01-01,P2\n")
    for mapped in ("", "delegate_id: deputy, "):
        sources = FOLLOWED.replace("role: role,", f"role: role, {mapped}")
        written(tiny, "  05_escalation: {}\n", sources, policies="[escalation]")
        main(["check", RUN])
        said = "where that turns on delegate_id of responsibilities" in capsys.readouterr().out
        assert said is not bool(mapped)


def test_complaints_whose_limit_goes_by_an_unknown_tier_are_foreseen(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tiny.root / "data" / "tiny"
    (data / "c.csv").write_text("id,unit,at,how\nC1,U1,2025-03-02,critical\nC2,U2,2025-03-02,low\n")
    (data / "e.csv").write_text("id,case,at,state\nE1,C1,2025-03-03,resolved\nE2,C2,2025-03-03,resolved\n")
    sources = (
        "  - {table: complaints, file: c.csv, form: csv,\n"
        "     columns: {complaint_id: id, unit_id: unit, received: at, severity: how}}\n"
        "  - {table: complaint_events, file: e.csv, form: csv,\n"
        "     columns: {event_id: id, complaint_id: case, occurred: at, state: state}}\n"
    )
    for policies, said in (("[complaint_limits]", True), ("[]", False)):
        written(tiny, "  05_escalation: {}\n", RESPONSES, sources, policies=policies)
        main(["check", RUN])
        told = [line for line in capsys.readouterr().out.splitlines() if "will leave open" in line]
        assert bool(told) is said
        if said:
            assert told[-1] == (
                "05_escalation will leave open whether 1 case was in time (clock complaint resolution): the "
                "limit of critical cases goes by the tier of their account, and no tier is known."
            )


@pytest.mark.parametrize(("notebook", "sources", "policies", "about", "because"), LACKING)
def test_what_a_notebook_lacks_is_foreseen_and_is_no_mistake(
    tiny: Tiny,
    capsys: pytest.CaptureFixture[str],
    notebook: str,
    sources: tuple[str, ...],
    policies: str,
    about: str,
    because: str,
) -> None:
    written(tiny, f"  {notebook}: {{}}\n", *sources, policies=policies)
    found = [line for line in notes(capsys) if line.startswith(notebook)]
    words = " ".join(part for part in (f"{notebook} will answer 'not assessable'", about) if part)
    assert found[:1] == ([f"{words}, because {because}."] if because else [])


def test_criteria_that_cannot_be_judged_are_named_with_what_lacks(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tiny, "  11_standards: {}\n", RESPONSES)
    found = notes(capsys, "--verbose")
    assert any(" for CF-15, because the evidence has no accounts" in line for line in found), found
    assert any("CO-05" in line and "because the evidence has no complaints" in line for line in found)
    assert not any("CF-04" in line for line in found), "satisfaction can be judged"


def test_what_criteria_wait_for_stands_at_the_end_with_how_many(
    tiny: Tiny, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tiny, "  11_standards: {}\n", RESPONSES)
    report = check(tiny.run_file)
    lacking = {criterion.id: criterion.lacks for criterion in report.unjudged}
    assert main(["check", RUN]) == 0
    shown = [line.split() for line in capsys.readouterr().out.splitlines()]
    title = next(at for at, words in enumerate(shown) if words[:3] == ["Criteria", "that", "wait"])
    counts = {" ".join(words[:-2]): (int(words[-2]), int(words[-1])) for words in shown[title + 3 :] if words}
    assert counts == {
        what: (
            sum(what in lacks for lacks in lacking.values()),
            sum(lacks == (what,) for lacks in lacking.values()),
        )
        for lacks in lacking.values()
        for what in lacks
    }
    assert counts["complaints"][0] > counts["complaints"][1] > 0
    assert not any("will answer" in " ".join(words) for words in shown)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("L1,manager,U9,transactional:q_a:mean,0.1,2025-01-01", "every row of pay_links is in quarantine"),
        ("L1,manager,U1,transactional:q_a:mean,0,2025-01-01", "no entry of pay_links ties any pay"),
        ("L1,manager,U1,turnover,0.1,2025-01-01", "no entry of pay_links names a question of this audit"),
        ("L1,manager,U1,q_a,0.1,2025-01-01", "written survey type:item:statistic; this audit would take"),
    ],
)
def test_a_register_of_pay_that_says_nothing_is_foreseen(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], cells: str, said: str
) -> None:
    (tiny.root / "data/tiny/p.csv").write_text(f"id,role,unit,metric,weight,start\n{cells}\n")
    written(tiny, "  03_compensation: {}\n", RESPONSES, LINKS)
    # a file of which no row is kept may be called a mistake of the data; it is foreseen all the same
    codes = (0, 3) if "quarantine" in said else (0,)
    assert any(said in line for line in notes(capsys, codes=codes) if line.startswith("03_compensation"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            "02_benchmark: {statistic: top}",
            "names 'top', and there is no such statistic. Did you mean 'top_box'?",
        ),
        ("02_benchmark: {second_statistic: median}", "names 'median', and there is no such statistic."),
        (
            "02_benchmark: {adjust_for: chanel}",
            "names 'chanel', and there is no such column of the responses",
        ),
        (
            "02_benchmark: {adjust_for: channel transaction_type}",
            "names 'transaction_type', and there is no such",
        ),
        (
            "02_benchmark: {peers_by: unit_type}",
            "names 'unit_type', and there is no such column of the units",
        ),
        ("02_benchmark: {item: q_b}", "names 'q_b', and there is no such question of this audit."),
        ("02_benchmark: {minimum_n: -1}", "'minimum_n' must be at least 0; found -1."),
        ("16_improvement: {statistic: median}", "names 'median', and there is no such statistic."),
        ("16_improvement: {item: q_b}", "names 'q_b', and there is no such question of this audit."),
        (
            "16_improvement: {adjust_for: chanel}",
            "names 'chanel', and there is no such column of the responses",
        ),
        ("16_improvement: {minimum_n: -1}", "'minimum_n' must be at least 0; found -1."),
        ("03_compensation: {weighting: person}", "names 'person', and there is no such weighting."),
        ("03_compensation: {hold_out: -1}", "'hold_out' must be at least 0; found -1."),
        ("05_escalation: {latency_hours: 0}", "'latency_hours' must be at least 1; found 0."),
        ("11_standards: {other: service-excellence@2036}", "Did you mean 'service-excellence@2026'?"),
        ("11_standards: {othr: service-excellence@2026}", "Did you mean 'other'?"),
    ],
)
def test_parameters_that_name_nothing_are_refused_by_check_and_run(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], given: str, said: str
) -> None:
    written(tiny, f"  {given}\n", RESPONSES, LINKS)
    for command in ("check", "run"):
        assert main([command, RUN]) == 2, command
        found = " ".join(capsys.readouterr().err.split())
        assert said in found
        assert f"{RUN} 14:" in found
    assert not (tiny.root / "outputs/tiny").exists()


@pytest.mark.parametrize(
    "given",
    [
        "02_benchmark: {statistic: nps, adjust_for: channel, peers_by: region, item: q_a, minimum_n: 0}",
        "02_benchmark: {adjust_for: '', item: ''}",
        "16_improvement: {statistic: nps, adjust_for: channel, item: q_a, minimum_n: 0}",
        "03_compensation: {weighting: unit, hold_out: 0}",
        "11_standards: {standard: '', other: service-excellence@2025}",
    ],
)
def test_parameters_that_name_what_is_there_are_let_pass(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    written(tiny, f"  {given}\n", RESPONSES, LINKS)
    assert main(["check", RUN]) == 0
    assert capsys.readouterr().err == ""


def said(tiny: Tiny, capsys: pytest.CaptureFixture[str], old: str, new: str) -> list[str]:
    """Return what check prints of a run file with one word changed."""
    tiny.run_file.write_text(tiny.run_file.read_text("utf-8").replace(old, new), encoding="utf-8")
    assert main(["check", RUN]) == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("name", "notebook", "line"),
    [
        ("transactional", "11_standards", ""),
        ("transaktional", "02_benchmark", ""),
        (
            "transaktional",
            "11_standards",
            (
                "11_standards: no criterion of service-excellence@2025 asks about the survey type "
                "'transaktional'; criteria ask about transactional, relationship. "
                "Did you mean 'transactional'?"
            ),
        ),
    ],
)
def test_a_survey_type_that_no_criterion_asks_about_is_named(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], name: str, notebook: str, line: str
) -> None:
    written(tiny, f"  {notebook}: {{}}\n", RESPONSES)
    found = [each for each in said(tiny, capsys, "transactional", name) if "asks about the survey" in each]
    assert found == ([line] if line else [])


def test_a_declared_survey_without_a_row_is_named(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    of_any = RESPONSES.replace(
        "constants: {survey_type: transactional}",
        "values: {survey_type: {phone: transactional, mail: transactional}}",
    )
    written(tiny, "  02_benchmark: {}\n", of_any.replace("channel: by", "survey_type: by"))
    yearly = ", relationship: {items: {q_a: {wording: Again?, scale: {low: 1, high: 5}, headline: true}}}}"
    found = said(tiny, capsys, "high: 5}}}}}", f"high: 5}}}}}}}}{yearly}")
    assert "The survey 'relationship' is declared, and no row of responses is of that type." in found


@pytest.mark.parametrize(
    ("metric", "named"), [("transactional:q_z:mean", True), ("transactional:q_a:nps", False)]
)
def test_pay_on_no_question_of_the_audit_is_named(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], metric: str, named: bool
) -> None:
    rows = f"L1,manager,U1,transactional:q_a:mean,0.1,2025-01-01\nL2,staff,U1,{metric},0.1,2025-01-01\n"
    (tiny.root / "data/tiny/p.csv").write_text(f"id,role,unit,metric,weight,start\n{rows}")
    written(tiny, "  03_compensation: {}\n", RESPONSES, LINKS)
    line = f"03_compensation: pay_links names '{metric}', which is no question of this audit."
    assert (line in said(tiny, capsys, "", "")) == named


@pytest.mark.parametrize(
    ("level", "named"), [("district", True), ("Region", False), ("unit", False), ("", False)]
)
def test_pay_assigned_by_what_no_register_knows_is_named(
    tiny: Tiny, capsys: pytest.CaptureFixture[str], level: str, named: bool
) -> None:
    row = f"L1,manager,U1,transactional:q_a:mean,0.1,2025-01-01,{level}\n"
    (tiny.root / "data/tiny/p.csv").write_text(f"id,role,unit,metric,weight,start,by\n{row}")
    assigned = LINKS.replace("starts_on: start", "starts_on: start, assigned_by: by")
    written(tiny, "  03_compensation: {}\n", RESPONSES, assigned)
    line = f"03_compensation: pay_links says that pay was assigned by '{level}', and no register says"
    assert any(each.startswith(line) for each in said(tiny, capsys, "", "")) is named
