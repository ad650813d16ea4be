"""Invitations suppressed in a copy: linked units stop asking unhappy customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from auditlib import integrity
from auditlib.integrity.groups import Group
from auditlib.integrity.result import IntegrityResult
from auditlib.parameters.engagement import Engagement
from auditlib.self_test.copied_tables import CopiedTables, put_to, read
from auditlib.self_test.result import FaultTrial, Flaw
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SUPPRESSED = 0.6
"""Share of the invitations to unhappy customers that are struck out."""
UNASKED = Flaw(
    "unhappy_not_asked",
    "groups of units with linked pay whose invitations to unhappy customers were struck out, six in ten",
    "signs that scores are managed raise an alarm",
    "groups",
)


def try_invitations(engagement: Engagement, *, rng: np.random.Generator) -> Iterator[FaultTrial]:
    """Yield in how many groups of linked units the signs raise an alarm where none was.

    Parameters
    ----------
    rng
        Chooses the invitations.
    """
    lacking = [
        name for name in ("pay_links", "invitations", "responses") if name not in engagement.evidence.tables
    ]
    if lacking:
        yield FaultTrial(UNASKED, reason=f"the evidence has no {' and no '.join(lacking)}")
        return
    before = _examined(engagement, CopiedTables(engagement.evidence))
    alarmed = {pattern.group.name for pattern in before.alarms}
    quiet = [group for group in _groups(before) if group.name not in alarmed]
    if not quiet:
        reason = (
            "no group of linked units can be tested" if not alarmed else "every group raises an alarm already"
        )
        yield FaultTrial(UNASKED, reason=reason)
        return
    tables, struck_out = _suppressed(engagement, quiet, before, rng)
    if not struck_out:
        yield FaultTrial(UNASKED, reason="no unhappy customer of a linked unit was invited again")
        return
    now = {pattern.group.name for pattern in _examined(engagement, tables).alarms}
    yield FaultTrial(UNASKED, planted=len(quiet), found=len(now & {group.name for group in quiet}))


def _examined(engagement: Engagement, tables: CopiedTables) -> IntegrityResult:
    return integrity.examine(put_to(engagement, tables)).result


def _groups(result: IntegrityResult) -> list[Group]:
    tested = {pattern.group.name: pattern.group for pattern in result.tested}
    return list(tested.values())


def _suppressed(
    engagement: Engagement, groups: Sequence[Group], result: IntegrityResult, rng: np.random.Generator
) -> tuple[CopiedTables, int]:
    """Return a copy without most invitations of linked units to unhappy customers, and how many are gone."""
    evidence = engagement.evidence
    invitations, responses = read(evidence, "invitations"), read(evidence, "responses")
    log, answers = invitations.to_pandas(), responses.to_pandas()
    gone: set[str] = set()
    for group in groups:
        to_unhappy = _to_unhappy(engagement, group, result, log, answers)
        count = round(SUPPRESSED * len(to_unhappy))
        gone |= set(rng.permutation(np.array(to_unhappy, dtype=object))[:count].tolist())
    copied = {"invitations": _without(invitations, gone), "responses": _without(responses, gone)}
    return CopiedTables(evidence, copied), len(gone)


def _to_unhappy(
    engagement: Engagement, group: Group, result: IntegrityResult, log: pd.DataFrame, answers: pd.DataFrame
) -> list[str]:
    """Return the invitations of linked units, after their link, to customers whose last answer was low."""
    import pandas as pd

    units = sorted(set(engagement.evidence.frame("units", columns=["unit_id"])["unit_id"].astype(str)))
    linked = {unit for unit, is_linked in zip(units, group.linked.tolist(), strict=True) if is_linked}
    scale = next(
        item.scale for item in engagement.run.instrument(group.survey_type).items if item.item == group.item
    )
    limit = scale.low + (result.policy.unhappy_below - 1) * (scale.high - scale.low) / 4
    known = answers[answers["customer_id"].notna() & answers[group.item].notna()]
    known = known[known["survey_type"] == group.survey_type]
    sent = log[log["customer_id"].notna() & log["unit_id"].isin(linked)]
    sent = sent[
        (sent["survey_type"] == group.survey_type) & (sent["sent_day"] >= day_number(group.starts_on))
    ]
    last = pd.merge_asof(
        sent.sort_values(["sent_at", "invitation_id"]),
        known.sort_values(["submitted_at", "response_id"])[["customer_id", "submitted_at", group.item]],
        left_on="sent_at",
        right_on="submitted_at",
        by="customer_id",
        allow_exact_matches=False,
    )
    return sorted(last.loc[last[group.item] < limit, "invitation_id"])


def _without(rows: pa.Table, gone: set[str]) -> pa.Table:
    """Return rows without those of the invitations that are gone."""
    import pyarrow as pa
    import pyarrow.compute as pc

    own = rows.column("invitation_id")
    named = pc.is_in(own, pa.array(sorted(gone), own.type))
    return rows.filter(pc.invert(named))
