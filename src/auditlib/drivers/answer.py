"""The answer of 09: drivers in words, and the tables they are read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from auditlib.drivers import facts, statements
from auditlib.drivers.findings import findings_of
from auditlib.drivers.result import DriversResult
from auditlib.records import Finding, Number, Sentence
from auditlib.statements import Answer, Exhibit

_QUESTIONS = {
    "wording": "As it was asked",
    "low_share": "Low answers",
    "penalty": "Impact (points)",
    "contribution": "Impact \N{MULTIPLICATION SIGN} frequency",
    "weight": "Relative importance",
    "best": "Best rank",
    "worst": "Worst rank",
}
_FOLLOWED = {
    "fix_id": "Action",
    "like": "The same in other units",
    "cause_code": "Cause",
    "window_days": "Days either side",
    "compared_with": "Compared with",
}


@dataclass(frozen=True, eq=False, repr=False)
class DriversAnswer(Answer[DriversResult]):
    """Drivers of dissatisfaction and the actions on them, in words."""

    ranges: ClassVar[bool] = True

    def numbers(self) -> tuple[Number, ...]:
        """Return every estimate with its interval, and how many main drivers are covered."""
        return tuple(facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return what goes with dissatisfaction, and which of it no action covers."""
        return tuple(statements.summary(self.result, self.facts))

    def movement(self) -> tuple[Sentence, ...]:
        """Return what became of each cause after the action on it."""
        return tuple(statements.movement(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(statements.limits(self.result, self.facts))

    def findings(self) -> tuple[Finding, ...]:
        """Return one finding for each main cause that no action covers for every unit."""
        return findings_of(self.result)

    def causes(self) -> tuple[Exhibit, ...]:
        """Return the table of causes, most often named first; nothing where none could be ranked."""
        rows = [
            {
                "cause_code": cause.code,
                "complaints": cause.complaints,
                "follow_ups": cause.follow_ups,
                "n": cause.n,
                "share": cause.share.value,
                "low": cause.share.interval.low,
                "high": cause.share.interval.high,
                "best": cause.best,
                "worst": cause.worst,
            }
            for cause in self.result.causes.causes
        ]
        labels = {"cause_code": "Cause", "best": "Best rank", "worst": "Worst rank"}
        return self._exhibit(rows, "Causes that customers name", by=("cause_code",), labels=labels)

    def questions(self) -> tuple[Exhibit, ...]:
        """Return the table of questions, largest contribution first within its survey; or nothing."""
        rows = [
            {
                "survey_type": question.survey_type,
                "question": question.name,
                "wording": question.item.quoted,
                "low_share": question.low_share,
                "penalty": question.penalty.in_points.value,
                "contribution": question.contribution.value,
                "low": question.contribution.interval.low,
                "high": question.contribution.interval.high,
                "weight": question.weight.value,
                "best": question.best,
                "worst": question.worst,
            }
            for survey in self.result.ranked
            for question in survey.questions
        ]
        by = ("survey_type", "question")
        return self._exhibit(rows, "Questions as drivers", by=by, labels=_QUESTIONS)

    def coverage(self) -> tuple[Exhibit, ...]:
        """Return the table of main drivers and the actions on them; nothing where there is no driver."""
        labels = {
            "share": "Share, or impact \N{MULTIPLICATION SIGN} frequency",
            "promised": "Promised case by case",
            "done": "Of these done",
        }
        return self._exhibit(
            self.to_frame().to_dict("records"),
            "Main drivers and the actions on them",
            by=("kind", "driver"),
            labels=labels,
            units={"share": "share"},
            basis=facts.FIXES,
        )

    def followed(self) -> tuple[Exhibit, ...]:
        """Return the table of actions that took effect: complaints of their cause before and after."""
        pooled = any(followed.fix.like for followed in self.result.followed)
        rows = [
            {
                "fix_id": followed.fix.fix_id,
                **({"like": ", ".join(followed.fix.fix_ids[1:])} if pooled else {}),
                "cause_code": followed.fix.cause,
                "window_days": followed.days,
                "before": followed.before,
                "after": followed.after,
                "ratio": followed.ratio,
                "low": followed.interval.low if followed.interval else None,
                "high": followed.interval.high if followed.interval else None,
                "compared_with": followed.comparison,
            }
            for followed in self.result.followed
        ]
        return self._exhibit(
            rows,
            "Complaints of a cause, before and after an action on it",
            by=("fix_id",),
            labels=_FOLLOWED,
            units={"window_days": "count"},
            basis=facts.FIXES,
        )

    def _exhibit(self, rows: Iterable[Any], title: str, **layout: Any) -> tuple[Exhibit, ...]:
        import pandas as pd

        frame = pd.DataFrame(list(rows))
        return (Exhibit(frame, title, facts=tuple(self.facts), **layout),) if len(frame) else ()
