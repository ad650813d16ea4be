"""A finished audit as `auditlib.oscal` is given it: every outcome, every state, text like markup."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from standards_tables import context, small_tables

from auditlib.actions.register import Action, State
from auditlib.oscal import Audited, AuditedFinding
from auditlib.parameters.run import Run
from auditlib.records import ActionType, Finding, Grade, Interval, Measurement, Sentence, Statistic
from auditlib.standards.document import VerdictDocument, verdict_document
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.findings import findings
from auditlib.standards.profile import Demands, as_shown, demands_on, load_profile
from auditlib.standards.verdict import Verdict, verdict_of

ROOT = Path(__file__).parents[2]
HOSTILE = (
    '*Bold* _it_ <script>alert("&amp;")</script> {{ insert: param, X }} [a](b) `c` ^d^ ~e~ \\ \x00\x1f end '
)
JUDGE = "11_standards"


def audited(
    *,
    judged: bool = True,
    profile: bool = True,
    title: str = "A small audit",
    acted: bool = False,
    **more: Any,
) -> Audited:
    """Return an audit whose criteria take turns in being met, missed, open and without evidence."""
    edition = _edition()
    chosen = load_profile(_text("profiles/small-b2b.yaml"), name="p.yaml") if profile else None
    run = _run(title, "small-b2b" if profile else "")
    calls = small_tables(interactions=[{"channel": "phone", "in_period": True}])
    demands = as_shown(demands_on(edition, run.period.end, profile=chosen), calls, context())
    verdict = _verdict(demands)
    facts: dict[str, Any] = {
        "run": run,
        "run_file": "parameters/small.yaml",
        "edition": edition,
        "profile": chosen,
        "verdict": VerdictDocument.model_validate(verdict_document(verdict)) if judged else None,
        "judge": JUDGE if judged else "",
        "questions": {"01_intake": HOSTILE, **({JUDGE: "Does it meet the standard?"} if judged else {})},
        "answers": {"01_intake": (Sentence(HOSTILE, ("rows", "absent")),), JUDGE: (Sentence("No."),)},
        "numbers": frozenset({"01_intake/rows", f"{JUDGE}/found:CF-04"}),
        "raised": (*(_raised(verdict) if judged else ()), *_beside()),
        "files": dict.fromkeys(_files(judged=judged), "ab" * 32),
        "key": "cd" * 32,
        "version": "0.1.0",
    }
    facts |= more
    return Audited(**facts, agreed=_agreed(facts["raised"]) if acted else {})


def _agreed(raised: tuple[AuditedFinding, ...]) -> dict[str, tuple[Action, ...]]:
    """Return actions in every state on risks and on opportunities, one finding with two of them."""
    found: dict[str, tuple[Action, ...]] = {}
    so_far: Counter[bool] = Counter()
    for place, one in enumerate(raised):
        light = one.finding.grade is Grade.OPPORTUNITY
        state = tuple(State)[so_far[light] % len(State)]
        so_far[light] += 1
        owned = state is not State.PROPOSED or place % 8 == 0
        action = Action(
            one.finding.fingerprint, 1, one.finding.grade.value, one.finding.criterion, "", "", HOSTILE,
            f"Ada *Lind* {place % 2}" if owned else "", ActionType.SYSTEM if owned else None,
            date(2026, 3, 1 + place % 28) if owned else None, state, "seen" if owned else "", "",
        )  # fmt: skip
        second = (replace(action, number=2, due=None),) if place == 1 else ()
        found[action.fingerprint] = (action, *second)
    return found


@cache
def _edition() -> Edition:
    return load_edition(_text("standards/service-excellence/2025.yaml"), name="2025.yaml")


def _text(name: str) -> str:
    return (ROOT / "params" / name).read_text(encoding="utf-8")


def _files(*, judged: bool) -> list[str]:
    return ["parameters/small.yaml", "results/01_intake.json", *([f"results/{JUDGE}.json"] if judged else [])]


def _run(title: str, profile: str) -> Run:
    return Run.model_validate(
        {
            "audit": "small",
            "title": title,
            "party": {"name": "Small & Sons"},
            "period": {"start": "2025-01-01", "end": "2025-12-31"},
            "as_of": "2026-01-31T19:00:00+01:00",
            "profile": profile,
            "sources": [{"table": "units", "file": "units.csv", "form": "csv"}],
            "notebooks": {"01_intake": {}, JUDGE: {"share": 0.5}},
        }
    )


def _verdict(demands: Demands) -> Verdict:
    return verdict_of(
        demands,
        [_found(at, each.metric, each.target.value) for at, each in enumerate(demands.edition.criteria)],
    )


def _found(at: int, metric: str, target: float) -> Measurement:
    if at % 4 == 3:
        return Measurement(metric, None, 0, Statistic.SHARE, reason=HOSTILE, built=at % 8 == 3)
    value = (target, target - 1, target + 1)[at % 3]
    interval = Interval(value - 0.01, value + 0.01, 0.95, "Wilson") if at % 2 else None
    return Measurement(metric, value, 1000, Statistic.MEAN, "points", interval, definition_hash="ef")


def _raised(verdict: Verdict) -> tuple[AuditedFinding, ...]:
    return tuple(
        AuditedFinding(replace(one, fingerprint=_hash(one.criterion)), JUDGE, "new")
        for one in findings(verdict)
    )


def _beside() -> tuple[AuditedFinding, ...]:
    parts = [
        ("data.reliability: it can be relied on", "new"),
        ("CF-01: asked", "resolved"),
        ("E6: reported", "not_examined"),
    ]
    return tuple(
        AuditedFinding(
            Finding(
                text,
                HOSTILE,
                "cause",
                "effect",
                "do it",
                Grade.MAJOR,
                "units",
                ("01_intake/rows",),
                _hash(text),
            ),
            "01_intake",
            state,  # type: ignore[arg-type] # the list above holds only states
        )
        for text, state in parts
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
