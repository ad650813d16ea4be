"""Decisions on a few criteria, by the rule of a standard there is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from auditlib.records import (
    Aspect,
    Criterion,
    Decision,
    Direction,
    Grade,
    Judgement,
    Kind,
    Measurement,
    Outcome,
    Statistic,
    Target,
    WeighedFinding,
)
from auditlib.standards.decision import decide
from auditlib.standards.edition import DecisionRule, Edition, load_edition
from auditlib.standards.profile import Demands

STANDARD = Path(__file__).parents[2] / "params" / "standards" / "service-excellence" / "2025.yaml"
RULE = load_edition(STANDARD.read_text(encoding="utf-8"), name=STANDARD.name).rule
MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
SHORT, BLIND = Outcome.NOT_DEMONSTRATED, Outcome.NOT_ASSESSABLE


def criterion(
    name: str,
    *,
    weight: float = 1.0,
    aspect: Aspect = Aspect.PROCESS,
    severity: Grade = Grade.MINOR,
    must_pass: bool = False,
    category: str = "feedback",
) -> Criterion:
    return Criterion(
        name,
        category,
        "A demand.",
        ("A15",),
        "metric",
        Target(0.5, Direction.AT_LEAST, 1.0, 0.0),
        Kind.FLEXIBLE,
        severity,
        weight,
        aspect,
        "evidence",
        "because",
        "own",
        must_pass=must_pass,
    )


def decision(
    *pairs: tuple[Criterion, Outcome],
    rule: DecisionRule = RULE,
    findings: Sequence[WeighedFinding] | None = None,
    closed: Collection[str] = (),
    unmeasured: Collection[str] = (),
    certifies: bool = True,
) -> Decision:
    edition = Edition(
        "own",
        2025,
        "Own standard",
        date(2025, 1, 1),
        date(2025, 12, 31),
        None,
        {"feedback": "Feedback", "people": "People"},
        rule,
        tuple(one for one, _ in pairs),
    )
    measured = Measurement("metric", 0.5, 100, Statistic.SHARE)
    judgements = [
        Judgement(one, replace(measured, built=one.id not in unmeasured), outcome, "")
        for one, outcome in pairs
    ]
    return decide(Demands(edition, certifies=certifies), judgements, findings=findings, closed=closed)


def found_elsewhere(name: str, grade: Grade = Grade.MAJOR, category: str = "04_integrity") -> WeighedFinding:
    return WeighedFinding(name, f"{name} (04_integrity)", grade, category)
