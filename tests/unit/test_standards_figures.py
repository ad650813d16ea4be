"""A verdict as a picture: everything judged is drawn, whatever its outcome."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditlib.figures import standards as pictures
from auditlib.figures.svg import svg_of
from auditlib.records import Measurement, Outcome, Statistic
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.edition import load_edition
from auditlib.standards.observed import share_of
from auditlib.standards.profile import Exemption, demands_on
from auditlib.standards.verdict import Verdict, verdict_of

FILE = Path(__file__).parents[2] / "params/standards/service-excellence/2025.yaml"


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    """One criterion of each outcome, the rest without evidence."""
    edition = load_edition(FILE.read_text("utf-8"), name="2025.yaml")
    demands = demands_on(edition, date(2025, 12, 31))
    demands.exemptions["IM-04"] = Exemption(Outcome.NOT_APPLICABLE, "no chat")  # type: ignore[index]
    demands.exemptions["CF-15"] = Exemption(Outcome.WAIVED, "until June")  # type: ignore[index]
    shares = {"CF-02": (900, 1000), "CF-04": (1, 1000), "CF-05": (62, 101), "CF-13": (900, 1000)}
    entries = [
        share_of(*shares[one], confidence=0.95, basis=[], none="")
        if one in shares
        else Measurement("m", None, 0, Statistic.COUNT, reason="no evidence")
        for one in edition.ids
    ]
    return verdict_of(demands, entries)


def test_every_criterion_has_its_tile(verdict: Verdict) -> None:
    svg = svg_of(pictures.outcomes(verdict))
    assert all(f">{one.criterion.id}<" in svg for one in verdict.judgements)
    for outcome in Outcome:
        assert outcome.value.replace("_", " ") in svg


def test_every_measured_share_stands_against_its_target(verdict: Verdict) -> None:
    svg = svg_of(pictures.targets(verdict))
    shown = {one.criterion.id for one in verdict.judgements if f">{one.criterion.id}  " in svg}
    assert shown == {"CF-02", "CF-04", "CF-05", "CF-13"}


def test_figures_are_the_same_bytes_every_time(verdict: Verdict) -> None:
    assert svg_of(pictures.outcomes(verdict)) == svg_of(pictures.outcomes(verdict))
    assert svg_of(pictures.targets(verdict)) == svg_of(pictures.targets(verdict))


def test_the_words_for_those_who_cannot_see_it_name_every_criterion(verdict: Verdict) -> None:
    words = pictures.alternative(verdict)
    assert all(one.criterion.id in words for one in verdict.judgements)
    assert "not demonstrated: CF-05" in words


def test_nothing_measured_is_drawn_empty_and_said(verdict: Verdict) -> None:
    blind = verdict_of(
        verdict.demands, [Measurement("m", None, 0, Statistic.COUNT) for _ in verdict.judgements]
    )
    assert "not assessable" in svg_of(pictures.outcomes(blind))
    assert svg_of(pictures.targets(blind))
    assert VerdictAnswer(blind).measured() == "Nothing was measured."
