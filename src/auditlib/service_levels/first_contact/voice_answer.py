"""The answer on waits and what customers say of them: in words, with its tables."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.records import Number, Sentence
from auditlib.service_levels.first_contact import voice_facts, voice_statements
from auditlib.service_levels.first_contact.voice_result import LimitInForce, VoiceAgainstClock, readable
from auditlib.statements import Answer, Exhibit

_LABELS = {
    "band": "Wait",
    "top_box": "Satisfied",
    "mean": "Mean",
    "speed_top_box": "Satisfied with the speed",
    "speed_mean": "Mean, speed",
}
_TARGETS = {
    "criterion": "Criterion",
    "in_force": "Allows",
    "offered": "Offered",
    "bounds": "May lie from",
    "catalogue": "Catalogue",
    "looser": "Looser than the turn",
}
_LOOSER = {True: "yes", False: "no", None: "cannot be told"}


@dataclass(frozen=True, eq=False, repr=False)
class VoiceAnswer(Answer[VoiceAgainstClock]):
    """Satisfaction by wait, and the wait from which on fewer are satisfied, in words."""

    def numbers(self) -> tuple[Number, ...]:
        """Return satisfaction by band, the turn, and the limits beside it."""
        return tuple(voice_facts.facts(self.result))

    def summary(self) -> tuple[Sentence, ...]:
        """Return how satisfaction goes with the wait, and what that says of targets."""
        return tuple(voice_statements.summary(self.result, self.facts))

    def limits(self) -> tuple[Sentence, ...]:
        """Return what cannot be said."""
        return tuple(voice_statements.limits(self.result, self.facts))

    @property
    def title(self) -> str:
        """What its figure and its table are called."""
        return f"Satisfaction by wait: {self.result.channel}"

    @property
    def alt(self) -> str:
        """What its figure shows, for those who cannot see it."""
        return " ".join(sentence.text for sentence in self.summary()[:2])

    def bands(self) -> Exhibit:
        """Return satisfaction by band of wait."""
        frame = self.to_frame().dropna(axis=1, how="all")
        return Exhibit(
            frame,
            self.title,
            ("band",),
            voice_facts.basis_of(self.result),
            tuple(self.facts),
            units={"band": "id", "mean": "mean", "speed_mean": "mean", "speed_top_box": "share"},
            labels=_LABELS,
        )

    def targets(self) -> tuple[Exhibit, ...]:
        """Return the limits in force beside the offered target; nothing where there are none."""
        import pandas as pd

        if not self.result.limits or self.result.turn is None:
            return ()
        turn = self.result.turn
        rows = [
            {
                "criterion": limit.criterion.id,
                "in_force": readable(limit.seconds),
                "offered": readable(turn.seconds),
                "bounds": f"{readable(turn.low)} to {readable(turn.high)}",
                "catalogue": _catalogue(limit),
                "looser": _LOOSER[limit.looser],
            }
            for limit in self.result.limits
        ]
        return (
            Exhibit(
                pd.DataFrame(rows),
                "Limits in force beside the wait from which satisfaction falls",
                ("criterion",),
                voice_facts.basis_of(self.result),
                units=dict.fromkeys(("in_force", "offered", "bounds", "catalogue"), "id"),
                labels=_TARGETS,
            ),
        )


def _catalogue(limit: LimitInForce) -> str:
    return "no bounds" if limit.catalogue is None else " to ".join(map(readable, limit.catalogue))
