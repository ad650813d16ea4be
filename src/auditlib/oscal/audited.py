"""What an export is made from: one finished audit, read and proved intact by the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote

from auditlib.actions.register import Action
from auditlib.parameters.run import Run
from auditlib.records import Finding, Outcome, Sentence
from auditlib.standards.decision import RECORDED
from auditlib.standards.document import VerdictCriterion, VerdictDocument
from auditlib.standards.edition import Edition
from auditlib.standards.profile import AbsenceModel, ProfileModel

CONCLUDED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)
"""Outcomes that say something about the operation; the others say why nothing can be said."""


@dataclass(frozen=True, slots=True)
class AuditedFinding:
    """A finding, the notebook that raised it, and its state against the audit before."""

    finding: Finding
    notebook: str
    state: Literal["new", "unchanged", "resolved", "not_examined"]

    @property
    def current(self) -> bool:
        """Whether this audit raised it, and not only the one before."""
        return self.state in ("new", "unchanged")


@dataclass(frozen=True, slots=True)
class Audited:
    """A finished audit.

    Parameters
    ----------
    run
        What the audit chose.
    run_file
        Path of the kept run file inside the run.
    edition, profile
        The standard the run names, as written, and the party's profile; None where it has none.
    verdict, judge
        The verdict and the notebook that gave it; None and empty where no standard was judged.
    questions, answers
        What each notebook asked and answered, by notebook.
    numbers
        Keys of the recorded numbers, as ``notebook/key``.
    raised
        All findings, heaviest first.
    agreed
        Corrective actions the run took in, by fingerprint of their finding; bare proposals left out.
    files
        SHA-256 of every file of the run, by its path inside the run.
    key, version
        Hash of everything the run depends on, and the version of the software.
    """

    run: Run
    run_file: str
    edition: Edition
    profile: ProfileModel | None
    verdict: VerdictDocument | None
    judge: str
    questions: Mapping[str, str]
    answers: Mapping[str, tuple[Sentence, ...]]
    numbers: frozenset[str]
    raised: tuple[AuditedFinding, ...]
    files: Mapping[str, str]
    key: str
    version: str
    agreed: Mapping[str, tuple[Action, ...]] = field(default_factory=dict)

    @property
    def decider(self) -> str:
        """Under what name the decision and its numbers are recorded."""
        return RECORDED if RECORDED in self.questions else self.judge

    @property
    def owners(self) -> tuple[str, ...]:
        """Accountable owners of actions, each once, in order of their names."""
        owners = {action.owner for actions in self.agreed.values() for action in actions}
        return tuple(sorted(owners - {""}))

    @property
    def unjudged(self) -> str:
        """Why no standard was judged; empty where one was."""
        if self.verdict is not None:
            return ""
        names = ", ".join(self.questions)
        return (
            f"No standard was judged: none of the notebooks of this audit ({names}) judges by one, so none "
            f"of the {len(self.edition.criteria)} criteria of {self.edition.name} has an outcome."
        )

    @property
    def judged(self) -> tuple[VerdictCriterion, ...]:
        """The criteria with their outcomes; none where no standard was judged."""
        return tuple(self.verdict.criteria) if self.verdict else ()

    @property
    def selected(self) -> tuple[str, ...]:
        """Ids of the criteria the profile leaves in force."""
        return tuple(name for name in self.edition.ids if name not in self.left_out)

    @property
    def left_out(self) -> Mapping[str, AbsenceModel]:
        """Criteria the profile calls not applicable, where the evidence shows the fact it names."""
        claimed = self.profile.not_applicable if self.profile else {}
        absent = {criterion.id for criterion in self.judged if criterion.outcome is Outcome.NOT_APPLICABLE}
        return {name: entry for name, entry in claimed.items() if name in absent}

    def address(self, file: str) -> str:
        """Return where a file of the run lies, seen from an export beside the run."""
        return quote(f"../{self.run.audit}/{file}")

    @property
    def addresses(self) -> frozenset[str]:
        """Every address of a file of the run."""
        return frozenset(self.address(file) for file in self.files)

    def results(self, notebook: str) -> str:
        """Return the path of a notebook's results inside the run."""
        return f"results/{notebook}.json"
