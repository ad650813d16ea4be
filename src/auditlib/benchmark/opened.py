"""`compare_evidence`: the comparison an audit's own thresholds ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from auditlib.benchmark.compare import compare
from auditlib.benchmark.result import BenchmarkResult
from auditlib.parameters.run import Thresholds
from auditlib.records import Instrument
from auditlib.statistics.funnel import Variant


class EvidenceLike(Protocol):
    """As much of the evidence as a comparison needs."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its tables."""
        ...

    @property
    def instruments(self) -> Mapping[str, Instrument] | Sequence[Instrument]:
        """Its survey types."""
        ...

    def cells(self) -> pd.DataFrame:
        """Return the counts in the audited period."""
        ...

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table."""
        ...


def compare_evidence(
    evidence: EvidenceLike,
    *,
    thresholds: Thresholds,
    statistic: str = "top_box",
    item: str = "",
    minimum_n: int = 0,
    variant: Variant = "winsorised",
    consistent: bool = True,
    seed: int = 0,
) -> BenchmarkResult:
    """Compare the units of the evidence, by responses where there are any, by published figures otherwise.

    Parameters
    ----------
    thresholds
        Of the run: minimum n, minimum cell, confidence.
    minimum_n
        Answers needed for a verdict; 0 takes the run's own threshold.

    See Also
    --------
    compare : what the other parameters mean.
    """
    instruments = evidence.instruments
    given = tuple(instruments.values()) if isinstance(instruments, Mapping) else tuple(instruments)
    aggregates = evidence.frame("aggregates") if "aggregates" in evidence.tables else None
    return compare(
        evidence.cells(),
        given,
        units=evidence.frame("units"),
        aggregates=aggregates,
        statistic=statistic,
        item=item,
        minimum_n=minimum_n or thresholds.minimum_n,
        minimum_cell=thresholds.minimum_cell,
        confidence=thresholds.confidence,
        variant=variant,
        consistent=consistent,
        seed=seed,
    )
