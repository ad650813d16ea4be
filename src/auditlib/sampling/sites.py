"""How many sites are visited, and which (A5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isqrt

from auditlib.errors import ParameterError, Problem
from auditlib.sampling.drawn import DrawnCase, shuffled
from auditlib.statements import counted


class Programme(StrEnum):
    """What the visit is for."""

    INITIAL = "initial"
    SURVEILLANCE = "surveillance"
    RECERTIFICATION = "recertification"


_FIFTHS = {Programme.INITIAL: 5, Programme.SURVEILLANCE: 3, Programme.RECERTIFICATION: 4}
_WHY_CENTRAL = "central function, always visited"
_WHY_CHOSEN = "chosen by the auditor"
_WHY_RANDOM = "drawn at random"


@dataclass(frozen=True, slots=True)
class Site:
    """A site to visit and why it is visited."""

    key: str
    why: str


def site_sample_size(sites: int, *, programme: Programme) -> int:
    """Return how many of `sites` are visited: the square root, 0.6 or 0.8 of it, rounded up.

    Parameters
    ----------
    sites
        Sites, at least 1, without the central function.

    Notes
    -----
    In whole numbers, as five times the size is at least the root of ``(fifths ** 2) * sites``: rounding
    of fractions never adds a site.
    """
    if sites < 1:
        raise ValueError("there is no site to visit")
    square = _FIFTHS[programme] ** 2 * sites
    root = isqrt(square - 1) + 1
    return -(-root // 5)


def random_share_of(size: int) -> int:
    """Return how many of `size` visited sites are drawn at random at least: a quarter, rounded up."""
    return -(-size // 4)


def draw_sites(
    sites: Collection[str],
    *,
    programme: Programme,
    seed: int,
    central: str = "",
    chosen: Collection[str] = (),
) -> tuple[Site, ...]:
    """Return the sites to visit, each with the reason.

    Parameters
    ----------
    sites
        Every site of the party.
    central
        The central function. It is always visited, in addition to the sample and not counted among the
        sites, so that a sample of one still has a site drawn at random.
    chosen
        Sites the auditor wants to see, at most three quarters of the sample; the rest is drawn.

    Raises
    ------
    ParameterError
        Where a site named is not among `sites`, or too many are chosen.
    """
    _require_known([*([central] if central else []), *chosen], sites)
    frame = [site for site in sites if site != central]
    if not frame:
        raise ParameterError(Problem("there is no site to draw from.", remedy="Take units in first."))
    wanted = [site for site in sorted(set(chosen)) if site != central]
    size = site_sample_size(len(frame), programme=programme)
    most = size - random_share_of(size)
    if len(wanted) > most:
        raise ParameterError(
            Problem(
                f"{counted(len(wanted), 'site is', 'sites are')} chosen, but "
                f"{counted(size, 'is', 'are')} visited and at least "
                f"{random_share_of(size)} of them are drawn at random.",
                remedy=f"Choose at most {most}.",
            )
        )
    candidates = shuffled(
        (site for site in frame if site not in wanted), seed=seed, purpose=f"sites/{programme.value}"
    )
    drawn = candidates[: size - len(wanted)]
    return (
        *([Site(central, _WHY_CENTRAL)] if central else []),
        *(Site(site, _WHY_CHOSEN) for site in wanted),
        *(Site(site, _WHY_RANDOM) for site in sorted(drawn)),
    )


def _require_known(chosen: Collection[str], sites: Collection[str]) -> None:
    unknown = [site for site in chosen if site not in sites]
    if unknown:
        raise ParameterError(
            *(Problem(f"there is no site {site!r} in the register of units.") for site in unknown)
        )


def site_cases(sites: Sequence[Site], names: Mapping[str, str]) -> tuple[DrawnCase, ...]:
    """Return the rows of a site form: each site with its name and the reason it is visited."""
    return tuple(DrawnCase(site.key, "", (names.get(site.key, ""), site.why)) for site in sites)
