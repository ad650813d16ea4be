"""Each unit against its peers: units of its own kind, its own answers left out of theirs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from auditlib.benchmark.answer import BenchmarkAnswer, by_survey
from auditlib.benchmark.compare import register_of
from auditlib.benchmark.facts import rests_on
from auditlib.benchmark.groups import named_grouping
from auditlib.benchmark.outliers import ALARM, CALLED_OUT, OutlierStatus
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.words import readable, shortlist
from auditlib.parameters.engagement import Engagement
from auditlib.records import Number, Refusal, Sentence
from auditlib.statements import Answer, Unanswered, counted, say
from auditlib.statistics import funnel
from auditlib.statistics.types import Floats, as_floats, normal_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """Units compared with the units of their own kind.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    by
        Column of the register that makes units peers.
    own_left_out
        Whether a unit's own answers are left out of what it is compared with.
    frame
        One row per unit that has enough peers: unit_id, name, the group, peers, n, value, peer_value,
        difference, z, verdict, overall (the verdict among all units).
    too_few
        Compared units that have too few peers.
    """

    comparison: Comparison
    by: str
    own_left_out: bool
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
        """Return the units called out among peers, among all units too, and there or here alone."""
        sides = [side.value for side in CALLED_OUT]
        among_peers, among_all = self.frame["verdict"].isin(sides), self.frame["overall"].isin(sides)
        called = {
            "called": among_peers,
            "both": among_peers & among_all,
            "only_here": among_peers & ~among_all,
            "only_there": among_all & ~among_peers,
        }
        return {name: self.frame[rows] for name, rows in called.items()}


def compare_peers(
    comparison: Comparison,
    units: pd.DataFrame,
    *,
    by: str,
    own_left_out: bool = True,
    minimum_units: int = 10,
) -> Peers | Refusal:
    """Compare each unit with the pooled value of its peers.

    Parameters
    ----------
    comparison
        The units, and what they are compared on.
    units
        The register, with column `by`.
    by
        Column that makes units peers.
    own_left_out
        Leave a unit's own answers out of the value it is compared with: a large unit is otherwise compared
        with itself.
    minimum_units
        Units a group needs, so that over-dispersion can be told from units that stand out.

    Notes
    -----
    Within each group the funnel of Spiegelhalter (2005) with over-dispersion in its consistent form. With the
    own answers left out the distance grows by N / (N - n), and its error by the peers' own.
    """
    if by not in units or units[by].isna().all():
        return Refusal(f"The register of units does not say the {named_grouping(by)} of any unit.")
    label = units.drop_duplicates("unit_id").set_index("unit_id")[by]
    rows = comparison.frame.loc[comparison.judgement.chosen, ["unit_id", "name", "n", "value", "verdict"]]
    rows = rows.rename(columns={"verdict": "overall"})
    rows[by] = label.reindex(rows["unit_id"]).astype("object").to_numpy()
    sizes = rows.groupby(by)["n"].transform("size")
    enough = rows[sizes.ge(minimum_units) & rows[by].notna()]
    if enough.empty:
        least = counted(minimum_units, "unit", none="no unit")
        return Refusal(f"No group by {named_grouping(by)} has {least} to compare.")
    parts = [_judged(part, comparison, own_left_out=own_left_out) for _, part in enough.groupby(by)]
    frame = pd.concat(parts).sort_values("unit_id", kind="stable", ignore_index=True)
    order = [
        "unit_id",
        "name",
        by,
        "peers",
        "n",
        "value",
        "peer_value",
        "difference",
        "z",
        "verdict",
        "overall",
    ]
    return Peers(comparison, by, own_left_out, frame[order], len(rows) - len(frame))


def _judged(part: pd.DataFrame, comparison: Comparison, *, own_left_out: bool) -> pd.DataFrame:
    n, value = (part[name].to_numpy(dtype=np.float64) for name in ("n", "value"))
    total, weighted = n.sum(), (n * value).sum()
    target = (weighted - n * value) / (total - n) if own_left_out else np.full(len(n), weighted / total)
    theirs = 1 / (total - n) if own_left_out else np.zeros(len(n))
    deviations, errors = _distance(comparison, value, target, 1 / n + theirs)
    spread = funnel.over_dispersion(deviations, errors, consistent=True)
    tau2 = 0.0 if isinstance(spread, Refusal) else spread.tau2
    z = funnel.adjusted_z(deviations, errors, tau2=tau2)
    outer = normal_quantile(ALARM)
    verdict = np.select(
        [z > outer, z < -outer],
        [OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value],
        OutlierStatus.WITHIN.value,
    )
    return part.assign(
        peers=len(part) - 1, peer_value=target, difference=value - target, z=z, verdict=verdict
    )


def _distance(
    comparison: Comparison, value: Floats, target: Floats, per_answer: Floats
) -> tuple[Floats, Floats]:
    """Return distances and their errors on the funnel's scale."""
    if comparison.measure.is_share:
        return as_floats(np.arcsin(np.sqrt(value)) - np.arcsin(np.sqrt(target))), np.sqrt(per_answer) / 2
    return value - target, np.sqrt(comparison.judgement.sigma2 * per_answer)


class PeersAnswer(Answer[Peers]):
    """How many units stand out among their peers, and which do only there or only overall."""

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts the sentence states."""
        basis = rests_on(self.result.comparison.scores)
        return tuple(
            Number(f"{name}:{self.result.key}", len(rows), "units", basis=basis)
            for name, rows in self.result.parts().items()
        )

    def summary(self) -> tuple[Sentence, ...]:
        """Return how many units stand out among their peers, and which do only there or only overall."""
        facts, parts = self.facts.about(self.result.key), self.result.parts()
        sentence = say(
            "{survey}, each unit among peers of the same {grouping}{own}: {called|unit|units|no unit} called "
            "out",
            facts,
            survey=self.result.comparison.measure.survey,
            grouping=named_grouping(self.result.by),
            own=", its own answers left out" if self.result.own_left_out else "",
        )
        if len(parts["called"]):
            sentence = say("{before}, {both} of them also among all units", facts, before=sentence)
        for name, phrase in (("only_here", "only among peers"), ("only_there", "no longer")):
            if len(parts[name]):
                names = shortlist([readable(str(unit)) for unit in parts[name]["name"]], most=4)
                text = f"{{before}}; {{{name}}} {phrase} ({{names}})"
                sentence = say(text, facts, before=sentence, names=names)
        return (say("{sentence}.", facts, sentence=sentence),)


def peers(
    engagement: Engagement, compared: BenchmarkAnswer, *, by: str, own_left_out: bool = True
) -> tuple[PeersAnswer | Unanswered, ...]:
    """Answer which units stand out among their peers.

    Parameters
    ----------
    compared
        The answer of `compare`.
    by
        Column of the register that makes units peers.
    own_left_out
        Leave a unit's own answers out of the value it is compared with.
    """
    if not compared.result.comparisons:
        return ()
    units = register_of(engagement.evidence)
    ask = partial(compare_peers, units=units, by=by, own_left_out=own_left_out)
    return by_survey(compared, "peers", ask, PeersAnswer)
