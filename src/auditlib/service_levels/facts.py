"""Shares under every definition as numbers of the audit, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Number, Outcome
from auditlib.service_levels.counts import TABLE
from auditlib.service_levels.result import JudgedVariant, Sensitivity, SensitivityResult

BASIS = (Basis("interactions"), Basis(TABLE))
JUDGED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


def facts(result: SensitivityResult) -> Iterator[Number]:
    """Yield every share with its interval, and for each criterion how many variants come to what."""
    yield Number("criteria", len(result.criteria), "count")
    for sensitivity in result.criteria:
        yield from _criterion(sensitivity)
    for criterion, why in result.refusals:
        yield Number(f"variants:{criterion.id}", None, "count", reason=why.reason)


def _criterion(sensitivity: Sensitivity) -> Iterator[Number]:
    criterion, outcomes = sensitivity.criterion, sensitivity.outcomes
    name = criterion.id
    yield Number(f"target:{name}", criterion.target.value, "share", reason="Declared.")
    if "seconds" in criterion.options:
        yield Number(f"limit:{name}", float(criterion.options["seconds"]), "seconds", reason="Declared.")
    yield Number(f"variants:{name}", len(sensitivity.variants), "count")
    yield Number(f"exact:{name}", len(sensitivity.exact), "count")
    yield Number(f"open:{name}", len(sensitivity.open), "count")
    for outcome in JUDGED:
        yield Number(f"{outcome}:{name}", outcomes[outcome], "count")
    if sensitivity.extremes is not None:
        for key, judged in zip(("smallest", "largest"), sensitivity.extremes, strict=True):
            share = judged.share
            yield Number(f"{key}:{name}", share.least, "share", share.contacts, share.interval, BASIS)
    for judged in sensitivity.variants:
        yield from _variant(name, judged)


def _variant(name: str, judged: JudgedVariant) -> Iterator[Number]:
    share, joined = judged.share, judged.share.variant.aggregation
    row = f"{name}:{judged.definition}"
    for end in ("least", "most"):
        value = getattr(share, end)
        yield Number(f"{end}_{joined}:{row}", value, "share", share.contacts, share.interval, BASIS)
