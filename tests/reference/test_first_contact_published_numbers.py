"""Published numbers of service levels, each to the printed digit, with its source."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd
import pytest

from auditlib.service_levels.first_contact.compare import window_of
from auditlib.service_levels.first_contact.counted_contacts import first_contact_counts
from auditlib.service_levels.first_contact.matters import with_silences
from auditlib.service_levels.first_contact.result import Witness
from auditlib.service_levels.first_contact.rule import RepeatRule
from auditlib.time.epoch import DAY


def followed(first: int, *, again: int, beyond: int = 0) -> Any:
    """Return shares of so many customers who call once, of whom the last come back the day after.

    Parameters
    ----------
    beyond
        Of those who come back, such whose matter the first level cannot resolve.
    """
    rows = [
        {"interaction_id": f"{name}{n:04}", "customer_id": f"K{n}", "matter": "m", "unit_id": "U",
         "day": n % 20 + at, "offered_at": (n % 20 + at) * DAY, "starts_at": (n % 20 + at) * DAY,
         "answered": True, "mark": True, "first_level": n < first - beyond, "said": True,
         "in_period": True}
        for name, at, customers in (("A", 0, range(first)), ("B", 1, range(first - again, first)))
        for n in customers
    ]  # fmt: skip
    silences = with_silences(nw.from_native(pd.DataFrame(rows)).lazy(), by_matter=True).with_columns(
        vague=nw.lit(value=False)
    )
    flags = first_contact_counts(silences, rule=RepeatRule((7,)), windows=(7,), until=60 * DAY, first=0)
    return window_of(flags, 7, unknown=0, level=0.95).of(Witness.CONTACTS)


def test_first_contact_resolution_of_sqm():
    """SQM Group: 280 of 400 matters resolved at the first contact are 70%."""
    gross = followed(400, again=120).gross
    assert (gross.value, gross.n) == (pytest.approx(0.70), 400)


def test_gross_and_net_first_contact_resolution_of_metricnet():
    """MetricNet (customerthink.com): net leaves what level 1 cannot resolve out of the denominator."""
    shares = followed(100, again=37, beyond=10)
    assert (shares.gross.value, shares.gross.n) == (pytest.approx(63 / 100), 100)
    assert (shares.net.value, shares.net.n) == (pytest.approx(63 / (100 - 10)), 90)
