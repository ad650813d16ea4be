"""What else could have moved the scores of linked units: who was asked, who answered, what came at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from auditlib.linkage.beside import Beside
from auditlib.linkage.panel import Panel, counts
from auditlib.linkage.procedure import Choices, effects, split
from auditlib.linkage.register import RoleLinks
from auditlib.records import Refusal
from auditlib.statistics.adoption import AdoptionPanel, Ints
from auditlib.statistics.clustered import critical, two_sided
from auditlib.statistics.two_way import regress
from auditlib.statistics.types import Floats

BOTH = "both"
"""Stands for the role where a threat is looked for once, whoever is linked."""
NOT_SUPPLIED = "Not assessable: "
FEWEST_EXPOSED = 8
"""Units that unlinked months must come from for spill-over to be looked for."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How a link moved something other than the paid score, by the same procedure.

    Parameters
    ----------
    role, name, unit
        Whose link, what moved, and in what it is counted.
    estimate, low, high, p_value
        Of the shift; None where it cannot be assessed.
    meaning
        What it would do to the score; why it cannot be assessed.
    """

    role: str
    name: str
    unit: str
    estimate: float | None
    low: float | None
    high: float | None
    p_value: float | None
    meaning: str

    @property
    def moved(self) -> bool:
        """Whether it demonstrably moved."""
        return self.p_value is not None and self.p_value < 0.05


def shifts(
    panel: Panel,
    links: tuple[RoleLinks, ...],
    beside: Beside,
    *,
    choices: Choices,
    cluster: Ints,
    level: float,
) -> tuple[Shift, ...]:
    """Put other outcomes through the default procedure, and say what cannot be assessed."""
    fitted = partial(_shift, links, choices=choices, cluster=cluster, level=level)
    counted = (
        (beside.mix, "score expected from who answered", "points",
         "the effect would hold this much of a change of respondents"),
        (beside.channel, "share of the commonest channel", "share",
         "customers of another channel may be asked than before"),
        (beside.between, "answers between whole scores", "share",
         "the scale may be used, or offered, differently"),
    )  # fmt: skip
    found = _asked(panel, beside, fitted)
    for frame, name, unit, meaning in counted:
        found += _counted(panel, frame, partial(fitted, name=name, unit=unit, meaning=meaning))
    for question in beside.questions.values():
        found += fitted(
            _on(question, panel), f"{question.question}, not paid", "points",
            "moving like the paid question: the service or the respondents changed",
        )  # fmt: skip
    found.append(spill_over(panel, links, beside, cluster=cluster, level=level))
    return (*found, *_unknowable(beside))


def _asked(panel: Panel, beside: Beside, fitted: partial[list[Shift]]) -> list[Shift]:
    if beside.invitations is None:
        return []
    sent = counts(beside.invitations, panel)
    shown = _like(panel, np.log(np.maximum(sent, 1)), (sent > 0).astype(np.float64))
    found = fitted(
        shown, "invitations sent", "share", "unhappy customers may no longer be asked", proportional=True
    )
    if beside.responses is not None:
        rate = np.minimum(counts(beside.responses, panel) / np.maximum(sent, 1), 1)
        found += fitted(_like(panel, rate, sent), "response rate", "share", "others may answer than before")
    return found


def _counted(panel: Panel, frame: pd.DataFrame | None, fitted: Callable[[Panel], list[Shift]]) -> list[Shift]:
    if frame is None or frame.empty:
        return []
    total = counts(frame, panel)
    value = counts(frame.assign(n=frame["n"] * frame["value"]), panel) / np.maximum(total, 1)
    return fitted(_like(panel, value, total))


def _unknowable(beside: Beside) -> Iterator[Shift]:
    """Yield the threats that the data supplied cannot show, each with its reason."""
    whole = "the scale has whole steps only, and scores at its ends move with satisfaction itself."
    mode = "no table says by which mode (paper, e-mail, telephone, device) an answer came."
    absent = (
        (beside.invitations is None, "invitations and response rate", "no log of invitations was supplied."),
        (beside.mix is None, "mix of respondents", "no responses with channel and matter were supplied."),
        (beside.between is None, "use of the scale", whole),
        (True, "survey mode", mode),
        (True, "other programmes", "no register of other programmes and their dates was supplied."),
    )
    for missing, name, why in absent:
        if missing:
            yield Shift(BOTH, name, "share", None, None, None, None, NOT_SUPPLIED + why)


def spill_over(
    panel: Panel, links: tuple[RoleLinks, ...], beside: Beside, *, cluster: Ints, level: float
) -> Shift:
    """Ask whether months without a link moved with the share of other units linked in the same region."""
    name, unit = "unlinked units where neighbours are linked", "points"
    nothing = partial(Shift, BOTH, name, unit, None, None, None, None)
    region = np.array([beside.region.get(unit, "") for unit in panel.units])
    if not (region != "").any():
        return nothing(f"{NOT_SUPPLIED}the register of units names no region, so nobody is near anybody.")
    clean = split(panel, links, choices=Choices(hold_out=0)).clean & (panel.n > 0)
    linked = np.any(np.stack([link.linked for link in links]), axis=0).astype(np.float64)
    near = (region[:, None] == region[None, :]) & ~np.eye(len(region), dtype=bool) & (region != "")[:, None]
    exposed = near @ linked / np.maximum(near.sum(axis=1), 1)[:, None]
    weight = panel.n * clean * near.any(axis=1)[:, None]
    if (weight.sum(axis=1) > 0).sum() < FEWEST_EXPOSED:
        return nothing(f"{NOT_SUPPLIED}fewer than {FEWEST_EXPOSED} units have months without a link.")
    shown = AdoptionPanel(panel.value, weight, links[0].adopted, cluster)
    found = regress(shown, (exposed * (weight > 0))[None])
    if isinstance(found, Refusal):
        return nothing(f"{NOT_SUPPLIED}neighbours were linked everywhere alike.")
    value, error, degrees = float(found.coefficient[0]), float(found.standard_error[0]), int(cluster.max())
    half, p_value = critical(level, degrees) * error, 1.0
    if error > 0:
        p_value = two_sided(value / error, degrees)
    return Shift(
        BOTH, name, unit, value, value - half, value + half, p_value,
        "change where all neighbours of the region are linked: what it moves, the comparison hides",
    )  # fmt: skip


def _like(panel: Panel, value: Floats, weight: Floats) -> Panel:
    return Panel(
        panel.survey_type, panel.item, panel.statistic, panel.units, panel.months,
        value * (weight > 0), weight, 0.0,
    )  # fmt: skip


def _on(shown: Panel, panel: Panel) -> Panel:
    """Return `shown` on the units and months of `panel`."""
    row = {unit: place for place, unit in enumerate(shown.units)}
    column = {month: place for place, month in enumerate(shown.months)}
    value, n = np.zeros(panel.n.shape), np.zeros(panel.n.shape)
    mine = [(at, row[unit]) for at, unit in enumerate(panel.units) if unit in row]
    months = [(at, column[month]) for at, month in enumerate(panel.months) if month in column]
    target = np.ix_([at for at, _ in mine], [at for at, _ in months])
    source = np.ix_([at for _, at in mine], [at for _, at in months])
    value[target], n[target] = shown.value[source], shown.n[source]
    return _like(panel, value, n)


def _shift(
    links: tuple[RoleLinks, ...],
    shown: Panel,
    name: str,
    unit: str,
    meaning: str,
    *,
    choices: Choices,
    cluster: Ints,
    level: float,
    proportional: bool = False,
) -> list[Shift]:
    found = effects(shown, links, choices=choices, cluster=cluster)
    if isinstance(found, Refusal) or found.jackknife is None:
        return [Shift(BOTH, name, unit, None, None, None, None, f"{NOT_SUPPLIED}it could not be estimated.")]
    degrees = int(cluster.max())
    rows = []
    for place, one in enumerate(links):
        value, error = float(found.coefficient[place]), float(found.jackknife[place])
        half = critical(level, degrees) * error
        ends = (value, value - half, value + half)
        middle, low, high = (float(np.expm1(end)) for end in ends) if proportional else ends
        p_value = two_sided(value / error, degrees) if error > 0 else 1.0
        rows.append(Shift(one.role, name, unit, middle, low, high, p_value, meaning))
    return rows


def concurrent(links: tuple[RoleLinks, ...], *, months: int) -> dict[str, int]:
    """Count units of each role whose other role was linked within `months` of it."""
    found: dict[str, int] = {}
    for link in links:
        near = np.zeros(len(link.adopted), dtype=bool)
        for other in links:
            if other.role != link.role:
                both = link.linked.any(axis=1) & other.linked.any(axis=1)
                near |= both & (np.abs(link.adopted - other.adopted) <= months)
        found[link.role] = int(near.sum())
    return found
