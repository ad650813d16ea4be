"""What follows from a measurement, as an auditor would check it: evidence, demand, outcome.

A2 a criterion is met only if the evidence demonstrates it; B2 the three kinds of standard.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from law_page import CaseTable, LawPage, Row

from auditlib.errors import ParameterError
from auditlib.records import (
    Aspect,
    Cases,
    Criterion,
    DecisionMode,
    Direction,
    EvidenceLevel,
    Grade,
    Interval,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
)
from auditlib.standards.judge import judge_one
from auditlib.standards.needed import n_needed
from auditlib.standards.profile import Exemption
from auditlib.statistics.intervals import mean_t, wilson


def demand(
    value: float = 0.85,
    *,
    kind: Kind = Kind.FLEXIBLE,
    direction: Direction = Direction.AT_LEAST,
    minimum_n: int = 1,
    excused_limit: float | None = None,
) -> Criterion:
    return Criterion(
        "CF-01",
        "customer_feedback",
        "Most customers are content with the contact.",
        ("A2",),
        "top_box",
        Target(value, direction, value, value),
        kind,
        Grade.MAJOR,
        1.0,
        Aspect.RESULT,
        "responses",
        "because",
        "own",
        minimum_n=minimum_n,
        excused_limit=excused_limit,
        effective_from=date(2025, 1, 1),
    )


def share(k: int, n: int, *, excused: int = 0, complete: bool = True) -> Measurement:
    interval = None
    if n:
        limits = wilson(k, n)
        interval = Interval(float(limits.low), float(limits.high), 0.95, "Wilson")
    return Measurement(
        "top_box",
        k / n if n else None,
        n,
        Statistic.SHARE,
        interval=interval,
        successes=k,
        excused=excused,
        complete=complete,
    )


def register(k: int, n: int, **more: Any) -> Measurement:
    return replace(share(k, n), level=EvidenceLevel.REGISTER, **more)


LAW = LawPage(
    "Outcomes",
    """
    A criterion is met only if the evidence demonstrates it (requirement A2); rigid, flexible and
    discretionary standards treat deviations differently (B2). Target, kind, cases, fewest observations and
    the share that deviations may excuse stand with each criterion in `params/standards`, how sure an audit
    must be in the `rule` of the edition; what follows is the law of `src/auditlib/standards/judge.py`,
    written once, for one criterion at a time. The interval of a share is Wilson's at 95%. Where a line does
    not say otherwise the standard is flexible, the target is *at least 85%*, the mode is *interval*, and
    one observation is enough.
    """,
)
NOTHING = LAW.table(
    "Empty evidence never passes",
    """
    0 of 0 is not a pass, whatever is demanded and however sure the audit must be.

    kind          | mode        | in favour | outcome        | because
    --------------+-------------+-----------+----------------+-----------------
    rigid         | interval    | 0 of 0    | not_assessable | nothing was seen
    rigid         | point       | 0 of 0    | not_assessable | nothing was seen
    flexible      | interval    | 0 of 0    | not_assessable | nothing was seen
    flexible      | point       | 0 of 0    | not_assessable | nothing was seen
    flexible      | probability | 0 of 0    | not_assessable | nothing was seen
    discretionary | interval    | 0 of 0    | not_assessable | nothing was seen
    """,
)
STRADDLES = LAW.table(
    "An interval against its target",
    """
    Met where the whole interval is on the good side, the target included; not met where it is wholly on the
    bad side, the target excluded; otherwise not demonstrated.

    target       | interval      | outcome          | because
    -------------+---------------+------------------+--------------------------------------------
    at least 85% | 84.99% to 95% | not_demonstrated | its lower end is just below
    at least 85% | 85% to 95%    | met              | its lower end is on the target
    at least 85% | 85.01% to 95% | met              | its lower end is just above
    at least 85% | 75% to 84.99% | not_met          | its upper end is just below
    at least 85% | 75% to 85%    | not_demonstrated | its upper end is on the target
    at least 85% | 75% to 85.01% | not_demonstrated | its upper end is just above
    at most 5%   | 1% to 4.99%   | met              | its upper end is just below
    at most 5%   | 1% to 5%      | met              | its upper end is on the target
    at most 5%   | 1% to 5.01%   | not_demonstrated | its upper end is just above
    at most 5%   | 4.99% to 8%   | not_demonstrated | its lower end is just below
    at most 5%   | 5% to 8%      | not_demonstrated | its lower end is on the target
    at most 5%   | 5.01% to 8%   | not_met          | its lower end is just above
    at least 85% | -             | not_demonstrated | without an interval nothing is demonstrated
    """,
)
FEW = LAW.table(
    "How many observations are needed",
    """
    Where an outcome is not demonstrated, the number of observations is told with which the same share would
    be; fewer than the criterion asks for demonstrate nothing.

    in favour  | fewest | outcome          | needed | because
    -----------+--------+------------------+--------+----------------------------------
    45 of 50   | 1      | not_demonstrated | 196    | 90.0%; the interval straddles 85%
    450 of 500 | 1      | met              | -      | the same share of more
    42 of 50   | 1      | not_demonstrated | -      | at 84.0% no number would
    29 of 29   | 30     | not_demonstrated | 30     | just too few
    30 of 30   | 30     | met              | -      | as many as are asked for
    31 of 31   | 30     | met              | -      | one more
    18 of 20   | 30     | not_demonstrated | 196    | the target needs more
    """,
)
MODES = LAW.table(
    "How sure an audit must be",
    """
    Mode *point* takes the value as it stands; mode *probability* asks how likely it is that the target is
    reached, here 95%.

    mode        | in favour | outcome          | because
    ------------+-----------+------------------+---------------------------
    point       | 84 of 100 | not_met          | just below the target
    point       | 85 of 100 | met              | on the target
    point       | 86 of 100 | met              | just above the target
    probability | 78 of 100 | not_met          | reached with less than 5%
    probability | 79 of 100 | not_demonstrated | just more likely than that
    probability | 85 of 100 | not_demonstrated | as likely as not
    probability | 90 of 100 | not_demonstrated | just less likely than 95%
    probability | 91 of 100 | met              | reached with more than 95%
    interval    | 78 of 100 | not_met          | the interval ends below
    interval    | 79 of 100 | not_demonstrated | it reaches the target
    interval    | 91 of 100 | not_demonstrated | it begins below
    interval    | 92 of 100 | met              | it begins above
    """,
)
RIGID = LAW.table(
    "Rigid: every case",
    """
    A rigid demand of 100% is met only if every case is within the limit; no deviation, no waiver.

    kind  | in favour  | looked at | fewest | excused | outcome          | because
    ------+------------+-----------+--------+---------+------------------+----------------------------
    rigid | 500 of 500 | all       | 1      | 0       | met              | every case
    rigid | 499 of 500 | all       | 1      | 0       | not_met          | one breach is a breach
    rigid | 499 of 500 | all       | 1      | 1       | not_met          | a deviation excuses nothing
    rigid | 9 of 10    | all       | 30     | 0       | not_met          | a breach, and n is short
    rigid | 10 of 10   | all       | 30     | 0       | not_demonstrated | fewer than are asked for
    rigid | 59 of 59   | a sample  | 1      | 0       | not_demonstrated | a breach may lie outside
    rigid | 58 of 59   | a sample  | 1      | 0       | not_met          | a breach all the same
    """,
)
FLEXIBLE = LAW.table(
    "Flexible and discretionary",
    """
    A case excused by a valid deviation counts as within the limit, where the criterion allows deviations; the
    share excused has a limit of its own. A discretionary standard looks at satisfaction alone.

    kind          | in favour  | excused | excused at most | outcome          | because
    --------------+------------+---------+-----------------+------------------+-----------------------------
    flexible      | 420 of 500 | 0       | 10%             | not_demonstrated | 84.0% are within the limit
    flexible      | 420 of 500 | 40      | 10%             | met              | 92.0% are within, or excused
    flexible      | 449 of 500 | 49      | 10%             | met              | just below 10% are excused
    flexible      | 449 of 500 | 50      | 10%             | met              | exactly 10%
    flexible      | 449 of 500 | 51      | 10%             | not_met          | just above 10%
    flexible      | 420 of 500 | 80      | -               | not_demonstrated | no deviation is allowed
    discretionary | 450 of 500 | 0       | -               | met              | satisfaction is shown
    discretionary | 420 of 500 | 80      | 10%             | not_demonstrated | nothing excuses that
    """,
)
POPULATION = LAW.table(
    "A population, or a process",
    """
    The cases of a register are all there are: their share is exact, and judged as it stands. Those of a
    process show what it has done so far. A criterion says which; where it does not, a complete register is
    a population.

    in favour | evidence  | cases      | looked at | outcome          | because
    ----------+-----------+------------+-----------+------------------+----------------------
    16 of 20  | register  | -          | all       | not_met          | just below
    17 of 20  | register  | -          | all       | met              | on the target
    18 of 20  | register  | -          | all       | met              | just above
    20 of 20  | responses | -          | all       | not_demonstrated | it may yet fail
    20 of 20  | register  | process    | all       | not_demonstrated | the criterion says so
    20 of 20  | responses | population | all       | met              | the criterion says so
    20 of 20  | responses | population | a sample  | not_demonstrated | not all of it
    """,
)
UNKNOWN = LAW.table(
    "Cases of which it is not known whether they count",
    """
    They count on neither side: the outcome must be the same with all of them against it and all of them for
    it.

    kind     | target        | in favour | unknown | evidence  | outcome          | because
    ---------+---------------+-----------+---------+-----------+------------------+------------------------
    flexible | at least 90%  | 9 of 9    | 1       | register  | met              | 9 of 10 at worst, on it
    flexible | at least 90%  | 9 of 9    | 2       | register  | not_demonstrated | 9 of 11 at worst
    flexible | at least 90%  | 8 of 9    | 1       | register  | not_demonstrated | 9 of 10 at best
    flexible | at least 90%  | 7 of 9    | 1       | register  | not_met          | 8 of 10 at best
    flexible | at least 90%  | 0 of 0    | 5       | register  | not_assessable   | nothing is known
    rigid    | at least 100% | 50 of 50  | 1       | responses | not_demonstrated | it may be a breach
    rigid    | at least 100% | 49 of 50  | 1       | responses | not_met          | there is one already
    """,
)
EXEMPT = LAW.table(
    "Set aside",
    """
    A criterion that is waived, or not applicable, is stated and not judged; a rigid one is never waived.

    kind     | in favour  | set aside      | outcome        | because
    ---------+------------+----------------+----------------+---------------------------------------
    flexible | 0 of 500   | waived         | waived         | whatever was measured
    flexible | 0 of 500   | not_applicable | not_applicable | whatever was measured
    rigid    | 0 of 500   | not_applicable | not_applicable | there is nothing it could hold for
    rigid    | 500 of 500 | waived         | refused        | a waiver of a rigid demand is an error
    """,
)


TARGETS = {"rigid": "at least 100%"}


def share_of(cell: str) -> float:
    return float(cell.removesuffix("%")) / 100


def criterion_of(row: Row) -> Criterion:
    """Return the demand of a row; what it does not say is as the page says."""
    side, _, value = row.get("target", TARGETS.get(row.get("kind", ""), "at least 85%")).rpartition(" ")
    return replace(
        demand(
            share_of(value),
            kind=Kind(row.get("kind", "flexible")),
            direction=Direction(side.replace(" ", "_")),
            minimum_n=int(row.get("fewest", "1")),
            excused_limit=None if (limit := row.get("excused at most", "-")) == "-" else share_of(limit),
        ),
        cases=None if (cases := row.get("cases", "-")) == "-" else Cases(cases),
    )


def measurement_of(row: Row) -> Measurement:
    """Return what was measured: counts with Wilson's interval, or the interval of a mean."""
    if "interval" in row:
        ends = None if row["interval"] == "-" else Interval(*map(share_of, row["interval"].split(" to ")))
        return Measurement(
            "m", 0.9 if ends is None else (ends.low + ends.high) / 2, 100, Statistic.MEAN, interval=ends
        )
    counted = share(
        *map(int, row["in favour"].split(" of ")),
        excused=int(row.get("excused", "0")),
        complete=row.get("looked at", "all") == "all",
    )
    return replace(
        counted, level=EvidenceLevel(row.get("evidence", "responses")), unknown=int(row.get("unknown", "0"))
    )


def judged(row: Row) -> Judgement:
    exemption = Exemption(Outcome(row["set aside"]), "agreed") if "set aside" in row else None
    mode = DecisionMode(row.get("mode", "interval"))
    return judge_one(criterion_of(row), measurement_of(row), mode=mode, exemption=exemption)


@pytest.mark.parametrize("table", LAW.tables, ids=lambda table: table.title)
def test_the_law_says_what_the_table_says(table: CaseTable) -> None:
    for row in table.rows:
        if row["outcome"] == "refused":
            with pytest.raises(ParameterError, match="waiver is refused"):
                judged(row)
            continue
        found = judged(row)
        assert found.outcome == row["outcome"], row
        assert row.get("needed", "-") in ("-", str(found.n_needed)), row
        assert ("needed" in row and row["needed"] == "-") <= (found.n_needed is None), row


def test_unknown_cases_never_meet_a_rigid_demand_and_never_excuse_a_breach() -> None:
    rigid = replace(demand(kind=Kind.RIGID), target=replace(demand().target, value=1.0))
    unsure = judge_one(rigid, replace(share(50, 50), unknown=1))
    assert unsure.outcome is Outcome.NOT_DEMONSTRATED
    assert "1 more case is unknown and could make it anything from 98.0% to 100.0%" in unsure.reason
    assert judge_one(rigid, replace(share(49, 50), unknown=1)).outcome is Outcome.NOT_MET


def test_the_reason_for_missing_evidence_is_passed_on() -> None:
    absent = Measurement("top_box", None, 0, Statistic.SHARE, reason="the evidence has no responses")
    assert judge_one(demand(), absent).reason == "the evidence has no responses"


def test_45_of_50_against_85_percent_is_not_demonstrated_and_says_how_many_are_needed() -> None:
    found = judge_one(demand(), share(45, 50))
    assert found.outcome is Outcome.NOT_DEMONSTRATED
    assert found.n_needed == 196
    assert found.n_missing == 146
    assert "196" in found.reason
    assert "146" in found.reason


def test_450_of_500_against_85_percent_is_met() -> None:
    found = judge_one(demand(), share(450, 500))
    assert found.outcome is Outcome.MET
    assert found.n_needed is None
    assert found.margin == pytest.approx(0.05)


def test_the_n_needed_is_the_smallest_at_the_same_share() -> None:
    for p, target in ((0.9, 0.85), (0.97, 0.95), (0.5, 0.49), (1.0, 0.9)):
        n = n_needed(demand(target).target, share(round(p * 100), 100))
        assert n is not None
        assert float(wilson(p * n, n).low) >= target - 1e-12
        assert float(wilson(p * (n - 1), n - 1).low) < target


def test_where_the_value_is_on_the_bad_side_no_n_is_promised() -> None:
    found = judge_one(demand(), share(42, 50))
    assert found.outcome is Outcome.NOT_DEMONSTRATED
    assert found.n_needed is None
    assert "no number of observations" in found.reason


def test_mode_probability_asks_how_likely_the_target_is_reached() -> None:
    outcomes = {
        k: judge_one(demand(), share(k, 100), mode=DecisionMode.PROBABILITY).outcome for k in range(101)
    }
    assert outcomes[85] is Outcome.NOT_DEMONSTRATED
    assert outcomes[92] is Outcome.MET
    assert outcomes[76] is Outcome.NOT_MET
    order = [Outcome.NOT_MET, Outcome.NOT_DEMONSTRATED, Outcome.MET]
    ranks = [order.index(outcomes[k]) for k in range(101)]
    assert ranks == sorted(ranks)


def test_mode_probability_is_the_beta_posterior_for_shares_and_the_normal_one_for_means() -> None:
    from scipy.stats import beta, norm

    chance = 1 - beta.cdf(0.85, 90.5, 10.5)
    assert f"{chance:.3f}" in judge_one(demand(), share(90, 100), mode=DecisionMode.PROBABILITY).reason
    limits = Interval(4.0 - 1.959963984540054 * 0.1, 4.0 + 1.959963984540054 * 0.1)
    mean = Measurement("m", 4.0, 100, Statistic.MEAN, "points", limits)
    reason = judge_one(demand(3.9), mean, mode=DecisionMode.PROBABILITY).reason
    assert f"{norm.cdf(1.0):.3f}" in reason


@pytest.mark.parametrize(("gap", "said"), [(0.0, False), (1e-9, False), (1e-308, False), (1e-8, True)])
def test_on_its_target_no_number_of_observations_is_promised(gap: float, said: bool) -> None:
    near = Measurement("m", 0.85 + gap, 100, Statistic.MEAN, interval=Interval(0.75, 0.95))
    assert (n_needed(demand().target, near) is not None) is said


def test_without_an_interval_nothing_is_demonstrated_but_a_count_needs_none() -> None:
    bare = Measurement("m", 0.99, 100, Statistic.SHARE)
    assert judge_one(demand(), bare).outcome is Outcome.NOT_DEMONSTRATED
    count = Measurement("m", 2.0, 2, Statistic.COUNT, "count")
    assert judge_one(demand(2.0), count).outcome is Outcome.MET
    assert judge_one(demand(3.0), count).outcome is Outcome.NOT_MET


def test_a_mean_needs_the_n_at_which_its_half_width_is_the_gap() -> None:
    limits = mean_t(4.1, 1.0, 100)
    mean = Measurement(
        "m", 4.1, 100, Statistic.MEAN, "points", Interval(float(limits.low), float(limits.high))
    )
    found = judge_one(demand(4.0), mean)
    assert found.outcome is Outcome.NOT_DEMONSTRATED
    assert found.n_needed == 394


class TestRigid:
    """Met if and only if every case is within the limit."""

    rigid = demand(1.0, kind=Kind.RIGID)

    def test_the_reason_counts_the_breaches(self) -> None:
        assert "3 of 500 cases" in judge_one(self.rigid, share(497, 500)).reason
