"""Units compared on satisfaction, with what chance and over-dispersion could explain set apart.

`compare` gives one `Comparison` per survey type, gathered in a `BenchmarkResult`. A unit is called
higher or lower only where chance and over-dispersion could not explain its distance from the others;
the order of units is never the answer.
"""

from auditlib.benchmark.agreement import Agreement, agreement
from auditlib.benchmark.answers import Kinds, kinds
from auditlib.benchmark.compare import compare
from auditlib.benchmark.comparisons import BenchmarkResult
from auditlib.benchmark.contradiction import Contradiction, contradictions
from auditlib.benchmark.design import SampleSizes, Wishes, design, design_of
from auditlib.benchmark.findings import findings_of
from auditlib.benchmark.groups import Groups, groups
from auditlib.benchmark.improving import Course, Improving, MatchedChange
from auditlib.benchmark.mix import adjusted_scores, count_mix
from auditlib.benchmark.opened import compare_evidence, contradictions_in
from auditlib.benchmark.opened_more import (
    changes_in,
    groups_in,
    improving_in,
    kinds_in,
    outliers_followed_in,
    peers_in,
)
from auditlib.benchmark.over_time import OverTime, over_time
from auditlib.benchmark.peers import Peers, peers
from auditlib.benchmark.places import ComparedRanks
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.scores import (
    STATISTICS,
    ScoreMeasure,
    Statistic,
    UnitScores,
    from_aggregates,
    from_cells,
)
from auditlib.benchmark.side_by_side import side_by_side
from auditlib.benchmark.stability import Spell, Stability, stability
from auditlib.benchmark.unanswered import UnansweredComparison, answered, pictured
from auditlib.benchmark.verdicts import OutlierJudgement, OutlierStatus, judge

__all__ = [
    "STATISTICS",
    "Agreement",
    "BenchmarkResult",
    "ComparedRanks",
    "Comparison",
    "Contradiction",
    "Course",
    "Groups",
    "Improving",
    "Kinds",
    "MatchedChange",
    "OutlierJudgement",
    "OutlierStatus",
    "OverTime",
    "Peers",
    "SampleSizes",
    "ScoreMeasure",
    "Spell",
    "Stability",
    "Statistic",
    "UnansweredComparison",
    "UnitScores",
    "Wishes",
    "adjusted_scores",
    "agreement",
    "answered",
    "changes_in",
    "compare",
    "compare_evidence",
    "contradictions",
    "contradictions_in",
    "count_mix",
    "design",
    "design_of",
    "findings_of",
    "from_aggregates",
    "from_cells",
    "groups",
    "groups_in",
    "improving_in",
    "judge",
    "kinds",
    "kinds_in",
    "outliers_followed_in",
    "over_time",
    "peers",
    "peers_in",
    "pictured",
    "side_by_side",
    "stability",
]
