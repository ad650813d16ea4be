"""What the run file declares for cells in quarantine, where it stands, and what would fit the cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from auditlib.contracts import Column, ColumnKind
from auditlib.evidence.repeated_hours import UNPAIRED
from auditlib.onboarding.column_facts import MISSING_WORDS
from auditlib.onboarding.date_formats import EPOCHS, FORMATS, look_at_dates, plausible
from auditlib.onboarding.duration_cells import duration_remedy
from auditlib.onboarding.month_names import months_named, months_remedy
from auditlib.onboarding.repeated_counts import COUNTS, REPEATED, repeated_counts
from auditlib.onboarding.unread_cells import ASK, NUMBER, missing_remedy, notation_remedy, percentages
from auditlib.onboarding.vocabulary import meaning, vocabulary
from auditlib.onboarding.yaml_text import mapping, quoted, sequence
from auditlib.parameters.origins import cells_of
from auditlib.parameters.run import Run, ScaleModel, Source
from auditlib.records import Reason
from auditlib.statements import counted

_COUNTED: Mapping[str, re.Pattern[str]] = {
    **{form: pattern for form, (pattern, _) in EPOCHS.items()},
    "excel_serial": re.compile(r"[345][0-9]{4}(?:\.[0-9]+)?"),
}
_SCALES = ((1, 2), (0, 1), (1, 3), (1, 4), (1, 5), (0, 5), (1, 6), (1, 7), (1, 10), (0, 10), (0, 100))
"""Scales that surveys use, the narrowest first."""
_STEPS = (1, 0.5, 0.25, 0.1, 0.01)
_NAMED = 3
_FEW = 2
"""So many different scores may stand beside a scale as codes, such as 6 for 'don't know'."""
_LONG = (
    "Ask the client which row holds, or map another column; where each answer has its own time, write "
    "latest: [submitted]."
)


@dataclass(frozen=True, slots=True)
class DeclaredCells:
    """What is declared for cells in quarantine.

    Parameters
    ----------
    path
        Where in the run file it stands.
    words
        What is declared, in words.
    remedy
        What to write instead.
    of_source
        Whether `path` starts in the source.
    """

    path: tuple[str | int, ...]
    words: str
    remedy: str
    of_source: bool = True


def declared_for(
    reason: str,
    rule: str,
    column: Column | None,
    cells: Sequence[str],
    *,
    run: Run,
    source: Source,
    any_kept: bool,
    units: Sequence[str],
    in_use: Collection[str] = (),
    beside: str = "",
) -> DeclaredCells:
    """Return what is declared for cells in quarantine, and what would fit them.

    Parameters
    ----------
    reason, rule
        Why they are in quarantine.
    column
        Canonical column they are for; None for a whole row.
    cells
        The cells.
    run, source
        The run file, and the source they came through.
    any_kept
        Whether other rows of the source were kept.
    units
        Ids of the register of units.
    in_use
        Cells that are values elsewhere in the source, and so mean no 'no value'.
    beside
        Another source that holds the rows they repeat or contradict.
    """
    if column is None or reason in _ROWS:
        return _row(reason, source, beside)
    if reason == Reason.TIME:
        return _time(rule, column, cells, source, any_kept=any_kept)
    if reason == Reason.FUTURE:
        remedy = "Correct as_of, or the dates where day and month may have changed places."
        return DeclaredCells(("as_of",), f"as_of {run.as_of.isoformat()}", remedy, of_source=False)
    if reason == Reason.UNIT:
        return _unit(column, cells, source, units)
    if column.kind is ColumnKind.SCORE:
        return _score(column, cells, run, source, any_kept=any_kept)
    return _coded(rule, column, cells, run=run, source=source, in_use=in_use)


_ROWS: Mapping[str, tuple[str, Callable[[Source], str], str]] = {
    Reason.FIELD_COUNT: (
        "dialect",
        lambda source: f"delimiter {source.dialect.delimiter!r}, quote {source.dialect.quote!r}",
        "Compare delimiter and quote with these lines; otherwise ask for a new export.",
    ),
    Reason.IDENTICAL: (
        "once",
        lambda _: "",
        "Copies take nothing away; where the file names a thing once for each record, write once: true.",
    ),
    Reason.CONFLICTING: (
        "columns",
        lambda _: "",
        "Ask the client which row holds, or make the id of several columns: {join: [...]}.",
    ),
    Reason.OVERLAP: (
        "only",
        lambda _: "",
        "Totals take nothing away; leave them out by name, or ask the client which of the rows holds.",
    ),
    Reason.KEY: ("columns", lambda _: "", "Map another column as the id, or ask the client for it."),
}


_CLOCKS = "Correct the time zone, or say what such times mean."
_BOTH_HOURS = (
    "Ask the client which hour is meant: for a row for each of the two, 0 where no contact came, or for "
    "times with their offset from UTC."
)


def _row(reason: str, source: Source, beside: str) -> DeclaredCells:
    if source.table == COUNTS and reason in REPEATED:
        return DeclaredCells(("constants",), "", repeated_counts(reason, source, beside))
    if source.long is not None and reason == Reason.CONFLICTING:
        return DeclaredCells(("long",), "one row an answer, each item once", _LONG)
    key, words, remedy = _ROWS.get(reason, ("wide" if source.wide else "columns", lambda _: "", ASK))
    return DeclaredCells((key,), words(source), remedy)


def _time(
    rule: str, column: Column, cells: Sequence[str], source: Source, *, any_kept: bool
) -> DeclaredCells:
    if "clocks were put" in rule:
        words = f"ambiguous: {source.dates.ambiguous}, nonexistent: {source.dates.nonexistent}"
        remedy = _BOTH_HOURS if UNPAIRED in rule else _CLOCKS
        return DeclaredCells(("dates",), words, remedy)
    if "before" in rule:
        words = f"time_zone {source.dates.time_zone}"
        remedy = "Correct the time zone or the mapped columns, or ask the client which instant is right."
        return DeclaredCells(_dates(source, "time_zone"), words, remedy)
    if "stands for an unknown one" in rule:
        return DeclaredCells(("columns", column.name), "", _unknown_day(column, source))
    unit = cells_of(source.columns[column.name]).unit if column.name in source.columns else None
    if unit and "no duration" in rule:
        return _duration(column, cells, source, unit)
    if not cells:
        remedy = "Map another column, or ask the client for what is missing."
        return DeclaredCells(("columns", column.name), "", remedy)
    column_dates = source.dates_of.get(column.name)
    formats = column_dates.formats if column_dates else source.dates.formats
    path = ("dates_of", column.name, "formats") if column_dates else _dates(source, "formats")
    words = " or ".join(repr(form) for form in formats)
    return DeclaredCells(
        path, words, date_remedy(cells, formats, any_kept=any_kept, key="" if path else "dates")
    )


def _duration(column: Column, cells: Sequence[str], source: Source, unit: str) -> DeclaredCells:
    """Return what reads lengths of time that are none as they stand: the decimal sign, or another unit."""
    apart = [cell for cell in cells if notation_remedy(column, [cell], source)]
    if 2 * len(apart) > len(cells):
        path = ("dialect",) if "dialect" in source.model_fields_set else ()
        words = f"decimal {source.dialect.decimal!r}"
        return DeclaredCells(path, words, notation_remedy(column, apart, source))
    words = f"a duration, its unit {unit}"
    return DeclaredCells(("columns", column.name, "unit"), words, duration_remedy(cells))


def _unknown_day(column: Column, source: Source) -> str:
    """Return how rows are left out that have nothing to say because their time is not known."""
    label = source.label(column.name)
    test = f"only: [{{column: {quoted(label)}, filled: true, because: ...}}]"
    return f"Ask the client when it was; where such a row says that nothing happened yet, write {test}."


def _dates(source: Source, key: str) -> tuple[str, ...]:
    if key in source.dates.model_fields_set:
        return ("dates", key)
    return ("dates",) if "dates" in source.model_fields_set else ()


def date_remedy(cells: Sequence[str], declared: Sequence[str], *, any_kept: bool, key: str = "") -> str:
    """Return which formats fit cells that no declared format reads, and the line to write.

    Parameters
    ----------
    cells
        Cells in quarantine.
    declared
        The formats that are declared.
    any_kept
        Whether other rows were read with them.
    key
        The key that 'formats' has to stand under, where the source has none of it yet.
    """
    if months := months_named(cells):
        return months_remedy(months)
    fitting, read = fitting_formats(cells)
    if not fitting:
        return "No format the suite knows fits these cells: correct them, or declare how they are written."
    several = " or ".join(repr(form) for form in fitting)
    fits = "fit" if len(fitting) > 1 else "fits"
    head = (
        f"{several} {fits} {'all' if read == len(cells) else f'{read:,} of the first {len(cells):,}'} of them"
    )
    if len(fitting) > 1:
        return f"{head}; which one, only the client knows."
    exchanged = next((form for form in declared if form == _exchanged(fitting[0])), "")
    if exchanged:
        formats = sequence([fitting[0] if form == exchanged else form for form in declared])
        warning = "; the rows kept may have been read with day and month exchanged" if any_kept else ""
    else:
        formats, warning = sequence([*(declared if any_kept else ()), fitting[0]]), ""
    line = f"formats: {formats}"
    return f"{head}: write {f'{key}: {{{line}}}' if key else line}{warning}."


def fitting_formats(cells: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """Return the formats that fit the most of some cells, and how many they fit."""
    for form, pattern in _COUNTED.items():
        if all(pattern.fullmatch(cell) for cell in cells):
            return (form,), len(cells)
    reads = {form: sum(plausible(cell, form) for cell in cells) for form in FORMATS}
    most = max(reads.values())
    best = [form for form, read in reads.items() if read == most and most]
    if best:
        exchanged = [form for form in best[1:] if form == _exchanged(best[0])]
        return (best[0], *exchanged), most
    look = look_at_dates(cells)
    return (look.formats[:1], round(look.share * len(cells))) if look else ((), 0)


def _exchanged(form: str) -> str:
    """Return a format with day and month in each other's place."""
    return form.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _unit(column: Column, cells: Sequence[str], source: Source, units: Sequence[str]) -> DeclaredCells:
    path = ("columns", column.name) if column.name in source.columns else ("constants", column.name)
    near = nearest_units(cells, units)
    words = f"{counted(len(units), 'unit')} in the register" if units else "no unit in the register"
    if near:
        remedy = f"Nearest in the register: {near}. Correct the cells, or map another column."
    else:
        remedy = "None in the register is near: add them to the register, or map another column."
    return DeclaredCells(
        path, words, remedy if cells else "The cells are empty: map another column, or ask for it."
    )


def nearest_units(cells: Sequence[str], units: Sequence[str]) -> str:
    """Return for some ids the nearest in the register, leading zeros, case and blanks aside."""
    plain = {_bare(unit): unit for unit in units}
    near: list[str] = []
    for cell in list(dict.fromkeys(cells))[:_NAMED]:
        bare = _bare(cell)
        match = [bare] if bare in plain else get_close_matches(bare, list(plain)[:5000], n=1, cutoff=0.75)
        near += [f"{plain[match[0]]!r} for {cell!r}"] if match else []
    return ", ".join(near)


def _bare(unit: str) -> str:
    words = " ".join(unit.casefold().split())
    return words.removesuffix(".0").lstrip("0") or words


def _score(
    column: Column, cells: Sequence[str], run: Run, source: Source, *, any_kept: bool
) -> DeclaredCells:
    declared_type = source.constants.get("survey_type")
    asking = [name for name, model in run.instruments.items() if column.name in model.items]
    survey_type = declared_type if declared_type in asking else next(iter(asking), "")
    if not survey_type:
        return DeclaredCells(("columns", column.name), "", "Declare the question under 'instruments'.")
    scale = run.instruments[survey_type].items[column.name].scale
    path = ("instruments", survey_type, "items", column.name, "scale")
    words = f"{scale.low:g} to {scale.high:g} in steps of {scale.step:g}"
    return DeclaredCells(
        path, words, scale_remedy(cells, scale, source.dialect.decimal, any_kept=any_kept), of_source=False
    )


def scale_remedy(cells: Sequence[str], scale: ScaleModel, decimal: str, *, any_kept: bool) -> str:
    """Return the scale that would fit cells off the declared one, and what else they may be.

    Parameters
    ----------
    cells
        Cells in quarantine.
    scale
        The declared scale.
    decimal
        The declared decimal sign.
    any_kept
        Whether other rows were kept, whose scores must stay on it.
    """
    distinct = tuple(dict.fromkeys(cells))
    words = [cell for cell in distinct if not NUMBER.fullmatch(cell)]
    if words:
        listed = ", ".join(f"{quoted(word)}: {_score_of(word, scale.labels)}" for word in words[:_NAMED])
        return f"Give words their score, labels: {{{listed}}}, or list them under not_applicable."
    separator = "," if decimal == "." else "."
    if any(separator in cell for cell in distinct):
        return f"The numbers are written with {separator!r}: write dialect: {{decimal: {quoted(separator)}}}."
    scores = [float(cell.replace(",", ".")) for cell in distinct]
    fitting = fitting_scale((*scores, scale.low, scale.high) if any_kept else scores)
    beside = (
        f", or not_applicable: {sequence(distinct)} where it means no answer" if len(distinct) <= _FEW else ""
    )
    return f"Scale that would fit: {fitting}{beside}."


def _score_of(word: str, labels: Mapping[str, float]) -> str:
    """Return the score of the declared label that is nearest to a word; dots where none is near."""
    near = get_close_matches(word, labels, n=1)
    return f"{labels[near[0]]:g}" if near else "..."


def fitting_scale(scores: Sequence[float]) -> str:
    """Return the narrowest usual scale that holds scores, as it stands in a run file."""
    low, high = min(scores), max(scores)
    step = next((size for size in _STEPS if all(_whole(score / size) for score in scores)), _STEPS[-1])
    usual = ((float(a), float(b)) for a, b in _SCALES if a <= low and high <= b)
    fit = min(usual, key=lambda ends: ends[1] - ends[0], default=(low, max(high, low + 1)))
    steps = "" if step == 1 else f", step: {step:g}"
    return f"{{low: {fit[0]:g}, high: {fit[1]:g}{steps}}}"


def _whole(steps: float) -> bool:
    return abs(steps - round(steps)) < 1e-9


_OF_SHARES = "a share lies between 0 and 1"


def _coded(
    rule: str, column: Column, cells: Sequence[str], *, run: Run, source: Source, in_use: Collection[str]
) -> DeclaredCells:
    path = next(
        (
            (key, column.name)
            for key in ("values", "columns", "constants")
            if column.name in getattr(source, key)
        ),
        ("wide",) if source.wide else ("columns",),
    )
    distinct = list(dict.fromkeys(cells))[:_NAMED]
    if column.name == "survey_type" and run.instruments:
        meant = _values(column.name, distinct, tuple(run.instruments))
        remedy = f"Declare it under 'instruments', or say which it is: {meant}."
        return DeclaredCells(path, f"surveys {', '.join(run.instruments)}", remedy)
    if column.codes:
        remedy = f"Say what they mean: {_values(column.name, distinct, column.codes)}."
        return DeclaredCells(path, ", ".join(column.codes), remedy)
    if column.kind is ColumnKind.FLAG and not set(distinct) <= {"", *MISSING_WORDS}:
        return DeclaredCells(path, "", f"Say what they mean: {_flags(column.name, distinct)}.")
    if column.kind is ColumnKind.SHARE and _OF_SHARES in rule and column.name in source.columns:
        return DeclaredCells(path, "", percentages(column, source))
    if any(cell in source.missing for cell in distinct):
        path = ("missing",)
    return DeclaredCells(path, "", missing_remedy(column, distinct, source, in_use))


def _flags(column: str, cells: Sequence[str]) -> str:
    """Return the line that says which cells mean yes and which no, where words for it are known."""
    meant = {cell: meaning(cell, vocabulary().flags) or "..." for cell in cells}
    return f"values: {{{quoted(column)}: {mapping(meant)}}}"


def _values(column: str, cells: Sequence[str], codes: Sequence[str]) -> str:
    meant = {cell: (get_close_matches(cell.casefold(), codes, n=1) or ["..."])[0] for cell in cells}
    return f"values: {{{quoted(column)}: {mapping(meant)}}}"
