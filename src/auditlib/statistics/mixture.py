"""Mixtures of t distributions: what an estimate comes to where something it hangs on is not known."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.statistics.types import Floats

_NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class TMixture:
    """A mixture of t distributions of the same degrees of freedom; arrays have one entry per distribution."""

    centres: Floats
    scales: Floats
    weights: Floats
    freedom: int

    def below(self, value: float) -> float:
        """Return the probability of less than `value`."""
        from scipy.special import stdtr

        return float((self.weights * stdtr(self.freedom, (value - self.centres) / self.scales)).sum())

    def quantile(self, probability: float) -> float:
        """Return the value with `probability` below it: it lies among those of the single distributions."""
        from scipy.optimize import brentq
        from scipy.special import stdtrit

        likely = self.weights > 0
        quantiles = self.centres[likely] + self.scales[likely] * stdtrit(self.freedom, probability)
        width = float(self.scales.max())
        low, high = float(quantiles.min()) - _NEGLIGIBLE * width, float(quantiles.max()) + _NEGLIGIBLE * width
        return float(brentq(lambda value: self.below(value) - probability, low, high, xtol=1e-13 * width))
