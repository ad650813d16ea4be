"""What published figures of a few periods say about a link: comparisons, and why none is its effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from auditlib.linkage import unidentified_wording as wording
from auditlib.linkage.numbers import shift_numbers
from auditlib.linkage.published import BOX, UNNAMED, Published, begun, kinds
from auditlib.linkage.readings import NaiveComparisons, Placebo, naive_difference, readings
from auditlib.linkage.register import NOUNS, ROLES, UNIT, running
from auditlib.linkage.threats import BOTH, NOT_SUPPLIED, Shift
from auditlib.records import Basis, Finding, Interval, Number, Refusal, Sentence
from auditlib.statistics.adoption import Ints
from auditlib.statistics.two_groups import GroupDifference, difference
from auditlib.statistics.types import Floats

NOT_IDENTIFIED = "not identified"
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class PublishedLinkage:
    """Comparisons of linked and never-linked units on published figures; none is credited to the link.

    Parameters
    ----------
    panel
        The figures.
    role
        Whose pay is linked.
    start
        First linked period by unit.
    began, units
        First day of the register's links, and units it links.
    kind, kind_shares
        Commonest kind among linked units, and its share among linked and among never-linked ones.
    first_gap
        Linked less never-linked units in the first period; NaN where it cannot be had.
    compared
        Every simple comparison, or why there is none.
    sides
        What others would state: name, estimate, low, high, n, caution.
    shifts
        What else moved, and what cannot be told.
    """

    panel: Published
    register: pd.DataFrame
    role: str
    start: Ints
    began: date
    units: int
    kind: str
    kind_shares: tuple[float, float]
    first_gap: float
    compared: NaiveComparisons | Refusal
    sides: pd.DataFrame
    shifts: tuple[Shift, ...]
    confidence: float

    by = ("role",)
    roles: tuple[()] = ()
    """No role has an estimate."""

    @property
    def noun(self) -> str:
        """The role in words."""
        return NOUNS[self.role]

    @property
    def before(self) -> int:
        """Periods before the link in which linked units have a figure."""
        return 0 if isinstance(self.compared, Refusal) else self.compared.before

    @property
    def readings(self) -> tuple[NaiveComparisons, ...]:
        """The comparisons to be drawn; none where they were refused."""
        return () if isinstance(self.compared, Refusal) else (self.compared,)

    @property
    def fewest(self) -> tuple[str, ...]:
        """Keys of the smallest numbers of surveys that were tried."""
        return tuple(f"readings:{self.role}:fewest:{n}" for reading in self.readings for n in reading.fewest)

    @property
    def basis(self) -> Basis:
        """The published figures."""
        where = (
            ("survey_type", self.panel.survey_type), ("item", self.panel.item),
            ("box", BOX[self.panel.statistic]),
        )  # fmt: skip
        return Basis("aggregates", where, rows=int(np.isfinite(self.panel.value).sum()))

    @property
    def links_basis(self) -> Basis:
        """The register of links."""
        return Basis("pay_links")

    def to_frame(self) -> pd.DataFrame:
        """Return one row: role, claim, and why there is no estimate."""
        row = (self.role, NOT_IDENTIFIED, np.nan, np.nan, np.nan, self.units, wording.reason(self))
        return pd.DataFrame([row], columns=["role", "claim", "estimate", "low", "high", "units", "why"])

    def adoption(self) -> pd.DataFrame:
        """Return who was linked when: role, month, units, weight (mean share of pay)."""
        mine = running(self.register, role=self.role)
        first = mine.groupby(mine["unit_id"].astype(str))["starts_on"].min()
        days = [_EPOCH + timedelta(days=int(day)) for day in first]
        months = pd.Series([day.year * 100 + day.month for day in days]).value_counts().sort_index()
        weight = float(mine["weight"].mean())
        rows = [(self.role, month, int(count), weight) for month, count in months.items()]
        return pd.DataFrame(rows, columns=["role", "month", "units", "weight"])

    def simple(self) -> pd.DataFrame:
        """Return what others would state, and why it is not the effect."""
        return self.sides.drop(columns="key")

    def shifted(self) -> pd.DataFrame:
        """Return what else moved, and what cannot be told."""
        return pd.DataFrame(
            [(shift.role, shift.name, shift.estimate, shift.low, shift.high, shift.p_value, shift.meaning)
             for shift in self.shifts],
            columns=["role", "what", "estimate", "low", "high", "p", "meaning"],
        )  # fmt: skip

    def summary(self) -> tuple[Sentence, ...]:
        """Return the refusal, how far comparisons disagree, and what would settle it."""
        return wording.conclusion(self)

    def said(self, subject: str) -> tuple[Sentence, ...]:
        """Return sentences on ``readings`` or ``simple``; on the subjects of an estimate there are none."""
        return wording.said(self, subject)

    def advice(self) -> tuple[Sentence, ...]:
        """Return what to do."""
        return wording.advice(self)

    def limits(self) -> tuple[Sentence, ...]:
        """Return what is not identified, and why."""
        return wording.limits(self)

    def findings(self, *, notebook: str) -> tuple[Finding, ...]:
        """Return that no effect may be claimed."""
        return wording.findings(self, notebook=notebook)

    def numbers(self) -> tuple[Number, ...]:
        """Return every number the sentences state."""
        return tuple(_numbers(self))


def compare_published(
    shown: Published,
    register: pd.DataFrame,
    questions: Mapping[str, Published],
    *,
    minimum: int,
    confidence: float,
    seed: int,
) -> PublishedLinkage:
    """Compare linked with never-linked units on published figures of a few periods.

    Parameters
    ----------
    register
        The canonical table ``pay_links``.
    questions
        Other questions of the survey, by item, on the same periods.
    minimum
        Surveys below which the audit would give no verdict.
    """
    role = next(one for one in (UNIT, *ROLES) if not running(register, role=one).empty)
    mine = running(register, role=role)
    start = begun(register, shown, role=role)
    compared = readings(shown, start, minimum=minimum, level=confidence, seed=seed)
    first = 0 if isinstance(compared, Refusal) else compared.first
    linked = start < len(shown.periods)
    return PublishedLinkage(
        shown,
        register,
        role,
        start,
        _EPOCH + timedelta(days=int(mine["starts_on"].min())),
        int(mine["unit_id"].nunique()),
        kinds(shown, linked)[0],
        _kind_shares(shown, linked),
        _ends(_gap(shown.value[:, first], linked, ~linked), confidence)[0],
        compared,
        _sides(shown, linked, first, role=role, level=confidence),
        tuple(_shifts(shown, linked, questions, first, role=role, level=confidence)),
        confidence,
    )


def _sides(
    shown: Published, linked: NDArray[np.bool_], first: int, *, role: str, level: float
) -> pd.DataFrame:
    """Return the three numbers most often quoted: before and after, with and without, and both."""
    others = _others(shown, linked)
    two = shown.value[:, [first, first + 1]]
    both = np.isfinite(two).all(axis=1)
    change = (two[:, 1] - two[:, 0])[both & linked]
    own = np.arange(len(change))
    alone = difference(change, np.ones(len(change)), np.zeros((len(change), 0)), cluster=own)
    apart = naive_difference(shown.value, linked=linked, others=others, first=first)
    named = (
        ("before_after", "linked units, later less first period", alone, len(change),
         "credits the link with whatever moved everybody"),
        ("with_without", "linked less never linked, later period", _gap(two[:, 1], linked, others),
         int((np.isfinite(two[:, 1]) & (linked | others)).sum()),
         "credits the link with what the units were like before"),
        ("both", "change of linked less change of never linked", apart, int((both & (linked | others)).sum()),
         "holds only if both would have moved alike, which no earlier period can test"),
    )  # fmt: skip
    rows = [(role, key, words, *_ends(found, level), n, caution) for key, words, found, n, caution in named]
    columns = ["role", "key", "reading", "estimate", "low", "high", "units", "caution"]
    return pd.DataFrame(rows, columns=columns)


def _kind_shares(shown: Published, linked: NDArray[np.bool_]) -> tuple[float, float]:
    mine = np.array([kind or UNNAMED for kind in shown.kind]) == kinds(shown, linked)[0]
    own, others = (mine[group] for group in (linked, ~linked))
    return float(own.mean()) if len(own) else 0.0, float(others.mean()) if len(others) else 0.0


def _others(shown: Published, linked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    theirs = kinds(shown, linked)[1]
    return np.asarray(~linked & (np.array(shown.kind) == theirs)) if theirs in shown.kind else ~linked


def _gap(value: Floats, linked: NDArray[np.bool_], others: NDArray[np.bool_]) -> GroupDifference | Refusal:
    kept = np.isfinite(value) & (linked | others)
    focal = linked[kept].astype(np.float64)
    return difference(value[kept], focal, np.ones((len(focal), 1)), cluster=np.arange(len(focal)))


def _ends(found: GroupDifference | Refusal, level: float) -> tuple[float, float, float]:
    if isinstance(found, Refusal):
        return np.nan, np.nan, np.nan
    return (found.estimate, *found.limits(level))


def _shifts(
    shown: Published,
    linked: NDArray[np.bool_],
    questions: Mapping[str, Published],
    first: int,
    *,
    role: str,
    level: float,
) -> Iterator[Shift]:
    others = _others(shown, linked)
    compared = partial(naive_difference, linked=linked, others=others, first=first)
    moved = partial(_moved, role=role, level=level)
    yield moved(
        compared(shown.response_rate), "response rate as published", "percentage points",
        meaning="others may answer than before",
    )  # fmt: skip
    for question in questions.values():
        yield moved(
            compared(_placed(question, shown)),
            f"{question.question}, not named in the register",
            shown.points,
            meaning="moving like the paid question: the service or the respondents changed",
        )
    for name, why in _UNKNOWABLE:
        yield Shift(BOTH, name, "share", None, None, None, None, NOT_SUPPLIED + why)


_UNKNOWABLE = (
    ("mix of respondents", "no single responses were supplied."),
    ("use of the scale", "only shares were supplied, not the scores they were made of."),
    ("survey mode", "no table says by which mode (paper, telephone, device) an answer came."),
    ("number of surveys", "a band says only roughly how many answered."),
    ("spill-over", "all were linked at once, so no neighbour was linked later than another."),
    ("other programmes", "no register of other programmes and their dates was supplied."),
)


def _placed(one: Published, like: Published) -> Floats:
    row = {unit: place for place, unit in enumerate(one.units)}
    value = np.full(like.value.shape, np.nan)
    for place, unit in enumerate(like.units):
        if unit in row:
            value[place] = one.value[row[unit]]
    return value


def _moved(
    found: GroupDifference | Refusal, name: str, unit: str, *, meaning: str, role: str, level: float
) -> Shift:
    if isinstance(found, Refusal):
        return Shift(role, name, unit, None, None, None, None, NOT_SUPPLIED + found.reason)
    low, high = found.limits(level)
    p_value = found.p_value
    return Shift(role, name, unit, found.estimate, low, high, p_value, meaning)


def _numbers(result: PublishedLinkage) -> Iterator[Number]:
    role, figures, links = result.role, (result.basis,), (Basis("pay_links", (("role", result.role),)),)
    points = result.panel.points
    yield Number(f"claim:{role}", NOT_IDENTIFIED, "", basis=links, reason=wording.reason(result))
    yield Number(f"link:{role}:began", str(result.began), "day", basis=links)
    yield Number(f"link:{role}:units", result.units, "units", basis=links)
    yield Number(f"link:{role}:kind", result.kind_shares[0], "share", basis=links)
    yield Number(f"link:{role}:kind_others", result.kind_shares[1], "share", basis=figures)
    gap = None if np.isnan(result.first_gap) else result.first_gap
    yield Number(
        f"link:{role}:first_gap", gap, points, basis=figures, reason="" if gap else "No first period."
    )
    yield Number(f"periods:{role}:before", result.before, "count", basis=figures)
    yield Number(f"periods:{role}", len(result.panel.periods), "count", basis=figures)
    yield Number("confidence", result.confidence, "share", reason="Declared.")
    for row in result.sides.to_dict("records"):
        interval = Interval(row["low"], row["high"], result.confidence, "t, robust to unequal spread")
        value = None if pd.isna(row["estimate"]) else float(row["estimate"])
        yield Number(
            f"reading:{role}:{row['key']}", value, points, int(row["units"]),
            interval if value is not None else None, figures,
            str(row["caution"]) if value is not None else "The comparison could not be made.",
        )  # fmt: skip
    yield from shift_numbers(result.shifts, figures, result.confidence)
    for compared in result.readings:
        yield from _of_readings(compared, role, figures, points)


def _of_readings(
    one: NaiveComparisons, role: str, figures: tuple[Basis, ...], points: str
) -> Iterator[Number]:
    for name, count in one.split().items():
        yield Number(f"readings:{role}:{name}", count, "count", basis=figures)
    for name, value in (
        ("least", one.estimated["estimate"].min()),
        ("most", one.estimated["estimate"].max()),
    ):
        yield Number(f"readings:{role}:{name}", float(value), points, basis=figures)
    for least in one.fewest:
        yield Number(f"readings:{role}:fewest:{least}", least, "responses", reason="Declared.")
    yield from _placebo(one.dealt, f"placebo:{role}", figures)


def _placebo(found: Placebo | Refusal, key: str, figures: tuple[Basis, ...]) -> Iterator[Number]:
    if isinstance(found, Refusal):
        yield Number(f"{key}:rate", None, "share", basis=figures, reason=found.reason)
        return
    low, high = found.limits
    interval = Interval(low, high, 0.95, "Wilson")
    yield Number(f"{key}:rate", found.rate, "share", len(found.estimate), interval, figures)
    yield Number(f"{key}:count", len(found.estimate), "count", basis=figures)
