"""Every number of an effect of linked pay, with the rows it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator

from auditlib.compensation.claim_ladder import HALF
from auditlib.compensation.naive_comparisons import NaiveComparisons, RegionPlacebo
from auditlib.compensation.placebo import Placebos
from auditlib.compensation.placebo_outcomes import PlaceboOutcome, tally
from auditlib.compensation.published import BOX
from auditlib.compensation.result import NOT_IDENTIFIED, PayEffects, RoleEffect, Unidentified
from auditlib.records import Basis, Interval, Number, Refusal
from auditlib.statements import Facts
from auditlib.statistics.few_clusters import FEWEST

KEY = "not_assessable:pay_link"
TESTS = {
    "jackknife": "t with jackknife errors by cluster",
    "wild_bootstrap": "restricted wild cluster bootstrap",
    "randomisation": "randomisation of link dates",
}
"""Tests by the name of their method."""
LINKS = Basis("pay_links")
_DECLARED = "Declared."
Rows = tuple[Basis, ...]


def of_role(facts: Facts, role: str) -> Facts:
    """Return the facts with those of `role` named without it.

    Examples
    --------
    >>> facts = Facts.of([Number("placebo:staff:rate", 0.04, "share"), Number("effect:staff", 0.1, "points")])
    >>> of_role(facts, "staff")["placebo:rate"].key, of_role(facts, "staff")["effect"].key
    ('placebo:staff:rate', 'effect:staff')
    """
    renamed = {}
    for key, number in facts.numbers.items():
        head, *parts = key.split(":")
        if parts and parts[0] == role:
            renamed[":".join((head, *parts[1:]))] = number
    return Facts({**facts.numbers, **renamed})


def basis(result: PayEffects) -> Basis:
    """Return the rows the answer rests on: those of the paid question, else the register of links."""
    figures = result.figures
    if figures is None:
        return LINKS
    if figures.table == "aggregates":
        where = (
            ("survey_type", figures.survey_type),
            ("item", figures.item),
            ("box", BOX[figures.statistic]),
        )
        return Basis("aggregates", where, rows=figures.rows)
    in_period = (("survey_type", figures.survey_type), ("in_period", True))
    return Basis("responses", in_period, figures.item, figures.rows)


def facts(result: PayEffects) -> Iterator[Number]:
    """Yield the numbers of every role, or those of the comparisons, or why there is none."""
    if result.not_assessable is not None:
        why = f"{result.not_assessable.reason} {result.not_assessable.remedy}".strip()
        yield Number(KEY, None, reason=why)
    elif result.unidentified is not None:
        yield from _unidentified(result, result.unidentified, (basis(result),))
    else:
        for effect in result.roles:
            yield from _effect(effect, result)
        yield from _together(result, (basis(result),))


def _together(result: PayEffects, rows: Rows) -> Iterator[Number]:
    for role, count in result.concurrent.items():
        yield Number(f"concurrent:{role}", count, "units", basis=(LINKS,))
    yield from _outcomes(result, rows)
    for role, refusal in result.refusals:
        yield Number(f"claim:{role}", "cannot be tested", basis=(LINKS,), reason=refusal.reason)
    yield Number("links:elsewhere", result.elsewhere, "count", basis=(LINKS,))
    # Units are no persons: a difference over few of them gives nobody away, so that they are no n.
    yield from _differences(result, rows, "points", "t by cluster", counting=False)


def _differences(
    result: PayEffects, rows: Rows, unit: str, method: str, *, counting: bool
) -> Iterator[Number]:
    """Yield what others would state; of a role without an estimate, nothing.

    Parameters
    ----------
    counting
        Whether the units compared are observations.
    """
    stated = {effect.role for effect in result.roles}
    if result.unidentified is not None:
        stated.add(result.unidentified.role)
    for row in () if result.differences is None else result.differences.to_dict("records"):
        if row["role"] in stated:
            absent = math.isnan(row["estimate"])
            yield Number(
                f"reading:{row['role']}:{row['key']}",
                None if absent else float(row["estimate"]),
                unit,
                int(row["units"]) if counting else None,
                None if absent else Interval(row["low"], row["high"], result.level, method),
                rows,
                "The comparison could not be made." if absent else str(row["caution"]),
            )


def _outcomes(result: PayEffects, rows: Rows) -> Iterator[Number]:
    """Yield what the table of placebo outcomes and its sentence state."""
    yield Number("nominal", 1 - result.level, "share", reason=_DECLARED)
    counts = tally(result.outcomes, level=result.level)
    yield Number("shifts:looked", counts.looked, "count", basis=rows)
    yield Number("shifts:moved", counts.moved, "count", basis=rows)
    yield Number("shifts:chance", counts.chance, "count", basis=rows)
    yield Number("shifts:unknown", counts.unknown, "count", basis=rows)
    for outcome in result.outcomes:
        yield _outcome(outcome, rows, result.level)


def _outcome(outcome: PlaceboOutcome, rows: Rows, level: float) -> Number:
    """Return how far another outcome moved, or why that is not known."""
    key = f"shift:{outcome.role}:{outcome.name}"
    if outcome.estimate is None or outcome.low is None or outcome.high is None:
        return Number(key, None, outcome.unit, basis=rows, reason=outcome.meaning)
    limits = Interval(outcome.low, outcome.high, level, "by cluster")
    return Number(key, outcome.estimate, outcome.unit, interval=limits, basis=rows)


def _effect(effect: RoleEffect, result: PayEffects) -> Iterator[Number]:
    inference, key = effect.inference, f"effect:{effect.role}"
    rows = (basis(result), Basis("pay_links", (("role", effect.role),)))
    limits = None
    if inference.low is not None and inference.high is not None:
        limits = Interval(inference.low, inference.high, result.level, TESTS[str(inference.method)])
    why = inference.method.reason if isinstance(inference.method, Refusal) else ""
    no_p = "" if inference.p_value is not None else "The test could not be computed."
    no_placebos = "No placebos." if effect.calibrated is None else ""
    size = effect.estimate if effect.tested else None
    yield Number(key, size, "points", effect.answers, limits if effect.tested else None, rows, why)
    yield Number(f"claim:{effect.role}", effect.claim, "", basis=rows, reason=why)
    yield Number(f"{key}:p", inference.p_value, "probability", effect.answers, None, rows, why or no_p)
    yield Number(f"{key}:p_placebo", effect.calibrated, "probability", basis=rows, reason=no_placebos)
    yield Number(f"{key}:units", effect.units, "count", basis=rows)
    yield Number(f"{key}:months", effect.months, "count", basis=rows)
    yield Number(f"{key}:answers", effect.answers, "count", basis=rows)
    yield Number(f"{key}:dropped", effect.dropped, "count", basis=rows)
    yield Number(f"{key}:clusters", inference.design.clusters, "count", basis=rows)
    yield Number(f"{key}:treated", inference.design.treated, "count", basis=rows)
    yield Number(f"{key}:smallest_p", inference.design.smallest, "probability", basis=rows)
    yield Number(f"{key}:gap", inference.gap, "probability", basis=rows)
    yield from _assigned(effect)
    yield Number(f"confidence:{effect.role}", result.level, "share", reason=_DECLARED)
    for name, count in effect.draws.items():
        yield Number(f"draws:{effect.role}:{name}", count, "count", reason=_DECLARED)
    yield _limited(f"effect:{effect.role}:same_mix", effect.same_mix, effect, rows)
    yield _limited(f"effect:{effect.role}:per_tenth_line", effect.per_tenth, effect, rows)
    yield _limited(f"effect:{effect.role}:per_tenth", effect.per_tenth_linked, effect, rows)
    yield from _choices(effect, rows)
    yield from _left_out(effect, rows)
    yield from _placebos(effect, rows)
    yield from _drift(effect, rows)
    yield from _sensitivity(effect, rows)
    yield from _long_differences(effect, rows)
    yield from _few_linked(effect, rows)
    yield from _ladder(effect, rows)
    yield from _unalarmed(effect, rows)


def _assigned(effect: RoleEffect) -> Iterator[Number]:
    """Yield what pay was assigned by, and in how many groups it was linked."""
    key, assigned, rows = f"assigned:{effect.role}", effect.assigned, (LINKS, Basis("units"))
    yield Number(key, assigned.name, "", basis=rows)
    yield Number(f"{key}:groups", assigned.groups, "count", basis=rows)
    yield Number(f"{key}:linked", assigned.linked, "count", basis=rows)
    yield from _concentrated(effect, rows)


def _concentrated(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    """Yield where linked units mostly lie, and how far off another role was linked there."""
    mostly, key = effect.concentrated, f"concentrated:{effect.role}"
    if mostly is None:
        return
    for name in ("inside", "linked", "held", "units"):
        yield Number(f"{key}:{name}", getattr(mostly, name), "units", basis=rows)
    if mostly.apart is not None:
        yield Number(f"{key}:apart", abs(mostly.apart), "months", basis=rows)


def _limited(key: str, sized: tuple[float, float, float] | Refusal, effect: RoleEffect, rows: Rows) -> Number:
    if isinstance(sized, Refusal):
        return Number(key, None, "points", basis=rows, reason=sized.reason)
    value, low, high = sized
    limits = Interval(low, high, effect.level, "jackknife by cluster")
    return Number(key, value, "points", effect.answers, limits, rows)


def _choices(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    key, curve, alone = f"choices:{effect.role}", effect.curve, effect.curve.alone()
    if alone is not None:
        limits = Interval(alone[1], alone[2], effect.level, "jackknife by cluster")
        yield Number(f"effect:{effect.role}:alone", alone[0], "points", interval=limits, basis=rows)
    up, down = curve.called()
    values = curve.defensible["estimate"]
    yield Number(f"{key}:inestimable", curve.inestimable, "count", basis=rows)
    yield Number(f"{key}:fewest", FEWEST, "count", reason=_DECLARED)
    if isinstance(curve.joint, Refusal):
        yield Number(f"{key}:p", None, "probability", basis=rows, reason=curve.joint.reason)
    else:
        yield Number(f"{key}:p", curve.joint.p_value, "probability", basis=rows)
        yield Number(f"{key}:as_extreme", curve.joint.combined.as_extreme, "count", basis=rows)
        yield Number(f"{key}:curves", curve.joint.curves, "count", reason=_DECLARED)
    yield Number(f"{key}:total", len(curve.defensible), "count", basis=rows)
    yield Number(f"{key}:reversing", len(curve.reversing()), "count", basis=rows)
    yield Number(f"{key}:straddling", len(curve.straddling()), "count", basis=rows)
    yield Number(f"{key}:up", up, "count", basis=rows)
    yield Number(f"{key}:down", down, "count", basis=rows)
    why = "" if len(values) else "None of the choices is estimable."
    yield Number(
        f"{key}:least", float(values.min()) if len(values) else None, "points", None, None, rows, why
    )
    yield Number(f"{key}:most", float(values.max()) if len(values) else None, "points", None, None, rows, why)


def _left_out(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    key = f"without:{effect.role}"
    if isinstance(effect.cohorts, Refusal):
        yield Number(key, None, "points", basis=rows, reason=effect.cohorts.reason)
        return
    for kind, part in effect.cohorts.groupby("what"):
        yield Number(f"{key}:{kind}:low", float(part["estimate"].min()), "points", basis=rows)
        yield Number(f"{key}:{kind}:high", float(part["estimate"].max()), "points", basis=rows)


def _placebos(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    key, placebo, error = f"placebo:{effect.role}", effect.placebo, effect.inference.error
    if isinstance(placebo, Refusal):
        yield Number(f"{key}:rate", None, "share", basis=rows, reason=placebo.reason)
        return
    many = len(placebo.statistic)
    limits = Interval(placebo.low, placebo.high, 0.95, "Wilson")
    yield Number(f"{key}:rate", placebo.rate, "share", many, limits, rows)
    yield Number(f"{key}:count", many, "count", basis=rows)
    if error:
        yield Number(f"{key}:as_strong", placebo.as_strong(effect.estimate / error), "count", basis=rows)
        yield Number(f"{key}:detectable", effect.detectable, "points", basis=rows)
    yield _mean(f"{key}:low_first", effect.low_first, rows)
    yield _mean(f"{key}:low_first_kept", effect.low_first_aside, rows)


def _mean(key: str, placebo: Placebos | Refusal, rows: Rows) -> Number:
    if isinstance(placebo, Refusal):
        return Number(key, None, "points", basis=rows, reason=placebo.reason)
    return Number(key, placebo.mean, "points", len(placebo.statistic), basis=rows)


def _drift(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    key, drift = f"drift:{effect.role}", effect.drift
    if isinstance(drift, Refusal):
        yield Number(key, None, "points a year", basis=rows, reason=drift.reason)
        return
    limits = Interval(drift.low, drift.high, effect.level, "t by cluster")
    yield Number(key, drift.slope, "points a year", interval=limits, basis=rows)
    yield Number(f"{key}:unseen", drift.unseen, "points a year", basis=rows)
    yield Number(f"{key}:carried", drift.carried, "points", basis=rows)


def _sensitivity(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    key, sensitivity = f"honest:{effect.role}", effect.sensitivity
    if isinstance(sensitivity, Refusal):
        yield Number(f"{key}:effect", None, "points", basis=rows, reason=sensitivity.reason)
        return
    yield Number(f"{key}:effect", sensitivity.effect, "points", basis=rows)
    yield Number(f"{key}:relative", sensitivity.relative, "ratio", basis=rows)
    yield Number(f"{key}:bend", sensitivity.bend, "points a quarter", basis=rows)


def _long_differences(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    """Yield the span of quarters before the link, and of those after it, against the last one before."""
    key, course = f"course:{effect.role}", effect.long_differences
    if isinstance(course, Refusal):
        yield Number(key, None, "points", basis=rows, reason=course.reason)
        return
    for phase, part in course.frame.groupby("phase"):
        name = str(phase).replace(" ", "_")
        yield Number(f"{key}:{name}:low", float(part["estimate"].min()), "points", basis=rows)
        yield Number(f"{key}:{name}:high", float(part["estimate"].max()), "points", basis=rows)
        clear = int(((part["low"] > 0) | (part["high"] < 0)).sum())
        yield Number(f"{key}:{name}:clear", clear, "count", basis=rows)
        yield Number(f"{key}:{name}:quarters", len(part), "count", basis=rows)


def _few_linked(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    """Yield the effect against weighted other units, where so few are linked that it was looked at."""
    key, weighted = f"weighted:{effect.role}", effect.few_linked
    if weighted is None:
        return
    if isinstance(weighted, Refusal):
        yield Number(key, None, "points", basis=rows, reason=weighted.reason)
        return
    yield Number(key, weighted.estimate, "points", basis=rows)
    yield Number(f"{key}:p", weighted.p_value, "probability", basis=rows)
    yield Number(f"{key}:placebos", weighted.placebos, "count", reason=_DECLARED)


def _ladder(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    ladder = effect.ladder
    yield Number(f"ladder:{effect.role}:reached", ladder.height, "count", basis=rows)
    yield Number(f"ladder:{effect.role}:steps", len(ladder.rungs), "count", reason=_DECLARED)
    yield Number(f"honest:{effect.role}:needed", HALF, "ratio", reason=_DECLARED)


def _unalarmed(effect: RoleEffect, rows: Rows) -> Iterator[Number]:
    key, clean = f"alarmed:{effect.role}", effect.unalarmed
    if clean is None or isinstance(clean, Refusal):
        why = "No linked unit raised an alarm." if clean is None else clean.reason
        yield Number(key, None, "points", basis=rows, reason=why)
        return
    limits = None
    if clean.low is not None and clean.high is not None:
        limits = Interval(clean.low, clean.high, effect.level, "as the design calls for")
    yield Number(key, clean.estimate, "points", interval=limits, basis=rows, reason=clean.why)
    yield Number(f"{key}:units", clean.units, "count", basis=rows)


def _unidentified(result: PayEffects, lacking: Unidentified, rows: Rows) -> Iterator[Number]:
    role, points, links = (
        lacking.role,
        lacking.figures.points,
        (Basis("pay_links", (("role", lacking.role),)),),
    )
    linked_share, unlinked_share = lacking.kind_shares
    gap = None if math.isnan(lacking.first_gap) else lacking.first_gap
    no_gap = "" if gap else "No first period."
    yield Number(f"claim:{role}", NOT_IDENTIFIED, "", basis=links, reason=lacking.why)
    yield Number(f"link:{role}:began", str(lacking.began), "day", basis=links)
    yield Number(f"link:{role}:units", lacking.units, "units", basis=links)
    yield Number(f"link:{role}:kind", linked_share, "share", basis=links)
    yield Number(f"link:{role}:kind_others", unlinked_share, "share", basis=rows)
    yield Number(f"link:{role}:first_gap", gap, points, basis=rows, reason=no_gap)
    yield Number(f"periods:{role}:before", lacking.before, "count", basis=rows)
    yield Number(f"periods:{role}", len(lacking.figures.periods), "count", basis=rows)
    yield Number("confidence", result.level, "share", reason=_DECLARED)
    yield from _differences(result, rows, points, "t, robust to unequal spread", counting=True)
    yield from _outcomes(result, rows)
    for comparisons in result.comparisons:
        yield from _comparisons(comparisons, role, rows)


def _comparisons(comparisons: NaiveComparisons, role: str, rows: Rows) -> Iterator[Number]:
    key, estimate = f"readings:{role}", comparisons.estimated["estimate"]
    for name, count in comparisons.split().items():
        yield Number(f"{key}:{name}", count, "count", basis=rows)
    yield Number(f"{key}:least", float(estimate.min()), comparisons.figures.points, basis=rows)
    yield Number(f"{key}:most", float(estimate.max()), comparisons.figures.points, basis=rows)
    for least in comparisons.fewest:
        yield Number(f"{key}:fewest:{least}", least, "responses", reason=_DECLARED)
    yield from _region_placebo(comparisons.placebo, f"placebo:{role}", rows)


def _region_placebo(placebo: RegionPlacebo | Refusal, key: str, rows: Rows) -> Iterator[Number]:
    if isinstance(placebo, Refusal):
        yield Number(f"{key}:rate", None, "share", basis=rows, reason=placebo.reason)
        return
    many = len(placebo.estimate)
    limits = Interval(*placebo.limits, 0.95, "Wilson")
    yield Number(f"{key}:rate", placebo.rate, "share", many, limits, rows)
    yield Number(f"{key}:count", many, "count", basis=rows)
