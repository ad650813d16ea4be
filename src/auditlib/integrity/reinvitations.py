"""How soon customers are invited again, by what was last known of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

KNOWN = ("happy", "unhappy", "complained")
AFTER_COMPLAINT = ("complained_days", "complained_asked")
AFTER = ("happy_days", "happy_asked", "unhappy_days", "unhappy_asked", *AFTER_COMPLAINT)
_SECOND = 1_000_000
_DAY = 86_400


def asked_after(
    events: Sequence[pd.DataFrame], invitations: pd.DataFrame, *, window_days: int
) -> pd.DataFrame:
    """Return invitations and waiting time that follow each thing known of a customer.

    Parameters
    ----------
    events
        customer_id, unit_id, day, at (microseconds) and known (one of `KNOWN`), in any order.
    invitations
        customer_id and sent_at of every invitation.
    window_days
        What is known of a customer counts for so long, and until something newer is known.

    Returns
    -------
    DataFrame
        unit_id and day of what was known, then for each kind of knowledge the days waited and the
        invitations sent meanwhile. A wait ends with the log of invitations.

    Notes
    -----
    Events over time at risk: the rate of a counting process whose state is known beforehand
    (Andersen and Gill 1982), so that windows cut short by a newer answer or by the end of the log count
    for what was seen of them.
    """
    import pandas as pd

    order = ["at", "customer_id", "unit_id", "known"]
    rows = pd.concat([part[[*order, "day"]] for part in events], ignore_index=True)
    rows = rows.astype({"at": "int64"}).sort_values(order, ignore_index=True)
    sent = invitations.astype({"sent_at": "int64"}).sort_values(["sent_at", "customer_id"], ignore_index=True)
    until = rows.groupby("customer_id")["at"].shift(-1).fillna(np.inf).to_numpy(float)
    until = np.minimum(until, rows["at"].to_numpy() + window_days * _DAY * _SECOND)
    waited = np.minimum(until, float(sent["sent_at"].max())) - rows["at"].to_numpy()
    met = pd.merge_asof(
        sent,
        rows.reset_index(names="row"),
        left_on="sent_at",
        right_on="at",
        by="customer_id",
        allow_exact_matches=False,
        tolerance=window_days * _DAY * _SECOND,
    )
    count = np.bincount(met["row"].dropna().astype("int64"), minlength=len(rows))
    days = np.maximum(waited, 0) // _SECOND / _DAY
    columns = {
        name: value * (rows["known"] == kind).to_numpy()
        for kind in KNOWN
        for name, value in ((f"{kind}_days", days), (f"{kind}_asked", count))
    }
    return pd.DataFrame({"unit_id": rows["unit_id"], "day": rows["day"], **columns})
