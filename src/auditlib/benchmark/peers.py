"""Each unit against its peers: units of its own kind, its own answers left out of theirs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlib.benchmark.groups import GROUPINGS
from auditlib.benchmark.numbers import rests_on
from auditlib.benchmark.result import Comparison
from auditlib.benchmark.verdicts import ALARM, OutlierStatus
from auditlib.benchmark.wording import counted, listed
from auditlib.records import Number, Refusal, Sentence
from auditlib.statistics import funnel
from auditlib.statistics.types import Floats, as_floats, normal_quantile


@dataclass(frozen=True, slots=True, eq=False)
class Peers:
    """Units compared with the units of their own kind.

    Parameters
    ----------
    by
        Column of the register that makes units peers.
    own_left_out
        Whether a unit's own answers are left out of what it is compared with.
    frame
        One row per unit that has enough peers: unit_id, name, the group, peers, n, value, peer_value,
        difference, z, verdict, overall (the verdict among all units).
    without
        Compared units that have too few peers.
    """

    comparison: Comparison
    by: str
    own_left_out: bool
    frame: pd.DataFrame
    without: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row per unit that has enough peers."""
        return self.frame.copy()

    @property
    def key(self) -> str:
        """End of the keys of its numbers."""
        return f"peers_{self.by}:{self.comparison.key}"

    def called_out(self) -> pd.DataFrame:
        """Return the units outside the outer limits among their peers, the farthest first."""
        rows = self.frame[self.frame["verdict"].isin([OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value])]
        return rows.sort_values("z", key=np.abs, ascending=False, kind="stable")

    def summary(self) -> tuple[Sentence, ...]:
        """Return how many units stand out among their peers, and which do only there or only overall."""
        called = {OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value}
        here, there = self.frame["verdict"].isin(called), self.frame["overall"].isin(called)
        own = ", its own answers left out" if self.own_left_out else ""
        also = f", {int((here & there).sum())} of them also among all units" if here.any() else ""
        text = (
            f"{self.comparison.measure.survey}, each unit among peers of the same "
            f"{GROUPINGS.get(self.by, self.by)}{own}: {counted(int(here.sum()), 'unit')} called out{also}"
        )
        for rows, phrase in ((here & ~there, "only among peers"), (there & ~here, "no longer")):
            if rows.any():
                names = listed(self.frame.loc[rows, "name"].astype(str).tolist(), most=4)
                text += f"; {int(rows.sum())} {phrase} ({names})"
        keys = tuple(f"{name}:{self.key}" for name in ("called", "both", "only_here", "only_there"))
        return (Sentence(f"{text}.", keys),)

    def numbers(self) -> tuple[Number, ...]:
        """Return the counts the sentence states."""
        called = {OutlierStatus.HIGHER.value, OutlierStatus.LOWER.value}
        here, there = self.frame["verdict"].isin(called), self.frame["overall"].isin(called)
        counts = {
            "called": here, "both": here & there, "only_here": here & ~there, "only_there": there & ~here,
        }  # fmt: skip
        basis = rests_on(self.comparison.scores)
        return tuple(
            Number(f"{name}:{self.key}", int(rows.sum()), "units", basis=basis)
            for name, rows in counts.items()
        )


def peers(
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
    units
        The register, with column `by`.
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
        return Refusal(f"The register of units does not say the {GROUPINGS.get(by, by)} of any unit.")
    label = units.drop_duplicates("unit_id").set_index("unit_id")[by]
    rows = comparison.frame.loc[comparison.judgement.chosen, ["unit_id", "name", "n", "value", "verdict"]]
    rows = rows.rename(columns={"verdict": "overall"})
    rows[by] = label.reindex(rows["unit_id"]).astype("object").to_numpy()
    sizes = rows.groupby(by)["n"].transform("size")
    enough = rows[sizes.ge(minimum_units) & rows[by].notna()]
    if enough.empty:
        return Refusal(
            f"No group by {GROUPINGS.get(by, by)} has {counted(minimum_units, 'unit')} to compare."
        )
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
