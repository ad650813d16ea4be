"""Whether a result has anything to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

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
