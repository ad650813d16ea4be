"""What to write instead of a time zone that there is not."""

from __future__ import annotations

from auditlib.parameters.shape import nearest
from auditlib.time.zones import zone_names


def zone_hint(name: str) -> str:
    """Return what to write instead of the unknown zone `name`."""
    cities = {zone.rsplit("/", 1)[-1]: zone for zone in sorted(zone_names())}
    near = nearest(name, zone_names()) or cities.get(nearest(name, cities) or "")
    return f"Did you mean {near!r}?" if near else "Write an IANA name such as Europe/Berlin."
