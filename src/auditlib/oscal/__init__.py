"""A finished audit as five OSCAL documents that other systems import; no number is computed here.

What OSCAL cannot say stands in properties of our own namespace; `docs/oscal.md` lists them.
"""

from __future__ import annotations

from auditlib.oscal.audited import Audited, AuditedFinding
from auditlib.oscal.document import NAMESPACE, OSCAL_VERSION, Json

__all__ = ["NAMESPACE", "OSCAL_VERSION", "Audited", "AuditedFinding", "export"]


def export(audited: Audited) -> dict[str, Json]:
    """Return catalogue, profile, assessment plan, assessment results and plan of action, by file name.

    The same audit gives the same documents: identifiers are derived from names and content, and every
    date is the audit's own.

    Parameters
    ----------
    audited
        What a sealed run holds.

    Raises
    ------
    VerificationFailed
        Naming every reference to something that none of the documents holds.
    """
    from auditlib.oscal.catalogue import catalogue
    from auditlib.oscal.document import ACTIONS, CATALOGUE, PLAN, PROFILE, RESULTS
    from auditlib.oscal.plan import plan
    from auditlib.oscal.plan_of_action import actions
    from auditlib.oscal.profile import profile
    from auditlib.oscal.references import check_references
    from auditlib.oscal.results import results

    documents = {
        CATALOGUE: catalogue(audited.edition, as_of=audited.run.as_of),
        PROFILE: profile(audited),
        PLAN: plan(audited),
        RESULTS: results(audited),
        ACTIONS: actions(audited),
    }
    check_references(documents, files=audited.addresses)
    return documents
