"""First-contact resolution as a rule: what it goes by, and what it says of the contacts of one customer.

Gross = resolved at first contact / all first contacts; net leaves out those that the first level cannot
resolve (MetricNet). Windows of 1 to 30 days are in use, so that several stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditlib.time.epoch import DAY

WINDOWS = (1, 3, 7, 14, 30)
"""Days without another contact after which a matter counts as resolved, as they are in use."""


@dataclass(frozen=True, slots=True)
class RepeatRule:
    """What counts as the same matter coming back.

    Parameters
    ----------
    windows
        Days of silence that end a matter, ascending; each has first contacts of its own.
    days
        The window whose cases and groups are shown.
    from_end
        Whether a window runs from the end of a contact; otherwise from its offer.
    inclusive
        Whether a contact offered when the window ends to the microsecond is still a repeat.
    abandoned_count
        Whether contacts that were never answered count: as repeats, and as first contacts not resolved.
    """

    windows: tuple[int, ...] = WINDOWS
    days: int = 7
    from_end: bool = True
    inclusive: bool = True
    abandoned_count: bool = True

    @property
    def every_window(self) -> tuple[int, ...]:
        """All windows, the one that is shown in detail included."""
        return tuple(sorted({*self.windows, self.days}))

    def reach(self, days: int) -> int:
        """Return the longest silence, in microseconds, after which a contact is still a repeat."""
        return days * DAY - (0 if self.inclusive else 1)


@dataclass(frozen=True, slots=True)
class CustomerContact:
    """A contact of one customer, in microseconds; one never answered was given up.

    Where it is said to be both, whether it was answered is None.
    """

    matter: str
    offered: int
    ended: int
    answered: bool | None = True


@dataclass(frozen=True, slots=True)
class FirstOfMatter:
    """What became of the first contact of a matter.

    Parameters
    ----------
    returned
        Whether the customer came back with the matter within the window.
    over
        Whether the window was over when the evidence ends; otherwise it is censored.
    resolved
        Whether it was answered and the customer did not come back; None where nobody knows.
    """

    returned: bool
    over: bool
    resolved: bool | None


def first_contacts_one(
    contacts: Sequence[CustomerContact], *, days: int, until: int, rule: RepeatRule
) -> tuple[FirstOfMatter | None, ...]:
    """Return what became of each contact of one customer; None for one that goes on with its matter.

    The scalar reference of `matters.with_silences` and `windows.parts`.

    Parameters
    ----------
    contacts
        In the order of their offers.
    until
        Last instant of the evidence.
    """
    return tuple(
        _first_one(contact, contacts[:place], contacts[place + 1 :], rule=rule, days=days, until=until)
        for place, contact in enumerate(contacts)
    )


def _first_one(
    contact: CustomerContact,
    before: Sequence[CustomerContact],
    after: Sequence[CustomerContact],
    *,
    rule: RepeatRule,
    days: int,
    until: int,
) -> FirstOfMatter | None:
    if not (contact.answered or rule.abandoned_count):
        return None
    reach = rule.reach(days)
    earlier, later = (_of_matter(contact, part, rule) for part in (before, after))
    if any(contact.offered - _start(past, rule) <= reach for past in earlier):
        return None
    returned = any(next_one.offered - _start(contact, rule) <= reach for next_one in later)
    over = _start(contact, rule) + reach <= until
    return FirstOfMatter(returned, over, False if returned else contact.answered)


def _of_matter(
    contact: CustomerContact, contacts: Sequence[CustomerContact], rule: RepeatRule
) -> list[CustomerContact]:
    counting = (entry for entry in contacts if entry.answered or rule.abandoned_count)
    return [entry for entry in counting if entry.matter == contact.matter]


def _start(contact: CustomerContact, rule: RepeatRule) -> int:
    return contact.ended if rule.from_end else contact.offered
