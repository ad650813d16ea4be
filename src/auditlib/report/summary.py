"""The first page: how are we doing, where must we work, are we improving, and what the answers rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auditlib.audit.recorder import IMPROVING
from auditlib.records import Sentence
from auditlib.report.lines import Line, lines_of
from auditlib.report.reading import RecordedNotebook
from auditlib.report.references import Register, refuse_orphans
from auditlib.standards.aside import SHARE
from auditlib.standards.decision import RECORDED
from auditlib.standards.document import VerdictDocument
from auditlib.standards.facts import DECIDING

DECISION = RECORDED
"""Under this name the decision over all findings is recorded."""
COUNTS_FINDINGS = "findings:major"
"""A key of the sentence that counts the findings of the audit."""
DOING: tuple[tuple[str, str, int], ...] = (
    (DECISION, "No standard was judged: the audit did not run 11_standards.", 3),
    ("02_benchmark", "Units were not compared: the audit did not run 02_benchmark.", 2),
    ("05_escalation", "Follow-up was not re-performed: the audit did not run 05_escalation.", 1),
    ("06_complaints", "", 1),
    ("07_service_levels", "", 1),
    ("08_listening", "", 1),
    ("10_charter", "", 1),
    ("03_compensation", "", 1),
    ("04_integrity", "", 1),
)
"""Notebooks that say how the operation does, what is printed where one did not run, and the sentences of its
answer that the first page repeats."""
RELIES_ON = "01_intake"
MOST_IMPROVING = 4
"""Sentences on what has become better or worse that the first page has room for."""
SIGNS = ("04_integrity", "alarms")
"""Where it stands how many signs that scores are managed need explanation."""
DOUBTED = (
    "Read this beside the findings on the scores: where pay depends on them, signs that they are managed "
    "need explanation, and until then no rise of the scores can be relied on."
)
NOT_IMPROVING = "Not answered, because no notebook of this audit compared one period with another."
_DECISIONS = {
    "met": "Meets the standard",
    "not_met": "Does not meet the standard",
    "not_demonstrated": "Has not been shown to meet the standard",
    "not_assessable": "Cannot be judged against the standard",
    "not_applicable": "Compared with the standard; nothing is certified",
}


@dataclass(frozen=True, slots=True)
class PrintedStep:
    """One step of the decision rule as printed."""

    rule: str
    found: str
    outcome: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PrintedDecision:
    """What the audit concludes by its standard, with the steps that lead there."""

    words: str
    outcome: str
    standard: str
    mode: str
    mismatch: str
    note: str
    steps: tuple[PrintedStep, ...]
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Executive:
    """The first page."""

    decision: PrintedDecision | None
    lead: tuple[Line, ...]
    doing: tuple[Line, ...]
    improving: tuple[Line, ...]
    reliable: tuple[Line, ...]
    deciding: tuple[Line, ...] = ()
    """What else is said of the decision; it stands with its trace."""


def executive(recorded: Sequence[RecordedNotebook], register: Register) -> Executive:
    """Return the first page from what the notebooks answered.

    The first sentence on the standard stands with the decision, and what was set aside; the others below.
    """
    by_name = {notebook.results.notebook: notebook for notebook in recorded}
    decision = decision_of(recorded)
    leading = 1 if decision and DECISION in by_name else 0
    doing = tuple(_doing(by_name, register))
    return Executive(
        decision,
        (*doing[:leading], *_set_aside(recorded, register)),
        doing[leading:],
        tuple(_improving(recorded, register)),
        _answer(by_name[RELIES_ON], register, most=2)
        if RELIES_ON in by_name
        else (Line("The data were not assessed: the audit did not run 01_intake.", ()),),
        tuple(_deciding(by_name, register)),
    )


def _most(notebook: RecordedNotebook, most: int) -> int:
    """Return how many sentences of its answer the first page repeats: it counts findings in their list."""
    counting = (
        place for place, sentence in enumerate(notebook.results.answer) if COUNTS_FINDINGS in sentence.keys
    )
    return min(most, next(counting, most))


def _deciding(by_name: dict[str, RecordedNotebook], register: Register) -> Iterable[Line]:
    """Yield the sentences of the decision that the first page has no room for."""
    if DECISION in by_name:
        most = next(most for notebook, _, most in DOING if notebook == DECISION)
        decision = by_name[DECISION]
        yield from lines_of(decision.results.answer[_most(decision, most) :], DECISION, register)


def decision_of(recorded: Iterable[RecordedNotebook]) -> PrintedDecision | None:
    """Return the decision of the audit, over all findings where it was taken; None where none was."""
    judged = {
        notebook.results.notebook: notebook for notebook in recorded if notebook.results.verdict is not None
    }
    notebook = judged.get(DECISION) or next(iter(judged.values()), None)
    return _decision(notebook.results.verdict, notebook) if notebook and notebook.results.verdict else None


def _decision(verdict: VerdictDocument, judge: RecordedNotebook) -> PrintedDecision:
    decision, notebook = verdict.decision, judge.results.notebook
    deciding = [judge.numbers[key] for key in DECIDING if key in judge.numbers]
    for step in decision.trace:
        refuse_orphans(f"{step.rule}; {step.found}", deciding, where=f"{notebook}, the decision rule,")
    return PrintedDecision(
        _DECISIONS.get(decision.outcome.value, decision.outcome.value.replace("_", " ").capitalize()),
        decision.outcome.value,
        verdict.title,
        decision.mode.value.replace("_", " "),
        decision.mismatch,
        decision.note,
        tuple(
            PrintedStep(step.rule, step.found, step.outcome.value.replace("_", " "), tuple(step.criteria))
            for step in decision.trace
        ),
        tuple(f"{notebook}/{key}" for key in ("decision", *DECIDING) if key in judge.numbers),
    )


def _set_aside(recorded: Iterable[RecordedNotebook], register: Register) -> Iterable[Line]:
    """Yield what share of the weight the profile of the party set aside, where it did."""
    for notebook in recorded:
        aside = notebook.results.verdict.set_aside if notebook.results.verdict is not None else None
        if aside is not None and SHARE in notebook.numbers:  # said by the notebook that judged
            yield from lines_of((aside,), notebook.results.notebook, register)


def _doing(by_name: dict[str, RecordedNotebook], register: Register) -> Iterable[Line]:
    for notebook, absent, most in DOING:
        if notebook in by_name:
            answered = by_name[notebook]
            yield from _answer(answered, register, most=_most(answered, most))
        elif absent:
            yield Line(absent, ())


def _answer(answered: RecordedNotebook, register: Register, *, most: int) -> tuple[Line, ...]:
    sentences: Sequence[Sentence] = answered.results.answer[:most]
    return lines_of(sentences, answered.results.notebook, register)


def _improving(recorded: Sequence[RecordedNotebook], register: Register) -> Iterable[Line]:
    """Yield what notebooks say has become better or worse; where none does, why the question is open."""
    sentences = [
        (sentence, recorded_notebook.results.notebook)
        for recorded_notebook in recorded
        for sentence in recorded_notebook.results.sentences
        if sentence.section == IMPROVING
    ]
    if sentences:
        yield from _doubted(recorded, register)
    for sentence, notebook in sentences[:MOST_IMPROVING]:
        yield from lines_of((sentence,), notebook, register)
    if len(sentences) > MOST_IMPROVING:
        places = ", ".join(dict.fromkeys(notebook for _, notebook in sentences[MOST_IMPROVING:]))
        yield Line(f"More on this stands under {places}.", ())
    if not sentences:
        yield Line(NOT_IMPROVING, ())


def _doubted(recorded: Iterable[RecordedNotebook], register: Register) -> Iterable[Line]:
    """Yield that the scores themselves are in doubt, where a notebook found signs that they are managed."""
    notebook, key = SIGNS
    for recorded_notebook in recorded:
        signs = recorded_notebook.numbers.get(key) if recorded_notebook.results.notebook == notebook else None
        if signs is not None and isinstance(signs.value, int | float) and signs.value > 0:
            yield from lines_of((Sentence(DOUBTED, (key,)),), notebook, register)
