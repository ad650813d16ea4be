"""Faults in complaints and in who is invited: planted, and measured as a standard measures them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auditlib.complaints.measures import RESOLVED, complaints_coded, complaints_resolved
from auditlib.listening.measures import invited_again
from auditlib.parameters.engagement import Engagement
from auditlib.records import Measurement
from auditlib.self_test.copied_tables import CopiedTables, read
from auditlib.self_test.result import FaultTrial, Flaw
from auditlib.standards.measure import Context, Measure
from auditlib.time.epoch import DAY, day_number

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

EACH = 40
"""Cases in which a fault is planted, at most."""
SOLVED_WITHIN, ASKED_AGAIN_WITHIN, SOON = 10, 90, 7
"""Days of the two limits, and after how many a customer is invited again in the copy."""
NO_CASE = "no case in the evidence was done well enough to be spoilt"


@dataclass(frozen=True, slots=True)
class PlantedShare:
    """A fault that a share of a standard ought to show.

    Parameters
    ----------
    fault
        What is planted.
    measure, options
        The share, and how it is measured.
    bad
        Whether the cases counted are the bad ones, so that they become more.
    table
        The table it is planted in; nothing can be where the evidence lacks it.
    spoil
        Takes the evidence and chance; returns the table with the fault, and in how many cases.
    """

    fault: Flaw
    measure: Measure
    options: Mapping[str, int]
    bad: bool
    table: str
    spoil: Callable[[Engagement, np.random.Generator], tuple[pa.Table, int]]


def _some(values: pd.Index | np.ndarray, rng: np.random.Generator) -> set[str]:
    ordered = np.array(sorted(map(str, values)), dtype=object)
    return set(rng.permutation(ordered)[:EACH].tolist())


def _never_solved(engagement: Engagement, rng: np.random.Generator) -> tuple[pa.Table, int]:
    """Strike out that complaints were solved which were, once and in time, and whose limit has passed."""
    import pyarrow as pa

    received = _of_period(engagement)
    events = read(engagement.evidence, "complaint_events")
    log = events.to_pandas()
    solved = log[log["state"].isin(RESOLVED)].groupby("complaint_id")["occurred_at"].agg(["min", "size"])
    solved = solved.join(received["received_at"], how="inner")
    limit = SOLVED_WITHIN * DAY
    in_time = (solved["min"] - solved["received_at"] <= limit) & _past(
        solved["received_at"], engagement, limit
    )
    quiet = ~log["state"].eq("waiting_customer").groupby(log["complaint_id"]).any().reindex(solved.index)
    chosen = _some(solved.index[in_time & quiet], rng)
    spoilt = log["complaint_id"].isin(chosen) & log["state"].isin((*RESOLVED, "closed"))
    return events.filter(pa.array(~spoilt.to_numpy())), len(chosen)


def _of_period(engagement: Engagement) -> pd.DataFrame:
    rows = read(engagement.evidence, "complaints").to_pandas()
    rows = rows[rows["in_period"] & (rows["received_second"] >= 0)]
    received: pd.DataFrame = rows.set_index("complaint_id")
    return received


def _past(received: pd.Series, engagement: Engagement, limit: int) -> pd.Series:
    return received + limit < round(engagement.run.as_of.timestamp() * 1_000_000)


def _uncoded(engagement: Engagement, rng: np.random.Generator) -> tuple[pa.Table, int]:
    """Empty the cause of complaints that had one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    complaints = read(engagement.evidence, "complaints")
    coded = pc.and_(complaints.column("in_period"), complaints.column("cause_code").is_valid())
    chosen = _some(complaints.filter(coded).column("complaint_id").to_numpy(), rng)
    spoilt = pc.is_in(
        complaints.column("complaint_id"),
        pa.array(sorted(chosen), complaints.schema.field("complaint_id").type),
    )
    own = complaints.column("cause_code")
    emptied = pc.if_else(spoilt, pa.scalar(None, own.type), own)
    return complaints.set_column(complaints.column_names.index("cause_code"), "cause_code", emptied), len(
        chosen
    )


def _asked_again(engagement: Engagement, rng: np.random.Generator) -> tuple[pa.Table, int]:
    """Invite persons again a week after the last time they were asked."""
    import pyarrow as pa

    invitations = read(engagement.evidence, "invitations")
    log = invitations.to_pandas()
    log = log[log["in_period"] & log["customer_id"].notna() & (log["sent_second"] >= 0)]
    last = log.sort_values(["sent_at", "invitation_id"]).drop_duplicates("customer_id", keep="last")
    free = last[last["sent_day"] + SOON <= day_number(engagement.run.period.end)]
    chosen = _some(free["customer_id"].to_numpy(), rng)
    again = free[free["customer_id"].isin(chosen)]
    again = again.assign(
        invitation_id=again["invitation_id"] + "-again",
        sent_at=again["sent_at"] + SOON * DAY,
        sent_day=again["sent_day"] + SOON,
    )
    rows = pa.Table.from_pandas(again, schema=invitations.schema, preserve_index=False)
    return pa.concat_tables([invitations, rows]), len(again)


PLANTED: tuple[PlantedShare, ...] = (
    PlantedShare(
        Flaw("complaint_unsolved", "solutions of complaints struck out", "complaints are solved in time"),
        complaints_resolved, {"within_days": SOLVED_WITHIN}, False, "complaint_events", _never_solved,
    ),
    PlantedShare(
        Flaw("complaint_uncoded", "causes of complaints struck out", "complaints have a coded cause"),
        complaints_coded, {}, False, "complaints", _uncoded,
    ),
    PlantedShare(
        Flaw("invited_again", "customers invited again after a week", "nobody is invited too often"),
        invited_again, {"within_days": ASKED_AGAIN_WITHIN}, True, "invitations", _asked_again,
    ),
)  # fmt: skip


def try_shares(engagement: Engagement, *, rng: np.random.Generator) -> Iterator[FaultTrial]:
    """Yield, for each fault, by how many cases the share of a standard moved in the copy.

    Parameters
    ----------
    rng
        Chooses the cases in which faults are planted.
    """
    for planted in PLANTED:
        yield _tried(planted, engagement, rng)


def _tried(planted: PlantedShare, engagement: Engagement, rng: np.random.Generator) -> FaultTrial:
    before = _measured(planted, engagement, CopiedTables(engagement.evidence))
    if before.successes is None:
        return FaultTrial(planted.fault, reason=before.reason)
    spoilt, count = planted.spoil(engagement, rng)
    if not count:
        return FaultTrial(planted.fault, reason=NO_CASE)
    copy = CopiedTables(engagement.evidence, {planted.table: spoilt})
    after = _measured(planted, engagement, copy)
    moved = (after.successes or 0) - before.successes
    found = moved if planted.bad else -moved
    return FaultTrial(
        planted.fault,
        planted=count,
        found=min(max(found, 0), count),
        untouched=before.n - (0 if planted.bad else count),
        newly=max(found - count, 0),
    )


def _measured(planted: PlantedShare, engagement: Engagement, tables: CopiedTables) -> Measurement:
    return planted.measure.take(tables, Context(engagement.run, engagement.texts), planted.options)
