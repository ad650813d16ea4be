"""Response rates from the invitation log, or as published where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from auditlib.parameters.run import Thresholds
from auditlib.records import Basis, Interval, Number, Refusal, Sentence
from auditlib.reliability.source import EvidenceLike

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Rate:
    """Responses to the invitations of one unit.

    Parameters
    ----------
    invitations
        Kept invitations sent in the audited period.
    responses
        Kept responses that answer one of them.
    interval
        None where there are no invitations, or more responses than invitations.
    """

    unit_id: str
    invitations: int
    responses: int
    interval: Interval | None

    @property
    def value(self) -> float | None:
        """Share answered; None where nobody was invited."""
        return self.responses / self.invitations if self.invitations else None


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """Response rates by the invitation's unit, and of all units together."""

    by: ClassVar[tuple[str, ...]] = ("unit_id",)

    units: tuple[Rate, ...]
    total: Rate
    minimum_cell: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit, the lowest rate first."""
        import pandas as pd

        ordered = sorted(self.units, key=lambda rate: (rate.value or 0.0, rate.unit_id))
        names = ["unit_id", "invitations", "responses", "rate", "low", "high"]
        return pd.DataFrame([_row(rate) for rate in ordered], columns=names)

    def numbers(self) -> tuple[Number, ...]:
        """Return invitations, responses and rate of each unit and of all."""
        return tuple(number for rate in (*self.units, self.total) for number in _numbers_of(rate))

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: the rate of all units, and the lowest and highest."""
        total, interval = self.total, self.total.interval
        if interval is None or total.value is None:
            return (Sentence("Response rates cannot be given: no invitation of the period was kept."),)
        text = (
            f"Of {total.invitations:,} invitations, {total.value:.1%} were answered "
            f"({interval.level:.0%} interval {interval.low:.1%} to {interval.high:.1%})"
        )
        known = [rate for rate in self.units if rate.invitations >= self.minimum_cell]
        keys = ("invitations:all", "rate:all")
        if len(known) < 2:
            return (Sentence(f"{text}.", keys),)
        low = min(known, key=lambda rate: (rate.value or 0.0, rate.unit_id))
        high = max(known, key=lambda rate: (rate.value or 0.0, rate.unit_id))
        text += f", from {low.value:.1%} in {low.unit_id} to {high.value:.1%} in {high.unit_id}."
        return (Sentence(text, (*keys, f"rate:{low.unit_id}", f"rate:{high.unit_id}")),)


@dataclass(frozen=True, slots=True)
class PublishedRates:
    """Response rates as the source publishes them; they cannot be re-performed.

    Parameters
    ----------
    quantiles
        Lowest, quarter, median, three-quarter and highest published rate of the units.
    units
        Units with a published rate.
    """

    by: ClassVar[tuple[str, ...]] = ("quantile",)

    quantiles: Mapping[str, float]
    units: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per quantile."""
        import pandas as pd

        return pd.DataFrame(list(self.quantiles.items()), columns=["quantile", "rate"])

    def numbers(self) -> tuple[Number, ...]:
        """Return the quantiles, each resting on all published rates."""
        basis = (Basis("aggregates", column="response_rate"),)
        rates = [
            Number(f"rate:{name}", value, "share", basis=basis, reason="As published.")
            for name, value in self.quantiles.items()
        ]
        return (*rates, Number("rate.units:published", self.units, "units", basis=basis))

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence that says why these rates can only be quoted."""
        text = (
            "No invitation log was supplied, so response rates can only be quoted as published: "
            f"{self.quantiles['median']:.0%} in the middle of {self.units:,} units, from "
            f"{self.quantiles['lowest']:.0%} to {self.quantiles['highest']:.0%}."
        )
        keys = ("rate:median", "rate.units:published", "rate:lowest", "rate:highest")
        return (Sentence(text, keys),)


def response_rates(
    evidence: EvidenceLike, *, thresholds: Thresholds
) -> ResponseRates | PublishedRates | Refusal:
    """Return response rates: kept responses with a kept invitation over kept invitations.

    Parameters
    ----------
    thresholds
        ``confidence`` is the level of the Wilson intervals; units with fewer invitations than
        ``minimum_cell`` are not named.

    Notes
    -----
    A response counts for the unit of its invitation. Invitations sent outside the audited period are
    out of scope, and so are the responses to them.
    """
    if {"invitations", "responses"} <= set(evidence.tables):
        return _from_log(evidence, thresholds=thresholds)
    if "aggregates" in evidence.tables:
        return _published(evidence)
    return Refusal(
        "Response rates need the invitations as well as the responses.", "Supply the log of invitations."
    )


def _from_log(evidence: EvidenceLike, *, thresholds: Thresholds) -> ResponseRates:
    import narwhals as nw

    invited = evidence.lazy("invitations").filter(nw.col("in_period")).select("invitation_id", "unit_id")
    answers = evidence.lazy("responses").select("invitation_id", answered=nw.lit(1))
    per_unit = invited.group_by("unit_id").agg(invitations=nw.len())
    answered = answers.join(invited, on="invitation_id", how="inner")
    counted = answered.group_by("unit_id").agg(responses=nw.len())
    rows = per_unit.join(counted, on="unit_id", how="left").collect().rows(named=True)
    counts = [
        (str(row["unit_id"]), int(row["invitations"]), int(row["responses"] or 0))
        for row in sorted(rows, key=lambda row: str(row["unit_id"]))
    ]
    total = ("all", sum(count[1] for count in counts), sum(count[2] for count in counts))
    level = thresholds.confidence
    return ResponseRates(
        tuple(_rate(*count, level=level) for count in counts),
        _rate(*total, level=level),
        thresholds.minimum_cell,
    )


def _rate(unit: str, invitations: int, responses: int, *, level: float) -> Rate:
    from auditlib.statistics.intervals import wilson

    if not invitations or responses > invitations:
        return Rate(unit, invitations, responses, None)
    limits = wilson(responses, invitations, level=level)
    return Rate(
        unit, invitations, responses, Interval(float(limits.low), float(limits.high), level, "Wilson")
    )


def _published(evidence: EvidenceLike) -> PublishedRates | Refusal:
    import narwhals as nw
    import numpy as np

    published = evidence.lazy("aggregates").filter(~nw.col("response_rate").is_null())
    per_unit = published.select("unit_id", "response_rate").unique().collect()
    rates = sorted(float(rate) for rate in per_unit["response_rate"].to_list())
    if not rates:
        return Refusal("No response rate is published.", "Ask for the log of invitations.")
    names = ("lowest", "lower quarter", "median", "upper quarter", "highest")
    values = np.quantile(rates, [0, 0.25, 0.5, 0.75, 1])
    return PublishedRates({name: float(value) for name, value in zip(names, values, strict=True)}, len(rates))


def _row(rate: Rate) -> tuple[str, int, int, float | None, float | None, float | None]:
    low, high = (rate.interval.low, rate.interval.high) if rate.interval else (None, None)
    return (rate.unit_id, rate.invitations, rate.responses, rate.value, low, high)


def _numbers_of(rate: Rate) -> tuple[Number, ...]:
    where: tuple[tuple[str, str], ...] = () if rate.unit_id == "all" else (("unit_id", rate.unit_id),)
    invited = Basis("invitations", (*where, ("in_period", True)), rows=rate.invitations)
    answered = Basis("responses", where, "invitation_id")
    return (
        Number(f"invitations:{rate.unit_id}", rate.invitations, "invitations", basis=(invited,)),
        Number(
            f"responses:{rate.unit_id}",
            rate.responses,
            "responses",
            rate.invitations,
            basis=(invited, answered),
        ),
        Number(
            f"rate:{rate.unit_id}",
            rate.value,
            "share",
            rate.invitations,
            rate.interval,
            (invited, answered),
            "" if rate.interval else "More responses than invitations, or no invitation.",
        ),
    )
