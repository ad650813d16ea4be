"""What else would look like a sign, without what the evidence itself rules out."""

from __future__ import annotations

from collections.abc import Sequence

from auditlib.integrity.business import BusinessChange
from auditlib.integrity.detection import Detection
from auditlib.records import Sentence
from auditlib.statements import listed, with_sign

_BY_BUSINESS = "invitations_fall"
_DRAWN_OTHERWISE = "Another way of drawing invitations."


def innocent(detection: Detection, business: Sequence[BusinessChange]) -> Sentence:
    """Return what else would look the same as a detection.

    Parameters
    ----------
    business
        How transactions changed in its group: fewer invitations are no wonder where there is less business,
        and are one where there is not.
    """
    if detection.detector.key != _BY_BUSINESS or not business or detection.effect is None:
        return Sentence(detection.detector.innocent)
    courses = listed([_course(change) for change in business])
    keys = tuple(f"{change.key}:{side}" for change in business for side in ("linked", "others"))
    if all(change.rules_out(detection.effect[2]) for change in business):
        text = f"{_DRAWN_OTHERWISE} Less business is ruled out as all of it: {courses}."
    else:
        text = f"{detection.detector.innocent} How business went: {courses}."
    return Sentence(text, keys)


def _course(change: BusinessChange) -> str:
    linked, others = (f"{with_sign(100 * value, decimals=1)}%" for value in (change.linked, change.others))
    return f"{change.words} a month changed by {linked} in these units and by {others} in those compared with"
