"""A question the supplied tables cannot answer, with what would make it answerable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from auditlib.records import Number, Refusal, Sentence, Ungrouped

if TYPE_CHECKING:
    import pandas as pd


class Tabled(Protocol):
    """What has a table."""

    def to_frame(self) -> pd.DataFrame:
        """Return it."""
        ...


Shown = TypeVar("Shown", bound=Tabled)


def answered(result: Shown) -> tuple[Shown, ...]:
    """Return `result` once where its table has a row, else nothing: its sentence then gives the reason.

    A notebook runs over it, so that no figure without marks and no table without rows is shown.
    """
    return (result,) if len(result.to_frame()) else ()


@dataclass(frozen=True, slots=True)
class Unanswered(Ungrouped):
    """Stands where a result would stand: no rows, no numbers, and the reason in words."""

    title: str
    refusal: Refusal

    @property
    def caption(self) -> str:
        """What would make it answerable."""
        return self.refusal.remedy

    @property
    def alt(self) -> str:
        """Why there is nothing to see."""
        return self.refusal.reason

    def to_frame(self) -> pd.DataFrame:
        """Return a frame without rows."""
        import pandas as pd

        return pd.DataFrame({"reason": []})

    def numbers(self) -> tuple[Number, ...]:
        """Return nothing."""
        return ()

    def summary(self) -> tuple[Sentence, ...]:
        """Return the reason."""
        return (Sentence(f"{self.refusal.reason} {self.refusal.remedy}".strip()),)
