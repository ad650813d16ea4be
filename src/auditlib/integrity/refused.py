"""What is said where no sign could be looked for at all: which role, which sign, and why each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlib.integrity.detection import Detection
from auditlib.integrity.groups import whom
from auditlib.integrity.result import IntegrityResult
from auditlib.records import Sentence
from auditlib.statements import Facts, listed, say

_NOT_ALONE = "Looked at, but no sign by itself, because an honest fix does the same."


def refused(result: IntegrityResult, facts: Facts) -> Iterator[Sentence]:
    """Yield that nothing could be looked for, and by group of linked units which sign fails for what."""
    yield say(
        "Not assessable: pay is linked in {groups|group|groups} of units, and no sign of managed scores can "
        "be looked for in any of them. That none is raised proves nothing: scores may be managed or not.",
        facts,
    )
    for name in result.groups:
        yield _of_group([entry for entry in result.detections if entry.group.name == name])


def _of_group(detections: Sequence[Detection]) -> Sentence:
    """Say why no sign can be looked for in one group; signs with one reason stand together."""
    by_reason: dict[str, list[Detection]] = {}
    for entry in detections:
        by_reason.setdefault(entry.reason or _NOT_ALONE, []).append(entry)
    start = f"In the {whom(detections[0].group)}"
    if len(by_reason) == 1:
        text = f"{start}, none of the signs can be looked for: {detections[0].reason}"
    else:
        parts = [f"{listed([_quoted(entry) for entry in same])}: {why}" for why, same in by_reason.items()]
        text = f"{start}, by sign. {' '.join(parts)}"
    return Sentence(text, tuple(f"effect:{entry.key}" for entry in detections))


def _quoted(detection: Detection) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{detection.detector.title}\N{RIGHT DOUBLE QUOTATION MARK}"
