"""What stands in for an instant starts no clock: those criteria are not assessable, all others stay."""

from __future__ import annotations

from functools import lru_cache

import pytest
from filled_company import ROOT, Company, company, context

from auditlib.audit.standard import measures, read_edition
from auditlib.errors import ParameterError
from auditlib.escalation.incidents import incident_terms
from auditlib.parameters.checks import load_run
from auditlib.parameters.run import Source
from auditlib.records import Outcome, Refusal
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import Context, take

CRITERIA = tuple(
    entry
    for entry in read_edition("service-excellence@2026", root=ROOT).criteria
    if entry.metric in measures()
)
POLICIES = ROOT / "params" / "policies"
WORDS = "creation of the ticket"
CLOCKS = {
    ("responses", "submitted"): {
        "acknowledged_in_time",
        "contacted_in_time",
        "attended_as_required",
        "documented_in_time",
        "reported_in_time",
    },
    ("interactions", "offered"): {"answered_within", "wait_quantile"},
    ("complaints", "received"): {"complaints_resolved", "complaints_overdue", "complaints_repeated"},
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
            assert f"({WORDS}), so no clock can start from it" in found.reason.replace("So no", "so no")
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
    found = incident_terms(run, whole(), texts, begins=begins)
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
