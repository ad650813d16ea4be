"""A proposal as the text of a run file: each guess with its grounds, each doubt marked DECIDE."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from auditlib.contracts import Kind
from auditlib.onboarding.items import ScaleGuess
from auditlib.onboarding.looking import Look
from auditlib.onboarding.matching import SURE
from auditlib.onboarding.proposing import ItemProposal, Proposal, SourceProposal, as_of_day
from auditlib.parameters.run import Dates
from auditlib.parameters.strict_yaml import scalar

DECIDE = "# DECIDE:"
_NEEDS: Mapping[str, frozenset[str]] = {"03_compensation": frozenset({"pay_links"})}
"""Notebooks that can say nothing at all without a table; the others say what is missing."""
_POLICIES: Mapping[str, frozenset[str]] = {
    "escalation": frozenset({"acknowledgements", "follow_ups"}),
    "incident_resolution": frozenset({"incident_events"}),
    "integrity": frozenset({"pay_links"}),
    "drivers": frozenset({"report_actions", "fixes"}),
}
_PLAIN = re.compile(r"[^\W\d_][\w./%()-]*(?: [\w./%()-]+)*")
_AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "from", "to"})


def run_file_text(proposal: Proposal, *, audit: str, command: str, notebooks: Sequence[str]) -> str:
    """Return the run file of `proposal`.

    Parameters
    ----------
    proposal
        What the files seem to be.
    audit
        Id of the audit.
    command
        The command to check it with, printed at its head.
    notebooks
        Notebooks of the project.
    """
    lines = [
        *_head(proposal, audit=audit, command=command),
        "",
        *_instruments(proposal),
        "sources:",
        *(line for source in proposal.sources for line in (*_source(source, proposal), "")),
        *_unplaced(proposal.unplaced),
        "notebooks:",
        *_notebooks(notebooks, tables={source.match.table.name for source in proposal.sources}),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def quoted(text: str) -> str:
    """Return `text` as YAML reads it back: plain where nothing can be mistaken, otherwise in quotes."""
    safe = _PLAIN.fullmatch(text) and isinstance(scalar(text), str) and text.lower() not in _AMBIGUOUS
    return text if safe else json.dumps(text, ensure_ascii=False)


def _head(proposal: Proposal, *, audit: str, command: str) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../schemas/run.schema.json"
    yield "# Proposed from the client's files. Every line is a guess with its grounds; where a line says"
    yield "# DECIDE, only you can know. Then delete the remark, and let the suite look again:"
    yield "#"
    yield f"#   {command}"
    yield f"audit: {audit}"
    yield f"{DECIDE} the name printed on the report."
    yield f"party: {{name: {quoted(audit)}}}"
    yield f"{DECIDE} the audited period; the records span these days."
    yield f"period: {{start: {proposal.start}, end: {proposal.end}}}"
    yield f"{DECIDE} the instant the audit looks from; later records are quarantined as lying in the future."
    yield f"as_of: {as_of_day(proposal)}T00:00:00Z"
    yield "standard: service-excellence@2025"
    yield from _policies({source.match.table.name for source in proposal.sources})
    yield f"{DECIDE} the zone of units that name none."
    yield "time_zone: UTC"


def _policies(tables: Collection[str]) -> Iterator[str]:
    """Yield the policies whose duties these tables can show; what was promised, only people know."""
    named = [policy for policy, needed in _POLICIES.items() if needed & set(tables)]
    if named:
        yield f"{DECIDE} do these say what was promised? They stand in params/policies; copy and change them."
        yield f"policies: [{', '.join(named)}]"


def _notebooks(notebooks: Sequence[str], *, tables: Collection[str]) -> Iterator[str]:
    for name in notebooks:
        lacking = _NEEDS.get(name, frozenset()) - set(tables)
        if lacking:
            yield f"  # {name}: {{}}   # left out: none of the files is {', '.join(sorted(lacking))}"
        else:
            yield f"  {name}: {{}}"


def _instruments(proposal: Proposal) -> Iterator[str]:
    surveys = {source.survey_type: source for source in reversed(proposal.sources) if source.items}
    if not surveys:
        return
    yield "# Scores are declared, never guessed by the suite: confirm every scale."
    yield "instruments:"
    for survey_type in surveys:
        yield f"  {quoted(survey_type or 'survey')}:"
        yield "    items:"
        seen: set[str] = set()
        for source in proposal.sources:
            for item in source.items if source.survey_type == survey_type else ():
                if item.item not in seen:
                    yield from _item(item, headline=not seen)
                seen.add(item.item)
    yield ""


def _item(item: ItemProposal, *, headline: bool) -> Iterator[str]:
    scale = item.scale
    yield f"      {item.item}:"
    yield f"        wording: {quoted(item.facts.label or item.facts.name)}"
    if headline:
        yield f"        headline: true   {DECIDE} is this the question units are compared on?"
    if scale.doubt:
        yield f"        {DECIDE} {_comment(scale.doubt)}"
    if scale.strange:
        shown = ", ".join(f"{cell!r} ({count})" for cell, count in list(scale.strange.items())[:5])
        yield f"        # Off this scale, and so quarantined: {_comment(shown)}"
    yield f"        scale: {_scale(scale)}"


def _scale(scale: ScaleGuess) -> str:
    parts = [f"low: {scale.low:g}", f"high: {scale.high:g}"]
    if scale.step != 1:
        parts.append(f"step: {scale.step:g}")
    if scale.high == 10:
        parts.append("top: 9, bottom: 6")
    elif scale.high - scale.low < 3:
        parts.append(f"top: {scale.high:g}, bottom: {scale.low:g}")
    if scale.labels:
        ordered = sorted(scale.labels.items(), key=lambda pair: (pair[1], pair[0]))
        parts.append(f"labels: {{{', '.join(f'{quoted(word)}: {score}' for word, score in ordered)}}}")
    if scale.not_applicable:
        parts.append(f"not_applicable: {_listed(scale.not_applicable)}")
    return f"{{{', '.join(parts)}}}"


def _source(source: SourceProposal, proposal: Proposal) -> Iterator[str]:
    look, table = source.look, source.match.table
    for doubt in source.doubts:
        yield f"  {DECIDE} {_comment(doubt)}"
    yield f"  - table: {table.name}   # {_comment(table.purpose)}"
    yield f"    form: {look.form}"
    if look.connection:
        yield f"    database: {{connection: {look.connection}, relation: {look.file}}}"
    else:
        yield f"    file: {quoted(look.file)}"
    if look.sheet:
        yield f"    sheet: {quoted(look.sheet)}"
    yield from _dialect(source)
    yield from _dates(source, proposal)
    yield from _columns(source)
    constants = {"survey_type": source.survey_type} if source.survey_type else {}
    if constants:
        yield f"    constants: {_mapping(constants)}"
    if source.values:
        yield "    values:"
        yield from (f"      {column}: {_mapping(cells)}" for column, cells in source.values.items())
    if source.missing != ("",):
        yield f"    missing: {_listed(source.missing)}"


def _dialect(source: SourceProposal) -> Iterator[str]:
    text = source.look.text
    if text is None:
        return
    comma = any(facts.comma for facts in source.look.columns)
    parts = {
        "delimiter": json.dumps(text.delimiter.value) if text.delimiter.value != "," else "",
        "decimal": '","' if comma else "",
        "encoding": text.encoding.value if text.encoding.value != "utf-8" else "",
        "header_rows": str(text.header_rows) if text.header_rows != 1 else "",
    }
    for guess in (text.encoding, text.delimiter):
        if guess.doubt:
            yield f"    {DECIDE} {_comment(guess.doubt)}"
    written = ", ".join(f"{key}: {value}" for key, value in parts.items() if value)
    if written:
        yield f"    # {_comment(text.encoding.grounds)}; {_comment(text.delimiter.grounds)}"
        yield f"    dialect: {{{written}}}"


def _dates(source: SourceProposal, proposal: Proposal) -> Iterator[str]:
    formats = source.date_formats
    if not formats:
        return
    for entry in source.match.mapped:
        dates = source.look.column(entry.source).dates if source.is_date(entry.column) else None
        if dates is not None and dates.swapped:
            other = _comment(dates.swapped)
            yield f"    {DECIDE} {_comment(entry.source)!r}: day or month first? Its cells also fit {other}."
        elif dates is not None and dates.grounds:
            yield f"    # {_comment(entry.source)!r}: {_comment(dates.grounds)}"
    native = source.look.form in ("parquet", "database") and all(
        form.startswith("%Y-%m-%d") for form in formats
    )
    parts = [] if native or set(formats) <= set(Dates().formats) else [f"formats: {_listed(formats)}"]
    zone, remark = _zone(source, proposal)
    if remark:
        yield f"    {remark}"
    if zone:
        parts.append(f"time_zone: {zone}")
    if parts:
        yield f"    dates: {{{', '.join(parts)}}}"


def _zone(source: SourceProposal, proposal: Proposal) -> tuple[str, str]:
    """Return the proposed zone of local times, with what the auditor must decide."""
    instants = [
        entry.source
        for entry in source.match.mapped
        if source.match.table.column(entry.column).kind is Kind.INSTANT
    ]
    stated = ("Z", "%z")
    if not instants or all(
        dates is not None and all(form.endswith(stated) for form in dates.formats)
        for dates in (source.look.column(name).dates for name in instants)
    ):
        return "", ""
    if source.look.text is not None and source.look.text.time_zone:
        return source.look.text.time_zone, "# The file's third header row names its zone."
    if any("utc" in name.lower() for name in instants):
        return "", "# The column's name says UTC."
    by_unit = any(
        other.match.table.name == "units" and other.match.source_of("time_zone") for other in proposal.sources
    )
    zone = "unit" if by_unit and source.match.source_of("unit_id") else ""
    said = "each unit's own" if zone else "UTC"
    return zone, f"{DECIDE} the zone of these wall-clock times; {said} is assumed."


def _columns(source: SourceProposal) -> Iterator[str]:
    table = source.match.table
    given = {entry.column for entry in source.match.mapped} | (
        {"survey_type"} if source.survey_type else set()
    )
    used = {entry.source for entry in source.match.mapped} | {item.facts.name for item in source.items}
    yield "    columns:"
    for entry in source.match.mapped:
        facts = source.look.column(entry.source)
        line = f"      {entry.column}: {quoted(entry.source)}"
        if entry.score < SURE:
            line += f"   {DECIDE} is it? For example {_comment(repr(facts.example))}"
        elif facts.leading_zeros:
            line += "   # text: leading zeros are kept"
        yield line
    yield from (f"      {item.item}: {quoted(item.facts.name)}" for item in source.items)
    for column in table.columns:
        if column.required and column.name not in given:
            yield f"      {DECIDE} which column is {column.name}? {_comment(column.meaning)}"
    left = [facts.name for facts in source.look.columns if facts.name not in used]
    if left:
        yield f"      # Not mapped: {_comment(', '.join(left))}"


def _unplaced(looks: Sequence[Look]) -> Iterator[str]:
    for look in looks:
        where = f"{look.file}, sheet {look.sheet}" if look.sheet else look.file
        yield f"{DECIDE} no canonical table fits {_comment(where)}."
    if looks:
        yield ""


def _mapping(pairs: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(key)}: {quoted(value)}" for key, value in pairs.items()) + "}"


def _listed(values: Sequence[str]) -> str:
    return "[" + ", ".join(quoted(value) for value in values) + "]"


def _comment(text: str) -> str:
    """Return `text` fit for a comment: one line, nothing invisible, not endless."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain if len(plain) <= 160 else plain[:157] + "..."
