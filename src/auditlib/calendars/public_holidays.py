"""Public holidays by country, resolved once to plain dates and frozen into what rests on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from auditlib.errors import ParameterError, Problem


def public_holidays(country: str, *, years: Iterable[int], subdivision: str = "") -> frozenset[date]:
    """Return the public holidays of `country` in `years`, from the `holidays` library.

    Parameters
    ----------
    country
        ISO 3166 alpha-2 code.
    years
        Calendar years to resolve.
    subdivision
        State or region, as the library names it.

    Raises
    ------
    ParameterError
        For a country or subdivision the library does not know.
    """
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        near = get_close_matches(country.upper(), known, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Give the ISO 3166 alpha-2 code."
        raise ParameterError(Problem(f"no public holidays are known for country {country!r}.", remedy=hint))
    if subdivision and subdivision not in known[country]:
        raise ParameterError(
            Problem(
                f"{subdivision!r} is no subdivision of {country}.",
                remedy=f"Known are: {', '.join(known[country]) or 'none'}.",
            )
        )
    return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=list(years)))
