"""Metrics that editions name and this suite does not measure yet, in words.

A criterion on one of them is ``not_assessable`` with that reason. When a function measures the metric,
its line here goes.
"""

from __future__ import annotations

from collections.abc import Mapping

PLANNED: Mapping[str, str] = {}
