"""Which findings the register of actions closes (A15): a minor by a plan, a major by a verified fix.

Conventions
-----------
- An accepted action has one owner, a type and a due day, or the register is refused. It closes a minor as
  long as no accepted action on it is overdue. A plan that did not work, so that its finding was raised again,
  closes nothing: another one is needed.
- A fix is verified by a retest. A finding that is raised was retested and stands: nothing closes a major that
  this audit raises. One of the audit before that was not examined now is closed by a fix that is verified
  effective and names a number of this audit as its proof.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from auditlib.actions.carry import AGAIN, RegisteredFinding
from auditlib.actions.register import Action, State

_AGAIN = AGAIN.partition("{")[0]


def closed_by(
    actions: Sequence[Action], findings: Sequence[RegisteredFinding], *, day: date, recorded: Collection[str]
) -> frozenset[str]:
    """Return the fingerprints of the majors and minors that `actions` close.

    Parameters
    ----------
    actions
        The register, carried on to this audit.
    findings
        Those of this audit, and those of the audit before that were not examined.
    day
        Day of the audit.
    recorded
        Keys of the numbers this audit recorded, as ``notebook/key``.
    """
    return frozenset(
        finding.fingerprint
        for finding in findings
        if _closes(
            [action for action in actions if action.fingerprint == finding.fingerprint],
            finding,
            day,
            recorded,
        )
    )


def _closes(
    actions: Sequence[Action], finding: RegisteredFinding, day: date, recorded: Collection[str]
) -> bool:
    if finding.grade == "minor":
        accepted = [action for action in actions if action.settled and not action.remark.startswith(_AGAIN)]
        return bool(accepted) and not any(action.overdue(day) for action in actions)
    if finding.grade != "major" or finding.stands:
        return False
    return any(action.state is State.VERIFIED and proves(action.proof, recorded) for action in actions)


def proves(proof: str, recorded: Collection[str]) -> bool:
    """Return whether a proof names a number that this audit recorded."""
    return any(word.strip(".,;()[]'\"") in recorded for word in proof.split())
