"""Counts of several places in files of their own, none of which names its place: the file's name may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditlib.onboarding.export_days import day_in
from auditlib.onboarding.proposal import Given, SourceProposal
from auditlib.onboarding.registers import WHOLE
from auditlib.onboarding.repeated_counts import COUNTS
from auditlib.onboarding.vocabulary import known_words, simplified

_QUESTION = (
    "no column names a place or a team; other files hold counts under another name, so that the name of the "
    "file is taken for the unit. Which unit is it?"
)


def with_units_by_file(sources: Sequence[SourceProposal]) -> list[SourceProposal]:
    """Return the sources, counts without a unit with the name of their file where the names differ.

    Proposed where no name of a file consists of words that say what it holds, such as a channel.
    """
    names = {
        place: _name(source.look.file)
        for place, source in enumerate(sources)
        if source.table.name == COUNTS and _one_unit(source)
    }
    if len(set(names.values())) < 2 or not all(map(_own, names.values())):
        return list(sources)
    return [_named(source, names[at]) if at in names else source for at, source in enumerate(sources)]


def _named(source: SourceProposal, unit: str) -> SourceProposal:
    return replace(source, constants={**source.constants, "unit_id": Given(unit, _QUESTION)})


def _one_unit(source: SourceProposal) -> bool:
    unit = source.constants.get("unit_id")
    return unit is not None and unit.value == WHOLE


def _name(file: str) -> str:
    """Return what a file is called, without its folder, its ending and the day that it names."""
    last = file.rsplit("/", 1)[-1]
    stem, _ = day_in(last) or (last, None)
    return stem.split(".", 1)[0].strip(" _-.()")


def _own(name: str) -> bool:
    """Return whether a name has a word that says nothing of what a file holds."""
    return bool({word for word in simplified(name).split() if not word.isdecimal()} - known_words())
