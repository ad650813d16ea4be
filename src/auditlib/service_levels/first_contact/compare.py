"""Counts of first contacts into shares by three sources, and what of their disagreement chance explains."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import Interval
from auditlib.service_levels.first_contact.result import (
    BeyondChance,
    DisagreeingContacts,
    Disagreement,
    RangedShare,
    ResolutionWindow,
    Witness,
    WitnessShares,
)
from auditlib.service_levels.first_contact.unknown_contacts import least_and_most
from auditlib.service_levels.first_contact.windows import FirstContactCounts
from auditlib.statistics.clustered_share import ClusteredShare
from auditlib.statistics.strata import ClusterSpread, spread_at_mix

_TOTALS = ("base", "censored", "early", "unanswered", "unmarked", "beyond", "contradicted", "undecided")
METHOD = "Wilson, days of units as clusters"
_OF = {
    Disagreement.MARKED_RETURNED: ("marked_returned", "marked"),
    Disagreement.UNMARKED_SILENT: ("unmarked_silent", "unmarked_answered"),
    Disagreement.MARKED_DENIED: ("denied", "both"),
}


def window_of(
    counts: FirstContactCounts, days: int, *, unknown: int, level: float, nameless: int = 0
) -> ResolutionWindow:
    """Return what three sources say under one window.

    Parameters
    ----------
    unknown
        Contacts that may be repeats of others.
    level
        Coverage of the intervals.
    nameless
        Of the unknown, those of units of which no contact names its customer.
    """
    resolved = counts.total("resolved", days)
    totals = {name: counts.total(name, days) for name in _TOTALS}
    return ResolutionWindow(
        days,
        **totals,
        unknown=unknown,
        shares=tuple(_shares(counts, days, unknown=unknown, level=level)),
        disagreements=tuple(_disagreements(counts, days)),
        returned=_returned(counts, days, level=level),
        denied=_denied(counts, days, level=level),
        named_ends=_ends(resolved, totals["base"], totals["undecided"], unknown - nameless)
        if nameless
        else None,
    )


def exact_share(share: ClusteredShare, *, level: float) -> RangedShare:
    """Return a share of which nothing is left open."""
    return _ranged(share, (share.value, share.value), level=level)


def _ranged(share: ClusteredShare, ends: tuple[float, float], *, level: float) -> RangedShare:
    low, high = share.limits(level=level)
    return RangedShare(share.value, int(share.cases), Interval(low, high, level, METHOD), *ends)


def _shares(counts: FirstContactCounts, days: int, *, unknown: int, level: float) -> Iterator[WitnessShares]:
    def ranged(meeting: str, of: str, ends: tuple[float, float] | None = None) -> RangedShare | None:
        share = counts.share(meeting, of, days)
        return None if share is None else _ranged(share, ends or (share.value, share.value), level=level)

    total = {name: counts.total(name, days) for name in _COUNTED}
    ends = _ends(total["resolved"], total["base"], total["undecided"], unknown)
    yield WitnessShares(
        Witness.CONTACTS,
        ranged("resolved", "judged", ends),
        ranged("net_resolved", "net", _net_ends(total, unknown)),
    )
    gross, net = (
        ranged(f"{form}marked", f"{form}mark_known", _mark_ends(total, form)) for form in ("", "net_")
    )
    yield WitnessShares(Witness.MARK, gross, net)
    yield WitnessShares(
        Witness.CUSTOMERS, ranged("said_resolved", "surveyed"), ranged("net_said_resolved", "net_surveyed")
    )


_COUNTED = (
    "base", "resolved", "undecided", "net_undecided", "net", "net_resolved", "level_unsaid",
    "level_unsaid_resolved", "marked", "mark_known", "mark_unsaid",
    "net_marked", "net_mark_known", "net_mark_unsaid",
)  # fmt: skip


def _mark_ends(total: dict[str, int], form: str) -> tuple[float, float] | None:
    """Return the ends of a share by the mark; None where it is known of all that were answered."""
    marked, unsaid = total[f"{form}marked"], total[f"{form}mark_unsaid"]
    every = total[f"{form}mark_known"] + unsaid
    return (marked / every, (marked + unsaid) / every) if unsaid else None


def _net_ends(total: dict[str, int], unknown: int) -> tuple[float, float]:
    """Return the ends of the net share: a contact of unsaid level may belong to it or not."""
    met = total["level_unsaid_resolved"]
    missed = total["level_unsaid"] - met
    undecided = total["net_undecided"]
    every = total["net"] + undecided
    least = _ends(total["net_resolved"], every + missed, undecided, unknown)[0]
    return least, _ends(total["net_resolved"] + met, every + met, undecided, unknown)[1]


def _ends(resolved: int, base: int, undecided: int, unknown: int) -> tuple[float, float]:
    """Return the ends of a share: the undecided may be resolved or not, and the unknown may be repeats."""
    least, most = least_and_most(resolved, base, unknown), least_and_most(resolved + undecided, base, unknown)
    return least[0], most[1]


def _disagreements(counts: FirstContactCounts, days: int) -> Iterator[DisagreeingContacts]:
    for kind, (contacts, of) in _OF.items():
        whole = counts.total(of, days)
        if whole:
            yield DisagreeingContacts(kind, counts.total(contacts, days), whole)


def _returned(counts: FirstContactCounts, days: int, *, level: float) -> BeyondChance | None:
    """Return by how much more often those marked as resolved come back than in the window after."""
    came, late, watched = (
        counts.daily(name, days) for name in ("watched_returned", "watched_late", "watched")
    )
    silent = watched - came
    if min(watched.sum(), silent.sum()) <= 0:
        return None
    share, by_chance = came.sum() / watched.sum(), late.sum() / silent.sum()
    moves = (came - share * watched) / watched.sum() - (late - by_chance * silent) / silent.sum()
    filled = watched > 0
    spread = spread_at_mix(moves[filled], watched[filled], counts.stratum[filled])
    return _beyond(float(share), float(by_chance), int(watched.sum()), spread, level=level)


def _denied(counts: FirstContactCounts, days: int, *, level: float) -> BeyondChance | None:
    """Return by how much the mark exceeds what the customers of the same contacts say."""
    apart = counts.difference("both_marked", "both_said", "both", days)
    if apart is None:
        return None
    n = counts.total("both", days)
    marked, said = (counts.total(name, days) / n for name in ("both_marked", "both_said"))
    return _beyond(marked, said, n, apart[1], level=level)


def _beyond(
    share: float, by_chance: float, n: int, spread: ClusterSpread, *, level: float
) -> BeyondChance | None:
    if not spread.degrees:
        return None
    reach = spread.quantile(level) * spread.error
    apart = share - by_chance
    limits = Interval(apart - reach, apart + reach, level, "Student's t, days of units as clusters")
    return BeyondChance(share, by_chance, n, limits)
