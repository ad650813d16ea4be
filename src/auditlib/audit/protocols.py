"""What rooms return, as much of it as an open audit asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, runtime_checkable

from auditlib.records import Held, Number, Sentence

if TYPE_CHECKING:
    import pandas as pd


@runtime_checkable
class Result(Protocol):
    """What every domain room returns."""

    def to_frame(self) -> pd.DataFrame:
        """Return the table of the result."""
        ...

    def summary(self) -> tuple[Sentence, ...]:
        """Return the result in words."""
        ...

    def numbers(self) -> tuple[Number, ...]:
        """Return the numbers of the result."""
        ...


@runtime_checkable
class Drawable(Protocol):
    """What can be drawn."""

    def without(self, held: Held) -> tuple[Any, int]:
        """Return it without the groups that are held back (None where nothing is left), and their number."""
        ...


@runtime_checkable
class Ranging(Protocol):
    """A result whose words say which of its groups come first: they are chosen among what is shown."""

    ranges: ClassVar[bool]

    def without(self, held: Held) -> tuple[Result | None, int]:
        """Return it without the groups that are held back, and their number."""
        ...
