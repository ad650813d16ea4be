"""Why nothing can be looked for in a group of linked units: too few units, or too few months on a side."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.integrity.policy import IntegrityPolicy
from auditlib.records import Refusal
from auditlib.statements import counted

_GOES_ON = ("in this audit", "Look again later.")
_ENDED = ("before it ended", "Where pay is linked again, let the link last longer.")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to look at in a group.

    Parameters
    ----------
    linked, unlinked
        Units of the group, and units compared with.
    lying
        Whole months of the audit before the link.
    before, after
        Months that are looked at on either side; those before leave out the ones set aside.
    ended
        Whether the link ended within the audit.
    """

    linked: int
    unlinked: int
    lying: int
    before: int
    after: int
    ended: bool = False


def refusal_of(extent: Extent, policy: IntegrityPolicy) -> Refusal | None:
    """Return why nothing can be looked for; None where something can."""
    least = f"{counted(policy.least_units, 'is', 'are')} needed"
    if extent.linked < policy.least_units:
        return Refusal(
            f"{counted(extent.linked, 'unit was', 'units were')} linked together, and {least} to tell a "
            "change of the group from one unit's own course."
        )
    if extent.unlinked < policy.least_units:
        return Refusal(
            f"{_to_compare(extent.unlinked)}, and {least}.",
            "Have the next link start in some of the units only.",
        )
    return _too_few_months(extent, policy)


def _too_few_months(extent: Extent, policy: IntegrityPolicy) -> Refusal | None:
    least = f"{counted(policy.least_months, 'is', 'are')} needed."
    if extent.before < policy.least_months:
        lie = counted(extent.lying, "whole month lies", "whole months lie")
        return Refusal(
            f"{lie} before the link in this audit{_set_aside(extent)}, and {least}",
            "Ask for data from before the first month of this audit.",
        )
    if extent.after < policy.least_months:
        until, remedy = _ENDED if extent.ended else _GOES_ON
        lie = counted(extent.after, "whole month lies", "whole months lie")
        return Refusal(f"{lie} after the link {until}, and {least}", remedy)
    return None


def _set_aside(extent: Extent) -> str:
    """Say how many of the months before a link are not looked at, and why; empty where all are."""
    aside = extent.lying - extent.before
    if not aside:
        return ""
    return (
        f", of which {counted(aside, 'is', 'are')} set aside, because units may have been chosen on them "
        f"(`leave_out_months`); {counted(extent.before, 'remains', 'remain')}"
    )


def _to_compare(unlinked: int) -> str:
    if not unlinked:
        return "There is no unit without a link to compare with"
    return f"{counted(unlinked, 'unit is', 'units are')} not linked to compare with"
