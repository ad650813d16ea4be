"""What is said of channels: whether they are reached, and what customers get in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditlib.records import Refusal, Sentence
from auditlib.service_levels.reach.availability import Availability, ChannelAvailability
from auditlib.service_levels.reach.contact_counts import NO_ANSWERED, UNKNOWN, Trait
from auditlib.service_levels.reach.episodes import Episodes
from auditlib.service_levels.reach.parity import ChannelParity, Parity, Turn
from auditlib.service_levels.reach.result import ReachResult
from auditlib.service_levels.reach.same_mix import Difference, Side
from auditlib.statements import Facts, listed, say, spanned
from auditlib.time.months import month_text

TRAITS: Mapping[Trait, str] = {
    Trait.AT_ONCE: "resolved at once",
    Trait.GIVEN_UP: "given up",
    Trait.HANDED_OVER: "handed over",
    Trait.BY_CHOICE: "served in the channel asked for",
}
_NO_MATTER = (
    "Within kinds of matter channels cannot be compared: no contact says what it was about. Ask for the kind "
    "of matter of each contact: without it a channel that gets the hard ones looks worse than it is."
)
_SIDES = {Side.HIGHER: "more often", Side.LOWER: "less often"}
TURNS: Mapping[Turn, str] = {
    Turn.REVERSED: "The mix of matters turns the comparison round",
    Turn.HIDDEN: "The mix of matters hides a difference",
    Turn.EXPLAINED: "The difference goes with the mix of matters",
}


def channels_title(result: ReachResult) -> str:
    """Return what the table of channels says."""
    silent = [_named(result, name) for name in result.silent_channels]
    if silent:
        return f"Promised, and without a contact: {listed(silent)}"
    if result.unregistered:
        return f"Used, and not registered: {listed([_named(result, name) for name in result.unregistered])}"
    if result.promised and result.no_contacts is None:
        return "Contacts came by every promised channel"
    return "Channels, their contacts and their availability"


def parity_title(result: ReachResult, parity: Parity) -> str:
    """Return what a comparison of channels says."""
    whole = [_named(result, entry.channel) for entry in parity.channels if entry.whole.side in _SIDES]
    within = [
        _named(result, entry.channel)
        for entry in parity.channels
        if entry.within is not None and entry.within.side in _SIDES
    ]
    places = {"as a whole": whole, "at the same mix of matters": within}
    if whole == within:
        places = {"as a whole and at the same mix of matters": whole}
    apart = [f"{listed(names)} apart from the others {where}" for where, names in places.items() if names]
    return f"Contacts {TRAITS[parity.trait]}: {'; '.join(apart) or 'no channel is apart from the others'}"


def kinds_title(result: ReachResult) -> str:
    """Return what the table of kinds of matter says."""
    ends = result.extremes(Trait.AT_ONCE)
    if ends is None:
        return "What becomes of each kind of matter"
    if not result.extremes_differ(Trait.AT_ONCE):
        return "Resolved at once: no kind of matter differs from the others by more than chance"
    return f"Least often resolved at once: {_plain(ends[0])}; most often: {_plain(ends[1])}"


def summary(result: ReachResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what is said of all of it."""
    yield from promised(result, facts)
    yield from available(result, facts)
    yield from alike(result, facts)
    yield from matters(result, facts)


def promised(result: ReachResult, facts: Facts) -> Iterator[Sentence]:
    """Yield which channels are promised, and by which contacts came."""
    if result.no_contacts is not None:
        yield _unsaid("Contacts by channel", result.no_contacts, "contacts")
        return
    if not result.promised:
        yield say("{contacts|contact came|contacts came} by {channels}.", facts, channels=_channels(result))
        return
    yield say("{promised|channel is|channels are} promised. {silent}", facts, silent=_silent(result, facts))
    if result.unregistered:
        yield say(
            "{unregistered_contacts|contact|contacts} came by {channels}, which the registry does not name.",
            facts,
            channels=[_named(result, name) for name in result.unregistered],
        )


def _channels(result: ReachResult) -> str:
    return listed([_named(result, name) for name in result.contacts if name != UNKNOWN]) or "channels unnamed"


def _silent(result: ReachResult, facts: Facts) -> Sentence:
    if not result.silent_channels:
        return say("Contacts of the period came by each of them.", facts)
    return say(
        "No contact of the period came by {channels}.",
        facts,
        channels=[_named(result, name) for name in result.silent_channels],
    )


def _named(result: ReachResult, channel: str) -> str:
    return result.registry.words(channel)


def available(result: ReachResult, facts: Facts) -> Iterator[Sentence]:
    """Yield how much of their opening hours channels could be reached in."""
    answer = result.availability
    if isinstance(answer, Refusal):
        yield _unsaid("Availability of channels", answer, "available")
        return
    low = min(answer.channels, key=lambda entry: entry.shares[0])
    high = max(answer.channels, key=lambda entry: entry.shares[0])
    if low.lost[1] == 0:
        yield Sentence("No outage of the register fell into the opening hours of a promised channel.")
    else:
        yield _spread(result, low, high, facts)
    if answer.unentered:
        yield say("For {channels_without_outages|channel|channels} the register has no entry ({channels}): "
                  "whether {channels_without_outages~it|they} could always be reached or nobody wrote "
                  "anything down, it leaves open.", facts,
                  channels=[_named(result, name) for name in answer.unentered])  # fmt: skip
    if answer.months.partial:
        yield _entered(result, answer, facts)
    if answer.endless:
        channels = list(dict.fromkeys(_named(result, entry.channel) for entry in answer.endless))
        yield say("{endless|outage has|outages have} no end in the register and {endless~counts|count} until "
                  "the audit looks: {channels}.", facts, channels=channels)  # fmt: skip
    if answer.unregistered:
        yield say("{outages_unregistered|outage is|outages are} of channels that the registry does not name.",
                  facts)  # fmt: skip
    if answer.unplaced:
        yield say(
            "{units_unplaced|unit has|units have} no known opening hours, for the register of units names no "
            "country: {units_unplaced~it is|they are} left out.",
            facts,
        )


def _spread(
    result: ReachResult, low: ChannelAvailability, high: ChannelAvailability, facts: Facts
) -> Sentence:
    """Say which channel could be reached least and most of its opening hours."""
    if low.channel == high.channel:
        return say("{channel} could be reached in {share} of its opening hours.", facts,
                   channel=_named(result, low.channel).capitalize(), share=_range(low, facts))  # fmt: skip
    return say(
        "Of their opening hours channels could be reached from {low} ({first}) to {high} ({last}).",
        facts,
        low=_range(low, facts),
        first=_named(result, low.channel),
        high=_range(high, facts),
        last=_named(result, high.channel),
    )


def _entered(result: ReachResult, answer: Availability, facts: Facts) -> Sentence:
    """Say that the register has no entry in some months, and what becomes of availability without them."""
    entered = [entry for entry in answer.channels if entry.shares_entered is not None]
    low, high = (
        extreme(entered, key=lambda entry: (entry.shares_entered or (1.0,))[0]) for extreme in (min, max)
    )
    least, first = _range_entered(low, facts), _named(result, low.channel)
    alone = "{first} could be reached in {least} of its opening hours in these"
    spread = (
        "channels could be reached from {least} ({first}) to {most} ({last}) of their opening hours in these"
    )
    reached = (
        say(alone, facts, least=least, first=first)
        if low is high
        else say(spread, facts, least=least, first=first, most=_range_entered(high, facts),
                 last=_named(result, high.channel))
    )  # fmt: skip
    return say(
        "The register has no entry in {months_without_outages|month|months} of the period ({empty}). If it "
        "was kept in the others alone ({entered}), {reached}, and what is said of the whole period is too "
        "high. Ask whether the register was kept in every month.",
        facts,
        empty=[month_text(month) for month in answer.months.empty],
        entered=[month_text(month) for month in answer.months.entered],
        reached=reached,
    )


def _range_entered(entry: ChannelAvailability, facts: Facts) -> Sentence:
    mine, (worst, best) = facts.about(entry.channel), entry.shares_entered or entry.shares
    if worst == best:
        return say("{available_entered}", mine)
    return say("{available_entered} to {available_entered_at_most}", mine)


def _range(entry: ChannelAvailability, facts: Facts) -> Sentence:
    mine = facts.about(entry.channel)
    if entry.shares[0] == entry.shares[1]:
        return say("{available}", mine)
    return say("{available} to {available_at_most}", mine)


def alike(result: ReachResult, facts: Facts) -> Iterator[Sentence]:
    """Yield in which channels customers get something else than in the others."""
    for parity in result.parities:
        yield from _parity(result, parity, facts)
    if result.matterless == sum(result.contacts.values()) and any(
        entry.channels for entry in result.parities
    ):
        yield Sentence(_NO_MATTER, ("matterless",))
    for trait, why in result.refusals:
        if trait in (Trait.AT_ONCE, Trait.GIVEN_UP):
            yield _unsaid(f"Contacts {TRAITS[trait]}", why, str(trait))


def _parity(result: ReachResult, parity: Parity, facts: Facts) -> Iterator[Sentence]:
    about = facts.about(str(parity.trait))
    for channel, _ in parity.silent:
        yield say(
            "The log of {channel} holds nobody who gave up, in {silent|contact|contacts}: customers who "
            "leave it leave no trace, and it is compared with no other channel on that.",
            facts.about(f"{parity.trait}:{channel}"),
            channel=_named(result, channel),
        )
    if not parity.channels:
        yield Sentence(f"Contacts {TRAITS[parity.trait]}: fewer than two channels can be compared.")
        return
    apart = [entry for entry in parity.channels if entry.whole.side in _SIDES]
    words = {"trait": TRAITS[parity.trait]}
    if apart:
        phrases = [_beside(result, parity.trait, entry, facts) for entry in apart]
        yield say("As a whole, contacts are {trait} {apart}.", about, apart=phrases, **words)
    yield _rest(result, parity, facts)
    for entry in parity.channels:
        if entry.turn is not Turn.NONE and entry.within is not None:
            yield _turned(result, parity.trait, entry, entry.within, facts)


def _beside(result: ReachResult, trait: Trait, entry: ChannelParity, facts: Facts) -> Sentence:
    return say(
        "{often} by {channel} ({share}, others {others})",
        facts.about(f"{trait}:{entry.channel}"),
        often=_SIDES[entry.whole.side],
        channel=_named(result, entry.channel),
    )


def _rest(result: ReachResult, parity: Parity, facts: Facts) -> Sentence:
    """Say which channels are alike as a whole, and of which it cannot be told."""
    about = facts.about(str(parity.trait))
    phrases: list[Sentence] = []
    for side, template in (
        (Side.ALIKE, "alike, within {margin} percentage points of the others: {channels}"),
        (Side.OPEN, "not told apart from the others: {channels}"),
    ):
        names = [_named(result, entry.channel) for entry in parity.channels if entry.whole.side is side]
        if names:
            phrases.append(say(template, about, channels=names))
    start = say("{trait}, {compared|channel|channels} compared", about,
                trait=TRAITS[parity.trait].capitalize())  # fmt: skip
    if not phrases:
        return say("{start}: each differs from the others by more than chance.", about, start=start)
    return say("{start}: {phrases}.", about, start=start, phrases=_semicolons(phrases))


def _semicolons(phrases: list[Sentence]) -> Sentence:
    keys = dict.fromkeys(key for phrase in phrases for key in phrase.keys)
    return Sentence("; ".join(phrase.text for phrase in phrases), tuple(keys))


def _turned(
    result: ReachResult, trait: Trait, entry: ChannelParity, within: Difference, facts: Facts
) -> Sentence:
    """Say what becomes of a comparison within kinds of matter."""
    return say(
        "{turn}: of contacts by {channel} {share} are {trait} and of others {others}, at the same mix of "
        "matters {share_within} and {others_within}, which is {verdict}.",
        facts.about(f"{trait}:{entry.channel}"),
        turn=TURNS[entry.turn],
        channel=_named(result, entry.channel),
        trait=TRAITS[trait],
        verdict=_verdict(within),
    )


def _verdict(way: Difference) -> str:
    words = {Side.HIGHER: "more, beyond chance", Side.LOWER: "less, beyond chance", Side.ALIKE: "alike"}
    return words.get(way.side, "not told apart")


def matters(result: ReachResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what becomes of matters: resolved at once, handed over, coming back, in the channel asked for."""
    if result.no_contacts is not None:
        return
    ends = result.extremes(Trait.AT_ONCE)
    if ends is not None:
        yield say(
            "By kind of matter, from {lowest} ({first}) to {highest} ({last}) are resolved at once, which is "
            "{more} than chance explains.",
            facts,
            lowest=say("{at_once}", facts.about(ends[0])),
            first=_plain(ends[0]),
            highest=say("{at_once}", facts.about(ends[1])),
            last=_plain(ends[1]),
            more="more" if result.extremes_differ(Trait.AT_ONCE) else "no more",
        )
    for trait in (Trait.HANDED_OVER, Trait.BY_CHOICE):
        yield from _total(result, trait, facts)
    yield _coming_back(result.episodes, facts)


def _total(result: ReachResult, trait: Trait, facts: Facts) -> Iterator[Sentence]:
    grouped = result.trait(trait)
    if grouped is None:
        why = dict(result.refusals).get(trait)
        if why is not None:
            yield _unsaid(f"Contacts {TRAITS[trait]}", why, str(trait))
        return
    if not grouped.total.counted:
        yield _unsaid(f"Contacts {TRAITS[trait]}", Refusal(NO_ANSWERED), str(trait))
        return
    if grouped.total.unknown:
        yield say(
            "{share} of answered contacts of which it is known were {trait}; of {unknown} it is not, so that "
            "the share lies {ends}.",
            facts,
            share=_fact(f"{trait}", facts),
            unknown=_fact(f"{trait}_unknown|contact|contacts", facts),
            ends=spanned(_fact(f"{trait}_least", facts), _fact(f"{trait}_most", facts)),
            trait=TRAITS[trait],
        )
        return
    share = _fact(str(trait), facts)
    yield say("{share} of answered contacts were {trait}.", facts, share=share, trait=TRAITS[trait])


def _fact(placeholder: str, facts: Facts) -> Sentence:
    """Return a fact as a phrase, where its name is put together."""
    return say(f"{{{placeholder}}}", facts)


def _coming_back(answer: Episodes | Refusal, facts: Facts) -> Sentence:
    if isinstance(answer, Refusal):
        return _unsaid("Contacts needed for a matter", answer, "matters")
    return say(
        "A matter took {contacts_each} contacts on average, and {again} of {matters|matter|matters} more "
        "than a single one; a matter is over when its customer is silent for {silence_days|day|days}.",
        facts,
    )


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _unsaid(about: str, why: Refusal, key: str) -> Sentence:
    return Sentence(f"{about}: not assessable. {why.reason} {why.remedy}".strip(), (key,))


def limits(result: ReachResult, facts: Facts) -> Iterator[Sentence]:
    """Yield what cannot be said."""
    if isinstance(result.availability, Availability):
        yield Sentence(
            "Availability is what the register of outages says: what nobody wrote down lowers it nowhere. "
            "Every unit is taken to offer every promised channel in the hours of its calendar."
        )
    if result.parity(Trait.GIVEN_UP) is not None:
        yield Sentence(
            "Customers who close a chat or leave a counter often leave no event: shares given up by unlike "
            "channels are what their logs hold, and their difference may be one of logging."
        )
    if any(parity.channels for parity in result.parities):
        yield Sentence(
            "Customers choose channels: what differs between them may be the customers, also within kinds of "
            "matter."
        )
    if isinstance(result.episodes, Episodes):
        yield say(
            "{nameless|contact names|contacts name} no customer or no kind of matter and may repeat any; "
            "{going_on|matter|matters} may go on after the audit looked, and {begun_before|matter|matters} "
            "may have begun before the log: they are left out.",
            facts,
        )
    if 0 < result.matterless < sum(result.contacts.values()):
        yield say("{matterless|contact says|contacts say} not what about, and {matterless~is|are} in no "
                  "comparison within kinds of matter.", facts)  # fmt: skip
    if result.contradictory:
        yield say(
            "{contacts_contradictory|contact is|contacts are} said to be both answered and given up, and "
            "{contacts_contradictory~counts|count} as neither.",
            facts,
        )
    if result.contacts.get(UNKNOWN):
        yield say("{unnamed|contact names|contacts name} no channel.", facts)
