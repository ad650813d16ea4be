"""The whole demo company against its planted truth: quarantine, means, response rates, rows, duties."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from unsimulated import UNSIMULATED

from auditlib import escalation, promises
from auditlib.contracts import TABLES
from auditlib.escalation import EscalationResult
from auditlib.evidence import Evidence
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.promises import PromiseResult
from company import Company, Scenario, company

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "data" / "demo"
PARAMS = ROOT / "params"


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def truth(name: str) -> pd.DataFrame:
    return pd.read_csv(DEMO / "truth" / name, dtype={"unit_id": str}, keep_default_na=False)


@pytest.fixture(scope="module")
def run() -> Run:
    return load(Run, text("params/runs/demo.yaml"), name="demo.yaml")


@pytest.fixture(scope="module")
def evidence(demo_evidence: Evidence) -> Evidence:
    return demo_evidence


@pytest.fixture(scope="module")
def made() -> Company:
    scenario = load(Scenario, text("params/scenarios/demo.yaml"), name="demo.yaml")
    return company(scenario, np.random.default_rng(scenario.seed))


def test_every_broken_row_is_in_quarantine_with_its_reason_and_no_good_row_is(evidence: Evidence) -> None:
    columns = ["file", "table", "line", "reason"]
    found = evidence.quarantine()[columns].astype({"reason": str})
    order = {"by": columns, "ignore_index": True}
    stated = truth("broken_rows.csv")[columns]
    assert len(stated) > 90
    pd.testing.assert_frame_equal(
        found.astype({"line": int}).astype(object).sort_values(**order),
        stated.astype({"line": int}).astype(object).sort_values(**order),
    )


def test_rows_in_are_rows_kept_and_quarantined(evidence: Evidence) -> None:
    counts = truth("row_counts.csv").groupby("file")["rows"].sum().to_dict()
    found: dict[str, int] = {}
    for totals in evidence.totals:
        assert totals.reconciled
        found[totals.file] = found.get(totals.file, 0) + totals.rows_in
    assert found == counts


def test_unit_means_are_exact(evidence: Evidence) -> None:
    cells = evidence.cells()
    cells["sum_half_points"] = (cells["score"] * 2 * cells["n"]).astype(int)
    keys = ["unit_id", "survey_type", "item"]
    found = cells.groupby(keys)[["n", "sum_half_points"]].sum()
    stated = truth("unit_means.csv").set_index(keys)
    assert found.to_dict("index") == stated[["n", "sum_half_points"]].to_dict("index")
    means = found["sum_half_points"] / 2 / found["n"]
    assert np.allclose(means, stated["mean"].loc[means.index], rtol=0, atol=1e-9)


def answered(frame: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """Leave out what belongs to a row without any answer: it is no response, and nothing is owed for it."""
    if "response_id" not in frame:
        return frame
    silent = evidence.frame("unanswered", columns=["response_id"])["response_id"]
    return frame[~frame["response_id"].isin(silent)]


def test_response_rates_are_exact(evidence: Evidence) -> None:
    asked = evidence.frame("invitations", columns=["invitation_id", "unit_id", "survey_type", "in_period"])
    asked = asked[asked["in_period"]]
    sent_back = (evidence.frame(name, columns=["invitation_id"]) for name in ("responses", "unanswered"))
    linked = pd.concat(sent_back)["invitation_id"].dropna()
    keys = ["unit_id", "survey_type"]
    groups = asked["invitation_id"].isin(linked).groupby([asked[key] for key in keys])
    found = pd.DataFrame({"invitations": groups.size(), "responses": groups.sum()})
    stated = truth("response_rates.csv").set_index(keys)[["invitations", "responses"]]
    assert found.to_dict("index") == stated.to_dict("index")


@pytest.mark.parametrize("name", sorted(set(TABLES) - UNSIMULATED))
def test_evidence_holds_what_the_company_did(name: str, evidence: Evidence, made: Company) -> None:
    """Instants, local days, codes and numbers survive every zone, dialect and file form."""
    keys = list(TABLES[name].key)
    generated = answered(made.canonical(name), evidence).sort_values(keys, ignore_index=True)
    taken_in = answered(evidence.frame(name), evidence).sort_values(keys, ignore_index=True)
    assert len(generated) == len(taken_in)
    for column in generated.columns:
        left, right = generated[column], taken_in[column]
        assert (left.isna() == right.isna()).all(), column
        known = left.notna()
        if pd.api.types.is_numeric_dtype(right):
            difference = left[known].astype(float) - right[known].astype(float)
            assert (difference.abs() < 1e-9).all(), column
        else:
            assert left[known].tolist() == right[known].tolist(), column


def test_every_duty_has_its_true_status(run: Run, evidence: Evidence) -> None:
    paths = [path for folder in ("calendars", "policies") for path in (PARAMS / folder).glob("*.yaml")]
    texts = {path.relative_to(PARAMS).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    context = escalation.context_of(Engagement(run, evidence, texts))
    assert isinstance(context, escalation.EscalationContext)
    result = escalation.reperform(evidence, context)
    assert isinstance(result, EscalationResult)
    keys = ["response_id", "duty"]
    found = result.rows.set_index(keys)["status"].astype(str).to_dict()
    stated = answered(truth("duties.csv"), evidence).set_index(keys)["status"].to_dict()
    assert len(stated) > 40_000
    assert found == stated


def test_promised_calls_and_their_deviations_are_judged_as_they_were_planted(
    run: Run, evidence: Evidence
) -> None:
    texts = {
        path.relative_to(PARAMS).as_posix(): path.read_text(encoding="utf-8")
        for path in [*(PARAMS / "policies").glob("*.yaml"), *(PARAMS / "calendars").glob("*.yaml")]
    }
    context = promises.context_of(Engagement(run, evidence, texts))
    assert isinstance(context, promises.PromiseContext)
    found = promises.judge_promises(evidence, context)
    assert isinstance(found, PromiseResult)
    columns = ["call_back_id", "duty", "status"]
    stated = truth("call_backs.csv")[columns].set_index("call_back_id")
    told = found.rows[columns].set_index("call_back_id")
    assert len(told) > 1_000
    assert told.to_dict("index") == stated.loc[told.index].to_dict("index")
    inside = found.deviations["case_id"].isin(told.index)
    verdicts = found.deviations[inside].set_index("deviation_id")["verdict"]
    assert (
        verdicts.to_dict()
        == truth("deviations.csv").set_index("deviation_id")["verdict"][verdicts.index].to_dict()
    )
    assert found.to_frame().set_index("duty").loc["call_back", "excused_share"] > 0.05
