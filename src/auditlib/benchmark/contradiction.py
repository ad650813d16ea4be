"""Whether the survey types contradict each other on the same accounts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import narwhals as nw
import pandas as pd

from auditlib.disclosure import UNRESTRICTED, MinimumFrequency
from auditlib.parameters.engagement import Engagement
from auditlib.records import Basis, Instrument, Interval, Number, Refusal, Sentence
from auditlib.statements import Answer, counted, say
from auditlib.statistics import intervals

FEWEST_ANSWERS = 2
"""Answers an account needs in each survey type: one answer is a mood."""
_NO_PAIR = Refusal(
    "contradiction on the same accounts needs responses to two survey types, with their accounts."
)


@dataclass(frozen=True, slots=True, eq=False)
class Contradiction:
    """Accounts that are satisfied in one survey type and dissatisfied in the other.

    Parameters
    ----------
    pair
        The two survey types.
    compared
        Accounts with enough answers in both.
    frame
        One row per contradicting account: account_id, and per survey type n, top-box and bottom-box share.
    confidence
        Level of the limits.
    refusal
        Why no account could be compared; None where some could.
    """

    pair: tuple[str, str]
    compared: int
    frame: pd.DataFrame
    confidence: float
    refusal: Refusal | None = None

    @property
    def key(self) -> str:
        """Key of the share of contradicting accounts."""
        return f"contradiction:{self.pair[0]}:{self.pair[1]}"

    def to_frame(self) -> pd.DataFrame:
        """Return one row per contradicting account."""
        return self.frame.copy()


def contradicting(
    responses: nw.LazyFrame[Any],
    instruments: Sequence[Instrument],
    *,
    confidence: float = 0.95,
    least: int = FEWEST_ANSWERS,
    disclosure: MinimumFrequency = UNRESTRICTED,
) -> tuple[Contradiction, ...]:
    """Compare each pair of survey types on the accounts that answered both.

    Parameters
    ----------
    responses
        The canonical table, lazily: account_id, survey_type, in_period and the headline items.
    instruments
        The survey types; each is judged on its headline item.
    confidence
        Level of the limits.
    least
        Answers an account needs in each.
    disclosure
        Of how few accounts nothing is said.

    Notes
    -----
    An account contradicts itself where more than half of its answers of one type are in the top box and
    more than half of those of the other type are in the bottom box.
    """
    accounts = {entry.survey_type: _accounts(responses, entry) for entry in instruments}
    pairs = combinations((entry.survey_type for entry in instruments), 2)
    return tuple(
        _compare(pair, accounts, confidence=confidence, least=least, disclosure=disclosure) for pair in pairs
    )


def _accounts(responses: nw.LazyFrame[Any], instrument: Instrument) -> pd.DataFrame:
    """Return n, top-box and bottom-box share per account, counted where the responses are."""
    item = instrument.headline
    score = nw.col(item.item)
    counted_rows = (
        responses.filter(
            nw.col("in_period"),
            nw.col("survey_type") == instrument.survey_type,
            ~nw.col("account_id").is_null(),
            ~score.is_null(),
        )
        .select(
            "account_id",
            top=(score >= item.scale.top_box).cast(nw.Int64),
            bottom=(score <= item.scale.bottom_box).cast(nw.Int64),
        )
        .group_by("account_id")
        .agg(n=nw.len(), top=nw.col("top").sum(), bottom=nw.col("bottom").sum())
    )
    frame = (
        counted_rows.collect("pandas").to_pandas().astype({"n": "int64", "top": "int64", "bottom": "int64"})
    )
    return frame.set_index("account_id").sort_index()


def _compare(
    pair: tuple[str, str],
    accounts: dict[str, pd.DataFrame],
    *,
    confidence: float,
    least: int,
    disclosure: MinimumFrequency,
) -> Contradiction:
    first, second = (accounts[survey_type][accounts[survey_type]["n"] >= least] for survey_type in pair)
    both = first.add_suffix(f"_{pair[0]}").join(second.add_suffix(f"_{pair[1]}"), how="inner")
    answers = counted(least, "answer", none="no answer")
    if both.empty:
        why = Refusal(f"no account has {answers} in each, so that they cannot contradict each other.")
        return Contradiction(pair, 0, both.reset_index(), confidence, why)
    if not disclosure.shows(len(both)):
        why = Refusal(
            f"fewer than {counted(disclosure.least, 'account has', 'accounts have')} "
            f"{answers} in each: too few to tell of them."
        )
        return Contradiction(pair, 0, both.iloc[:0].reset_index(), confidence, why)
    opposed = _mostly(both, "top", pair[0]) & _mostly(both, "bottom", pair[1])
    opposed |= _mostly(both, "bottom", pair[0]) & _mostly(both, "top", pair[1])
    return Contradiction(pair, len(both), both[opposed].reset_index(), confidence)


def _mostly(both: pd.DataFrame, box: str, survey_type: str) -> pd.Series[bool]:
    return 2 * both[f"{box}_{survey_type}"] > both[f"n_{survey_type}"]


class ContradictionAnswer(Answer[Contradiction]):
    """On how many accounts two survey types contradict each other."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the share of contradicting accounts with its interval, and both counts."""
        result, key, refusal = self.result, self.result.key, self.result.refusal
        basis = tuple(
            Basis("responses", (("survey_type", kind), ("in_period", True))) for kind in result.pair
        )
        if refusal is not None:
            return (Number(key, None, "share", basis=basis, reason=refusal.reason),)
        count, of = len(result.frame), result.compared
        wilson = intervals.wilson(count, of, level=result.confidence)
        limits = Interval(float(wilson.low), float(wilson.high), result.confidence, "Wilson")
        return (
            Number(key, count / of, "share", of, limits, basis),
            Number(f"{key}:accounts", count, "accounts", basis=basis),
            Number(f"{key}:compared", of, "accounts", basis=basis),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return on how many accounts the survey types contradict each other."""
        (first, second), key = self.result.pair, self.result.key
        if self.result.refusal is not None:
            text = f"{first.capitalize()} and {second} surveys: {self.result.refusal.reason}"
            return (Sentence(text, (key,)),)
        text = (
            "The {first} and the {second} survey contradict each other on "
            f"{{{key}:accounts|account|accounts|no account}} of {{{key}:compared}} with answers to both "
            f"({{{key}[low]|.1%}} to {{{key}[high]|.1%}}): most answers to one are in the top box "
            "and most to the other in the bottom box."
        )
        return (say(text, self.facts, first=first, second=second),)


def contradictions(engagement: Engagement) -> tuple[ContradictionAnswer, ...]:
    """Answer whether the survey types contradict each other on the same accounts; or why none can say."""
    evidence, thresholds = engagement.evidence, engagement.run.thresholds
    instruments = tuple(evidence.instruments.values())
    if len(instruments) < 2 or "responses" not in evidence.tables:
        pair = (instruments[0].survey_type if instruments else "any", "other")
        return (ContradictionAnswer(Contradiction(pair, 0, pd.DataFrame(), thresholds.confidence, _NO_PAIR)),)
    compared = contradicting(
        evidence.lazy("responses"),
        instruments,
        confidence=thresholds.confidence,
        disclosure=MinimumFrequency.of(thresholds),
    )
    return tuple(ContradictionAnswer(contradiction) for contradiction in compared)
