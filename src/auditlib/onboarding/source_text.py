"""One proposed source as lines of a run file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from auditlib.contracts import ColumnKind
from auditlib.onboarding.date_formats import DateLook
from auditlib.onboarding.proposal import Fed, ProposedFilter, SourceProposal
from auditlib.onboarding.yaml_text import DECIDE, commented, mapping, origin_text, quoted, sequence
from auditlib.parameters.run import Dates
from auditlib.statements import counted

_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}([.][0-9]{3})+")
"""A count whose thousands are apart by points: its decimal sign is the comma."""
_MEASURES = (ColumnKind.NUMBER, ColumnKind.SCORE, ColumnKind.SHARE)


def source_lines(source: SourceProposal) -> Iterator[str]:
    """Yield the lines of a source."""
    look, table = source.look, source.table
    yield from (f"  {DECIDE} {commented(doubt)}" for doubt in source.doubts)
    yield from (f"  # {commented(remark)}" for remark in source.remarks)
    yield f"  - table: {table.name}   # {commented(table.purpose)}"
    yield f"    form: {look.form}"
    if look.connection:
        yield f"    database: {{connection: {look.connection}, relation: {look.file}}}"
    else:
        yield f"    file: {quoted(look.file)}"
    if look.sheet:
        yield f"    sheet: {quoted(look.sheet)}"
    yield from dialect_lines(source)
    yield from _dates(source)
    yield from _only(source)
    if source.once:
        yield "    once: true"
    for key, proposed in (("fills", source.fills), ("units_by", source.units_by), ("long", source.long)):
        if proposed is not None:
            yield f"    {key}: {proposed.value}   {DECIDE} {commented(proposed.doubt)}"
    yield from _stands_for(source)
    yield from _columns(source)
    yield from _constants(source)
    if source.values:
        yield "    values:"
        yield from (f"      {column}: {mapping(cells)}" for column, cells in source.values.items())
    if source.missing != ("",):
        yield f"    missing: {sequence(source.missing)}"


def dialect_lines(source: SourceProposal) -> Iterator[str]:
    """Yield how a file is written, with the grounds; none where it is written as usual."""
    text, grid = source.look.text, source.look.grid
    for guess in (text.encoding, text.delimiter) if text is not None else ():
        if guess.doubt:
            yield f"    {DECIDE} {commented(guess.doubt)}"
    written = ", ".join(f"{key}: {value}" for key, value in _dialect_parts(source) if value)
    if not written or grid is None:
        return
    if text is not None:
        yield f"    # {commented(text.encoding.grounds)}; {commented(text.delimiter.grounds)}"
    if grid.skip_rows:
        yield f"    # {counted(grid.skip_rows, 'line stands', 'lines stand')} above the header"
    if not source.look.header_rows:
        yield "    # The first row looks like those below it: no header; columns are called 1, 2 ..."
    yield f"    dialect: {{{written}}}"


def _dialect_parts(source: SourceProposal) -> Iterator[tuple[str, str]]:
    text, grid, rows = source.look.text, source.look.grid, source.look.header_rows
    if text is not None:
        yield "delimiter", json.dumps(text.delimiter.value) if text.delimiter.value != "," else ""
        yield "decimal", '","' if _decimal_comma(source) else ""
        yield "encoding", text.encoding.value if text.encoding.value != "utf-8" else ""
    if grid is not None:
        yield "skip_rows", str(grid.skip_rows) if grid.skip_rows else ""
        yield "header_rows", str(rows) if rows != 1 else ""


def _decimal_comma(source: SourceProposal) -> bool:
    used = [entry.facts for entry in source.fed if entry.facts is not None]
    used += [item.facts for item in source.items]
    used += [source.look.column(name) for entry in source.fed for name in entry.durations]
    measures = any(column.kind in _MEASURES for column in source.table.columns)
    every = source.look.columns if measures else ()
    counts = [
        entry.facts for entry in source.fed if source.table.column(entry.column).kind is ColumnKind.COUNT
    ]
    grouped = any(
        _THOUSANDS.fullmatch(cell) for facts in counts if facts is not None for cell in facts.distinct
    )
    return grouped or any(facts.comma for facts in (*used, *every))


def _dates(source: SourceProposal) -> Iterator[str]:
    exceptions = _written_otherwise(source)
    dated = [entry for entry in source.fed if source.formats_of(entry)]
    plain = (form for entry in dated if entry.column not in exceptions for form in source.formats_of(entry))
    formats = tuple(dict.fromkeys(plain))
    settled = _settled(dated)
    for entry in {entry.facts.position if entry.facts else entry.column: entry for entry in dated}.values():
        looked_at = entry.facts is not None and (entry.joined or not entry.formats)
        dates = entry.facts.dates if looked_at and entry.facts is not None else None
        name = commented(entry.facts.name if entry.facts is not None else entry.column)
        if dates is not None and dates.swapped:
            yield _order_of(name, dates, settled)
        elif dates is not None and dates.grounds:
            yield f"    # {name!r}: {commented(dates.grounds)}"
    native = bool(dated) and all(entry.facts is not None and entry.facts.native for entry in dated)
    parts = [] if native or set(formats) <= set(Dates().formats) else [f"formats: {sequence(formats)}"]
    if source.zone.doubt:
        yield f"    {DECIDE} {commented(source.zone.doubt)}"
    elif source.zone.remark:
        yield f"    # {commented(source.zone.remark)}"
    zone = "" if source.zone.name == "UTC" else source.zone.name
    if zone or source.zone.doubt:  # a question stands at the line that answers it
        parts.append(f"time_zone: {zone or 'UTC'}")
    if parts:
        yield f"    dates: {{{', '.join(parts)}}}"
    if exceptions:
        months = {entry.column: f", of_month: {entry.of_month}" for entry in dated if entry.of_month}
        written = ", ".join(
            f"{column}: {{formats: {sequence(forms)}{months.get(column, '')}}}"
            for column, forms in exceptions.items()
        )
        yield f"    dates_of: {{{written}}}"


def _settled(dated: Sequence[Fed]) -> Mapping[str, str]:
    """Return the orders of day, month and year that a column of the source proves, with the column."""
    return {
        _day_of(entry.facts.dates.formats[0]): entry.facts.name
        for entry in dated
        if entry.facts is not None and entry.facts.dates is not None and entry.facts.dates.grounds
    }


def _order_of(name: str, dates: DateLook, settled: Mapping[str, str]) -> str:
    """Return the question whether day or month comes first, or the column of the source that settles it."""
    proof = settled.get(_day_of(dates.formats[0]))
    if proof is not None:
        return f"    # {name!r}: day and month in the order of {commented(proof)!r}"
    return f"    {DECIDE} {name!r}: day or month first? Its cells also fit {commented(dates.swapped)}."


def _day_of(form: str) -> str:
    return form.split(" ", maxsplit=1)[0]


def _written_otherwise(source: SourceProposal) -> dict[str, tuple[str, ...]]:
    """Return the columns whose dates are known to be written unlike the others of the source."""
    declared = {
        entry.column: entry.formats for entry in source.fed if entry.formats and source.formats_of(entry)
    }
    common = {form for entry in source.fed if not entry.formats for form in source.formats_of(entry)}
    months = {entry.column for entry in source.fed if entry.of_month}
    return {
        column: forms
        for column, forms in declared.items()
        if column in months or (common and not set(forms) <= common)
    }


def _only(source: SourceProposal) -> Iterator[str]:
    if source.only:
        yield "    only:"
        yield from (f"      - {_condition(condition)}" for condition in source.only)


def _condition(condition: ProposedFilter) -> str:
    tests = {"filled": "filled: true", "blank": "filled: false"}
    test = tests.get(condition.test) or f"{condition.test}: {sequence(condition.cells)}"
    column, why = origin_text(condition.column), quoted(condition.because)
    stay, rows = sum(condition.stays), len(condition.stays)
    counts = f"{rows - stay:,} of {counted(rows, 'row')} left out, {stay:,} stay"
    mark = f"{DECIDE} {counts}; is that right?" if condition.doubt else f"# {counts}"
    return f"{{column: {column}, {test}, because: {why}}}   {mark}"


def _stands_for(source: SourceProposal) -> Iterator[str]:
    if source.stands_for:
        yield f"    {DECIDE} clocks that start from a stand-in cannot be assessed; is there no better time?"
        yield "    stands_for:"
        yield from (f"      {column}: {quoted(why)}" for column, why in source.stands_for.items())


def _constants(source: SourceProposal) -> Iterator[str]:
    if not source.constants:
        return
    yield "    constants:"
    for column, constant in source.constants.items():
        mark = f"   {DECIDE} {commented(constant.doubt)}" if constant.doubt else ""
        yield f"      {column}: {quoted(constant.value)}{mark}"


def _columns(source: SourceProposal) -> Iterator[str]:
    lines = [_mapped(entry) for entry in source.fed]
    lines += [f"      {item.item}: {origin_text(source.origin_of(item))}" for item in source.items]
    fed = {entry.column for entry in source.fed} | set(source.constants)
    questions = [
        f"      {DECIDE} which column is {column.name}? {commented(column.meaning)}"
        for column in source.table.columns
        if column.required and column.name not in fed
    ]
    if lines or questions:
        yield "    columns:"
        yield from (*lines, *questions)
    unmapped = _unmapped(source)
    if unmapped and not source.once:
        yield f"      # Not mapped: {commented(', '.join(unmapped))}"


def _mapped(entry: Fed) -> str:
    line = f"      {entry.column}: {origin_text(entry.origin)}"
    if entry.doubt:
        return f"{line}   {DECIDE} {commented(entry.doubt)}"
    return f"{line}   # {commented(entry.remark)}" if entry.remark else line


def _unmapped(source: SourceProposal) -> list[str]:
    used = source.used | source.tool_columns
    used |= {item.facts.position for item in source.items}
    chosen_by = [condition.column for condition in source.only]
    return [
        facts.wording
        for facts in source.look.columns
        if facts.position not in used and source.look.origin(facts) not in chosen_by
    ]
