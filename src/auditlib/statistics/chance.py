"""What chance alone does on one design: statistics of outcomes drawn without any effect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from auditlib.statistics.clustered import jackknife_error
from auditlib.statistics.imputation import Imputation, refitted
from auditlib.statistics.types import Floats

_CHUNK = 2_000_000
"""Drawn outcomes worked on at a time."""


def chance_statistics(
    parts: Sequence[tuple[Imputation, int]], *, draws: int = 4999, rng: np.random.Generator
) -> Floats:
    """Return jackknife t statistics of coefficients on drawn outcomes; shape (coefficients, draws).

    Parameters
    ----------
    parts
        Imputations on the same units and periods, each with a jackknife, and the coefficient meant.

    Notes
    -----
    The parametric bootstrap of the studentised estimate. Each draw replaces all outcomes by independent
    standard normals and repeats every estimate and every jackknife error on the same months, gaps, weights
    and adoption dates, so that few or uneven clusters widen the tails exactly as they do on the data. The
    statistic is studentised by cluster: neither the scale of the outcomes nor their autocorrelation is
    taken from this model, only how heavy the tails are (MacKinnon, Nielsen and Webb 2023,
    doi 10.1002/jae.2969, on why few clusters make them heavy).
    """
    shape = parts[0][0].fitted.outcome.shape
    statistics = [_statistics(parts, outcomes) for outcomes in _drawn(shape, draws, rng)]
    return np.concatenate(statistics, axis=1)


def _drawn(shape: tuple[int, ...], draws: int, rng: np.random.Generator) -> Iterator[Floats]:
    step = max(1, _CHUNK // int(np.prod(shape)))
    for start in range(0, draws, step):
        yield rng.standard_normal((*shape, min(step, draws - start)))


def _statistics(parts: Sequence[tuple[Imputation, int]], outcomes: Floats) -> Floats:
    refits: dict[int, Floats] = {}
    for imputation, _ in parts:
        if id(imputation) not in refits:
            whole, without = refitted(imputation, outcomes)
            refits[id(imputation)] = whole / jackknife_error(without[imputation.entering])
    return np.stack([refits[id(imputation)][place] for imputation, place in parts])
