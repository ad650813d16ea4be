"""False alarms and power of the integrity detectors on simulated companies: the source of their register.

``python -m benchmarks integrity`` measures a few companies and prints; with ``--write FILE`` it writes the
register that the suite ships and shows beside every detection:

    python -m benchmarks integrity --clean 100080:100400 --planted 100030:100050 --write FILE

Detectors were chosen on companies with seeds below `CHOSEN_BELOW`. The register is measured on seeds from
there on, which must not be looked at while a detector is changed.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from auditlib.integrity import DETECTORS, IntegrityPolicy, estimate
from auditlib.integrity.performance import fingerprint
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from company import Scenario, survey_tables

ROOT = Path(__file__).parents[1]
CHOSEN_BELOW = 100_000
DRAWS = 1999
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "uninvited": ("60% of customers who look unhappy are not invited", {"suppress": 0.6}),
    "uninvited_some": ("30% of customers who look unhappy are not invited", {"suppress": 0.3}),
    "not_again": ("60% of those with a low answer are not invited for 90 days", {"not_again": 0.6}),
    "not_after_complaint": (
        "60% of complainants are not invited for 90 days",
        {"not_after_complaint": 0.6},
    ),
    "discouraged": ("40% of the unhappy are talked out of answering", {"discouraged": 0.4}),
    "discouraged_most": ("70% of the unhappy are talked out of answering", {"discouraged": 0.7}),
    "lifted": ("80% of months just below the threshold are lifted over it", {"lifted": 0.8}),
    "month_end": ("25% of top answers are collected in the last three days", {"month_end": 0.25}),
    "filled_in": ("20% of answers are replaced by silent top scores", {"filled_in": 0.2}),
    "one_device": ("5% of answers come from one device of the unit", {"one_device": 0.05}),
    "begging": ("10% of comments quote a request for a score", {"begging": 0.1}),
    "straight": ("20% of answers are made straight lines", {"straight": 0.2}),
}
Seen = dict[str, Any]


def main(argv: list[str]) -> None:
    """Measure, print, and write the register where asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks integrity")
    parser.add_argument("--clean", type=_seeds, default=range(20), help="seeds of companies without gaming")
    parser.add_argument("--planted", type=_seeds, default=range(4), help="seeds of each planted form")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", type=Path, help="where to write the register")
    given = parser.parse_args(argv)
    jobs = [("clean", seed) for seed in given.clean]
    jobs += [(form, seed) for form in FORMS for seed in given.planted]
    with ProcessPoolExecutor(given.workers) as pool:
        seen = list(pool.map(one, jobs, chunksize=4))
    text = register(seen)
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")


def _seeds(text: str) -> range:
    """Read ``first:end``, the end excluded."""
    first, end = text.split(":")
    return range(int(first), int(end))


def one(job: tuple[str, int]) -> Seen:
    """Examine one company: p-values of all tests, and alarms by group and detector."""
    form, seed = job
    run, policy = given_files()
    tables: Any = survey_tables(scenario(form, seed), np.random.default_rng(seed))
    result = estimate(tables, run, policy)
    gamed = f"{GAMED[0]} {GAMED[1]}"
    return {
        "form": form,
        "seed": seed,
        "any": bool(result.alarms),
        "any_gamed": gamed in result.alarmed,
        "p": [
            (entry.detector.key, entry.p_value) for entry in result.detections if entry.contrast is not None
        ],
        "alarms": sorted({entry.detector.key for alarm in result.alarms for entry in alarm.carried_by}),
        "found": sorted(
            {entry.detector.key for alarm in result.alarmed.get(gamed, ()) for entry in alarm.carried_by}
        ),
    }


GAMED = ("manager", "2024-07-01")


def given_files() -> tuple[Run, IntegrityPolicy]:
    """Return the demo run and the shipped policy, with fewer draws."""
    run = load(Run, (ROOT / "params/runs/demo.yaml").read_text(encoding="utf-8"), name="demo.yaml")
    text = (ROOT / "params/policies/integrity.yaml").read_text(encoding="utf-8")
    return run, load(IntegrityPolicy, text, name="integrity.yaml").model_copy(update={"draws": DRAWS})


def scenario(form: str, seed: int) -> Scenario:
    """Return the demo scenario with another seed, without gaming or with one form of it."""
    text = (ROOT / "params/scenarios/demo.yaml").read_text(encoding="utf-8")
    base = load(Scenario, text, name="demo.yaml").model_dump(mode="json") | {"seed": seed, "gaming": None}
    if form != "clean":
        switches = FORMS[form][1]
        forms = {name: value for name, value in switches.items() if name != "suppress"}
        gaming = {"role": GAMED[0], "starts_on": GAMED[1], "suppress": switches.get("suppress", 0.0)}
        base["gaming"] = gaming | {"forms": forms}
    return Scenario.model_validate(base)


def register(seen: Iterable[Seen]) -> str:
    """Return the register as YAML."""
    by_form: dict[str, list[Seen]] = defaultdict(list)
    for each in seen:
        by_form[each["form"]].append(each)
    clean = by_form.pop("clean")
    lines = [
        "# Written by: python -m benchmarks integrity --write. Do not edit by hand.",
        "company: 40 units, 36 months, five groups of 5 to 7 linked units, true effects of pay",
        f"chosen_below_seed: {CHOSEN_BELOW}",
        f"clean_seeds: {_span(clean)}",
        f"planted_seeds: {_span(each for companies in by_form.values() for each in companies)}",
        f"companies: {len(clean)}",
        f"draws: {DRAWS}",
        f"any_alarm: {_share(each['any'] for each in clean)}",
        f'settings: "{fingerprint(given_files()[1])}"',
        "clean:",
        *(_clean_line(detector.key, clean) for detector in DETECTORS),
        "planted:",
    ]
    for form, companies in by_form.items():
        lines += [f"  {form}:", f"    form: {FORMS[form][0]}", f"    companies: {len(companies)}"]
        lines += [f"    any: {_share(each['any_gamed'] for each in companies)}", "    found:"]
        found = {d.key: _share(d.key in each["found"] for each in companies) for d in DETECTORS}
        lines += [f"      {key}: {value}" for key, value in found.items()]
    return "\n".join(lines) + "\n"


def _span(companies: Iterable[Seen]) -> list[int]:
    seeds = [each["seed"] for each in companies]
    return [min(seeds), max(seeds)]


def _clean_line(key: str, clean: list[Seen]) -> str:
    p = [value for each in clean for name, value in each["p"] if name == key]
    alone = _share(value <= given_files()[1].error for value in p)
    alarms = _share(key in each["alarms"] for each in clean)
    return f"  {key}: {{tests: {len(p)}, alone: {alone}, alarms: {alarms}}}"


def _share(values: Iterable[bool]) -> float:
    return round(float(np.mean(list(values))), 4)
