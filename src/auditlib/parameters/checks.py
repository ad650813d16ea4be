"""What the types of a run file cannot say: whether its parts fit each other."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import named
from auditlib.parameters.cures import zone_hint
from auditlib.parameters.instrument_checks import instrument_problems
from auditlib.parameters.load import in_order, validate
from auditlib.parameters.origin_checks import origin_problems
from auditlib.parameters.run import Run, Source
from auditlib.parameters.source_checks import source_problems
from auditlib.parameters.strict_yaml import Document, Path, read_yaml
from auditlib.time.zones import zone_known


def load_run(text: str, *, name: str) -> Run:
    """Read a run file and check that its parts fit each other.

    Parameters
    ----------
    text
        Content of the run file.
    name
        The file as the user named it; printed with every problem.

    Raises
    ------
    ParameterError
        With every problem of the file. Where a part is of the wrong type, the parts are not compared.
    """
    document = read_yaml(text, name=name)
    run = validate(Run, document)
    problems = run_problems(run, document)
    if problems:
        raise ParameterError(*problems)
    return run


def run_problems(run: Run, document: Document) -> list[Problem]:
    """Return everything in which the parts of `run` contradict each other, in the order of the file."""
    return in_order(
        [
            *_blank_problems(run, document),
            *_period_problems(run, document),
            *_zone_problems(run, document),
            *instrument_problems(run, document),
            *source_problems(run, document),
            *origin_problems(run, document),
        ]
    )


def _blank_problems(run: Run, document: Document) -> Iterator[Problem]:
    """Yield the texts a report prints that hold nothing but blanks."""
    texts: list[tuple[Path, str, str]] = [(("party", "name"), run.party.name, "name of the party")]
    for survey_type, model in run.instruments.items():
        for key, item in model.items.items():
            place = ("instruments", survey_type, "items", key, "wording")
            texts.append((place, item.wording, f"wording of {named(key)}"))
    for path, text, noun in texts:
        if not text.strip():
            yield document.problem(path, f"the {noun} is blank.", remedy="Write it as a reader is to see it.")


def _period_problems(run: Run, document: Document) -> Iterator[Problem]:
    if run.as_of.date() < run.period.start:
        message = f"'as_of' ({run.as_of.date()}) lies before the audited period starts ({run.period.start})."
        yield document.problem(("as_of",), message, remedy="Give an instant within or after the period.")


def _zone_problems(run: Run, document: Document) -> Iterator[Problem]:
    if not zone_known(run.time_zone):
        message = f"there is no time zone {named(run.time_zone)}."
        yield document.problem(("time_zone",), message, remedy=zone_hint(run.time_zone))
    for index, source in enumerate(run.sources):
        for place, zone in _zones(source):
            if zone not in ("unit", None) and not zone_known(zone):
                message = f"there is no time zone {named(zone)}."
                path = ("sources", index, *place, "time_zone")
                yield document.problem(path, message, remedy=zone_hint(zone))


def _zones(source: Source) -> Iterator[tuple[Path, str | None]]:
    yield ("dates",), source.dates.time_zone
    for name, dates in source.dates_of.items():
        yield ("dates_of", name), dates.time_zone
