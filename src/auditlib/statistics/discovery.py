"""False discovery: how many of the units called out are called out by chance."""

from __future__ import annotations

from auditlib.statistics.multiplicity import adjusted
from auditlib.statistics.types import Floats, Numbers


def benjamini_hochberg(p_values: Numbers) -> Floats:
    """Return adjusted p-values: calling out all units at or below q makes at most a share q of them false.

    Notes
    -----
    Benjamini and Hochberg (1995), Journal of the Royal Statistical Society B 57:289-300; valid for units
    that are independent or positively dependent.
    """
    return adjusted(p_values, method="fdr_bh")
