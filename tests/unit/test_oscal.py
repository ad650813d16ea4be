"""OSCAL documents: valid, the same every time, every reference leading somewhere, nothing lost on the way.

Validated with compliance-trestle 5.2.0 (OSCAL 1.2.1), by ``trestle import`` and ``trestle validate -a`` in
a workspace of their own, all five documents of each: the demo audit, the audit of published hospital scores
(aggregates only), and the audit of one help desk's incidents (no standard judged). ``trestle author
profile-resolve`` applied the profile of the audit below to its catalogue, once its import had the address
of the workspace. A changed target type was refused.

The schema beside this module is NIST's own complete JSON Schema of OSCAL 1.2.3, a work of the United States
government in the public domain; SHA-256 of the plain file:
e0b41f5c9f06a702bd6139566b3db089cec4c734353e958624e4ba4a2d35a806.
"""

from __future__ import annotations

import copy
import gzip
import html
import importlib.util
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt
from small_audit import HOSTILE, JUDGE, audited

from auditlib.errors import VerificationFailed
from auditlib.oscal import NAMESPACE, OSCAL_VERSION, AuditedFinding, export
from auditlib.oscal.document import ACTIONS, CATALOGUE, PLAN, PROFILE, RESULTS, identify
from auditlib.oscal.markdown import figure, markup, plain
from auditlib.oscal.references import check_references
from auditlib.records import Finding, Grade

MODELS = {
    CATALOGUE: "catalog.Catalog",
    PROFILE: "profile.Profile",
    PLAN: "assessment_plan.AssessmentPlan",
    RESULTS: "assessment_results.AssessmentResults",
    ACTIONS: "poam.PlanOfActionAndMilestones",
}
CASES = {
    "judged": {},
    "no profile": {"profile": False},
    "not judged": {"judged": False},
    "nothing found": {"judged": False, "raised": ()},
    "hostile": {"title": HOSTILE},
    "acted on": {"acted": True},
}


@pytest.fixture(scope="module", params=CASES)
def documents(request: pytest.FixtureRequest) -> dict[str, Any]:
    return export(audited(**CASES[request.param]))


@pytest.fixture(scope="module")
def judged() -> dict[str, Any]:
    return export(audited())


@pytest.fixture(scope="module")
def acted() -> dict[str, Any]:
    return export(audited(acted=True))


@pytest.fixture(scope="module")
def schema() -> Draft7Validator:
    packed = Path(__file__).with_name("oscal-1.2.3.schema.json.gz").read_bytes()
    # Python's patterns know letters and digits by other names
    text = gzip.decompress(packed).decode().replace(r"\\p{L}", r"[^\\W\\d_]").replace(r"\\p{N}", r"\\d")
    return Draft7Validator(json.loads(text))


def result(documents: dict[str, Any]) -> dict[str, Any]:
    (one,) = documents[RESULTS]["assessment-results"]["results"]
    return dict(one)


def actions(documents: dict[str, Any]) -> dict[str, Any]:
    return dict(documents[ACTIONS]["plan-of-action-and-milestones"])


def values(thing: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in thing["props"]}


def below(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for entry in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from below(entry)


@pytest.mark.parametrize("name", MODELS)
def test_every_document_fits_the_schema_of_nist(
    documents: dict[str, Any], schema: Draft7Validator, name: str
) -> None:
    assert [f"{error.json_path}: {error.message}" for error in schema.iter_errors(documents[name])] == []


def test_the_schema_refuses_what_is_wrong(judged: dict[str, Any], schema: Draft7Validator) -> None:
    wrong = copy.deepcopy(judged[CATALOGUE])
    wrong["catalog"]["groups"][0]["controls"][0]["props"] = []
    assert not schema.is_valid(wrong)


def test_trestle_reads_every_document() -> None:
    read = trestle_models()
    if not read:
        pytest.skip("compliance-trestle is not installed; the extra 'oscal' brings it")
    for case in CASES.values():
        for name, document in export(audited(**case)).items():
            (body,) = document.values()
            assert str(read[name].model_validate(body).uuid) == body["uuid"]


def trestle_models() -> dict[str, Any]:
    """Return trestle's model of each document; none where it is not installed."""
    if not importlib.util.find_spec("trestle"):
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of another project
        parts = {name: path.split(".") for name, path in MODELS.items()}
        return {
            name: getattr(importlib.import_module(f"trestle.oscal.{module}"), model)
            for name, (module, model) in parts.items()
        }


def test_the_same_audit_gives_the_same_bytes(
    documents: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    again = export(audited(**CASES[request.node.callspec.params["documents"]]))
    assert json.dumps(again, sort_keys=True) == json.dumps(documents, sort_keys=True)


def test_identifiers_are_pinned() -> None:
    assert identify("party", "Small & Sons") == "4366e363-6ad1-5575-b42e-e21ae3e75c2d"
    assert identify("a", "b/c") != identify("a", "b", "c") != identify("a/b", "c")


def test_a_changed_document_has_another_identifier(judged: dict[str, Any]) -> None:
    other = export(audited(title="Another title"))
    assert other[RESULTS]["assessment-results"]["uuid"] != judged[RESULTS]["assessment-results"]["uuid"]
    assert other[CATALOGUE] == judged[CATALOGUE]


def test_every_date_is_the_audits_own(judged: dict[str, Any]) -> None:
    heads = [next(iter(document.values()))["metadata"] for document in judged.values()]
    assert {head["last-modified"] for head in heads} == {"2026-01-31T18:00:00Z"}
    assert {head["oscal-version"] for head in heads} == {OSCAL_VERSION}
    assert heads[0]["published"] == "2025-01-01T00:00:00Z"
    assert {one["collected"] for one in result(judged)["observations"]} == {"2026-01-31T18:00:00Z"}


def test_every_criterion_is_a_control_with_its_target(judged: dict[str, Any]) -> None:
    edition = audited().edition
    controls = {one["id"]: one for one in below(judged[CATALOGUE]) if "params" in one}
    assert set(controls) == {*edition.ids, "decision"}
    for criterion in edition.criteria:
        target = controls[criterion.id]["params"][0]
        assert target["values"] == [figure(criterion.target.value)]
        assert values(controls[criterion.id])["weight"] == figure(criterion.weight)


def test_the_profile_says_what_the_party_chose(judged: dict[str, Any]) -> None:
    body = judged[PROFILE]["profile"]
    (chosen,) = body["imports"][0]["include-controls"]
    assert "IM-04" not in chosen["with-ids"]
    assert "CF-15" in chosen["with-ids"]
    moved = {one["param-id"]: one["values"] for one in body["modify"]["set-parameters"]}
    assert moved == {"CF-02_target": ["0.1"], "IM-01_target": ["0.75"], "CO-01_target": ["0.95"]}
    altered = {one["control-id"]: values(one["adds"][0]) for one in body["modify"]["alters"]}
    assert altered["CF-15"] == {"waiver-granted-on": "2025-03-01", "waiver-expires-on": "2025-12-31"}
    left_out = [one for one in body["metadata"]["props"] if one["name"] == "not-applicable"]
    said = "no_contacts_in_channel: The desk offers no chat."
    assert [(one["value"], one["remarks"]) for one in left_out] == [("IM-04", said)]


def test_what_the_evidence_did_not_show_stays_in_the_profile() -> None:
    body = export(audited(judged=False))[PROFILE]["profile"]
    (chosen,) = body["imports"][0]["include-controls"]
    assert "IM-04" in chosen["with-ids"]
    assert not [one for one in body["metadata"]["props"] if one["name"] == "not-applicable"]


def test_every_measurement_arrives_whole(judged: dict[str, Any]) -> None:
    verdict = audited().verdict
    assert verdict is not None
    found = {values(one).get("criterion"): one for one in result(judged)["observations"] if "props" in one}
    for criterion in verdict.criteria:
        facts = values(found[criterion.id])
        assert facts["outcome"] == criterion.outcome
        assert facts["n"] == str(criterion.n)
        assert facts.get("value", "") == figure(criterion.value)
        low = criterion.interval.low if criterion.interval else None
        assert facts.get("interval-low", "") == figure(low)
        assert found[criterion.id]["description"] == markup(criterion.reason)


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        ("met", "satisfied", "pass"),
        ("not_met", "not-satisfied", "fail"),
        ("not_demonstrated", "not-satisfied", "other"),
    ],
)
def test_an_outcome_becomes_a_status(judged: dict[str, Any], outcome: str, state: str, reason: str) -> None:
    on = [one for one in result(judged)["findings"] if values(one).get("outcome") == outcome]
    assert on
    assert {(one["target"]["status"]["state"], one["target"]["status"]["reason"]) for one in on} == {
        (state, reason)
    }


def test_what_could_not_be_judged_is_neither_satisfied_nor_not(judged: dict[str, Any]) -> None:
    verdict = audited().verdict
    assert verdict is not None
    open_ = {
        one.id for one in verdict.criteria if one.outcome in ("not_assessable", "waived", "not_applicable")
    }
    targets = {one["target"]["target-id"] for one in result(judged)["findings"]}
    reviewed = result(judged)["reviewed-controls"]["control-selections"][0]["include-controls"]
    assert len({one.outcome for one in verdict.criteria} - {"met", "not_met", "not_demonstrated"}) == 3
    assert not {f"{name}_obj" for name in open_} & targets
    assert not open_ & {one["control-id"] for one in reviewed}


def test_every_finding_is_an_item_and_heavy_ones_are_risks(documents: dict[str, Any]) -> None:
    items, risks = actions(documents)["poam-items"], actions(documents).get("risks", [])
    prints = [values(one)["fingerprint"] for one in items if "fingerprint" in values(one)]
    heavy = [values(one)["fingerprint"] for one in items if values(one).get("grade") in ("major", "minor")]
    assert len(set(prints)) == len(prints)
    assert [values(one)["fingerprint"] for one in risks] == heavy
    assert result(documents).get("risks", []) == risks


def test_findings_beside_the_standard_are_observations(judged: dict[str, Any]) -> None:
    kinds = {
        values(one).get("state"): one["types"] for one in result(judged)["observations"] if "props" in one
    }
    assert kinds["new"] == ["finding"]
    assert kinds["resolved"] == kinds["not_examined"] == ["historic"]
    status = {
        values(one)["state"]: one["status"]
        for one in result(judged)["risks"]
        if values(one)["notebook"] != JUDGE
    }
    assert status == {"new": "open", "resolved": "closed", "not_examined": "open"}


@pytest.mark.parametrize(
    ("criterion", "grade", "statement"),
    [
        ("minors-complaints: four are a major", Grade.MAJOR, "decision_smt.minors"),
        ("process-results: they support each other", Grade.OPPORTUNITY, "decision_smt.mismatch"),
    ],
)
def test_findings_about_the_rule_are_on_its_statement(criterion: str, grade: Grade, statement: str) -> None:
    finding = Finding(criterion, "condition", "cause", "effect", "do", grade, "operation", (), "ab" * 32)
    documents = export(audited(raised=(AuditedFinding(finding, JUDGE, "new"),)))
    (found,) = [one for one in result(documents)["findings"] if "fingerprint" in values(one)]
    assert (found["target"]["type"], found["target"]["target-id"]) == ("statement-id", statement)
    assert ("related-risks" in found) is (grade is Grade.MAJOR)
    (item,) = actions(documents)["poam-items"]
    assert item["related-findings"] == [{"finding-uuid": found["uuid"]}]


def test_an_audit_by_no_standard_says_so_and_why() -> None:
    documents = export(audited(judged=False))
    said = values(result(documents))
    assert said["standard-judged"] == "false"
    assert "decision" not in said
    assert "(01_intake) judges by one" in result(documents)["description"].replace("\\", "")
    for kind in (result(documents), documents[PLAN]["assessment-plan"]):
        (selection,) = kind["reviewed-controls"]["control-selections"]
        left_out = {one["control-id"] for one in selection["exclude-controls"]}
        assert left_out == {*audited(judged=False).selected, "decision"}
    assert "findings" not in result(documents)


def test_nothing_to_do_is_said() -> None:
    (item,) = actions(export(audited(judged=False, raised=())))["poam-items"]
    assert values(item) == {"none-due": "true"}


def test_an_action_is_a_remediation_with_its_day_and_its_owner(acted: dict[str, Any]) -> None:
    plan = actions(acted)
    people = {one["uuid"]: one for one in plan["metadata"]["parties"]}
    found = [
        (values(remedy), remedy)
        for risk in plan["risks"]
        for remedy in risk["remediations"]
        if remedy["title"].startswith("Corrective action")
    ]
    lifecycles = {facts["action-state"]: remedy["lifecycle"] for facts, remedy in found}
    assert lifecycles == {
        "proposed": "recommendation", "accepted": "planned", "implemented": "completed",
        "verified effective": "completed",
    }  # fmt: skip
    for facts, remedy in found:
        for task in remedy.get("tasks", []):
            assert task["timing"]["on-date"]["date"] == f"{facts['action-due']}T00:00:00Z"
            (role,) = task["responsible-roles"]
            (person,) = (people[uuid] for uuid in role["party-uuids"])
            assert (person["type"], person["name"]) == ("person", facts["action-owner"])


def test_a_risk_has_a_deadline_where_every_accepted_action_has_a_day(acted: dict[str, Any]) -> None:
    seen = set()
    for risk in actions(acted)["risks"]:
        facts = [values(one) for one in risk["remediations"] if "props" in one]
        accepted = [one for one in facts if one.get("action-state") not in (None, "proposed")]
        days = [one["action-due"] for one in accepted if "action-due" in one]
        complete = bool(accepted) and len(days) == len(accepted)
        assert risk.get("deadline") == (f"{max(days)}T00:00:00Z" if complete else None)
        seen.add(complete)
    assert seen == {True, False}


def test_an_action_on_an_opportunity_stands_at_its_item(acted: dict[str, Any]) -> None:
    plan = actions(acted)
    light = [one for one in plan["poam-items"] if "related-risks" not in one]
    assert light
    assert all("action-state" in values(one) for one in light)


def test_own_properties_are_in_our_namespace(documents: dict[str, Any]) -> None:
    for thing in below(documents):
        for one in thing.get("props", []):
            assert one.get("ns") == NAMESPACE or one["name"] in ("label", "method")


def test_documented_properties_are_those_written(documents: dict[str, Any]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "oscal.md").read_text(encoding="utf-8")
    written = {one["name"] for thing in below(documents) for one in thing.get("props", []) if "ns" in one}
    assert NAMESPACE in page
    assert not {name for name in written if f"`{name}`" not in page} - {"method"}


@pytest.mark.parametrize(
    ("file", "field", "value"),
    [
        (RESULTS, "observation-uuid", identify("observation", "absent")),
        (RESULTS, "risk-uuid", identify("finding", "small", "CF-01")),
        (RESULTS, "actor-uuid", identify("component", "absent")),
        (RESULTS, "target-id", "CF-99_obj"),
        (RESULTS, "control-id", "CF-99"),
        (RESULTS, "href", "#" + identify("resource", "absent")),
        (PLAN, "activity-uuid", identify("activity", "absent")),
        (PLAN, "component-uuid", identify("component", "absent")),
        (PLAN, "subject-uuid", identify("party", "absent")),
        (PLAN, "href", "elsewhere.json"),
        (PROFILE, "param-id", "CF-02_goal"),
        (PROFILE, "href", "catalogue.json"),
        (CATALOGUE, "href", "#" + identify("source", "absent")),
        (ACTIONS, "finding-uuid", identify("finding", "absent")),
        (ACTIONS, "role-id", "owner"),
    ],
)
def test_a_reference_that_leads_nowhere_is_named(
    judged: dict[str, Any], file: str, field: str, value: str
) -> None:
    broken = copy.deepcopy(judged)
    next(one for one in below(broken[file]) if isinstance(one.get(field), str))[field] = value
    with pytest.raises(VerificationFailed) as failed:
        check_references(broken, files=audited().addresses)
    (problem, *_) = failed.value.problems
    assert problem.file == file
    assert value in problem.message


def test_what_is_missing_is_named_wherever_it_is_referred_to(judged: dict[str, Any]) -> None:
    broken = copy.deepcopy(judged)
    gone = broken[RESULTS]["assessment-results"]["results"][0]["observations"].pop(0)
    with pytest.raises(VerificationFailed, match=gone["uuid"]):
        check_references(broken, files=audited().addresses)


def test_an_identifier_that_is_there_twice_is_named(judged: dict[str, Any]) -> None:
    broken = copy.deepcopy(judged)
    found = broken[RESULTS]["assessment-results"]["results"][0]["findings"]
    found.append(found[0])
    with pytest.raises(VerificationFailed, match="is there twice"):
        check_references(broken, files=audited().addresses)


def test_a_parameter_inserted_into_text_must_exist(judged: dict[str, Any]) -> None:
    broken = copy.deepcopy(judged)
    part = next(one for one in below(broken[CATALOGUE]) if "prose" in one)
    part["prose"] = "{{ insert: param, CF-01_goal }}"
    with pytest.raises(VerificationFailed, match="CF-01_goal"):
        check_references(broken, files=audited().addresses)


def test_a_control_the_profile_leaves_out_cannot_be_reviewed(judged: dict[str, Any]) -> None:
    broken = copy.deepcopy(judged)
    next(one for one in below(broken[RESULTS]) if "control-id" in one)["control-id"] = "IM-04"
    with pytest.raises(VerificationFailed, match="leaves out"):
        check_references(broken, files=audited().addresses)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4.22 points", "4.22 points"),
        ("1. first", r"1\. first"),
        ("- item", r"\- item"),
        ("-0.4 points", "-0.4 points"),
        ("---", r"\---"),
        ("# title", r"\# title"),
        ("> said", r"\> said"),
        ("response_rate", "response_rate"),
        ("_so_ *it* `is`", r"\_so\_ \*it\* \`is\`"),
        ("<b>R&D &amp; [x](y)</b>", r"\<b>R&D \&amp; \[x\](y)\</b>"),
        ("{{ insert: param, X }}", r"\{\{ insert: param, X \}\}"),
        ("two\nlines\t and\u2028three", "two lines and three"),
        ("back\\slash", r"back\\slash"),
    ],
)
def test_markdown_shows_text_as_it_stands(text: str, shown: str) -> None:
    assert markup(text) == shown


@given(st.text(alphabet='ab1 .)-+=>#*_`[]()<>{}~^|!&;:\\/"\t\n', max_size=20))
@example(HOSTILE)
def test_a_renderer_shows_nothing_but_the_text(text: str) -> None:
    shown = MarkdownIt("commonmark").enable(["strikethrough", "table"]).render(markup(text))
    expected = html.escape(plain(text)).replace("&#x27;", "'")
    assert shown == (f"<p>{expected}</p>\n" if expected else "")


@pytest.mark.parametrize("text", ["\x00a\x1fb\x85c\ufeff ", " a b c", "a\r\nb\u2029c", "a \ud800b c"])
def test_a_string_is_one_line_of_characters_that_can_be_written(text: str) -> None:
    assert plain(text) == "a b c"
    assert plain(text).encode()
