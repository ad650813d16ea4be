"""A limit for databases that have none of their own: after so many seconds what they do is interrupted."""

from __future__ import annotations

from collections.abc import Callable
from threading import Timer
from typing import Self


class TimeLimit:
    """Calls `interrupt` after `seconds`, unless it is left before."""

    def __init__(self, seconds: float, interrupt: Callable[[], None]) -> None:
        self.over = False
        self._interrupt = interrupt
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self.over = True
        self._interrupt()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._timer.cancel()
