"""Units compared on satisfaction, with what chance and over-dispersion could explain set apart.

`compare` gives one comparison per survey type. A unit is called higher or lower only where chance and
over-dispersion could not explain its distance from the others; the order of units is never the answer. The
other questions build on its answer, each in a module of its own.
"""

from auditlib.benchmark.agreement import agreement
from auditlib.benchmark.answer import BenchmarkAnswer, ComparisonAnswer, pictured
from auditlib.benchmark.compare import compare, compare_units
from auditlib.benchmark.contradiction import contradictions
from auditlib.benchmark.design import SampleSizes, Wishes, design, design_of
from auditlib.benchmark.groups import Groups, groups
from auditlib.benchmark.improving import improving
from auditlib.benchmark.outliers import OutlierStatus, judge
from auditlib.benchmark.over_time import OverTime, changes
from auditlib.benchmark.peers import peers
from auditlib.benchmark.result import BenchmarkResult, Comparison, ComparisonChoices
from auditlib.benchmark.scores import STATISTICS, ScoreMeasure, from_cells
from auditlib.benchmark.stability import Stability, outliers_followed
from auditlib.benchmark.subgroups import subgroups

__all__ = [
    "STATISTICS",
    "BenchmarkAnswer",
    "BenchmarkResult",
    "Comparison",
    "ComparisonAnswer",
    "ComparisonChoices",
    "Groups",
    "OutlierStatus",
    "OverTime",
    "SampleSizes",
    "ScoreMeasure",
    "Stability",
    "Wishes",
    "agreement",
    "changes",
    "compare",
    "compare_units",
    "contradictions",
    "design",
    "design_of",
    "from_cells",
    "groups",
    "improving",
    "judge",
    "outliers_followed",
    "peers",
    "pictured",
    "subgroups",
]
