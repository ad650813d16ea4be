"""Public holidays by country, resolved once to plain dates and frozen into what rests on them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import named


def public_holidays(country: str, *, years: Iterable[int], subdivision: str = "") -> frozenset[date]:
    """Return the public holidays of `country` in `years`, from the `holidays` library.

    Parameters
    ----------
    country
        ISO 3166 alpha-2 code.
    years
        Calendar years to resolve.
    subdivision
        State or region, as the library names it or as ISO 3166-2 does: ``BY`` or ``DE-BY``.

    Raises
    ------
    ParameterError
        For a country or subdivision the library does not know.
    """
    import holidays

    subdivisions(country)  # refuses a country that is not known
    area = subdivision_of(country, subdivision) if subdivision else None
    return frozenset(holidays.country_holidays(country, subdiv=area, years=list(years)))


def subdivisions(country: str) -> tuple[str, ...]:
    """Return the subdivisions of `country` that have holidays of their own, as the library names them.

    Raises
    ------
    ParameterError
        For a country the library does not know.
    """
    import holidays

    known = holidays.list_supported_countries()
    if country not in known:
        near = get_close_matches(country.upper(), known, n=1)
        hint = f"Did you mean {named(near[0])}?" if near else "Give the ISO 3166 alpha-2 code."
        raise ParameterError(
            Problem(f"no public holidays are known for country {named(country)}.", remedy=hint)
        )
    return tuple(known[country])


def subdivision_of(country: str, code: str) -> str:
    """Return the subdivision that `code` means, with or without the prefix of its country.

    Raises
    ------
    ParameterError
        Where the library knows no holidays of it; the error names those it knows.
    """
    known = subdivisions(country)
    bare = code.removeprefix(f"{country}-")
    if bare in known:
        return bare
    raise ParameterError(
        Problem(
            f"{named(code)} is no subdivision of {country} with holidays of its own.",
            remedy=f"Known are: {', '.join(known) or 'none'}. Leave it empty where the holidays of the "
            "whole country hold.",
        )
    )
