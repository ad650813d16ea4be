"""What customers themselves name: causes of complaints, and those found at follow-up contacts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from auditlib.contracts import CanonicalTables
from auditlib.drivers.policy import DriversPolicy
from auditlib.drivers.questions import Estimate, estimate_of
from auditlib.records import Basis, Held, Refusal
from auditlib.standards.observed import IN_PERIOD
from auditlib.statements import counted
from auditlib.statistics.redrawn import cluster_weights, spread_of

if TYPE_CHECKING:
    import pandas as pd

COMPLAINTS, FOLLOW_UPS = "complaints", "follow_ups"


@dataclass(frozen=True, slots=True)
class Cause:
    """One coded cause and how often customers name it.

    Parameters
    ----------
    code
        The cause, as the run file maps it.
    complaints, follow_ups
        Complaints of the period, and dissatisfied responses of the period whose follow-up names it.
    share
        Of all complaints and followed-up responses with a coded cause.
    best, worst
        Ranks it may hold, 1 the most often named.
    """

    code: str
    complaints: int
    follow_ups: int
    share: Estimate
    best: int
    worst: int

    @property
    def n(self) -> int:
        """How often it is named."""
        return self.complaints + self.follow_ups


@dataclass(frozen=True, slots=True)
class Causes:
    """Causes, most often named first; or why there are none to rank.

    Parameters
    ----------
    sources
        The tables they come from.
    n, uncoded, units
        Voices with a coded cause, without one, and the units they concern.
    unseen
        Causes whose share is held back.
    """

    causes: tuple[Cause, ...] = ()
    sources: tuple[str, ...] = ()
    n: int = 0
    uncoded: int = 0
    units: int = 0
    refusal: Refusal | None = None
    unseen: frozenset[str] = frozenset()

    def without(self, held: Held) -> Causes:
        """Return it knowing which causes are held back."""
        return replace(
            self, unseen=frozenset(cause.code for cause in self.causes if held(f"share:{cause.code}"))
        )

    @property
    def basis(self) -> tuple[Basis, ...]:
        """The rows they rest on."""
        return tuple(Basis(source, IN_PERIOD) for source in self.sources)

    def basis_of(self, code: str) -> tuple[Basis, ...]:
        """Return the rows that name one cause."""
        return tuple(Basis(source, (*IN_PERIOD, ("cause_code", code))) for source in self.sources)


def examine_causes(
    tables: CanonicalTables, policy: DriversPolicy, *, level: float, rng: np.random.Generator
) -> Causes:
    """Rank coded causes by how often customers name them."""
    voices, sources = _voices(tables)
    if not sources:
        return Causes(
            refusal=Refusal("There are neither complaints nor follow-up contacts with coded causes.")
        )
    coded = voices[voices["cause_code"].notna()]
    unranked = Causes((), sources, len(coded), len(voices) - len(coded), int(coded["unit_id"].nunique()))
    if unranked.units < policy.least_units:
        why = (
            f"Coded causes come from {counted(unranked.units, 'unit')}: fewer than {policy.least_units} "
            "give no error."
        )
        return replace(unranked, refusal=Refusal(why))
    return replace(unranked, causes=_ranked(coded, policy, level=level, rng=rng))


def counted_causes(tables: CanonicalTables) -> dict[str, int]:
    """Return how often each cause is named, most often first, ties in order of the code."""
    voices, _ = _voices(tables)
    counts = voices["cause_code"].dropna().value_counts()
    return dict(
        sorted(
            ((str(code), int(n)) for code, n in counts.items()),
            key=lambda counted_cause: (-counted_cause[1], counted_cause[0]),
        )
    )


def _voices(tables: CanonicalTables) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one row for each customer's voice: where it comes from, unit, cause or none."""
    import pandas as pd

    parts = {}
    if COMPLAINTS in tables.tables:
        parts[COMPLAINTS] = tables.frame(COMPLAINTS, columns=["unit_id", "cause_code"], where=IN_PERIOD)
    if FOLLOW_UPS in tables.tables and "responses" in tables.tables:
        parts[FOLLOW_UPS] = _followed(tables)
    if not parts:
        return pd.DataFrame({"source": [], "unit_id": [], "cause_code": []}, dtype=object), ()
    frame = pd.concat([part.assign(source=name) for name, part in parts.items()], ignore_index=True)
    return frame.astype(object), tuple(parts)


def _followed(tables: CanonicalTables) -> pd.DataFrame:
    """Return one row for each response and cause found at its contacts; without a cause where none was."""
    held = tables.frame(FOLLOW_UPS, columns=["response_id", "cause_code", "reached"])
    units = tables.frame("responses", columns=["response_id", "unit_id"], where=IN_PERIOD)
    reached = held[held["reached"].fillna(False).astype(bool)].drop(columns="reached").drop_duplicates()
    coded = reached[reached["cause_code"].notna()]
    silent = reached[~reached["response_id"].isin(coded["response_id"])]
    import pandas as pd

    return pd.concat([coded, silent], ignore_index=True).merge(units, on="response_id")[
        ["unit_id", "cause_code"]
    ]


def _ranked(
    coded: pd.DataFrame, policy: DriversPolicy, *, level: float, rng: np.random.Generator
) -> tuple[Cause, ...]:
    import pandas as pd

    by_unit = pd.crosstab(coded["unit_id"], coded["cause_code"])
    sources = zip(coded["source"], coded["cause_code"], strict=True)
    mentions = Counter((str(source), str(code)) for source, code in sources)
    counts = by_unit.to_numpy(dtype=float)
    weights = cluster_weights(len(counts), draws=policy.draws, rng=rng)
    drawn = weights @ counts
    spread = spread_of(
        counts.sum(axis=0) / counts.sum(),
        drawn / drawn.sum(axis=1, keepdims=True),
        clusters=len(counts),
        level=level,
    )
    causes = [
        Cause(
            str(code),
            mentions[COMPLAINTS, str(code)],
            mentions[FOLLOW_UPS, str(code)],
            estimate_of(spread, place, level=level),
            int(spread.best[place]),
            int(spread.worst[place]),
        )
        for place, code in enumerate(by_unit.columns)
    ]
    return tuple(sorted(causes, key=lambda cause: (-cause.n, cause.code)))
