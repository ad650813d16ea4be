"""Findings on channels: promised and never used, unregistered, silent logs, outages without an end."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.records import CaseReference, Finding, Grade
from auditlib.service_levels.reach.availability import TABLE, Availability
from auditlib.service_levels.reach.contact_counts import Trait
from auditlib.service_levels.reach.result import ReachResult
from auditlib.statements import counted, listed

_DEMAND = "D4: customers reach the party by the channels it promises"


def findings_of(result: ReachResult) -> tuple[Finding, ...]:
    """Return what is wrong with the channels or with what is written down of them."""
    return (*_unused(result), *_unregistered(result), *_silent(result), *_endless(result))


def _unused(result: ReachResult) -> Iterator[Finding]:
    for channel in result.silent_channels:
        name = result.registry.words(channel)
        yield Finding(
            criterion=_DEMAND,
            condition=f"No contact of the period came by {name}, which is promised.",
            cause="The channel is not offered any more, or its contacts are in no log that was handed over.",
            effect="Customers are promised what they do not get, or what they get is audited by nobody.",
            recommendation=f"Hand over the log of {name}, or take it out of the promise.",
            grade=Grade.MINOR,
            subject=f"channel:{channel}",
            evidence=(f"contacts:{channel}",),
            headline=f"{name.capitalize()} is promised, and no contact came by it",
        )


def _unregistered(result: ReachResult) -> Iterator[Finding]:
    for channel, contacts in result.unregistered.items():
        name = result.registry.words(channel)
        yield Finding(
            criterion=_DEMAND,
            condition=f"{counted(contacts, 'contact')} came by {name}, which the registry of channels "
            "does not name.",
            cause="The registry is not kept up with what customers use.",
            effect="No hours, no limit and no owner are declared for what customers use.",
            recommendation=f"Enter {name} in the registry with its hours, or say which channel it is.",
            grade=Grade.OPPORTUNITY,
            subject=f"unregistered:{channel}",
            evidence=(f"contacts:{channel}",),
        )


def _silent(result: ReachResult) -> Iterator[Finding]:
    parity = result.parity(Trait.GIVEN_UP)
    for channel, contacts in parity.silent if parity is not None else ():
        name = result.registry.words(channel)
        yield Finding(
            criterion="D4: channels are compared on what their logs can hold",
            condition=f"The log of {name} holds nobody who gave up, in {counted(contacts, 'contact')}.",
            cause="Who leaves while waiting is not recorded, as far as the evidence shows.",
            effect="A share given up of nought is reported where nobody looked, and the channel seems better "
            "than others.",
            recommendation=f"Record in {name} when a customer leaves before an answer.",
            grade=Grade.MINOR,
            subject=f"silent:{channel}",
            evidence=(f"silent:{Trait.GIVEN_UP}:{channel}",),
            headline=f"The log of {name} records nobody who gave up",
        )


def _endless(result: ReachResult) -> Iterator[Finding]:
    answer = result.availability
    if not isinstance(answer, Availability) or not answer.endless:
        return
    number = len(answer.endless)
    channels = dict.fromkeys(result.registry.words(entry.channel) for entry in answer.endless)
    yield Finding(
        criterion="D4: availability is measured from what is written down of outages",
        condition=f"{counted(number, 'outage')} of {listed(list(channels))} "
        f"{'has' if number == 1 else 'have'} no end in the register.",
        cause="Its end was not written down, or it lasts.",
        effect="Availability is counted as lost until the audit looked, and may be better than is said.",
        recommendation="Write down when each outage was over.",
        grade=Grade.MINOR,
        subject="outages:endless",
        evidence=("endless",),
        cases=tuple(
            CaseReference(TABLE, entry.outage_id, entry.unit_id, f"{entry.channel}: no end")
            for entry in answer.endless
        ),
        headline=f"{counted(number, 'outage')} without an end",
    )
