"""The questions of a survey as the description of evidence keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from auditlib.records import Instrument, Item, Scale


def described_items(instrument: Instrument) -> dict[str, Any]:
    """Return the questions of an instrument as plain JSON values."""
    return {
        item.item: {"wording": item.wording, "scale": asdict(item.scale), "headline": item.headline}
        for item in instrument.items
    }


def instrument_of(survey_type: str, items: Mapping[str, Any]) -> Instrument:
    """Return the instrument whose questions were described as `items`."""
    questions = tuple(
        Item(name, item["wording"], _scale(item["scale"]), item["headline"]) for name, item in items.items()
    )
    return Instrument(survey_type, questions)


def _scale(described: Mapping[str, Any]) -> Scale:
    return Scale(**{**described, "not_applicable": tuple(described["not_applicable"])})
