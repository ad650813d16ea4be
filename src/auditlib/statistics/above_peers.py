"""Which groups lie above their peers, each compared with the others, over-dispersion allowed for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.funnel import adjusted_z, over_dispersion
from auditlib.statistics.types import Floats, Numbers, as_floats


@dataclass(frozen=True, slots=True)
class AbovePeers:
    """Groups against their peers.

    Parameters
    ----------
    target
        Median of the groups' means: robust against a few that stand out.
    z, p_value
        Distance above it in errors, and its one-sided p-value, one per group.
    tau2
        Variance between groups that no chance explains, allowed for in `z`.
    """

    target: float
    z: Floats
    p_value: Floats
    tau2: float


def above_peers(
    means: Numbers, errors: Numbers, *, share: float = 0.1, least: int = 5
) -> AbovePeers | Refusal:
    """Test every group for lying above the median of all.

    Parameters
    ----------
    means, errors
        Estimate and standard error > 0 of each group.
    share
        Part of the groups at either end that does not enter the estimate of over-dispersion.
    least
        Groups needed: with fewer, none can be told from the spread of all.

    Notes
    -----
    A funnel with additive over-dispersion (Spiegelhalter 2005, Statistics in Medicine 24:1185-1202).
    """
    from scipy.special import ndtr

    values, spread = as_floats(means), as_floats(errors)
    if len(values) < least:
        return Refusal(f"Fewer than {counted(least, 'group')} can be compared.", "Look at a longer period.")
    target = float(np.median(values))
    dispersion = over_dispersion(values - target, spread, share=share, consistent=True)
    tau2 = 0.0 if isinstance(dispersion, Refusal) else dispersion.tau2
    z = adjusted_z(values - target, spread, tau2=tau2)
    return AbovePeers(target, z, np.asarray(ndtr(-z), dtype=np.float64), tau2)
