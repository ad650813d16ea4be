"""Actions of the audit before and findings of this one, brought together by fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from auditlib.actions.register import Action, State
from auditlib.records import Refusal
from auditlib.statements import counted

GRADES = ("major", "minor", "opportunity")
AGAIN = "Raised again although the action was {state}: accepted anew."
GONE = "Not raised in this audit: its effect can be verified."
NOT_EXAMINED = "Not examined in this audit: its effect cannot be verified."
OVERDUE = "Overdue."
NO_DRIVERS = Refusal(
    "Whether actions cover the main drivers of dissatisfaction was not examined: no drivers were estimated.",
    "Let the audit run 09_drivers.",
)
NONE_AGREED = (
    "No action is agreed yet: once actions, their owners, types and due dates are entered into the register "
    "that auditlib actions writes, the next run takes them in."
)


@dataclass(frozen=True, slots=True)
class RegisteredFinding:
    """A finding as the register needs it.

    `state` is that of ``findings.json``: new, unchanged, resolved or not_examined. `parts` are the findings
    that are part of it: fingerprint and subject of each.
    """

    fingerprint: str
    grade: str
    criterion: str
    subject: str
    condition: str
    state: str
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def subjects(self) -> tuple[str, ...]:
        """What it is about: its subject, and those of its parts."""
        return (self.subject, *(subject for _, subject in self.parts))

    @property
    def names(self) -> tuple[str, ...]:
        """The fingerprints it is known by: its own, and those of its parts."""
        return (self.fingerprint, *(fingerprint for fingerprint, _ in self.parts))

    @property
    def stands(self) -> bool:
        """Whether it was raised in this audit."""
        return self.state in ("new", "unchanged")


@dataclass(frozen=True, slots=True)
class MainDriver:
    """A main driver of dissatisfaction as the register needs it.

    Parameters
    ----------
    name
        For example ``cause:slow_response``.
    covered
        Whether an action in the party's own register of fixes covers it.
    fingerprint
        The finding that it is not covered; empty where there is none.
    """

    name: str
    covered: bool
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class CarriedRegister:
    """The register after this audit.

    Parameters
    ----------
    actions, findings
        In the order of the register, and of ``findings.json``.
    day
        Day of the audit.
    drivers
        Main drivers, the first first; None where none were estimated, with the reason in `no_drivers`.
    """

    actions: tuple[Action, ...]
    findings: tuple[RegisteredFinding, ...]
    day: date
    drivers: tuple[MainDriver, ...] | None = None
    no_drivers: Refusal = NO_DRIVERS

    def on(self, fingerprint: str) -> tuple[Action, ...]:
        """Return the actions on a finding that somebody has accepted."""
        return tuple(
            action for action in self.actions if action.settled and action.fingerprint == fingerprint
        )

    @property
    def open_drivers(self) -> tuple[MainDriver, ...]:
        """Main drivers that neither the register of fixes nor an accepted action covers."""
        return tuple(
            driver for driver in self.drivers or () if not (driver.covered or self.on(driver.fingerprint))
        )

    @property
    def uncovered(self) -> tuple[RegisteredFinding, ...]:
        """Findings of this audit without an action that somebody has accepted."""
        covered = {action.fingerprint for action in self.actions if action.settled}
        return tuple(
            finding for finding in self.findings if finding.stands and finding.fingerprint not in covered
        )

    @property
    def overdue(self) -> tuple[Action, ...]:
        """Actions that should have been implemented before the day of the audit."""
        return tuple(action for action in self.actions if action.overdue(self.day))

    def summary(self) -> tuple[str, ...]:
        """Return in sentences how far the actions have come."""
        counts = {state: sum(action.state is state for action in self.actions) for state in State}
        majors = sum(finding.grade == "major" for finding in self.uncovered)
        begun = any(action.begun for action in self.actions)
        open_ = counted(len(self.uncovered), "finding has", "findings have")
        uncovered = f"{open_} no accepted action, {majors} of them major."
        if self.actions and not begun:
            return NONE_AGREED, uncovered, self._driven()
        overdue = counted(len(self.overdue), "action is", "actions are")
        return (
            ", ".join(f"{count} {state.value}" for state, count in counts.items()) + ".",
            uncovered,
            f"{overdue} overdue on {self.day.isoformat()}.",
            self._driven(),
        )

    def _driven(self) -> str:
        """Say which main drivers no action covers."""
        if self.drivers is None:
            return f"{self.no_drivers.reason} {self.no_drivers.remedy}".strip()
        if not self.drivers:
            return "No main driver of dissatisfaction could be named."
        names = ", ".join(driver.name.partition(":")[2].replace("_", " ") for driver in self.open_drivers)
        covered = len(self.drivers) - len(self.open_drivers)
        sentence = (
            f"{covered} of {counted(len(self.drivers), 'main driver')} of dissatisfaction are covered "
            "by an action"
        )
        return f"{sentence}; not covered: {names}." if names else f"{sentence}."


def carry(
    findings: Sequence[RegisteredFinding],
    current: Sequence[Action],
    before: Sequence[Action],
    *,
    day: date,
    drivers: tuple[MainDriver, ...] | None = None,
    no_drivers: Refusal = NO_DRIVERS,
) -> CarriedRegister:
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
    drivers, no_drivers
        Main drivers of dissatisfaction, or why there are none.

    Notes
    -----
    An action of the audit before whose finding is raised again did not work, whatever it said: implemented
    and verified ones go back to accepted. A finding without any action gets a proposed one to fill in.
    """
    current, before = (_readdressed(register, findings) for register in (current, before))
    carried = {(action.fingerprint, action.number) for action in current}
    by_finding = {finding.fingerprint: finding for finding in findings}
    brought = [
        _brought(action, by_finding.get(action.fingerprint))
        for action in before
        if (action.fingerprint, action.number) not in carried
    ]
    actions = [_remarked(action, by_finding) for action in (*current, *brought)]
    have = {action.fingerprint for action in actions}
    fresh = [_proposed(finding) for finding in findings if finding.stands and finding.fingerprint not in have]
    dated = [_dated(action, day) for action in (*actions, *fresh)]
    return CarriedRegister(tuple(sorted(dated, key=_order)), tuple(findings), day, drivers, no_drivers)


def _readdressed(actions: Sequence[Action], findings: Sequence[RegisteredFinding]) -> Sequence[Action]:
    """Return actions on what is part of a finding now as actions on that finding, numbered on."""
    whole = {
        part: finding.fingerprint
        for finding in findings
        for part, _ in finding.parts
        if part != finding.fingerprint
    }
    numbers: dict[str, int] = {}
    for action in actions:
        numbers[action.fingerprint] = max(action.number, numbers.get(action.fingerprint, 0))
    moved = []
    for action in actions:
        lead = whole.get(action.fingerprint)
        if lead is None:
            moved.append(action)
            continue
        numbers[lead] = numbers.get(lead, 0) + 1
        moved.append(replace(action, fingerprint=lead, number=numbers[lead]))
    return moved


def _brought(action: Action, finding: RegisteredFinding | None) -> Action:
    """Return an action of the audit before: open again where its finding was raised again."""
    if finding is None or not finding.stands or action.state not in (State.IMPLEMENTED, State.VERIFIED):
        return replace(action, remark="")
    return replace(action, state=State.ACCEPTED, remark=AGAIN.format(state=action.state.value))


def _remarked(action: Action, findings: Mapping[str, RegisteredFinding]) -> Action:
    """Return an action with the finding as it is worded now, and what became of it."""
    finding = findings.get(action.fingerprint)
    if finding is None or not finding.stands:
        unexamined = finding is None or finding.state == "not_examined"
        return replace(action, remark=NOT_EXAMINED if unexamined else GONE)
    stays = action.remark if action.remark.startswith(AGAIN.partition("{")[0]) else ""
    return replace(
        action,
        grade=finding.grade,
        criterion=finding.criterion,
        subject=finding.subject,
        condition=finding.condition,
        remark=stays.removesuffix(OVERDUE).rstrip(),
    )


def _proposed(finding: RegisteredFinding) -> Action:
    return Action(
        finding.fingerprint, 1, finding.grade, finding.criterion, finding.subject, finding.condition
    )


def _dated(action: Action, day: date) -> Action:
    return replace(action, remark=f"{action.remark} {OVERDUE}".strip()) if action.overdue(day) else action


def _order(action: Action) -> tuple[int, str, str, str, int]:
    place = GRADES.index(action.grade) if action.grade in GRADES else len(GRADES)
    return place, action.criterion, action.subject, action.fingerprint, action.number


def verified_although_raised(
    actions: Iterable[Action], findings: Iterable[RegisteredFinding]
) -> tuple[Action, ...]:
    """Return actions said to be verified effective whose finding this very audit raises."""
    standing = {name for finding in findings if finding.stands for name in finding.names}
    return tuple(
        action for action in actions if action.state is State.VERIFIED and action.fingerprint in standing
    )
