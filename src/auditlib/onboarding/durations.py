"""Instants of contacts that a file says as durations: how long until the answer, how long until the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.duration_cells import written_as
from auditlib.onboarding.proposal import Fed, SourceProposal
from auditlib.onboarding.vocabulary import closeness, simplified, vocabulary

_UNITS = {
    "milliseconds": frozenset({"ms", "msec", "millis", "milliseconds", "milisegundos", "millisekunden"}),
    "seconds": frozenset(
        {"s", "sec", "secs", "second", "seconds", "seg", "segs", "segundo", "segundos", "sek", "sekunder"}
        | {"sekund", "sekunden", "seconde", "secondes", "secondi", "seconden"}
    ),
    "minutes": frozenset(
        {"min", "mins", "minute", "minutes", "minuto", "minutos", "minuten", "minutter", "minuter", "minuti"}
    ),
    "hours": frozenset(
        {"h", "hour", "hours", "hora", "horas", "stunden", "timer", "timmar", "heures", "ore"}
    ),
}
_SURELY = 0.75
_ENOUGH = 0.95
_UNIT = "in which unit? Nothing says it; the one here ({unit}) is assumed."
_PARTS = "is {cell!r} minutes and seconds, or hours and minutes (hh:mm)? Nothing says it; {unit} is assumed."
CONTACTS = "interactions"
WAIT, HANDLE, WHOLE = "wait", "handle", "whole"


@dataclass(frozen=True, slots=True)
class Duration:
    """A column that says how long something took.

    Parameters
    ----------
    facts
        The column.
    unit
        As the run file writes it; ``clock`` is h:mm:ss. Of mm:ss and hh:mm the cells do not say which.
    stated
        Whether the name of the column or its cells say the unit.
    """

    facts: ColumnFacts
    unit: str
    stated: bool

    def after(self, column: str, *, target: str) -> Fed:
        """Return what feeds `target`, so long after another instant."""
        question = _PARTS if self.unit == "mm:ss" else _UNIT
        doubt = "" if self.stated else question.format(unit=self.unit, cell=self.facts.example)
        origin = {"after": column, "duration": self.facts.name, "unit": self.unit}
        return Fed(target, origin, None, doubt=doubt)


def durations(source: SourceProposal) -> dict[str, Duration]:
    """Return the durations of contacts among the columns that feed nothing: wait, handling, or the whole."""
    used = source.used
    chosen: dict[str, Duration] = {}
    for kind, words in vocabulary().durations.items():
        free = [facts for facts in source.look.columns if facts.position not in used]
        likely = max(free, key=lambda facts: _likeness(facts, words), default=None)
        if likely is not None and _likeness(likely, words) >= _SURELY:
            chosen[kind] = _measured(likely)
            used |= {likely.position}
    return chosen


def with_durations(source: SourceProposal) -> SourceProposal:
    """Return contacts with answer and end told by durations, where the file has no instants for them.

    What a wait ends in is for `readings`, where the file says who was answered.
    """
    if source.table.name != CONTACTS or source.feeding("offered") is None:
        return source
    lengths = durations(source)
    added: list[Fed] = []
    if WAIT in lengths and not source.says("answered"):
        added.append(lengths[WAIT].after("offered", target="answered"))
    answered = source.says("answered") or bool(added)
    if HANDLE in lengths and answered and not source.says("ended"):
        added.append(lengths[HANDLE].after("answered", target="ended"))
    elif WHOLE in lengths and not source.says("ended"):
        added.append(lengths[WHOLE].after("offered", target="ended"))
    return replace(source, fed=(*source.fed, *added))


def _likeness(facts: ColumnFacts, words: tuple[str, ...]) -> float:
    return closeness(_bare(facts.name), words) if _long(facts) else 0.0


def _bare(name: str) -> str:
    """Return a name without the unit it ends in: ``espera_seg`` is ``espera``."""
    parts = simplified(name).split()
    units = frozenset().union(*_UNITS.values())
    while len(parts) > 1 and parts[-1] in units | {"en", "in", "i"}:
        parts.pop()
    return " ".join(parts)


def _long(facts: ColumnFacts) -> bool:
    """Return whether cells can be lengths of time: numbers that are not negative, or clocks."""
    if not facts.filled or (facts.dates is not None and facts.numeric <= _ENOUGH):
        return False
    negative = any(cell.startswith("-") for cell in facts.distinct)
    return not negative and (facts.numeric > _ENOUGH or bool(written_as(facts.distinct)))


def _measured(facts: ColumnFacts) -> Duration:
    """Return a column with the unit that its cells or its name say; seconds where nothing does."""
    if unit := written_as(facts.distinct):
        return Duration(facts, unit, stated=unit == "clock")
    parts = simplified(facts.name).split()
    unit = next((unit for unit, words in _UNITS.items() if parts[-1:] and parts[-1] in words), "")
    return Duration(facts, unit or "seconds", stated=bool(unit))
