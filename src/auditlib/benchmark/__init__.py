"""Units compared on satisfaction, with what chance and over-dispersion explain set apart.

`compare` gives one `Comparison` per survey type, gathered in a `BenchmarkResult`. A unit is called
higher or lower only where chance and over-dispersion do not explain its distance from the others;
the order of units is never the answer.
"""

from auditlib.benchmark.agreement import Agreement, agreement
from auditlib.benchmark.compare import compare
from auditlib.benchmark.comparisons import BenchmarkResult
from auditlib.benchmark.contradiction import Contradiction, contradictions
from auditlib.benchmark.mix import adjusted_scores, count_mix
from auditlib.benchmark.opened import compare_evidence, contradictions_in
from auditlib.benchmark.places import Places
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import STATISTICS, Measure, Statistic, UnitScores, from_aggregates, from_cells
from auditlib.benchmark.verdicts import Judgement, Verdict, judge

__all__ = [
    "STATISTICS",
    "Agreement",
    "BenchmarkResult",
    "Comparison",
    "Contradiction",
    "Judgement",
    "Measure",
    "Places",
    "Statistic",
    "UnitScores",
    "Verdict",
    "adjusted_scores",
    "agreement",
    "compare",
    "compare_evidence",
    "contradictions",
    "contradictions_in",
    "count_mix",
    "from_aggregates",
    "from_cells",
    "judge",
]
