"""What the standard says of a share and what its form among the definitions says are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_company import Evidence, rows
from test_interval_measures import contact, found, span

from auditlib.audit.standard import read_edition
from auditlib.records import DecisionMode
from auditlib.service_levels.definitions import Aggregation, ClockStart
from auditlib.service_levels.examine import by_definition, families
from auditlib.service_levels.shares import WHOLES, form_of, share_over
from auditlib.standards.judge import judge_one

ROOT = Path(__file__).parents[2]
POLICIES = families(
    {
        f"definitions/{name}.yaml": (ROOT / "params" / "definitions" / f"{name}.yaml").read_text("utf-8")
        for name in ("service_level", "abandonment")
    }
)
EDITION = read_edition("service-excellence@2026", root=ROOT)
IM_01, IM_02 = EDITION.criterion("IM-01"), EDITION.criterion("IM-02")
LIMIT = int(IM_01.options["seconds"])


@pytest.mark.parametrize("whole", WHOLES)
def test_each_whole_of_the_standard_is_a_definition_in_use(whole: str) -> None:
    definition = POLICIES["answered_within"].definitions[form_of({"over": whole})]
    ours = share_over(whole, meets=definition.meets)
    assert (set(ours.meets), set(ours.misses)) == (set(definition.meets), set(definition.misses))


def test_given_up_over_offered_is_a_definition_in_use() -> None:
    definition = POLICIES["abandoned"].definitions["over_offered"]
    assert set(share_over("offered", meets=definition.meets).misses) == set(definition.misses)


def _contacts(drawn: list[tuple[int, int | None, str]]) -> list[dict[str, Any]]:
    odd: dict[str, dict[str, Any]] = {
        "": {},
        "no channel": {"channel": None},
        "both": {"abandoned": True},
        "unsaid": {"abandoned": None},
    }
    return [contact(start, wait, ended_at=None, **odd[kind]) for start, wait, kind in drawn]


CONTACTS = st.lists(
    st.tuples(
        st.integers(0, 5 * 48 - 1),
        st.one_of(st.none(), st.integers(0, 120)),
        st.sampled_from(["", "", "", "no channel", "both", "unsaid"]),
    ),
    min_size=1,
    max_size=12,
)
COUNTS = st.lists(
    st.tuples(
        st.integers(6 * 48, 9 * 48), st.integers(0, 9), st.integers(0, 9), st.sampled_from([20, LIMIT, 90])
    ),
    max_size=5,
    unique_by=lambda row: row[0],
)


@given(contacts=CONTACTS, counts=COUNTS)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate]
)
def test_the_standard_and_its_form_among_the_definitions_say_the_same(
    contacts: list[tuple[int, int | None, str]], counts: list[tuple[int, int, int, int]]
) -> None:
    tables = {
        "interactions": _contacts(contacts),
        "interval_counts": [
            span(start, quick + late, quick + late, quick, 0, within_seconds=limit)
            for start, quick, late, limit in counts
        ],
    }
    held = Evidence({name: rows(name, *given) for name, given in tables.items()}, ())
    mode = DecisionMode.INTERVAL
    told = by_definition(held, "phone", [IM_01, IM_02], POLICIES, level=0.95, mode=mode)
    for criterion, metric in ((IM_01, "answered_within"), (IM_02, "abandoned")):
        measured = found(metric, tables, **criterion.options)
        entry = told[criterion.id]
        ours = [
            judged
            for judged in getattr(entry, "variants", ())
            if judged.share.variant.name == "over_offered"
            and judged.share.variant.aggregation is Aggregation.POOLED
            and judged.share.variant.clock is ClockStart.OFFERED
        ]
        if measured.value is None:
            assert all(judged.share.decided is None for judged in ours), "nothing is known of any contact"
            assert {(judged.share.least, judged.share.most) for judged in ours} <= {(0.0, 1.0)}
            continue
        (judged,) = ours
        ends = (judged.share.least, judged.share.most)
        assert ends == (measured.bounds or (measured.value, measured.value))
        assert judged.share.interval == measured.interval
        assert judged.outcome is judge_one(criterion, measured, mode=mode).outcome
