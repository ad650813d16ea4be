"""Response rates from the invitation log, or as published where there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Self

from auditlib.contracts import CanonicalTables
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Thresholds
from auditlib.records import Basis, Held, Interval, Number, Refusal, Sentence, Ungrouped
from auditlib.reliability.answering_again import RESPONDENTS, answered_alike
from auditlib.standards.observed import answered_invitations
from auditlib.statements import Numbered, Unanswered, joined, say, spanned

if TYPE_CHECKING:
    import pandas as pd


_TITLE = "Response rate by unit"


@dataclass(frozen=True, slots=True)
class Rate:
    """Responses to the invitations of one unit.

    Parameters
    ----------
    unit_id
        The unit; ``"all"`` for all of them.
    survey_type
        The survey type; empty for all of them.
    invitations
        Kept invitations sent in the audited period.
    responses
        Those of them that were answered; one answered twice counts once.
    interval
        None where there are no invitations.
    """

    unit_id: str
    survey_type: str
    invitations: int
    responses: int
    interval: Interval | None

    @property
    def name(self) -> str:
        """How its numbers are named: ``U014`` or ``U014:transactional``."""
        return f"{self.unit_id}:{self.survey_type}" if self.survey_type else self.unit_id

    @property
    def value(self) -> float | None:
        """Share answered; None where nobody was invited."""
        return self.responses / self.invitations if self.invitations else None


@dataclass(frozen=True, slots=True)
class ResponseRates(Numbered):
    """Response rates by the invitation's unit, by survey type, by both, and of all together.

    Parameters
    ----------
    units, types, cells, total
        Rates of each.
    left_out
        Units of which a number is held back.
    fewest
        Invitations a unit needs to be compared with others.
    design_effect
        Invitations that are worth one independent one: who is invited again often answers again.
    """

    by: ClassVar[tuple[str, ...]] = ("unit_id",)
    ranges: ClassVar[bool] = True

    units: tuple[Rate, ...]
    types: tuple[Rate, ...]
    cells: tuple[Rate, ...]
    total: Rate
    left_out: int = 0
    fewest: int = 1
    design_effect: float = 1.0

    @property
    def large(self) -> tuple[Rate, ...]:
        """Units with invitations enough to be compared, the lowest rate first."""
        enough = (rate for rate in self.units if rate.invitations >= max(1, self.fewest))
        return tuple(sorted(enough, key=lambda rate: (rate.value or 0.0, rate.unit_id)))

    @property
    def by_chance(self) -> float | None:
        """How often chance alone makes equal units differ so much; None of fewer than two."""
        from auditlib.statistics.equal_shares import equal_shares

        if len(self.large) < 2:
            return None
        answered, invited = zip(*((rate.responses, rate.invitations) for rate in self.large), strict=True)
        return equal_shares(answered, invited, design_effect=self.design_effect)

    @property
    def title(self) -> str:
        """Title of its exhibits."""
        return _TITLE

    @property
    def caption(self) -> str:
        """How its exhibits are read."""
        return "Share of the invitations of each unit that were answered, with Wilson intervals."

    @property
    def alt(self) -> str:
        """What a reader who cannot see its figure must know."""
        return f"A dot and an interval for each unit. {self.summary()[0].text}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit, the lowest rate first."""
        import pandas as pd

        ordered = sorted(self.units, key=lambda rate: (rate.value or 0.0, rate.unit_id))
        names = ["unit_id", "invitations", "responses", "rate", "low", "high"]
        return pd.DataFrame([_row(rate) for rate in ordered], columns=names)

    def numbers(self) -> tuple[Number, ...]:
        """Return invitations, responses and rate of each unit, survey type, both, and of all."""
        every = (*self.units, *self.types, *self.cells, self.total)
        return (*(number for rate in every for number in _numbers_of(rate)), *_compared(self))

    def without(self, held: Held) -> tuple[Self, int]:
        """Return it without the units and survey types of which a number is held back, and how many units."""
        units, types = (
            tuple(rate for rate in rates if not _held(rate, held)) for rates in (self.units, self.types)
        )
        total = replace(self.total, interval=None) if held(f"rate:{self.total.name}") else self.total
        left_out = len(self.units) - len(units)
        return replace(self, units=units, types=types, total=total, left_out=left_out), left_out

    def summary(self) -> tuple[Sentence, ...]:
        """Return one sentence: the rate of all units, and whether units differ by more than chance."""
        total, interval = self.total, self.total.interval
        if total.value is None:
            return (Sentence("Response rates cannot be given: no invitation of the period was kept."),)
        if interval is None:
            return (Sentence("The response rate of all units together is held back."),)
        level = f"{interval.level:.0%}"
        whole = "Of {invitations:all|invitation|invitations}, {rate:all|spoken share} were answered"
        ends = "({level} interval {rate:all[low]|.1%} to {rate:all[high]|.1%})"
        parts = [say(f"{whole} {ends}", self.facts, level=level)]
        if self.types and len({rate.survey_type for rate in self.cells}) > 1:
            of_type = [
                say("{rate|spoken share} {type}", self.facts.about(rate.name), type=rate.survey_type)
                for rate in self.types
            ]
            parts.append(say(", {types}", self.facts, types=of_type))
        if len(self.units) > 1:
            parts.append(self._by_unit(interval.level))
        return (joined([*parts, "."], ""),)

    def _by_unit(self, level: float) -> Sentence:
        """Say whether units differ: of equal ones the extremes are those with the fewest invitations."""
        if self.by_chance is None:
            text = (
                "; too few units have the {rate_fewest:all|invitation|invitations} it takes to compare them"
            )
            return say(text, self.facts)
        units = "of the units that are shown, " if self.left_out else ""
        if self.large[0].value == self.large[-1].value:
            text = "; {units}by unit {rate|spoken share} throughout"
            return say(text, self.facts.about(self.large[0].name), units=units)
        if self.by_chance > 1 - level:
            text = "; {units}no difference between {rate_compared:all|unit|units} beyond chance is shown"
            return say(text, self.facts, units=units)
        return self._extremes(units)

    def _extremes(self, units: str) -> Sentence:
        low, high = self.large[0], self.large[-1]
        ends = [say("{rate|spoken share}", self.facts.about(rate.name)) for rate in (low, high)]
        return say(
            "; {units}units differ by more than chance, from {low} in {first} to {high} in {last} among "
            "those with {rate_fewest:all|invitation|invitations} or more",
            self.facts,
            units=units,
            low=ends[0],
            high=ends[1],
            first=low.unit_id,
            last=high.unit_id,
        )


@dataclass(frozen=True, slots=True)
class PublishedRates(Numbered, Ungrouped):
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

    @property
    def title(self) -> str:
        """Title of its exhibits."""
        return "Response rates as published"

    @property
    def caption(self) -> str:
        """How its exhibits are read."""
        return "Quoted from the source. Without the log of invitations they cannot be re-performed."

    @property
    def alt(self) -> str:
        """What a reader who cannot see its figure must know."""
        return f"Five dots, from the lowest to the highest rate. {self.summary()[0].text}"

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
        return (
            say(
                "No invitation log was supplied, so response rates can only be quoted as published: a median "
                "of {rate:median|.0%} over {rate.units:published|unit|units}, {ends}.",
                self.facts,
                ends=spanned(
                    say("{rate:lowest|.0%}", self.facts),
                    say("{rate:highest|.0%}", self.facts),
                    apart="from {low} to {high}",
                    same="{low} throughout",
                ),
            ),
        )


Rates = ResponseRates | PublishedRates | Unanswered


def response_rates(engagement: Engagement) -> Rates:
    """Return response rates: kept invitations with a kept response over kept invitations.

    Parameters
    ----------
    engagement
        Its threshold ``confidence`` is the level of the Wilson intervals.

    Notes
    -----
    A response counts for the unit of its invitation. Invitations sent outside the audited period are
    out of scope, and so are the responses to them.
    """
    evidence = engagement.evidence
    if {"invitations", "responses"} <= set(evidence.tables):
        return _from_log(evidence, thresholds=engagement.run.thresholds)
    if "aggregates" in evidence.tables:
        return _published(evidence)
    refusal = Refusal(
        "Response rates need the invitations as well as the responses.", "Supply the log of invitations."
    )
    return Unanswered(_TITLE, refusal)


def _from_log(evidence: CanonicalTables, *, thresholds: Thresholds) -> ResponseRates:
    import narwhals as nw

    names = ("unit_id", "survey_type")
    sent = evidence.lazy("invitations").filter(nw.col("in_period"))
    who = [name for name in RESPONDENTS if name in sent.collect_schema().names()]
    invited = sent.select("invitation_id", *names, *who)
    with_answers = answered_invitations(invited, evidence.lazy("responses"))
    by_cell = with_answers.group_by(*names).agg(
        invitations=nw.len(), responses=nw.col("answered").cast(nw.Int64).sum()
    )
    rows = by_cell.collect().rows(named=True)
    counts = {
        (str(row["unit_id"]), str(row["survey_type"])): (int(row["invitations"]), int(row["responses"] or 0))
        for row in rows
    }
    level = thresholds.confidence
    return ResponseRates(
        _pooled(counts, lambda unit, _: (unit, ""), level=level),
        _pooled(counts, lambda _, survey_type: ("all", survey_type), level=level),
        _pooled(counts, lambda unit, survey_type: (unit, survey_type), level=level),
        _pooled(counts, lambda *_: ("all", ""), level=level)[0] if counts else Rate("all", "", 0, 0, None),
        fewest=thresholds.minimum_n,
        design_effect=answered_alike(with_answers),
    )


def _pooled(
    counts: Mapping[tuple[str, str], tuple[int, int]],
    group: Callable[[str, str], tuple[str, str]],
    *,
    level: float,
) -> tuple[Rate, ...]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for cell, (invitations, responses) in counts.items():
        before = sums.get(group(*cell), (0, 0))
        sums[group(*cell)] = (before[0] + invitations, before[1] + responses)
    return tuple(_rate(*name, *sums[name], level=level) for name in sorted(sums))


def _rate(unit: str, survey_type: str, invitations: int, responses: int, *, level: float) -> Rate:
    from auditlib.statistics.intervals import wilson

    if not invitations:
        return Rate(unit, survey_type, invitations, responses, None)
    limits = wilson(responses, invitations, level=level)
    interval = Interval(float(limits.low), float(limits.high), level, "Wilson")
    return Rate(unit, survey_type, invitations, responses, interval)


def _published(evidence: CanonicalTables) -> PublishedRates | Unanswered:
    import narwhals as nw
    import numpy as np

    published = evidence.lazy("aggregates").filter(~nw.col("response_rate").is_null())
    per_unit = published.select("unit_id", "response_rate").unique().collect()
    rates = sorted(float(rate) for rate in per_unit["response_rate"].to_list())
    if not rates:
        return Unanswered(
            _TITLE, Refusal("No response rate is published.", "Ask for the log of invitations.")
        )
    names = ("lowest", "lower quarter", "median", "upper quarter", "highest")
    values = np.quantile(rates, [0, 0.25, 0.5, 0.75, 1])
    return PublishedRates({name: float(value) for name, value in zip(names, values, strict=True)}, len(rates))


def _row(rate: Rate) -> tuple[str, int, int, float | None, float | None, float | None]:
    low, high = (rate.interval.low, rate.interval.high) if rate.interval else (None, None)
    return (rate.unit_id, rate.invitations, rate.responses, rate.value, low, high)


def _held(rate: Rate, held: Held) -> bool:
    """Tell whether a number of `rate` is held back: its dot would tell it."""
    return any(held(number.key) for number in _numbers_of(rate))


def _compared(rates: ResponseRates) -> Iterator[Number]:
    """Yield what the comparison of units rests on."""
    if len(rates.units) < 2:
        return
    basis = (Basis("invitations", (("in_period", True),)),)
    yield Number("rate_fewest:all", rates.fewest, "invitations", reason="Declared.")
    yield Number("rate_compared:all", len(rates.large), "units", basis=basis)
    few = "" if rates.by_chance is not None else "Too few units have invitations enough."
    how = f"Homogeneity, by chi-squared; invitations worth one independent one: {rates.design_effect:.2f}."
    yield Number("rate_by_chance:all", rates.by_chance, "probability", basis=basis, reason=few or how)


def _numbers_of(rate: Rate) -> tuple[Number, ...]:
    of_unit = () if rate.unit_id == "all" else (("unit_id", rate.unit_id),)
    where = (*of_unit, *((("survey_type", rate.survey_type),) if rate.survey_type else ()))
    invited = Basis("invitations", (*where, ("in_period", True)), rows=rate.invitations)
    answered = Basis("responses", where, "invitation_id")
    return (
        Number(f"invitations:{rate.name}", rate.invitations, "invitations", basis=(invited,)),
        Number(
            f"responses:{rate.name}",
            rate.responses,
            "responses",
            rate.invitations,
            basis=(invited, answered),
        ),
        Number(
            f"rate:{rate.name}",
            rate.value,
            "share",
            rate.invitations,
            rate.interval,
            (invited, answered),
            "" if rate.interval else "Nobody was invited.",
        ),
    )
