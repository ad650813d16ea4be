"""Whether customers reach the party by the channels it promises, and get the same in each.

`reachable` holds contacts and outages against the registry of channels: availability in opening hours, parity
between channels within kinds of matter, hand-overs, contacts needed for a matter, the channel of choice.
"""

from auditlib.service_levels.reach.answer import ReachAnswer
from auditlib.service_levels.reach.examine import reachable
from auditlib.service_levels.reach.registry import ChannelPolicy, RegisteredChannel
from auditlib.service_levels.reach.result import ReachResult

__all__ = ["ChannelPolicy", "ReachAnswer", "ReachResult", "RegisteredChannel", "reachable"]
