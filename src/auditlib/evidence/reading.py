"""From cells as written to values by kind, as one SQL projection per source.

Names and values of the client reach the query only as quoted literals; columns are addressed by
position. A cell that cannot be read as its kind gives no value and sets ``<column>__unread``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from math import isfinite
from typing import TYPE_CHECKING

from auditlib.contracts import Column, ColumnKind
from auditlib.evidence.engine import literal, quoted
from auditlib.evidence.interval_rules import names_total, totals_in
from auditlib.evidence.number_texts import (
    count_in,
    grouped_in,
    in_notation,
    is_number,
    number_in,
    plain_number,
)
from auditlib.evidence.placeholders import emptied
from auditlib.evidence.plan import Field, SourcePlan, repeats
from auditlib.evidence.repeated_hours import told_apart, turn_in
from auditlib.evidence.sums import none_filled, terms, total
from auditlib.evidence.timestamps import Stamps, duration
from auditlib.evidence.typed_cells import micros, native_value, of_calendar, written
from auditlib.evidence.unit_names import with_units
from auditlib.parameters.source import Dates

if TYPE_CHECKING:
    import pyarrow as pa

    from auditlib.parameters.run import Run

TEXTUAL = (ColumnKind.ID, ColumnKind.CODE, ColumnKind.TEXT)
_TEMPORAL = (ColumnKind.DAY, ColumnKind.INSTANT)
_TRUE = ("true", "t", "yes", "y", "1")
_FALSE = ("false", "f", "no", "n", "0")
_OF_RUN_FILE = Dates().formats
"""How a run file writes days and instants, however the cells beside them are written."""
_ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d")


def projection(plan: SourcePlan, run: Run, schema: pa.Schema) -> str:
    """Return the query that reads a block, registered as ``block`` with columns c0, c1 ...

    Its result has per textual column the text; per other column the value and ``__unread``; per
    instant ``<stem>__local`` and ``<stem>__utc`` (microseconds, at most one of the two), ``__whole``
    (whether the cell holds a day without a time) and ``__unread``; per column whose cells repeat
    ``h__<column>`` (a hash); then ``source_line``, ``row__key`` (text, NULL where a part is missing),
    ``row__mark`` (its hash) and ``row__content`` (a hash of all cells).
    """
    reader = _Reader(plan, run, schema)
    texts = [f"{reader.text(field)} AS {reader.name(field)}" for field in plan.fields]
    passed = [f"c{index}" for index in range(len(plan.wanted))]
    inner = ", ".join([*texts, *passed, *turn_in(schema), "source_line"])
    values = [f"{sql} AS {quoted(name)}" for field in plan.fields for name, sql in reader.values(field)]
    hashes = [f"{reader.hashed(field)} AS {quoted('h__' + field.column.name)}" for field in reader.often]
    key = told_apart(reader.key(), turn_in(schema))
    outer = ", ".join(
        [
            *values,
            *hashes,
            *turn_in(schema),
            "source_line",
            f"{key} AS row__key",
            f"hash({key}) AS row__mark",
            f"{reader.whole()} AS row__content",
        ]
    )
    inside = f"SELECT {inner} FROM block"  # noqa: S608 - every part is quoted where it is made
    inside = with_units(inside, plan)
    typed = f"SELECT {outer} FROM ({inside})"  # noqa: S608 - every part is quoted where it is made
    flags = ", ".join([emptied(plan), *(f"{sql} AS {quoted(name)}" for name, sql in reader.unread())])
    return f"SELECT {flags} FROM ({typed})"  # noqa: S608 - every part is quoted where it is made


class _Reader:
    """Writes the expressions for one source."""

    def __init__(self, plan: SourcePlan, run: Run, schema: pa.Schema) -> None:
        self._plan, self._source, self._run, self._schema = plan, plan.source, run, schema
        self._place = {name: f"c{index}" for index, name in enumerate(plan.wanted)}
        self._typed = plan.source.form != "csv"
        self._decimal = "." if self._typed else plan.source.dialect.decimal

    def name(self, field: Field) -> str:
        """Return the column that holds the field's cell as text, missing codes removed."""
        return quoted(f"t__{field.column.name}")

    def text(self, field: Field) -> str:
        """Return the cell as text: trimmed, missing codes removed, codes translated."""
        if field.from_line:
            line = "CAST(source_line AS VARCHAR)"
            return f"{literal(field.prefix)} || {line}" if field.prefix else line
        if field.constant is not None:
            nothing = field.constant.strip() in self._plan.missing
            constant = in_notation(field.constant, field.column.kind, decimal=self._decimal)
            return "CAST(NULL AS VARCHAR)" if nothing else literal(constant)
        if not field.origin or self._native(field):
            return "CAST(NULL AS VARCHAR)"
        place = self._place[field.origin]
        raw = written(place, self._schema.field(place).type)
        cell = raw if self._trimmed(field) else f"trim({raw})"
        if field.summed:
            return f"CASE WHEN NOT ({none_filled(self._terms(cell, field))}) THEN {cell} END"
        missing = self._nothing
        content = raw if field.column.kind is ColumnKind.TEXT else cell
        listed = ", ".join(map(literal, missing))
        present = f"CASE WHEN {cell} IN ({listed}) THEN NULL ELSE {content} END"
        present = f"nullif({cell}, '')" if missing == [""] and content == cell else present
        if field.column.kind is ColumnKind.SCORE:
            present = self._answered(field.column.name, cell, present)
        codes = self._codes(field)
        return _translated(cell, present, codes) if codes else present

    @property
    def _nothing(self) -> list[str]:
        """Cells that hold no value."""
        return sorted({"", *self._spelled(self._source.missing)})

    def _codes(self, field: Field) -> dict[str, str]:
        """Return what cells mean, by every way of writing them."""
        codes = self._source.values.get(field.column.name, {})
        return {spelling: new for old, new in codes.items() for spelling in self._spelled([old])}

    def _terms(self, text: str, field: Field) -> list[str]:
        """Return the cells of a sum."""
        return terms(text, field.summed, missing=self._nothing, codes=self._codes(field))

    def _spelled(self, codes: Iterable[str]) -> list[str]:
        """Return codes as cells may write them: a number of a typed source stands for its value."""
        texts = [code.strip() for code in codes]
        numbers = [plain_number(text) for text in texts if self._typed and is_number(text)]
        return list(dict.fromkeys([*texts, *numbers]))

    def _trimmed(self, field: Field) -> bool:
        return field.origin in self._plan.trimmed

    def _answered(self, item: str, cell: str, present: str) -> str:
        """Return no text where the cell says that the question does not apply."""
        cases = []
        for survey_type, model in self._run.instruments.items():
            codes = model.items[item].scale.not_applicable if item in model.items else ()
            if codes:
                ours = f"{self.text(self._plan.field('survey_type'))} = {literal(survey_type)}"
                cases.append(f"WHEN ({self._is_code(cell, codes)}) AND {ours} THEN NULL")
        return f"CASE {' '.join(cases)} ELSE {present} END" if cases else present

    def _is_code(self, cell: str, codes: Iterable[str]) -> str:
        """Return whether a cell is one of some codes, whatever its case; a number by its value."""
        listed = ", ".join(literal(code.lower()) for code in self._spelled(codes))
        numbers = ", ".join(f"{float(code)!r}" for code in codes if is_number(code) and isfinite(float(code)))
        by_text = f"lower({cell}) IN ({listed})"
        return f"{by_text} OR TRY_CAST({cell} AS DOUBLE) IN ({numbers})" if numbers else by_text

    def values(self, field: Field) -> list[tuple[str, str]]:
        """Return the typed columns of a field, as (name, expression)."""
        name, kind = field.column.name, field.column.kind
        if kind in TEXTUAL:
            return [(name, self.name(field)), *self._names_total(field)]
        if not field.fed:
            return [*self._empty(field.column), *self._names_total(field)]
        filled = (f"{name}__given", f"{self.content(field)} IS NOT NULL")
        if kind is ColumnKind.INSTANT:
            return [*self._instant(field), filled, *self._names_total(field)]
        return [(name, self._value(field)), filled]

    def _names_total(self, field: Field) -> list[tuple[str, str]]:
        """Return whether a cell names a row of totals, where such rows are looked for."""
        if field.column.name not in totals_in(self._plan.contract):
            return []
        return [(f"{field.column.name}__total", names_total(self.name(field)))]

    def unread(self) -> list[tuple[str, str]]:
        """Return per column that is no text whether a cell was given and could not be read."""
        flags = []
        for field in self._plan.fields:
            name = field.column.name
            if field.column.kind is ColumnKind.INSTANT:
                empty = f"{quoted(name + '__local')} IS NULL AND {quoted(name + '__utc')} IS NULL"
            else:
                empty = f"{quoted(name)} IS NULL"
            if field.column.kind not in TEXTUAL:
                flags.append((f"{name}__unread", f"{quoted(name + '__given')} AND {empty}"))
        return flags

    def content(self, field: Field) -> str:
        """Return what of this field makes two rows identical."""
        return self._place[field.origin] if field.origin and self._native(field) else self.name(field)

    @property
    def often(self) -> list[Field]:
        """Fields whose cells repeat: their hashes are joined by exclusive or, so that each can be kept."""
        return [field for field in self._plan.fields if repeats(field.column)]

    def hashed(self, field: Field) -> str:
        """Return the hash of one field's content; two fields with the same content have different ones."""
        return f"hash({literal(field.column.name)}, {self.content(field)})"

    def whole(self) -> str:
        """Return the hash of all that makes two rows identical."""
        seldom = [self.content(field) for field in self._plan.fields if not repeats(field.column)]
        return content_hash(seldom, reduce(_xor, [self.hashed(field) for field in self.often], "0::UBIGINT"))

    def key(self) -> str:
        """Return the text that identifies a row of the table."""
        parts = [self._key_text(name) for name in self._plan.contract.key]
        if self._source.wide is not None and self._source.wide.period is not None:
            parts.append(literal(self._source.wide.period.start.isoformat()))
        return " || chr(31) || ".join(parts)

    def _key_text(self, name: str) -> str:
        field = self._plan.field(name)
        native = field.origin and self._native(field)
        text = f"CAST({self._place[field.origin]} AS VARCHAR)" if native else self.name(field)
        # Where an empty cell says something, it tells rows apart as any other does.
        return f"coalesce({text}, '')" if field.column.empty else text

    def _native(self, field: Field) -> bool:
        """Whether the source's own type already is the kind, so that nothing is read from text."""
        import pyarrow as pa

        if not field.origin or field.after or field.column.name in self._source.values:
            return False
        arrow_type, kind = self._schema.field(self._place[field.origin]).type, field.column.kind
        if kind in _TEMPORAL:
            return bool(pa.types.is_timestamp(arrow_type) or pa.types.is_date(arrow_type))
        if kind is ColumnKind.FLAG:
            return bool(pa.types.is_boolean(arrow_type))
        numeric = pa.types.is_integer(arrow_type) or pa.types.is_floating(arrow_type)
        codes = (*self._source.missing, *(self._not_applicable(field) if kind is ColumnKind.SCORE else ()))
        return bool(numeric and kind not in TEXTUAL and not any(map(is_number, codes)))

    def _not_applicable(self, field: Field) -> tuple[str, ...]:
        models = [model.items.get(field.column.name) for model in self._run.instruments.values()]
        return tuple(code for item in models if item for code in item.scale.not_applicable)

    def _value(self, field: Field) -> str:
        if field.scale is not None:
            return self._scaled(field)
        return self._sum(field) if field.summed else self._unscaled(field)

    def _scaled(self, field: Field) -> str:
        """Return a number times its declared factor; a count is rounded to the nearest whole number."""
        if field.column.kind is not ColumnKind.COUNT:
            plain = self._sum(field) if field.summed else self._unscaled(field)
            return f"({plain}) * CAST({field.scale!r} AS DOUBLE)"
        if self._native(field):
            number = native_value(ColumnKind.NUMBER, self._place[field.origin])
        elif field.summed:
            number = self._total(field, self._measured)
        else:
            number = self._measured(self.name(field))
        product = f"({number}) * CAST({field.scale!r} AS DOUBLE)"
        return f"CASE WHEN {product} >= 0 THEN CAST(round({product}) AS BIGINT) END"

    def _measured(self, text: str) -> str:
        """Return a number with or without decimals and signs between its thousands."""
        whole = f"CAST({count_in(text, decimal=self._decimal)} AS DOUBLE)"
        grouped = grouped_in(text, decimal=self._decimal)
        return f"coalesce({whole}, {grouped}, {self._number(text, percent=False)})"

    def _total(self, field: Field, number: Callable[[str], str]) -> str:
        """Return the sum of the cells of several columns."""
        text = self.name(field)
        return total(text, self._terms(text, field), number)

    def _unscaled(self, field: Field) -> str:
        kind, text = field.column.kind, self.name(field)
        if self._native(field):
            native = native_value(kind, self._place[field.origin])
            native = self._turned(field, native) if kind is ColumnKind.SCORE else native
            return f"({native}) / 100" if kind is ColumnKind.SHARE and self._in_percent else native
        if kind is ColumnKind.SCORE:
            return self._score(field)
        if kind is ColumnKind.COUNT:
            return count_in(text, decimal=self._decimal)
        if kind is ColumnKind.FLAG:
            yes, no = (", ".join(map(literal, words)) for words in (_TRUE, _FALSE))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN TRUE WHEN lower({text}) IN ({no}) THEN FALSE END"
        if kind is ColumnKind.DAY:
            return f"CAST({self._stamps(field).day(text)} - DATE '1970-01-01' AS INTEGER)"
        return self._number(text, percent=kind is ColumnKind.SHARE)

    def _sum(self, field: Field) -> str:
        """Return a sum of counts, or of numbers."""
        if field.column.kind is not ColumnKind.COUNT:
            return self._total(field, lambda cell: number_in(cell, decimal=self._decimal))
        counts = self._total(field, lambda cell: f"CAST({count_in(cell, decimal=self._decimal)} AS HUGEINT)")
        return f"TRY_CAST({counts} AS BIGINT)"

    @property
    def _in_percent(self) -> bool:
        """Whether a share without a sign is a percentage: declared for a wide file."""
        return self._source.wide is not None and self._source.wide.percent

    def _number(self, text: str, *, percent: bool) -> str:
        if percent:
            bare = self._number(f"trim(rtrim({text}, '%'))", percent=False)
            share = f"({self._number(text, percent=False)})" + (" / 100" if self._in_percent else "")
            return f"CASE WHEN ends_with({text}, '%') THEN {bare} / 100 ELSE {share} END"
        return number_in(text, decimal=self._decimal)

    def _score(self, field: Field) -> str:
        """Return the score: a declared label's, otherwise the number; the scale is checked later."""
        text, name = self.name(field), field.column.name
        cell = text
        if self._decimal == ",":
            cell = f"CASE WHEN contains({text}, '.') THEN NULL ELSE replace({text}, ',', '.') END"
        number = f"TRY_CAST({cell} AS DOUBLE)"
        number = f"CASE WHEN isfinite({number}) THEN {number} END"
        cases = []
        for survey_type, model in self._run.instruments.items():
            labels = model.items[name].scale.labels if name in model.items else {}
            for label, score in labels.items():
                matched = f"lower({text}) = {literal(label.strip().lower())}"
                ours = f"{self.name(self._plan.field('survey_type'))} = {literal(survey_type)}"
                cases.append(f"WHEN {matched} AND {ours} THEN CAST({score!r} AS DOUBLE)")
        return self._turned(field, f"CASE {' '.join(cases)} ELSE {number} END" if cases else number)

    def _turned(self, field: Field, score: str) -> str:
        """Return the score so that higher is better, where a survey type asks it with the lowest as best."""
        cases = []
        for survey_type, model in self._run.instruments.items():
            item = model.items.get(field.column.name)
            if item is not None and item.scale.best == "low":
                ours = f"{self.name(self._plan.field('survey_type'))} = {literal(survey_type)}"
                turn = f"CAST({item.scale.low + item.scale.high!r} AS DOUBLE)"
                cases.append(f"WHEN {ours} THEN round({turn} - ({score}), 9)")
        return f"CASE {' '.join(cases)} ELSE {score} END" if cases else score

    def _instant(self, field: Field) -> list[tuple[str, str]]:
        import pyarrow as pa

        name, text = field.column.name, self.name(field)
        if self._native(field):
            place = self._place[field.origin]
            arrow_type = self._schema.field(place).type
            absolute = pa.types.is_timestamp(arrow_type) and arrow_type.tz is not None
            instant = of_calendar(micros(place if absolute else f"TRY_CAST({place} AS TIMESTAMP)"))
            local, utc = (_NONE, instant) if absolute else (instant, _NONE)
            whole = "TRUE" if pa.types.is_date(arrow_type) else "FALSE"
            return [(f"{name}__local", local), (f"{name}__utc", utc), (f"{name}__whole", whole)]
        if field.after:  # the instant is known once that of the other column is; until then its distance
            return [
                (f"{name}__local", _NONE),
                (f"{name}__utc", self._duration(field)),
                (f"{name}__whole", "FALSE"),
            ]
        stamps = self._stamps(field)
        return [
            (f"{name}__local", micros(stamps.local(text))),
            (f"{name}__utc", micros(stamps.utc(text))),
            (f"{name}__whole", stamps.whole(text)),
        ]

    def _stamps(self, field: Field) -> Stamps:
        column_dates = self._source.dates_of.get(field.column.name)
        formats = column_dates.formats if column_dates is not None else self._source.dates.formats
        month = "" if column_dates is None else column_dates.of_month or ""
        formats = (*formats, *_OF_RUN_FILE) if field.constant is not None else formats
        return Stamps(formats + (_ISO if self._source.form == "excel" else ()), month)

    def _duration(self, field: Field) -> str:
        text = self.name(field)
        return duration(f"replace({text}, ',', '.')" if self._decimal == "," else text, field.unit)

    def _empty(self, column: Column) -> list[tuple[str, str]]:
        filled = (f"{column.name}__given", "FALSE")
        if column.kind is ColumnKind.INSTANT:
            none = [(f"{column.name}__{part}", _NONE) for part in ("local", "utc")]
            return [*none, (f"{column.name}__whole", "FALSE"), filled]
        sql_type = {ColumnKind.DAY: "INTEGER", ColumnKind.COUNT: "BIGINT", ColumnKind.FLAG: "BOOLEAN"}.get(
            column.kind, "DOUBLE"
        )
        return [(column.name, f"CAST(NULL AS {sql_type})"), filled]


_NONE = "CAST(NULL AS BIGINT)"


def content_hash(seldom: Sequence[str], combined: str) -> str:
    """Return the hash of a row from the cells that seldom repeat and the joined hashes of the others."""
    return f"hash({', '.join([*seldom, combined])})"


def _xor(first: str, second: str) -> str:
    return f"xor({first}, {second})"


def _translated(cell: str, present: str, codes: dict[str, str]) -> str:
    cases = " ".join(f"WHEN {literal(old.strip())} THEN {literal(new)}" for old, new in codes.items())
    return f"CASE {cell} {cases} ELSE {present} END"
