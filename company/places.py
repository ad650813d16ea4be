"""Where units stand: name, country, zone, region. Fixed, so that scenarios can name units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One possible unit."""

    name: str
    country: str
    zone: str
    region: str


_BERLIN, _NEW_YORK, _CHICAGO = "Europe/Berlin", "America/New_York", "America/Chicago"
_ANGELES, _SYDNEY = "America/Los_Angeles", "Australia/Sydney"
_DACH, _WEST, _AMERICAS, _APAC = "central_europe", "western_europe", "americas", "asia_pacific"

PLACES: tuple[Place, ...] = tuple(
    Place(*row)
    for row in (
        ("Köln", "DE", _BERLIN, _DACH),
        ("London", "GB", "Europe/London", _WEST),
        ("Nordamerika Zentrale", "US", _NEW_YORK, _AMERICAS),
        ("Sydney", "AU", _SYDNEY, _APAC),
        ("München", "DE", _BERLIN, _DACH),
        ("Manchester", "GB", "Europe/London", _WEST),
        ("Chicago", "US", _CHICAGO, _AMERICAS),
        ("Singapore", "SG", "Asia/Singapore", _APAC),
        ("Zürich", "CH", "Europe/Zurich", _DACH),
        ("Dublin", "IE", "Europe/Dublin", _WEST),
        ("Los Angeles", "US", _ANGELES, _AMERICAS),
        ("Bengaluru", "IN", "Asia/Kolkata", _APAC),
        ("Wien", "AT", "Europe/Vienna", _DACH),
        ("Málaga", "ES", "Europe/Madrid", _WEST),
        ("Montréal", "CA", "America/Toronto", _AMERICAS),
        ("Tokyo", "JP", "Asia/Tokyo", _APAC),
        ("Düsseldorf", "DE", _BERLIN, _DACH),
        ("Lyon", "FR", "Europe/Paris", _WEST),
        ("São Paulo", "BR", "America/Sao_Paulo", _AMERICAS),
        ("Melbourne", "AU", "Australia/Melbourne", _APAC),
        ("Hamburg", "DE", _BERLIN, _DACH),
        ("Bristol", "GB", "Europe/London", _WEST),
        ("Dallas", "US", _CHICAGO, _AMERICAS),
        ("Hyderabad", "IN", "Asia/Kolkata", _APAC),
        ("Nürnberg", "DE", _BERLIN, _DACH),
        ("Barcelona", "ES", "Europe/Madrid", _WEST),
        ("Seattle", "US", _ANGELES, _AMERICAS),
        ("Osaka", "JP", "Asia/Tokyo", _APAC),
        ("Graz", "AT", "Europe/Vienna", _DACH),
        ("Leeds", "GB", "Europe/London", _WEST),
        ("Toronto", "CA", "America/Toronto", _AMERICAS),
        ("Auckland", "NZ", "Pacific/Auckland", _APAC),
        ("Leipzig", "DE", _BERLIN, _DACH),
        ("Bordeaux", "FR", "Europe/Paris", _WEST),
        ("Atlanta", "US", _NEW_YORK, _AMERICAS),
        ("Pune", "IN", "Asia/Kolkata", _APAC),
        ("Basel", "CH", "Europe/Zurich", _DACH),
        ("Porto", "PT", "Europe/Lisbon", _WEST),
        ("Denver", "US", "America/Denver", _AMERICAS),
        ("Brisbane", "AU", "Australia/Brisbane", _APAC),
    )
)
HEADQUARTERS, HELP_DESK = _BERLIN, _NEW_YORK

CHANNELS: dict[str, tuple[float, float]] = {
    "phone": (0.34, -0.04),
    "email": (0.20, -0.10),
    "chat": (0.15, 0.05),
    "web_form": (0.09, -0.06),
    "app": (0.08, 0.08),
    "in_person": (0.06, 0.22),
    "messenger": (0.04, 0.04),
    "social_media": (0.02, -0.22),
    "video": (0.02, 0.12),
}
"""Contact types: share of transactions, shift in latent points (case mix)."""

SEGMENTS: dict[str, tuple[float, float]] = {
    "enterprise": (0.25, -0.12),
    "business": (0.45, 0.0),
    "public_sector": (0.30, 0.10),
}
"""Customer segments: share of customers, shift in latent points (case mix)."""

TRANSACTION_TYPES: dict[str, float] = {
    "incident": 0.38,
    "service_request": 0.24,
    "order": 0.14,
    "billing": 0.12,
    "onsite_visit": 0.07,
    "advice": 0.05,
}
"""Types of transaction and their shares; relationship surveys carry the type below."""
REVIEW = "account_review"

CAUSES: dict[str, float] = {
    "slow_response": 0.22,
    "not_resolved": 0.2,
    "billing_error": 0.15,
    "wrong_information": 0.12,
    "unfriendly": 0.06,
    "late_delivery": 0.1,
    "handover": 0.09,
    "unreachable": 0.06,
}
"""Causes of dissatisfaction and their shares."""
