"""What rooms return, as much of it as an open audit asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, runtime_checkable

from auditlib.records import Number, Sentence

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


class Framed(Protocol):
    """A result that is one table, with the columns that name its rows."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def frame(self) -> pd.DataFrame:
        """The table."""
        ...

    @property
    def by(self) -> tuple[str, ...]:
        """The columns that name a row."""
        ...


Tabled = TypeVar("Tabled", bound=Framed)
