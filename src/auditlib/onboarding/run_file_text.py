"""A proposal as the text of a run file: each guess with its grounds, each doubt marked DECIDE."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from textwrap import wrap
from zoneinfo import ZoneInfo

from auditlib.onboarding.edition_in_force import DEFAULT
from auditlib.onboarding.items import ScaleGuess
from auditlib.onboarding.proposal import Given, ItemProposal, Proposal
from auditlib.onboarding.propose import as_of_day
from auditlib.onboarding.source_text import source_lines
from auditlib.onboarding.unplaced_text import unplaced_lines
from auditlib.onboarding.yaml_text import DECIDE, commented, quoted, sequence
from auditlib.statements import counted
from auditlib.time.zones import zone_known

__all__ = ["DECIDE", "quoted", "run_file_text"]

_NEEDS: Mapping[str, frozenset[str]] = {"03_compensation": frozenset({"pay_links"})}
"""Notebooks that can say nothing at all without a table; the others say what is missing."""
_COMMONEST = 7
_POLICIES: Mapping[str, frozenset[str]] = {
    "escalation": frozenset({"acknowledgements", "follow_ups"}),
    "incident_resolution": frozenset({"incident_events"}),
    "complaint_limits": frozenset({"complaint_events"}),
    "integrity": frozenset({"pay_links"}),
    "drivers": frozenset({"report_actions", "fixes"}),
}


def run_file_text(
    proposal: Proposal,
    *,
    audit: str,
    command: str,
    notebooks: Sequence[str],
    standard: Given = Given(DEFAULT),  # noqa: B008 - a frozen value
) -> str:
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
    standard
        Edition to judge by.
    """
    names = scale_names(proposal)
    lines = [
        *_head(proposal, audit=audit, command=command, standard=standard),
        "",
        *_scales(proposal, names),
        *_instruments(proposal, names),
        "sources:",
        *(line for source in proposal.sources for line in (*source_lines(source), "")),
        *unplaced_lines(proposal.unplaced),
        "notebooks:",
        *_notebooks(notebooks, tables={source.table.name for source in proposal.sources}),
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _head(proposal: Proposal, *, audit: str, command: str, standard: Given) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../schemas/run.schema.json"
    yield "# Proposed from the client's files. Every line is a guess with its grounds; where a line says"
    yield "# DECIDE, only you can know. Then delete the remark, and let the suite look again:"
    yield "#"
    yield f"#   {command}"
    yield from _recognised(proposal)
    yield f"audit: {audit}"
    yield f"{DECIDE} the name printed on the report."
    yield f"party: {{name: {quoted(audit)}}}"
    span = f"the records span these days ({proposal.zone.name})"
    unknown = "no column was found that says when a record was, so these days are made up"
    yield f"{DECIDE} the audited period; {span if proposal.dated else unknown}."
    yield f"period: {{start: {proposal.start}, end: {proposal.end}}}"
    yield f"{DECIDE} the instant the audit looks from; later records are quarantined as lying in the future."
    yield f"as_of: {_as_of(proposal)}"
    yield f"standard: {standard.value}" + (
        f"   {DECIDE} {commented(standard.doubt)}" if standard.doubt else ""
    )
    yield from _policies({source.table.name for source in proposal.sources})
    yield f"{DECIDE} {commented(proposal.zone.doubt)}"
    yield f"time_zone: {proposal.zone.name}"


def _recognised(proposal: Proposal) -> Iterator[str]:
    for where, export, source, note in proposal.recognised:
        yield "#"
        yield f"# {commented(where)} is recognised as: {commented(export)}"
        yield f"#   layout: {commented(source)}"
        yield from (f"#   {commented(line)}" for line in wrap(note, 100))
    if proposal.ask_next:
        yield "#"
        yield "# Ask the client for next:"
        yield from (f"#   - {commented(ask)}" for ask in proposal.ask_next)


def _as_of(proposal: Proposal) -> str:
    """Return the start of the day after the last record, in the zone of the units where it starts last."""
    midnights = (
        datetime.combine(as_of_day(proposal), time(), tzinfo=ZoneInfo(zone))
        for zone in sorted({proposal.zone.name, *_zones_named(proposal)})
    )
    return max(midnights).isoformat().replace("+00:00", "Z")


def _zones_named(proposal: Proposal) -> Iterator[str]:
    """Yield the zones that a register of units names."""
    for source in proposal.sources:
        zones = source.feeding("time_zone") if source.table.name == "units" else None
        if zones is not None and zones.facts is not None:
            yield from (zone for zone in zones.facts.distinct if zone_known(zone))


def _policies(tables: Collection[str]) -> Iterator[str]:
    """Yield the policies whose duties these tables can show; what was promised, only people know."""
    policies = [policy for policy, needed in _POLICIES.items() if needed & set(tables)]
    if policies:
        yield f"{DECIDE} do these say what was promised? They stand in params/policies; copy and change them."
        yield f"policies: [{', '.join(policies)}]"


def _notebooks(notebooks: Sequence[str], *, tables: Collection[str]) -> Iterator[str]:
    for name in notebooks:
        lacking = _NEEDS.get(name, frozenset()) - set(tables)
        if lacking:
            yield f"  # {name}: {{}}   # left out: none of the files is {', '.join(sorted(lacking))}"
        else:
            yield f"  {name}: {{}}"


def scale_names(proposal: Proposal) -> dict[tuple[object, ...], str]:
    """Return a name for each scale that several questions are on."""
    scales = {(item.item, types): item.scale for item, types in _questions(proposal)}
    shared = [scale.shared for scale in scales.values()]
    names: dict[tuple[object, ...], str] = {}
    for scale in scales.values():
        if shared.count(scale.shared) > 1 and scale.shared not in names:
            kind = "words" if scale.labels else "points"
            name = f"{kind}_{scale.low:g}_to_{scale.high:g}".replace(".", "_").replace("-", "minus_")
            count = sum(existing.startswith(name) for existing in names.values())
            names[scale.shared] = f"{name}_{count + 1}" if count else name
    return names


def _questions(proposal: Proposal) -> Iterator[tuple[ItemProposal, tuple[str, ...]]]:
    for source in proposal.sources:
        for item in source.items:
            yield item, item.survey_types or source.survey_types


def _scales(proposal: Proposal, names: Mapping[tuple[object, ...], str]) -> Iterator[str]:
    if not names:
        return
    yield "# Scales that several questions are on, each declared once."
    yield "scales:"
    for shared, name in names.items():
        items = {item.item: item.scale for item, _ in _questions(proposal) if item.scale.shared == shared}
        aside = dict.fromkeys(cell for item in items.values() for cell in item.not_applicable)
        scale = replace(next(iter(items.values())), not_applicable=tuple(aside))
        doubts = dict.fromkeys(item.doubt for item in items.values() if item.doubt)
        yield from (f"  {DECIDE} {commented(doubt)}" for doubt in doubts)
        if scale.direction:
            yield f"  {DECIDE} {commented(scale.direction)}"
        yield f"  {name}: {_scale(scale)}"
    yield ""


def _instruments(proposal: Proposal, names: Mapping[tuple[object, ...], str]) -> Iterator[str]:
    types = dict.fromkeys(name for _, survey_types in _questions(proposal) for name in survey_types)
    if not types:
        return
    yield "# Scores are declared, never guessed by the suite: confirm every scale."
    yield "instruments:"
    for survey_type in types:
        yield f"  {quoted(survey_type)}:"
        yield "    items:"
        listed: set[str] = set()
        heads = False
        for item, survey_types in _questions(proposal):
            if survey_type in survey_types and item.item not in listed:
                yield from _item(item, names, headline=item.headline and not heads)
                heads = heads or item.headline
                listed.add(item.item)
    yield ""


def _item(item: ItemProposal, names: Mapping[tuple[object, ...], str], *, headline: bool) -> Iterator[str]:
    scale = item.scale
    yield f"      {item.item}:"
    yield f"        wording: {quoted(item.wording or item.facts.wording)}"
    if headline:
        yield f"        headline: true   {DECIDE} is this the question units are compared on?"
    if item.doubt:
        yield f"        {DECIDE} {commented(item.doubt)}"
    yield f"        # {commented(_answers_seen(item))}"
    examples = ", ".join(f"{cell!r} ({count})" for cell, count in list(scale.strange.items())[:5])
    if examples:
        yield f"        # Off this scale, and so quarantined: {commented(examples)}"
    if scale.shared in names:
        yield f"        scale: {names[scale.shared]}"
        return
    yield from (f"        {DECIDE} {commented(doubt)}" for doubt in (scale.doubt, scale.direction) if doubt)
    yield f"        scale: {_scale(scale)}"


def _answers_seen(item: ItemProposal) -> str:
    """Return how many answers were seen, and the commonest of them."""
    cells = ", ".join(f"{cell} ({count})" for cell, count in item.facts.distinct.most_common(_COMMONEST))
    return f"Seen in {counted(item.facts.distinct.total(), 'answer')}: {cells}"


def _scale(scale: ScaleGuess) -> str:
    parts = [f"low: {scale.low:g}", f"high: {scale.high:g}"]
    if scale.step != 1:
        parts.append(f"step: {scale.step:g}")
    if scale.best == "low":
        parts.append("best: low")
    if scale.high == 10:
        parts.append("top: 9, bottom: 6")
    elif scale.step < scale.high - scale.low < 3:
        parts.append(f"top: {scale.high:g}, bottom: {scale.low:g}")
    if scale.labels:
        ordered = sorted(scale.labels.items(), key=lambda pair: (pair[1], pair[0]))
        parts.append(f"labels: {{{', '.join(f'{quoted(word)}: {score:g}' for word, score in ordered)}}}")
    if scale.not_applicable:
        parts.append(f"not_applicable: {sequence(scale.not_applicable)}")
    return f"{{{', '.join(parts)}}}"
