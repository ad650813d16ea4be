"""Every number of a linkage result, with the rows it rests on, and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from auditlib.linkage.published import BOX
from auditlib.linkage.specifications import ESTIMATORS
from auditlib.linkage.wording import SHORT, WORDS, detectable
from auditlib.linkage.wording_whole import tally
from auditlib.records import Basis, Interval, Number, Refusal

if TYPE_CHECKING:
    from auditlib.linkage.placebo import Placebos
    from auditlib.linkage.result import LinkageResult, RoleEffect
    from auditlib.linkage.threats import Shift


def overview(result: LinkageResult) -> pd.DataFrame:
    """Return one row per role."""
    rows = [
        {
            "role": role.role,
            "claim": role.claim,
            "estimate": role.estimate,
            "low": role.tested.low,
            "high": role.tested.high,
            "p": role.tested.p_value,
            "p_placebo": role.calibrated,
            "false_alarms": None if isinstance(role.placebo, Refusal) else role.placebo.rate,
            "detectable": detectable(role),
            "test": "none: cannot be tested"
            if isinstance(role.tested.method, Refusal)
            else SHORT[str(role.tested.method)],
            "clusters": role.tested.design.clusters,
            "linked": role.tested.design.treated,
            "months": role.months,
            "answers": role.answers,
        }
        for role in result.roles
    ]
    return pd.DataFrame(rows)


def sides(result: LinkageResult) -> pd.DataFrame:
    """Return the simple comparisons of each role, and beneath them the estimate."""
    used = [
        (
            role.role,
            "estimate",
            "estimated here, against what would have been",
            role.estimate,
            role.tested.low,
            role.tested.high,
            len(result.panel.units),
            "see what would reverse it",
        )
        for role in result.roles
    ]
    frame = pd.DataFrame([*result.sides.itertuples(index=False), *used], columns=result.sides.columns)
    order = {one.role: place for place, one in enumerate(result.roles)}
    kept = frame[frame["role"].isin(order)]
    ordered = kept.sort_values("role", key=lambda role: role.map(order), kind="stable")
    return ordered.drop(columns="key").reset_index(drop=True)


def trials(one: RoleEffect) -> pd.DataFrame:
    """Return every test of one role."""
    return pd.DataFrame(
        [(trial.name, trial.p_value, trial.smallest, trial.note) for trial in one.tested.trials],
        columns=["test", "p", "smallest_p", "note"],
    )


def choices(one: RoleEffect) -> pd.DataFrame:
    """Return the specification curve of one role as printed."""
    frame = one.curve.frame
    shown = frame.assign(estimator=frame["estimator"].map(ESTIMATORS), default=frame["default"].map({True: "used", False: ""}))  # fmt: skip  # noqa: E501
    columns = [
        "estimator",
        "weighting",
        "units",
        "statistic",
        "hold_out",
        "other_role",
        "estimate",
        "low",
        "high",
        "default",
        "why",
    ]
    return shown.loc[:, columns]


def apart(one: RoleEffect) -> pd.DataFrame:
    """Return one role's effect estimated together with the other, by itself, and by weight of pay."""
    columns = ["how", "estimate", "low", "high", "why"]
    used = (one.estimate, one.tested.low, one.tested.high)
    rows: list[tuple[object, ...]] = [("both roles together, effects add (used)", *used, "")]
    alone = one.curve.alone()
    if alone is not None:
        rows.append(("months of the other role left out", *alone, ""))
    words = "per ten per cent of variable pay"
    if isinstance(one.per_tenth, Refusal):
        rows.append((words, None, None, None, one.per_tenth.reason))
    else:
        rows.append((words, *one.per_tenth, ""))
    frame = pd.DataFrame(rows, columns=columns)
    return frame if (frame["why"] != "").any() else frame.drop(columns="why")


def draws(one: RoleEffect) -> dict[str, int]:
    """Return how many draws or deals each simulated test of one role rests on, by key."""
    many = {trial.name: trial.note.partition(" ")[0].replace(",", "") for trial in one.tested.trials}
    return {f"draws:{one.role}:{name}": int(text) for name, text in many.items() if text.isdecimal()}


def shifts(result: LinkageResult) -> pd.DataFrame:
    """Return what else moved in linked units."""
    return pd.DataFrame(
        [
            (shift.role, shift.name, shift.estimate, shift.low, shift.high, shift.p_value, shift.meaning)
            for shift in result.shifts
        ],
        columns=["role", "what", "estimate", "low", "high", "p", "meaning"],
    )


def adoption(result: LinkageResult) -> pd.DataFrame:
    """Return one row per role and month of adoption."""
    rows = []
    for role in result.roles:
        for month in sorted(set(role.links.adopted[role.links.linked.any(axis=1)].tolist())):
            mine = role.links.adopted == month
            weight = float(role.links.dose[mine, month].mean())
            rows.append((role.role, result.panel.months[month], int(mine.sum()), weight))
    return pd.DataFrame(rows, columns=["role", "month", "units", "weight"])


def basis(result: LinkageResult) -> Basis:
    """Return the rows the estimates rest on."""
    panel = result.panel
    if panel.table == "aggregates":
        box = BOX[panel.statistic]
        rows = int((panel.n > 0).sum())
        where = (("survey_type", panel.survey_type), ("item", panel.item), ("box", box))
        return Basis("aggregates", where, rows=rows)
    return Basis(
        "responses", (("survey_type", panel.survey_type), ("in_period", True)), panel.item, panel.answers
    )


def all_numbers(result: LinkageResult) -> tuple[Number, ...]:
    """Return the numbers of every role and of the shifts."""
    found = [number for role in result.roles for number in _role(role, result)]
    links = (Basis("pay_links"),)
    found += [
        Number(f"concurrent:{role}", count, "units", basis=links) for role, count in result.concurrent.items()
    ]
    found += shift_numbers(result.shifts, (basis(result),), result.confidence)
    found += [
        Number(f"claim:{role}", "cannot be tested", basis=links, reason=refusal.reason)
        for role, refusal in result.refusals
    ]
    found.append(Number("links:elsewhere", result.elsewhere, "count", basis=links))
    return (*found, *_sides(result))


def _sides(result: LinkageResult) -> Iterator[Number]:
    estimated = {role.role for role in result.roles}
    for row in result.sides.to_dict("records"):
        value = None if pd.isna(row["estimate"]) else float(row["estimate"])
        if row["role"] in estimated:
            interval = Interval(row["low"], row["high"], result.confidence, "t by cluster")
            # units are no persons: a difference over few of them gives nobody away, so that they are no n
            yield Number(
                f"reading:{row['role']}:{row['key']}", value, "points", None,
                None if value is None else interval, (basis(result),),
                "The comparison could not be made." if value is None else str(row["caution"]),
            )  # fmt: skip


def shift_numbers(found: Sequence[Shift], rests: tuple[Basis, ...], level: float) -> Iterator[Number]:
    """Return what the table of shifts and its sentence state."""
    yield Number("nominal", 1 - level, "share", reason="Declared.")
    for name, count in tally(found, level=level).items():
        yield Number(f"shifts:{name}", count, "count", basis=rests)
    for one in found:
        yield _shift_number(one, rests, level)


def _shift_number(one: Shift, rests: tuple[Basis, ...], level: float) -> Number:
    """Return what a shift states, or why it states nothing."""
    key = f"shift:{one.role}:{one.name}"
    if one.estimate is None or one.low is None or one.high is None:
        return Number(key, None, one.unit, basis=rests, reason=one.meaning)
    return Number(
        key, one.estimate, one.unit, interval=Interval(one.low, one.high, level, "by cluster"), basis=rests
    )


def _role(one: RoleEffect, result: LinkageResult) -> Iterator[Number]:
    tested, key, rests = (
        one.tested,
        f"effect:{one.role}",
        (basis(result), Basis("pay_links", (("role", one.role),))),
    )
    interval = None
    if tested.low is not None and tested.high is not None:
        interval = Interval(tested.low, tested.high, result.confidence, WORDS[str(tested.method)])
    reason = tested.method.reason if isinstance(tested.method, Refusal) else ""
    yield Number(key, one.estimate, "points", one.answers, interval, rests, reason)
    yield Number(f"claim:{one.role}", one.claim, "", basis=rests, reason=reason)
    yield Number(
        f"{key}:p", tested.p_value, "probability", one.answers, None, rests, reason or _no_p(tested.p_value)
    )
    beside = one.calibrated
    why = "No placebos." if beside is None else ""
    yield Number(
        f"{key}:p_placebo",
        beside,
        "probability",
        basis=rests,
        reason=why,
    )
    for name, value in (
        ("units", one.units), ("months", one.months), ("answers", one.answers), ("dropped", one.dropped),
        ("clusters", tested.design.clusters), ("treated", tested.design.treated),
    ):  # fmt: skip
        yield Number(f"{key}:{name}", value, "count", basis=rests)
    yield Number(f"{key}:smallest_p", tested.design.smallest, "probability", basis=rests)
    yield Number(f"{key}:gap", tested.gap, "probability", basis=rests)
    yield Number(f"confidence:{one.role}", result.confidence, "share", reason="Declared.")
    for name, count in draws(one).items():
        yield Number(name, count, "count", reason="Declared.")
    yield from _dose(one, result, rests)
    alone = one.curve.alone()
    if alone is not None:
        limits = Interval(alone[1], alone[2], result.confidence, "jackknife by cluster")
        yield Number(f"{key}:alone", alone[0], "points", interval=limits, basis=rests)
    for name, count in (
        ("total", len(one.curve.defensible)), ("reversing", len(one.curve.reversing())),
        ("straddling", len(one.curve.straddling())), ("up", one.curve.called()[0]),
        ("down", one.curve.called()[1]),
    ):  # fmt: skip
        yield Number(f"choices:{one.role}:{name}", count, "count", basis=rests)
    values = one.curve.defensible["estimate"]
    for name, end in (("least", float(values.min())), ("most", float(values.max()))):
        yield Number(f"choices:{one.role}:{name}", end, "points", basis=rests)
    yield from _without(one, rests)
    yield from _placebos(one, rests)
    yield from _sensitivity(one, result, rests)


def _no_p(value: float | None) -> str:
    return "" if value is not None else "The test could not be computed."


def _dose(one: RoleEffect, result: LinkageResult, rests: tuple[Basis, ...]) -> Iterator[Number]:
    key = f"effect:{one.role}:per_tenth"
    if isinstance(one.per_tenth, Refusal):
        yield Number(key, None, "points", basis=rests, reason=one.per_tenth.reason)
        return
    value, low, high = one.per_tenth
    interval = Interval(low, high, result.confidence, "jackknife by cluster")
    yield Number(key, value, "points", one.answers, interval, rests)


def _without(one: RoleEffect, rests: tuple[Basis, ...]) -> Iterator[Number]:
    if isinstance(one.cohorts, Refusal):
        yield Number(f"without:{one.role}", None, "points", basis=rests, reason=one.cohorts.reason)
        return
    for kind, part in one.cohorts.groupby("what"):
        for end, value in (("low", part["estimate"].min()), ("high", part["estimate"].max())):
            yield Number(f"without:{one.role}:{kind}:{end}", float(value), "points", basis=rests)


def _placebos(one: RoleEffect, rests: tuple[Basis, ...]) -> Iterator[Number]:
    key, found = f"placebo:{one.role}", one.placebo
    if isinstance(found, Refusal):
        yield Number(f"{key}:rate", None, "share", basis=rests, reason=found.reason)
        return
    limits = Interval(found.low, found.high, 0.95, "Wilson")
    yield Number(f"{key}:rate", found.rate, "share", len(found.statistic), limits, rests)
    yield Number(f"{key}:count", len(found.statistic), "count", basis=rests)
    if one.tested.error:
        strong = found.as_strong(one.estimate / one.tested.error)
        yield Number(f"{key}:as_strong", strong, "count", basis=rests)
        yield Number(f"{key}:detectable", detectable(one), "points", basis=rests)
    for name, other in (("low_first", one.chosen_low), ("low_first_kept", one.chosen_low_kept)):
        yield _mean(f"{key}:{name}", other, rests)


def _mean(key: str, found: Placebos | Refusal, rests: tuple[Basis, ...]) -> Number:
    if isinstance(found, Refusal):
        return Number(key, None, "points", basis=rests, reason=found.reason)
    return Number(key, found.mean, "points", len(found.statistic), basis=rests)


def _sensitivity(one: RoleEffect, result: LinkageResult, rests: tuple[Basis, ...]) -> Iterator[Number]:
    if isinstance(one.drift, Refusal):
        yield Number(f"drift:{one.role}", None, "points a year", basis=rests, reason=one.drift.reason)
    else:
        limits = Interval(one.drift.low, one.drift.high, result.confidence, "t by cluster")
        yield Number(f"drift:{one.role}", one.drift.slope, "points a year", interval=limits, basis=rests)
        yield Number(f"drift:{one.role}:unseen", one.drift.unseen, "points a year", basis=rests)
        yield Number(f"drift:{one.role}:carried", one.drift.carried, "points", basis=rests)
    if isinstance(one.honest, Refusal):
        yield Number(f"honest:{one.role}:effect", None, "points", basis=rests, reason=one.honest.reason)
    else:
        yield Number(f"honest:{one.role}:effect", one.honest.effect, "points", basis=rests)
        yield Number(f"honest:{one.role}:relative", one.honest.relative, "ratio", basis=rests)
        yield Number(f"honest:{one.role}:bend", one.honest.bend, "points a quarter", basis=rests)
