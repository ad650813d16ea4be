"""First-contact resolution in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditlib.records import Refusal, Sentence
from auditlib.service_levels.first_contact.result import (
    Disagreement,
    FirstContactResolution,
    RangedShare,
    ResolutionWindow,
    Witness,
    WitnessShares,
)
from auditlib.service_levels.unit_names import unit_names
from auditlib.statements import Facts, counted, joined, say, spanned

WITNESSES: Mapping[Witness, str] = {
    Witness.CONTACTS: "no further contact in the window",
    Witness.MARK: "the party's own mark",
    Witness.CUSTOMERS: "what customers say",
}
DISAGREEMENTS: Mapping[Disagreement, str] = {
    Disagreement.MARKED_RETURNED: "marked as resolved, and the customer came back",
    Disagreement.UNMARKED_SILENT: "not marked as resolved, and the customer did not come back",
    Disagreement.MARKED_DENIED: "marked as resolved, and the customer says it was not",
}


_OVERLAPPED = "marked as resolved, and the customer came again before the first contact was over"


def came_before_over(kind: Disagreement, silence: float | None) -> bool:
    """Return whether a case is of a customer who came again before the first contact was over.

    Parameters
    ----------
    silence
        Microseconds from the end of the contact to the next; missing where there was none.
    """
    return kind is Disagreement.MARKED_RETURNED and silence is not None and silence < 0


def contradiction(kind: Disagreement, days: int, silence: float | None) -> str:
    """Return what contradicts what in a case; see `came_before_over`.

    Examples
    --------
    >>> contradiction(Disagreement.MARKED_RETURNED, 7, -1)
    'marked as resolved, and the customer came again before the first contact was over'
    """
    return _OVERLAPPED if came_before_over(kind, silence) else disagreement(kind, days)


def disagreement(kind: Disagreement, days: int) -> str:
    """Return what contradicts what under a window of so many days; who came back later is no contradiction.

    Examples
    --------
    >>> disagreement(Disagreement.UNMARKED_SILENT, 7)
    'not marked as resolved, and the customer did not come back within 7 days'
    """
    within = f" within {counted(days, 'day')}" if kind is Disagreement.UNMARKED_SILENT else ""
    return f"{DISAGREEMENTS[kind]}{within}"


def summary(result: FirstContactResolution, facts: Facts) -> Iterator[Sentence]:
    """Yield the three shares under the window shown in detail, and how far they hang on the window."""
    window = result.detailed
    about = facts.about(str(window.days))
    yield _performed(result, window, about)
    yield from _range(window, about)
    yield from _nameless(result, window, about)
    yield _witnesses(result, window, facts)
    yield from _judged(result, window, facts)
    yield from _windows(result, facts)


def _performed(result: FirstContactResolution, window: ResolutionWindow, facts: Facts) -> Sentence:
    """Say the share that needed no further contact, gross and net."""
    shares = window.of(Witness.CONTACTS)
    what = "first contacts of a matter" if result.recorded.by_matter else "first contacts of a customer"
    if shares is None or shares.gross is None:
        return say("What became of {what} within {window|day|days} is not shown.", facts, what=what)
    scoped = facts.about(f"{window.days}:{Witness.CONTACTS}")
    return say(
        "Of {judged} {what} whose window of {window|day|days} is over{known}, {share} were resolved without "
        "another contact ({limits}){net}{alone}.",
        facts,
        judged=say("{share_n}", scoped),
        what=what,
        known=", and of which it is known whether they were resolved" if window.undecided else "",
        share=say("{share}", scoped),
        limits=say("{share[low]} to {share[high]}", scoped),
        net=_net(result, shares, scoped),
        alone=""
        if result.recorded.by_matter
        else "; the matter is not recorded, so that every further "
        "contact of the customer counts as a repeat: repeats are at most as many",
    )


def _net(result: FirstContactResolution, shares: WitnessShares, facts: Facts) -> Sentence | str:
    if result.no_net is not None:
        return Sentence("; a net share cannot be said", ("not_said:net",))
    if shares.net is None:
        return "; of those that the first level can resolve nothing can be said"
    net = say("; net of what the first level cannot resolve, {net}", facts)
    if shares.net.exact:
        return net
    return joined([net, say(" (unknown contacts leave open {net_least} to {net_most})", facts)], "")


def _range(window: ResolutionWindow, facts: Facts) -> Iterator[Sentence]:
    """Yield how far contacts without customer or matter could move the share."""
    shares = window.of(Witness.CONTACTS)
    if shares is None or shares.gross is None or shares.gross.exact:
        return
    nothing = ": that range says nothing" if shares.gross.says_nothing else ""
    causes = []
    if window.unknown:
        causes.append(
            say(
                "{unknown|contact|contacts} without a customer, in quarantine, or near another of the "
                "customer without saying the matter may be repeats",
                facts,
            )
        )
    if window.undecided:
        causes.append(
            say(
                "{undecided|first contact|first contacts} said to be both answered and given up may be "
                "resolved or not",
                facts,
            )
        )
    yield say(
        "{causes}: the share may be anything from {least} to {most}{nothing}.",
        facts,
        causes=joined(causes, ", and "),
        least=say("{share_least}", facts.about(f"{window.days}:{Witness.CONTACTS}")),
        most=say("{share_most}", facts.about(f"{window.days}:{Witness.CONTACTS}")),
        nothing=nothing,
    )


def _nameless(result: FirstContactResolution, window: ResolutionWindow, facts: Facts) -> Iterator[Sentence]:
    """Yield which units name no customer, and what the share of the others is without them."""
    shares = window.of(Witness.CONTACTS)
    if window.named_ends is None or shares is None or shares.gross is None:
        return
    yield say(
        "No contact of {units} names its customer ({contacts_nameless|contact|contacts}). The share of "
        "{share} is that of the {first} of the units whose contacts do; if none of their "
        "customers came back through {units}, {ends}.",
        facts,
        units=unit_names(result.nameless.unit_ids, conjunction="or"),
        share=say("{share}", facts.about(f"{window.days}:{Witness.CONTACTS}")),
        first=say("{share_n|first contact|first contacts}", facts.about(f"{window.days}:{Witness.CONTACTS}")),
        ends=_named_ends(shares.gross, window.named_ends, facts),
    )


def _named_ends(share: RangedShare, ends: tuple[float, float], facts: Facts) -> Sentence:
    """Return where a share lies without what units that name no customer leave open."""
    if ends == (share.value, share.value):
        return Sentence("it holds")
    lies = spanned(say("{named_least}", facts), say("{named_most}", facts))
    return say("it lies {lies}", facts, lies=lies)


def _witnesses(result: FirstContactResolution, window: ResolutionWindow, facts: Facts) -> Sentence:
    """Say what mark and customers say of the same contacts."""
    parts = [
        _witness(window, Witness.MARK, result.no_mark, "mark", facts),
        _witness(window, Witness.CUSTOMERS, result.no_survey, "survey", facts),
    ]
    return joined(parts, " ")


def _witness(
    window: ResolutionWindow, witness: Witness, lacking: Refusal | None, key: str, facts: Facts
) -> Sentence:
    words = WITNESSES[witness]
    if lacking is not None:
        text = f"By {words}, nothing can be said. {lacking.reason} {lacking.remedy}"
        return Sentence(text, (f"not_said:{key}",))
    shares = window.of(witness)
    if shares is None or shares.gross is None:
        return Sentence(f"By {words}, nothing can be said of these contacts.")
    scoped = facts.about(f"{window.days}:{witness}")
    told = say(
        "By {words} it is {share} ({share[low]} to {share[high]}) of {share_n} of them{bearing}",
        scoped,
        words=words,
        bearing=_bearing(window, facts) if witness is Witness.MARK else "",
    )
    if shares.gross.exact:
        return joined([told, "."], "")
    both = ", or said to be both answered and given up," if window.contradicted else ""
    unsaid = say(
        "; answered ones without a mark{both} leave open {share_least} to {share_most}.", scoped, both=both
    )
    return joined([told, unsaid], "")


def _bearing(window: ResolutionWindow, facts: Facts) -> Sentence | str:
    """Say that who was never answered bears no mark, and is not in the share by it."""
    if not window.unmarked:
        return ""
    return say(
        " that bear one, and {unmarked} that {unmarked~was|were} never answered {unmarked~bears|bear} none",
        facts.about(str(window.days)),
    )


def _judged(result: FirstContactResolution, window: ResolutionWindow, facts: Facts) -> Iterator[Sentence]:
    """Yield why the mark as the standard judges it is another share than that of first contacts."""
    shares, judged = window.of(Witness.MARK), result.judged_mark
    if judged is None or shares is None or shares.gross is None:
        return
    scoped = facts.about(f"{window.days}:{Witness.MARK}")
    yield say(
        "{criterion} counts every marked contact, repeats included: {mark_judged} of {mark_judged_n} are "
        "marked as resolved; by the same mark {share} of {first} first contacts of {whose}{bearing} are.",
        facts,
        criterion=judged.criterion,
        share=say("{share}", scoped),
        first=say("{share_n}", scoped),
        whose="matters" if result.recorded.by_matter else "customers",
        bearing=" that bear one" if window.unmarked else "",
    )


def _windows(result: FirstContactResolution, facts: Facts) -> Iterator[Sentence]:
    """Yield between what the share lies by windows in use; each has its own first contacts."""
    shown = [window for window in result.windows if _gross(window) is not None]
    if len(shown) < 2:
        return
    first, last = shown[0], shown[-1]
    yield say(
        "With {first} it is {start}, with {last} {end}: each window has first contacts of its own "
        "({first_n} and {last_n}), and leaves out those of its last days.",
        facts,
        first=say("{window|day|days}", facts.about(str(first.days))),
        last=say("{window|day|days}", facts.about(str(last.days))),
        start=say("{share}", facts.about(f"{first.days}:{Witness.CONTACTS}")),
        end=say("{share}", facts.about(f"{last.days}:{Witness.CONTACTS}")),
        first_n=say("{share_n}", facts.about(f"{first.days}:{Witness.CONTACTS}")),
        last_n=say("{share_n}", facts.about(f"{last.days}:{Witness.CONTACTS}")),
    )


def _gross(window: ResolutionWindow) -> object:
    shares = window.of(Witness.CONTACTS)
    return None if shares is None else shares.gross


def contradicted(result: FirstContactResolution, facts: Facts) -> Iterator[Sentence]:
    """Yield on how many contacts the three contradict each other, and what of it chance explains."""
    window = result.detailed
    about = facts.about(str(window.days))
    parts = [
        say(f"{{{entry.kind}}} of {{of_{entry.kind}}} ({{words}})", about, words=DISAGREEMENTS[entry.kind])
        for entry in window.disagreements
    ]
    if not parts:
        yield Sentence("Nothing can contradict what followed: neither a mark nor an answer is recorded.")
        return
    text = "Where they contradict each other within {window|day|days}: {parts}."
    yield say(text, about, parts=joined(parts, "; "))
    yield from _explained(window, about)


def _explained(window: ResolutionWindow, facts: Facts) -> Iterator[Sentence]:
    """Yield whether chance explains that marks are contradicted."""
    if window.returned is not None:
        shown = "more than chance explains" if window.returned.shown else "no more than chance explains"
        yield say(
            "Of those marked as resolved {returned_share} came back; new matters would bring back "
            "{returned_by_chance}, as many as in the {window|day|days} after: {shown}.",
            facts,
            shown=shown,
        )
    if window.denied is not None:
        beyond = "the mark says more" if window.denied.shown else "that the mark says more is not shown"
        yield say(
            "Where customers were asked, the mark says {denied_share} and they say {denied_by_chance}: "
            "{beyond}.",
            facts,
            beyond=beyond,
        )


def by_group(result: FirstContactResolution, facts: Facts) -> Iterator[Sentence]:
    """Yield how groups and cases are to be read."""
    yield say(
        "All are first contacts with a window of {window|day|days}. Where intervals overlap, no order is an "
        "answer; a case shows that two sources differ, and not which of them is right.",
        facts.about(str(result.rule.days)),
    )


def limits(result: FirstContactResolution, facts: Facts) -> Iterator[Sentence]:
    """Yield what cannot be said."""
    yield Sentence(
        "Who does not come back may have given up or gone elsewhere: silence is not satisfaction. Who comes "
        "back with a matter of the same kind may have a new one."
    )
    about = facts.about(str(result.rule.days))
    yield say(
        "First contacts whose window is not over when the evidence ends are left out: {censored} with "
        "{window|day|days}. Of those that count, {unanswered} were never answered and count as not resolved, "
        "and {early} came so soon after the evidence begins that they may go on with an older matter.",
        about,
    )
    yield from _imprecise(result, facts)
    if result.no_survey is None:
        yield Sentence("Customers who answer a survey are not all customers; of the others nothing is known.")


def _imprecise(result: FirstContactResolution, facts: Facts) -> Iterator[Sentence]:
    """Yield where instants are lacking, and what stands for them."""
    if result.recorded.ends < result.recorded.contacts:
        yield say(
            "{without_end|contact|contacts} of {recorded} {without_end~has|have} no end: the window runs "
            "from the answer, or else from the offer.",
            facts,
        )
    if result.recorded.days_alone:
        yield say(
            "Of {days_alone|contact|contacts} the evidence knows days without times: whatever may be a "
            "repeat counts as one.",
            facts,
        )
    if not result.recorded.answers:
        yield Sentence("No contact says when it was answered: all that were not given up count as answered.")
    if result.no_net is not None:
        yield Sentence(f"{result.no_net.reason} {result.no_net.remedy}", ("not_said:net",))
