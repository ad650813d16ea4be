"""Units and queues whose ids are digits alone: names in every sentence of 07, and never a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from small_company import Evidence, rows, source
from small_company import run as small_run
from test_first_contact import call
from test_interval_measures import span
from test_keys_of_service_levels import calls
from test_published_figures import FIRST, demanding, figure
from test_service_levels_asked import EDITION, TEXTS

from auditlib import service_levels
from auditlib.audit.numerals import orphans
from auditlib.parameters.engagement import Engagement
from auditlib.service_levels.waiting import OutlyingAnswer
from auditlib.standards.profile import Demands
from auditlib.statements import Answer
from auditlib.time.epoch import SECOND

IDS = {f"U{place}": unit for place, unit in enumerate(("07", "112", "0", "1", "30", "008", "2024", "7"))}
DEMANDS = Demands(EDITION)


def unfounded(answer: Answer[Any]) -> list[str]:
    """Return the numbers in sentences, findings and titles of an answer that none of its numbers states."""
    numbers = {number.key: number for number in answer.numbers()}
    said: list[tuple[str, tuple[str, ...]]] = [
        (sentence.text, sentence.keys) for sentence in (*answer.summary(), *answer.limits())
    ]
    for finding in answer.findings() if hasattr(answer, "findings") else ():
        said += [(finding.condition, finding.evidence), (finding.headline, finding.evidence)]
    return [
        f"{orphan}: {text}" for text, keys in said for orphan in orphans(text, [numbers[key] for key in keys])
    ]


def by_digits(contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    queues = {"billing": "2", "service": "Line 3"}
    return [
        contact | {"unit_id": IDS[contact["unit_id"]], "queue": queues.get(contact["queue"], "4")}
        for contact in contacts
    ]


def of_contacts(contacts: list[dict[str, Any]], **more: Any) -> Iterator[Answer[Any]]:
    held = {"interactions": rows("interactions", *contacts), **more}
    engagement = Engagement(small_run(), Evidence(held, ()), TEXTS)
    yield service_levels.examine(engagement, demands=DEMANDS)
    yield service_levels.waited(engagement)
    yield service_levels.backlog(engagement)
    yield service_levels.monthly_shares(engagement, demands=DEMANDS)
    yield service_levels.standing_out(engagement, demands=DEMANDS)
    yield service_levels.reachable(engagement)
    yield service_levels.first_contact(engagement)
    yield service_levels.resolution_times(engagement)


def late(slow: dict[str, int], name: str, day: float, **more: Any) -> dict[str, Any]:
    contact = call(name, day, lasts=900, **more)
    waits = slow.get(contact["unit_id"], 8) + int(name[1:]) % 5
    return contact | {"answered_at": contact["offered_at"] + waits * SECOND}


def standing_apart() -> list[dict[str, Any]]:
    """Return calls of eight units of which two answer far later than the others, for the funnel."""
    slow = {"07": 600, "112": 500}
    return [
        late(
            slow, f"C{n}", n % 50 + 0.3, customer_id=None if n % 8 == 2 else f"K{n}", channel="phone",
            unit_id=IDS[f"U{n % 8}"], queue="2" if n % 3 else "Line 3", matter="billing",
        )
        for n in range(2400)
    ]  # fmt: skip


@pytest.mark.parametrize("contacts", [by_digits(calls()), standing_apart(), by_digits(calls())[:60]],
                         ids=["mixed", "standing apart", "few"])  # fmt: skip
def test_no_sentence_on_contacts_takes_a_unit_for_a_number(contacts):
    answers = list(of_contacts(contacts))
    assert [orphan for answer in answers for orphan in unfounded(answer)] == []
    titles = [
        part.title for answer in answers if isinstance(answer, OutlyingAnswer) for part in answer.parts()
    ]
    assert [orphan for title in titles for orphan in orphans(title, [])] == []
    if contacts == standing_apart():
        assert any(title.startswith("'07' and '112' stand out on") for title in titles)


def of_counts() -> list[dict[str, Any]]:
    """Return counts of two units exported twice, of which one restates; of a queue contacts went nowhere."""
    first, last = ({"exported_on": FIRST + day} for day in (40, 60))
    counts = []
    for day in range(30):
        counts += [
            span(48 * day, 100, 90, 50, 10, unit_id="07", queue="2", **first),
            span(48 * day, 100, 90, 80, 10, unit_id="07", queue="2", **last),
            span(48 * day, 100, 90, 60, 10, unit_id="112", queue="3", **first),
            span(48 * day, 900, 90, 60, 10, unit_id="112", queue="3", flowed_out=0, **last),
        ]
    return counts


def test_no_sentence_on_counts_or_published_figures_takes_a_unit_for_a_number():
    wrong = {"source_file": "counts.csv", "source_line": 7, "exported_on": FIRST + 60}
    lost = rows("interval_counts", *(
        span(48 * day, 100, 90, 95, 10, unit_id=unit, queue=queue, **wrong)
        for day in range(30, 40) for unit, queue in (("07", "2"), ("112", "3"), ("0", "1"))
    ))  # fmt: skip
    for name in ("reason", "rule"):
        lost = lost.append_column(name, pa.array(["contradiction"] * len(lost)))
    figures = [
        figure(0.5, unit_id="07", published_on=FIRST + 45),
        figure(0.8, unit_id="07", published_on=FIRST + 65),
        figure(0.95, unit_id="112", definition="over_offered"),
        *(figure(value, unit_id="112", first=first, days=days)
          for value, first, days in ((0.6, 0, 31), (0.067, 31, 28))),
    ]  # fmt: skip
    held = {
        "interval_counts": rows("interval_counts", *of_counts()),
        "quarantined_intervals": lost,
        "published_figures": rows("published_figures", *figures),
    }
    run = small_run(period={"start": "2025-01-01", "end": "2025-12-31"}, as_of="2026-01-15T12:00:00Z")
    engagement = Engagement(run, Evidence(held, (source("interval_counts", 150, 30),)), TEXTS)
    answers: list[Answer[Any]] = [
        service_levels.published(engagement, demands=demanding(0.4)),
        service_levels.examine(engagement, demands=DEMANDS),
        service_levels.waited(engagement),
        service_levels.monthly_shares(engagement, demands=DEMANDS),
        service_levels.standing_out(engagement, demands=DEMANDS),
    ]
    assert [orphan for answer in answers for orphan in unfounded(answer)] == []
    said = " ".join(sentence.text for answer in answers for sentence in (*answer.summary(), *answer.limits()))
    assert "of unit '07'" in said
    assert "of unit '112'" in said
    assert answers[0].exhibit().frame["about"].str.endswith((", '07'", ", '112'")).all()
    assert any("of unit '07'" in finding.condition for finding in answers[0].findings())
