"""Known faults planted in a copy of the evidence, and every check asked what it makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from auditlib.parameters.engagement import Engagement
from auditlib.self_test.answer import SelfTestAnswer
from auditlib.self_test.broken_rows import try_broken_rows
from auditlib.self_test.complaints import try_shares
from auditlib.self_test.follow_ups import try_follow_ups
from auditlib.self_test.invitations import try_invitations
from auditlib.self_test.result import FaultTrial, SelfTest
from auditlib.self_test.scores import try_scores


class Try(Protocol):
    """Plants faults in a copy and counts what is found."""

    def __call__(self, engagement: Engagement, *, rng: np.random.Generator) -> Iterator[FaultTrial]:
        """Yield a trial for each fault."""


COPIED = (
    "units", "invitations", "responses", "acknowledgements", "follow_ups", "attendance", "follow_up_reports",
    "complaints", "complaint_events", "pay_links",
)  # fmt: skip
"""Tables that are copied, or that a check reads beside a copy."""
TRIES: tuple[Try, ...] = (try_broken_rows, try_follow_ups, try_shares, try_scores, try_invitations)
"""In the order in which an audit comes to the checks: intake first."""


def examine(engagement: Engagement) -> SelfTestAnswer:
    """Answer how much of what is wrong this audit would have found, tried on a copy of its own evidence."""
    streams = np.random.default_rng(engagement.run.seed).spawn(len(TRIES))
    trials = [
        trial for attempt, rng in zip(TRIES, streams, strict=True) for trial in attempt(engagement, rng=rng)
    ]
    tables = tuple(name for name in COPIED if name in engagement.evidence.tables)
    return SelfTestAnswer(SelfTest(tuple(trials), tables))
