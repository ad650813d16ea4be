"""Bands: how unhappy a response is, by its lowest valid item."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw

from auditlib.contracts.frames import Frame
from auditlib.escalation.policy import NO_BAND, NO_SCORE, BandScale, EscalationPolicy
from auditlib.records import Instrument, Scale


def band_one(scores: Mapping[str, float | None], instrument: Instrument, *, policy: EscalationPolicy) -> str:
    """Return the band of one response.

    Parameters
    ----------
    scores
        Native score by item; None where not applicable or not given.
    instrument
        The questions with their scales.
    policy
        Its bands are half-open: from the end of the band before to below `below`.
    """
    lowest = lowest_one(scores, instrument, scale=policy.scale)
    if lowest is None:
        return NO_SCORE
    return next((band.band for band in policy.bands if lowest < band.below), NO_BAND)


def lowest_one(
    scores: Mapping[str, float | None], instrument: Instrument, *, scale: BandScale
) -> float | None:
    """Return the lowest valid score on the scale of the bands, or None where there is none."""
    converted = [
        convert(score, item.scale, scale=scale)
        for item in instrument.items
        if (score := scores.get(item.item)) is not None and takes_part(item.scale, scale)
    ]
    return min(converted, default=None)


def convert(score: float, native: Scale, *, scale: BandScale) -> float:
    """Return `score` on the scale of the bands, linearly: ends become ends."""
    return (score - native.low) * (scale.high - scale.low) / (native.high - native.low) + scale.low


def takes_part(native: Scale, scale: BandScale) -> bool:
    """Return whether items on `native` take part in the band."""
    return scale.conversion == "linear" or (native.low, native.high) == (scale.low, scale.high)


def with_band(responses: Frame, instruments: Mapping[str, Instrument], *, policy: EscalationPolicy) -> Frame:
    """Add ``lowest`` and ``band`` to `responses`; the same law as `band_one` as a table expression."""
    scores = _converted(responses, instruments, scale=policy.scale)
    if not scores:
        return responses.with_columns(
            nw.lit(None).cast(nw.Float64).alias("lowest"), nw.lit(NO_SCORE).alias("band")
        )
    lowest = nw.min_horizontal(*scores) if len(scores) > 1 else scores[0]
    band = nw.lit(NO_BAND)
    for entry in reversed(policy.bands):
        band = nw.when(nw.col("lowest") < entry.below).then(nw.lit(entry.band)).otherwise(band)
    band = nw.when(nw.col("lowest").is_null()).then(nw.lit(NO_SCORE)).otherwise(band)
    return responses.with_columns(lowest.alias("lowest")).with_columns(band.alias("band"))


def _converted(responses: Frame, instruments: Mapping[str, Instrument], *, scale: BandScale) -> list[nw.Expr]:
    """Return one expression per survey type and item: its score on the scale of the bands."""
    present = set(responses.collect_schema().names())
    return [
        nw.when(nw.col("survey_type") == survey_type).then(_linear(item.item, item.scale, scale))
        for survey_type, instrument in instruments.items()
        for item in instrument.items
        if item.item in present and takes_part(item.scale, scale)
    ]


def _linear(column: str, native: Scale, scale: BandScale) -> nw.Expr:
    if (native.low, native.high) == (scale.low, scale.high):
        return nw.col(column)
    # Multiplied before divided: 5 on 0 to 10 becomes 3 exactly, not nearly.
    return (nw.col(column) - native.low) * (scale.high - scale.low) / (native.high - native.low) + scale.low
