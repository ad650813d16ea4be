"""The registry of channels as data: in which customers may reach the party, and when each is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from auditlib.parameters.policy import Policy, policy_named
from auditlib.parameters.run import EditionYear, Run
from auditlib.parameters.schema import file_schema
from auditlib.parameters.strict_model import Name, Strict

STEM = "channels"
"""What the name of the policy begins with."""


class RegisteredChannel(Strict):
    """A channel that is promised to customers."""

    title: str = Field(min_length=1, description="What the report calls it.")
    calendar: str = Field(min_length=1, description="File of params/calendars with its opening hours.")
    live: bool = Field(description="Whether somebody answers while the customer waits.")
    can_leave: bool = Field(description="Whether a customer can give up while waiting.")


class ChannelPolicy(Policy):
    """The channels that are promised, and from when on they are said to differ."""

    policy: Literal["channels"] = "channels"
    edition: EditionYear = "2025"
    title: str = "Channels in which customers reach the party"
    source: str = ""
    alike_within: float = Field(
        0.05, gt=0, lt=1, description="Channels are alike where their shares certainly differ by less."
    )
    silence_days: int = Field(
        30, ge=1, description="Days without a contact after which a matter of a customer is over."
    )
    channels: dict[Name, RegisteredChannel] = Field(
        default_factory=dict, description="Each channel as contacts name it."
    )

    def words(self, channel: str) -> str:
        """Return what the report calls a channel; one that is not registered by its code."""
        entry = self.channels.get(channel)
        return channel.replace("_", " ") if entry is None else entry.title

    def can_leave(self, channel: str) -> bool:
        """Return whether customers are known to be able to give up in a channel."""
        entry = self.channels.get(channel)
        return entry is not None and entry.can_leave


def registry_of(run: Run, texts: Mapping[str, str]) -> ChannelPolicy:
    """Return the registry the run names; where it names none, one without a channel."""
    return policy_named(STEM, ChannelPolicy, run, texts) or ChannelPolicy()


def channels_schema() -> dict[str, Any]:
    """Return the JSON Schema of the registry of channels, for editors."""
    return file_schema(ChannelPolicy, title="The registry of channels")
