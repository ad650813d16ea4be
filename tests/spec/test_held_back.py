"""What is held back so that nobody can be read off a report: small counts, and what would betray them."""

from __future__ import annotations

from typing import Any

import pytest
from law_page import LawPage, Row

from auditlib.audit.suppression import Suppression
from auditlib.disclosure import MinimumFrequency, is_held_back, silent, small_count, statements, without_small
from auditlib.disclosure.atoms import grouped
from auditlib.disclosure.differencing import differences
from auditlib.disclosure.protect import protect
from auditlib.disclosure.statement import Selection
from auditlib.disclosure.sums import sums
from auditlib.disclosure.tables import linked
from auditlib.parameters.run import Thresholds
from auditlib.records import Basis, Number

MINIMUM = MinimumFrequency.of(Thresholds())

LAW = LawPage(
    "Suppression",
    f"""
    A count of people above zero and below `thresholds.minimum_cell` of the run file ({MINIMUM.least}, where
    it names none) is never shown, nor is a number that rests on so few; and what would let a reader work one
    out is held back too. Counts of units, months or criteria are shown. The law is that of
    `src/auditlib/disclosure` (requirement D6), which cites Kelly, Golden and Assad (1992); it is written
    once, and what protects whole tables is held against every table that would fit, in
    `tests/unit/test_disclosure.py`.
    """,
)
SMALL = LAW.table(
    "A small count",
    """
    Nobody is hidden by a count of none.

    count | minimum | shown as  | because
    ------+---------+-----------+------------------------------
    0     | 5       | 0         | there is nobody to protect
    1     | 5       | held back | one person
    4     | 5       | held back | just below
    5     | 5       | 5         | on the minimum
    6     | 5       | 6         | just above
    1     | 1       | 1         | the run file asks for nothing
    9     | 10      | held back | the run file asks for more
    """,
)
PEOPLE = LAW.table(
    "What counts people",
    """
    A row of most tables is about a customer or a member of staff; a unit, a month or a choice is none.

    number     | value | unit   | n  | table      | shown | because
    -----------+-------+--------+----+------------+-------+------------------------------------
    rows:x     | 3     | rows   | -  | responses  | no    | three responses
    late:x     | 3     | count  | 40 | responses  | no    | three of forty
    values.n:x | 3     | count  | -  | responses  | no    | the size of a group
    choices:x  | 3     | count  | -  | responses  | yes   | a count without an n counts choices
    units:x    | 3     | units  | -  | responses  | yes   | three units
    months:x   | 3     | months | -  | responses  | yes   | three months
    rows:x     | 3     | rows   | -  | fixes      | yes   | fixes are no people
    rows:x     | 3     | rows   | -  | quarantine | yes   | rows set aside are no people
    mean:x     | 3     | points | 40 | responses  | yes   | no count, and on many
    mean:x     | 3     | points | 4  | responses  | no    | no count, and on few
    mean:x     | 3     | points | 5  | responses  | yes   | no count, and on just enough
    """,
)
SUBTRACTION = LAW.table(
    "What a subtraction would tell",
    """
    Where a total and all other parts are shown, the small one is their difference: the least other count is
    held back with it. Two small counts hide each other, unless they can only be so many.

    total | phone | chat | visit | held back   | besides | because
    ------+-------+------+-------+-------------+---------+--------------------------------------------------
    682   | 71    | 610  | 1     | visit       | phone   | the cheapest other count
    76    | 71    | 2    | 3     | chat, visit | -       | two that hide each other
    73    | 71    | 1    | 1     | chat, visit | phone   | together two: each can only be one
    79    | 71    | 4    | 4     | chat, visit | phone   | together eight: each can only be four
    78    | 71    | 4    | 3     | chat, visit | -       | together seven: four and three, or three and four
    86    | 71    | 5    | 10    | -           | -       | nothing is small
    71    | 71    | 0    | 0     | -           | -       | nothing is small
    """,
)
EDITIONS = LAW.table(
    "What two editions tell together",
    """
    A count that differs by few from one edition to the next tells of a group of few.

    first | second | told | because
    ------+--------+------+-----------------------
    40    | 40     | no   | nobody came
    40    | 41     | yes  | one came
    40    | 44     | yes  | just below the minimum
    40    | 45     | no   | on the minimum
    45    | 40     | no   | five left
    44    | 40     | yes  | four left
    """,
)
WORDS = LAW.table(
    "How a sentence says it",
    """
    A number that is held back is said as fewer than the minimum, and every word agrees with that.

    true sentence                    | count | said
    ---------------------------------+-------+---------------------------------------------
    2 of 300 responses were late.    | 2     | fewer than 5 of 300 responses were late.
    4 of 300.                        | 4     | fewer than 5 of 300.
    5 of 300.                        | 5     | 5 of 300.
    0 of 300.                        | 0     | 0 of 300.
    1 response was late.             | 1     | fewer than 5 responses were late.
    1 reply was late.                | 1     | fewer than 5 replies were late.
    1 person has answered.           | 1     | fewer than 5 people have answered.
    1 of 300 was late.               | 1     | fewer than 5 of 300 were late.
    1 of the 300 cases was late.     | 1     | fewer than 5 of the 300 cases were late.
    1 formal report counts.          | 1     | fewer than 5 formal reports count.
    1 more carries none.             | 1     | fewer than 5 more carry none.
    1 lost response is left out.     | 1     | fewer than 5 lost responses are left out.
    1 case, where the limit is late. | 1     | fewer than 5 cases, where the limit is late.
    1 account of 584 is late.        | 1     | fewer than 5 accounts of 584 are late.
    1 case; the rest is late.        | 1     | fewer than 5 cases; the rest is late.
    1 late, 1 missing.               | 1     | fewer than 5 late, fewer than 5 missing.
    1 criterion has it.              | 1     | fewer than 5 criteria have it.
    Line 2 of 2024-02-02 says 2.     | 2     | Line 2 of 2024-02-02 says fewer than 5.
    """,
)


def number(key: str, value: Any, unit: str = "responses", n: int | None = None, *, table: str = "responses",
           **where: Any) -> Number:  # fmt: skip
    return Number(key, value, unit, n, basis=(Basis(table, tuple(where.items())),))


@SMALL.each
def test_a_small_count(row: Row) -> None:
    size, minimum = int(row["count"]), MinimumFrequency(int(row["minimum"]))
    shown = without_small(number("rows:x", size), minimum=minimum)
    assert ("held back" if is_held_back(shown) else str(shown.value)) == row["shown as"]
    assert minimum.hides(size) is is_held_back(shown)


@PEOPLE.each
def test_what_counts_people(row: Row) -> None:
    n = None if row["n"] == "-" else int(row["n"])
    stated = number(row["number"], int(row["value"]), row["unit"], n, table=row["table"])
    assert is_held_back(without_small(stated, minimum=MINIMUM)) is (row["shown"] == "no")
    assert small_count(stated, minimum=MINIMUM) is (row["shown"] == "no" and row["unit"] != "points")


@SUBTRACTION.each
def test_what_a_subtraction_would_tell(row: Row) -> None:
    """An audit states the total and each part; a reader has all it shows."""
    counts = {name: int(row[name]) for name in ("phone", "chat", "visit")}
    stated = [
        number("total", sum(counts.values())),
        *(number(name, size, type=name) for name, size in counts.items()),
    ]
    assert stated[0].value == int(row["total"])
    shown = [without_small(one, minimum=MINIMUM) for one in stated]
    assert (", ".join(one.key for one in shown if is_held_back(one)) or "-") == row["held back"]
    selections = {Selection.of(basis) for one in stated for basis in one.basis}
    rows = [((name,), (), size) for name, size in counts.items() if size]
    atoms, implied = grouped(selections, lambda *_: iter(rows), minimum=MINIMUM)
    true = {("02_benchmark", one.key): one for one in stated}
    read = (
        *statements({"02_benchmark": shown}, true, count=atoms.count, minimum=MINIMUM),
        *(silent(one, atoms.count(one) or 0) for one in implied),
    )
    withheld = protect(linked(read, sums(read), atoms), minimum=MINIMUM)
    assert withheld.deducible == ()
    assert (", ".join(sorted({key for _, key, part in withheld.names if part != "size"})) or "-") == row[
        "besides"
    ]


@EDITIONS.each
def test_what_two_editions_tell_together(row: Row) -> None:
    first, second = ({"01_intake": {"rows": number("rows", int(row[name]))}} for name in ("first", "second"))
    assert bool(list(differences(first, second, minimum=MINIMUM))) is (row["told"] == "yes")


@WORDS.each
def test_how_a_sentence_says_it(row: Row) -> None:
    made = Suppression(minimum=MINIMUM)
    made.disclosed(number("late", int(row["count"]), "count", 300))
    masked, keys = made.text(row["true sentence"], ["late"])
    assert masked == row["said"]
    assert keys == (("threshold:minimum_cell",) if masked != row["true sentence"] else ())


@pytest.mark.parametrize("minimum", [2, 5, 10])
def test_every_count_below_the_minimum_is_held_back_and_no_other(minimum: int) -> None:
    small = {size for size in range(2 * minimum) if MinimumFrequency(minimum).hides(size)}
    assert small == set(range(1, minimum))
