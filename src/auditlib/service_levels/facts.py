"""Shares under every definition as numbers of the audit, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditlib.records import Basis, Number, Outcome
from auditlib.service_levels.result import CriterionByDefinition, JudgedVariant, ServiceLevelsByDefinition
from auditlib.service_levels.waits import QUEUE
from auditlib.standards.observed import IN_PERIOD

_DECLARED = "Declared."
JUDGED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


def facts(result: ServiceLevelsByDefinition) -> Iterator[Number]:
    """Yield every share with its interval, and for each criterion how many variants come to what."""
    if not result.criteria and not result.refusals:
        yield Number("criteria", 0, "count")
    for entry in result.criteria:
        yield from _criterion(entry)
        basis = _basis(entry, result.tables)
        yield from _extremes(entry, basis)
        for judged in entry.variants:
            yield from _variant(entry, judged, basis)
        yield from _queues(entry, basis)
    for criterion, why in result.refusals:
        yield Number(f"variants:{criterion.id}", None, "count", reason=why.reason)


def _basis(entry: CriterionByDefinition, tables: tuple[str, ...]) -> tuple[Basis, ...]:
    channel = str(entry.criterion.options["channel"])
    return tuple(Basis(table, (*IN_PERIOD, ("channel", channel))) for table in tables)


def _criterion(entry: CriterionByDefinition) -> Iterator[Number]:
    """Yield what is demanded, and how many ways of counting come to what."""
    criterion, outcomes, name = entry.criterion, entry.outcomes, entry.criterion.id
    yield Number(f"target:{name}", criterion.target.value, "share", reason=_DECLARED)
    if "seconds" in criterion.options:
        yield Number(f"limit:{name}", float(criterion.options["seconds"]), "seconds", reason=_DECLARED)
    shorts = {entry.short_key(judged): judged.share.variant.definition.short for judged in entry.variants}
    for key, short in shorts.items():
        if short is not None:
            yield Number(key, float(short), "seconds", reason=_DECLARED)
    for key, variants in (
        ("variants", entry.variants),
        ("exact", entry.exact),
        ("open", entry.open),
        ("undecided", entry.undecided),
    ):
        yield Number(f"{key}:{name}", len(variants), "count")
    for outcome in JUDGED:
        yield Number(f"{outcome}:{name}", outcomes[outcome], "count")


def _extremes(entry: CriterionByDefinition, basis: tuple[Basis, ...]) -> Iterator[Number]:
    """Yield the smallest and the largest share that the evidence tells."""
    for key, judged in zip(("smallest", "largest"), entry.extremes or (), strict=False):
        share, name = judged.share, entry.criterion.id
        yield Number(f"{key}:{name}", share.least, "share", share.contacts, share.interval, basis)


def _variant(
    entry: CriterionByDefinition, judged: JudgedVariant, basis: tuple[Basis, ...]
) -> Iterator[Number]:
    share = judged.share
    for end, value in (("least", share.least), ("most", share.most)):
        key = entry.key(judged, end=end)
        yield Number(key, value, "share", share.contacts, share.interval, basis)


def _queues(entry: CriterionByDefinition, basis: tuple[Basis, ...]) -> Iterator[Number]:
    """Yield the share of each queue, and the contacts behind it."""
    for queue in entry.queues:
        share = queue.share
        rows = tuple(replace(part, where=(*part.where, (QUEUE, queue.queue))) for part in basis)
        yield Number(entry.queue_key(queue, end="contacts"), share.contacts, "cases", basis=rows)
        for end, value in (("least", share.least), ("most", share.most)):
            key = entry.queue_key(queue, end=end)
            yield Number(key, value, "share", share.contacts, share.interval, rows)
