"""The zone of wall-clock times, the days records lie on in it, and the period they span."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from auditlib.contracts import TABLES, ColumnKind
from auditlib.evidence.timestamps import PLACEHOLDERS
from auditlib.onboarding.date_formats import parsed, states_zone
from auditlib.onboarding.proposal import Fed, SourceProposal, ZoneGuess
from auditlib.onboarding.recogniser import Zone
from auditlib.onboarding.recognisers import zone_of
from auditlib.parameters.run import Run
from auditlib.time.zones import zone_known

_SCORED = ("responses", "complaints", "interactions", "incident_events")


def guessed_zone(source: SourceProposal, *, hint: Zone | None = None, by_unit: bool = False) -> ZoneGuess:
    """Return the zone proposed for the instants of a source.

    Parameters
    ----------
    source
        With its mapped columns.
    hint
        What its recogniser knows.
    by_unit
        Whether the register of units names zones.
    """
    instants = [
        entry
        for entry in source.fed
        if source.table.column(entry.column).kind is ColumnKind.INSTANT and entry.facts is not None
    ]
    if not instants or all(_stated(source, instant) for instant in instants):
        return ZoneGuess()
    zones = {zone_of(instant.facts.name) for instant in instants if instant.facts is not None}
    if len(zones) == 1 and (zone := zones.pop()) and zone_known(zone):
        return ZoneGuess(zone, "The header names the zone in brackets.")
    grid = source.look.grid
    stated = grid.time_zone(source.look.header_rows) if grid is not None else ""
    if stated and zone_known(stated):
        return ZoneGuess(stated, "The file's third header row names its zone.")
    if hint is not None and hint.name:
        return ZoneGuess(hint.name, hint.because)
    if any("utc" in instant.facts.name.lower() for instant in instants if instant.facts is not None):
        return ZoneGuess("", "The column's name says UTC.")
    return _zone_question(source, hint, by_unit)


def _zone_question(source: SourceProposal, hint: Zone | None, by_unit: bool) -> ZoneGuess:
    zone = "unit" if by_unit and source.feeding("unit_id") else ""
    assumed = ZoneGuess(zone).assumed
    doubt = f"the zone of these wall-clock times; {assumed} is assumed."
    if hint is not None and hint.ask:
        doubt = f"{hint.ask} {assumed[0].upper()}{assumed[1:]} is assumed."
    return ZoneGuess(zone, doubt=doubt)


def zones_apart(run: Run) -> Iterator[str]:
    """Say of each file that its sources are read in different zones: clocks between them are wrong."""
    zones: dict[str, dict[str, None]] = {}
    for source in run.sources:
        instants = {
            column.name for column in TABLES[source.table].columns if column.kind is ColumnKind.INSTANT
        }
        local = not all(states_zone(form) for form in source.dates.formats)
        if source.file is not None and local and instants & set(source.columns):
            where = f"{source.file}, sheet {source.sheet}" if source.sheet else source.file
            zones.setdefault(where, {})[source.dates.time_zone] = None
    for where, read in zones.items():
        if len(read) > 1:
            yield (
                f"{where} is read in the zones {' and '.join(read)}: times taken from one of its instants to "
                "another are wrong, unless its columns are in different zones. Write time_zone under the "
                "dates of each of its sources."
            )


def _stated(source: SourceProposal, fed: Fed) -> bool:
    formats = source.formats_of(fed)
    return bool(formats) and all(states_zone(form) for form in formats)


def common_zone(sources: Sequence[SourceProposal]) -> ZoneGuess:
    """Return the zone of units that name none: that of the files, where they name one."""
    zones = {source.zone.name for source in sources} - {"", "unit", "UTC"}
    if len(zones) == 1:
        return ZoneGuess(zones.pop(), doubt="the zone of units that name none; the files name this one.")
    return ZoneGuess("UTC", doubt="the zone of units that name none; nothing in the files says it.")


def days_by_table(sources: Sequence[SourceProposal], zone: str) -> dict[str, list[date]]:
    """Return for each table the local day of every record that has an instant, in no order."""
    local = ZoneInfo(zone)
    days: dict[str, list[date]] = {}
    for source in sources:
        if source.table.instant:
            days.setdefault(source.table.name, []).extend(_days(source, local, source.table.instant))
    return days


def last_day(sources: Sequence[SourceProposal], zone: str, *, until: date) -> date:
    """Return the last local day of any instant, such as the end of an outage, up to a day; else the earliest.

    Parameters
    ----------
    sources
        Sources with their mapped columns.
    zone
        Zone of units that name none.
    until
        A day beyond which days are taken for mistakes.
    """
    local = ZoneInfo(zone)
    days = (
        day
        for source in sources
        for column in source.table.columns
        if column.kind is ColumnKind.INSTANT
        for day in _days(source, local, column.name)
    )
    return max((day for day in days if day <= until), default=date.min)


def span(days: Mapping[str, Sequence[date]]) -> tuple[date, date] | None:
    """Return the days that hold all but a thousandth of the records at either end, if any."""
    scored = [day for table in _SCORED for day in days.get(table, ())]
    every = sorted(scored or [day for table in days.values() for day in table])
    if not every:
        return None
    edge = len(every) // 1000
    return every[edge], every[len(every) - 1 - edge]


def _days(source: SourceProposal, local: ZoneInfo, instant: str) -> Iterator[date]:
    fed = source.feeding(instant)
    if fed is not None and fed.facts is None and not isinstance(fed.origin, str):
        fed = source.feeding(str(fed.origin.get("after")))  # the instant it lies behind is near enough
    if fed is None or fed.facts is None:
        return
    part = fed.facts.dates if fed.joined else None
    formats = source.formats_of(fed) if part is None else part.formats
    written = local if source.zone.name == "unit" else ZoneInfo(source.zone.name or "UTC")
    for cell, count in fed.facts.distinct.items():
        read = parsed(cell, formats)
        if read is not None and read.date().isoformat() not in PLACEHOLDERS:
            zoned = read if read.tzinfo is not None else read.replace(tzinfo=written)
            day = zoned.date() if zoned.tzinfo is local else zoned.astimezone(local).date()
            yield from (day,) * count
