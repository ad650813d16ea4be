"""Whether instruments and the columns that feed them agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditlib.errors import Problem
from auditlib.errors.values import named
from auditlib.parameters.origins import cells_of
from auditlib.parameters.run import Run, ScaleModel, Source
from auditlib.parameters.shape import did_you_mean
from auditlib.parameters.strict_yaml import Document, Path
from auditlib.records import Scale


def instrument_problems(run: Run, document: Document) -> Iterator[Problem]:
    """Yield what is wrong with instruments, and with scores and survey types that need them."""
    yield from _headline_problems(run, document)
    yield from _scale_problems(run, document)
    yield from _orphan_columns(run, document)
    yield from _orphan_items(run, document)
    yield from _survey_type_problems(run, document)
    yield from _published_means(run, document)
    yield from _missing_that_are_scores(run, document)
    yield from _items_on_one_column(run, document)


def _headline_problems(run: Run, document: Document) -> Iterator[Problem]:
    for survey_type, instrument in run.instruments.items():
        heads = [key for key, item in instrument.items.items() if item.headline]
        for extra in heads[1:]:
            path = ("instruments", survey_type, "items", extra, "headline")
            message = f"{named(survey_type)} has two headline items, {named(heads[0])} and {named(extra)}."
            yield document.problem(path, message, remedy="Keep one.")


def _scale_problems(run: Run, document: Document) -> Iterator[Problem]:
    for name, scale in run.scales.items():
        yield from _one_scale(scale, document, path=("scales", name))
    for survey_type, instrument in run.instruments.items():
        for key, item in instrument.items.items():
            path = ("instruments", survey_type, "items", key, "scale")
            if path not in document.plain:  # a name: its scale is looked at where it stands
                yield from _one_scale(item.scale, document, path=path)


def _one_scale(scale: ScaleModel, document: Document, *, path: Path) -> Iterator[Problem]:
    for label, score in scale.labels.items():
        if not _on_scale(score, scale):
            message = (
                f"the label {named(label)} has score {score:g}, which is not on the scale {_range(scale)}."
            )
            yield document.problem(
                (*path, "labels", label), message, remedy="Correct the score or the scale."
            )
        if label.lower() in {code.lower() for code in scale.not_applicable}:
            message = f"{named(label)} is both a label with a score and 'not applicable'."
            yield document.problem((*path, "labels", label), message, remedy="Keep one of them.")
    yield from _same_words(scale, document, path=path)
    yield from _codes_that_are_scores(scale, document, path=path)
    for box in ("top", "bottom"):
        limit = getattr(scale, box)
        if limit is not None and not scale.low <= limit <= scale.high:
            message = f"the {box} box limit {limit:g} lies outside the scale {_range(scale)}."
            yield document.problem((*path, box), message, remedy="Give a score of the scale.")
    declared = Scale(scale.low, scale.high, scale.step, scale.top, scale.bottom)
    bottom, top = declared.bottom_box, declared.top_box
    if bottom >= top:
        message = f"the bottom box (up to {bottom:g}) and the top box (from {top:g}) overlap."
        yield document.problem(path, message, remedy="Declare 'top' and 'bottom'.", of_key=True)


def _same_words(scale: ScaleModel, document: Document, *, path: Path) -> Iterator[Problem]:
    """Yield labels that differ in their case alone and not in that alone mean different scores."""
    scores: dict[str, tuple[str, float]] = {}
    for label, score in scale.labels.items():
        first_label, first_score = scores.setdefault(label.strip().lower(), (label, score))
        if first_score != score:
            message = f"one label has two scores, whatever the case: {named(label)}, {named(first_label)}."
            yield document.problem((*path, "labels", label), message, remedy="Keep one.", of_key=True)


def _codes_that_are_scores(scale: ScaleModel, document: Document, *, path: Path) -> Iterator[Problem]:
    for index, code in enumerate(scale.not_applicable):
        try:
            is_score = _on_scale(float(code), scale)
        except ValueError:
            continue
        if is_score:
            message = f"it means 'not applicable' and is a score of the scale {_range(scale)}: {named(code)}."
            yield document.problem((*path, "not_applicable", index), message, remedy="Keep one of them.")


def _missing_that_are_scores(run: Run, document: Document) -> Iterator[Problem]:
    """Refuse codes without a value that are answers too: one of both would be lost in silence."""
    for index, source in enumerate(run.sources):
        for place, code in enumerate(source.missing if source.table == "responses" else ()):
            item = next((name for name, scale in _scales_of(run, source) if _is_answer(code, scale)), None)
            if item is not None:
                message = (
                    f"{named(code)} is declared to be missing, and is an answer on the scale of {item!r}."
                )
                remedy = "Keep one of them; a code of one question alone belongs to 'not_applicable'."
                yield document.problem(("sources", index, "missing", place), message, remedy=remedy)


def _scales_of(run: Run, source: Source) -> Iterator[tuple[str, ScaleModel]]:
    """Yield the items that the columns of a source feed, each with the scales it may be answered on."""
    only = source.constants.get("survey_type")
    for survey_type, model in run.instruments.items():
        for name, item in model.items.items():
            if name in source.columns and only in (None, survey_type):
                yield name, item.scale


def _is_answer(code: str, scale: ScaleModel) -> bool:
    if code.strip().lower() in {label.strip().lower() for label in scale.labels}:
        return True
    try:
        return _on_scale(float(code), scale)
    except ValueError:
        return False


def _items_on_one_column(run: Run, document: Document) -> Iterator[Problem]:
    """Refuse cells that are told to answer two questions."""
    for index, source in enumerate(run.sources):
        items = [name for name in source.columns if name.startswith("q_") and source.table == "responses"]
        fed: list[tuple[Path, str, str]] = [
            (("columns", name), name, cells_of(source.columns[name]).label) for name in items
        ]
        for place, value in enumerate(source.wide.values if source.wide else ()):
            path: Path = ("wide", "values", place, "column")
            fed.append((path, f"the {value.box} of {value.item}", value.column))
        first: dict[str, str] = {}
        for path, name, label in fed:
            item = first.setdefault(label, name)
            if item != name:
                message = (
                    f"the column {named(label)} feeds {item!r} already, and {name!r} is another question."
                )
                yield document.problem(("sources", index, *path), message, remedy="Correct one of them.")


def _published_means(run: Run, document: Document) -> Iterator[Problem]:
    """Refuse published means of questions with the lowest as best: only single scores are turned."""
    turned = {
        item
        for model in run.instruments.values()
        for item, declared in model.items.items()
        if declared.scale.best == "low"
    }
    for index, source in enumerate(run.sources if turned else ()):
        path = ("sources", index)
        message = "a published mean is not turned, and the lowest score of {} is the best."
        remedy = "Declare the scale with best: high, and turn the figures before they are sent."
        if source.table == "aggregates" and "item" in source.columns:
            place, items = (*path, "columns", "item"), ", ".join(sorted(turned))
            yield document.problem(place, message.format(items), remedy=remedy, of_key=True)
        for number, value in enumerate(source.wide.values if source.wide else ()):
            if value.box == "mean" and value.item in turned:
                where = (*path, "wide", "values", number)
                yield document.problem(where, message.format(value.item), remedy=remedy)


def _orphan_columns(run: Run, document: Document) -> Iterator[Problem]:
    """Scores without a declared scale cannot be read."""
    items = {key for instrument in run.instruments.values() for key in instrument.items}
    for path, item, survey_type in _fed_items(run):
        allowed = _items_of(run, survey_type) if survey_type in run.instruments else items
        if item not in allowed:
            where = (
                f"the instrument {named(survey_type)}" if survey_type in run.instruments else "any instrument"
            )
            message = f"the item {named(item)} is not in {where}."
            remedy = did_you_mean(item, allowed) or "Declare it under 'instruments' with wording and scale."
            yield document.problem(path, message, remedy=remedy, of_key=True)


def _orphan_items(run: Run, document: Document) -> Iterator[Problem]:
    """Yield items that no source feeds: a column was forgotten, or an item is one too many."""
    if any(source.table == "aggregates" and "item" in source.columns for source in run.sources):
        return  # such a file names its items in its rows; the data decides
    fed = {(item, survey_type) for _, item, survey_type in _fed_items(run)}
    for survey_type, instrument in run.instruments.items():
        for key in instrument.items:
            if (key, survey_type) not in fed and (key, None) not in fed:
                path = ("instruments", survey_type, "items", key)
                message = f"no source gives a column for the item {named(key)} of {named(survey_type)}."
                yield document.problem(
                    path, message, remedy="Map it under 'columns', or delete it.", of_key=True
                )


def _survey_type_problems(run: Run, document: Document) -> Iterator[Problem]:
    for index, source in enumerate(run.sources):
        if source.table not in ("responses", "aggregates"):
            continue
        for path, survey_type in _named_types(source):
            if survey_type not in run.instruments:
                message = f"the survey type {named(survey_type)} has no instrument."
                remedy = did_you_mean(survey_type, run.instruments) or "Declare it under 'instruments'."
                yield document.problem(("sources", index, *path), message, remedy=remedy)


def _named_types(source: Source) -> Iterator[tuple[Path, str]]:
    if "survey_type" in source.constants:
        yield ("constants", "survey_type"), source.constants["survey_type"]
    for cell, code in source.values.get("survey_type", {}).items():
        yield ("values", "survey_type", cell), code


def _fed_items(run: Run) -> Iterator[tuple[Path, str, str | None]]:
    """Yield each item a source feeds: its place, its id, and the survey type where the source is of one."""
    for index, source in enumerate(run.sources):
        survey_type = source.constants.get("survey_type")
        for column in source.columns if source.table == "responses" else ():
            if column.startswith("q_"):
                yield ("sources", index, "columns", column), column, survey_type
        for place, value in enumerate(source.wide.values if source.wide else ()):
            yield ("sources", index, "wide", "values", place, "item"), value.item, survey_type
        for cell, code in source.values.get("item", {}).items() if source.table == "aggregates" else ():
            yield ("sources", index, "values", "item", cell), code, survey_type


def _items_of(run: Run, survey_type: str | None) -> Mapping[str, object]:
    return run.instruments[survey_type].items if survey_type else {}


def _on_scale(score: float, scale: ScaleModel) -> bool:
    steps = (score - scale.low) / scale.step
    return scale.low <= score <= scale.high and abs(steps - round(steps)) < 1e-9


def _range(scale: ScaleModel) -> str:
    return f"{scale.low:g} to {scale.high:g} in steps of {scale.step:g}"
