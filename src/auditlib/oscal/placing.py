"""Where each finding belongs: on a criterion, on the decision rule, or beside the standard.

OSCAL ties a finding to a control. What an audit finds beside the standard (say, data that cannot be
relied on) has no control and becomes an observation of type ``finding``.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.oscal.audited import CONCLUDED, Audited, AuditedFinding
from auditlib.oscal.catalogue import DECISION, statement_id
from auditlib.oscal.document import identify
from auditlib.records import Grade

_RULES = {"minors": "minors", "process-results": "mismatch"}
"""First words of findings about the decision rule, and the item of its statement each is about."""


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding with the identifiers of what it becomes.

    Parameters
    ----------
    criterion
        Id of the criterion it is about; empty elsewhere.
    statement
        Id of the statement of the decision rule it is about; empty elsewhere.
    observation, finding, risk
        Identifiers; `finding` is empty where OSCAL has no control to tie it to, `risk` for opportunities.
    """

    raised: AuditedFinding
    criterion: str
    statement: str
    observation: str
    finding: str
    risk: str

    @property
    def separate(self) -> bool:
        """Whether its observation speaks of nothing but this finding."""
        return not self.criterion and not self.statement


def placed(audited: Audited) -> tuple[PlacedFinding, ...]:
    """Return every finding in its place, in their order."""
    concluded = {criterion.id: criterion.outcome in CONCLUDED for criterion in audited.judged}
    return tuple(_place(audited, finding, concluded) for finding in audited.raised)


def _place(audited: Audited, raised: AuditedFinding, concluded: dict[str, bool]) -> PlacedFinding:
    name = raised.finding.criterion.partition(":")[0]
    keys = (raised.notebook, raised.finding.fingerprint)
    heavy = raised.finding.grade is not Grade.OPPORTUNITY
    risk = identify("risk", audited.run.party.name, *keys) if heavy else ""
    judging = audited.judge and raised.notebook in (audited.judge, audited.decider)
    by_standard = bool(judging) and raised.current
    if by_standard and name in concluded:
        finding = finding_uuid(audited, name) if concluded[name] else ""
        return PlacedFinding(raised, name, "", observation_uuid(audited, name), finding, risk)
    if by_standard and (item := next((_RULES[words] for words in _RULES if name.startswith(words)), "")):
        observation = observation_uuid(audited, DECISION)
        return PlacedFinding(
            raised, "", statement_id(DECISION, item), observation, finding_uuid(audited, *keys), risk
        )
    return PlacedFinding(raised, "", "", observation_uuid(audited, *keys), "", risk)


def observation_uuid(audited: Audited, *names: str) -> str:
    """Return the identifier of the observation of a control, or of a finding."""
    return identify("observation", audited.run.audit, *names)


def finding_uuid(audited: Audited, *names: str) -> str:
    """Return the identifier of the finding on a control, or of one of the rule's own."""
    return identify("finding", audited.run.audit, *names)
