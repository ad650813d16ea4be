"""What a question is put to: the run, its evidence, and the policies the run names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditlib.contracts import CanonicalTables
from auditlib.parameters.run import Run


@dataclass(frozen=True, eq=False)
class Engagement:
    """One audit as a room sees it.

    Parameters
    ----------
    run
        What the audit chose.
    evidence
        Its canonical tables.
    texts
        The policies the run names and the calendars, by their path in params/.
    """

    run: Run
    evidence: CanonicalTables
    texts: Mapping[str, str] = field(default_factory=dict)
