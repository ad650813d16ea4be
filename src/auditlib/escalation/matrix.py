"""Who had to be at a contact, by the responsibility matrix valid on its local day, and who was."""

from __future__ import annotations

import narwhals as nw

from auditlib.escalation.policy import EscalationPolicy
from auditlib.escalation.sources import Frame, Tables

ANY = ""
"""How an empty unit or type of transaction of the matrix is written when it is joined."""
_LEVELS = (("unit", "type"), ("unit", ANY), (ANY, "type"), (ANY, ANY))
"""From the most specific entry to the least: the first level with a valid entry decides."""
DELEGATIONS = "delegations"
"""The table of delegates who stand in from one day to another, beside those that the matrix lists."""
ABSENT, VACANT, NO_ENTRY = "absent", "vacant", "no entry"


def with_attendance(facts: Frame, contacts: Frame, tables: Tables, *, policy: EscalationPolicy) -> Frame:
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
    needs = _needs(contacts, tables, policy=policy)
    entries = _entries(needs, tables.lazy("responsibilities"))
    present = _present(entries, tables.lazy("attendance"), _dated(entries, tables))
    codes = present.with_columns(
        *[
            nw.when(nw.col("role") == role).then(nw.col("gap_code")).alias(f"role_{role}")
            for role in roles(policy)
        ]
    )
    columns = [f"role_{role}" for role in roles(policy)]
    wide = codes.group_by("response_id").agg(*[nw.col(column).max() for column in columns])
    named = wide.select("response_id", *[_gap(column).alias(column) for column in columns])
    return facts.join(named, on="response_id", how="left")


def held() -> nw.Expr:
    """Return whether an entry of the matrix names a holder: the rule of both the duty and PE-04.

    A listed delegate stands in for a holder (E4). Beside a vacant role there is nobody to stand in for:
    a vacant role is ``wrong_party`` at a contact, and a finding on the matrix.
    """
    return ~nw.col("person_id").is_null()


def _gap(column: str) -> nw.Expr:
    """Return the word for a code: empty where the role is satisfied or not asked for."""
    gap = nw.lit("")
    for code, word in ((1, ABSENT), (2, VACANT), (3, NO_ENTRY)):
        gap = nw.when(nw.col(column) == code).then(nw.lit(word)).otherwise(gap)
    return gap


def roles(policy: EscalationPolicy) -> tuple[str, ...]:
    """Return every role some band asks for, each once."""
    return tuple(dict.fromkeys(role for band in policy.bands for role in band.attendees))


def _needs(contacts: Frame, tables: Tables, *, policy: EscalationPolicy) -> Frame:
    """Return one row per contact, required role and level of the matrix."""
    wanted = [
        (band.band, role, level)
        for band in policy.bands
        for role in band.attendees
        for level in range(len(_LEVELS))
    ]
    columns = {
        "band": [band for band, _, _ in wanted],
        "role": [role for _, role, _ in wanted],
        "level": [level for _, _, level in wanted],
    }
    rows = contacts.join(tables.lazy_of(columns), on="band", how="inner")
    by_unit = nw.col("level") <= 1
    by_type = (nw.col("level") == 0) | (nw.col("level") == 2)
    return rows.with_columns(
        nw.when(by_unit).then(nw.col("unit_id")).otherwise(nw.lit(ANY)).alias("unit_key"),
        nw.when(by_type)
        .then(nw.col("transaction_type").fill_null("?"))
        .otherwise(nw.lit(ANY))
        .alias("type_key"),
    )


def _entries(needs: Frame, responsibilities: Frame) -> Frame:
    """Return contact by role with the valid entries of the most specific level; one row without any."""
    matrix = responsibilities.select(
        nw.col("unit_id").fill_null(ANY).alias("unit_key"),
        nw.col("transaction_type").fill_null(ANY).alias("type_key"),
        "responsibility_id",
        "role",
        "person_id",
        "delegate_id",
        "valid_from",
        "valid_to",
    )
    on = ["unit_key", "type_key", "role"]
    valid = needs.join(matrix, on=on, how="inner").filter(
        nw.col("valid_from") <= nw.col("contact_day"),
        nw.col("valid_to").is_null() | (nw.col("valid_to") >= nw.col("contact_day")),
    )
    case = ["response_id", "contact_id", "role"]
    level = valid.group_by("response_id", "role").agg(nw.col("level").min().alias("best"))
    best = valid.join(level, on=["response_id", "role"], how="inner").filter(
        nw.col("level") == nw.col("best")
    )
    every = needs.filter(nw.col("level") == 0).select(case)
    holders = best.select(
        "response_id", "role", "responsibility_id", "contact_day", "person_id", "delegate_id", "best"
    )
    return every.join(holders, on=["response_id", "role"], how="left")


def _dated(entries: Frame, tables: Tables) -> Frame | None:
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
    there = attendance.select(
        nw.col("follow_up_id").alias("contact_id"), nw.col("person_id").alias("who"), nw.lit(1).alias("there")
    )
    for column, seen in (("person_id", "holder_there"), ("delegate_id", "delegate_there")):
        found = there.select("contact_id", nw.col("who").alias(column), nw.col("there").alias(seen))
        entries = entries.join(found, on=["contact_id", column], how="left")
    came = [~nw.col("holder_there").is_null(), ~nw.col("delegate_there").is_null()]
    if dated is not None:
        case = ["contact_id", "role", "responsibility_id"]
        came_instead = (
            dated.join(there, on=["contact_id", "who"], how="inner").select(*case, "there").unique()
        )
        entries = entries.join(came_instead, on=case, how="left")
        came.append(~nw.col("there").is_null())
    satisfied = held() & nw.any_horizontal(*came, ignore_nulls=False)
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
    return scored.group_by("response_id", "role").agg(nw.col("gap_code").min())
