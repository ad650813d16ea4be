"""Whether an operation meets the standard: the rule of A15 and A6, step by step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from decisions import MET, NOT_MET, RULE, SHORT, criterion, decision, found_elsewhere
from law_page import LawPage, Row

from auditlib.records import Aspect, Criterion, Decision, Grade, Outcome, WeighedFinding

LAW = LawPage(
    "The decision",
    f"""
    An operation meets the standard if every must-pass criterion is met, the weighted score reaches the pass
    mark, no major is open, no category has so many open minors that they count as a major, and every minor
    has an accepted plan (requirements A6 and A15). One step not met is enough to miss it; a step that open
    criteria decide leaves it undecided. The values stand in the `rule` of an edition in `params/standards`,
    those below in `params/standards/service-excellence/2025.yaml`: pass mark {RULE.pass_mark:.0%}, process
    counts {RULE.process_weight:.0%}, {RULE.minors_make_major} minors of a category count as a major,
    process and results part at {RULE.mismatch:.0%}. The steps are the law of
    `src/auditlib/standards/decision.py`, written once.
    """,
)
MUST_PASS = LAW.table(
    "Must-pass criteria",
    """
    A must-pass criterion decides alone, whatever else was reached and however little it weighs.

    must-pass criterion | decision         | because
    --------------------+------------------+-----------------------------
    met                 | met              | everything else is met
    not_met             | not_met          | one is enough
    not_demonstrated    | not_demonstrated | it may be missed
    not_assessable      | not_demonstrated | held back, it passes nothing
    """,
)
PASS_MARK = LAW.table(
    "The pass mark",
    """
    The score is the share of the weight met. Open criteria leave it open only where they can decide it;
    what is waived or not applicable leaves it.

    met  | not met | open | set aside | score          | step             | because
    -----+---------+------+-----------+----------------+------------------+---------------------------------
    79.9 | 20.1    | 0    | 0         | 79.9%          | not_met          | just below
    80   | 20      | 0    | 0         | 80.0%          | met              | on it
    80.1 | 19.9    | 0    | 0         | 80.1%          | met              | just above
    80   | 10      | 10   | 0         | 80.0% to 90.0% | met              | whatever becomes of what is open
    79.9 | 10.1    | 10   | 0         | 79.9% to 89.9% | not_demonstrated | what is open decides it
    69.9 | 20.1    | 10   | 0         | 69.9% to 79.9% | not_met          | not even with all that is open
    70   | 20      | 10   | 0         | 70.0% to 80.0% | not_demonstrated | with all of it
    80   | 20      | 0    | 100       | 80.0%          | met              | what is set aside weighs nothing
    """,
)
ASPECTS = LAW.table(
    "Process and results",
    """
    How work is done and what comes of it are scored apart, and combined as declared. Where they part by as
    much as the rule says, the decision says so, if at least half of the weight of both is met or not met, and
    at least half of what is decided of the stronger is met.

    process met | results met | process counts | score  | said           | because
    ------------+-------------+----------------+--------+----------------+------------------------------------
    75%         | 50%         | 20%            | 55.0%  | -              | a fifth of 75 and four fifths of 50
    75%         | 50%         | 50%            | 62.5%  | -              | the mean
    -           | 100%        | 50%            | 100.0% | -              | of the one there is
    69%         | 40%         | 50%            | 54.5%  | -              | just less than the rule says
    70%         | 40%         | 50%            | 55.0%  | strong process | as much as the rule says
    71%         | 40%         | 50%            | 55.5%  | strong process | more
    40%         | 70%         | 50%            | 55.0%  | weak process   | the other way round
    49%         | 10%         | 50%            | 29.5%  | -              | mostly not met is not strong
    50%         | 10%         | 50%            | 30.0%  | strong process | half of it is met
    """,
)
MAJORS = LAW.table(
    "Open majors",
    """
    A criterion that is graded major and not met is an open major, and so is a major of another notebook,
    until its fix is verified.

    own major        | elsewhere   | closed        | decision         | because
    -----------------+-------------+---------------+------------------+-----------------------
    met              | -           | -             | met              | there is none
    not_met          | -           | -             | not_met          | one is open
    not_met          | -           | the criterion | met              | its fix is verified
    not_demonstrated | -           | -             | not_demonstrated | it could be one
    not_assessable   | -           | -             | not_demonstrated | it could be one
    met              | major       | -             | not_met          | of another notebook
    met              | major       | the finding   | met              | its fix is verified
    met              | opportunity | -             | met              | never stops a decision
    """,
)
MINORS = LAW.table(
    "Minors that gather",
    """
    So many open minors in one category count as one major, those of other notebooks among them. Those that
    no criterion is about gather under the name of their notebook. Counted are minors of one category, *not
    met* and *open*, of another (*people*), and of other notebooks.

    not met | open | in people | elsewhere     | closed | step             | because
    --------+------+-----------+---------------+--------+------------------+-----------------------------
    3       | 0    | 0         | -             | 0      | met              | one too few
    4       | 0    | 0         | -             | 0      | not_met          | as many as the rule says
    5       | 0    | 0         | -             | 0      | not_met          | more
    3       | 0    | 3         | -             | 0      | met              | of different categories
    4       | 0    | 0         | -             | 1      | met              | one is closed
    3       | 1    | 0         | -             | 0      | not_demonstrated | open, it could be the fourth
    2       | 1    | 0         | -             | 0      | met              | with it there are three
    3       | 0    | 0         | 1 in feedback | 0      | not_met          | the fourth is elsewhere
    3       | 0    | 0         | 1 in 05_x     | 0      | met              | about no criterion
    0       | 0    | 0         | 4 in 05_x     | 0      | not_met          | together all the same
    """,
)
PLANS = LAW.table(
    "Plans for minors",
    """
    A minor withholds the certificate until an accepted plan, not overdue, covers it. So does a criterion
    without evidence that could raise one: no plan can cover what nobody has seen.

    own minor        | elsewhere | planned       | decision         | because
    -----------------+-----------+---------------+------------------+---------------------
    met              | -         | -             | met              | there is none
    not_met          | -         | -             | not_met          | without a plan
    not_met          | -         | the criterion | met              | its plan is accepted
    not_met          | minor     | the criterion | not_met          | the other has none
    not_met          | minor     | both          | met              | both have one
    not_demonstrated | -         | -             | met              | shown, and short
    not_assessable   | -         | -             | not_demonstrated | it may hide one
    """,
)
WINDOW = LAW.table(
    "An edition outside of its window",
    """
    An edition that is neither in effect nor in transition on the last day of the period compares, and
    certifies nothing. A standard of which nothing could be judged is not assessable.

    criterion      | measured | edition   | compared       | decision       | because
    ---------------+----------+-----------+----------------+----------------+-------------------------
    met            | yes      | in effect | met            | met            | it may certify
    met            | yes      | outside   | met            | not_applicable | it would be met
    not_met        | yes      | outside   | not_met        | not_met        | what is missed is missed
    not_assessable | yes      | in effect | not_assessable | not_assessable | no evidence at all
    waived         | yes      | in effect | not_assessable | not_assessable | nothing is left to judge
    not_assessable | no       | in effect | not_assessable | not_assessable | there is no measure
    """,
)


def decided(row: Row, *pairs: tuple[Criterion, Outcome], **more: Any) -> Decision:
    """Return the decision on criteria, which is the one of the row."""
    found = decision(*pairs, **more)
    assert found.outcome == row["decision"]
    return found


REST = (criterion("P-99", weight=99), MET)
ELSEWHERE = "elsewhere"


def other(row: Row) -> list[WeighedFinding]:
    """Return the finding of another notebook that a row names by its grade."""
    return [] if row[ELSEWHERE] == "-" else [found_elsewhere(ELSEWHERE, Grade(row[ELSEWHERE]))]


CLOSED = {"-": (), "the criterion": ("P-01",), "the finding": (ELSEWHERE,), "both": ("P-01", ELSEWHERE)}


@MUST_PASS.each
def test_must_pass_criteria(row: Row) -> None:
    must = criterion("P-01", weight=0.1, must_pass=True, severity=Grade.OPPORTUNITY)
    found = decided(row, (must, Outcome(row["must-pass criterion"])), REST)
    assert found.trace[0].outcome == row["decision"]


@PASS_MARK.each
def test_the_pass_mark(row: Row) -> None:
    outcomes = {"met": MET, "not met": NOT_MET, "open": SHORT, "set aside": Outcome.WAIVED}
    pairs = [
        (criterion(f"P-0{place}", weight=float(row[name])), outcome)
        for place, (name, outcome) in enumerate(outcomes.items())
        if row[name] != "0"
    ]
    found = decision(*pairs)
    ends = dict.fromkeys(f"{end:.1%}" for end in (found.score.low, found.score.high))
    assert (" to ".join(ends), found.trace[1].outcome) == (row["score"], row["step"])


@ASPECTS.each
def test_process_and_results(row: Row) -> None:
    pairs = []
    for aspect, cell in ((Aspect.PROCESS, row["process met"]), (Aspect.RESULT, row["results met"])):
        met = 0 if cell == "-" else int(cell.removesuffix("%"))
        for weight, outcome in ((met, MET), (100 - met, NOT_MET)):
            if weight and cell != "-":
                pairs.append((criterion(f"{aspect}-{outcome}", weight=weight, aspect=aspect), outcome))
    counts = float(row["process counts"].removesuffix("%")) / 100
    found = decision(*pairs, rule=replace(RULE, process_weight=counts))
    assert f"{found.score.low:.1%}" == row["score"]
    assert found.mismatch.lower().partition(",")[0] == row["said"].removeprefix("-")


@pytest.mark.parametrize(("unknown", "told"), [(99, True), (100, True), (101, False)])
@pytest.mark.parametrize(
    ("aspect", "other"), [(Aspect.PROCESS, Aspect.RESULT), (Aspect.RESULT, Aspect.PROCESS)]
)
def test_nothing_is_called_strong_of_which_too_little_is_known(
    aspect: Aspect, other: Aspect, unknown: int, told: bool
) -> None:
    good, bad = (MET, NOT_MET) if aspect is Aspect.PROCESS else (NOT_MET, MET)
    found = decision(
        (criterion("X-1", weight=100, aspect=aspect), good),
        (criterion("X-2", weight=unknown, aspect=aspect), Outcome.NOT_ASSESSABLE),
        (criterion("X-3", weight=100, aspect=other), bad),
    )
    assert bool(found.mismatch) is told


@MAJORS.each
def test_open_majors(row: Row) -> None:
    major = criterion("P-01", severity=Grade.MAJOR)
    outcome, closed = Outcome(row["own major"]), CLOSED[row["closed"]]
    found = decided(row, REST, (major, outcome), findings=other(row), closed=closed)
    assert found.trace[2].outcome == row["decision"]


@MINORS.each
def test_minors_gather(row: Row) -> None:
    kinds = (("not met", "feedback", NOT_MET), ("open", "feedback", SHORT), ("in people", "people", NOT_MET))
    pairs = [
        (criterion(f"P-{place}{number}", category=category, weight=0.1), outcome)
        for place, (name, category, outcome) in enumerate(kinds)
        for number in range(int(row[name]))
    ]
    count, _, category = row["elsewhere"].partition(" in ")
    findings = [
        found_elsewhere(f"E{number}", Grade.MINOR, category) for number in range(int(count.replace("-", "0")))
    ]
    closed = [one.id for one, _ in pairs[: int(row["closed"])]]
    found = decision(REST, *pairs, findings=findings, closed=closed)
    assert found.trace[3].outcome == row["step"]
    assert bool(found.open_majors) is bool(found.gathered) is (row["step"] == "not_met")


@PLANS.each
def test_plans_for_minors(row: Row) -> None:
    outcome, closed = Outcome(row["own minor"]), CLOSED[row["planned"]]
    found = decided(row, REST, (criterion("P-01"), outcome), findings=other(row), closed=closed)
    assert found.trace[4].outcome == row["decision"]


@WINDOW.each
def test_the_window_of_an_edition(row: Row) -> None:
    unmeasured = () if row["measured"] == "yes" else ("P-01",)
    pair = (criterion("P-01", severity=Grade.OPPORTUNITY), Outcome(row["criterion"]))
    found = decided(row, pair, unmeasured=unmeasured, certifies=row["edition"] == "in effect")
    assert found.compared == row["compared"]
