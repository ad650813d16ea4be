"""How few people are too few to be shown: the one place that compares with the run's smallest cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, overload

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from auditlib.parameters.run import Thresholds

DECLARED = "threshold:minimum_cell"
"""Key of the number that a run declares it by."""


@dataclass(frozen=True, slots=True)
class MinimumFrequency:
    """The fewest people a number must rest on to be shown (minimum frequency rule).

    Rooms ask it whether to choose, to say or to find something; they never compare themselves. What is
    recorded all the same is held back by the recorder, which asks the same value.

    Parameters
    ----------
    least
        From it on a count is shown, and what rests on so many; the default shows whatever rests on anybody.

    Notes
    -----
    Source: Hundepool et al. (2012), Statistical Disclosure Control, Wiley, chapter 4.

    Examples
    --------
    >>> few = MinimumFrequency(5)
    >>> few.shows(4), few.shows(5), few.hides(4), few.hides(0)
    (False, True, True, False)
    """

    least: int = 1

    @classmethod
    def of(cls, thresholds: Thresholds) -> Self:
        """Return what a run declares."""
        return cls(thresholds.minimum_cell)

    @overload
    def shows(self, n: int) -> bool: ...
    @overload
    def shows(self, n: pd.Series[int]) -> pd.Series[bool]: ...
    @overload
    def shows(self, n: NDArray[np.int64]) -> NDArray[np.bool_]: ...
    def shows(self, n: Any) -> Any:
        """Tell whether what rests on `n` may be shown; what rests on none never is. Takes columns too."""
        return n >= max(1, self.least)

    def hides(self, n: int | None) -> bool:
        """Tell whether a group of `n` must not be shown; an empty group hides nobody, nor one of no size."""
        return n is not None and 0 < n < self.least

    def at_least(self, least: int) -> Self:
        """Return it, or a stricter one where `least` are needed for another reason."""
        return type(self)(max(self.least, least))

    def rounded_up(self, n: int) -> int:
        """Return the next multiple of it above `n`: as exactly as `n` may be told."""
        return (n // self.least + 1) * self.least


UNRESTRICTED = MinimumFrequency()
"""For who calls a room with frames of their own: whatever rests on anybody is shown."""
