"""Which test can be believed with this many clusters, and when none can."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from auditlib.records import Refusal
from auditlib.statements import counted
from auditlib.statistics.adoption import Ints
from auditlib.statistics.randomisation import smallest_p


class Method(StrEnum):
    """How an estimate is tested."""

    JACKKNIFE = "jackknife"
    """Errors from leaving out one cluster at a time, judged by t with G - 1 degrees of freedom."""
    BOOTSTRAP = "wild_bootstrap"
    """Restricted wild cluster bootstrap."""
    RANDOMISATION = "randomisation"
    """Dealing the adoption dates anew."""


MANY = 20
"""Clusters on the smaller side (adopted, not adopted) from which jackknife errors hold their level whatever
the number on the other side."""
EVEN = 0.4
"""Share of the smaller side from which they hold it with fewer clusters. On uneven designs they reject a true
null in up to 9 of 100 panels (8 of 50 clusters), where the restricted bootstrap holds 5."""
FEWEST = 4
"""Clusters on the smaller side below which no error by cluster can be trusted; on an uneven design the
bootstrap needs one more."""
FEWEST_IN_ALL = 8
"""Clusters in all below which none can."""
ATTAINABLE = 0.02
"""A randomisation test is used if its smallest p-value is at most this, for a test at 5 %."""


@dataclass(frozen=True, slots=True)
class ClusterDesign:
    """Clusters of a design.

    Parameters
    ----------
    clusters, treated
        All clusters, and those that adopt within the panel.
    smallest
        Smallest p-value of a randomisation test.
    """

    clusters: int
    treated: int
    smallest: float


def design_of(pattern: Ints, *, never: int) -> ClusterDesign:
    """Describe the assignment of adoption dates (`never` and above: none) to clusters."""
    dates = np.minimum(pattern, never)
    return ClusterDesign(len(dates), int((dates < never).sum()), smallest_p(dates))


def recommend(design: ClusterDesign) -> Method | Refusal:
    """Name the test for a design, or say why there is none.

    With few clusters on one side, errors by cluster rest on those few and reject a true null far too often
    (MacKinnon and Webb 2018, doi 10.1111/ectj.12107); a randomisation test needs enough different
    assignments. The limits above are those at which each test rejected a true null in 3 to 7 of 100
    simulated panels at nominal 5 %; ``python -m benchmarks compensation`` prints the table.
    """
    smaller = min(design.treated, design.clusters - design.treated)
    even = smaller >= EVEN * design.clusters
    if design.clusters >= FEWEST_IN_ALL and (smaller >= MANY or (even and smaller >= FEWEST)):
        return Method.JACKKNIFE
    if design.clusters >= FEWEST_IN_ALL and smaller > FEWEST:
        return Method.BOOTSTRAP
    if design.treated >= 2 and smaller >= 1 and design.smallest <= ATTAINABLE:
        return Method.RANDOMISATION
    return Refusal(
        f"The effect cannot be tested: of {counted(design.clusters, 'cluster')} {design.treated} "
        "adopted, and dealing "
        f"the dates anew cannot give a p-value below {design.smallest:.3f}.",
        "Wait until more clusters have adopted, or assign pay in smaller groups.",
    )
