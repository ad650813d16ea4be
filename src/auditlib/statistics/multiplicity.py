"""Many tests at once: how sure one may still be that none of the alarms is false."""

from __future__ import annotations

from auditlib.statistics.types import Floats, Numbers, as_floats


def holm(p_values: Numbers) -> Floats:
    """Return adjusted p-values: calling out all at or below q errs even once in at most a share q of audits.

    Notes
    -----
    Holm (1979), Scandinavian Journal of Statistics 6:65-70; whatever the dependence between the tests.
    """
    return adjusted(p_values, method="holm")


def adjusted(p_values: Numbers, *, method: str) -> Floats:
    """Return p-values adjusted by `statsmodels.stats.multitest.multipletests`."""
    from statsmodels.stats.multitest import multipletests

    p = as_floats(p_values)
    if ((p < 0) | (p > 1)).any():
        raise ValueError("p-values lie between 0 and 1")
    return as_floats(multipletests(p, method=method)[1])
