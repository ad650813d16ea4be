"""Recorded results become the documents that are handed over; no number is computed here."""

from __future__ import annotations

from pathlib import Path

__all__ = ["render"]


def render(directory: Path) -> str:
    """Return the report of the run in `directory` as one self-contained page of HTML.

    The page loads nothing, runs nothing and carries no date but those of the audit: the same results
    give the same bytes.

    Parameters
    ----------
    directory
        Folder of a run: parameters/, evidence/, results/, exhibits/.

    Raises
    ------
    VerificationFailed
        Where results do not have their published shape, a figure is not the recorded one, or a number
        is stated without a reference.
    """
    from auditlib.report.document import compose, to_html
    from auditlib.report.facts import read_facts
    from auditlib.report.findings import read_states
    from auditlib.report.plan import read_actions
    from auditlib.report.reading import in_order, read_findings, read_results

    facts = read_facts(directory)
    states = read_states(directory, items=facts.items)
    recorded = in_order(read_results(directory), facts.run)
    findings = read_findings(directory, recorded)
    return to_html(compose(recorded, facts, states, findings=findings, actions=read_actions(directory)))
