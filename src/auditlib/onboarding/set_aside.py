"""Why rows are in quarantine: each reason with its first cells, what is declared, and what would fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from auditlib.contracts import TABLES, Column, ColumnKind, with_items
from auditlib.errors import Problem
from auditlib.evidence import Evidence
from auditlib.evidence.unit_names import readings
from auditlib.onboarding.contradictions import contradiction, remedy_of
from auditlib.onboarding.remedies import DeclaredCells, declared_for
from auditlib.onboarding.repeated_counts import COUNTS, REPEATED
from auditlib.onboarding.unit_naming import WAYS, better
from auditlib.parameters.run import Run, Source
from auditlib.parameters.strict_yaml import Document
from auditlib.records import Reason, SourceTotals
from auditlib.statements import counted

if TYPE_CHECKING:
    import narwhals as nw

CELLS_NAMED = 3
"""Cells shown of each reason."""
_LOOKED_AT = 400
_WHOLE_ROW = (Reason.FIELD_COUNT, Reason.IDENTICAL, Reason.CONFLICTING)
"""Reasons whose sentence differs from row to row."""
_WRITTEN = (ColumnKind.ID, ColumnKind.CODE, ColumnKind.TEXT)
_BEFORE_RULE = r"(?s)^.*['\"]: "
"""What stands before the broken rule in a sentence of the quarantine: the cell."""
_OF_ANOTHER_ROW = ((r", first by line [0-9]+ of .+, and", ", and"), (r", from line [0-9]+ of .+ on:", ":"))
"""What differs from row to row in sentences about two rows, and what stands there for all of them."""
MOST_REASONS = 12
"""Reasons of one source that are explained; of further ones it is said how many they are."""
_CLOCKS_BACK = "clocks were put back"
"""What the sentence of a copy or a conflict says where its local time came twice."""
_IN_ORDER = (
    "Where rows stand in the order of time, write dates: {ambiguous: in_order}: of two rows the first is the "
    "earlier hour and the second the later. Otherwise ask for times with their offset from UTC."
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Rows of one source that are in quarantine for one reason.

    Parameters
    ----------
    source
        Position of the source in the run file.
    reason, column, rule
        Why, in which column of the client, and the rule that was broken, in words.
    rows
        How many.
    lines, cells
        The first of them: their lines, and what stands there.
    beside
        Another source that holds the rows they repeat or contradict; empty where none does.
    """

    source: int
    reason: str
    column: str
    rule: str
    rows: int
    lines: tuple[int, ...]
    cells: tuple[str, ...]
    beside: str = ""


def set_aside(run: Run, evidence: Evidence) -> tuple[SetAside, ...]:
    """Return every reason for quarantine, by source, the commonest first."""
    names = [total.file for total in evidence.totals]
    groups = _mutual(list(_groups(run, evidence)), names)
    return tuple(sorted(groups, key=lambda group: (group.source, -group.rows, group.lines)))


def explained(group: SetAside, run: Run, document: Document, evidence: Evidence) -> Problem:
    """Return a reason as a problem, at the line of the run file that would have to change."""
    source, total = run.sources[group.source], evidence.totals[group.source]
    rows = f"{group.rows:,} of {counted(total.rows_in, 'row')}"
    head = f"{source.table} from {total.file}: {rows} in quarantine for {group.reason}"
    declared = declared_of(group, run, evidence)
    message = f"{head}: {cells_in_words(group)}{_stated(declared)}"
    path = ("sources", group.source, *declared.path) if declared.of_source else declared.path
    return document.problem(_standing(path, document), message, remedy=declared.remedy)


def explained_all(
    groups: Sequence[SetAside], run: Run, document: Document, evidence: Evidence
) -> tuple[Problem, ...]:
    """Return reasons as problems, the commonest of each source; of further ones how many they are."""
    return tuple(_explained_all(groups, run, document, evidence))


def _explained_all(
    groups: Sequence[SetAside], run: Run, document: Document, evidence: Evidence
) -> Iterator[Problem]:
    for at, of_source in groupby(groups, key=lambda group: group.source):
        reasons = list(of_source)
        yield from (explained(group, run, document, evidence) for group in reasons[:MOST_REASONS])
        if further := reasons[MOST_REASONS:]:
            rows = counted(sum(group.rows for group in further), "row")
            total = evidence.totals[at]
            head = f"{total.table} from {total.file}: {counted(len(further), 'further reason')} for {rows}"
            yield document.problem(("sources", at), f"{head}.", remedy="Mend those above first.")


def declared_of(group: SetAside, run: Run, evidence: Evidence) -> DeclaredCells:
    """Return what the run file declares for the cells of a reason, and what would fit them."""
    source = run.sources[group.source]
    if group.rule == _CLOCKS_BACK:
        return DeclaredCells(("dates",), f"ambiguous: {source.dates.ambiguous}", _IN_ORDER)
    any_kept = evidence.totals[group.source].rows_kept > 0
    column = column_at_fault(source, group, run)
    units: Sequence[str] = ()
    if group.reason == Reason.UNIT and "units" in evidence.tables:
        units = evidence.frame("units", columns=("unit_id",))["unit_id"].dropna().astype(str).tolist()
        reading = _reading(group, column, run, evidence)
        if reading is not None:
            return reading
    cells = tuple(cell for cell in group.cells if cell)
    contradictory = _contradictory(group, column, run, evidence)
    if contradictory is not None:
        return contradictory
    in_use = _in_use(cells, evidence.totals[group.source], evidence) if group.reason == Reason.SCALE else ()
    return declared_for(
        group.reason, group.rule, column, cells,
        run=run, source=source, any_kept=any_kept, units=units, in_use=in_use, beside=group.beside,
    )  # fmt: skip


def _contradictory(
    group: SetAside, column: Column | None, run: Run, evidence: Evidence
) -> DeclaredCells | None:
    """Return what to do where cells contradict another column; of times only where an exchange mends it."""
    if column is None:
        return None
    source, total = run.sources[group.source], evidence.totals[group.source]
    against = contradiction(
        column, group.rule, source=source, total=total, evidence=evidence, rows=group.rows
    )
    if against is None or (group.reason == Reason.TIME and not against.exchanged):
        return None
    path = ("columns", column.name) if column.name in source.columns else ("columns",)
    return DeclaredCells(path, "", remedy_of(column, against, source))


def _in_use(cells: Sequence[str], total: SourceTotals, evidence: Evidence) -> frozenset[str]:
    """Return the cells that stand as a value in another column of rows that were kept."""
    import narwhals as nw

    texts = [column.name for column in TABLES[total.table].columns if column.kind in _WRITTEN]
    rows = evidence.lazy(total.table).filter(nw.col("source_file") == total.file)
    held = [name for name in rows.collect_schema().names() if name in texts]
    if not cells or not held:
        return frozenset()
    wanted = list(dict.fromkeys(cells))
    return frozenset(
        cell
        for name in held
        for (cell,) in rows.filter(nw.col(name).is_in(wanted)).select(name).unique().collect().rows()
    )


def _reading(group: SetAside, column: Column | None, run: Run, evidence: Evidence) -> DeclaredCells | None:
    """Return the way to name units that finds most of those not in the register; None where there is none."""
    import narwhals as nw

    source, total = run.sources[group.source], evidence.totals[group.source]
    in_group = [nw.col(name) == value for name, value in (("table", total.table), ("file", total.file),
            ("reason", group.reason), ("column", group.column))]  # fmt: skip
    aside = evidence.lazy("quarantine").filter(*in_group).select("value").unique().collect()
    cells = [cell for (cell,) in aside.rows() if cell]
    register = evidence.frame("units", columns=("unit_id", "name")).fillna("")
    read = readings(cells, register.itertuples(index=False, name=None))
    way = better(read, source.units_by)
    if column is None or not way or 2 * read[way] < len(cells):
        return None
    kept_rows = (
        evidence.lazy(total.table).filter(nw.col("source_file") == total.file) if not source.fills else None
    )
    placed = 0 if kept_rows is None else len(kept_rows.select(column.name).unique().collect())
    origin = total.file if source.fills else total.table
    units = f"{len(cells):,} of {counted(placed + len(cells), 'unit')} of {origin}"
    are = "is" if len(cells) == 1 else "are"
    all_read = "all are" if read[way] == len(cells) else f"{read[way]:,} {'is' if read[way] == 1 else 'are'}"
    line = "delete 'units_by'" if way == "id" else f"write units_by: {way}"
    remedy = f"{units} {are} not in units; {WAYS[way]} {all_read}: {line} in this entry of 'sources'."
    path = ("units_by",) if source.units_by != "id" else ("columns", column.name)
    return DeclaredCells(path, f"{counted(len(register), 'unit')} in the register", remedy)


def cells_in_words(group: SetAside) -> str:
    """Return the first cells of a reason with their lines, and the rule they break."""
    first, *further = zip(group.lines[:CELLS_NAMED], group.cells[:CELLS_NAMED], strict=True)
    where = f"line {first[0]}" + (f", column {group.column!r}" if group.column else "")
    continued = "".join(f"; line {line}: {cell!r}" for line, cell in further)
    return f"{where}: {first[1]!r}{continued}" + (f" ({group.rule})" if group.rule else "")


def column_at_fault(source: Source, group: SetAside, run: Run) -> Column | None:
    """Return the canonical column whose cells these are, None where the whole row is at fault."""
    if not group.column:
        return None
    items = tuple(dict.fromkeys(item for model in run.instruments.values() for item in model.items))
    table = with_items(TABLES[source.table], items) if source.table == "responses" else TABLES[source.table]
    candidates = [
        column for column in table.columns if group.column in (source.label(column.name), column.name)
    ]
    return next((field for field in candidates if _may(field, group)), candidates[0] if candidates else None)


def _may(column: Column, group: SetAside) -> bool:
    """Return whether a reason can be about a column; several may come from one column of the client."""
    if group.reason == Reason.UNIT:
        return column.references == "units"
    timed = column.kind.value in ("instant", "day")
    return timed == (group.reason in (Reason.TIME, Reason.FUTURE))


def _stated(declared: DeclaredCells) -> str:
    return f"; declared: {declared.words}." if declared.words else "."


def _standing(path: tuple[str | int, ...], document: Document) -> tuple[str | int, ...]:
    """Return a path, or that of the scale by its name where an item only names one."""
    value: object = document.value
    for step in path:
        if isinstance(value, dict | list) and (not isinstance(value, dict) or step in value):
            value = value[step]  # type: ignore[index]  # a step of this very value
        else:
            return path
    return ("scales", value) if path[-1:] == ("scale",) and isinstance(value, str) else path


def _groups(run: Run, evidence: Evidence) -> Iterator[SetAside]:
    import narwhals as nw

    names = ("table", "file", "reason", "column", "rule")
    aside = evidence.lazy("quarantine").with_columns(rule=_rule(), beside=_beside(evidence))
    tallied = aside.group_by(*names).agg(rows=nw.len(), beside=nw.col("beside").max())
    for *by, rows, beside in tallied.collect().rows():
        in_group = [nw.col(name) == value for name, value in zip(names, by, strict=True)]
        first = aside.filter(*in_group).sort("line").head(_LOOKED_AT).select("line", "value").collect()
        lines, cells = zip(*first.rows(), strict=True)
        table, file, reason, column, broken = by
        number = _source(run, evidence, (table, file), reason, column)
        first_cells = tuple(c or "" for c in cells)
        yield SetAside(number, reason, column, broken.rstrip("."), rows, lines, first_cells, beside)


def _mutual(groups: Sequence[SetAside], names: Sequence[str]) -> Iterator[SetAside]:
    """Yield groups of which the first of conflicting rows know of those that contradict them, too."""
    conflicting = [group for group in groups if group.reason == Reason.CONFLICTING]
    later = {group.beside: names[group.source] for group in conflicting if group.beside}
    for group in groups:
        first = group in conflicting and not group.beside and group.rule != _CLOCKS_BACK
        yield replace(group, beside=later.get(names[group.source], "")) if first else group


def _rule() -> nw.Expr:
    """Return the broken rule of a row in quarantine, in the same words for all rows that break it."""
    import narwhals as nw

    message = nw.col("message")
    rule = message.str.replace_all(_BEFORE_RULE, "")
    for differing, common in _OF_ANOTHER_ROW:
        rule = rule.str.replace_all(differing, common)
    doubled = nw.when(message.str.contains(_CLOCKS_BACK, literal=True)).then(nw.lit(_CLOCKS_BACK))
    whole = nw.col("reason").is_in([reason.value for reason in _WHOLE_ROW])
    return nw.when(whole).then(doubled.otherwise(nw.lit(""))).otherwise(rule)


def _beside(evidence: Evidence) -> nw.Expr:
    """Return for a row in quarantine the source of the row it repeats or contradicts; empty for its own."""
    import narwhals as nw

    beside = nw.lit("")
    names = {total.file for total in evidence.totals if total.table == COUNTS}
    for name in sorted(
        names, key=len
    ):  # the longest last, which is looked for first: it may hold a shorter one
        of_it = nw.col("message").str.contains(f" of {name}", literal=True)
        elsewhere = nw.when(nw.col("file") == name).then(nw.lit("")).otherwise(nw.lit(name))
        beside = nw.when(of_it).then(elsewhere).otherwise(beside)
    return nw.when(nw.col("reason").is_in(list(REPEATED))).then(beside).otherwise(nw.lit(""))


def _source(run: Run, evidence: Evidence, where: tuple[str, str], reason: str, column: str) -> int:
    """Return the source that rows came through: one file may feed a table several times."""
    candidates = [at for at, total in enumerate(evidence.totals) if (total.table, total.file) == where]
    blamed = [at for at in candidates if evidence.totals[at].reasons.get(reason)]
    mapped = [
        at for at in blamed if column in {run.sources[at].label(name) for name in run.sources[at].columns}
    ]
    return (mapped or blamed or candidates)[0]
