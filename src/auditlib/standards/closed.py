"""What a criterion says where so few cases were looked at that telling them would give somebody away."""

from __future__ import annotations

from dataclasses import replace

from auditlib.disclosure import MinimumFrequency
from auditlib.records import Direction, EvidenceLevel, Judgement, Kind, Measurement, Outcome, Statistic
from auditlib.standards.unknown import ends
from auditlib.standards.words import amount, demanded
from auditlib.statements import counted

_JUDGED = (Outcome.MET, Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED)


def closed(judgement: Judgement, *, disclosure: MinimumFrequency) -> Judgement:
    """Return the judgement without the value, where it rests on cases too few to be told.

    Nothing can be concluded that may not be told, so that the criterion is not assessable. A breach of a
    rigid demand stays one, however few the cases, and is told without their numbers. What gives nobody away
    is always told; see `gives_nobody_away`.

    Parameters
    ----------
    disclosure
        Of how few cases no value is told.
    """
    judgement = _few_unknown_against(judgement, disclosure=disclosure)
    measured = judgement.measurement
    may_be_told = gives_nobody_away(measured) or not disclosure.hides(measured.n)
    if may_be_told or judgement.outcome not in _JUDGED:
        return judgement
    why = f"it rests on fewer than {counted(disclosure.least, 'case')}, too few to be told"
    hidden = replace(
        measured, value=None, interval=None, successes=None, excused=0, unknown=0, bounds=None, reason=why
    )
    if judgement.outcome is Outcome.NOT_MET and judgement.criterion.kind is Kind.RIGID:
        breached = f"there are cases outside the limit; a rigid demand allows none; {why}"
        return Judgement(judgement.criterion, hidden, Outcome.NOT_MET, breached)
    return Judgement(judgement.criterion, hidden, Outcome.NOT_ASSESSABLE, why)


def _few_unknown_against(judgement: Judgement, *, disclosure: MinimumFrequency) -> Judgement:
    """Return the judgement with unknown cases that are too few to be told counted against the criterion.

    Beside a share of what is known, their number could be worked out. The outcome stays: it was judged with
    all of them on either side.
    """
    measured, criterion = judgement.measurement, judgement.criterion
    if not disclosure.hides(measured.unknown) or measured.value is None or gives_nobody_away(measured):
        return judgement
    at_least = criterion.target.direction is Direction.AT_LEAST
    low, high = ends(measured)
    why = f"fewer than {counted(disclosure.least, 'case is', 'cases are')} unknown and counted against it"
    against = replace(low if at_least else high, reason=why)
    value = amount(against.value or 0.0, against.unit)
    return replace(
        judgement, measurement=against, reason=f"{value}, {demanded(criterion, against.unit)}; {why}"
    )


def gives_nobody_away(measured: Measurement) -> bool:
    """Return whether a measurement says nothing of persons, however few the rows it rests on.

    Entries of a register are no answers of persons: units, accounts, fixes, links, roles. Nor is how many
    kinds there are: of surveys, of channels, of months without an answer.
    """
    kinds = measured.statistic is Statistic.COUNT and measured.unit == "count"
    return kinds or measured.level is EvidenceLevel.REGISTER
