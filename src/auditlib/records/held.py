"""What is held back, as a result is asked to leave it out before it is drawn."""

from __future__ import annotations

from typing import Protocol, Self


class Held(Protocol):
    """Tells whether the number of a key, or of a group of `n`, is held back."""

    def __call__(self, key: str, n: int | None = None) -> bool:
        """Return whether it is."""
        ...


class Ungrouped:
    """A result whose figure draws no value of a group of people: nothing of it has to be left out."""

    __slots__ = ()

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it as it is, and that none is left out."""
        return self, 0
