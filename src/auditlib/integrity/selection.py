"""Whether customers with a bad outcome were invited at all: complaints, and cases that were opened again.

A customer who complained, or whose case was reopened, is known to have had a bad outcome from elsewhere than
the survey. Whether an invitation was sent near it shows who is left out before anybody answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd

    from auditlib.contracts import CanonicalTables

COMPLAINANTS = ("complainants", "complainants_invited", "complainants_answered", "complainants_low")
CASES = ("reopened", "reopened_invited", "settled", "settled_invited")
_DAY = 86_400 * 1_000_000
NO_INVITATIONS = "the evidence has no invitations"


def complainants(
    complaints: pd.DataFrame, invitations: pd.DataFrame, answers: pd.DataFrame, *, days: int
) -> pd.DataFrame:
    """Return, for each complaint of a known customer, whether an invitation was sent within `days` of it.

    Parameters
    ----------
    complaints
        customer_id, unit_id, day and at (microseconds).
    invitations
        customer_id and sent_at.
    answers
        customer_id, at, and low: whether the answer is a low one.

    Returns
    -------
    DataFrame
        unit_id, day and the counts `COMPLAINANTS`: what customers who complained answered, where they did,
        tells how many of them a survey would show to be unhappy.
    """
    rows = complaints.sort_values(["at", "customer_id", "unit_id"], ignore_index=True)
    invited = _near(rows, invitations.rename(columns={"sent_at": "near"}), by="customer_id", days=days)
    nearest = _near(rows, answers.rename(columns={"at": "near"}), by="customer_id", days=days)
    answered = nearest["near"].notna().to_numpy()
    return rows[["unit_id", "day"]].assign(
        complainants=1,
        complainants_invited=invited["near"].notna().to_numpy().astype(np.int64),
        complainants_answered=answered.astype(np.int64),
        complainants_low=(answered & nearest["low"].eq(True).to_numpy()).astype(np.int64),
    )


def cases_invited(cases: pd.DataFrame, invitations: pd.DataFrame, *, days: int) -> pd.DataFrame:
    """Return, for each case, whether it was reopened and whether its account was invited near its end.

    Parameters
    ----------
    cases
        unit_id, account_id, day and at (microseconds) of the end, reopened.
    invitations
        account_id and sent_at.
    """
    rows = cases.sort_values(["at", "account_id", "unit_id"], ignore_index=True)
    met = _near(rows, invitations.rename(columns={"sent_at": "near"}), by="account_id", days=days)
    invited, reopened = met["near"].notna().to_numpy(), rows["reopened"].to_numpy(bool)
    columns = {
        name: flags.astype(np.int64)
        for name, flags in (
            ("reopened", reopened),
            ("reopened_invited", reopened & invited),
            ("settled", ~reopened),
            ("settled_invited", ~reopened & invited),
        )
    }
    return rows[["unit_id", "day"]].assign(**columns)


def _near(rows: pd.DataFrame, known: pd.DataFrame, *, by: str, days: int) -> pd.DataFrame:
    """Return `rows` with the nearest of `known` within `days` on either side; rows are sorted by `at`."""
    import pandas as pd

    alike = known.astype({"near": "int64", by: rows[by].dtype})
    ordered = alike.sort_values(["near", by], ignore_index=True)
    return pd.merge_asof(
        rows.astype({"at": "int64"}),
        ordered.assign(at=ordered["near"]),
        on="at",
        by=by,
        direction="nearest",
        tolerance=days * _DAY,
    )


def cases_of(tables: CanonicalTables) -> tuple[nw.LazyFrame[Any] | None, str]:
    """Return one row per ended case with its account, or why there is none."""
    import narwhals as nw

    if "incident_events" not in tables.tables:
        return None, "the evidence has no log of cases"
    events = tables.lazy("incident_events")
    names = events.collect_schema().names()
    end = next((name for name in ("closed", "resolved") if f"{name}_at" in names), None)
    absent = [name for name in ("account_id", "reopenings") if name not in names]
    if end is None or absent:
        return None, f"the log of cases does not say {_SAYS[absent[0] if absent else 'end']}"
    ended = events.filter(~nw.col("account_id").is_null(), ~nw.col(f"{end}_at").is_null())
    return (
        ended.group_by("case_id").agg(
            unit_id=nw.col("unit_id").max(),
            account_id=nw.col("account_id").max(),
            at=nw.col(f"{end}_at").max(),
            day=nw.col(f"{end}_day").max(),
            reopenings=nw.col("reopenings").max(),
        ),
        "",
    )


_SAYS: Mapping[str, str] = {
    "account_id": "whose account a case was",
    "reopenings": "which cases were opened again",
    "end": "when a case ended",
}
