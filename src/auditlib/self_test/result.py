"""What was planted, and how much of it the checks found, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditlib.records import Ungrouped

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Flaw:
    """A fault that is planted, and the check that ought to find it.

    Parameters
    ----------
    key
        Names it in the numbers of the audit.
    what
        What is wrong in the copy, in plain words: ``follow-ups made late``.
    check
        The check that ought to find it, as the audit calls it.
    cases
        What is counted: ``cases``, ``units``, ``rows``.
    """

    key: str
    what: str
    check: str
    cases: str = "cases"


@dataclass(frozen=True, slots=True)
class FaultTrial:
    """One fault planted in a copy, and what the check made of it.

    Parameters
    ----------
    fault
        What was planted.
    planted, found
        How often, and how often the check found it.
    untouched, newly
        Cases beside it that were left as they are, and how many of them the check newly called wrong.
    acquitted
        Of what the check did not find, how many it says to be sound; None where it says that of nothing.
    reason
        Why it could not be planted; empty where it was.
    """

    fault: Flaw
    planted: int = 0
    found: int = 0
    untouched: int = 0
    newly: int = 0
    acquitted: int | None = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """Share found of what was planted; None where nothing could be."""
        return self.found / self.planted if self.planted else None


@dataclass(frozen=True)
class SelfTest(Ungrouped):
    """Every fault, planted or not.

    Parameters
    ----------
    trials
        In the order in which an audit comes to the checks.
    tables
        Canonical tables that were copied.
    """

    trials: tuple[FaultTrial, ...]
    tables: tuple[str, ...] = ()

    @property
    def planted(self) -> tuple[FaultTrial, ...]:
        """Trials in which something could be planted."""
        return tuple(trial for trial in self.trials if trial.planted)

    @property
    def left_out(self) -> tuple[FaultTrial, ...]:
        """Trials in which nothing could be planted."""
        return tuple(trial for trial in self.trials if not trial.planted)

    @property
    def missed(self) -> tuple[FaultTrial, ...]:
        """Trials whose check did not find all that was planted."""
        return tuple(trial for trial in self.planted if trial.found < trial.planted)

    @property
    def untouched(self) -> int:
        """Cases left as they are, those of each check once."""
        return sum(self._by_check("untouched").values())

    @property
    def newly(self) -> int:
        """Cases left as they are that were newly called wrong, those of each check once."""
        return sum(self._by_check("newly").values())

    def _by_check(self, part: str) -> dict[str, int]:
        most: dict[str, int] = {}
        for trial in self.planted:
            most[trial.fault.check] = max(most.get(trial.fault.check, 0), getattr(trial, part))
        return most

    def to_frame(self) -> pd.DataFrame:
        """Return one row per fault that was planted."""
        import pandas as pd

        columns = ["fault", "check", "planted", "found", "share", "untouched", "newly"]
        rows = [
            (
                trial.fault.what, trial.fault.check, trial.planted, trial.found, trial.share,
                trial.untouched, trial.newly,
            )
            for trial in self.planted
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)
