"""Channels as they are said."""

from __future__ import annotations


def spoken(channel: str) -> str:
    """Return a channel as it is said: ``web_form`` is a web form."""
    return channel.replace("_", " ")


def by(channel: str) -> str:
    """Return how contacts come through a channel: ``by phone``, ``in person``."""
    words = spoken(channel)
    return words if words.startswith("in ") else f"by {words}"
