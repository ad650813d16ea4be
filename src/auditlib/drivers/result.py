"""What goes with dissatisfaction, and which of it no action covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.drivers.causes import Cause, Causes
from auditlib.drivers.coverage import Covered, Fix, Promised, covered, on
from auditlib.drivers.following import Followed
from auditlib.drivers.policy import DriversPolicy
from auditlib.drivers.questions import DriverQuestion, Survey
from auditlib.records import Held, Refusal

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Driver:
    """A main driver and the actions on it.

    Parameters
    ----------
    kind, name
        ``cause`` or ``question``, and which.
    source
        The cause or question itself.
    causes
        Causes it stands for: itself, or those declared for the question.
    fixes, promised
        Systemic actions on them, and what was promised to single customers.
    covered
        How far the actions cover it.
    """

    kind: str
    name: str
    source: Cause | DriverQuestion
    causes: tuple[str, ...]
    fixes: tuple[Fix, ...]
    promised: Promised
    covered: Covered

    @property
    def key(self) -> str:
        """What its numbers are called."""
        return f"{self.kind}:{self.name}"

    @property
    def share(self) -> float:
        """Of all voices that name the cause; of responses, impact times frequency of the question."""
        return self.source.share.value if isinstance(self.source, Cause) else self.source.contribution.value


@dataclass(frozen=True)
class DriversResult:
    """Drivers of dissatisfaction with their uncertainty, and the actions on them.

    Parameters
    ----------
    surveys
        One for each declared survey type.
    causes
        What customers name.
    fixes
        The party's register of systemic actions; None where there is none.
    promised
        What formal reports promised, by cause.
    followed
        What became of a cause after each action.
    not_assessable
        Why nothing can be said at all.
    disclosure
        Of how few complaints no ratio is stated.
    """

    policy: DriversPolicy
    level: float
    surveys: tuple[Survey, ...] = ()
    causes: Causes = field(default_factory=Causes)
    fixes: tuple[Fix, ...] | None = None
    promised: Mapping[str, Promised] = field(default_factory=dict)
    followed: tuple[Followed, ...] = ()
    not_assessable: Refusal | None = None
    disclosure: MinimumFrequency = UNRESTRICTED

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it without the questions whose numbers are held back, and how many they are."""
        surveys = tuple(survey.without(held) for survey in self.surveys)
        part = replace(self, surveys=surveys, causes=self.causes.without(held))
        return part, sum(survey.left_out for survey in surveys)

    @property
    def ranked(self) -> tuple[Survey, ...]:
        """Surveys whose questions could be ranked."""
        return tuple(survey for survey in self.surveys if survey.questions)

    @property
    def main(self) -> tuple[Driver, ...]:
        """Main drivers: causes named most often, then the questions of each survey."""
        return (*self.main_causes, *(driver for survey in self.ranked for driver in self._of(survey)))

    @property
    def main_causes(self) -> tuple[Driver, ...]:
        """The causes named most often."""
        return tuple(
            self._driver("cause", cause, cause.code) for cause in self.causes.causes[: self.policy.top]
        )

    @property
    def uncovered(self) -> tuple[Driver, ...]:
        """Main causes that no action covers for every unit."""
        return tuple(cause for cause in self.main_causes if cause.covered in (Covered.NO, Covered.PART))

    def _of(self, survey: Survey) -> Iterator[Driver]:
        for question in survey.questions[: self.policy.top]:
            yield self._driver("question", question, f"{survey.survey_type}:{question.name}")

    def _driver(self, kind: str, source: Cause | DriverQuestion, name: str) -> Driver:
        declared = self.policy.causes
        causes = (source.code,) if isinstance(source, Cause) else declared.get(source.item.item, ())
        fixes = tuple(fix for cause in causes for fix in on(cause, self.fixes or ()))
        promises = [self.promised.get(cause, Promised()) for cause in causes]
        promised = Promised(
            sum(promise.actions for promise in promises), sum(promise.done for promise in promises)
        )
        return Driver(kind, name, source, causes, fixes, promised, covered(causes, self.fixes))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per main driver: how much goes with it, and the actions on it."""
        import pandas as pd

        columns = ["kind", "driver", "share", "causes", "actions", "promised", "done", "covered"]
        rows = [
            (
                driver.kind,
                driver.name,
                driver.share,
                ", ".join(driver.causes) or "none declared",
                "; ".join(fix.words() for fix in driver.fixes) or "none",
                driver.promised.actions,
                driver.promised.done,
                driver.covered.value,
            )
            for driver in self.main
        ]
        return pd.DataFrame(rows, columns=columns)
