"""Values and demands in words, the same everywhere."""

from __future__ import annotations

from auditlib.records import Cases, Criterion, Direction, Outcome, Target
from auditlib.statements import counted


def amount(value: float, unit: str) -> str:
    """Return `value` as it is read aloud: shares as per cent, counts whole, the rest to two places."""
    if unit == "share":
        return f"{value:.1%}"
    if unit in ("count", "rows"):
        return f"{value:,.0f}"
    if unit == "seconds":
        return counted(round(value), "second")
    return f"{value:,.2f}" + (f" {unit}" if unit else "")


def limit(target: Target, unit: str) -> str:
    """Return the target in words: ``at least 85.0%``."""
    side = "at least" if target.direction is Direction.AT_LEAST else "at most"
    return f"{side} {amount(target.value, unit)}"


def demanded(criterion: Criterion, unit: str) -> str:
    """Return what `criterion` asks of the value."""
    return f"{limit(criterion.target, unit)} demanded"


def said(outcome: Outcome) -> str:
    """Return an outcome as it is read aloud."""
    return outcome.value.replace("_", " ")


def briefly(criterion: Criterion) -> tuple[str, ...]:
    """Return a criterion in one row: id, demand, target, kind, grade, weight."""
    grade = f"{criterion.severity}, must-pass" if criterion.must_pass else criterion.severity.value
    return (
        criterion.id,
        criterion.demand,
        plain_limit(criterion.target),
        criterion.kind.value,
        grade,
        f"{criterion.weight:g}",
    )


_CASES = {
    Cases.POPULATION: "all there are: the share is exact and judged as it stands",
    Cases.PROCESS: "a sample of what goes on: the share is judged by its interval",
    None: "a complete register is judged as it stands, everything else by its interval",
}


def in_full(criterion: Criterion) -> list[tuple[str, str]]:
    """Return everything an edition says about a criterion, as name and words."""
    target = criterion.target
    options = ", ".join(f"{name} {value}" for name, value in criterion.options.items())
    lines = [
        ("criterion", criterion.id),
        ("demand", criterion.demand),
        ("category", criterion.category),
        ("requirements", ", ".join(criterion.requirements)),
        ("metric", criterion.metric + (f" ({options})" if options else "")),
        ("target", f"{plain_limit(target)}; a profile may choose {target.loosest:g} to {target.tightest:g}"),
        ("kind", f"{criterion.kind}, {criterion.aspect}"),
        ("weighs", f"{criterion.weight:g}, {criterion.severity}" + ", must-pass" * criterion.must_pass),
        ("observations", f"at least {criterion.minimum_n:,}"),
        ("cases", _CASES[criterion.cases]),
        ("evidence", criterion.evidence_type),
        ("rationale", criterion.rationale),
        ("source", criterion.source),
    ]
    if criterion.excused_limit is not None:
        reasons = ", ".join(criterion.reasons)
        lines.append(("deviations", f"at most {criterion.excused_limit:.1%} of cases, for {reasons}"))
    if criterion.effective_from is not None:
        lines.append(("in effect", f"from {criterion.effective_from}"))
    return lines + ([("change", criterion.change)] if criterion.change else [])


def plain_limit(target: Target) -> str:
    """Return a target without its unit: ``at least 0.85``."""
    side = "at least" if target.direction is Direction.AT_LEAST else "at most"
    return f"{side} {target.value:g}"
