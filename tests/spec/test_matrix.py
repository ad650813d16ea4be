"""Who had to be at a contact: which entry of the responsibility matrix decides, and what an open one says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw
import pyarrow as pa
import pytest
from escalation_world import World, context, day
from hypothesis import given, settings
from hypothesis import strategies as st
from test_escalation import LATER, WELL, contact, holder, present, response

from auditlib.audit.numerals import numerals
from auditlib.escalation import EscalationAnswer, EscalationResult, reperform
from auditlib.escalation.assessability import gap_stands
from auditlib.escalation.matrix import MatrixEntry, gap_one, with_attendance

HELD = day("2025-06-10")
"""The local day of the contact."""
OTHERS = [holder(role, role[:2]) for role in ("service_manager", "senior_management")]


def attended(
    *entries: dict[str, Any], who: str, account: str | None = "A7", silent: tuple[str, ...] = (), **more: Any
) -> tuple[str, str]:
    """Return status and detail of the attendance at a contact with the client managers of `entries`."""
    found = assessed(*entries, who=who, account=account, silent=silent, **more)
    (row,) = found.rows[found.rows["duty"] == "attendance"].itertuples()
    return row.status, row.detail


def assessed(
    *entries: dict[str, Any], who: str, account: str | None = "A7", silent: tuple[str, ...] = (), **more: Any
) -> EscalationResult:
    tables = WELL | {
        "responses": [response(account_id=account)],
        "responsibilities": [*entries, *OTHERS],
        "attendance": present(who, "se"),
    }
    found = reperform(World(tables | more), replace(context(as_of=LATER), silent=frozenset(silent)))
    assert isinstance(found, EscalationResult)
    return found


def manager(person: str | None, **more: Any) -> dict[str, Any]:
    return holder("client_manager", person, **more)


KEY = manager("ke", account_id="A7", unit_id=None)
PLAIN = manager("pl")
TYPED = manager("ty", transaction_type="repair")


@pytest.mark.parametrize(
    ("entries", "decides"),
    [
        ((KEY, PLAIN), "ke"),  # the account before the unit
        ((KEY, TYPED), "ke"),  # and before unit and type together
        ((manager("ke", account_id="A8", unit_id=None), PLAIN), "pl"),  # another's account
        ((KEY, manager("ku", account_id="A7")), "ku"),  # within the account, the unit
        ((manager("kt", account_id="A7", unit_id=None, transaction_type="repair"), KEY), "kt"),
        ((manager("kt", account_id="A7", unit_id=None, transaction_type="sale"), KEY), "ke"),
    ],
)
def test_an_entry_for_the_account_goes_before_all_others(
    entries: tuple[dict[str, Any], ...], decides: str
) -> None:
    for person in ("ke", "pl", "ty", "ku", "kt"):
        came = attended(*entries, who=person)
        expected = ("met", "") if person == decides else ("wrong_party", "client_manager absent")
        assert came == expected, person


@pytest.mark.parametrize(("first", "last", "decides"), [
    (0, 0, "ke"), (1, None, "pl"), (-9, -1, "pl"), (-9, 0, "ke"), (0, None, "ke"),
])  # fmt: skip
def test_an_entry_for_the_account_holds_on_its_days_and_the_unit_s_on_others(
    first: int, last: int | None, decides: str
) -> None:
    own = {"valid_from": HELD + first, "valid_to": None if last is None else HELD + last}
    assert attended(KEY | own, PLAIN, who=decides) == ("met", "")
    assert attended(KEY | own, PLAIN, who="ke" if decides == "pl" else "pl")[0] == "wrong_party"


def test_a_vacant_entry_for_the_account_is_a_finding_that_names_it() -> None:
    """By its own name: an underscore stays one, and digits are no number that the report would look up."""
    vacant = manager(None, account_id="08_15", unit_id=None, delegate_id="pl")
    found = assessed(vacant, PLAIN, who="pl", account="08_15")
    finding = next(
        each for each in EscalationAnswer(found).findings() if each.subject.startswith("responsibilities")
    )
    assert finding.subject == "responsibilities:U1:client_manager:08_15"
    assert finding.condition == (
        "In unit U1 the role of client manager for account '08_15' was vacant on the day of 1 contact."
    )
    assert [case.words for case in finding.cases] == ["client manager vacant for account '08_15'"]
    assert [numeral.text for numeral in numerals(finding.condition.replace("08_15", "0815"))] == ["1"]
    keys = {number.key for number in EscalationAnswer(found).numbers()}
    assert finding.evidence[0].removeprefix("05_escalation/") in keys
    assert attended(vacant, PLAIN, who="pl", account="0815") == ("met", "")


def test_whose_account_is_not_recorded_leaves_open_which_entry_holds() -> None:
    assert attended(KEY, PLAIN, who="pl", account=None) == ("unknown", "not recorded: account_id")
    assert attended(PLAIN, who="pl", account=None) == ("met", "")  # this matrix tells no accounts apart


NOBODY = [holder("client_manager", "cl", valid_from=HELD + 1)]


@pytest.mark.parametrize(
    ("silent", "entries", "who", "expected"),
    [
        # no delegate is mapped: the holder was there or not; a vacancy has no delegate, and no entry none
        (("delegate_id",), [PLAIN], "pl", ("met", "")),
        (("delegate_id",), [PLAIN], "xx", ("unknown", "not recorded: delegate_id")),
        (("delegate_id",), [manager(None)], "xx", ("wrong_party", "client_manager vacant")),
        (("delegate_id",), NOBODY, "xx", ("wrong_party", "client_manager no entry")),
        # no holder is mapped: whether the role was vacant is not known, that nobody was named is
        (("person_id",), [manager(None)], "pl", ("unknown", "not recorded: person_id")),
        (("person_id",), NOBODY, "pl", ("wrong_party", "client_manager no entry")),
        # no last day: an entry may have ended, one that had not begun is none
        (("valid_to",), [PLAIN], "pl", ("unknown", "not recorded: valid_to")),
        (("valid_to",), NOBODY, "pl", ("wrong_party", "client_manager no entry")),
        (("unit_id",), [manager("pl", unit_id=None)], "pl", ("unknown", "not recorded: unit_id")),
        (("transaction_type", "delegate_id"), [PLAIN], "pl",
         ("unknown", "not recorded: delegate_id and transaction_type")),
    ],
)  # fmt: skip
def test_what_the_matrix_does_not_say_is_unknown_in_the_cases_that_turn_on_it(
    silent: tuple[str, ...], entries: list[dict[str, Any]], who: str, expected: tuple[str, str]
) -> None:
    assert attended(*entries, who=who, silent=silent) == expected


@pytest.mark.parametrize(("held", "status"), [
    ("2025-06-10 16:29:59.999999", "unknown"), ("2025-06-10 16:30", "unknown"),
    ("2025-06-10 16:30:00.000001", "late"),
])  # fmt: skip
def test_a_contact_too_late_is_late_whoever_was_there(held: str, status: str) -> None:
    found = attended(PLAIN, who="xx", silent=("delegate_id",), follow_ups=[contact(held)])
    assert found[0] == status


def test_a_contact_that_nobody_made_is_missing_whatever_the_matrix_says() -> None:
    other = [contact(follow_up_id="F9", response_id="R9")]
    for silent in (("delegate_id",), ("unit_id", "valid_to")):
        assert attended(PLAIN, who="pl", silent=silent, follow_ups=other)[0] == "missing"


named = st.sampled_from([None, "a", "b"])
people = st.sampled_from([None, "p", "q", "r"])
entries_of = st.builds(
    MatrixEntry,
    st.tuples(named, named, named),
    people,
    people,
    st.integers(8, 12),
    st.sampled_from([None, 9, 10]),
)
places = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["a", "b"]), named)


@given(
    entries=st.lists(entries_of, max_size=8),
    contacts=st.lists(st.tuples(places, st.sets(st.sampled_from("pqr"))), min_size=1, max_size=6),
)
@settings(max_examples=60)
def test_the_table_follows_the_law(
    entries: list[MatrixEntry], contacts: list[tuple[tuple[str, str, str | None], set[str]]]
) -> None:
    """Of one role; the others have no entry."""
    names = [f"R{n}" for n in range(len(contacts))]
    matrix = [
        {"responsibility_id": f"M{n}", "role": "client_manager", "account_id": entry.place[0],
         "unit_id": entry.place[1], "transaction_type": entry.place[2], "person_id": entry.holder,
         "delegate_id": entry.delegate, "valid_from": entry.first, "valid_to": entry.last}
        for n, entry in enumerate(entries)
    ]  # fmt: skip
    tables = World({
        "responses": [{"response_id": name, "account_id": place[0]}
                      for name, (place, _) in zip(names, contacts, strict=True)],
        "responsibilities": matrix,
        "attendance": [{"follow_up_id": name, "person_id": person}
                       for name, (_, came) in zip(names, contacts, strict=True) for person in sorted(came)],
    })  # fmt: skip
    held = pa.table(
        {
            "response_id": names,
            "contact_id": names,
            "contact_day": [10] * len(names),
            "unit_id": [place[1] for place, _ in contacts],
            "transaction_type": pa.array([place[2] for place, _ in contacts], pa.string()),
            "band": ["executive"] * len(names),
        }
    )
    facts = nw.from_native(pa.table({"response_id": names}))
    policy = context(as_of=LATER).policy
    found = with_attendance(facts, nw.from_native(held), tables, policy=policy).rows(named=True)
    gaps = {row["response_id"]: row["role_client_manager"] for row in found}
    accounts = any(entry.place[0] is not None for entry in entries)
    for name, (place, came) in zip(names, contacts, strict=True):
        assert gaps[name] == gap_one(place, 10, entries, came), (name, accounts)


SILENT = st.sets(st.sampled_from(["unit_id", "person_id", "delegate_id", "valid_to"]), min_size=1)


@given(entries=st.lists(entries_of, max_size=4), silent=SILENT, came=st.sets(st.sampled_from("pqr")))
@settings(max_examples=300)
def test_what_stands_is_so_however_the_open_cells_read(
    entries: list[MatrixEntry], silent: set[str], came: set[str]
) -> None:
    """A gap that stands is a gap in every reading; a role that nothing open touches is filled in all."""
    place = ("a", "a", "a")
    read = [blank(entry, silent) for entry in entries]
    gap = gap_one(place, 10, read, came)
    for unit in (None, "a", "b"):
        for person in (None, "p", "z"):
            for last in (None, 9, 10):
                filled = [filling(entry, silent, unit=unit, person=person, last=last) for entry in read]
                reading = gap_one(place, 10, filled, came)
                if gap and gap_stands(gap, frozenset(silent)):
                    assert reading, (gap, reading)
                if not gap and silent == {"delegate_id"}:
                    assert not reading


def blank(entry: MatrixEntry, silent: set[str]) -> MatrixEntry:
    return filling(entry, silent, unit=None, person=None, last=None)


def filling(
    entry: MatrixEntry, silent: set[str], *, unit: str | None, person: str | None, last: Any
) -> MatrixEntry:
    account, own, kind = entry.place
    return MatrixEntry(
        (account, unit if "unit_id" in silent else own, kind),
        person if "person_id" in silent else entry.holder,
        person if "delegate_id" in silent else entry.delegate,
        entry.first,
        last if "valid_to" in silent else entry.last,
    )
