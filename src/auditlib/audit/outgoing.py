"""The one door through which evidence leaves: what may be shown of a value or a text, and as what.

Ids of persons, accounts and cases become pseudonyms. Other values (units, codes, names of files) stay unless
they look like a person's data; then the whole value becomes one, so that two of them stay two. Words lose
names, numbers and addresses where they stand. Signs that cannot be seen become one that can.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from auditlib.audit.national_numbers import coded
from auditlib.audit.pseudonyms import Pseudonyms
from auditlib.audit.redaction import FREE_TEXT, Names, redact, without_contacts
from auditlib.contracts import TABLES, ColumnKind
from auditlib.contracts.identities import holds_values, kind_of, kind_of_case
from auditlib.errors.values import form_of, printable
from auditlib.escalation.matrix import OF_ACCOUNT
from auditlib.records import Basis, CaseReference, Finding, Number, SourceTotals

if TYPE_CHECKING:
    import pandas as pd

Pairs = Mapping[str, str]
"""Values of the evidence, and what is shown for them where that is something else."""
_NAMED = (("employees", "name"), ("accounts", "name"))
_ACCOUNT = re.compile(rf"({OF_ACCOUNT.replace(' ', '[ _]')})'([^']*)'")
_LONG = re.compile(r"\d{9,}")
"""Digits enough for a person's number or a telephone."""


class Outgoing:
    """What leaves of one audit's evidence.

    Parameters
    ----------
    evidence
        Its tables; read once, when the first text passes. None where all that passes came out of the door
        before.
    """

    def __init__(self, evidence: Any = None) -> None:
        self._evidence = evidence
        self._tables: tuple[str, ...] = getattr(evidence, "tables", ())
        self.pseudonyms = Pseudonyms(getattr(evidence, "secret", None))
        self.text = lru_cache(maxsize=50_000)(self._text)
        self._personal = lru_cache(maxsize=50_000)(self._is_personal)

    def value(self, column: str, value: Any) -> Any:
        """Return what is shown for one value of a column: an id, a code, the name of a file."""
        if not isinstance(value, str):
            return value
        if kind := kind_of(column):
            return (
                self.pseudonyms.of(kind, value)
                if self.pseudonyms.used
                else self._unless_personal(value, kind)
            )
        return self._unless_personal(value, "units" if column in ("unit_id", "unit") else "words")

    def cell(self, column: str, value: Any) -> Any:
        """Return what is shown in a cell of a table: a value, words of a person, or other words."""
        if not isinstance(value, str):
            return value
        if column in FREE_TEXT:
            return redact(printable(value), names=self._names)
        return self.value(column, value) if kind_of(column) or holds_values(column) else self.text(value)

    def pairs(self, where: Iterable[tuple[str, Any]]) -> Pairs:
        """Return those values of columns for which something else is shown."""
        pairs = ((value, self.value(column, value)) for column, value in where if isinstance(value, str))
        return {value: pseudonym for value, pseudonym in pairs if value != pseudonym}

    def changed(self, frame: pd.DataFrame) -> Pairs:
        """Return those values in a frame for which something else is shown, words of persons aside."""
        names = [str(name) for name in frame.columns if kind_of(str(name)) or holds_values(str(name))]
        return self.pairs((name, value) for name in names for value in frame[name])

    def number(self, number: Number, pairs: Pairs) -> tuple[Number, Pairs]:
        """Return a number with what its key, its basis and its reason may show, and what changed in them.

        `pairs` holds more values that its key may name, and what is shown for them.
        """
        changed = self.pairs(pair for basis in number.basis for pair in basis.where)
        outgoing = replace(
            number,
            key=self.key(number.key, {**pairs, **changed}),
            value=self.cell("", number.value),
            basis=tuple(self.basis(basis) for basis in number.basis),
            reason=self.text(substituted(number.reason, changed)),
        )
        return outgoing, changed

    def basis(self, basis: Basis) -> Basis:
        """Return a basis whose conditions name what is shown."""
        return replace(basis, where=tuple((name, self.value(name, value)) for name, value in basis.where))

    def key(self, key: str, changed: Pairs) -> str:
        """Return the key of a number: each of its parts that may not be shown as a pseudonym."""
        for raw, outgoing in changed.items():
            if raw in key:
                key = re.sub(rf"(?:(?<=:)|^){re.escape(raw)}(?=:|#|$)", lambda _: outgoing, key)  # noqa: B023
        key = self._accounts(printable(key))
        return ":".join(self._unless_personal(part, "words") for part in key.split(":"))

    def finding(self, finding: Finding, pairs: Pairs) -> Finding:
        """Return a finding with its cases, its words and the keys it rests on as they may be shown."""
        changed = {**pairs, **dict(self._account_pairs(finding.condition))}
        cases = tuple(self.case(case) for case in finding.cases)
        words: dict[str, Any] = {
            part: self.text(substituted(getattr(finding, part), changed))
            for part in ("criterion", "condition", "cause", "effect", "recommendation", "headline")
        }
        subject = self.key(finding.subject, changed)
        return replace(finding, subject=subject, cases=cases, **words)

    def case(self, case: CaseReference) -> CaseReference:
        """Return a case under its pseudonym; one that is named by its place keeps the place."""
        return replace(
            case,
            id=self._case_id(case.table, case.id),
            unit=self.value("unit_id", case.unit),
            words=self.text(case.words),
        )

    def frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return rows that are handed over, each column of text as it may be shown."""
        outgoing = frame.copy()
        for name in map(str, frame.columns):
            column = frame[name]
            if column.dtype != object and not str(column.dtype).startswith(("str", "category")):
                continue
            if name in ("case_id", "id") and "table" in frame:
                pairs = zip(frame["table"], column, strict=True)
                outgoing[name] = [self._case_id(str(table), value) for table, value in pairs]
            else:
                outgoing[name] = column.map(
                    {value: self.cell(name, value) for value in column.dropna().unique()}
                )
        return outgoing

    def totals(self, totals: Iterable[SourceTotals]) -> tuple[SourceTotals, ...]:
        """Return control totals as they may be printed."""
        return tuple(
            replace(
                total,
                file=self.value("file", total.file),
                left_out={self.text(words): rows for words, rows in total.left_out.items()},
            )
            for total in totals
        )

    def document(self, value: Any) -> Any:
        """Return a document of plain values with every text in it as it may be shown."""
        if isinstance(value, Mapping):
            return {
                name: self._where(part)
                if name == "where" and isinstance(part, list | tuple)
                else self.document(part)
                for name, part in value.items()
            }
        if isinstance(value, list | tuple):
            return [self.document(part) for part in value]
        return self.text(value) if isinstance(value, str) else value

    def _where(self, pairs: Iterable[Any]) -> list[Any]:
        return [[name, self.value(name, value)] for name, value in pairs]

    def _case_id(self, table: str, value: Any) -> Any:
        file, _, line = str(value).rpartition(":")
        if line.isdecimal() and file in self._files:
            return f"{self.value('file', file)}:{line}"
        kind = kind_of_case(table)
        if kind and self.pseudonyms.used and isinstance(value, str):
            return self.pseudonyms.of(kind, value)
        return self.value("unit_id", value) if table in ("units", "") else self.cell("", value)

    def _unless_personal(self, value: str, kind: str) -> str:
        """Return a value as it is, or its pseudonym where it looks like a person's data."""
        return self.pseudonyms.of(kind, value) if self._personal(value) else printable(value)

    def _is_personal(self, value: str) -> bool:
        if value.isdecimal() or value in self._units_like_numbers:
            return value in self._units_as_persons
        return self._names.removed(without_contacts(value)) != value

    def _text(self, text: str) -> str:
        text = self._accounts(printable(text))
        for raw, outgoing in self._units_shown.items():
            if raw in text:
                text = substituted(text, {raw: outgoing})
        return self._names.removed(without_contacts(text, own_numbers=self.own_ids))

    def _accounts(self, text: str) -> str:
        return _ACCOUNT.sub(lambda match: f"{match[1]}'{self.value('account_id', match[2])}'", text)

    def _account_pairs(self, text: str) -> Iterable[tuple[str, str]]:
        return ((raw, self.value("account_id", raw)) for _, raw in _ACCOUNT.findall(text))

    @cached_property
    def _names(self) -> Names:
        columns = (self._distinct(table, column) for table, column in _NAMED)
        return Names(frozenset(name.strip() for names in columns for name in names if len(name.strip()) > 2))

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(total.file for total in getattr(self._evidence, "totals", ()))

    @cached_property
    def _units(self) -> tuple[str, ...]:
        table = "units" if "units" in self._tables else "aggregates"
        return self._distinct(table, "unit_id")

    @cached_property
    def _units_shown(self) -> Pairs:
        return self.pairs(("unit_id", unit) for unit in self._units)

    @cached_property
    def _units_like_numbers(self) -> frozenset[str]:
        return frozenset(unit for unit in self._units if _LONG.fullmatch(unit) or coded(unit))

    @cached_property
    def _units_as_persons(self) -> frozenset[str]:
        """Units that are a person's number; where few of a form have its check digits, it is chance."""
        forms = Counter(map(form_of, self._units))
        sound = list(filter(coded, self._units_like_numbers))
        likely = {form for form, count in Counter(map(form_of, sound)).items() if count * 2 > forms[form]}
        return frozenset(unit for unit in sound if form_of(unit) in likely)

    @cached_property
    def own_ids(self) -> Container[str]:
        """The party's own ids that may be shown: no number of a person, whatever their check digits say."""
        units = self._units_like_numbers - self._units_as_persons
        return units if self.pseudonyms.used else _Shown(self._evidence, self._tables, units)

    def _distinct(self, table: str, column: str) -> tuple[str, ...]:
        if table not in self._tables:
            return ()
        values = self._evidence.lazy(table).select(column).unique().collect()[column].drop_nulls()
        return tuple(sorted(str(value) for value in values.to_list()))


def substituted(text: str, changed: Pairs) -> str:
    """Return words with what is shown for the values they name; of bare digits, for quoted ones."""
    for raw, outgoing in changed.items():
        if raw and raw in text:
            bare = raw.isdecimal() or len(raw) < 3
            form = rf"(?<=['\"]){re.escape(raw)}(?=['\"])" if bare else rf"(?<!\w){re.escape(raw)}(?!\w)"
            text = re.sub(form, lambda _: outgoing, text)  # noqa: B023
    return text


@dataclass(frozen=True)
class _Shown:
    """Every id in the evidence, where ids are shown as they are; each is looked for when it is asked for."""

    evidence: Any
    tables: tuple[str, ...]
    units: frozenset[str]
    cache: dict[object, bool] = field(default_factory=dict)

    def __contains__(self, value: object) -> bool:
        if value not in self.cache:
            self.cache[value] = value in self.units or self._stored(value)
        return self.cache[value]

    def _stored(self, value: object) -> bool:
        import narwhals as nw

        return any(
            len(self.evidence.lazy(table).filter(nw.col(column.name) == value).head(1).collect())
            for table in self.tables
            for column in TABLES[table].columns
            if column.name in TABLES[table].key
            and column.kind is ColumnKind.ID
            and column.references != "units"
        )
