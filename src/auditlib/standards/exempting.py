"""Facts for which a criterion is not applicable, each looked for in the evidence.

A party sets nothing aside by saying so. Its profile names a fact of this closed list, and the criterion is
left out only where the evidence shows that fact for what the criterion asks about: its channel, its severity.

Conventions
-----------
- What is not there shows nothing: a table that the evidence lacks, or that holds no row where there have to
  be some, leaves the fact open.
- A row that does not say (no channel, no flag, no day) could be a case, and so could rows in quarantine
  where they are more than the run allows, or are all that one file held: the fact is then not shown.
- A register that was supplied without a row is empty because the profile, which names the fact, says so.
- Whatever else in the evidence speaks of such a case contradicts the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import rows_in
from auditlib.records import Criterion
from auditlib.standards.measure import Context, Tables
from auditlib.standards.observed import counts_by, known
from auditlib.standards.supplied import set_aside
from auditlib.time.epoch import day_number

if TYPE_CHECKING:
    import narwhals as nw


class Fact(StrEnum):
    """What there may be none of; a profile gives it as ``because:``."""

    NO_CONTACTS_IN_CHANNEL = "no_contacts_in_channel"
    NO_COMPLAINTS_OF_SEVERITY = "no_complaints_of_severity"
    NO_KEY_ACCOUNTS = "no_key_accounts"
    NO_COMMITMENTS = "no_commitments"
    NO_REWARDS = "no_rewards"
    NO_PAY_LINKS = "no_pay_links"


@dataclass(frozen=True, slots=True)
class Seen:
    """Whether the evidence shows a fact, and the words for it."""

    shown: bool
    words: str


Looking = Callable[[Tables, Context, str], Seen]
"""Tables, context and what the criterion asks about (its channel, its severity) to what is seen."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where a fact may be named, and how it is looked for.

    Parameters
    ----------
    metrics
        Metrics that have no case where the fact holds.
    of
        Option of the criterion that the fact is about; empty where it is about the whole metric.
    needs
        Tables without which nothing is shown.
    look
        See `Looking`.
    """

    metrics: tuple[str, ...]
    of: str
    needs: tuple[str, ...]
    look: Looking


def fits(fact: Fact, criterion: Criterion) -> bool:
    """Return whether `fact` leaves `criterion` without a case."""
    rule = _RULES[fact]
    return criterion.metric in rule.metrics and (not rule.of or bool(criterion.options.get(rule.of)))


def fitting(criterion: Criterion) -> tuple[Fact, ...]:
    """Return the facts that may be named for `criterion`; mostly none."""
    return tuple(fact for fact in Fact if fits(fact, criterion))


def look_for(fact: Fact, criterion: Criterion, tables: Tables, context: Context) -> Seen:
    """Return whether the evidence shows `fact` for what `criterion` asks about."""
    rule = _RULES[fact]
    absent = [name for name in rule.needs if name not in tables.tables]
    if absent:
        return Seen(False, f"the evidence has no {' and no '.join(absent)}")
    for name in rule.needs:
        if _set_aside(name, tables) > context.run.thresholds.quarantine_share:
            return Seen(False, f"too many rows of {name} are in quarantine")
        for reason in set_aside(name, tables, context.run, criterion.options):
            return Seen(False, reason)
    return rule.look(tables, context, str(criterion.options.get(rule.of, "")))


def _no_contacts(tables: Tables, _context: Context, channel: str) -> Seen:
    contacts = counts_by(_of_period(tables, "interactions"), "channel")
    if not contacts:
        return Seen(False, "the evidence has no contact of the period in any channel")
    if (None,) in contacts:
        return Seen(False, "there are contacts of the period that do not say their channel")
    for name, table in _channels(tables):
        if channel.casefold() in name.casefold():
            return Seen(False, f"{table} of the period name the channel {name}")
    seen = ", ".join(sorted(str(name) for (name,) in contacts))
    return Seen(True, f"the contacts of the period came by {seen}, none by {channel}")


def _channels(tables: Tables) -> Iterator[tuple[str, str]]:
    """Yield every channel that a row of the period names, with its table."""
    for table in ("interactions", "invitations", "responses", "complaints"):
        if table in tables.tables and "channel" in tables.lazy(table).collect_schema().names():
            named = counts_by(_of_period(tables, table), "channel")
            yield from ((name, table) for (name,) in named if name is not None)


def _no_complaints(tables: Tables, _context: Context, severity: str) -> Seen:
    complaints = counts_by(_of_period(tables, "complaints"), "severity")
    if not complaints:
        return Seen(False, "the evidence has no complaint of the period of any severity")
    if (None,) in complaints:
        return Seen(False, "there are complaints of the period that do not say their severity")
    if any(str(name).casefold() == severity.casefold() for (name,) in complaints):
        return Seen(False, f"there are complaints of the severity {severity} in the period")
    seen = ", ".join(sorted(str(name) for (name,) in complaints))
    return Seen(True, f"the complaints of the period are of the severity {seen}, none is {severity}")


def _no_key_accounts(tables: Tables, _context: Context, _of: str) -> Seen:
    import narwhals as nw

    flag = nw.col("key_account")
    accounts = known(tables.lazy("accounts"), flag)
    if not accounts.n + accounts.unknown:
        return Seen(False, "the register of accounts is empty")
    if accounts.meeting:
        return Seen(False, "the register of accounts names key accounts")
    if accounts.unknown:
        return Seen(False, "there are accounts of which the register does not say whether they are key")
    return Seen(True, "the register of accounts says of each that it is no key account")


def _no_commitments(tables: Tables, context: Context, _of: str) -> Seen:
    import narwhals as nw

    if rows_in(tables.lazy("commitments")):
        return Seen(False, "the register of commitments is not empty")
    period = context.run.period
    held = nw.col("held_on")
    inside = (held >= day_number(period.start)) & (held <= day_number(period.end))
    if not known(tables.lazy("visits"), inside).meeting:
        return Seen(False, "no visit was held in the period, at which something could have been promised")
    return Seen(True, "visits were held in the period, and the register of commitments is empty")


def _no_rewards(tables: Tables, _context: Context, _of: str) -> Seen:
    if rows_in(tables.lazy("rewards")):
        return Seen(False, "the register of rewards is not empty")
    return Seen(True, "the register of rewards is empty")


def _no_pay_links(tables: Tables, context: Context, _of: str) -> Seen:
    import narwhals as nw

    first, last = (day_number(day) for day in (context.run.period.start, context.run.period.end))
    ends = nw.col("ends_on")
    running = (nw.col("starts_on") <= last) & (ends.is_null() | (ends >= first)) & (nw.col("weight") > 0)
    links = known(tables.lazy("pay_links"), running)
    if links.meeting:
        return Seen(False, "the register of pay links has links that ran in the period")
    if links.unknown:
        return Seen(False, "there are pay links of which the register does not say whether they ran")
    return Seen(True, "the register of pay links has none that ran in the period")


def _of_period(tables: Tables, table: str) -> nw.LazyFrame[Any]:
    import narwhals as nw

    return tables.lazy(table).filter(nw.col("in_period"))


def _set_aside(table: str, tables: Tables) -> float:
    """Return the share of the rows of `table` in quarantine; 0 where no source was read."""
    totals = [total for total in tables.totals if total.table == table]
    rows = sum(total.rows_judged for total in totals)
    return sum(total.rows_quarantined for total in totals) / rows if rows else 0.0


_RULES: Mapping[Fact, _Rule] = MappingProxyType(
    {
        Fact.NO_CONTACTS_IN_CHANNEL: _Rule(
            ("answered_within", "abandoned", "wait_quantile"), "channel", ("interactions",), _no_contacts
        ),
        Fact.NO_COMPLAINTS_OF_SEVERITY: _Rule(
            ("complaints_resolved",), "severity", ("complaints",), _no_complaints
        ),
        Fact.NO_KEY_ACCOUNTS: _Rule(("key_accounts_visited",), "", ("accounts",), _no_key_accounts),
        Fact.NO_COMMITMENTS: _Rule(("commitments_kept",), "", ("visits", "commitments"), _no_commitments),
        Fact.NO_REWARDS: _Rule(("reward_gap",), "", ("responses", "rewards"), _no_rewards),
        Fact.NO_PAY_LINKS: _Rule(
            ("pay_metric_audited", "pay_weight_largest", "pay_link_responses"),
            "",
            ("pay_links",),
            _no_pay_links,
        ),
    }
)
