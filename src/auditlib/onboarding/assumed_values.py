"""Values that hold for all rows of a file and stand in no column of it, proposed and to be decided."""

from __future__ import annotations

from dataclasses import replace

from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.named_limits import limit_named
from auditlib.onboarding.proposal import Given, SourceProposal
from auditlib.onboarding.vocabulary import closeness, vocabulary

_CHANNELLED = ("interactions", "interval_counts", "outages")
_FIGURES = "published_figures"
_SURELY = 0.75


def with_assumed(source: SourceProposal) -> SourceProposal:
    """Return a source with a channel, and with the measure, limit and step of published figures."""
    if source.table.name in _CHANNELLED and not source.says("channel"):
        title = _likely(source.look.title)
        doubt = f"no column names the channel; {title} is assumed."
        return _with(source, "channel", title, doubt)
    return _with_figures(source) if source.table.name == _FIGURES else source


def _likely(title: str) -> str:
    """Return the channel that a file is called by; phone where it is called by none."""
    words = {code: (code, *names) for code, names in vocabulary().channels.items()}
    best = max(words, key=lambda code: closeness(title, words[code]))
    return best if closeness(title, words[best]) >= _SURELY else "phone"


def _with_figures(source: SourceProposal) -> SourceProposal:
    if not source.says("measure"):
        doubt = "what is it the share of? answered_within is assumed; the other is abandoned."
        source = _with(source, "measure", "answered_within", doubt)
    measure = source.feeding("measure")
    limits = (
        {limit_named(cell) for cell in measure.facts.distinct} - {0} if measure and measure.facts else set()
    )
    if not source.says("limit_seconds") and len(limits) == 1:
        source = _with(source, "limit_seconds", str(limits.pop()), "")
    value = source.feeding("value")
    if value is None or value.facts is None or source.says("rounded_to"):
        return source
    step = _step(value.facts)
    return _with(source, "rounded_to", step, f"to which step was it rounded? {step} by how it is written.")


def _step(facts: ColumnFacts) -> str:
    """Return the step in which shares are written: 82 % is one of hundredths, 81.5 % of thousandths.

    Of 82 % and 81.5 %, the finer step.
    """
    digits = 0
    for cell in facts.distinct:
        number = cell.removesuffix("%").strip().replace(",", ".")
        decimals = len(number.partition(".")[2])
        digits = max(digits, decimals + (2 if cell.endswith("%") else 0))
    return f"{10**-digits:.{digits}f}" if digits else "1"


def _with(source: SourceProposal, column: str, value: str, doubt: str) -> SourceProposal:
    return replace(source, constants={**source.constants, column: Given(value, doubt)})
