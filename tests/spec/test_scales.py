"""Scales: declared once, with the lowest as best, with words in any case and codes beside the scores."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet
from quarantined import UNITS

from auditlib.errors import ParameterError
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.checks import load_run

RUN = """\
audit: scales
party: {name: Scales}
period: {start: 2024-01-01, end: 2024-12-31}
as_of: 2025-01-01T00:00:00Z
scales:
  agree: {low: 1, high: 5, best: low, labels: {Very good: 1, Very poor: 5}, not_applicable: ["6", Don't know]}
instruments:
  transactional:
    items:
      q_overall: {wording: Overall, scale: agree, headline: true}
      q_speed: {wording: Speed, scale: {low: 1, high: 5}}
  relationship:
    items:
      q_overall: {wording: Overall, scale: {low: 1, high: 5}}
sources:
- {table: units, form: csv, file: units.csv, columns: {unit_id: unit_id}}
- table: responses
  form: csv
  file: responses.csv
  columns: {response_id: id, unit_id: unit, survey_type: type, submitted: at, q_overall: a, q_speed: b}
notebooks: {01_intake: {}}
"""


def answers(
    folder: Path, *cells: str, kind: str = "transactional", edit: tuple[str, str] = ("", "")
) -> Evidence:
    """Take in one response per cell of the first question; the other is answered with 4 throughout."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    rows = [
        f"R{n},007,{kind},2024-05-01 10:00:00,{cell},{'4' if kind[0] == 't' else ''}"
        for n, cell in enumerate(cells)
    ]
    (data / "responses.csv").write_text("\n".join(["id,unit,type,at,a,b", *rows, ""]), encoding="utf-8")
    return prepare(load_run(RUN.replace(*edit), name="scales.yaml"), data, folder / "store", threads=1)


def scores(evidence: Evidence, item: str = "q_overall") -> list[float | None]:
    values = evidence.frame("responses")[item].tolist()
    return [None if value != value else value for value in values]


def test_where_one_is_best_scores_are_turned_and_others_stay(tmp_path):
    evidence = answers(tmp_path, "1", "2", "5", "Very good", "Very poor")
    assert scores(evidence) == [5.0, 4.0, 1.0, 5.0, 1.0]
    assert scores(evidence, "q_speed") == [4.0] * 5
    cells = evidence.cells()
    assert dict(cells[cells["item"] == "q_overall"][["score", "n"]].to_numpy()) == {1.0: 2, 4.0: 1, 5.0: 2}


def test_the_direction_is_that_of_the_survey_type(tmp_path):
    assert scores(answers(tmp_path, "1", "2", kind="relationship")) == [1.0, 2.0]


def test_a_score_off_the_scale_stays_off_it(tmp_path):
    evidence = answers(tmp_path, "0", "7", "2.5", "3")
    assert scores(evidence) == [3.0]
    assert evidence.quarantine()["value"].tolist() == ["0", "7", "2.5"]


def test_turned_scores_of_fine_steps_stay_on_their_steps(tmp_path):
    edit = ("{low: 1, high: 5, best: low,", "{low: 1, high: 5, step: 0.1, best: low,")
    assert scores(answers(tmp_path, "1.1", "4.9", "2.7", "1.15", edit=edit)) == [4.9, 1.1, 3.3]


def test_the_instrument_that_others_see_has_turned_words(tmp_path):
    evidence = answers(tmp_path, "1")
    (overall, _) = evidence.instruments["transactional"].items
    assert overall.scale.labels == {"Very good": 5.0, "Very poor": 1.0}
    assert overall.scale.top_box == 4.0


@pytest.mark.parametrize("word", ["VERY GOOD", "very good", "Very Good", " Very good "])
def test_a_label_counts_whatever_its_case(tmp_path, word):
    assert scores(answers(tmp_path, word)) == [5.0]


@pytest.mark.parametrize("cell", ["6", "6.0", "don't know", "DON'T KNOW"])
def test_a_code_beside_the_scale_is_no_score(tmp_path, cell):
    evidence = answers(tmp_path, cell, "1")
    assert scores(evidence) == [None, 5.0]
    assert evidence.quarantine().empty


@pytest.mark.parametrize(
    "numbers", [pa.array([6.0, 1.0, None]), pa.array([6, 1, None]), pa.array(["6", "1", None])]
)
def test_a_code_beside_the_scale_is_known_in_every_type_of_parquet(tmp_path, numbers):
    data = tmp_path / "data"
    data.mkdir()
    table = {"id": ["R0", "R1", "R2"], "unit": ["007"] * 3, "type": ["transactional"] * 3}
    table |= {"at": ["2024-05-01 10:00:00"] * 3, "a": numbers, "b": [4.0, 4.0, 4.0]}
    parquet.write_table(pa.table(table), data / "responses.parquet")
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    text = RUN.replace("form: csv\n  file: responses.csv", "form: parquet\n  file: responses.parquet")
    evidence = prepare(load_run(text, name="scales.yaml"), data, tmp_path / "store", threads=1)
    assert scores(evidence) == [None, 5.0, None]


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "remedy"),
    [
        ("scale: agree", "scale: agreed", 10, "there is no scale 'agreed'", "Did you mean 'agree'?"),
        (
            "{low: 1, high: 5, best: low",
            "{low: 5, high: 1, best: low",
            6,
            "is not above the lowest",
            "Correct",
        ),
        ("best: low", "best: lowest", 6, "'best' must be one of high, low", "Did you mean 'low'?"),
        ("Very poor: 5", "Very poor: 7", 6, "has score 7", "Correct the score"),
        ("Very poor: 5", "very good: 2", 6, "one label has two scores", "Keep one"),
        ('["6", Don', '["5", Don', 6, "it means 'not applicable' and is a score", "Keep one"),
        ("Don't know]", "very poor]", 6, "both a label with a score and", "Keep one"),
    ],
)
def test_what_is_declared_wrongly_is_located_once(old, new, line, message, remedy):
    with pytest.raises(ParameterError) as caught:
        load_run(RUN.replace(old, new), name="scales.yaml")
    found = [problem for problem in caught.value.problems if message in problem.message]
    assert len(found) == 1, str(caught.value)
    assert (found[0].file, found[0].line) == ("scales.yaml", line)
    assert remedy in found[0].remedy


def test_a_published_mean_of_a_scale_with_one_as_best_is_refused():
    source = (
        "- table: aggregates\n  form: csv\n  file: means.csv\n  columns: {unit_id: u}\n"
        "  constants: {survey_type: transactional}\n"
        "  wide: {period: {start: 2024-01-01, end: 2024-12-31}, "
        "values: [{column: m, item: q_overall, box: mean}]}\n"
    )
    with pytest.raises(ParameterError, match="a published mean is not turned") as caught:
        load_run(RUN.replace("notebooks:", f"{source}notebooks:"), name="scales.yaml")
    assert [problem.line for problem in caught.value.problems] == [26]
