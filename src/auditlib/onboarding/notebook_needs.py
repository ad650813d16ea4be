"""What notebooks need of a run and its evidence, and what is declared that none of them asks about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditlib.audit.law import JUDGE
from auditlib.audit.notebook_choices import mapped_columns
from auditlib.audit.standard import editions, read_edition, texts
from auditlib.compensation.assigned import UNIT, groupings, named_levels
from auditlib.compensation.definition import metrics_taken, written
from auditlib.errors import ParameterError
from auditlib.escalation import EscalationPolicy
from auditlib.escalation.assessability import EVERY, silent_in_matrix, unsaid
from auditlib.evidence import Evidence
from auditlib.obligations.hours import as_of
from auditlib.parameters.policy import policy_named
from auditlib.parameters.run import Run
from auditlib.parameters.shape import did_you_mean
from auditlib.records import Refusal, SourceTotals
from auditlib.runs.plan import planned_names
from auditlib.service_desk import COMPLAINT, INCIDENT, IncidentPolicy
from auditlib.service_desk.log import log_of
from auditlib.service_desk.open_classes import foreseen as open_classes

FOLLOWING_UP = "05_escalation"
POLICY, LINKS = "policy:", "links:"
_ABSENT = "the evidence has no "


@dataclass(frozen=True, slots=True)
class NotebookNeed:
    """A question of a notebook, and what it cannot be answered without.

    Parameters
    ----------
    needs
        All of these; each names alternatives, apart by bars: a table, a column (``table.column``), a policy
        by how its name begins (``policy:escalation``), or pay links on a question of the audit (``links:``).
    name
        The question in words; empty for the whole notebook.
    sign
        What shows that the party is asked this at all, in the same words; empty: always.
    """

    needs: tuple[str, ...]
    name: str = ""
    sign: tuple[str, ...] = ()


_FOLLOWED = (f"{POLICY}escalation", "responses", "follow_ups|acknowledgements|follow_up_reports")
_DESK = (f"{POLICY}incident", "incident_events")
_COMPARED = (NotebookNeed(("units", "responses|aggregates")),)
NEEDS: Mapping[str, tuple[NotebookNeed, ...]] = MappingProxyType(
    {
        "02_benchmark": _COMPARED,
        "03_compensation": (NotebookNeed(("pay_links", "responses|aggregates", LINKS)),),
        "04_integrity": (NotebookNeed(("pay_links", "responses")),),
        FOLLOWING_UP: (
            NotebookNeed(
                _FOLLOWED, "the follow-up of responses", (f"{POLICY}escalation", "responses", "follow_ups")
            ),
            NotebookNeed(_DESK, "the clocks of a help desk", _DESK),
            NotebookNeed(("incident_events.sla_met",), "the desk's own flag", _DESK),
        ),
        "16_improvement": _COMPARED,
        "07_service_levels": (NotebookNeed(("interactions|interval_counts",)),),
        "09_drivers": (
            NotebookNeed(("complaints.cause_code|follow_ups.cause_code",), "the causes that customers name"),
            NotebookNeed(("responses",), "the questions of the surveys"),
            NotebookNeed(("fixes",), "what actions cover"),
        ),
    }
)
"""What notebooks need; one that is not here asks for nothing."""


def foreseen(run: Run, evidence: Evidence, *, root: Path) -> tuple[str, ...]:
    """Return a sentence for each question that a notebook of the run will not be able to answer, and why.

    None of it is a mistake: a notebook that lacks what it needs says so in its answer. Criteria are for
    `unjudged`.
    """
    lacking: list[str] = []
    for notebook in planned_names(run):
        parts = NEEDS.get(notebook, ())
        applicable = [part for part in parts if _applies(part, run, evidence)] or parts[:1]
        without = [(part.name, why) for part in applicable if (why := _why(part.needs, run, evidence))]
        lacking += [_sentence(notebook, f" on {name}" * bool(name), why) for name, why in without]
        if notebook == FOLLOWING_UP:
            lacking += (*_duties(run, evidence, root), *_classes(run, evidence, root))
    return tuple(lacking)


def _sentence(notebook: str, about: str, why: str) -> str:
    return f"{notebook} will answer 'not assessable'{about}, because {why}."


def _duties(run: Run, evidence: Evidence, root: Path) -> Iterator[str]:
    """Yield, for each thing the evidence lacks, the duties after a response not judged without it."""
    try:
        policy = policy_named("escalation", EscalationPolicy, run, texts(run, root=root))
    except ParameterError:  # the policy, or a calendar, is named as a mistake of its own
        return
    if policy is None:
        return
    silent = unsaid(policy, evidence, run)
    if EVERY in silent:
        yield _sentence(FOLLOWING_UP, f" on {EVERY} after a response", silent[EVERY])
        return
    without: dict[str, list[str]] = {}
    for duty, why in silent.items():
        without.setdefault(why, []).append(duty)
    for why, duties in without.items():
        noun = "duty" if len(duties) == 1 else "duties"
        yield _sentence(FOLLOWING_UP, f" on the {noun} of {' and '.join(duties)}", why)
    open_yet = sorted(silent_in_matrix(evidence, run))
    if open_yet and policy.rule("attendance") and "attendance" not in silent:
        yield (
            f"{FOLLOWING_UP} will leave open who had to be at a contact where that turns on "
            f"{' or '.join(open_yet)} of responsibilities, which says nothing: map it, or declare a constant."
        )


def _classes(run: Run, evidence: Evidence, root: Path) -> Iterator[str]:
    """Yield, for each clock of a log, how many of its cases have a limit that nobody knows, and why."""
    for begins in (INCIDENT, COMPLAINT):
        try:
            policy = policy_named(begins, IncidentPolicy, run, texts(run, root=root))
        except ParameterError:  # named as a mistake of its own
            continue
        log = None if policy is None else log_of(evidence, policy.log, as_of=as_of(run))
        if policy is None or log is None or isinstance(log, Refusal):
            continue
        yield from (f"{FOLLOWING_UP} will leave open whether {why}." for why in open_classes(log, policy))


def _applies(part: NotebookNeed, run: Run, evidence: Evidence) -> bool:
    return not part.sign or any(not _lacks(sign, run, evidence) for sign in part.sign)


def _why(needs: Sequence[str], run: Run, evidence: Evidence) -> str:
    """Return all that is lacking, in words; empty where nothing is."""
    absent: list[str] = []
    for need in needs:
        reasons = [_lacks(part, run, evidence) for part in need.split("|")]
        if all(reasons) and need.startswith(POLICY):
            return reasons[0]  # without a policy nothing is owed that would have to be shown
        absent += reasons if all(reasons) else []
    return " and ".join(dict.fromkeys(absent)).replace(f" and {_ABSENT}", " and no ")


def _lacks(need: str, run: Run, evidence: Evidence) -> str:
    """Return why `need` is not there; empty where it is."""
    if need.startswith(POLICY):
        kind = need.removeprefix(POLICY)
        has_policy = any(policy.startswith(kind) for policy in run.policies)
        return "" if has_policy else f"the run names no {kind} policy"
    if need == LINKS:
        return _no_links(run, evidence)
    table, _, column = need.partition(".")
    if table not in evidence.tables:
        return f"{_ABSENT}{table}"
    totals = [total for total in evidence.totals if total.table == table]
    if not any(total.rows_kept for total in totals):
        return _nothing_kept(table, totals)
    if column and column not in mapped_columns(run, table):
        return f"no source of {table} maps {column}"
    return ""


def _nothing_kept(table: str, totals: Sequence[SourceTotals]) -> str:
    """Return why a table that was supplied holds no row."""
    if any(total.rows_quarantined for total in totals):
        return f"every row of {table} is in quarantine"
    if any(total.rows_in for total in totals):
        return f"the run file leaves out every row of {table}"
    return f"{table} holds no row"


def _no_links(run: Run, evidence: Evidence) -> str:
    """Return why no pay link can be looked at; empty where one can, or where there is no register."""
    if _lacks("pay_links", run, evidence):
        return ""
    register = evidence.frame("pay_links", columns=("metric", "weight"))
    metrics = register[register["weight"] > 0]["metric"].dropna().unique()
    if not len(metrics):
        return "no entry of pay_links ties any pay"
    paid = [written(str(metric)) for metric in metrics]
    types = run.instruments
    names_item = any(
        metric and metric.survey_type in types and metric.item in types[metric.survey_type].items
        for metric in paid
    )
    if names_item:
        return ""
    form = metrics_taken({name: run.instrument(name) for name in types})
    return (
        f"no entry of pay_links names a question of this audit as its metric ({form[:1].lower()}{form[1:]})"
    )


_ANSWERS = ("responses", "aggregates")
_PAID = "03_compensation"
_MOST = 8


def unasked(run: Run, evidence: Evidence, *, root: Path) -> tuple[str, ...]:
    """Return a sentence for each thing that is declared and that no criterion or notebook asks about.

    None of it is a mistake: it may be asked about elsewhere, or it is named otherwise here than there.
    """
    notebooks = planned_names(run)
    sentences = list(_unanswered(run, evidence))
    if JUDGE in notebooks and run.standard in editions(root=root):
        sentences += _uncriticised(run, root)
    if _PAID in notebooks and "pay_links" in evidence.tables:
        sentences += _unpaid(run, evidence)
    return tuple(sentences)


def _uncriticised(run: Run, root: Path) -> Iterator[str]:
    """Yield the survey types whose satisfaction no criterion of the run's standard judges."""
    options = (
        criterion.options.get("survey_type") for criterion in read_edition(run.standard, root=root).criteria
    )
    judged_types = tuple(dict.fromkeys(str(kind) for kind in options if kind))
    strange = [kind for kind in run.instruments if kind not in judged_types]
    if judged_types and strange:
        listed = ", ".join(repr(kind) for kind in strange[:_MOST])
        noun = "survey type" if len(strange) == 1 else "survey types"
        about = f"{JUDGE}: no criterion of {run.standard} asks about the {noun} {listed}"
        near = did_you_mean(strange[0], judged_types) if len(strange) == 1 else ""
        yield f"{about}; criteria ask about {', '.join(judged_types)}." + (
            f" {near}" if "mean" in near else ""
        )


def _unanswered(run: Run, evidence: Evidence) -> Iterator[str]:
    """Yield the survey types that are declared, and of which no row was kept."""
    tables = [table for table in _ANSWERS if table in evidence.tables]
    answered_types: set[object] = set()
    for table in tables:
        answered_types |= {
            kind for (kind,) in evidence.lazy(table).select("survey_type").unique().collect().rows()
        }
    for kind in run.instruments if answered_types else ():
        if kind not in answered_types:
            yield f"The survey {kind!r} is declared, and no row of {' or '.join(tables)} is of that type."


def _unpaid(run: Run, evidence: Evidence) -> Iterator[str]:
    """Yield the metrics that are no question of the audit, and levels of assignment that are not known."""
    register = evidence.frame("pay_links", columns=("metric", "weight"))
    metrics = sorted({str(metric) for metric in register[register["weight"] > 0]["metric"].dropna()})
    unknown = [metric for metric in metrics if not _question(metric, run)]
    if unknown and len(unknown) < len(metrics):
        listed = ", ".join(repr(metric) for metric in unknown[:_MOST]) + (
            ", ..." if len(unknown) > _MOST else ""
        )
        yield f"{_PAID}: pay_links names {listed}, which is no question of this audit."
    whole = evidence.frame("pay_links")
    levels = {UNIT, *groupings(evidence, whole)}
    for level in named_levels(whole):
        if level not in levels:
            yield (
                f"{_PAID}: pay_links says that pay was assigned by {level!r}, and no register says which "
                "unit belongs to which; the effect of those links will not be tested."
            )


def _question(metric: str, run: Run) -> bool:
    meant = written(metric)
    model = run.instruments.get(meant.survey_type) if meant else None
    return meant is not None and model is not None and meant.item in model.items
