"""Whether every subject of the standard becomes better: the room of improvement, given what is demanded."""

from __future__ import annotations

from pathlib import Path

from auditlib import improvement
from auditlib.audit.opening import project_root
from auditlib.audit.standard import demands_of, measures, read_edition
from auditlib.benchmark import BenchmarkAnswer
from auditlib.improvement import SubjectAnswer
from auditlib.parameters.engagement import Engagement
from auditlib.statements import Unanswered


def subjects(engagement: Engagement, compared: BenchmarkAnswer) -> tuple[SubjectAnswer | Unanswered, ...]:
    """Answer for each subject of the run's own edition whether it becomes better.

    Parameters
    ----------
    compared
        The answer of `benchmark.compare`.
    """
    run, root = engagement.run, project_root(Path.cwd())
    demands = demands_of(read_edition(run.standard, root=root), run, root=root, profile=run.profile)
    criteria = [entry for entry in demands.edition.criteria if entry.id not in demands.exemptions]
    return improvement.subjects(engagement, compared, criteria=criteria, measures=measures())
