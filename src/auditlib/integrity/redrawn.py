"""The client's company drawn again in whole numbers: its units, volumes, links and answers, nobody gaming.

Every unit keeps its own level on both sides of the link. What units change by, beyond sampling, is drawn as
large as their changes were: by unit, and by region where links were assigned by region. What linked units
changed in common is left out, so that the company drawn is one in which nothing happened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from auditlib.integrity.detection import GroupData
from auditlib.integrity.detectors import DETECTORS
from auditlib.integrity.sides import HEAPS, LOW, PERFECT, Sides
from auditlib.integrity.unit_changes import Measured
from auditlib.statistics.changes import Ints, between
from auditlib.statistics.types import Floats

_HALF = 0.5
_PRIOR = 5
_THOUSAND = 1000
MEASURES = {detector.key: detector.measure for detector in DETECTORS}
Noise = Callable[[str], Floats]


@dataclass
class _Draft:
    """Sums drawn so far, before and after; shape (companies, units) each."""

    data: GroupData
    companies: int
    rng: np.random.Generator
    noise: Noise
    before: dict[str, Floats] = field(default_factory=dict)
    after: dict[str, Floats] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Companies and units."""
        return self.companies, len(self.data.group.linked)

    def actual(self, name: str) -> tuple[Floats, Floats]:
        """Return the client's own sums."""
        return self.data.sides.before[name], self.data.sides.after[name]

    def has(self, *names: str) -> bool:
        """Return whether the client's evidence counts all of `names`."""
        return all(name in self.data.sides.before for name in names)

    def put(self, name: str, before: Floats | Ints, after: Floats | Ints) -> None:
        """Enter sums."""
        for side, value in ((self.before, before), (self.after, after)):
            side[name] = np.broadcast_to(value, self.shape).astype(np.float64)

    def share(self, name: str, of: str, *, changes: str = "", logs: bool = False) -> None:
        """Draw `name` out of `of`, at the unit's share, changed as what detector `changes` measures did."""
        share = _share(self.actual(name), self.actual(of))
        noise = self.noise(changes) if changes else 0.0
        moved = share * np.exp(noise) if logs else share + noise
        limits = np.clip(share, 0, 1), np.clip(moved, 0, 1)
        sizes = (side[of].astype(np.int64) for side in (self.before, self.after))
        self.put(name, *(self.rng.binomial(n, p) for n, p in zip(sizes, limits, strict=True)))

    def events(self, name: str, *, months: str = "", changes: str = "") -> None:
        """Draw a count by its rate over `months`, or about its own sums where none are named."""
        own = self.actual(name)
        if months:
            spans = self.actual(months)
            rate = _both(own) / np.maximum(_both(spans), 1)
            own = (rate * spans[0], rate * spans[1])
        noise = np.exp(self.noise(changes)) if changes else 1.0
        self.put(name, self.rng.poisson(own[0], self.shape), self.rng.poisson(own[1] * noise, self.shape))

    def keep(self, *names: str) -> None:
        """Enter what stays as it is."""
        for name in names:
            self.put(name, *self.actual(name))


def redrawn(data: GroupData, *, companies: int, rng: np.random.Generator) -> Sides:
    """Return the sums of `companies` companies like the client's in which nothing happened at the link."""
    noises = {
        key: _noise(data, MEASURES[key](data.sides, data.policy), companies, rng)
        for key, needs in _NEEDS.items()
        if all(name in data.sides.before for name in needs)
    }
    still = np.zeros((companies, len(data.group.linked)))
    draft = _Draft(data, companies, rng, lambda key: noises.get(key, still))
    for draw in (_invited, _answered, _complained, _cases, _asked_again, _heaps):
        draw(draft)
    return Sides(data.group, draft.before, draft.after, data.sides.slopes)


_NEEDS: Mapping[str, tuple[str, ...]] = {
    **{detector.key: tuple(detector.needs) for detector in DETECTORS},
    "heaping": HEAPS,
}


def _noise(data: GroupData, measured: Measured, companies: int, rng: np.random.Generator) -> Floats:
    """Return lasting changes of units about nothing, as large as theirs are; shape (companies, units)."""
    chosen, linked = data.chosen, data.group.linked[data.chosen].astype(np.int64)
    usable = measured.usable[chosen]
    change = np.where(usable, measured.change[chosen], 0.0)
    variance = np.where(usable, measured.variance[chosen], np.inf)
    drawn = np.zeros((companies, len(data.group.linked)))
    if data.assignment.by == "unit":
        spread = np.sqrt(between(change, variance, block=2 * data.block[data.place] + linked))
        drawn[:, chosen] = spread * rng.normal(size=(companies, int(chosen.sum())))
        return drawn
    own = np.sqrt(between(change, variance, block=data.place))
    spread = np.sqrt(between(*data.by_place(measured), block=data.dealt.labels[0].astype(np.int64)))
    shared = spread * rng.normal(size=(companies, len(data.block)))
    drawn[:, chosen] = shared[:, data.place] + own * rng.normal(size=(companies, int(chosen.sum())))
    return drawn


def _share(k: tuple[Floats, Floats], n: tuple[Floats, Floats]) -> Floats:
    """Return each unit's share over both sides, drawn towards that of all."""
    overall = float(_both(k).sum()) / max(float(_both(n).sum()), 1.0)
    return np.asarray(np.minimum((_both(k) + _PRIOR * overall) / (_both(n) + _PRIOR), 1.0))


def _both(sides: tuple[Floats, Floats]) -> Floats:
    return np.asarray(sides[0] + sides[1])


def _invited(draft: _Draft) -> None:
    if draft.has("invited"):
        draft.events("invited", months="invited_months", changes="invitations_fall")
        draft.keep("invited_months")
        draft.share("answered", "invited", changes="response_rate")


def _answered(draft: _Draft) -> None:
    """Draw answers: those invited to that were drawn, and as many others as there were."""
    draft.events("answers")
    if draft.has("answered"):
        others = [
            np.maximum(a - i, 0)
            for a, i in zip(draft.actual("answers"), draft.actual("answered"), strict=True)
        ]
        drawn = [draft.rng.poisson(mean, draft.shape) for mean in others]
        draft.put("answers", draft.before["answered"] + drawn[0], draft.after["answered"] + drawn[1])
    draft.keep("answers_months")
    draft.share("low", "answers", changes="low_scores_missing", logs=True)
    _rest(draft, LOW)
    for name, of, changes in (
        ("top", "answers", ""),
        ("silent_top", "top", "silent_tops"),
        ("late_top", "top", "month_end"),
        ("comments", "answers", ""),
        ("begging", "comments", "begging"),
        ("devices", "answers", ""),
        ("shared", "devices", "shared_device"),
        ("complete", "answers", ""),
        ("perfect", "complete", "perfect_answers"),
        ("lines", "complete", ""),
        ("straight", "lines", "straight_lines"),
    ):
        if draft.has(name, of):
            draft.share(name, of, changes=changes, logs=name == "perfect")
    _rest(draft, PERFECT)
    if draft.has("lines", "expected_straight"):
        for name in ("expected_straight", "straight_noise"):
            rate = _both(draft.actual(name)) / np.maximum(_both(draft.actual("lines")), 1)
            draft.put(name, rate * draft.before["lines"], rate * draft.after["lines"])


def _rest(draft: _Draft, names: tuple[str, ...]) -> None:
    """Draw the sums over answers that are not in a tail, about the unit's own mean of them."""
    if not draft.has(*names):
        return
    whole, tail, rest, rest_squares = names
    n = _both(draft.actual(whole)) - _both(draft.actual(tail))
    total, squares = _both(draft.actual(rest)), _both(draft.actual(rest_squares))
    mean = (total + float(total.sum()) / max(float(n.sum()), 1.0)) / (n + 1)
    variance = max(float((squares - total**2 / np.maximum(n, 1)).sum()) / max(float(n.sum()), 1.0), 1.0)
    for side in (draft.before, draft.after):
        count = side[whole] - side[tail]
        side[rest] = count * mean + np.sqrt(count * variance) * draft.rng.normal(size=draft.shape)
        side[rest_squares] = count * (variance + mean**2)


def _complained(draft: _Draft) -> None:
    if draft.has("complaints_open"):
        draft.events("complaints_open", months="answers_months", changes="complaints_diverge")
    if draft.has("complainants"):
        draft.events("complainants")
        draft.share("complainants_invited", "complainants", changes="complainants_not_invited")


def _cases(draft: _Draft) -> None:
    if draft.has("reopened", "settled"):
        for name, changes in (("reopened", "reopened_not_invited"), ("settled", "")):
            draft.events(name)
            draft.share(f"{name}_invited", name, changes=changes)


def _asked_again(draft: _Draft) -> None:
    """Draw invitations after each thing known of customers, over the days they were waited for."""
    if not draft.has("happy_days", "happy_asked"):
        return
    days = draft.actual("happy_days")
    rate = _both(draft.actual("happy_asked")) / np.maximum(_both(days), _HALF)
    draft.keep("happy_days")
    draft.put("happy_asked", *(draft.rng.poisson(rate * part, draft.shape) for part in days))
    for event, changes in (("unhappy", "unhappy_not_asked"), ("complained", "complainants_not_asked")):
        if not draft.has(f"{event}_days", f"{event}_asked"):
            continue
        expected = [rate * part for part in draft.actual(f"{event}_days")]
        sent = float(_both(draft.actual(f"{event}_asked")).sum())
        usual = sent / max(float(sum(part.sum() for part in expected)), _HALF)
        moved = (np.asarray(usual), np.maximum(usual + draft.noise(changes), 0.0))
        draft.keep(f"{event}_days")
        draft.put(
            f"{event}_asked",
            *(
                draft.rng.poisson(owed * share, draft.shape)
                for owed, share in zip(expected, moved, strict=True)
            ),
        )


def _heaps(draft: _Draft) -> None:
    """Draw how many months end just above and just below the threshold, of those with answers."""
    if not draft.has(*HEAPS):
        return
    draft.keep(*HEAPS)
    for actual, side in ((draft.data.sides.before, draft.before), (draft.data.sides.after, draft.after)):
        months = actual["answers_months"].astype(np.int64)
        above, below = (actual[name] / np.maximum(months, 1) for name in HEAPS[2:4])
        drawn = draft.rng.binomial(months, np.clip(above, 0, 1), draft.shape)
        rest = np.clip(below / np.maximum(1 - above, 1e-9), 0, 1)
        side["heap_above"] = drawn.astype(np.float64)
        side["heap_below"] = draft.rng.binomial(months - drawn, rest).astype(np.float64)
