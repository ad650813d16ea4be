"""Who had to be at a contact, by the responsibility matrix valid on its local day, and who was."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import product
from typing import NamedTuple

import narwhals as nw

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import Frame, any_row
from auditlib.escalation.policy import EscalationPolicy

ANY = ""
"""How an empty account, unit or type of transaction of the matrix is written when it is joined."""
PLACE = ("account_id", "unit_id", "transaction_type")
"""What an entry may be limited to, the most specific first."""
_LEVELS = tuple(product((True, False), repeat=len(PLACE)))
"""Which of them an entry names, from the most specific entry to the least: the first level with a valid
entry decides. An entry for the account goes before one for the unit, and that before one for the type."""
DELEGATIONS = "delegations"
"""The table of delegates who stand in from one day to another, beside those that the matrix lists."""
ABSENT, VACANT, NO_ENTRY = "absent", "vacant", "no entry"
OF_ACCOUNT = " for account "
"""Between a vacancy and the account whose own entry is vacant."""
_CODES = ((1, ABSENT), (2, VACANT), (3, NO_ENTRY))


class MatrixEntry(NamedTuple):
    """An entry of the matrix for one role: what it is limited to, who holds it, and its days."""

    place: tuple[str | None, str | None, str | None]
    holder: str | None
    delegate: str | None
    first: int
    last: int | None


def gap_one(
    place: tuple[str | None, str | None, str | None],
    day: int,
    entries: Sequence[MatrixEntry],
    present: Collection[str | None],
) -> str:
    """Return why a role is not satisfied at one contact, empty where it is: the law, case by case.

    Parameters
    ----------
    place
        Account, unit and type of transaction of the contact.
    day
        Its local day.
    entries
        All entries of the matrix for the role.
    present
        Who was there.
    """
    fitting = [
        entry
        for entry in entries
        if entry.first <= day and (entry.last is None or day <= entry.last)
        if all(part is None or part == own for part, own in zip(entry.place, place, strict=True))
    ]
    if not fitting:
        return NO_ENTRY
    best = min(tuple(part is None for part in entry.place) for entry in fitting)
    entries = [entry for entry in fitting if tuple(part is None for part in entry.place) == best]
    held_by = [entry for entry in entries if entry.holder is not None]
    if any(who is not None and who in present for entry in held_by for who in (entry.holder, entry.delegate)):
        return ""
    if held_by:
        return ABSENT
    account = entries[0].place[0]
    return VACANT if account is None else f"{VACANT}{OF_ACCOUNT}'{account}'"


def with_attendance(
    facts: Frame, contacts: Frame, tables: CanonicalTables, *, policy: EscalationPolicy
) -> Frame:
    """Add ``role_<role>`` for every role a band asks for: empty where satisfied, else why not.

    A role is satisfied by its holder, its listed delegate or a delegate of the day (`DELEGATIONS`). A vacant
    role cannot be satisfied (`held`).

    Parameters
    ----------
    facts
        One row per response.
    contacts
        One row per contact: ``response_id, contact_id, contact_day, unit_id, transaction_type, band``.
    """
    needs = _needs(_with_account(contacts, tables), tables, policy=policy)
    entries = _entries(needs, tables.lazy("responsibilities"))
    present = _present(entries, tables.lazy("attendance"), _dated(entries, tables))
    codes = present.with_columns(
        *[nw.when(nw.col("role") == role).then(_gap()).alias(f"role_{role}") for role in roles(policy)]
    )
    columns = [f"role_{role}" for role in roles(policy)]
    wide = codes.group_by("response_id").agg(*[nw.col(column).max() for column in columns])
    by_response = wide.select("response_id", *[nw.col(column).fill_null("") for column in columns])
    return facts.join(by_response, on="response_id", how="left")


def spoken(detail: str) -> str:
    """Return a detail in words; an account, which stands in quotation marks, keeps its underscores."""
    return re.sub("'[^']*'|_", lambda part: part[0] if part[0] != "_" else " ", detail)


def by_account(tables: CanonicalTables) -> bool:
    """Return whether the matrix tells accounts apart."""
    return _names(tables, "account_id")


def by_type(tables: CanonicalTables) -> bool:
    """Return whether the matrix tells types of transaction apart."""
    return _names(tables, "transaction_type")


def _names(tables: CanonicalTables, column: str) -> bool:
    if "responsibilities" not in tables.tables:
        return False
    matrix = tables.lazy("responsibilities")
    return column in matrix.collect_schema().names() and any_row(matrix.filter(~nw.col(column).is_null()))


def _with_account(contacts: Frame, tables: CanonicalTables) -> Frame:
    """Add the account of each contact's response, where the matrix tells accounts apart."""
    if not by_account(tables):
        return contacts
    accounts = tables.lazy("responses").select("response_id", "account_id")
    return contacts.join(accounts, on="response_id", how="left")


def held() -> nw.Expr:
    """Return whether an entry of the matrix names a holder: the rule of both the duty and PE-04.

    A listed delegate stands in for a holder (E4). Beside a vacant role there is nobody to stand in for:
    a vacant role is ``wrong_party`` at a contact, and a finding on the matrix.
    """
    return ~nw.col("person_id").is_null()


def _gap() -> nw.Expr:
    """Return the word for a code: empty where the role is satisfied."""
    gap = nw.lit("")
    for code, word in _CODES:
        gap = nw.when(nw.col("gap_code") == code).then(nw.lit(word)).otherwise(gap)
    of_account = (nw.col("gap_code") == 2) & (nw.col("account_key") != ANY)
    vacancy = nw.concat_str(nw.lit(f"{VACANT}{OF_ACCOUNT}'"), "account_key", nw.lit("'"))
    return nw.when(of_account).then(vacancy).otherwise(gap)


def roles(policy: EscalationPolicy) -> tuple[str, ...]:
    """Return every role some band asks for, each once."""
    return tuple(dict.fromkeys(role for band in policy.bands for role in band.attendees))


def _needs(contacts: Frame, tables: CanonicalTables, *, policy: EscalationPolicy) -> Frame:
    """Return one row per contact, required role and level of the matrix."""
    accounts = "account_id" in contacts.collect_schema().names()
    levels = [level for level, (of_account, *_) in enumerate(_LEVELS) if accounts or not of_account]
    wanted = [
        (band.band, role, level) for band in policy.bands for role in band.attendees for level in levels
    ]
    columns = {
        "band": [band for band, _, _ in wanted],
        "role": [role for _, role, _ in wanted],
        "level": [level for _, _, level in wanted],
    }
    rows = contacts.join(tables.lazy_of(columns), on="band", how="inner")
    keys = []
    for at, column in enumerate(PLACE):
        naming = [level for level in levels if _LEVELS[level][at]]
        key = nw.lit(ANY)
        if naming:
            place = nw.col(column).fill_null("?")
            key = nw.when(nw.col("level").is_in(naming)).then(place).otherwise(nw.lit(ANY))
        keys.append(key.alias(_key(column)))
    return rows.with_columns(*keys)


def _key(column: str) -> str:
    return f"{column.removesuffix('_id').removeprefix('transaction_')}_key"


def _entries(needs: Frame, responsibilities: Frame) -> Frame:
    """Return contact by role with the valid entries of the most specific level; one row without any."""
    stored = responsibilities.collect_schema().names()
    matrix = responsibilities.select(
        *[
            (nw.col(column).fill_null(ANY) if column in stored else nw.lit(ANY)).alias(_key(column))
            for column in PLACE
        ],
        "responsibility_id",
        "role",
        "person_id",
        "delegate_id",
        "valid_from",
        "valid_to",
    )
    on = [*map(_key, PLACE), "role"]
    valid = needs.join(matrix, on=on, how="inner").filter(
        nw.col("valid_from") <= nw.col("contact_day"),
        nw.col("valid_to").is_null() | (nw.col("valid_to") >= nw.col("contact_day")),
    )
    case = ["response_id", "contact_id", "role"]
    level = valid.group_by("response_id", "role").agg(nw.col("level").min().alias("best"))
    best = valid.join(level, on=["response_id", "role"], how="inner").filter(
        nw.col("level") == nw.col("best")
    )
    every = needs.filter(nw.col("level") == len(_LEVELS) - 1).select(case)
    holders = best.select(
        "response_id",
        "role",
        "account_key",
        "responsibility_id",
        "contact_day",
        "person_id",
        "delegate_id",
        "best",
    )
    return every.join(holders, on=["response_id", "role"], how="left")


def _dated(entries: Frame, tables: CanonicalTables) -> Frame | None:
    """Return who was a delegate for an entry on the day of a contact; None where there is no list."""
    if DELEGATIONS not in tables.tables:
        return None
    listed = tables.lazy(DELEGATIONS).select(
        "responsibility_id",
        nw.col("delegate_id").alias("who"),
        nw.col("valid_from").alias("begins"),
        nw.col("valid_to").alias("ends"),
    )
    joined = entries.join(listed, on="responsibility_id", how="inner")
    valid = joined.filter(
        nw.col("begins") <= nw.col("contact_day"),
        nw.col("ends").is_null() | (nw.col("ends") >= nw.col("contact_day")),
    )
    return valid.select("contact_id", "role", "responsibility_id", "who")


def _present(entries: Frame, attendance: Frame, dated: Frame | None) -> Frame:
    """Return contact by role with ``gap_code``: 0 where the holder or a delegate was there."""
    attended = attendance.select(
        nw.col("follow_up_id").alias("contact_id"), nw.col("person_id").alias("who"), nw.lit(1).alias("there")
    )
    for column, presence in (("person_id", "holder_there"), ("delegate_id", "delegate_there")):
        came = attended.select("contact_id", nw.col("who").alias(column), nw.col("there").alias(presence))
        entries = entries.join(came, on=["contact_id", column], how="left")
    present = [~nw.col("holder_there").is_null(), ~nw.col("delegate_there").is_null()]
    if dated is not None:
        case = ["contact_id", "role", "responsibility_id"]
        came_instead = (
            dated.join(attended, on=["contact_id", "who"], how="inner").select(*case, "there").unique()
        )
        entries = entries.join(came_instead, on=case, how="left")
        present.append(~nw.col("there").is_null())
    satisfied = held() & nw.any_horizontal(*present, ignore_nulls=False)
    scored = entries.with_columns(
        nw.when(satisfied)
        .then(nw.lit(0))
        .when(held())
        .then(nw.lit(1))
        .when(~nw.col("best").is_null())
        .then(nw.lit(2))
        .otherwise(nw.lit(3))
        .alias("gap_code")
    )
    # Several valid entries of one level (two holders): the kindest decides.
    return scored.group_by("response_id", "role").agg(nw.col("gap_code").min(), nw.col("account_key").max())
