"""An effect that no test can be believed for: its size is stated nowhere, because it would be read as one."""

from __future__ import annotations

from dataclasses import replace

from auditlib.compensation.result import UNSIZED, RoleEffect
from auditlib.records import Refusal


def sized_if_tested(effect: RoleEffect) -> RoleEffect:
    """Return `effect`; where it cannot be tested, without every size that would be read as that of an effect.

    What the procedure finds where there is nothing, what units did before and what one to three linked units
    show against weighted ones stay: none of them is the effect.
    """
    method = effect.inference.method
    if not isinstance(method, Refusal):
        return effect
    why = Refusal(UNSIZED, method.remedy)
    return replace(
        effect,
        per_tenth=why,
        per_tenth_linked=why,
        same_mix=why,
        events=why,
        long_differences=why,
        cohorts=why,
        mixture=why,
        sensitivity=why,
        unalarmed=why,
    )
