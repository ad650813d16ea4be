"""Published numbers of service levels, each to the printed digit, with its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import pytest

from auditlib.service_levels.waiting.counted_means import counted_means
from auditlib.statistics.clustered_survival import CountedSurvival
from auditlib.time.epoch import DAY, day_number


@dataclass
class Counted:
    """Interval counts as evidence, in a database."""

    rows: pd.DataFrame
    tables: tuple[str, ...] = ("interval_counts",)
    totals: tuple[Any, ...] = ()
    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)

    def lazy(self, _table: str) -> Any:
        return nw.from_native(self.connection.from_df(self.rows))


def state_call_centres(folder: Path, month: int) -> Any:
    """Return the call centres of the states in one month, each an interval of thirty days."""
    file = folder / "medicaid_call_centres" / "state_month_2023_2026.csv.gz"
    if not file.is_file():
        pytest.skip("the figures of state call centres are not among the real data")
    frame = pd.read_csv(file)
    chosen = frame[
        (frame["reporting_period"] == month) & frame["total_call_center_volume_number_of_calls"].notna()
    ]
    first = day_number(date(month // 100, month % 100, 1))
    counts = [
        {
            "queue": "all", "in_period": True, "exported_on": 0, "ended_at": None,
            "unit_id": row["state_abbreviation"], "channel": "phone", "starts_at": first * DAY,
            "starts_day": first, "starts_second": 0, "length": 30 * 86_400,
            "offered": int(row["total_call_center_volume_number_of_calls"]),
            "mean_wait": 60 * row["average_call_center_wait_time_minutes"],
            "abandoned_share": row["average_call_center_abandonment_rate"],
        }
        for row in chosen.to_dict("records")
    ]  # fmt: skip
    unsaid = dict.fromkeys(("answered", "answered_in_time", "abandoned"), pd.NA)
    frame = pd.DataFrame(counts).assign(**unsaid).astype(dict.fromkeys(unsaid, "Int64"))
    means = counted_means(Counted(frame), level=0.95)
    return {entry.measure: entry for entry in means}


@pytest.mark.parametrize(
    ("month", "wait", "given_up"),
    [(202401, (12.9, 17.7), (17.3, 21.4)), (202503, (9.0, 10.1), (12.0, 11.6))],
)
def test_state_medicaid_call_centres_as_the_mean_of_states_and_of_calls(shared_data, month, wait, given_up):
    """CMS performance indicators (data.medicaid.gov); MACPAC: over 13 minutes and almost 11 million calls."""
    means = state_call_centres(shared_data, month)
    told = {
        name: (round(scale * means[name].plain, 1), round(scale * means[name].pooled, 1))
        for name, scale in (("wait", 1 / 60), ("given_up", 100))
    }
    assert told == {"wait": wait, "given_up": given_up}
    if month == 202401:
        assert means["wait"].contacts == 10_974_738
        assert means["wait"].intervals == 50


def test_product_limit_estimate_of_remission_times():
    """6-mercaptopurine, Freireich et al. (1963), as in Kalbfleisch and Prentice (2002), table 1.2."""
    done = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
    gone = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}
    times = sorted({*done, *gone})
    ended, left = ([float(of.get(time, 0)) for time in times] for of in (done, gone))
    curve = CountedSurvival(np.array(times, dtype=float), np.array(ended), np.array(left))
    printed = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {time: round(curve.undone(time), 3) for time in printed} == printed
