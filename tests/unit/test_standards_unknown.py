"""Unknown is never good, and never bad: what happens to every criterion when data is missing.

Each optional column is dropped in turn, and each table absent, empty or wholly in quarantine in turn, from a
company where all is well and from one where all is bad. No criterion of the first may become not met for want
of data, none of the second may become met, and none may fail to answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest
from filled_company import ROOT, Company, company, context

from auditlib.audit.standard import measures, read_edition
from auditlib.contracts import TABLES
from auditlib.escalation.assessability import MATRIX, needed
from auditlib.escalation.findings import METRIC
from auditlib.escalation.policy import DUTIES, EscalationPolicy
from auditlib.parameters.load import load
from auditlib.records import Criterion, Judgement, Outcome
from auditlib.standards.judge import judge_one
from auditlib.standards.measure import Context, take

WELL, BADLY = "all well", "all badly"
STATES = {WELL: True, BADLY: False}
EDITION = read_edition("service-excellence@2026", root=ROOT)
CRITERIA = tuple(entry for entry in EDITION.criteria if entry.metric in measures())
FILLED = company(good=True).tables


@lru_cache(maxsize=2)
def whole(state: str) -> Company:
    return company(good=STATES[state])


@lru_cache(maxsize=2)
def before(state: str) -> dict[str, tuple[Outcome, frozenset[str]]]:
    """Return the outcome of each criterion on everything, and the tables it was read from."""
    found, everything = {}, context(FILLED)
    shared: frozenset[str] = frozenset()  # the duties are assessed once, by the first of their criteria
    for criterion in CRITERIA:
        tables = whole(state)
        tables.read.clear()
        outcome = judged(criterion, tables, everything).outcome
        read = frozenset(tables.read)
        if criterion.metric in METRIC.values():
            shared = read = shared | read
        found[criterion.id] = (outcome, read)
    return found


def judged(criterion: Criterion, tables: Company, run: Context) -> Judgement:
    return judge_one(criterion, take(criterion, measures(), tables, run))


def changes(state: str, table: str, tables: Company, run: Context) -> Iterator[str]:
    """Name every criterion that got better or worse by more than an answer's absence."""
    for criterion in CRITERIA:
        was, read = before(state)[criterion.id]
        if table not in read:
            continue
        now = judged(criterion, tables, run)
        if now.outcome is not was and now.outcome in (Outcome.MET, Outcome.NOT_MET):
            yield f"{criterion.id} was {was} and is {now.outcome}: {now.reason}"


def columns(table: str) -> tuple[list[str], list[str]]:
    """Return the optional columns that some criterion turns on, and all others."""
    text = context(FILLED).texts["policies/escalation.yaml"]
    policy = load(EscalationPolicy, text, name="escalation.yaml")
    turned_on = {need for entry in measures().values() for need in entry.needs}
    turned_on |= {need for duty in DUTIES for need in needed(duty, policy, whole(WELL))}
    turned_on |= {f"responsibilities.{column}" for column in MATRIX}
    every = [column.name for column in TABLES[table].columns if not column.required]
    chosen = [name for name in every if f"{table}.{name}" in turned_on]
    return chosen, [name for name in every if name not in chosen and name not in TABLES[table].key]


def test_the_companies_are_what_they_are_called() -> None:
    for state, outcome in ((WELL, Outcome.NOT_MET), (BADLY, Outcome.MET)):
        odd = [key for key, (found, _) in before(state).items() if found is outcome]
        assert odd == ([] if state == WELL else ["CF-01", "PE-08"])
    said = sum(found is Outcome.MET for found, _ in before(WELL).values())
    assert said > 30


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("table", FILLED)
def test_a_column_that_was_never_mapped_makes_nothing_better_or_worse(table: str, state: str) -> None:
    found = []
    in_turn, rest = columns(table)
    for dropped in ([column] for column in in_turn):
        found += changed_without(state, table, dropped)
    found += changed_without(state, table, rest)  # together: no criterion turns on any of them
    assert found == []


def changed_without(state: str, table: str, dropped: list[str]) -> list[str]:
    tables = whole(state)
    for column in dropped:
        tables = tables.without(table, column)
    run = context(FILLED, without=(table, *dropped))
    return [f"{', '.join(dropped)}: {one}" for one in changes(state, table, tables, run)]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("responses", "anonymous"),
        ("responses", "invitation_id"),
        ("responses", "account_id"),
        ("acknowledgements", "states_why"),
        ("follow_ups", "declined"),
        ("accounts", "key_account"),
        ("invitations", "customer_id"),
        ("complaints", "severity"),
        ("complaints", "customer_id"),
        ("interactions", "abandoned"),
        ("interactions", "channel"),
        ("interactions", "resolved_first"),
    ],
)
@pytest.mark.parametrize("every", [2, 10])
def test_what_is_unknown_in_some_rows_counts_on_neither_side(
    table: str, column: str, every: int, state: str
) -> None:
    tables = whole(state).without(table, column, every=every)
    assert list(changes(state, table, tables, context(FILLED))) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("table", FILLED)
def test_a_table_without_rows_makes_nothing_better_or_worse(table: str, state: str) -> None:
    run = context(FILLED)
    assert list(changes(state, table, whole(state).emptied(table), run)) == []
    assert list(changes(state, table, whole(state).set_aside(table), run)) == []


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("table", FILLED)
def test_a_table_that_was_not_supplied_makes_nothing_better_or_worse(table: str, state: str) -> None:
    held = {name: rows for name, rows in whole(state).held.items() if name != table}
    run = context([name for name in FILLED if name != table])
    assert list(changes(state, table, Company(held), run)) == []


@pytest.mark.parametrize("column", [column for column in MATRIX if column != "account_id"])
def test_attendance_is_judged_as_far_as_the_matrix_says(column: str) -> None:
    """Whoever made no contact attended none, whatever the matrix says; here a delegate came to every one."""
    criterion = next(entry for entry in CRITERIA if entry.metric == "attended_as_required")
    run = context(FILLED, without=("responsibilities", column))
    for state, outcome in ((WELL, Outcome.NOT_ASSESSABLE), (BADLY, Outcome.NOT_MET)):
        found = judged(criterion, whole(state).without("responsibilities", column), run)
        assert found.outcome is outcome, (state, found.reason)
        assert (f"({column.replace('_', ' ')})" in found.reason) is (state == WELL)
