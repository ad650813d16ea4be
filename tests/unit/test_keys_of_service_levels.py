"""Every question of 07 has keys of its own: a notebook that asks them all records no key twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from small_company import Evidence, rows, run
from test_first_contact import call
from test_service_levels_asked import EDITION, TEXTS

from auditlib import service_levels
from auditlib.parameters.engagement import Engagement
from auditlib.records import Number
from auditlib.standards.profile import Demands
from auditlib.time.epoch import DAY, SECOND


def calls() -> list[dict[str, Any]]:
    """Return calls and chats of which some contradict themselves, with queues called as their matters."""
    start = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp()) * SECOND // DAY
    return [
        call(
            f"C{n}", day := n % 50 + 0.4, customer_id=f"K{n % 90}", channel="phone" if n % 3 else "chat",
            unit_id=f"U{n % 8}", matter="billing" if n % 2 else "service", resolved_first=n % 4 > 0,
            queue="billing" if n % 5 else "service", abandoned=n % 11 == 0, handed_over=n % 7 == 0,
            ended_day=start + int(day), answered_day=start + int(day),
        )
        for n in range(600)
    ]  # fmt: skip


def test_no_key_stands_for_two_numbers():
    engagement = Engagement(run(), Evidence({"interactions": rows("interactions", *calls())}, ()), TEXTS)
    demands = Demands(EDITION)
    waits = service_levels.waited(engagement)
    assert waits.answered
    answers: list[Any] = [
        service_levels.examine(engagement, demands=demands),
        waits,
        service_levels.backlog(engagement),
        service_levels.monthly_shares(engagement, demands=demands),
        service_levels.standing_out(engagement, demands=demands),
        service_levels.reachable(engagement),
        service_levels.first_contact(engagement),
        service_levels.resolution_times(engagement),
    ]
    assert all(answer.answered for answer in answers)
    by_part = [number for name in waits.dimensions for number in waits.by(name).facts]
    numbers: dict[str, Number] = {}
    for number in (*(number for answer in answers for number in answer.numbers()), *by_part):
        assert numbers.setdefault(number.key, number) == number, number.key
