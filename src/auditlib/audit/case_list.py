"""Findings list their first cases; where there are more, all of them are handed over in a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from auditlib.records import Finding

if TYPE_CHECKING:
    import pandas as pd

MOST_LISTED = 200
"""Cases that a finding lists itself."""


def bounded(finding: Finding) -> Finding:
    """Return `finding` with its first cases, and the number of all where there are more."""
    if len(finding.cases) <= MOST_LISTED:
        return finding
    return replace(finding, cases=finding.cases[:MOST_LISTED], cases_in_all=len(finding.cases))


def case_rows(findings: Sequence[Finding]) -> pd.DataFrame | None:
    """Return every case of the findings that have more than they list; None where there is none.

    Parameters
    ----------
    findings
        With their fingerprints, and with all their cases.

    Returns
    -------
    DataFrame
        ``fingerprint, criterion, table, id, unit, words``, in the order of the finding: worst first.
    """
    import pandas as pd

    rows = [
        {"fingerprint": finding.fingerprint, "criterion": finding.criterion, **asdict(case)}
        for finding in findings
        if len(finding.cases) > MOST_LISTED
        for case in finding.cases
    ]
    return pd.DataFrame(rows) if rows else None
