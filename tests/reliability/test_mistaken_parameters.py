"""One mistake in a parameter file of any kind: the place is named, and what to do, in plain words."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from auditlib.drivers.policy import DriversPolicy
from auditlib.errors import ParameterError, Problem
from auditlib.escalation.policy import EscalationPolicy
from auditlib.integrity.policy import IntegrityPolicy
from auditlib.parameters.calendar import CalendarFile
from auditlib.parameters.checks import load_run
from auditlib.parameters.claims import read_claims
from auditlib.parameters.load import load
from auditlib.parameters.strict_yaml import read_yaml
from auditlib.service_desk.policy import IncidentPolicy
from auditlib.standards.edition import load_edition
from auditlib.standards.profile import load_profile
from company.scenario import Scenario

PARAMS = Path(__file__).parents[2] / "params"
Place: TypeAlias = tuple[str | int, ...]
READERS: dict[str, Callable[..., object]] = {
    "runs/demo.yaml": load_run,
    "runs/hcahps.yaml": load_run,
    "calendars/business.yaml": partial(load, CalendarFile),
    "policies/escalation.yaml": partial(load, EscalationPolicy),
    "policies/incident_resolution.yaml": partial(load, IncidentPolicy),
    "policies/drivers.yaml": partial(load, DriversPolicy),
    "policies/integrity.yaml": partial(load, IntegrityPolicy),
    "profiles/small-b2b.yaml": load_profile,
    "registers/claims.yaml": read_claims,
    "scenarios/demo.yaml": partial(load, Scenario),
    "standards/service-excellence/2026.yaml": load_edition,
}
WRONG = {
    "list": ["zz"],
    "block": {"zz": 1},
    "word": "zz zz",
    "fraction": 7.5,
    "far below": -(10**9),
    "far above": 10**9,
    "flag": True,
    "nothing": None,
    "empty": "",
    "no entry": [],
    "no key": {},
    "no such day": "2025-02-30",
}
NEVER = ("Input should", "valid dictionary", "^", " ;", ": ;", "of ;", "''s", "Field required", "pydantic")


def shortened(value: Any) -> Any:
    """Return the file with alike blocks left out: those whose keys an earlier one has already."""
    entries = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    blocks = [entry for _, entry in entries if isinstance(entry, dict)]
    alike = len(blocks) == len(entries) > 2
    seen: set[str] = set()
    kept = []
    for key, entry in entries:
        if not alike or not isinstance(entry, dict) or set(entry) - seen:
            seen |= set(entry) if alike and isinstance(entry, dict) else set()
            kept.append((key, shortened(entry) if isinstance(entry, dict | list) else entry))
    return dict(kept) if isinstance(value, dict) else [entry for _, entry in kept]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


def kinds_of_place(value: Any) -> dict[Place, Place]:
    """Return one place of each kind: entries of one list, and criteria of one standard, are alike."""
    kinds: dict[Place, Place] = {}
    for path in places(value):
        kind = tuple("" if isinstance(step, int) else step for step in path)
        kinds.setdefault(
            kind if len(kind) < 3 else (kind[0], *kind[-2:]) if len(kind) > 3 else kind[::2], path
        )
    return kinds


def changed(value: Any, path: Place, change: Callable[[Any, str | int], None]) -> str:
    other = copy.deepcopy(value)
    block = other
    for step in path[:-1]:
        block = block[step]
    change(block, path[-1])
    return json.dumps(other, indent=1, ensure_ascii=False)  # which is YAML, too


def put(wrong: Any, block: Any, key: str | int) -> None:
    block[key] = copy.deepcopy(wrong)


def delete(block: Any, key: str | int) -> None:
    del block[key]


def misspell(block: Any, key: str | int) -> None:
    if isinstance(block, dict):
        entries = [(f"zz {name}" if name == key else name, inner) for name, inner in block.items()]
        block.clear()
        block.update(entries)


def refused(reader: Callable[..., object], text: str) -> tuple[Problem, ...]:
    try:
        reader(text, name="some.yaml")
    except ParameterError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("file", READERS)
def test_every_mistake_is_placed_and_said_with_what_to_do(file: str) -> None:
    value = shortened(read_yaml((PARAMS / file).read_text("utf-8"), name=file).value)
    changes = {"missing": delete, "misspelt": misspell} | {
        name: partial(put, wrong) for name, wrong in WRONG.items()
    }
    found = 0
    for path in kinds_of_place(value).values():
        for name, change in changes.items():
            text = changed(value, path, change)
            problems = refused(READERS[file], text)
            found += len(problems)
            for problem in problems:
                said = f"{path}, {name}: {problem}"
                assert problem.file == "some.yaml", said
                assert 1 <= (problem.line or 0) <= text.count("\n") + 1, said
                assert isinstance(problem.column, int), said
                assert problem.column >= 1, said
                assert problem.remedy.endswith((".", "?", "!")), said
                assert problem.remedy != "Correct it.", said
                assert problem.message.endswith("."), said
                assert not [words for words in NEVER if words in str(problem)], said
    assert found > len(value)


def one_problem(file: str, old: str, new: str) -> str:
    text = (PARAMS / file).read_text("utf-8")
    assert old in text
    (problem,) = refused(READERS[file], text.replace(old, new, 1))
    return str(problem)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "calendars/business.yaml",
            "  tuesday:",
            "  thuesday:",
            "column 3: 'thuesday' is no key of 'windows'. Did you mean 'tuesday'?",
        ),
        (
            "calendars/business.yaml",
            "  tuesday:",
            "  7:",
            "'7' is no key of 'windows'. Allowed: friday, monday, saturday, sunday, thursday, tuesday, wed",
        ),
        (
            "policies/escalation.yaml",
            "senior_management]",
            "senior_managment]",
            "there is no role 'senior_managment'. Did you mean 'senior_management'?",
        ),
        (
            "policies/escalation.yaml",
            "      service: {hours: 24}\n",
            "",
            "the contact has no limit for the band 'service'. Add service: {hours: 8}, with your hours.",
        ),
        (
            "standards/service-excellence/2026.yaml",
            "mode: interval",
            "mode: intervall",
            "'mode' must be one of point, interval, probability; found the text 'intervall'. Did you mean",
        ),
        (
            "registers/claims.yaml",
            "status: unverified",
            "status: verified",
            "a verified claim needs its n and who verified it. Add 'n' and 'verified_by', or write",
        ),
    ],
)
def test_a_message_says_the_words_that_are_allowed(file: str, old: str, new: str, said: str) -> None:
    assert said in one_problem(file, old, new)
