"""How a file names the units of a register: as written there, by their number, or by their name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from auditlib.evidence.unit_names import readings
from auditlib.onboarding.proposal import Given, SourceProposal
from auditlib.statements import counted

WAYS: Mapping[str, str] = MappingProxyType(
    {"id": "as written", "number": "without leading zeros", "name": "by their name"}
)
"""What `units_by` of a source may say, in words."""


def better(read: Mapping[str, int], than: str) -> str:
    """Return the way that reads the most units; empty where none reads more than another."""
    best = max(WAYS, key=lambda way: read[way])
    return best if read[best] > read[than] else ""


def named_by(sources: Sequence[SourceProposal]) -> tuple[SourceProposal, ...]:
    """Return the sources with how each names the units of the register, where it is not as written there.

    A second file about units that the register holds says more of them, and registers none.
    """
    registers = [source for source in sources if source.table.name == "units" and not source.once]
    if not registers:
        return tuple(sources)
    register = max(registers, key=lambda source: len(_units(source)))
    return tuple(source if source is register else _with_unit_naming(source, register) for source in sources)


def _with_unit_naming(source: SourceProposal, register: SourceProposal) -> SourceProposal:
    cells = _units(source)
    read = readings(cells, _pairs(register))
    way = better(read, "id")
    file, units = register.look.file, counted(len(cells), "unit")
    if source.table.name == "units" and cells and 2 * read[way or "id"] >= len(cells):
        doubt = f"{file} names {read[way or 'id']:,} of {units} already; does it say more of them?"
        source = replace(source, fills=Given("true", doubt))
    if not way:
        return source
    stand = "stands" if read["id"] == 1 else "stand"
    written = f"{read['id']:,} of {units} of this file {stand} in {file} as written"
    return replace(source, units_by=Given(way, f"{written}, {read[way]:,} {WAYS[way]}; is that right?"))


def _units(source: SourceProposal) -> list[str]:
    """Return the different units a source names."""
    fed = source.feeding("unit_id")
    return list(fed.facts.distinct) if fed is not None and fed.facts is not None else []


def _pairs(register: SourceProposal) -> list[tuple[str, str]]:
    """Return id and name of each unit of a register."""
    fed, name_fed = (register.feeding(column) for column in ("unit_id", "name"))
    if fed is None or fed.facts is None:
        return []
    names = (
        name_fed.facts.cells
        if name_fed is not None and name_fed.facts is not None
        else ("",) * len(fed.facts.cells)
    )
    return list(dict.fromkeys(pair for pair in zip(fed.facts.cells, names, strict=True) if pair[0]))
