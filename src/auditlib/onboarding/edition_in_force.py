"""The edition of the standard that was in force while a client's records were made: proposed, or missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from auditlib.audit.standard import demands_of, editions, read_edition
from auditlib.onboarding.proposal import Given
from auditlib.parameters.run import Run
from auditlib.runs.normalise import code_of
from auditlib.runs.notebook_parameters import NotDeclarable
from auditlib.runs.plan import planned_names, read_notebook

DEFAULT = str(Run.model_fields["standard"].default)
"""The edition of a run file that names none."""
_ASKED_OF = ("auditlib.audit.standard", "auditlib.audit.subjects")
"""Modules of the questions that are answered by the criteria of the edition."""


def edition_in_force(start: date, end: date, *, root: Path, standard: str = DEFAULT) -> Given:
    """Return the newest edition whose dates cover a period, or the nearest, with the question whether it is.

    Parameters
    ----------
    start, end
        First and last day of the period.
    root
        Folder of the project; it may have no editions.
    standard
        An edition of the standard.
    """
    of_standard = standard.partition("@")[0]
    names = [name for name in editions(root=root) if name.partition("@")[0] == of_standard]
    newest_first = [read_edition(name, root=root) for name in reversed(names)]
    for edition in newest_first:
        if edition.effective_on(start) and edition.effective_on(end):
            return Given(edition.name)
    if not newest_first:
        return Given(standard)
    at_end = next((edition for edition in newest_first if edition.effective_from <= end), newest_first[-1])
    span = f"{at_end.effective_from} to {at_end.effective_to}"
    doubt = f"no edition is in force on every day of the period; this is of {span}. Which is it judged by?"
    return Given(at_end.name, doubt)


def not_in_force(run: Run, *, root: Path) -> Iterator[str]:
    """Say that the edition of a run file cannot certify at the end of its period, and which one is in force.

    Parameters
    ----------
    run
        A run file whose standard and profile can be read.
    root
        Folder of the project.
    """
    by_criteria = any(_judges(root / "notebooks" / f"{name}.ipynb") for name in planned_names(run))
    if not by_criteria or run.standard not in editions(root=root):
        return
    demands = demands_of(read_edition(run.standard, root=root), run, root=root, profile=run.profile)
    if demands.certifies:
        return
    start, end = run.period.start, run.period.end
    proposed = edition_in_force(start, end, root=root, standard=run.standard)
    instead = "" if proposed.doubt else f" {proposed.value} is in force on every day of the period."
    yield f"standard: {demands.note}{instead}"


def _judges(notebook: Path) -> bool:
    """Return whether a notebook asks what is answered by criteria: it imports such a question."""
    if not notebook.is_file():
        return False
    try:
        cells = code_of(read_notebook(notebook))
    except NotDeclarable:  # named as a mistake of its own
        return False
    code = "\n".join(text for kind, text, *_ in cells if kind == "code")
    return any(f"from {module} import" in code for module in _ASKED_OF)
