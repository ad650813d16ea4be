"""A drawn sample: what it is for, one row for each case or site, in an order that anyone can repeat."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from auditlib.files import digest, hash_bytes
from auditlib.records import Refusal
from auditlib.sampling.attributes import AttributePlan, allocate, plan_attributes
from auditlib.sampling.evaluation import SampleDesign
from auditlib.statements import counted

SCHEMA = "auditlib/sample@1"


@dataclass(frozen=True, slots=True)
class DrawnCase:
    """One row of a form: where its record stands, its stratum, and what else the form shows of it."""

    key: str
    stratum: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn sample.

    Parameters
    ----------
    title, question
        What the form is headed with, and what is asked of each row.
    columns
        Headings of what is shown of each case.
    design
        What an attribute sample was drawn for; None for sites.
    origin
        Audit, seed, evidence and purpose, as text: enough to draw it again.
    """

    title: str
    question: str
    columns: tuple[str, ...]
    cases: tuple[DrawnCase, ...]
    origin: Mapping[str, str]
    design: SampleDesign | None = None

    @property
    def digest(self) -> str:
        """SHA-256 over everything drawn; forms carry it and draws are entered under it."""
        return digest(as_document(self))

    @property
    def name(self) -> str:
        """What it is called by: its purpose and the beginning of its digest."""
        return f"{self.origin['purpose'].replace('/', '-')}-{self.digest[:8]}"

    def row_hash(self, case: DrawnCase) -> str:
        """Return the short hash that binds the key of `case` to this sample."""
        return hash_bytes(f"{self.digest}\x1f{case.key}".encode("utf-8", "surrogatepass"))[:16]


def as_document(drawn: Drawn) -> dict[str, Any]:
    """Return the sample as plain JSON values."""
    return {"schema": SCHEMA} | asdict(drawn)


def from_document(document: Mapping[str, Any]) -> Drawn:
    """Return the sample that `as_document` gave; KeyError, TypeError or ValueError where it is none."""
    if document["schema"] != SCHEMA:
        raise ValueError("another schema")
    design = document["design"]
    return Drawn(
        title=str(document["title"]),
        question=str(document["question"]),
        columns=tuple(document["columns"]),
        cases=tuple(
            DrawnCase(case["key"], case["stratum"], tuple(case["shown"])) for case in document["cases"]
        ),
        origin=dict(document["origin"]),
        design=None if design is None else SampleDesign(**design),
    )


def draw_cases(
    population: Sequence[DrawnCase],
    *,
    confidence: float,
    tolerable: float,
    expected: float,
    seed: int,
    purpose: str,
) -> tuple[tuple[DrawnCase, ...], SampleDesign] | Refusal:
    """Draw an attribute sample, in proportion to the strata of `population`.

    Parameters
    ----------
    population
        Every case that can be drawn; keys occur once.
    confidence, tolerable, expected
        See `auditlib.sampling.attributes.plan_attributes`.
    seed, purpose
        See `shuffled`.
    """
    strata: dict[str, dict[str, DrawnCase]] = {}
    for case in population:
        strata.setdefault(case.stratum, {})[case.key] = case
    counts = {name: len(cases) for name, cases in sorted(strata.items())}
    if not counts:
        return Refusal("There is no case to draw from.", "Take the table in first.")
    plan = _plan(counts, confidence=confidence, tolerable=tolerable, expected=expected)
    if isinstance(plan, Refusal):
        return plan
    chosen = [
        strata[name][key]
        for name, number in allocate(counts, size=plan.size).items()
        for key in sorted(shuffled(strata[name], seed=seed, purpose=f"{purpose}/{name}")[:number])
    ]
    return tuple(chosen), SampleDesign(confidence, tolerable, expected, plan.acceptable, counts)


def _plan(
    counts: Mapping[str, int], *, confidence: float, tolerable: float, expected: float
) -> AttributePlan | Refusal:
    """Plan as the sample will be evaluated: exactly for one stratum, by the binomial for several."""
    total = sum(counts.values())
    finite = total if len(counts) == 1 else None
    plan = plan_attributes(confidence=confidence, tolerable=tolerable, expected=expected, population=finite)
    if isinstance(plan, AttributePlan) and plan.size > total:
        return Refusal(
            f"{counted(plan.size, 'case')} would have to be examined and there are {total:,}.",
            "Do not stratify, tolerate more, or examine every case.",
        )
    return plan


def shuffled(keys: Iterable[str], *, seed: int, purpose: str) -> tuple[str, ...]:
    """Return `keys` in a random order that depends on nothing but the keys, the seed and the purpose.

    Parameters
    ----------
    keys
        What is drawn from, each once; the order they are given in has no influence.
    seed, purpose
        Another seed, or another purpose under the same seed, gives an unrelated order.

    Notes
    -----
    Keys are sorted by the SHA-256 of seed, purpose and key. Adding or removing a key leaves the order of
    the others as it is, and no library's generator has to be kept.
    """
    distinct = list(keys)
    if len(set(distinct)) != len(distinct):
        raise ValueError("a key occurs twice: it would be drawn twice as often")
    return tuple(sorted(distinct, key=lambda key: (_rank(key, seed=seed, purpose=purpose), key)))


def _rank(key: str, *, seed: int, purpose: str) -> str:
    text = f"{seed}\x1f{purpose}\x1f{key}"
    return hash_bytes(text.encode("utf-8", "surrogatepass"))
