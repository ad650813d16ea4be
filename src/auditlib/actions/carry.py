"""Actions of the audit before and findings of this one, brought together by fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from auditlib.actions.register import Action, State
from auditlib.records import Refusal

GRADES = ("major", "minor", "opportunity")
AGAIN = "Raised again although the action was {state}: accepted anew."
GONE = "Not raised in this audit: its effect can be verified."
NOT_EXAMINED = "Not examined in this audit: its effect cannot be verified."
OVERDUE = "Overdue."
NO_DRIVERS = Refusal(
    "Whether actions cover the main drivers of dissatisfaction was not examined: no drivers were estimated.",
    "Compare the register with the drivers once an audit estimates them.",
)


@dataclass(frozen=True, slots=True)
class Raised:
    """A finding as the register needs it.

    `state` is that of ``findings.json``: new, unchanged, resolved or not_examined.
    """

    fingerprint: str
    grade: str
    criterion: str
    subject: str
    condition: str
    state: str

    @property
    def stands(self) -> bool:
        """Whether it was raised in this audit."""
        return self.state in ("new", "unchanged")


@dataclass(frozen=True, slots=True)
class Plan:
    """The register after this audit."""

    actions: tuple[Action, ...]
    findings: tuple[Raised, ...]
    day: date

    @property
    def uncovered(self) -> tuple[Raised, ...]:
        """Findings of this audit without an action that somebody has accepted."""
        covered = {action.fingerprint for action in self.actions if action.settled}
        return tuple(one for one in self.findings if one.stands and one.fingerprint not in covered)

    @property
    def overdue(self) -> tuple[Action, ...]:
        """Actions that should have been implemented before the day of the audit."""
        return tuple(action for action in self.actions if action.overdue(self.day))

    def summary(self) -> tuple[str, ...]:
        """Return in sentences how far the actions have come."""
        counts = {state: sum(action.state is state for action in self.actions) for state in State}
        majors = sum(one.grade == "major" for one in self.uncovered)
        return (
            ", ".join(f"{count} {state.value}" for state, count in counts.items()) + ".",
            f"{len(self.uncovered)} findings have no accepted action, {majors} of them major.",
            f"{len(self.overdue)} actions are overdue on {self.day.isoformat()}.",
            f"{NO_DRIVERS.reason} {NO_DRIVERS.remedy}",
        )


def carry(
    findings: Sequence[Raised], current: Sequence[Action], before: Sequence[Action], *, day: date
) -> Plan:
    """Bring the register up to this audit.

    Parameters
    ----------
    findings
        All of ``findings.json``, those of the audit before included.
    current
        Actions already in this audit's register; they win over those of `before`.
    before
        Actions of the audit before.
    day
        Day of the audit.

    Notes
    -----
    An action of the audit before whose finding is raised again did not work, whatever it said: implemented
    and verified ones go back to accepted. A finding without any action gets a proposed one to fill in.
    """
    known = {(action.fingerprint, action.number) for action in current}
    by_finding = {one.fingerprint: one for one in findings}
    brought = [
        _brought(action, by_finding.get(action.fingerprint))
        for action in before
        if (action.fingerprint, action.number) not in known
    ]
    kept = [_told(action, by_finding) for action in (*current, *brought)]
    have = {action.fingerprint for action in kept}
    fresh = [_proposed(one) for one in findings if one.stands and one.fingerprint not in have]
    dated = [_dated(action, day) for action in (*kept, *fresh)]
    return Plan(tuple(sorted(dated, key=_order)), tuple(findings), day)


def _brought(action: Action, finding: Raised | None) -> Action:
    """Return an action of the audit before: open again where its finding was raised again."""
    if finding is None or not finding.stands or action.state not in (State.IMPLEMENTED, State.VERIFIED):
        return replace(action, remark="")
    return replace(action, state=State.ACCEPTED, remark=AGAIN.format(state=action.state.value))


def _told(action: Action, findings: Mapping[str, Raised]) -> Action:
    """Return an action with the finding as it is worded now, and what became of it."""
    finding = findings.get(action.fingerprint)
    if finding is None or not finding.stands:
        known = finding is None or finding.state == "not_examined"
        return replace(action, remark=NOT_EXAMINED if known else GONE)
    stays = action.remark if action.remark.startswith(AGAIN.partition("{")[0]) else ""
    return replace(
        action,
        grade=finding.grade,
        criterion=finding.criterion,
        subject=finding.subject,
        condition=finding.condition,
        remark=stays.removesuffix(OVERDUE).rstrip(),
    )


def _proposed(finding: Raised) -> Action:
    return Action(
        finding.fingerprint, 1, finding.grade, finding.criterion, finding.subject, finding.condition
    )


def _dated(action: Action, day: date) -> Action:
    return replace(action, remark=f"{action.remark} {OVERDUE}".strip()) if action.overdue(day) else action


def _order(action: Action) -> tuple[int, str, str, str, int]:
    place = GRADES.index(action.grade) if action.grade in GRADES else len(GRADES)
    return place, action.criterion, action.subject, action.fingerprint, action.number


def verified_although_raised(actions: Iterable[Action], findings: Iterable[Raised]) -> tuple[Action, ...]:
    """Return actions said to be verified effective whose finding this very audit raises."""
    standing = {one.fingerprint for one in findings if one.stands}
    return tuple(
        action for action in actions if action.state is State.VERIFIED and action.fingerprint in standing
    )
