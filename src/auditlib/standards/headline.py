"""What failed and by how much, in one line.

A line is made from what was judged and never from the words of the demand: the demand says what should be
so, and a reader in a hurry takes it for what is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from auditlib.records import Criterion, Direction, Judgement, Measurement, Outcome, Statistic, Target
from auditlib.standards.unknown import ends
from auditlib.standards.words import amount
from auditlib.statements import counted, spanned, spoken_share

CASES: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "abandoned": ("{channel} contact", "{channel} contacts", "given up while waiting"),
        "acknowledged_in_time": ("response", "responses", "acknowledged in time"),
        "answered_within": ("{channel} contact", "{channel} contacts", "answered within the limit"),
        "attended_as_required": ("contact owed", "contacts owed", "attended by all whom the band names"),
        "commitments_kept": ("commitment due", "commitments due", "kept"),
        "complaints_coded": ("complaint", "complaints", "with a coded cause"),
        "complaints_overdue": ("open complaint", "open complaints", "past the limit"),
        "complaints_reopened": ("solved complaint", "solved complaints", "opened again"),
        "complaints_repeated": ("complaint", "complaints", "repeated for the same cause"),
        "complaints_resolved": ("{severity} complaint", "{severity} complaints", "solved in time"),
        "contacted_in_time": ("dissatisfied customer", "dissatisfied customers", "contacted in time"),
        "documented_in_time": ("contact owed", "contacts owed", "documented in time"),
        "drivers_covered": ("main cause", "main causes", "covered by an owned action"),
        "fixes_owned": ("registered fix", "registered fixes", "with an owner and a type of action"),
        "invited_again": ("invitation", "invitations", "sent too soon after the one before"),
        "key_accounts_visited": ("key account", "key accounts", "met face to face"),
        "pay_link_responses": ("pay link", "pay links", "with enough responses"),
        "pay_metric_audited": ("pay link", "pay links", "on the audited metric"),
        "reported_in_time": ("formal report owed", "formal reports owed", "sound and presented in time"),
        "resolved_first": ("contact", "contacts", "resolved the first time"),
        "response_rate": ("{survey_type} invitation", "{survey_type} invitations", "answered"),
        "responsibilities_filled": (
            "entry of the responsibility matrix", "entries of the responsibility matrix", "with a holder",
        ),
        "satisfaction_top_box": ("{survey_type} answer", "{survey_type} answers", "in the top box"),
        "survey_types_agree": ("account", "accounts", "without contradiction between survey types"),
        "units_measured": ("unit", "units", "with enough responses"),
    }
)  # fmt: skip
"""What a share is a share of, one and many, and what is true of the cases that count; by metric."""
VALUES: Mapping[str, str] = MappingProxyType(
    {
        "channels_in_use": "channels in use",
        "months_without_responses": "months without any response",
        "pay_linked_roles": "roles whose pay is linked to satisfaction",
        "pay_weight_largest": "largest share of variable pay tied to one score",
        "recurrence_ratio": "complaints after the weakest fix, against those before it",
        "reward_gap": "gap in rewards between satisfied and dissatisfied customers",
        "satisfaction_mean": "mean {survey_type} answer",
        "survey_types_in_use": "kinds of survey in use",
        "wait_quantile": "wait for an answer, {channel} contacts",
    }
)
"""What a value that is no share of cases is called, by metric; any other metric is called by its name."""


def headline(judgement: Judgement) -> str:
    """Return what was found and what is demanded, in one line; empty where no value may be told."""
    criterion, measured = judgement.criterion, judgement.measurement
    if measured.value is None:
        return ""
    if _excused_too_often(judgement):
        limit, excused = criterion.excused_limit or 0.0, measured.excused / measured.n
        line = _of_cases(excused, measured, criterion, "excused by recorded deviations")
        return f"{line}; at most {_plain(limit, 'share')} may be"
    if measured.n < criterion.minimum_n and judgement.outcome is Outcome.NOT_DEMONSTRATED:
        return f"{_measured(measured.value, measured, criterion)}; {criterion.minimum_n:,} are asked for"
    demanded = _demanded(criterion.target, measured.unit)
    if measured.bounds is not None and measured.statistic is Statistic.SHARE and criterion.metric in CASES:
        return f"{_between(measured, criterion)}; {demanded}"
    return f"{_measured(measured.value, measured, criterion)}; {demanded}{_doubt(judgement)}"


def _between(measured: Measurement, criterion: Criterion) -> str:
    """Say between what a share of all cases lies: what is known of some of them is no share of all."""
    least, most = (_plain(end.value or 0.0, measured.unit) for end in ends(measured))
    every = replace(measured, n=measured.n + measured.unknown)
    cases = _of_cases(0.0, every, criterion, CASES[criterion.metric][2]).partition(" ")[2]
    return f"{spanned(least, most, apart='{low} to {high}', same='{low}').text} {cases}"


def _excused_too_often(judgement: Judgement) -> bool:
    limit, measured = judgement.criterion.excused_limit, judgement.measurement
    return limit is not None and measured.n > 0 and measured.excused / measured.n > limit


def _measured(value: float, measured: Measurement, criterion: Criterion) -> str:
    if measured.unit == "share" and criterion.metric in CASES:
        return _of_cases(value, measured, criterion, CASES[criterion.metric][2])
    name = VALUES.get(criterion.metric, criterion.metric.replace("_", " "))
    named = " ".join(name.format_map(_Options(criterion.options)).split())
    return f"{named[:1].upper()}{named[1:]}: {_plain(value, measured.unit)}"


def _of_cases(value: float, measured: Measurement, criterion: Criterion, true: str) -> str:
    noun_of_one, many, _ = CASES.get(criterion.metric, ("case", "cases", ""))
    noun = " ".join(
        (noun_of_one if measured.n == 1 else many).format_map(_Options(criterion.options)).split()
    )
    return f"{_plain(value, 'share')} of {measured.n:,} {noun} {true}"


def _demanded(target: Target, unit: str) -> str:
    verb = "are" if unit in ("count", "rows") and target.value != 1 else "is"
    if target.direction is Direction.AT_MOST:
        return f"at most {_plain(target.value, unit)} {verb} allowed" if target.value else "none is allowed"
    whole = unit == "share" and target.value == 1
    return f"{'' if whole else 'at least '}{_plain(target.value, unit)} {verb} demanded"


def _doubt(judgement: Judgement) -> str:
    """Say what unknown cases, or an interval that straddles the target, leave open."""
    measured = judgement.measurement
    if judgement.outcome is Outcome.NOT_DEMONSTRATED and measured.unknown:
        least, most = (_plain(end.value or 0.0, measured.unit) for end in ends(measured))
        more = counted(measured.unknown, "more is", "more are")
        return f", but {more} unknown: {least} to {most} is possible"
    if judgement.outcome is not Outcome.NOT_DEMONSTRATED or measured.interval is None:
        return ""
    low, high = (_plain(end, measured.unit) for end in (measured.interval.low, measured.interval.high))
    return f", and {low} to {high} cannot be ruled out"


def _plain(value: float, unit: str) -> str:
    """Return `value` as it is said: no decimals that say nothing, and never all where some are missing."""
    if unit != "share":
        return amount(value, unit)
    return spoken_share(value).replace(".0%", "%")


class _Options(dict[str, object]):
    """Options of a criterion as words; one that is not given is left out, one with digits is quoted."""

    def __missing__(self, _key: str) -> str:
        return ""

    def __getitem__(self, key: str) -> str:
        text = str(super().__getitem__(key)).replace("_", " ")
        return f'"{text}"' if any(map(str.isdigit, text)) else text
