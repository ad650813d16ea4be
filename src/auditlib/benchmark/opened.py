"""`compare_evidence`: the comparison an audit's own thresholds ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import narwhals as nw
import pandas as pd

from auditlib.benchmark.compare import compare
from auditlib.benchmark.comparisons import BenchmarkResult
from auditlib.benchmark.contradiction import Contradiction, contradictions
from auditlib.benchmark.mix import count_mix, unknown_adjusters
from auditlib.parameters.run import Thresholds
from auditlib.records import Instrument, Refusal
from auditlib.statistics.funnel import Variant


class ScoreEvidence(Protocol):
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

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return a table that is computed where it is stored."""
        ...

    def frame(self, table: str) -> pd.DataFrame:
        """Return a table."""
        ...


def compare_evidence(
    evidence: ScoreEvidence,
    *,
    thresholds: Thresholds,
    statistic: str = "top_box",
    item: str = "",
    survey_type: str = "",
    minimum_n: int = 0,
    variant: Variant = "winsorised",
    consistent: bool = True,
    adjust_for: Sequence[str] = (),
    seed: int = 0,
) -> BenchmarkResult:
    """Compare the units of the evidence, by responses where there are any, by published figures otherwise.

    Parameters
    ----------
    thresholds
        Of the run: minimum n, minimum cell, confidence.
    minimum_n
        Answers needed for a verdict; 0 takes the run's own threshold.

    adjust_for
        Columns of the responses that describe the case mix; empty compares units as they are.

    See Also
    --------
    compare : what the other parameters mean.
    """
    given = _instruments(evidence)
    if not given:
        return compare(pd.DataFrame(), given, units=pd.DataFrame())
    aggregates = evidence.frame("aggregates") if "aggregates" in evidence.tables else None
    return compare(
        evidence.cells(),
        given,
        units=register_of(evidence),
        aggregates=aggregates,
        mix=_mix(evidence, adjust_for, item),
        statistic=statistic,
        item=item,
        survey_type=survey_type,
        minimum_n=minimum_n or thresholds.minimum_n,
        minimum_cell=thresholds.minimum_cell,
        confidence=thresholds.confidence,
        variant=variant,
        consistent=consistent,
        seed=seed,
    )


def register_of(evidence: ScoreEvidence) -> pd.DataFrame:
    """Return the register of units; without one, the units that answers or published figures name."""
    if "units" in evidence.tables:
        return evidence.frame("units")
    named = set(evidence.cells()["unit_id"].astype(str))
    if "aggregates" in evidence.tables:
        named |= set(evidence.frame("aggregates")["unit_id"].astype(str))
    return pd.DataFrame({"unit_id": sorted(named)})


def _mix(evidence: ScoreEvidence, adjust_for: Sequence[str], item: str) -> pd.DataFrame | Refusal | None:
    if not adjust_for:
        return None
    if "responses" not in evidence.tables:
        return pd.DataFrame()
    unknown = unknown_adjusters(evidence.lazy("responses"), adjust_for)
    if unknown is not None:
        return unknown
    return count_mix(evidence.lazy("responses"), _instruments(evidence), adjusters=adjust_for, item=item)


def contradictions_in(evidence: ScoreEvidence, *, thresholds: Thresholds) -> tuple[Contradiction, ...]:
    """Compare the survey types of the evidence on the same accounts; says why where that cannot be done."""
    instruments = _instruments(evidence)
    if len(instruments) < 2 or "responses" not in evidence.tables:
        why = Refusal(
            "contradiction on the same accounts needs responses to two survey types, with their accounts."
        )
        pair = (instruments[0].survey_type if instruments else "any", "other")
        return (Contradiction(pair, 0, pd.DataFrame(), thresholds.confidence, why),)
    return contradictions(
        evidence.lazy("responses"),
        instruments,
        confidence=thresholds.confidence,
        minimum_cell=thresholds.minimum_cell,
    )


def _instruments(evidence: ScoreEvidence) -> tuple[Instrument, ...]:
    given = evidence.instruments
    return tuple(given.values()) if isinstance(given, Mapping) else tuple(given)
