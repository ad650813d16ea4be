"""Which units stand out on service levels: the planted one and no other, from contacts and from counts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_company import Evidence, engaged, rows, run
from small_company import company as small_company
from test_interval_measures import span
from test_waiting import AS_OF, unfounded
from waiting_contacts import contact

from auditlib.audit.session import Audit
from auditlib.audit.standard import read_edition
from auditlib.figures.waiting import unit_funnel
from auditlib.records import Refusal
from auditlib.service_levels import standing_out
from auditlib.service_levels.waiting import OutlyingAnswer
from auditlib.service_levels.waiting.outlying import OutlyingUnits, outlying_units
from auditlib.standards.profile import Demands

EDITION = read_edition("service-excellence@2026", root=Path(__file__).parents[2])
CRITERIA = [EDITION.criterion("IM-01"), EDITION.criterion("IM-02")]
"""Phone contacts answered within 45 seconds, and given up."""


def company(slow: str = "U03", units: int = 12, days: int = 15) -> list[dict[str, Any]]:
    """Return calls of which one unit answers far fewer in time."""
    rng = np.random.default_rng(21)
    calls = []
    for place in range(units):
        name = f"U{place:02d}"
        for day in range(days):
            for number in range(6):
                gave_up = bool(rng.random() < 0.1)
                wait = int(rng.exponential(200 if name == slow else 30)) + 1
                calls.append(
                    contact(f"{name}-{day}-{number}", 9 * 3600 + 60 * number, day=day,
                            wait=None if gave_up else wait, left=20 if gave_up else None, gave_up=gave_up,
                            unit_id=name)
                )  # fmt: skip
    return calls


def evidence(calls: list[dict[str, Any]]) -> Evidence:
    return Evidence({"interactions": rows("interactions", *calls).drop_columns(["contact_id"])}, ())


def measured(held: Evidence, criteria: Any = CRITERIA, *, minimum_n: int = 30) -> OutlyingUnits:
    result = outlying_units(held, criteria, as_of=AS_OF, level=0.95, minimum_n=minimum_n, seed=1)
    assert isinstance(result, OutlyingUnits)
    return result


@pytest.fixture(scope="module")
def planted() -> OutlyingAnswer:
    return OutlyingAnswer(measured(evidence(company())))


def test_the_planted_unit_stands_out_on_time_and_on_long_waits_and_not_on_giving_up(planted):
    called = {
        part.share.measure: [part.unit_id[place] for place in part.called_out]
        for part in planted.result.compared
    }
    assert called == {"answered_within": ["U03"], "abandoned": [], "long_wait": ["U03"]}
    assert all(not part.better(place) for part in planted.result.compared for place in part.called_out)
    said = str(planted)
    assert "Phone, answered within 45 seconds: 1 of 12 units is called out, U03 (" in said
    assert "worse); the typical unit has" in said
    assert "Phone, given up: none of 12 units differs from the others" in said
    assert "Of the units called out 5% may be called out wrongly." in said
    assert unfounded(planted) == []


def test_shares_are_those_of_plain_arithmetic(planted):
    frame = planted.result.compared[0].to_frame().set_index("unit_id")
    calls = company()
    for unit in ("U00", "U03"):
        mine = [call for call in calls if call["unit_id"] == unit]
        quick = sum(
            call["answered_at"] is not None and call["answered_at"] - call["offered_at"] <= 45_000_000
            for call in mine
        )
        assert frame.loc[unit, "contacts"] == len(mine)
        assert frame.loc[unit, "share"] == pytest.approx(quick / len(mine))


def test_each_share_has_its_table_in_order_of_ids_and_its_title(planted):
    parts = planted.parts()
    assert [part.name for part in parts] == ["answered-within-phone", "abandoned-phone", "long-wait-phone"]
    assert parts[0].title == "U03 stands out on contacts answered in time by phone"
    assert parts[1].title == "No unit stands out on contacts given up by phone"
    assert [part.calls for part in parts] == [True, False, True]
    table = parts[0].units()
    assert list(table.frame["unit_id"]) == sorted(table.frame["unit_id"])
    assert "A difference of" in table.caption


def test_a_better_unit_is_called_better():
    calls = [replace_wait(call) if call["unit_id"] == "U05" else call for call in company(slow="")]
    part = measured(evidence(calls)).compared[0]
    assert [(part.unit_id[place], part.better(place)) for place in part.called_out] == [("U05", True)]


def replace_wait(call: dict[str, Any]) -> dict[str, Any]:
    """Return a call answered at once."""
    return {**call, "answered_at": call["offered_at"], "abandoned": False}


@pytest.mark.parametrize(("minimum_n", "small"), [(90, 0), (91, 12)])
def test_units_of_few_contacts_are_not_compared(minimum_n, small):
    result = measured(evidence(company()), minimum_n=minimum_n)
    if small:
        assert [why.reason[:27] for _, why in result.refused[:1]] == ["0 units have enough contact"]
    else:
        assert result.compared[0].small == 0


def test_what_is_not_known_of_contacts_is_left_out_and_said():
    calls = [{**call, "abandoned": None} if call["unit_id"] == "U01" else call for call in company()]
    answer = OutlyingAnswer(measured(evidence(calls)))
    given_up = next(part for part in answer.result.compared if part.share.measure == "abandoned")
    assert given_up.unknown > 0
    assert "contacts are left out because it is not known." in " ".join(s.text for s in answer.limits())
    assert unfounded(answer) == []


def test_units_too_few_to_be_compared_are_shown_by_themselves():
    """Three units, of which U01 is slow, and U02 has contacts on a single day."""
    later_days = {f"U02-{day}-{number}" for day in range(1, 15) for number in range(6)}
    calls = [call for call in company("U01", units=3) if call["interaction_id"] not in later_days]
    answer = OutlyingAnswer(measured(evidence(calls), minimum_n=6))
    in_time = answer.parts()[0]
    assert not in_time.result.compared
    table = in_time.units().frame.set_index("unit_id")
    assert list(table.index) == ["U00", "U01", "U02"]
    quick = [call["answered_at"] is not None and call["answered_at"] - call["offered_at"] <= 45_000_000
             for call in calls if call["unit_id"] == "U01"]  # fmt: skip
    assert (table.loc["U01", "share"], table.loc["U01", "contacts"]) == (np.mean(quick), len(quick))
    assert table.loc["U01", "low"] < np.mean(quick) < table.loc["U01", "high"]
    assert (in_time.name, in_time.calls) == ("answered-within-phone", False)
    assert "Contacts answered in time by phone, each unit by itself: U00 has" in str(answer)
    assert f"U01 has {np.mean(quick):.1%} (" in str(answer)
    assert unfounded(answer) == []
    assert all(unfounded(part) == [] for part in answer.parts())


def test_units_by_themselves_are_recorded_as_the_notebook_shows_parts(tmp_path: Path):
    answer = OutlyingAnswer(measured(evidence(company("U01", units=3))))
    audit = Audit(run(), small_company(), notebook="07_service_levels", question="Q", work=tmp_path)
    for part in answer.parts():
        audit.figure(f"units-{part.name}", unit_funnel, part, title=part.title, detail=not part.calls)
        audit.table(f"unit-shares-{part.name}", part.units(), detail=True)
    audit.say(answer)
    audit.limits(*answer.limits())
    audit.close()
    assert "Units by themselves" in (tmp_path / "results" / "07_service_levels.json").read_text()


def test_a_unit_of_few_contacts_or_of_a_single_person_is_not_shown_by_itself():
    calls = [
        call | {"person_id": f"P{place % 2 if call['unit_id'] == 'U01' else 7}"}
        for place, call in enumerate(company("U01", units=3))
        if call["unit_id"] != "U02" or call["interaction_id"].startswith(("U02-0-", "U02-1-"))
    ]
    answer = OutlyingAnswer(measured(evidence(calls)))
    said = " ".join(line.text for line in answer.limits())
    assert [list(part.units().frame["unit_id"]) for part in answer.parts()] == [["U01"]] * 3
    assert "1 unit has fewer than 30 contacts and is not shown" in said
    assert "of 1 unit a single person answered the contacts; its share is not shown" in said
    assert unfounded(answer) == []


def test_one_reason_why_units_are_not_compared_is_said_once():
    answer = OutlyingAnswer(measured(evidence(company(units=3))))
    assert len(answer.result.refused) == 3
    assert str(answer).count("units are not compared") == 1
    assert (
        "Contacts answered in time by phone, contacts given up by phone and long waits by phone: units are "
        "not compared. 3 units have enough contacts" in str(answer)
    )
    assert unfounded(answer) == []


def test_a_log_without_abandonment_is_not_compared_on_it():
    calls = [{**call, "abandoned": False} for call in company()]
    answer = OutlyingAnswer(measured(evidence(calls)))
    assert {share.measure for share, _ in answer.result.refused} == {"abandoned"}
    assert "units are not compared. The log of phone holds no contact given up" in str(answer)
    assert unfounded(answer) == []


def test_from_interval_counts_shares_can_be_compared_and_waits_cannot():
    rng = np.random.default_rng(5)
    counts = [
        span(48 * day, 20, 18, int(rng.binomial(20, 0.3 if unit == 3 else 0.8)), 2, unit_id=f"U{unit:02d}",
             within_seconds=45)
        for unit in range(12) for day in range(15)
    ]  # fmt: skip
    answer = OutlyingAnswer(measured(Evidence({"interval_counts": rows("interval_counts", *counts)}, ())))
    first = answer.result.compared[0]
    assert [first.unit_id[place] for place in first.called_out] == ["U03"]
    assert first.share.table == "interval_counts"
    assert "do not say how long single contacts waited" in str(answer)
    assert unfounded(answer) == []


def test_counts_made_at_another_limit_say_nothing_of_this_one():
    counts = [span(48 * day, 20, 18, 15, 2, unit_id="A", within_seconds=20) for day in range(3)]
    result = measured(Evidence({"interval_counts": rows("interval_counts", *counts)}, ()))
    assert "do not say it at this limit" in result.refused[0][1].reason


def test_the_mean_wait_by_month_is_charted_and_the_share_is_answered_elsewhere():
    calls = company(slow="", days=14)
    spread = [{**call, **later(call, month)} for month in range(14) for call in calls[: 6 * 14]]
    answer = OutlyingAnswer(measured(evidence(spread)))
    said = str(answer)
    assert (
        "Mean wait by phone over 14 months: no lasting change is shown; no single month is out of line."
        in said
    )
    assert "Whether the share answered in time improves is answered in the notebook on improvement." in said
    assert unfounded(answer) == []


def later(call: dict[str, Any], month: int) -> dict[str, Any]:
    """Return the instants of a call so many months of 30 and 31 days later, with waits of another draw."""
    days = int(30.44 * month)
    wait = int(np.random.default_rng(month).integers(1, 4)) * 1_000_000
    moved = {"interaction_id": f"{call['interaction_id']}-{month}", "offered_day": call["offered_day"] + days}
    moved["offered_at"] = call["offered_at"] + days * 86_400_000_000
    answered = call["answered_at"]
    moved["answered_at"] = None if answered is None else answered + days * 86_400_000_000 + wait
    return moved


def test_few_months_are_too_few_to_chart():
    answer = OutlyingAnswer(measured(evidence(company())))
    assert "Mean wait by phone over time: 1 point is too few" in str(answer)


def test_without_a_criterion_or_contacts_nothing_can_be_said():
    none = outlying_units(evidence(company()), [], as_of=AS_OF, level=0.95, minimum_n=30, seed=1)
    assert isinstance(none, Refusal)
    assert "No criterion of the standard" in none.reason
    answer = standing_out(engaged(Evidence({}, ())), demands=Demands(EDITION))
    assert "Which units stand out on service levels: not assessable." in str(answer.summary()[0])


def test_a_unit_that_is_held_back_is_left_out(planted):
    key = "share:U03:answered_within:phone"
    part, lost = planted.parts()[0].without(lambda name, n=None: name == key)
    assert lost == 1
    assert part is not None
    assert len(part.compared.shown) == 11
    assert planted.parts()[0].without(lambda name, n=None: True) == (None, 12)


def test_the_channel_of_a_criterion_is_compared_alone():
    chats = [
        {**call, "channel": "chat", "interaction_id": f"h{call['interaction_id']}"} for call in company("U07")
    ]
    result = measured(evidence([*company(), *chats]))
    part = result.compared[0]
    assert part.funnel.cases.sum() == len(company())
    other = replace(CRITERIA[0], options={"channel": "chat", "seconds": 45})
    (first, *_) = measured(evidence([*company(), *chats]), [other]).compared
    assert [first.unit_id[place] for place in first.called_out] == ["U07"]


def test_channels_that_the_evidence_does_not_have_are_spoken_of_once():
    asked = [
        *CRITERIA,
        *(replace(CRITERIA[0], id=f"IM-9{n}", options={"channel": name, "seconds": 45})
          for n, name in enumerate(("chat", "video"))),
    ]  # fmt: skip
    answer = OutlyingAnswer(measured(evidence([*company()]), asked))
    said = " ".join(sentence.text for sentence in (*answer.summary(), *answer.limits()))
    assert said.count("chat") == 1
    assert "The standard asks about contacts by chat and by video, and the evidence has none. Ask for" in said
    held = evidence([*company()])
    alone = outlying_units(held, asked[-2:], as_of=AS_OF, level=0.95, minimum_n=30, seed=1)
    assert isinstance(alone, Refusal)
    assert "by chat and by video" in alone.reason
