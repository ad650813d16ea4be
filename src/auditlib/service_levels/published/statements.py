"""What gives the figures that the party published, and what was restated, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditlib.records import Sentence
from auditlib.service_levels.published.changed_definition import ChangedDefinition, ChangedLimit
from auditlib.service_levels.published.earlier_exports import UNDATED
from auditlib.service_levels.published.facts import series
from auditlib.service_levels.published.matching import GivenBy, MatchedShare, same_way
from auditlib.service_levels.published.quarantined_counts import DoubtedCounts
from auditlib.service_levels.published.restated import ExportedShare, RestatedCounts, RestatedShare
from auditlib.service_levels.published.result import PublishedAgainstEvidence
from auditlib.service_levels.published.words import about, way_text, ways_text, when
from auditlib.service_levels.variants import VariantShare
from auditlib.statements import Facts, joined, say
from auditlib.time.epoch import date_of

MOST_NAMED = 4
"""Figures that the summary tells one by one; all stand in the table."""
_OUTCOMES = {
    GivenBy.BY_CLAIM: "{figures:by_claim} {figures:by_claim~is|are} given by the definition claimed",
    GivenBy.BY_FORM: "{figures:by_form} {figures:by_form~names|name} no definition and "
    "{figures:by_form~is|are} given by the form of the standard",
    GivenBy.BY_EARLIER: "{figures:by_earlier} {figures:by_earlier~is|are} given by an earlier export "
    "of the same counts",
    GivenBy.OTHERWISE: "{figures:otherwise} by another way of counting alone",
    GivenBy.PERHAPS: "{figures:perhaps} may be given by one of which the evidence tells bounds alone",
    GivenBy.BY_NONE: "{figures:by_none} by none that is in use",
    GivenBy.OPEN: "{figures:open} cannot be held against the evidence",
}
_TOLD = (GivenBy.BY_EARLIER, GivenBy.OTHERWISE, GivenBy.BY_NONE)
"""Outcomes that the summary tells figure by figure."""
_COLUMNS = {
    "offered": "offered",
    "answered": "answered",
    "answered_in_time": "answered in time",
    "answered_late": "answered late",
    "abandoned": "given up",
    "abandoned_in_time": "given up in time",
    "abandoned_short": "given up after a short wait",
    "flowed_out": "passed on",
    "waiting": "waiting",
    "handle_seconds": "seconds of handling",
}
_BECAME = {"answered_within": "answered in time", "abandoned": "given up"}
_LIMITS = {"within_seconds": "limit of 'in time'", "short_seconds": "limit of a short wait"}


def summary(result: PublishedAgainstEvidence, facts: Facts) -> Iterator[Sentence]:
    """Yield what gives the published figures, what was restated, and where a definition changed."""
    if result.figures:
        yield _outcomes(result, facts)
    notable = [entry for entry in result.figures if _notable(entry)]
    for entry in sorted(notable, key=_least_grave)[:MOST_NAMED]:
        yield condition(entry, facts)
    for restated in result.restated:
        yield restated_figure(restated, facts)
    for change in result.changed:
        yield changed_definition(change, facts)
    for counts in result.exports:
        yield exports(counts, facts)
    for limit in result.changed_limits:
        yield changed_limit(limit, facts)
    for doubted in result.doubted:
        yield doubted_counts(doubted, facts)


def _least_grave(entry: MatchedShare) -> tuple[bool, bool]:
    return not entry.turns_verdict, entry.given is GivenBy.BY_EARLIER


def _notable(entry: MatchedShare) -> bool:
    doubtful = entry.given is GivenBy.PERHAPS and (entry.flatters_by > 0 or entry.asks_nearly_all)
    return entry.turns_verdict or doubtful or entry.given in _TOLD


def _outcomes(result: PublishedAgainstEvidence, facts: Facts) -> Sentence:
    parts = [say(text, facts) for given, text in _OUTCOMES.items() if result.outcomes[given]]
    counted = say("{published_figures|published figure|published figures}", facts)
    return say("Of {counted}, {parts}.", facts, counted=counted, parts=joined(parts, "; "))


def condition(entry: MatchedShare, facts: Facts) -> Sentence:
    """Return what gives one figure, and how it lies beside the form of the standard."""
    numbers, figure = facts.about(str(entry.figure.number)), entry.figure
    said = f" as {figure.definition}" if figure.definition else ""
    start = say("Published for {what}{said}: {published}", numbers, what=about(figure), said=said)
    return say("{start}. {gives}{asks}{beside}", numbers, start=start, gives=_gives(entry, numbers),
               asks=_asks(entry, numbers), beside=_beside(entry, numbers))  # fmt: skip


def _gives(entry: MatchedShare, facts: Facts) -> Sentence:
    if entry.earlier is None:
        return _gives_by_export(entry, facts)
    if entry.given is GivenBy.BY_EARLIER:
        by = "the definition claimed" if entry.claim_stands else "the form of the standard"
        gives = Sentence(f"{_export(entry.earlier.day)} gives it by {by}")
    else:
        gives = say("By {export}: {gives}", facts, export=_export(entry.earlier.day).lower(),
                    gives=_gives_by_export(entry, facts))  # fmt: skip
    latest = say(" {export} makes it {ends}.", facts, export=_export(entry.earlier.latest),
                 ends=_ends(entry.later, facts, "later"))  # fmt: skip
    return say("{gives}.{latest}", facts, gives=Sentence(gives.text.removesuffix("."), gives.keys),
               latest=latest if entry.later is not None else "")  # fmt: skip


def _export(day: int) -> str:
    return "The export that says no day" if day == UNDATED else f"The export of {date_of(day)}"


def _gives_by_export(entry: MatchedShare, facts: Facts) -> Sentence:
    if entry.given is GivenBy.BY_NONE:
        return say(
            "None of {ways|way|ways} of counting gives it; the nearest gives {ends} ({how}), {distance} "
            "percentage points away.",
            facts,
            ends=_ends(entry.nearest, facts, "nearest"),
            how=_way_words(entry.nearest, facts, "nearest"),
        )
    many = len(entry.giving) or len(entry.possible)
    verb = "give" if many > 1 else "gives"
    may = verb if entry.giving else "may give"
    key = "giving" if entry.giving else "possible"
    shares = entry.giving or entry.possible
    keys = tuple(facts[f"way_{place}"].key for place in range(1, many + 1))
    ways = Sentence(ways_text([share.variant for share in shares]), keys)
    claim = _claim(entry, facts)
    return say(f"Of {{ways|way|ways}} of counting {{{key}}} {may} it: {{names}}.{{claim}}", facts, names=ways,
               claim=claim)  # fmt: skip


def _claim(entry: MatchedShare, facts: Facts) -> Sentence | str:
    if entry.claim_stands or entry.claimed is None:
        return ""
    return say(" The definition claimed gives {ends}.", facts, ends=_ends(entry.claimed, facts, "claim"))


def _asks(entry: MatchedShare, facts: Facts) -> Sentence | str:
    """Say what a figure hangs on, where nearly all contacts in doubt must have gone the better way."""
    way = entry.least_asking
    if way is None or not entry.asks_nearly_all:
        return ""
    return say(
        " It holds only if nearly all that the evidence leaves open ({open|contact|contacts}) went the "
        "better way: {how} gives {ends}, and it lies {asks} of the way to the better end.",
        facts,
        how=_way_words(way, facts, "asking"),
        ends=_ends(way, facts, "asking"),
    )


def _ends(way: VariantShare | None, facts: Facts, key: str) -> Sentence:
    """Return what a way gives: its share, or both ends where the evidence tells bounds alone."""
    exact = way is None or way.exact
    return say(f"{{{key}}}" if exact else f"{{{key}}} to {{most_{key}}}", facts)


def _way_words(way: VariantShare | None, facts: Facts, key: str) -> Sentence:
    """Return how a way counts, with the key of its number, whose reason is its title."""
    return Sentence("" if way is None else way_text(way.variant), (facts[key].key,))


def _beside(entry: MatchedShare, facts: Facts) -> Sentence | str:
    """Say how much better a figure is than the form of the standard, where it is."""
    if not entry.flatters_by or entry.form is None:
        return ""
    best = "" if entry.form.exact else " at best"
    flatters = say(
        " It is {flatters_by} percentage points better than the form of the standard{best}, {ends} ({how})",
        facts,
        best=best,
        ends=_ends(entry.form, facts, "form"),
        how=_way_words(entry.form, facts, "form"),
    )
    if not entry.turns_verdict:
        return say("{flatters}.", facts, flatters=flatters)
    return say("{flatters}: it reaches the {demanded} demanded, and that does not.", facts, flatters=flatters)


def restated_figure(restated: RestatedShare, facts: Facts) -> Sentence:
    """Return what was published twice, with other values."""
    days = [figure.published_on for figure in (restated.before, restated.after)]
    dates = "" if None in days else f" (on {days[0]} and on {days[1]})"
    return say(
        "Published twice{dates} for {what}: {published_before}, then {published}.",
        facts.about(str(restated.after.number)),
        dates=dates,
        what=about(restated.after),
    )


def changed_definition(change: ChangedDefinition, facts: Facts) -> Sentence:
    """Return from which month on another way of counting gives a series of figures."""
    first, latest = (change.figures[place].figure for place in (change.change, change.latest))
    start = when(first).removeprefix("in ")
    since = start if first is latest else f"{start} or later, by {when(latest).removeprefix('in ')},"
    return say(
        "The monthly figures for {what} are given by no way of counting throughout: the first by {before}, "
        "those from {since} on by {after} ({months|month|months}).",
        facts.about(series(change)),
        what=about(change.figures[0].figure).removesuffix(f" {when(change.figures[0].figure)}"),
        before=_first_way(change, facts, 0),
        since=since,
        after=_first_way(change, facts, -1),
    )


def _first_way(change: ChangedDefinition, facts: Facts, place: int) -> Sentence:
    """Return a way behind one side, as the figure at its end is given by it; the standard's form first."""
    entry, variants = change.figures[place], change.before if place == 0 else change.after
    own = facts.about(str(entry.figure.number))
    for number, way in sorted(enumerate(entry.giving, start=1), key=lambda each: each[1] != entry.form):
        if any(same_way(way.variant, variant) for variant in variants):
            return _way_words(way, own, f"way_{number}")
    return Sentence(variants[0].name)


def exports(counts: RestatedCounts, facts: Facts) -> Sentence:
    """Return what another export says of the same intervals."""
    numbers = facts.about(counts.channel)
    start = say("{exported_twice|interval|intervals} of {channel} ~ exported on more than one day", numbers,
                channel=counts.channel)  # fmt: skip
    verb = "was" if counts.exported_twice == 1 else "were"
    start = Sentence(start.text.replace("~", verb), start.keys)
    late = say(" {late_arrivals} of them grew by late arrivals alone.", numbers) if counts.late else ""
    if not counts.changed:
        return say("{start}; none changes the past.{late}", numbers, start=start, late=late)
    columns = joined(
        [say(f"{_COLUMNS[name]} in {{restated_{name}}}", numbers) for name, _ in counts.columns], ", "
    )
    return say("{start}, and {restated} of them say otherwise than before: {columns}.{late}{shares}", numbers,
               start=start, columns=columns, late=late, shares=_effects(counts, numbers))  # fmt: skip


def resting(channel: str, entries: Sequence[MatchedShare], facts: Facts) -> Sentence:
    """Return which published figures of a channel rest on exports that later ones replaced."""
    named = [
        say("{what} ({published})", facts.about(str(entry.figure.number)), what=about(entry.figure))
        for entry in entries[:MOST_NAMED]
    ]
    further = [Sentence("and further ones")] if len(entries) > MOST_NAMED else []
    return say(
        "{resting|published figure rests|published figures rest} on an earlier export: {which}.",
        facts.about(channel),
        which=joined([*named, *further], "; "),
    )


def _effects(counts: RestatedCounts, facts: Facts) -> Sentence:
    effects = [
        _effect(counts, share, facts)
        for share in counts.shares
        if None not in (*share.twice, *share.restated) and share.restated[0] != share.restated[1]
    ]
    return joined(effects, "")


def _effect(counts: RestatedCounts, share: ExportedShare, facts: Facts) -> Sentence:
    """Return a share by the first export and by the last, of the intervals that say it in both."""
    measure, restated, twice = share.measure, "the intervals that were restated", "all exported twice"
    if share.restated_saying < counts.changed:
        own = f"{{restated_saying_{measure}|restated interval|restated intervals}}"
        restated = f"the {own} that {{restated_saying_{measure}~says|say}} it in both exports"
    if share.saying < counts.exported_twice:
        twice = f"the {{saying_{measure}|interval|intervals}} that {{saying_{measure}~says|say}} it in both"
    return say(
        f" Of those offered in {restated}, {{first_restated_{measure}}} were {_BECAME[measure]} by the first "
        f"export and {{last_restated_{measure}}} by the last (of those in {twice} "
        f"{{first_export_{measure}}} and {{last_export_{measure}}}).",
        facts,
    )


def changed_limit(limit: ChangedLimit, facts: Facts) -> Sentence:
    """Return which limit of interval counts changed, and when."""
    numbers = facts.about(f"{limit.column}:{limit.channel}")
    seconds = [
        say(f"{{limit_{place}_{limit.column}:{limit.channel}|second|seconds}}", numbers)
        for place in range(1, len(limit.limits) + 1)
    ]
    return say(
        "The {what} of {channel} counts changed within the period, first on {day}, from {seconds} "
        f"({{queues_{limit.column}:{limit.channel}|queue|queues}}): what was counted before and after is not "
        "one share.",
        numbers,
        what=_LIMITS[limit.column],
        channel=limit.channel,
        day=str(date_of(limit.day)),
        seconds=joined(seconds, " to "),
    )


def doubted_counts(doubted: DoubtedCounts, facts: Facts) -> Sentence:
    """Return which interval counts are in quarantine, and what becomes of the contacts in them."""
    about = facts.about(doubted.channel)
    first, last = date_of(doubted.first), date_of(doubted.last)
    start = say(
        "{doubted} of {intervals_known|interval|intervals} of {channel} counts cannot be used ({queues}), "
        "{days}: {rules}",
        about,
        channel=doubted.channel,
        queues=_queues(doubted, about),
        days=f"on {first}" if first == last else f"from {first} to {last}",
        rules=_rules(doubted, about),
    )
    contacts = say(
        "{doubted_contacts|contact|contacts} offered in them {doubted_contacts~is|are} unknown in "
        "every share of counts",
        about,
    )
    return say("{start}. {contacts}.{before}{unsaid}", about, start=start, contacts=contacts,
               before=_before(doubted, about), unsaid=_unsaid(doubted, about))  # fmt: skip


def _queues(doubted: DoubtedCounts, facts: Facts) -> Sentence:
    parts = [
        say(
            f"{{name}}: {{doubted_queue_{place}}} of {{queue_intervals_{place}}}",
            facts,
            name=queue.place,
        )
        for place, queue in enumerate(doubted.queues[:MOST_NAMED], start=1)
    ]
    further = [Sentence("and further ones")] if len(doubted.queues) > MOST_NAMED else []
    return joined([*parts, *further], "; ")


def _rules(doubted: DoubtedCounts, facts: Facts) -> Sentence:
    if len(doubted.rules) == 1:
        return Sentence(f"all the same way, {doubted.rules[0][0]}", (facts["doubted_rule_1"].key,))
    parts = [
        say(f"{{rule}}, in {{doubted_rule_{place}}}", facts, rule=rule)
        for place, (rule, _) in enumerate(doubted.rules[:MOST_NAMED], start=1)
    ]
    further = [Sentence("and further ways")] if len(doubted.rules) > MOST_NAMED else []
    return joined([*parts, *further], "; ")


def _before(doubted: DoubtedCounts, facts: Facts) -> Sentence | str:
    if not doubted.exported_before:
        return ""
    return say(
        " Of {doubted_exported_before} of them an earlier export counts the contacts; of {doubted_otherwise} "
        "the last says otherwise than before, and that the earlier one holds nobody says.",
        facts,
    )


def _unsaid(doubted: DoubtedCounts, facts: Facts) -> Sentence | str:
    if not doubted.unsaid:
        return ""
    return say(" Of {doubted_unsaid} of them nobody says how many contacts came.", facts)


def limits(result: PublishedAgainstEvidence) -> Iterator[Sentence]:
    """Yield what cannot be said of published figures."""
    if result.figures:
        yield Sentence(
            "That a way of counting gives a published figure does not show that it was counted so: with many "
            "ways and few decimals several give the same."
        )
    for reason in dict.fromkeys(
        f"{entry.open.reason} {entry.open.remedy}".strip()
        for entry in result.figures
        if entry.open is not None
    ):
        yield Sentence(f"Of some published figures nothing can be said. {reason}")
    if result.exports:
        but = any(entry.earlier is not None for entry in result.figures)
        apart = ", but those that are said to be of an earlier one" if but else ""
        yield Sentence(
            f"Every share of this audit rests on the latest export{apart}; what an export before the first "
            "one said, nobody can tell."
        )
