"""Names of the party that hold digits are no numbers without a reference."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd
import pytest

from auditlib.audit.names import names_stated
from auditlib.records import Basis, Number, SourceTotals


class Tables:
    """Evidence of one table; counts how often it is read."""

    def __init__(self) -> None:
        self.read = 0
        self._units = pd.DataFrame(
            {
                "unit_id": ["007", "U1", "12"],
                "name": ["Bond", "Branch 12", None],
                "region": ["Region 3", "Region 3", "north"],
                **{
                    other: ["x"] * 3
                    for other in ("country", "subdivision", "unit_type", "ownership", "time_zone")
                },
            }
        )

    @property
    def tables(self) -> tuple[str, ...]:
        return ("units",)

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        names = ("Jira (3).csv", "Jira (3).csv", "Call log 7 May (14).xlsx", "calls.csv")
        return tuple(SourceTotals(name, "responses", "", 1, 1, 1, 0, {}) for name in names)

    def lazy(self, table: str) -> Any:
        self.read += 1
        return nw.from_native(self._units).lazy()


def document(*texts: str, keys: tuple[str, ...] = ()) -> dict[str, Any]:
    said = [{"text": text, "keys": list(keys)} for text in texts]
    return {"answer": said, "sentences": [], "findings": [], "exhibits": []}


def found(*texts: str, numbers: tuple[Number, ...] = ()) -> list[str]:
    known = {number.key: number for number in numbers}
    given = document(*texts, keys=tuple(known))
    return [str(number.value) for number in names_stated(given, known, Tables())]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("from 22.0% in U006 to 35.5% in 007.", ["007"]),
        ("Branch 12 lies higher.", ["12", "Branch 12"]),
        ("Region 3 differs.", ["Region 3"]),
        ("Region 31 differs.", []),
        ("it took 0.007 days", []),
        ("all of 1,007 rows", []),
        ("nothing is stated", []),
        ("Of Jira (3).csv (units), a row was left out.", ["Jira (3).csv"]),
        ("Of Jira (3).csv (New) (units), a row was left out.", ["Jira (3).csv"]),
        ("A copy of Call log 7 May (14).xlsx.", ["Call log 7 May (14).xlsx"]),
        ("3 rows of calls.csv were left out.", []),
    ],
)
def test_a_name_with_digits_is_found_where_it_stands_by_itself(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_a_name_leads_to_the_row_it_names() -> None:
    (name,) = names_stated(document("007 is called out"), {}, Tables())
    assert (name.key, name.basis) == ("name:007", (Basis("units", (("unit_id", "007"),)),))


def test_the_name_of_a_file_with_digits_needs_no_key_and_a_number_beside_it_does() -> None:
    from auditlib.audit.numerals import orphans

    text = "Of Jira (3).csv (units), 41 rows were left out."
    names = names_stated(document(text), {}, Tables())
    assert names[0].basis == (Basis("sources", (("file", "Jira (3).csv"),)),)
    assert orphans(text, names) == ("41",)


def test_digits_that_a_key_has_are_no_names_and_the_evidence_is_not_read() -> None:
    tables, twelve = Tables(), Number("rows", 12, "rows")
    assert names_stated(document("12 rows", keys=("rows",)), {"rows": twelve}, tables) == []
    assert tables.read == 0


def test_a_number_beside_a_name_keeps_needing_its_key() -> None:
    from auditlib.audit.numerals import orphans

    text = "007 has 35.5%"
    names = names_stated(document(text), {}, Tables())
    assert orphans(text, names) == ("35.5",)


class Links(Tables):
    """A register of pay links, with or without the column that no source need feed."""

    def __init__(self, *levels: str) -> None:
        super().__init__()
        columns = ("role", "metric", "pay_period", "payout")
        self._units = pd.DataFrame({name: ["x"] for name in columns} | {"assigned_by": list(levels) or ["x"]})
        if not levels:
            self._units = self._units.drop(columns="assigned_by")

    @property
    def tables(self) -> tuple[str, ...]:
        return ("pay_links",)


@pytest.mark.parametrize(("levels", "names"), [((), []), (("zone 7",), ["zone 7"])])
def test_an_optional_column_is_read_only_where_it_is_stored(
    levels: tuple[str, ...], names: list[str]
) -> None:
    stated = names_stated(document("Linked in zone 7."), {}, Links(*levels))
    assert [str(number.value) for number in stated] == names
