"""Each unit against its peers: units of its own kind, its own answers left out of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey
from auditlib.benchmark.compare import register_of
from auditlib.benchmark.facts import rests_on
from auditlib.benchmark.groups import named_grouping
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import readable, shortlist
from auditlib.parameters.engagement import Engagement
from auditlib.records import Number, Refusal, Sentence
from auditlib.statements import Answer, Facts, Unanswered, counted, joined, say
from auditlib.statistics.outlier_verdicts import (
    CALLED_OUT,
    FunnelScale,
    OutlierStatus,
    lies_within,
    standing_of,
    verdicts_on,
)
from auditlib.statistics.standing_out import FEWEST_UNITS, StandingOut
from auditlib.statistics.types import Limits


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """Units compared with the units of their own kind.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    by
        Column of the register that makes units peers.
    frame
        One row per unit that has enough peers: unit_id, name, the group, peers, n, value, peer_value,
        difference, verdict, overall (the verdict among all units).
    too_few
        Compared units that have too few peers.
    """

    comparison: Comparison
    by: str
    frame: pd.DataFrame
    too_few: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit that has enough peers."""
        return self.frame.copy()

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"peers_{self.by}:{self.comparison.key}"

    def parts(self) -> dict[str, pd.DataFrame]:
        """Return the units by what is said of them among peers, and by what is said among all units.

        Only a unit that is shown to be like its peers is `acquitted`; of few peers, or with few answers, it
        cannot be told (`open`), and where it is called out among all units that is said of it (`untold`).
        """
        sides = [side.value for side in CALLED_OUT]
        among_peers, among_all = self.frame["verdict"].isin(sides), self.frame["overall"].isin(sides)
        alike = self.frame["verdict"].eq(OutlierStatus.ALIKE.value)
        called = {
            "called": among_peers,
            "both": among_peers & among_all,
            "only_here": among_peers & ~among_all,
            "acquitted": among_all & alike,
            "open": ~among_peers & ~alike,
            "untold": among_all & ~among_peers & ~alike,
        }
        return {name: self.frame[rows] for name, rows in called.items()} | {"alone": self.alone}

    @property
    def alone(self) -> pd.DataFrame:
        """Rows of the units called out among all units that have too few peers."""
        called = self.comparison.called_out
        return called[~called["unit_id"].isin(self.frame["unit_id"])]


def compare_peers(
    comparison: Comparison, units: pd.DataFrame, *, by: str, minimum_units: int = FEWEST_UNITS
) -> Peers | Refusal:
    """Compare each unit with its peers, its own answers left out of theirs.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    units
        The register, with column `by`.
    by
        Column that makes units peers.
    minimum_units
        Units a group needs, so that it can be said how much sound units differ.

    Notes
    -----
    Within each group as units are compared with all others; see `statistics.standing_out`.
    """
    if by not in units or units[by].isna().all():
        return Refusal(f"The register of units does not say the {named_grouping(by)} of any unit.")
    label = units.drop_duplicates("unit_id").set_index("unit_id")[by]
    columns = ["unit_id", "name", "n", "effective_n", "value", "low", "high", "verdict"]
    rows = comparison.frame.loc[comparison.judgement.chosen, columns]
    rows = rows.rename(columns={"verdict": "overall"})
    rows[by] = label.reindex(rows["unit_id"]).astype("object").to_numpy()
    sizes = rows.groupby(by)["n"].transform("size")
    enough = rows[sizes.ge(max(minimum_units, FEWEST_UNITS)) & rows[by].notna()]
    if enough.empty:
        least = counted(minimum_units, "unit", none="no unit")
        return Refusal(f"No group by {named_grouping(by)} has {least} to compare.")
    parts = [(part, _standing(part, comparison)) for _, part in enough.groupby(by)]
    judged = [
        _judged(part, standing, comparison) for part, standing in parts if not isinstance(standing, Refusal)
    ]
    frame = pd.concat(judged).sort_values("unit_id", kind="stable", ignore_index=True)
    order = ["unit_id", "name", by, "peers", "n", "value", "peer_value", "difference", "verdict", "overall"]
    return Peers(comparison, by, frame[order], len(rows) - len(frame))


def _standing(part: pd.DataFrame, comparison: Comparison) -> StandingOut | Refusal:
    """Return how surely each of a group's units differs from the others of the group."""
    judgement, scale = comparison.judgement, FunnelScale(comparison.measure.is_share)
    n, value = (part[name].to_numpy(dtype=np.float64) for name in ("effective_n", "value"))
    errors = scale.errors(n, judgement.sigma2)
    return standing_of(value, errors, scale=scale, meaningful=judgement.meaningful)


def _judged(part: pd.DataFrame, standing: StandingOut, comparison: Comparison) -> pd.DataFrame:
    theirs = FunnelScale(comparison.measure.is_share).back(standing.centre)
    own = Limits(*(part[end].to_numpy(dtype=np.float64) for end in ("low", "high")))
    by_itself = lies_within(own, theirs, comparison.judgement.meaningful)
    verdict = [status.value for status in verdicts_on(standing, by_itself, sure=comparison.confidence)]
    difference = part["value"].to_numpy(dtype=np.float64) - theirs
    return part.assign(peers=len(part) - 1, peer_value=theirs, difference=difference, verdict=verdict)


class PeersAnswer(Answer[Peers]):
    """How many units stand out among their peers, and of which it cannot be told there."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts the sentence states."""
        basis = rests_on(self.result.comparison.scores)
        parts = self.result.parts()
        counts = {name: len(rows) for name, rows in parts.items()} | {"judged": len(self.result.frame)}
        untold = zip(parts["untold"]["unit_id"], parts["untold"]["peers"], strict=True)
        return (
            *(
                Number(f"{name}:{self.result.key}", count, "units", basis=basis)
                for name, count in counts.items()
            ),
            *(
                Number(f"peers_of:{_of(str(unit), self.result)}", int(peers), "units", basis=basis)
                for unit, peers in untold
            ),
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return how many units stand out among their peers, and of which it cannot be told there."""
        facts, parts = self.facts.about(self.result.key), self.result.parts()
        phrases = [self._called(facts, parts), *self._not_told(facts, parts)]
        return (joined([say("{phrase}.", facts, phrase=phrase) for phrase in phrases], " "),)

    def _called(self, facts: Facts, parts: Mapping[str, pd.DataFrame]) -> Sentence:
        """Say how many units are called out among their peers, and which only there or no longer."""
        sentence = say(
            "{survey}, each unit among peers of the same {grouping}, its own answers left out: "
            "{called|unit|units|no unit} called out",
            facts,
            survey=self.result.comparison.measure.survey,
            grouping=named_grouping(self.result.by),
        )
        if len(parts["called"]):
            sentence = say("{before}, {both} of them also among all units", facts, before=sentence)
        for name, phrase in (
            ("only_here", "only among peers"),
            ("acquitted", "no longer, shown to be like {acquitted~its peers|their peers}"),
        ):
            if len(parts[name]):
                text = f"{{before}}; {{{name}}} {phrase} ({{names}})"
                sentence = say(text, facts, before=sentence, names=_names(parts[name]))
        return sentence

    def _not_told(self, facts: Facts, parts: Mapping[str, pd.DataFrame]) -> Iterator[Sentence]:
        """Yield of how many it cannot be told among peers: where these are few that is no acquittal."""
        if len(parts["open"]):
            among = Sentence("")
            if len(parts["untold"]):
                text = ", {untold} of them called out among all units ({names})"
                among = say(text, facts, names=self._with_peers(parts["untold"]))
            text = (
                "Of {open} of {judged|unit|units} it cannot be told among {open~its|their} peers{among}: "
                "that is no sign that all is well"
            )
            yield say(text, facts, among=among)
        if len(parts["alone"]):
            text = "{alone|unit|units} called out among all units {alone~has|have} too few peers ({names})"
            yield say(text, facts, names=_names(parts["alone"]))

    def _with_peers(self, rows: pd.DataFrame) -> list[str | Sentence]:
        """Return units by name, each with how many peers it has."""
        text = "{name} among {peers_of|peer|peers}"
        return shortlist(
            [
                say(text, self.facts.about(_of(str(unit), self.result)), name=readable(str(name)))
                for unit, name in zip(rows["unit_id"], rows["name"], strict=True)
            ],
            most=4,
        )


def _names(rows: pd.DataFrame) -> list[str]:
    return shortlist([readable(str(unit)) for unit in rows["name"]], most=4)


def _of(unit: str, result: Peers) -> str:
    """Return the end of the keys of one unit."""
    return f"{unit}:{result.key}"


def peers(
    engagement: Engagement, compared: BenchmarkAnswer, *, by: str
) -> tuple[PeersAnswer | Unanswered, ...]:
    """Answer which units stand out among their peers.

    Parameters
    ----------
    compared
        The answer of `compare`.
    by
        Column of the register that makes units peers.
    """
    if not compared.result.comparisons:
        return ()
    units = register_of(engagement.evidence)
    ask = partial(compare_peers, units=units, by=by)
    return by_survey(compared, "peers", ask, PeersAnswer)
