"""What stands in for an instant starts no clock: those criteria are not assessable, all others stay."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from filled_company import DAY, ROOT, START, Company, company, context

from auditlib.audit.standard import measures, read_edition
from auditlib.contracts import TABLES, ColumnKind
from auditlib.errors import ParameterError
from auditlib.parameters.checks import load_run
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Source
from auditlib.records import Criterion, Measurement, Outcome, Refusal
from auditlib.service_desk import context_of
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import Context, take

CRITERIA = tuple(
    entry
    for entry in read_edition("service-excellence@2026", root=ROOT).criteria
    if entry.metric in measures()
)
POLICIES = ROOT / "params" / "policies"
WORDS = "creation of the ticket"
UNREAD = {
    ("follow_up_reports", "produced"),
    ("interactions", "arrived"),
    ("interactions", "ended"),
    ("invitations", "transaction"),
    ("report_actions", "due_on"),
    ("report_actions", "done_on"),
    ("responsibilities", "valid_to"),
    ("rewards", "granted"),
    ("units", "opened_on"),
    ("units", "certified_on"),
}
"""Times that no criterion reads, or that are empty here, or that only have to be there."""
UNASKED = {"call_backs_in_time", "deviations_valid", "satisfaction_mean", "satisfied_with_type"}
CLOCKS = {
    ("responses", "submitted"): {
        "acknowledged_in_time",
        "contacted_in_time",
        "attended_as_required",
        "documented_in_time",
        "reported_in_time",
        "months_without_responses",
    },
    ("interactions", "offered"): {"answered_within", "wait_quantile"},
    ("complaints", "received"): {
        "complaints_resolved",
        "complaints_overdue",
        "complaints_repeated",
        "recurrence_ratio",
    },
}


@lru_cache(maxsize=1)
def whole() -> Company:
    return company(good=True)


def stood_in(table: str, column: str) -> Context:
    """Return the context of the company with a stand-in declared for one column."""
    known = context(whole().tables)
    sources = tuple(
        source.model_copy(update={"stands_for": {column: WORDS}}) if source.table == table else source
        for source in known.run.sources
    )
    return Context(known.run.model_copy(update={"sources": sources}), known.texts)


@lru_cache(maxsize=1)
def usual() -> dict[str, Outcome]:
    known = context(whole().tables)
    return {each.id: judge_one(each, take(each, measures(), whole(), known)).outcome for each in CRITERIA}


@pytest.mark.parametrize(("table", "column"), CLOCKS)
def test_clocks_that_start_from_a_stand_in_are_not_assessable_and_others_stay(table, column):
    run, concerned = stood_in(table, column), CLOCKS[table, column]
    assert concerned & {each.metric for each in CRITERIA}
    for each in CRITERIA:
        found = judge_one(each, take(each, measures(), whole(), run))
        if each.metric in concerned:
            assert found.outcome is Outcome.NOT_ASSESSABLE, each.id
            assert f"({WORDS}), so no " in found.reason.replace("So no", "so no")
        else:
            assert found.outcome is usual()[each.id], each.id


def test_promised_calls_have_no_clock_from_a_stand_in():
    run = stood_in("call_backs", "requested").run
    declared = run.model_copy(update={"sources": (*run.sources, _source("call_backs", "requested"))})
    assert WORDS in measures()["call_backs_in_time"].missing(whole(), declared, {})


@pytest.mark.parametrize(
    ("begins", "table", "column"),
    [
        ("incident", "incident_events", "opened"),
        ("incident", "incident_events", "updated"),
        ("complaint", "complaints", "received"),
        ("complaint", "complaint_events", "occurred"),
    ],
)
def test_a_desk_whose_start_is_a_stand_in_has_no_terms(begins, table, column):
    run = context(whole().tables).run
    policies = ("incident_resolution", "complaint_limits")
    run = run.model_copy(update={"sources": (_source(table, column),), "policies": policies})
    texts = {f"policies/{name}.yaml": (POLICIES / f"{name}.yaml").read_text("utf-8") for name in policies}
    found = context_of(Engagement(run, whole(), texts), begins=begins)
    assert isinstance(found, Refusal)
    assert found.reason == (
        f"{column.capitalize()} of {table} only stands in for what it is called ({WORDS}), "
        "so no clock can start from it."
    )


def _source(table: str, column: str) -> Source:
    given = {"table": table, "file": "a.csv", "form": "csv", "stands_for": {column: WORDS}}
    return Source.model_validate(given)


def test_a_stand_in_for_what_is_not_mapped_is_refused():
    text = (
        "audit: a\nparty: {name: A}\nperiod: {start: 2025-01-01, end: 2025-12-31}\n"
        "as_of: 2026-01-31T18:00:00Z\nsources:\n"
        "- {table: units, form: csv, file: u.csv, columns: {unit_id: u}, "
        "stands_for: {opened_on: x, unit_id: y}}\n"
        "notebooks: {01_intake: {}}\n"
    )
    with pytest.raises(ParameterError, match="to which no column is mapped") as caught:
        load_run(text, name="a.yaml")
    assert "'unit_id' is neither a day nor an instant" in str(caught.value)


DATED = [
    (table, column.name)
    for table in sorted(company(good=True).tables)
    for column in TABLES[table].columns
    if column.kind in (ColumnKind.DAY, ColumnKind.INSTANT)
]


def moved(table: str, column: str) -> Company:
    """Return the company with a time of a table moved by weeks that differ from row to row."""
    own, day = whole().held[table], TABLES[table].column(column).kind is ColumnKind.DAY
    far = 20 if day else 1  # days of registers hold for years
    weeks = pa.array([far * ((number * 5) % 13 - 6) for number in range(own.num_rows)], pa.int64())
    for name in (column,) if day else (f"{column}_at", f"{column}_day"):
        unit = DAY * 7 if name.endswith("_at") else 7
        later = pc.add(own[name].cast(pa.int64()), pc.multiply(weeks, unit)).cast(own.schema.field(name).type)
        own = own.set_column(own.column_names.index(name), name, later)
    if TABLES[table].instant == column:
        days = own[f"{column}_day"]
        inside = pc.and_(pc.greater_equal(days, START), pc.less(days, START + 90))
        own = own.set_column(own.column_names.index("in_period"), "in_period", inside)
    return Company({**whole().held, table: own})


def judged(measurement: Measurement) -> tuple[object, ...]:
    interval = measurement.interval and (measurement.interval.low, measurement.interval.high)
    return (measurement.value, measurement.n, measurement.successes, measurement.unknown, interval)


@pytest.mark.parametrize(("table", "column"), DATED)
def test_no_measure_reads_a_stand_in_without_saying_so(table, column):
    """Whatever a time of the company is moved to: a measure that moves with it names what stands in."""
    other, run = moved(table, column), stood_in(table, column)
    known, silent, moving = context(whole().tables), [], 0
    for each, before, read in measured():
        if table in read and judged(before) != judged(take(each, measures(), other, known)):
            moving += 1
            if WORDS not in take(each, measures(), whole(), run).reason:
                silent.append(each.metric)
    assert not silent
    assert bool(moving) != ((table, column) in UNREAD)


@lru_cache(maxsize=1)
def measured() -> list[tuple[Criterion, Measurement, frozenset[str]]]:
    """Return what each criterion measures in the company, and the tables it looks at."""
    found = []
    for each in CRITERIA:
        own = Company(whole().held)
        found.append((each, take(each, measures(), own, context(own.tables)), frozenset(own.read)))
    return found


def test_every_measure_is_asked_by_a_criterion():
    assert {each.metric for each in CRITERIA} == set(measures()) - UNASKED
