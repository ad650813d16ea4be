"""An outside figure is quoted with source, date and n, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_company import company, run

from auditlib.audit.session import Audit
from auditlib.errors import ParameterError
from auditlib.parameters.claims import FILE, cite, quoted, read_claims
from auditlib.records import Sentence

ROOT = Path(__file__).parents[2]
REGISTER = """
claims:
  good: {statement: Half of all calls are repeats, source: A survey, dated: 2024-03-01, n: 1200,
         status: verified, verified_by: Ada Lind}
  open: {statement: X, source: Y, dated: 2024-03-01, status: unverified}
  gone: {statement: X, source: Y, dated: 2024-03-01, n: 5, status: withdrawn}
"""


def test_a_verified_claim_is_printed_with_source_date_and_n() -> None:
    register = read_claims(REGISTER, name="claims.yaml")
    assert cite("Elsewhere: {claim:good}.", register, name="claims.yaml") == (
        "Elsewhere: Half of all calls are repeats (A survey, 2024-03-01, n = 1,200)."
    )


@pytest.mark.parametrize("one", ["open", "gone", "absent", "", "GOOD"])
def test_any_other_claim_is_refused_by_name(one: str) -> None:
    register = read_claims(REGISTER, name="claims.yaml")
    with pytest.raises(ParameterError) as caught:
        cite(f"See {{claim:{one}}} and {{claim:good}}", register, name="claims.yaml")
    (problem,) = caught.value.problems
    assert repr(one) in problem.message


def test_every_refused_claim_is_named_at_once() -> None:
    register = read_claims(REGISTER, name="claims.yaml")
    with pytest.raises(ParameterError) as caught:
        cite("{claim:open} {claim:gone}", register, name="claims.yaml")
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("missing", ["n: 1200", "verified_by: Ada Lind"])
def test_nothing_is_verified_without_n_and_a_person(missing: str) -> None:
    text = REGISTER.replace(f"{missing},", "").replace(f", {missing}", "").replace(missing, "note: x")
    with pytest.raises(ParameterError, match="needs its n and who verified it"):
        read_claims(text, name="claims.yaml")


def test_the_register_of_the_project_is_sound() -> None:
    assert read_claims((ROOT / "params" / FILE).read_text("utf-8"), name=FILE).claims


def audit(folder: Path) -> Audit:
    return Audit(run(), company(), notebook="01_intake", question="Q?", work=folder, texts={FILE: REGISTER})


def test_a_sentence_of_a_notebook_quotes_from_the_register(tmp_path: Path) -> None:
    opened = audit(tmp_path)
    opened.say(Sentence("{claim:good}."))
    opened.limits(Sentence("Again: {claim:good}."))
    with pytest.raises(ParameterError, match="unverified"):
        opened.say(Sentence("{claim:open}."))
    opened.close()
    document = json.loads((tmp_path / "results" / "01_intake.json").read_text())
    said = document["sentences"][0]
    (number,) = (one for one in document["numbers"] if one["key"] == "claim:good")
    assert (number["value"], said["keys"]) == (1200, ["claim:good"])
    assert number["reason"] == "Half of all calls are repeats (A survey, 2024-03-01, n = 1,200)"
    assert said["text"] == "Half of all calls are repeats (A survey, 2024-03-01, n = 1,200)."


def test_quotes_are_found() -> None:
    assert quoted("{claim:a} {claim:b-c} {other:d} {claim:}") == ("a", "b-c", "")
