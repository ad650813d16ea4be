"""From looks to a first run file: known exports by their recognisers, other files by names and values."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from auditlib.onboarding.assumed_values import with_assumed
from auditlib.onboarding.column_matching import Match, match
from auditlib.onboarding.dated_by_values import with_dates
from auditlib.onboarding.day_and_time import with_times
from auditlib.onboarding.doubtful_files import at_a_limit
from auditlib.onboarding.durations import with_durations
from auditlib.onboarding.export_days import with_export_days
from auditlib.onboarding.file_looks import FileLook
from auditlib.onboarding.intervals import with_interval
from auditlib.onboarding.long_form import in_long_form, responses_of
from auditlib.onboarding.missing_codes import with_missing
from auditlib.onboarding.named_limits import unlimited
from auditlib.onboarding.proposal import Proposal, ProposedFilter, SourceProposal
from auditlib.onboarding.published_shares import published_shares, with_months
from auditlib.onboarding.readings import readings
from auditlib.onboarding.recognised_exports import recognised_sources
from auditlib.onboarding.recogniser import Recogniser
from auditlib.onboarding.registers import registers, with_key, with_unit
from auditlib.onboarding.survey_sources import completed, fed_by, unread, with_survey_type
from auditlib.onboarding.time_zones import common_zone, days_by_table, guessed_zone, last_day, span
from auditlib.onboarding.unit_naming import named_by
from auditlib.onboarding.units_by_file import with_units_by_file
from auditlib.onboarding.vocabulary import codes_of, meaning, simplified, vocabulary, what_they_mean
from auditlib.statements import counted

_SOON = timedelta(days=60)
_UNEVEN = 0.02


def propose(
    looks: Sequence[FileLook], *, fallback: date, exports: Mapping[str, Recogniser] | None = None
) -> Proposal:
    """Return a first run file for what was seen of a client's files.

    Parameters
    ----------
    looks
        Every file and sheet.
    fallback
        Day to write where no file holds a date.
    exports
        Recognisers by name.
    """
    layouts = {look: exports[look.layout] for look in looks if exports and look.layout in exports}
    fixed = [source for look, recogniser in layouts.items() for source in _recognised(look, recogniser)]
    long = {look: answered for look in looks if look not in layouts and (answered := in_long_form(look))}
    fixed += [_asked_whole(responses_of(look, answered)) for look, answered in long.items()]
    unrecognised = [look for look in looks if look not in layouts and look not in long]
    keys = _keys({look: match(look) for look in unrecognised})
    matches = {look: match(look, keys=keys) for look in unrecognised}
    unmatched = [look for look, table in matches.items() if table is None]
    published = {look: shares for look in unmatched if (shares := published_shares(look))}
    fixed += [source for shares in published.values() for source in shares]
    general = [
        reading
        for look, table in matches.items()
        if table is not None
        for reading in readings(_source(look, table, keys))
    ]
    unplaced = tuple(look for look in unmatched if look not in published)
    every = with_units_by_file(with_export_days([*fixed, *general]))
    return _proposal(every, unplaced, layouts, fallback)


def as_of_day(proposal: Proposal) -> date:
    """Return the day after the last record: nothing lies in its future."""
    return proposal.last + timedelta(days=1)


def _proposal(
    sources: Sequence[SourceProposal],
    unplaced: tuple[FileLook, ...],
    layouts: Mapping[FileLook, Recogniser],
    fallback: date,
) -> Proposal:
    by_unit = any(source.table.name == "units" and source.feeding("time_zone") for source in sources)
    zoned = [
        source if source.look in layouts else replace(source, zone=guessed_zone(source, by_unit=by_unit))
        for source in sources
    ]
    every = asked_once(sorted(named_by([*registers(zoned), *zoned]), key=_order))
    zone = common_zone(zoned)
    days = days_by_table(zoned, zone.name)
    dated = span(days)
    start, end = dated or (fallback, fallback)
    near = (day for table in days.values() for day in table if day <= end + _SOON)
    return Proposal(
        every,
        unplaced,
        start,
        end,
        max(*near, last_day(zoned, zone.name, until=end + _SOON), end),
        zone,
        tuple(
            (look.where, recogniser.export, recogniser.source, recogniser.note)
            for look, recogniser in layouts.items()
        ),
        _ask_next(zoned, layouts),
        dated is not None,
    )


def _asked_whole(source: SourceProposal) -> SourceProposal:
    """Return a source with the questions about its file as a whole, and without its row of totals."""
    return replace(source, doubts=(*source.doubts, *_whole(source.look)), only=_without_totals(source.look))


def _order(source: SourceProposal) -> tuple[bool, bool, str, str]:
    return (source.table.name != "units", source.fills is not None, source.look.file, source.look.sheet)


def asked_once(sources: Sequence[SourceProposal]) -> tuple[SourceProposal, ...]:
    """Return the sources with a question about a file asked where it comes up first, not for each table."""
    questions: set[tuple[str, str, str]] = set()

    def again(look: FileLook, question: str) -> bool:
        """Return whether a question was asked before, and take it down."""
        key = (look.file, look.sheet, question)
        before = key in questions
        questions.add(key)
        return before

    quieter: list[SourceProposal] = []
    for source in sources:
        look = source.look
        fed = tuple(
            replace(entry, doubt="", remark="as above")
            if entry.doubt and again(look, f"{entry.column} {entry.origin}")
            else entry
            for entry in source.fed
        )
        only = tuple(
            replace(entry, doubt=False)
            if entry.doubt and again(look, f"{entry.column} {entry.cells}")
            else entry
            for entry in source.only
        )
        zone = source.zone
        if zone.doubt and again(look, zone.doubt):
            # No source takes the zone of another: unanswered here, its instants would be read as UTC.
            zone = replace(zone, doubt=f"the same zone as above; {zone.assumed} is assumed.")
        quieter.append(replace(source, fed=fed, only=only, zone=zone))
    return tuple(quieter)


def _recognised(look: FileLook, recogniser: Recogniser) -> tuple[SourceProposal, ...]:
    rivals = f"it also looks like {', '.join(look.rivals)}; is it {look.layout}?" if look.rivals else ""
    sources = recognised_sources(look, recogniser)
    doubts = (*((rivals,) if rivals else ()), *_whole(look))
    return tuple(
        replace(source, doubts=(*doubts, *source.doubts)) if place == 0 and doubts else source
        for place, source in enumerate(sources)
    )


def _ask_next(sources: Sequence[SourceProposal], layouts: Mapping[FileLook, Recogniser]) -> tuple[str, ...]:
    """Return what would let more be answered: as recognisers say, otherwise what belongs to these tables."""
    requests = [ask for layout in layouts.values() for ask in layout.ask_next]
    tables = {source.table.name for source in sources}
    for table, needed in vocabulary().ask_next.items():
        if table in tables and (not layouts or not requests):
            requests += [ask for wanted_table, ask in needed.items() if wanted_table not in tables]
    return tuple(dict.fromkeys(requests))


def _keys(matches: Mapping[FileLook, Match | None]) -> dict[str, set[str]]:
    """Return the key values of each table found; a unit called NA is a key, not a gap.

    A file may name a unit by its name, too.
    """
    keys: dict[str, set[str]] = {}
    for matched in matches.values():
        if matched is not None and len(matched.table.key) == 1:
            naming = (*matched.table.key, *(("name",) if matched.table.name == "units" else ()))
            for source in filter(None, map(matched.source_of, naming)):
                keys.setdefault(matched.table.name, set()).update(cell for cell in source.cells if cell)
    return keys


def _source(look: FileLook, matched: Match, keys: Mapping[str, Collection[str]]) -> SourceProposal:
    values, value_doubts = _values(matched)
    close = f"the table could also be {matched.runner_up}" if matched.runner_up else ""
    source = SourceProposal(
        look,
        matched.table,
        tuple(fed_by(look, entry) for entry in matched.mapped),
        values=values,
        only=_without_totals(look),
        doubts=(*((close,) if close else ()), *value_doubts, *_whole(look)),
        remarks=unread(look, used={entry.facts.position for entry in matched.mapped}),
    )
    if matched.table.name == "responses":
        source = completed(source)
    elif matched.table.name == "invitations" and source.feeding("survey_type") is None:
        source = with_survey_type(source)
    source = with_dates(with_times(with_key(with_months(source))))
    source = with_durations(with_assumed(with_interval(with_unit(source))))
    return with_missing(source, keys=keys)


def _whole(look: FileLook) -> tuple[str, ...]:
    """Return questions where a file ends at a number that tools stop at, or where its rows are uneven."""
    doubts: list[str] = []
    if cut := at_a_limit(look.records):
        doubts.append(cut)
    uneven, rows = look.grid.ragged(look.header_rows) if look.grid is not None else (0, 0)
    if uneven > _UNEVEN * rows:
        longer = "is longer or shorter" if uneven == 1 else "are longer or shorter"
        aside = "than the first row and will be set aside; ask for a new export?"
        doubts.append(f"{uneven:,} of {counted(rows, 'record')} {longer} {aside}")
    return tuple(doubts)


def _without_totals(look: FileLook) -> tuple[ProposedFilter, ...]:
    """Return the condition that leaves out a row that adds the others up, where the last one does."""
    words = {simplified(word) for word in vocabulary().totals}
    for facts in look.columns[:2]:
        last = facts.cells[-1] if facts.cells else ""
        if simplified(last) in words and facts.distinct[last] == 1:
            why = "a row that adds up others is no record"
            stays = tuple(cell != last for cell in facts.cells)
            return (ProposedFilter(look.origin(facts), "is_not", (last,), why, stays, doubt=True),)
    return ()


def _values(matched: Match) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Map cells onto the codes a contract fixes; open codes stay as they are."""
    values: dict[str, dict[str, str]] = {"channel": channels} if (channels := _channels(matched)) else {}
    doubts: list[str] = []
    for entry in matched.mapped:
        meanings = codes_of(matched.table.column(entry.column))
        if not meanings:
            continue
        cells = entry.facts.distinct
        read = {cell: code for cell in cells if (code := meaning(unlimited(cell), meanings)) is not None}
        if any(cell != code for cell, code in read.items()):
            values[entry.column] = dict(sorted(read.items(), key=lambda pair: pair[1], reverse=True))
        unread_cells = [cell for cell in cells if cell not in read]
        if unread_cells:
            doubts.append(what_they_mean(entry.column, unread_cells, meanings))
    return values, doubts


def _channels(matched: Match) -> dict[str, str]:
    """Return the cells that name a channel in other words than the standards do; others are channels too."""
    channel = matched.source_of("channel")
    if channel is None or not any(column.name == "channel" for column in matched.table.columns):
        return {}
    read = {cell: meaning(cell, vocabulary().channels) for cell in channel.distinct}
    return {cell: code for cell, code in read.items() if code is not None and code != cell}
