"""Names of time zones, from the packaged tz database, so that every machine knows the same ones."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from auditlib.parameters.shape import nearest


@cache
def zone_names() -> frozenset[str]:
    """Return every name of the packaged IANA database."""
    return frozenset(files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def zone_known(name: str) -> bool:
    """Return whether `name` is an IANA time zone."""
    return name in zone_names()


def zone_hint(name: str) -> str:
    """Return what to write instead of the unknown zone `name`."""
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in sorted(zone_names())}
    near = nearest(name, zone_names()) or cities.get(nearest(name, cities) or "")
    return f"Did you mean {near!r}?" if near else "Write an IANA name such as Europe/Berlin."
