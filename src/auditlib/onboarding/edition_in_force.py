"""The edition of the standard that was in force while a client's records were made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from auditlib.audit.standard import editions, read_edition
from auditlib.onboarding.proposal import Given
from auditlib.parameters.run import Run

DEFAULT = str(Run.model_fields["standard"].default)
"""The edition of a run file that names none."""


def edition_in_force(start: date, end: date, *, root: Path) -> Given:
    """Return the newest edition whose dates cover a period, or the nearest, with the question whether it is.

    Parameters
    ----------
    start, end
        First and last day of the period.
    root
        Folder of the project; it may have no editions.
    """
    standard = DEFAULT.partition("@")[0]
    names = [name for name in editions(root=root) if name.partition("@")[0] == standard]
    newest_first = [read_edition(name, root=root) for name in reversed(names)]
    for edition in newest_first:
        if edition.effective_on(start) and edition.effective_on(end):
            return Given(edition.name)
    if not newest_first:
        return Given(DEFAULT)
    at_end = next((edition for edition in newest_first if edition.effective_from <= end), newest_first[-1])
    span = f"{at_end.effective_from} to {at_end.effective_to}"
    doubt = f"no edition is in force on every day of the period; this is of {span}. Which is it judged by?"
    return Given(at_end.name, doubt)
