"""What follow-ups come to, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from auditlib.escalation.clock_sensitivity import DECLARED, ClockSensitivity
from auditlib.escalation.facts import doubt_key
from auditlib.escalation.flag_comparison import AGREE, FlagComparison
from auditlib.escalation.latency import Latencies, Stage
from auditlib.escalation.precision import doubt_of
from auditlib.escalation.result import EscalationResult
from auditlib.records import Sentence
from auditlib.statements import Facts, listed, percent, say
from auditlib.statistics.durations import Survival

_OWED = "{follow_ups|named customer|named customers} owed a follow-up"


def summary(result: EscalationResult, facts: Facts) -> Iterator[Sentence]:
    """Yield whether the promise was kept, which duty is weakest, what is left out and what cannot be told."""
    if result.follow_ups and "contact" not in result.refused:
        yield _promise(result, facts)
    yield _weakest(result, facts)
    yield _scope(result, facts)
    for duty in result.bounded["duty"]:
        yield _bounds(str(duty), facts)
    for reason in result.undecided:
        many = f"{{{doubt_key(reason)}|duty counts|duties count}}"
        yield say(f"{many} on neither side: {{doubt}}.", facts, doubt=doubt_of(reason))
    for duty, refusal in result.refused.items():
        text = f"{duty.capitalize()} is not assessable: {refusal.reason} {refusal.remedy}"
        yield Sentence(text.strip(), (f"share:{duty}",))


def _promise(result: EscalationResult, facts: Facts) -> Sentence:
    if not result.context.disclosure.shows(result.follow_ups):
        return Sentence("Too few named customers were owed a follow-up for their number to be shown.")
    # Nobody knows whether a duty that cannot be judged was met: it is set apart from what was promised.
    unjudged = [duty for duty in result.refused if duty != "acknowledgement"]
    if result.unclear:
        return _as_far_as_known(result, facts)
    aside = f"leaving aside {' and '.join(unjudged)}, which cannot be judged, " if unjudged else ""
    every = "every" if result.fulfilled == result.follow_ups else "not every"
    begin = f"{aside}{every} dissatisfied customer was followed up as promised"
    return say(
        f"{{begin}}: of {_OWED}, {{kept_follow_ups}} ({{share}}) {{had}}.",
        facts,
        begin=f"{begin[0].upper()}{begin[1:]}",
        share=_share_kept(facts),
        had=_had(result),
    )


def _had(result: EscalationResult) -> str:
    """Name the duties that a follow-up counts as done by."""
    apart = "; acknowledgement is not counted here" if result.context.policy.rule("acknowledgement") else ""
    return f"had {listed(result.followed_by)} as promised, or declined in time{apart}"


def _share_kept(facts: Facts) -> Sentence:
    """Say which part of the follow-ups that can be told the promise was kept in."""
    fact = facts["kept_follow_ups"]
    return Sentence(f"{float(fact.value or 0) / (fact.n or 1):.1%}", (fact.key,))


def _as_far_as_known(result: EscalationResult, facts: Facts) -> Sentence:
    """Say it where what is recorded leaves some follow-ups open: they are on neither side."""
    if result.context.disclosure.hides(result.unclear):
        return _but_for_few(result, facts)
    left = f"for {{unclear_follow_ups}} of {_OWED}"
    clear = result.follow_ups - result.unclear
    if not clear:
        unknown = "Whether the dissatisfied customers were followed up as promised cannot be told"
        return say(f"{unknown} {left}.", facts)
    if result.fulfilled == clear:
        begin = "Whether every dissatisfied customer was followed up as promised cannot be told"
    else:
        begin = "Not every dissatisfied customer was followed up as promised, and it cannot be told"
    return say(
        f"{begin} {left}; of the other {{kept_follow_ups[n]|,}}, {{kept_follow_ups}} ({{share}}) {{had}}.",
        facts,
        share=_share_kept(facts),
        had=_had(result),
    )


def _but_for_few(result: EscalationResult, facts: Facts) -> Sentence:
    """Say it where only a few follow-ups are left open: their number may not be told."""
    every = result.fulfilled == result.follow_ups - result.unclear
    begin = "Whether every dissatisfied customer was followed up as promised cannot be told"
    if not every:
        begin = "Not every dissatisfied customer was followed up as promised"
    return say(
        f"{begin}: of {_OWED}, {{kept_follow_ups}} ({{share}}) {{had}}; of a few it cannot be told.",
        facts,
        share=_share_kept(facts),
        had=_had(result),
    )


def _weakest(result: EscalationResult, facts: Facts) -> Sentence:
    rates = result.rates()
    stated = rates.stated[~rates.stated["duty"].isin(result.unseen)]
    if stated.empty:
        settled = (rates.frame["judged"] > 0).any()
        few = "Too few duties are settled for a share to be shown."
        return Sentence(few if settled else "No duty is settled yet, so there is nothing to judge.")
    of_those = " that is shown" if result.unseen else ""
    row = stated.sort_values(["share", "duty"]).iloc[0]
    if row["judged"] == row["met"]:
        keys = ("judged", *(f"share:{duty}" for duty in stated["duty"]))
        number = Sentence(f"{int(stated['judged'].sum()):,}", keys)
        return say("Every duty judged{shown} was met: {n} of them.", facts, shown=of_those, n=number)
    return say(
        "The weakest duty{shown} is {duty}: met in {share|.1%} of {share[n]|case|cases} ({level} interval "
        "{share[low]|.1%} to {share[high]|.1%}); {missing} missing, {late} late, {wrong_party} with the "
        "wrong party.",
        facts.about(str(row["duty"])),
        shown=of_those,
        duty=str(row["duty"]),
        level=percent(rates.level, decimals=0),
    )


def _bounds(duty: str, facts: Facts) -> Sentence:
    """Say how far the unknown cases of a duty could take the share met."""
    return say(
        "{duty}: whether it was met is unknown for {unknown} of {worst[n]|case|cases}, so the share met may "
        "be anything from {worst|.1%} to {best|.1%}.",
        facts.about(duty),
        duty=duty.capitalize(),
    )


def _scope(result: EscalationResult, facts: Facts) -> Sentence:
    left_out = Sentence("No response below the limit is anonymous", ("anonymous_follow_ups",))
    if result.anonymous:
        left_out = say(
            "{anonymous_follow_ups|anonymous response|anonymous responses} below the limit could not be "
            "followed up and {anonymous_follow_ups~is|are} left out",
            facts,
        )
    every = say("all {responses|response|responses}", facts)
    return say(
        "{left_out}; an acknowledgement was owed for {every} of the period.",
        facts,
        left_out=left_out,
        every=Sentence("the one response", ("responses",)) if result.responses == 1 else every,
    )


def of_latencies(latencies: Latencies, facts: Facts) -> Iterator[Sentence]:
    """Yield how long half and nine tenths of acknowledgements and contacts take, open ones included."""
    for stage in (*latencies.of("acknowledgement"), *latencies.of("contact")):
        if isinstance(stage.curve, Survival) and latencies.disclosure.shows(stage.curve.n):
            yield of_stage(stage, facts.about(stage.key))


def of_stage(stage: Stage, facts: Facts) -> Sentence:
    """Say how long one step takes."""
    half = "Half of {open[n]|response was|responses were} acknowledged"
    if stage.stage == "contact":
        half = "Band {group}: half of {open[n]|customer was|customers were} reached"
    still = "; {open} had not been when last seen, and {open~counts|count}" if facts["open"].value else ""
    left_out = "; {not_told} more, of which it cannot be told, {not_told~is|are} left out"
    return say(
        f"{half} within {{half}}, nine tenths within {{most}}, by the wall clock{still}"
        f"{left_out if stage.unknown else ''}.",
        facts,
        group=stage.group,
        half=_time("median", stage, facts),
        most=_time("p90", stage, facts),
    )


def _time(name: str, stage: Stage, facts: Facts) -> Sentence:
    fact = facts[name]
    if fact.value is None:
        return Sentence("a time not yet seen", (fact.key,))
    return say(f"{{{name}}} {{span}}", facts, span=stage.span)


def of_sensitivity(sensitivity: ClockSensitivity, facts: Facts) -> Sentence:
    """Say which reading of the clock departs furthest."""
    frame = sensitivity.frame
    if not sensitivity.disclosure.shows(int(frame["judged"].min())):
        return Sentence("Too few contacts are settled for their readings to be compared.")
    alternatives = frame[frame["reading"] != DECLARED]
    if alternatives.empty:
        return Sentence("There is no other reading to set beside the declared clock.")
    furthest = alternatives.sort_values(["judged_differently", "reading"], ascending=[False, True]).iloc[0]
    return say(
        "Under the declared clock {declared} of contacts were met; read as '{reading}' it would be "
        "{share|.1%}, and {judged_differently|contact|contacts} would be judged differently. The declared "
        "clock is right: it is what was promised.",
        facts.about(furthest["reading"]),
        declared=say("{share|.1%}", facts.about(DECLARED)),
        reading=furthest["reading"],
    )


def of_flags(flags: FlagComparison, facts: Facts) -> Iterator[Sentence]:
    """Yield how far the flag of the source can be believed."""
    if not flags.disclosure.shows(flags.flagged):
        yield Sentence("Too few contacts carry a flag of their source for the two to be compared.")
        return
    none = "; {unflagged|more carries|more carry} none" if flags.unflagged else ""
    yield say(
        "The source's own flag and the clock part on {flag_parts} of {flagged|settled contact|settled "
        f"contacts}}{none}.",
        facts,
    )
    kinder = flags.frame[(flags.frame["flag"] == "in time") & (flags.frame["reason"] != AGREE)]
    kinder = kinder.loc[[flags.key(row) not in flags.unseen for row in kinder.to_dict("records")]]
    if not kinder["contacts"].sum():
        return
    first = kinder.sort_values(["contacts", "reason"], ascending=[False, True]).iloc[0]
    scope = flags.key(first).removeprefix("contacts:")
    text = "Where it is kinder, the first reason is: {reason} ({contacts})."
    yield say(text, facts.about(scope), reason=first["reason"])
