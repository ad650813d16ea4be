"""Every published share held against the contacts of its channel, its unit and its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from auditlib.contracts import CanonicalTables
from auditlib.parameters.run import Period
from auditlib.records import Criterion, Refusal
from auditlib.service_levels.channels import MORE_THAN_CAME, NO_CONTACTS, channels_in, waits_by_clock
from auditlib.service_levels.definitions import Aggregation, ClockStart, DefinitionPolicy
from auditlib.service_levels.published.claims import PublishedShare
from auditlib.service_levels.published.earlier_exports import (
    AsExported,
    ReplacedExport,
    in_force,
    replaced_exports,
)
from auditlib.service_levels.published.matching import GivenBy, MatchedShare
from auditlib.service_levels.shares import form_of
from auditlib.service_levels.variants import DailyContacts, Variant, VariantShare, tallied
from auditlib.service_levels.waits import Waits
from auditlib.standards.supplied import Supplied

_ALONE = (Aggregation.POOLED, Aggregation.MEAN_OF_INTERVALS)
"""How parts of a single unit are joined: the mean of one unit is all its contacts together."""
_OUTSIDE = Refusal(
    "Its days do not all lie in the audited period.", "Audit the period it is about, or leave it out."
)
_NO_DAYS = Refusal(
    "The evidence has no contact of its channel and unit on its days.", "Ask for the contacts of those days."
)
_NO_LIMIT = Refusal(
    "Neither the figure nor the standard says within how many seconds a contact had to be answered.",
    "Ask by which limit it was counted.",
)
_NO_DEFINITIONS = Refusal("No definitions in use are declared for what it is the share of.")


@dataclass(frozen=True, slots=True)
class _LimitedShare:
    """A published share with the limit it is counted by, and what the standard demands of the same."""

    figure: PublishedShare
    limit: int
    criterion: Criterion | None

    @property
    def form(self) -> str:
        """The definition that the standard means."""
        return form_of({} if self.criterion is None else self.criterion.options)


def matched(
    tables: CanonicalTables,
    figures: Sequence[PublishedShare],
    policies: Mapping[str, DefinitionPolicy],
    criteria: Sequence[Criterion],
    *,
    period: Period,
    level: float,
) -> tuple[MatchedShare, ...]:
    """Return every figure with the ways of counting held against it, in the order of the figures.

    Parameters
    ----------
    policies
        Definitions by metric.
    criteria
        Demands of the standard, some of them on the same shares.
    level
        Coverage of the intervals.
    """
    groups: dict[tuple[str, str], list[PublishedShare]] = {}
    for figure in figures:
        groups.setdefault((figure.measure, figure.channel), []).append(figure)
    held = {
        entry.figure.number: entry
        for (measure, channel), group in groups.items()
        for entry in _of_channel(
            tables, [_with_limit(figure, criteria) for figure in group], policies.get(measure), channel,
            period=period, level=level,
        )
    }  # fmt: skip
    return tuple(held[figure.number] for figure in figures)


def _with_limit(figure: PublishedShare, criteria: Sequence[Criterion]) -> _LimitedShare | PublishedShare:
    """Return a figure with its limit; the bare figure where nothing says one."""
    matching = [
        criterion
        for criterion in criteria
        if criterion.metric == figure.measure and criterion.options.get("channel") == figure.channel
    ]
    criterion = matching[0] if matching else None
    demanded = None if criterion is None else criterion.options.get("seconds")
    limit = figure.limit if figure.limit is not None else demanded
    if limit is None and figure.measure == "answered_within":
        return figure
    return _LimitedShare(figure, int(limit or 0), criterion)


def _of_channel(
    tables: CanonicalTables,
    figures: Sequence[_LimitedShare | PublishedShare],
    policy: DefinitionPolicy | None,
    channel: str,
    *,
    period: Period,
    level: float,
) -> Iterator[MatchedShare]:
    limits = sorted({limited.limit for limited in figures if isinstance(limited, _LimitedShare)})
    tallies = {} if policy is None else _tallies(tables, channel, policy, limits)
    before = None if policy is None else _EarlierExports(tables, channel, policy, limits, level)
    for limited in figures:
        figure = limited if isinstance(limited, PublishedShare) else limited.figure
        if isinstance(limited, PublishedShare):
            yield MatchedShare(figure, open=_NO_LIMIT)
        elif policy is None or before is None:
            yield MatchedShare(figure, open=_NO_DEFINITIONS)
        elif figure.first < period.start or figure.last > period.end:
            yield MatchedShare(figure, criterion=limited.criterion, open=_OUTSIDE)
        elif not tallies:
            yield MatchedShare(figure, criterion=limited.criterion, open=NO_CONTACTS)
        else:
            yield before.held(limited, _against(limited, tallies, policy, level=level))


_STANDS = (GivenBy.BY_CLAIM, GivenBy.BY_FORM)
"""What a figure is given by that is what it says it is."""


@dataclass(frozen=True)
class _EarlierExports:
    """Contacts of a channel as earlier exports count them; looked at where the latest gives no figure."""

    tables: Supplied
    channel: str
    policy: DefinitionPolicy
    limits: Sequence[int]
    level: float

    def held(self, limited: _LimitedShare, latest: MatchedShare) -> MatchedShare:
        """Return a figure held against an earlier export, where that gives it and the latest does not."""
        if latest.given in (*_STANDS, GivenBy.OPEN):
            return latest
        for export in in_force(limited.figure, self._replaced):
            tallies = self._tallies_in_force(export.moment)
            entry = _against(limited, tallies, self.policy, level=self.level)
            none_yet = latest.given is GivenBy.BY_NONE
            if entry.given in _STANDS or (none_yet and entry.giving_way is not None):
                return replace(entry, earlier=export, later=_counterpart(entry.giving_way, latest.ways))
        return latest

    @cached_property
    def _replaced(self) -> tuple[ReplacedExport, ...]:
        return replaced_exports(self.tables)

    @cached_property
    def _by_moment(self) -> dict[int, dict[ClockStart, DailyContacts]]:
        return {}

    def _tallies_in_force(self, moment: int) -> dict[ClockStart, DailyContacts]:
        if moment not in self._by_moment:
            exported = AsExported(self.tables, moment)
            self._by_moment[moment] = _tallies(exported, self.channel, self.policy, self.limits)
        return self._by_moment[moment]


def _counterpart(way: VariantShare | None, ways: Sequence[VariantShare]) -> VariantShare | None:
    """Return what another export makes of a way of counting."""
    return next((each for each in ways if way is not None and each.variant == way.variant), None)


def _tallies(
    tables: Supplied, channel: str, policy: DefinitionPolicy, limits: Sequence[int]
) -> dict[ClockStart, DailyContacts]:
    """Return what every definition counts by unit and day, from each start of the clock on record."""
    waits = waits_by_clock(tables, channel)[0] if channel else _of_every_channel(tables)
    return {
        clock: tallied(rows, [way for limit in limits for way in _ways(policy, limit, clock)])
        for clock, rows in waits.items()
    }


def _of_every_channel(tables: Supplied) -> dict[ClockStart, Waits]:
    """Return the waits of all channels together; a contact that names none is among them once."""
    import narwhals as nw

    parts: dict[ClockStart, Waits] = {}
    for place, channel in enumerate(channels_in(tables)):
        for clock, rows in waits_by_clock(tables, channel)[0].items():
            rows_of_channel = rows if place == 0 else rows.filter(~nw.col("channel").is_null())
            parts[clock] = (
                Waits((*parts[clock].parts, *rows_of_channel.parts)) if clock in parts else rows_of_channel
            )
    return parts


def _ways(
    policy: DefinitionPolicy,
    limit: int,
    clock: ClockStart,
    *,
    joined: Sequence[Aggregation] = (*Aggregation,),
) -> list[Variant]:
    return [
        Variant(name, definition, limit if definition.within is None else definition.within, how, clock)
        for name, definition in policy.definitions.items()
        for how in joined
    ]


def _against(
    limited: _LimitedShare,
    tallies: Mapping[ClockStart, DailyContacts],
    policy: DefinitionPolicy,
    *,
    level: float,
) -> MatchedShare:
    figure = limited.figure
    first, last = figure.days
    chosen = {clock: tally.of(unit=figure.unit, first=first, last=last) for clock, tally in tallies.items()}
    days = max(tally.days for tally in chosen.values())
    joined = _ALONE if figure.unit else tuple(Aggregation)
    shares = [
        share
        for clock, tally in chosen.items()
        for share in tally.shares(_ways(policy, limited.limit, clock, joined=joined), level=level)
    ]
    ways = tuple(share for share in shares if share.least is not None)
    if not days or not ways:
        impossible = any(share.contradicting for share in shares)
        reason = MORE_THAN_CAME if impossible else _NO_DAYS
        return MatchedShare(figure, criterion=limited.criterion, open=reason)
    return MatchedShare(
        figure,
        ways,
        limited.criterion,
        _standing_for(ways, limited.form, Aggregation.POOLED, ClockStart.OFFERED),
        _claimed(figure, ways, policy),
        days,
    )


def _claimed(
    figure: PublishedShare, ways: Sequence[VariantShare], policy: DefinitionPolicy
) -> VariantShare | None:
    """Return the way of counting a figure claims: its definition, joined and timed as that says."""
    definition = policy.definitions.get(figure.definition)
    if definition is None:
        return None
    joined = definition.aggregation
    if figure.unit and joined is Aggregation.MEAN_OF_UNITS:
        joined = Aggregation.POOLED
    return _standing_for(ways, figure.definition, joined, definition.clock)


def _standing_for(
    ways: Sequence[VariantShare], name: str, joined: Aggregation, clock: ClockStart
) -> VariantShare | None:
    for way in ways:
        variant = way.variant
        if (variant.name, variant.aggregation, variant.clock) == (name, joined, clock):
            return way
    return None
