"""Metrics that editions name and this suite does not measure yet, in words.

A criterion on one of them is ``not_assessable`` with that reason. When a function measures the metric,
its line here goes.
"""

from __future__ import annotations

from collections.abc import Mapping

PLANNED: Mapping[str, str] = {
    "published_score_gap": "how far published scores lie from the audited ones",
    "channel_parity": "how far satisfaction differs between channels",
    "knowledge_reuse": "how often existing answers are used again",
    "knowledge_linked": "how many contacts are linked to knowledge",
    "forecast_error": "how far the forecast of contacts was off",
    "occupancy": "how much of the paid time is spent with customers",
    "training_valid": "how many people have valid training",
    "standards_known": "how many people know the standards",
    "employee_voice_cycles_missed": "how many promised cycles of listening to employees were missed",
    "staff_turnover": "how many people left within a year",
}
