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
from auditlib.benchmark.outliers import judge
from auditlib.benchmark.peers import peers
from auditlib.benchmark.result import BenchmarkResult, Comparison, ComparisonChoices
from auditlib.benchmark.scores import STATISTICS, ScoreMeasure, from_cells
from auditlib.benchmark.subgroups import subgroups
from auditlib.statistics.outlier_verdicts import OutlierStatus

__all__ = [
    "STATISTICS",
    "BenchmarkAnswer",
    "BenchmarkResult",
    "Comparison",
    "ComparisonAnswer",
    "ComparisonChoices",
    "Groups",
    "OutlierStatus",
    "SampleSizes",
    "ScoreMeasure",
    "Wishes",
    "agreement",
    "compare",
    "compare_units",
    "contradictions",
    "design",
    "design_of",
    "from_cells",
    "groups",
    "judge",
    "peers",
    "pictured",
    "subgroups",
]
