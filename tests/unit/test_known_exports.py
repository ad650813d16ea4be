"""Known exports from the first look to the first answers: new, check and the notebooks that fit.

Each export stands in ``tests/exports``, written from the documented layout of its tool. Nothing is edited but
the lines marked DECIDE, and the questions an export raises are exactly those listed here; all are answered
as proposed. Every export goes through ``01_intake``; of the exports of one kind one goes through the notebook
that fits, so that all of them together take less than a minute.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from auditlib.evidence import prepare
from auditlib.onboarding.check import CheckReport, check
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run

ROOT = Path(__file__).parents[2]
EXPORTS = ROOT / "tests" / "exports"
ALWAYS = (
    "the name printed on the report",
    "the audited period",
    "the instant the audit looks from",
    "the zone of units that name none",
)
ZONE, COMPARED, HEADLINE = (
    "is assumed.",
    "is this what is compared?",
    "is this the question units are compared on?",
)
BEST, TYPE, COMMENT = (
    "is 5 the best answer, or 1?",
    "is this survey transactional",
    "what the customer wrote?",
)
STANDS, POLICY = "clocks that start from a stand-in", "do these say what was promised?"
LEFT_OUT = "left out"


class Known(NamedTuple):
    """What an export becomes: rows kept by source, a notebook beside intake, and the questions it raises."""

    kept: dict[str, list[int]]
    notebook: str
    asks: tuple[str, ...]


SURVEY = "02_benchmark"
DESK = "05_escalation"
CALLS = "11_standards"
LIKE_ANOTHER = ""
KNOWN: dict[str, Known] = {
    "qualtrics": Known(
        {"units": [3], "responses": [82]},
        LIKE_ANOTHER,
        (HEADLINE, BEST, "nobody answered 1", LEFT_OUT, "is it? For example 'INV-", TYPE),
    ),
    "surveymonkey": Known(
        {"units": [3], "responses": [75]}, LIKE_ANOTHER, (HEADLINE, ZONE, LEFT_OUT, COMPARED, TYPE, COMMENT)
    ),
    "google_forms": Known({"units": [3], "responses": [70]}, SURVEY, (HEADLINE, ZONE, TYPE)),
    "typeform": Known(
        {"units": [3], "responses": [70]}, LIKE_ANOTHER, (HEADLINE, BEST, LEFT_OUT, COMPARED, TYPE, COMMENT)
    ),
    "limesurvey": Known(
        {"units": [3], "responses": [80]}, LIKE_ANOTHER, (HEADLINE, BEST, ZONE, LEFT_OUT, TYPE, COMMENT)
    ),
    "microsoft_forms": Known(
        {"units": [3], "responses": [60]}, LIKE_ANOTHER, (HEADLINE, BEST, ZONE, COMPARED, TYPE)
    ),
    "friends_and_family": Known(
        {"units": [3], "responses": [120]},
        LIKE_ANOTHER,
        (HEADLINE, "1 is very good and 6 is don't know", COMPARED, COMMENT, "asked after care or treatment"),
    ),
    "gp_survey": Known(
        {"units": [3], "responses": [120]},
        LIKE_ANOTHER,
        (HEADLINE, "1 is very good", "1 is very helpful", "1 is very easy", "sent once a year"),
    ),
    "zendesk": Known(
        {"units": [3], "incident_events": [117, 108], "responses": [48]},
        DESK,
        (POLICY, HEADLINE, ZONE, LEFT_OUT, COMPARED, STANDS),
    ),
    "freshdesk": Known(
        {"units": [3], "incident_events": [110, 100, 100], "responses": [34]},
        LIKE_ANOTHER,
        (POLICY, HEADLINE, "Freshdesk's own names", ZONE, COMPARED, STANDS),
    ),
    "intercom": Known(
        {"units": [3], "incident_events": [100, 93], "responses": [34]},
        LIKE_ANOTHER,
        (POLICY, HEADLINE, COMPARED, "does closing a conversation mean", STANDS),
    ),
    "servicenow": Known(
        {"units": [3], "incident_events": [107, 98, 46]}, LIKE_ANOTHER, (POLICY, ZONE, LEFT_OUT, COMPARED)
    ),
    "jira_service_management": Known(
        {"units": [2], "incident_events": [100, 90], "responses": [50]},
        LIKE_ANOTHER,
        (POLICY, HEADLINE, ZONE, COMPARED),
    ),
    "genesys_cloud": Known({"units": [3], "interactions": [93, 13, 5]}, LIKE_ANOTHER, (ZONE, COMPARED)),
    "genesys_cloud_intervals": Known(
        {"units": [2], "interval_counts": [60]}, LIKE_ANOTHER, (ZONE, COMPARED, "was a wait 'short'?")
    ),
    "amazon_connect_intervals": Known(
        {"units": [2], "interval_counts": [60]}, LIKE_ANOTHER, (COMPARED, "exactly 15 seconds short?")
    ),
    "cisco_ucce_intervals": Known(
        {"units": [2], "interval_counts": [48]}, LIKE_ANOTHER, (ZONE, COMPARED, "within how many seconds")
    ),
    "avaya_cms_intervals": Known({"units": [2], "interval_counts": [48]}, LIKE_ANOTHER, (ZONE, COMPARED)),
    "five9": Known({"units": [2], "interactions": [96, 12]}, LIKE_ANOTHER, (ZONE, COMPARED)),
    "cisco_uccx": Known({"units": [2], "interactions": [94, 12]}, LIKE_ANOTHER, (ZONE, COMPARED)),
    "asterisk_queue_log": Known({"units": [2], "interactions": [50, 10]}, CALLS, (COMPARED,)),
    "asterisk_queue_table": Known({"units": [2], "interactions": [50, 10]}, LIKE_ANOTHER, (ZONE, COMPARED)),
    "nyc_311": Known(
        {"units": [3], "complaints": [120], "complaint_events": [120, 107]},
        DESK,
        (POLICY, COMPARED, "does closing a request mean"),
    ),
    "open311": Known(
        {"units": [2], "complaints": [90], "complaint_events": [90, 79]},
        LIKE_ANOTHER,
        (POLICY, COMPARED, "does closing a request mean"),
    ),
    "cfpb_complaints": Known(
        {"units": [2], "complaints": [110], "complaint_events": [110, 110]}, LIKE_ANOTHER, (POLICY, COMPARED)
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a project of its own beside the law of this one."""
    root = tmp_path_factory.mktemp("project")
    (root / "params" / "runs").mkdir(parents=True)
    for folder in (path for path in (ROOT / "params").iterdir() if path.name != "runs"):
        (root / "params" / folder.name).symlink_to(folder)
    (root / "notebooks").symlink_to(ROOT / "notebooks")
    before = Path.cwd()
    os.chdir(root)
    yield root
    os.chdir(before)


def decided(text: str) -> tuple[str, list[str]]:
    """Return the run file with every question answered as proposed, and the questions."""
    lines: list[str] = []
    asked: list[str] = []
    for line in text.splitlines():
        kept, mark, question = line.partition(DECIDE)
        asked += [question.strip()] if mark else []
        if kept.strip():
            lines.append(kept.rstrip())
    return "\n".join(lines) + "\n", asked


def totals(report: CheckReport) -> dict[str, list[int]]:
    kept: dict[str, list[int]] = {}
    for source in report.totals:
        kept.setdefault(source.table, []).append(source.rows_kept)
    return kept


def executed(notebook: str, *, run_file: str, data: str) -> None:
    """Execute the code of a notebook in this process, as a run's own process would."""
    content = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text("utf-8"))
    names: dict[str, Any] = {}
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), notebook, "exec"), names)  # noqa: S102  # our own notebook
            if "parameters" in cell["metadata"].get("tags", []):
                names |= {"run_file": run_file, "data": data}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_a_known_export_becomes_an_audit(name: str, project: Path) -> None:
    (file,) = EXPORTS.glob(f"{name}.[cx]*")
    audit, known = name.replace("_", "-"), KNOWN[name]
    written = new(audit, [file], start=project)
    text, asked = decided(written.run_file.read_text("utf-8"))
    written.run_file.write_text(text, encoding="utf-8")
    extra = [question for question in asked if not any(one in question for one in (*ALWAYS, *known.asks))]
    absent = [one for one in (*ALWAYS, *known.asks) if not any(one in question for question in asked)]
    assert (extra, absent) == ([], [])
    report = check(written.run_file, data=file.parent)
    assert report.problems == ()
    assert totals(report) == known.kept
    assert all(source.rows_quarantined == 0 for source in report.totals)
    for notebook in filter(None, ("01_intake", known.notebook)):
        executed(notebook, run_file=f"params/runs/{audit}.yaml", data=str(file.parent))
        results = json.loads(
            (project / f"outputs/.by-hand/{audit}/results/{notebook}.json").read_text("utf-8")
        )
        assert results["numbers"]


def test_where_the_lowest_answer_is_best_more_is_better_all_the_same(project: Path) -> None:
    file = EXPORTS / "friends_and_family.csv"
    written = new("fft", [file], start=project)
    evidence = prepare(load(Run, written.run_file.read_text("utf-8"), name="fft"), EXPORTS, project / "store")
    scores = evidence.frame("responses", columns=("q_overall",))["q_overall"]
    assert scores.value_counts().to_dict() == {5.0: 73, 4.0: 31, 3.0: 6, 2.0: 5, 1.0: 2}
    assert scores.isna().sum() == 1  # of three who do not know one wrote a comment; the others said nothing


def test_every_export_is_tried_and_as_its_maker_wrote_it() -> None:
    sys.path.insert(0, str(EXPORTS))
    import make_exports

    assert {path.stem for path in make_exports.files()} == set(KNOWN)
    assert {path.stem for path in (ROOT / "params" / "exports").glob("*.yaml")} == set(KNOWN)
    for path in make_exports.files():
        if path.suffix == ".csv":
            assert path.read_bytes() == make_exports.contents(path.stem)
