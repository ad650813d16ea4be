"""A small scenario shared by the tests of the generator."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from company.scenario import Cohort, Fix, Gaming, Links, Scenario, Scores, Volume

AS_OF = datetime(2024, 1, 2, 18, tzinfo=UTC)


def small(**changes: Any) -> Scenario:
    """Six units in one year, with links, a gamed cohort and a fix."""
    links = Links(cohorts=(Cohort(starts_on=date(2023, 7, 1), units=2),), effect=0.3)
    settings: dict[str, Any] = {
        "seed": 7,
        "units": 6,
        "months": 12,
        "as_of": AS_OF,
        "volume": Volume(
            transactions_per_month=90, customers_per_unit=60, size_spread=0.4, response_rate=0.35
        ),
        "scores": Scores(outliers={"U004": -0.6}),
        "manager_links": links,
        "gaming": Gaming(starts_on=date(2023, 7, 1)),
        "fixes": (Fix(cause_code="billing_error", implemented_on=date(2023, 6, 1), rate_ratio=0.4),),
    }
    return Scenario(**(settings | changes))
