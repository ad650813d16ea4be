"""Published service levels, by the functions that audits use, to the printed digit, with their sources."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pytest

from auditlib.audit.opening import read_run
from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.new_run import new
from auditlib.onboarding.run_file_text import DECIDE
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.service_levels.channels import waits_by_clock
from auditlib.service_levels.definitions import Aggregation, ClockStart, DefinitionPolicy
from auditlib.service_levels.variants import DailyContacts, Variant, VariantShare, measured, tallied
from auditlib.service_levels.waits import Waits, waits_of_contacts, waits_of_counts
from auditlib.time.epoch import day_number

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "unit"))

from small_company import Evidence as InMemory  # noqa: E402
from small_company import rows  # noqa: E402
from test_interval_measures import contact, span  # noqa: E402
from test_service_level_variants import given_up, lazily  # noqa: E402

FAMILIES = {
    name: load(DefinitionPolicy, path.read_text(encoding="utf-8"), name=path.name)
    for name in ("service_level", "abandonment")
    for path in [ROOT / "params" / "definitions" / f"{name}.yaml"]
}


def ways(family: str, *, limit: int, joined: Sequence[Aggregation] = (Aggregation.POOLED,)) -> list[Variant]:
    definitions = FAMILIES[family].definitions
    return [Variant(name, entry, limit, how) for name, entry in definitions.items() for how in joined]


def by_name(waits: nw.LazyFrame[Any], family: str, *, limit: int) -> dict[str, VariantShare]:
    told = measured(Waits((waits,)), ways(family, limit=limit), level=0.95)
    return {share.variant.name: share for share in told}


def counted(*intervals: dict[str, Any]) -> nw.LazyFrame[Any]:
    held = InMemory({"interval_counts": rows("interval_counts", *intervals)}, ())
    return waits_of_counts(held.lazy("interval_counts"))


# One example of five published formulae (callcentrehelper.com, 206890): answered 1,000, 860 within 20 s,
# 60 given up, 20 within 20 s and 10 within 5 s.
EXAMPLE = span(0, 1060, 1000, None, 60, answered_late=140, abandoned_in_time=20, abandoned_short=10,
               short_seconds=5, flowed_out=0)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("over_ended_abandoned_in_time_met", 83.02),
        ("over_answered", 86.00),
        ("over_ended", 81.13),
        ("over_ended_without_abandoned_in_time", 82.69),
        ("over_ended_short_met", 82.08),
        ("over_ended_without_short", 81.90),
    ],
)
def test_one_example_by_the_published_formulae_from_interval_counts(name: str, percent: float) -> None:
    """Its answered in time follow from its answered late."""
    share = by_name(counted(EXAMPLE), "service_level", limit=20)[name]
    assert share.exact
    assert share.least == pytest.approx(percent / 100, abs=5e-5)


def test_at_a_target_of_82_percent_the_six_published_formulae_split_four_to_two() -> None:
    told = by_name(counted(EXAMPLE), "service_level", limit=20)
    six = list(FAMILIES["service_level"].definitions)[:6]
    assert sum((told[name].least or 0.0) >= 0.82 for name in six) == 4


def test_the_stat_server_of_genesys() -> None:
    """sggu.com, topic 83: offered 400, 200 answered in 20 s, 100 later, 50 given up before 10 s, 50 after."""
    single = [
        *(contact(0, 20) for _ in range(200)), *(contact(0, 21) for _ in range(100)),
        *(given_up(0, 9) for _ in range(50)), *(given_up(0, 10) for _ in range(50)),
    ]  # fmt: skip
    exact = by_name(waits_of_contacts(lazily(single)), "service_level", limit=20)["stat_server"]
    assert exact.exact
    assert exact.least == pytest.approx(0.5714, abs=5e-5)
    intervals = counted(span(0, 400, 300, 200, 100, abandoned_short=50, short_seconds=9, flowed_out=0))
    bounds = by_name(intervals, "service_level", limit=20)["stat_server"]
    assert bounds.least == pytest.approx(0.5714, abs=5e-5)


@pytest.mark.parametrize(
    ("name", "part", "whole"),
    [
        ("over_ended", 860, 1060),
        ("over_ended_and_flowed_out", 860, 1060 + 40),
        ("over_ended_without_short", 860, 1060 - 10),
        ("over_answered", 860, 1000),
    ],
    ids=["default", "flow-outs added", "short abandons subtracted", "all abandons subtracted"],
)
def test_genesys_cloud_by_its_three_switches(name: str, part: int, whole: int) -> None:
    """Genesys Cloud resource center: answered less answered late, over answered and given up; switches."""
    passing = EXAMPLE | {"offered": 1100, "flowed_out": 40}
    share = by_name(counted(passing), "service_level", limit=20)[name]
    assert share.exact
    assert share.least == part / whole


# NHS 111 (england.nhs.uk): offered, answered, share of answered within 60 s, share of offered given up after
# 30 s. Of July 2014 and April 2015 the shares are published here, on round numbers of calls.
NHS_111 = {
    "2016-12": (1_476_826, 1_351_761, 0.860, 0.038),
    "2014-07": (1_000_000, 980_000, 0.941, 0.011),
    "2015-04": (1_000_000, 975_000, 0.939, 0.016),
}


@pytest.mark.parametrize("month", NHS_111)
def test_nhs_111_by_its_two_definitions(month: str) -> None:
    offered, answered, within, long = NHS_111[month]
    lost = offered - answered
    row = span(0, offered, answered, round(within * answered), lost, within_seconds=60, short_seconds=30,
               abandoned_short=lost - round(long * offered), flowed_out=0)  # fmt: skip
    level = by_name(counted(row), "service_level", limit=60)
    given = by_name(counted(row), "abandonment", limit=60)
    assert level["over_answered"].least == pytest.approx(within, abs=5e-4)
    assert given["long_over_offered"].exact
    assert given["long_over_offered"].least == pytest.approx(long, abs=5e-4)
    if month == "2016-12":
        assert level["over_offered"].least == pytest.approx(0.787, abs=5e-4)
        assert given["over_offered"].least == pytest.approx(0.0847, abs=5e-5)


QUEUE_LOG = """\
1266833996|1266833996.30|9000|NONE|ENTERQUEUE||2005|1|
1266834038|1266833996.30|9000|Local/2004|CONNECT|36|1266834002.31|3|
1266834039|1266833996.30|9000|Local/2004|COMPLETEAGENT|36|1|1|
1266834100|1266834080.32|9000|NONE|ENTERQUEUE||2006|1|
1266834110|1266834080.32|9000|NONE|ABANDON|1|1|10|
"""
"""Lines of an Asterisk queue_log in its form, epoch|call|queue|agent|event|parameters."""


@pytest.mark.parametrize(("limit", "in_time"), [(41, 0.0), (42, 1.0), (43, 1.0)])
def test_a_call_of_a_queue_log_waits_from_its_start_until_it_is_connected(
    limit: int, in_time: float, tmp_path: Path
) -> None:
    """1266834038 less 1266833996: the hold of 36 seconds and six before the queue, as its recogniser says."""
    for folder in (path for path in (ROOT / "params").iterdir() if path.name != "runs"):
        (tmp_path / "params").mkdir(exist_ok=True)
        (tmp_path / "params" / folder.name).symlink_to(folder)
    (tmp_path / "params" / "runs").mkdir()
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")
    file = tmp_path / "queue_log.csv"
    file.write_text(QUEUE_LOG, encoding="utf-8")
    text = new("log", [file], start=tmp_path).run_file.read_text("utf-8")
    kept = "\n".join(line.partition(DECIDE)[0] for line in text.splitlines())
    evidence = prepare(load(Run, kept, name="log"), tmp_path, tmp_path / "store", threads=1)
    waits, _ = waits_by_clock(evidence, "phone")
    told = by_name(waits[ClockStart.OFFERED].parts[0], "service_level", limit=limit)
    assert told["over_answered"].least == in_time
    assert told["over_offered"].least == in_time / 2


# Accident and emergency departments in England, by provider, type and month (NHS England, Open Government
# Licence v3, as tidied in NHSRdatasets): fiscal years and months to the digits of its README.


def taken(name: str, shared_data: Path, store: Path) -> Evidence:
    return prepare(read_run(f"params/runs/{name}.yaml", root=ROOT), shared_data, store, threads=1)


@pytest.fixture(scope="module")
def departments(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return taken("nhs_ae", shared_data, tmp_path_factory.mktemp("nhs"))


@pytest.fixture(scope="module")
def four_hours(departments: Evidence) -> DailyContacts:
    waits, _ = waits_by_clock(departments, "visit")
    return tallied(waits[ClockStart.OFFERED], ways("service_level", limit=14_400))


def england(four_hours: DailyContacts, first: date, last: date) -> float:
    chosen = four_hours.of(first=day_number(first), last=day_number(last))
    told = chosen.shares(ways("service_level", limit=14_400), level=0.95)
    (share,) = (share for share in told if share.variant.name == "over_offered")
    assert share.exact
    return round(100 * float(share.least or 0.0), 2)


def test_england_within_four_hours_by_fiscal_year(four_hours: DailyContacts) -> None:
    years = [england(four_hours, date(year, 4, 1), date(year + 1, 3, 31)) for year in (2016, 2017, 2018)]
    assert years == [89.13, 88.34, 88.01]


@pytest.mark.parametrize(
    ("first", "percent"), [(date(2016, 4, 1), 90.04), (date(2018, 3, 1), 84.62), (date(2019, 3, 1), 86.60)]
)
def test_england_within_four_hours_by_month(four_hours: DailyContacts, first: date, percent: float) -> None:
    assert england(four_hours, first, first) == percent


@pytest.mark.parametrize(("first", "percent"), [(date(2016, 4, 1), 84.98), (date(2019, 3, 1), 79.49)])
def test_major_departments_are_units_of_their_own(
    departments: Evidence, four_hours: DailyContacts, first: date, percent: float
) -> None:
    major = np.char.endswith(four_hours.columns["unit_id"].astype(str), "-1")
    columns = {name: column[major] for name, column in four_hours.columns.items()}
    assert england(replace(four_hours, columns=columns), first, first) == percent
    units = departments.frame("units")
    assert units["unit_type"].value_counts()["major department"] < len(units) / 2
    assert len(units) > 274


# Call centres of Medicaid and CHIP (CMS performance indicators): nationally as the mean of states, and by
# calls; of the shares given up, those of a state and month to three decimals are what is known.


@pytest.fixture(scope="module")
def states(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return taken("medicaid_call_centres", shared_data, tmp_path_factory.mktemp("medicaid"))


@pytest.mark.parametrize(
    ("first", "by_state", "by_calls"), [(date(2024, 1, 1), 17.3, 21.4), (date(2025, 3, 1), 12.0, 11.6)]
)
def test_calls_given_up_change_with_how_states_are_joined(
    states: Evidence, first: date, by_state: float, by_calls: float
) -> None:
    """January 2024 17.3 and 21.4 %, March 2025 12.0 and 11.6 %: the order of the two changes."""
    waits, _ = waits_by_clock(states, "phone")
    joined = (Aggregation.MEAN_OF_UNITS, Aggregation.POOLED)
    asked = ways("abandonment", limit=0, joined=joined)
    daily = tallied(waits[ClockStart.OFFERED], asked).of(first=day_number(first), last=day_number(first))
    told = [share for share in daily.shares(asked, level=0.95) if share.variant.name == "over_offered"]
    for share, percent in zip(told, (by_state, by_calls), strict=True):
        assert share.least is not None
        assert share.most is not None
        assert round(50 * (share.least + share.most), 1) == percent
        assert 0 < share.most - share.least < 0.0011


def test_states_minutes_are_stored_as_seconds_and_their_calls_add_up(states: Evidence) -> None:
    """Almost 11 million calls in January 2024 (MACPAC); 12.9 minutes as the mean of 50 states."""
    frame = states.frame("interval_counts", columns=["starts_day", "offered", "mean_wait", "unit_id"])
    january = frame[frame["starts_day"] == day_number(date(2024, 1, 1))]
    assert january["offered"].sum() == 10_974_738
    assert len(january) == 50
    assert january["mean_wait"].mean() / 60 == pytest.approx(12.9, abs=0.05)
    peak = (
        frame[frame["starts_day"] < day_number(date(2025, 1, 1))].groupby("unit_id")["mean_wait"].max() / 60
    )
    assert (peak.min(), peak.max()) == (1.0, 72.0)
