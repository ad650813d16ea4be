"""Which libraries had a hand in a result: those that were loaded when its notebook closed."""

from __future__ import annotations

import sys

MODULES = {
    "duckdb": "duckdb",
    "holidays": "holidays",
    "matplotlib": "matplotlib",
    "narwhals": "narwhals",
    "numpy": "numpy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "scipy": "scipy",
    "seaborn": "seaborn",
    "statsmodels": "statsmodels",
}
"""Libraries that make numbers and figures, as they are installed and as they are imported.

The suite imports each of them where it needs it, so that what is not loaded made nothing.
"""


def libraries_loaded() -> tuple[str, ...]:
    """Return those of `MODULES` that this process has loaded, in alphabetical order."""
    return tuple(sorted(name for name, module in MODULES.items() if module in sys.modules))
