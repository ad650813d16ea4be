"""Units compared on satisfaction, with what chance and over-dispersion could explain set apart.

`compare` gives one comparison per survey type. A unit is called higher or lower only where chance and
over-dispersion could not explain its distance from the others; the order of units is never the answer. The
other questions build on its answer, each in a module of its own.
"""

from auditlib.benchmark.agreement import Agreement, AgreementAnswer, agree, agreement
from auditlib.benchmark.answer import BenchmarkAnswer, ComparisonAnswer, pictured, side_by_side
from auditlib.benchmark.compare import compare, compare_units, estimate
from auditlib.benchmark.contradiction import (
    Contradiction,
    ContradictionAnswer,
    contradicting,
    contradictions,
)
from auditlib.benchmark.design import SampleSizes, Wishes, design, design_of
from auditlib.benchmark.findings import findings_of
from auditlib.benchmark.groups import Groups, GroupsAnswer, compare_groups, groups
from auditlib.benchmark.improving import Course, Improving, ImprovingAnswer, improving
from auditlib.benchmark.matched_change import MatchedChange
from auditlib.benchmark.mix import adjusted_scores, count_mix
from auditlib.benchmark.outliers import OutlierJudgement, OutlierStatus, judge
from auditlib.benchmark.over_time import OverTime, OverTimeAnswer, changes, over_time
from auditlib.benchmark.peers import Peers, PeersAnswer, compare_peers, peers
from auditlib.benchmark.periods import ScoredPeriod
from auditlib.benchmark.rank_sets import ComparedRanks
from auditlib.benchmark.result import BenchmarkResult, Comparison, ComparisonChoices
from auditlib.benchmark.scores import (
    STATISTICS,
    ScoreMeasure,
    Statistic,
    UnitScores,
    from_aggregates,
    from_cells,
)
from auditlib.benchmark.stability import Stability, StabilityAnswer, outliers_followed, stability
from auditlib.benchmark.subgroups import Subgroups, SubgroupsAnswer, compare_subgroups, subgroups

__all__ = [
    "STATISTICS",
    "Agreement",
    "AgreementAnswer",
    "BenchmarkAnswer",
    "BenchmarkResult",
    "ComparedRanks",
    "Comparison",
    "ComparisonAnswer",
    "ComparisonChoices",
    "Contradiction",
    "ContradictionAnswer",
    "Course",
    "Groups",
    "GroupsAnswer",
    "Improving",
    "ImprovingAnswer",
    "MatchedChange",
    "OutlierJudgement",
    "OutlierStatus",
    "OverTime",
    "OverTimeAnswer",
    "Peers",
    "PeersAnswer",
    "SampleSizes",
    "ScoreMeasure",
    "ScoredPeriod",
    "Stability",
    "StabilityAnswer",
    "Statistic",
    "Subgroups",
    "SubgroupsAnswer",
    "UnitScores",
    "Wishes",
    "adjusted_scores",
    "agree",
    "agreement",
    "changes",
    "compare",
    "compare_groups",
    "compare_peers",
    "compare_subgroups",
    "compare_units",
    "contradicting",
    "contradictions",
    "count_mix",
    "design",
    "design_of",
    "estimate",
    "findings_of",
    "from_aggregates",
    "from_cells",
    "groups",
    "improving",
    "judge",
    "outliers_followed",
    "over_time",
    "peers",
    "pictured",
    "side_by_side",
    "stability",
    "subgroups",
]
