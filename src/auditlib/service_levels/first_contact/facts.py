"""First-contact resolution as numbers of the audit; keys are a column, then the window and the source."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Basis, Number
from auditlib.service_levels.first_contact.result import (
    BeyondChance,
    FirstContactResolution,
    RangedShare,
    ResolutionWindow,
    Witness,
)
from auditlib.standards.observed import IN_PERIOD

_DECLARED = "Declared."
_TOTALS = (
    "base", "censored", "early", "unanswered", "unmarked", "beyond", "unknown", "contradicted", "undecided",
)  # fmt: skip
BASIS = Basis("interactions", IN_PERIOD)
RESPONSES = Basis("responses", IN_PERIOD)


def facts(result: FirstContactResolution) -> Iterator[Number]:
    """Yield every share with its ends, and what was left out or cannot be told."""
    recorded, rows = result.recorded, (Basis("interactions"),)
    yield Number("recorded", recorded.contacts, "cases", basis=rows)
    yield Number("without_end", recorded.contacts - recorded.ends, "cases", recorded.contacts, basis=rows)
    yield Number("days_alone", recorded.days_alone, "cases", recorded.contacts, basis=rows)
    for key, why in (("net", result.no_net), ("mark", result.no_mark), ("survey", result.no_survey)):
        if why is not None:
            yield Number(f"not_said:{key}", None, "share", reason=f"{why.reason} {why.remedy}")
    yield from result.nameless.facts()
    if result.judged_mark is not None:
        mark = result.judged_mark
        yield Number("mark_judged", mark.share, "share", mark.n, mark.interval, (BASIS,))
        yield Number("mark_judged_n", mark.n, "cases", basis=(BASIS,))
    for window in result.windows:
        yield from _window(window)
    for group in result.groups:
        share, key = group.share, f"{group.kind}:{group.title}"
        where = ((group.kind, group.name),) if group.name else ()
        basis = (Basis("interactions", (*IN_PERIOD, *where)),)
        yield Number(f"share:{key}", share.value, "share", share.n, share.interval, basis)
        yield Number(f"n:{key}", share.n, "cases", basis=basis)


def _window(window: ResolutionWindow) -> Iterator[Number]:
    days = window.days
    yield Number(f"window:{days}", days, "count", reason=_DECLARED)
    for name in _TOTALS:
        yield Number(f"{name}:{days}", getattr(window, name), "cases", basis=(BASIS,))
    if window.named_ends is not None:
        for end, value in zip(("named_least", "named_most"), window.named_ends, strict=True):
            yield Number(f"{end}:{days}", value, "share", window.base, basis=(BASIS,))
    for shares in window.shares:
        row = f"{days}:{shares.witness}"
        basis = RESPONSES if shares.witness is Witness.CUSTOMERS else BASIS
        yield from _share("share", row, shares.gross, basis)
        yield from _share("net", row, shares.net, basis)
    for entry in window.disagreements:
        yield Number(f"{entry.kind}:{days}", entry.contacts, "cases", entry.of, basis=(BASIS,))
        yield Number(f"of_{entry.kind}:{days}", entry.of, "cases", basis=(BASIS,))
    yield from _beyond("returned", days, window.returned)
    yield from _beyond("denied", days, window.denied)


def _share(form: str, row: str, share: RangedShare | None, basis: Basis) -> Iterator[Number]:
    if share is None:
        return
    yield Number(f"{form}:{row}", share.value, "share", share.n, share.interval, (basis,))
    yield Number(f"{form}_n:{row}", share.n, "cases", basis=(basis,))
    if not share.exact:
        for end, value in (("least", share.least), ("most", share.most)):
            yield Number(f"{form}_{end}:{row}", value, "share", share.n, basis=(basis,))


def _beyond(name: str, days: int, beyond: BeyondChance | None) -> Iterator[Number]:
    if beyond is None:
        return
    n, basis = beyond.n, (BASIS,)
    yield Number(f"{name}_share:{days}", beyond.share, "share", n, basis=basis)
    yield Number(f"{name}_by_chance:{days}", beyond.by_chance, "share", n, basis=basis)
    apart = beyond.share - beyond.by_chance
    yield Number(f"{name}_beyond:{days}", apart, "share", n, beyond.interval, basis)
