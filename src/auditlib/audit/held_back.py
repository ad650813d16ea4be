"""The one door through which results are drawn, and their first and last named: without what is held back."""

from __future__ import annotations

from typing import Any

from auditlib.audit.outgoing import Outgoing
from auditlib.audit.protocols import Drawable, Ranging, Result
from auditlib.audit.recorder import Recorder
from auditlib.errors import AuditError, Problem
from auditlib.records import Held, Sentence, Ungrouped
from auditlib.statements import Answer

NOTHING_DRAWN = "Nothing is drawn: what it would tell is held back."
NOTHING_SAID = "What could be said here is held back."


class Door:
    """Lets of a result through what may be shown of it.

    Parameters
    ----------
    recorder
        Knows under which key a number is kept, and what is held back.
    outgoing
        How a number is named that is not recorded yet.
    """

    def __init__(self, recorder: Recorder, outgoing: Outgoing) -> None:
        self._recorder, self._outgoing = recorder, outgoing

    def drawn(self, result: Any, *, figure: str) -> tuple[Any, int]:
        """Return `result` as it may be drawn (None: not at all), and how many of its values are left out."""
        if not isinstance(result, Drawable):
            raise AuditError(
                Problem(
                    f"what {figure!r} is drawn of, {type(result).__name__}, does not say what it leaves out",
                    remedy="Give it a method `without`; what draws no group of people is `Ungrouped`.",
                )
            )
        if isinstance(result.result if isinstance(result, Answer) else result, Ungrouped):
            return result, 0
        return result.without(self._held_back(result))

    def words_of(self, result: Result) -> tuple[Sentence, ...]:
        """Return the words of `result`; what comes first and last is chosen among what is shown."""
        if not (isinstance(result, Ranging) and result.ranges):
            return result.summary()
        part = result.without(self._held_back(result))[0]
        return part.summary() if part is not None else (Sentence(NOTHING_SAID),)

    def _held_back(self, result: Any) -> Held:
        """Return what tells whether a number of `result`, or of the audit, is held back."""
        suppression = self._recorder.suppression
        numbers = result.numbers() if isinstance(result, Result) else ()
        by_key = {number.key: number for number in numbers}

        def held(key: str, n: int | None = None) -> bool:
            if suppression.minimum.hides(n):
                return True
            number = by_key.get(key)
            recorded_key = self._recorder.recorded_key(key) or (
                self._outgoing.number(number, {})[0].key if number else self._recorder.key(key)
            )
            return suppression.holds(recorded_key, number)

        return held
