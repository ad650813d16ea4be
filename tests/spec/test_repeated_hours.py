"""The night the clocks go back: two rows of one local time, in the order of the file where that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from quarantined import UNITS, run_of, units, verdicts
from test_interval_counts import HEADER, counts, row, taken

from auditlib.errors import ParameterError
from auditlib.evidence import Evidence, prepare
from auditlib.parameters.checks import load_run
from auditlib.service_levels.doubted import latest_intervals
from auditlib.time.epoch import moment_of

IN_ORDER = {"dates": {"time_zone": "unit", "ambiguous": "in_order"}}
NIGHT = "007,phone,{queue},2024-10-27 {time}:00,1800,{offered},{offered},{offered},0"


def of_night(*halves: tuple[str, int], queue: str = "") -> list[str]:
    return [NIGHT.format(queue=queue, time=time, offered=offered) for time, offered in halves]


def instants(evidence: Evidence) -> dict[str, int]:
    frame = evidence.frame("interval_counts", columns=["starts_at", "offered"]).sort_values("starts_at")
    return {f"{moment_of(int(at)):%H:%M}": int(offered) for at, offered in frame.itertuples(index=False)}


HALVES = (("01:30", 5), ("02:00", 2), ("02:30", 7), ("02:00", 1), ("02:30", 4), ("03:00", 6))
"""In Berlin 02:00 came at midnight of UTC and again at one."""
EXPECTED = {"23:30": 5, "00:00": 2, "00:30": 7, "01:00": 1, "01:30": 4, "02:00": 6}


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4, 5), (0, 1, 3, 2, 4, 5)])
def test_the_first_of_a_pair_in_the_file_is_the_earlier_hour(tmp_path: Path, order: tuple[int, ...]) -> None:
    evidence = taken(tmp_path, *of_night(*(HALVES[place] for place in order)), **IN_ORDER)
    assert verdicts(evidence) == []
    assert instants(evidence) == EXPECTED
    frame = evidence.frame("interval_counts")
    assert set(frame["starts_day"]) == {frame["starts_day"].iloc[0]}
    assert frame["starts_second"].tolist()[1:3] == [7200, 9000] if order[2] == 2 else True


def test_two_hours_with_the_same_counts_are_no_copies(tmp_path: Path) -> None:
    evidence = taken(tmp_path, *of_night(("02:00", 3), ("02:00", 3)), **IN_ORDER)
    assert instants(evidence) == {"00:00": 3, "01:00": 3}


def test_a_row_without_its_pair_is_of_neither_hour_and_is_said(tmp_path: Path) -> None:
    evidence = taken(tmp_path, *of_night(("01:30", 5), ("02:30", 7), ("03:00", 6)), **IN_ORDER)
    assert verdicts(evidence) == [(3, "start", "time")]
    (said,) = evidence.quarantine()["message"]
    assert "came twice and stands once in this file" in said
    assert "2024-10-27 02:30:00" in said
    assert instants(evidence) == {"23:30": 5, "02:00": 6}
    assert [total.rows_kept + total.rows_quarantined for total in evidence.totals] == [2, 3]


def test_either_hour_is_noted_as_one_that_such_a_row_may_be_about(tmp_path: Path) -> None:
    evidence = taken(tmp_path, *of_night(("02:30", 7)), **IN_ORDER)
    noted = evidence.frame("quarantined_intervals", columns=["starts_at", "offered", "reason"])
    assert [f"{moment_of(int(at)):%H:%M}" for at in noted["starts_at"]] == ["00:30", "01:30"]
    assert noted[["offered", "reason"]].values.tolist() == [[7, "time"], [7, "time"]]


def test_a_pair_of_which_a_row_is_at_fault_is_a_pair(tmp_path: Path) -> None:
    wrong = NIGHT.format(queue="", time="02:30", offered="x")
    evidence = taken(tmp_path, wrong, *of_night(("02:30", 7)), **IN_ORDER)
    assert [(line, reason) for line, _, reason in verdicts(evidence)] == [(2, "scale")]
    assert instants(evidence) == {"01:30": 7}


@pytest.mark.parametrize("many", [1, 2])
def test_a_later_export_that_holds_an_hour_once_restates_neither(tmp_path: Path, many: int) -> None:
    """With both of its rows it restates both; what it holds once leaves both in doubt, as exported before."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "units.csv").write_text(UNITS, encoding="utf-8")
    sources = [units()]
    for day, halves in (("01", (("02:00", 2), ("02:00", 1))), ("03", (("02:00", 9), ("02:00", 8))[:many])):
        file = f"export_{day}.csv"
        (data / file).write_text("\n".join((HEADER, *of_night(*halves), "")), encoding="utf-8")
        constants = {"within_seconds": "20", "exported_on": f"2024-11-{day}"}
        sources.append(counts(file=file, constants=constants, **IN_ORDER))
    evidence = prepare(run_of(*sources), data, tmp_path / "store", threads=1)
    latest = latest_intervals(evidence).sort("starts_at").select("offered", "answered").collect()
    unknown = [tuple(row) for row in latest.rows()]
    assert unknown == ([(2, None), (1, None)] if many == 1 else [(9, 9), (8, 8)])


def test_queues_have_pairs_of_their_own(tmp_path: Path) -> None:
    rows = [row for queue in "AB" for row in of_night(("02:00", 1), ("02:00", 2), queue=queue)]
    frame = taken(tmp_path, *rows, **IN_ORDER).frame("interval_counts")
    assert frame.groupby("starts_at")["offered"].agg(list).tolist() == [[1, 1], [2, 2]]


def test_a_file_delivered_twice_within_itself_is_a_copy_in_the_same_order(tmp_path: Path) -> None:
    halves = (("02:00", 1), ("02:00", 2))
    evidence = taken(tmp_path, *of_night(*halves, *halves), **IN_ORDER)
    assert [reason for _, _, reason in verdicts(evidence)] == ["identical", "identical"]
    assert instants(evidence) == {"00:00": 1, "01:00": 2}


def test_a_third_row_that_differs_is_in_conflict_with_the_first(tmp_path: Path) -> None:
    evidence = taken(tmp_path, *of_night(("02:00", 1), ("02:00", 2), ("02:00", 9)), **IN_ORDER)
    assert [(line, reason) for line, _, reason in verdicts(evidence)] == [
        (2, "conflicting"), (4, "conflicting"),
    ]  # fmt: skip
    assert instants(evidence) == {"01:00": 2}


def test_outside_of_the_hour_rows_of_one_time_are_in_conflict_as_ever(tmp_path: Path) -> None:
    evidence = taken(tmp_path, row("01 02:00:00", 1), row("01 02:00:00", 2), **IN_ORDER)
    assert [reason for _, _, reason in verdicts(evidence)] == ["conflicting", "conflicting"]
    assert "clocks" not in " ".join(evidence.quarantine()["message"])


def test_pairs_that_stand_in_different_blocks_are_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is a block of its own, so that what came before is remembered."""
    from auditlib.evidence import judging

    typed = judging.Judge.judged

    def one_by_one(self: Any, records: Any) -> Any:
        import pyarrow as pa

        return pa.concat_tables([typed(self, records.slice(at, 1)) for at in range(records.num_rows)])

    monkeypatch.setattr(judging.Judge, "judged", one_by_one)
    assert instants(taken(tmp_path, *of_night(*HALVES), **IN_ORDER)) == EXPECTED


@pytest.mark.parametrize("offered", [(2, 1), (3, 3)])
def test_what_is_said_otherwise_names_the_clocks_and_the_setting(
    tmp_path: Path, offered: tuple[int, int]
) -> None:
    evidence = taken(tmp_path, *of_night(*(("02:00", many) for many in offered)))
    said = evidence.quarantine()["message"]
    assert len(said) == (2 if offered == (2, 1) else 1)
    assert said.str.contains("came twice when clocks were put back").all()
    assert said.str.contains("'ambiguous: in_order'").all()


RUN = """\
audit: night
party: {{name: Night}}
period: {{start: 2024-01-01, end: 2024-12-31}}
as_of: 2025-01-31T18:00:00Z
sources:
  - table: units
    form: csv
    file: units.csv
    columns: {{unit_id: Unit}}
  - table: {table}
    form: csv
    file: rows.csv
    dates: {{time_zone: Europe/Berlin, ambiguous: in_order}}
    columns: {{{columns}}}
    constants: {{{constants}}}
notebooks: {{01_intake: {{}}}}
"""


@pytest.mark.parametrize(
    ("table", "columns", "constants", "why"),
    [
        (
            "interactions",
            "interaction_id: Id, unit_id: Unit, offered: At",
            "channel: phone",
            "an id and not the time",
        ),
        (
            "interval_counts",
            "unit_id: Unit, starts: From, ended: To, offered: N",
            "channel: phone",
            "may lie in different hours",
        ),
        ("interval_counts", "unit_id: Unit, starts: From, offered: N", "channel: phone, length: '1800'", ""),
    ],
)
def test_where_rows_come_in_no_pairs_the_setting_is_refused_with_its_place(
    table: str, columns: str, constants: str, why: str
) -> None:
    text = RUN.format(table=table, columns=columns, constants=constants)
    if not why:
        assert load_run(text, name="night.yaml").sources[1].dates.ambiguous == "in_order"
        return
    with pytest.raises(ParameterError) as refused:
        load_run(text, name="night.yaml")
    (problem,) = refused.value.problems
    assert why in str(problem)
    assert str(problem).startswith("night.yaml, line 13, column 50: ")
