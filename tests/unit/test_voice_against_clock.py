"""Satisfaction by wait: bands by hand, a planted turn, worlds without one, limits beside it, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from small_company import Evidence, company, engaged, rows, run
from test_first_contact import START, call, unfounded

from auditlib.audit.session import Audit
from auditlib.audit.standard import read_edition
from auditlib.errors import ParameterError
from auditlib.figures.first_contact import by_wait
from auditlib.records import Outcome
from auditlib.service_levels.first_contact import voice_against_clock
from auditlib.service_levels.first_contact.voice_result import readable
from auditlib.standards.profile import Demands, Exemption
from auditlib.statistics.falling_point import CountedAlong, falling_point
from auditlib.time.epoch import SECOND

ROOT = Path(__file__).parents[2]
EDITION = read_edition("service-excellence@2026", root=ROOT)
SCALE = {"low": 1, "high": 5}
SURVEYS = {
    "transactional": {
        "items": {
            "q_overall": {"wording": "How was it?", "headline": True, "scale": SCALE},
            "q_speed": {"wording": "And the speed?", "scale": SCALE},
        }
    }
}


def table(answers: list[dict[str, Any]]) -> pa.Table:
    filled = rows("responses", *answers)
    for item in ("q_overall", "q_speed"):
        filled = filled.append_column(item, [[row.get(item) for row in answers]])
    return filled


def asked(calls: list[dict[str, Any]], answers: list[dict[str, Any]], **how: Any) -> Any:
    held = {"interactions": rows("interactions", *calls), "responses": table(answers)}
    return voice_against_clock(engaged(Evidence(held, ()), run(instruments=SURVEYS)), **how)


def waited(name: str, seconds: int | None, day: float = 1.0, **more: Any) -> dict[str, Any]:
    row = call(name, day, **more)
    return row | {"answered_at": None if seconds is None else row["offered_at"] + seconds * SECOND}


def answer(contact: str, overall: float | None, speed: float | None = None, **more: Any) -> dict[str, Any]:
    return {
        "response_id": f"R{contact}", "survey_type": "transactional", "unit_id": "U1", "submitted_at": START,
        "interaction_id": contact, "q_overall": overall, "q_speed": speed, **more,
    }  # fmt: skip


def world(seed: int, *, turn: float | None, n: int = 2500, mail: int = 0) -> tuple[list[Any], list[Any]]:
    """Return contacts of five units and their answers: satisfied until `turn` seconds, then less."""
    rng = np.random.default_rng(seed)
    seconds = np.exp(rng.normal(3.6, 1, n)).astype(int)
    day = rng.integers(0, 58, n) + rng.uniform(0.3, 0.9, n)
    unit = rng.integers(0, 5, n)
    satisfied = 0.86 - 0.04 * unit - (0.0 if turn is None else 0.3 * (seconds > turn))
    happy = rng.random(n) < satisfied
    calls = [
        waited(f"C{i}", int(seconds[i]), float(day[i]), unit_id=f"U{unit[i]}", customer_id=f"K{i}")
        for i in range(n)
    ]
    answers = [answer(f"C{i}", 5.0 if happy[i] else 2.0, 4.0) for i in range(n)]
    calls += [waited(f"M{i}", 9000, channel="mail") for i in range(mail)]
    answers += [answer(f"M{i}", 1.0) for i in range(mail)]
    return calls, answers


def test_bands_by_hand():
    seconds = [5, 20, 21, 60, 61, 200, None]
    calls = [waited(f"C{i}", wait) for i, wait in enumerate(seconds)]
    overall = [5, 4, 3, 5, 2, 1, 1]
    answers = [answer(f"C{i}", float(overall[i]), float(i % 5 + 1)) for i in range(7)]
    answers[1]["q_speed"] = None
    given = asked(calls, answers, band_seconds="20, 60", speed_item="q_speed")
    bands = given.result.bands
    assert [band.name for band in bands] == ["up to 20 s", "over 20 s, up to 1 min", "over 1 min"]
    assert [(band.answers, band.top_box, band.mean) for band in bands] == [
        (2, 1, 4.5),
        (2, 0.5, 4),
        (2, 0, 1.5),
    ]
    assert [(band.speed_answers, band.speed_mean) for band in bands] == [(1, 1), (2, 3.5), (2, 3)]
    assert (given.result.used, given.result.unanswered) == (6, 1)
    assert "Too few answers" in str(given)
    assert unfounded(given) == []


def test_a_planted_turn_is_found_within_its_interval_and_offered_as_a_target():
    given = asked(*world(1, turn=60, mail=40), demands=Demands(EDITION))
    turn = given.result.turn
    assert turn.low <= 60 <= turn.high
    assert turn.step
    assert turn.high < 100
    assert given.result.channel == "phone"
    assert "satisfaction drops from a wait of" in str(given)
    assert "It is offered as a target: answer within" in str(given)
    assert unfounded(given) == []


def test_a_limit_in_force_is_held_against_the_interval_of_the_turn():
    calls, answers = world(1, turn=60)
    turn = asked(calls, answers).result.turn
    low, high = round(turn.low), round(turn.high)
    assert low < high
    judged = {
        low: (False, "no looser"),
        high: (None, "cannot be told"),
        high + 1: (True, "is looser: it lets"),
    }
    for seconds, (looser, words) in judged.items():
        criterion = replace(EDITION.criterion("IM-01"), options={"channel": "phone", "seconds": seconds})
        given = asked(calls, answers, demands=Demands(replace(EDITION, criteria=(criterion,))))
        (limit,) = given.result.limits
        assert limit.looser is looser
        assert words in given.summary()[-1].text
        assert unfounded(given) == []


def test_the_bounds_of_the_catalogue_are_said():
    criterion = EDITION.criterion("IM-06")
    given = asked(*world(1, turn=60), demands=Demands(replace(EDITION, criteria=(criterion,))))
    assert "IM-06 allows 3.0 minutes, which is looser: it lets waits pass" in str(given)
    assert "the catalogue lets it be 60 seconds to 5.0 minutes" in str(given)
    (exhibit,) = given.targets()
    assert exhibit.frame["looser"].tolist() == ["yes"]
    assert exhibit.frame["catalogue"].tolist() == ["1 min to 5 min"]


def test_a_limit_that_the_profile_made_looser_is_flagged():
    demands = Demands(EDITION, looser=("IM-06",))
    words = str(asked(*world(1, turn=60), demands=demands))
    assert "IM-06 allows 3.0 minutes (the party's profile made it looser than the edition)" in words
    assert "IM-01 allows 45 seconds, which" in words


def test_a_criterion_that_is_set_aside_is_not_in_force():
    aside = {"IM-06": Exemption(Outcome.WAIVED, "waived")}
    given = asked(*world(1, turn=60), demands=Demands(EDITION, aside))
    assert [limit.criterion.id for limit in given.result.limits] == ["IM-01"]


def test_without_a_turn_no_target_is_named():
    given = asked(*world(2, turn=None), demands=Demands(EDITION))
    assert given.result.turn is None
    assert "No wait is shown from which on fewer of 2,500 customers are satisfied" in str(given)
    assert "offered as a target" not in str(given)
    assert given.targets() == ()
    assert unfounded(given) == []


def test_satisfaction_that_falls_from_the_shortest_waits_on_has_no_turn():
    rng = np.random.default_rng(4)
    seconds = np.exp(rng.normal(3.6, 1, 3000)).astype(int)
    happy = rng.random(3000) < np.clip(1.1 - 0.12 * np.log1p(seconds), 0, 1)
    calls = [waited(f"C{i}", int(wait), i % 58 + 0.5) for i, wait in enumerate(seconds)]
    given = asked(calls, [answer(f"C{i}", 5.0 if glad else 1.0) for i, glad in enumerate(happy)])
    assert given.result.falls
    assert given.result.turn is None
    assert "but from which wait on cannot be told" in str(given)


def along(seed: int, *, fall: float = 0.0, at: float = 60.0) -> CountedAlong:
    """Return 1,500 cases of 300 clusters in six strata; clusters differ in waits and in satisfaction."""
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, 300, 1500)
    stratum = cluster % 6
    value = np.log1p(np.exp(rng.normal(3.5, 0.8, 1500) + rng.normal(0, 0.5, 300)[cluster] + 0.2 * stratum))
    share = 0.85 + rng.normal(0, 0.06, 300)[cluster] - 0.03 * stratum - fall * (value > np.log1p(at))
    meeting = (rng.random(1500) < share).astype(np.float64)
    return CountedAlong(stratum, np.unique(cluster, return_inverse=True)[1], value, np.ones(1500), meeting)


def test_where_nothing_falls_a_fall_is_said_in_five_percent_at_most():
    said = [
        falling_point(along(seed), level=0.95, rng=np.random.default_rng(seed), draws=199).p_value <= 0.025
        for seed in range(160)
    ]
    assert 0 < sum(said) <= 8, "one side of 95% is 2.5%, which is 4 of 160; 8 are 5%"


def test_strata_that_differ_are_no_fall_and_a_fall_within_them_is():
    """Six strata, waits longer and satisfaction lower from one to the next: alike within each."""
    world_of = along(9)
    apart = replace(world_of, value=world_of.value + 1.0 * world_of.stratum)
    flat = falling_point(apart, level=0.95, rng=np.random.default_rng(1))
    assert flat.p_value > 0.05
    fall = falling_point(along(9, fall=0.3), level=0.95, rng=np.random.default_rng(1))
    assert fall.p_value <= 0.005
    assert fall.low <= np.log1p(60) <= fall.high
    assert fall.bounded


@pytest.mark.parametrize(("seed", "step"), [(1, True), (2, False), (3, True)])
def test_the_place_is_that_of_least_squares_within_strata(seed: int, step: bool):
    """Every place and shape by a regression on dummies of strata; the strata differ in values and shares."""
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(3), 400)
    value = np.clip(rng.integers(1, 9, 1200) + 2 * stratum, 1, 11).astype(np.float64)
    fall = 0.3 * (value > 6) if step else 0.12 * np.maximum(value - 6, 0)
    meeting = (rng.random(1200) < 0.6 + 0.15 * stratum - fall).astype(np.float64)
    cluster = stratum * 40 + rng.integers(0, 40, 1200)
    best = (np.inf, 0.0)
    for place in range(1, 11):
        if not 0.05 <= (value <= place).mean() <= 0.95:
            continue
        for shape in (value > place, np.maximum(value - place, 0)):
            design = np.column_stack([np.eye(3)[stratum], shape])
            slopes, _, _, _ = np.linalg.lstsq(design, meeting, rcond=None)
            if slopes[-1] < 0:
                best = min(best, (float(((meeting - design @ slopes) ** 2).sum()), float(place)))
    counted = CountedAlong(stratum, cluster, value, np.ones(1200), meeting)
    assert falling_point(counted, level=0.95, rng=rng, draws=99).value == best[1]


def test_one_wait_alone_cannot_be_compared():
    same = replace(along(1), value=np.ones(1500))
    assert falling_point(same, level=0.95, rng=np.random.default_rng(1)) is None


@pytest.mark.parametrize(
    ("link", "words"),
    [(None, "No response says which contact it is about."), ("X", "No answered response names an answered")],
)
def test_without_links_it_is_refused_with_what_to_ask_for(link: str | None, words: str):
    given = asked([waited("C1", 5)], [answer("C1", 5.0, interaction_id=link)])
    assert not given.answered
    assert words in given.summary()[0].text
    assert "Ask for the id of the contact beside each response" in given.summary()[0].text


def test_without_the_column_it_is_refused():
    held = {"interactions": rows("interactions", call("C1", 1)),
            "responses": table([answer("C1", 5.0)]).drop_columns(["interaction_id"])}  # fmt: skip
    given = voice_against_clock(engaged(Evidence(held, ()), run(instruments=SURVEYS)))
    assert not given.answered


def test_legs_wait_from_the_first_offer_to_the_first_answer():
    first = waited("A", None) | {"contact_id": "A"}
    second = waited("B", 30) | {"contact_id": "A", "offered_at": first["offered_at"] + 60 * SECOND}
    second["answered_at"] = second["offered_at"] + 30 * SECOND
    given = asked([first, second], [answer("A", 5.0)], band_seconds="89,90")
    assert [band.name for band in given.result.bands] == ["over 1 min 29 s, up to 1 min 30 s"]


def test_days_without_times_have_no_wait():
    vague = waited("A", 30) | {"offered_second": -1}
    given = asked([vague, waited("B", 30)], [answer("A", 5.0), answer("B", 5.0)])
    assert (given.result.used, given.result.vague) == (1, 1)
    said = " ".join(sentence.text for sentence in given.limits())
    assert "that were answered; 1 response on days without times is left out. Who gave up" in said
    assert unfounded(given) == []
    lost = waited("C", 30) | {"answered_at": None, "answered_second": None, "abandoned": True}
    both = asked([vague, waited("B", 30), lost], [answer(name, 5.0) for name in "ABC"])
    said = " ".join(sentence.text for sentence in both.limits())
    assert "1 response on contacts never answered and 1 response on days without times are left out." in said
    assert unfounded(both) == []


def test_where_no_response_is_left_out_for_its_wait_none_is_counted():
    given = asked([waited("B", 30)], [answer("B", 5.0)])
    said = " ".join(sentence.text for sentence in given.limits())
    assert "Waits are those of contacts that were answered. Who gave up is rarely asked." in said


def test_a_contact_said_to_be_both_answered_and_given_up_has_no_wait():
    calls = [waited(f"A{n}", 10, customer_id=f"K{n}") for n in range(5)]
    calls.append(waited("B", 10, customer_id="L", abandoned=True))
    told = asked(calls, [answer(name, 5.0) for name in (*(f"A{n}" for n in range(5)), "B")])
    assert (told.result.used, told.result.contradictory, told.result.unanswered) == (5, 1, 0)
    words = "1 response on contacts said to be both answered and given up is left out too"
    assert words in " ".join(sentence.text for sentence in told.limits())
    assert unfounded(told) == []


@pytest.mark.parametrize("text", ["20, x", "60, 20", "20, 20"])
def test_bounds_that_are_no_ascending_seconds_are_refused(text: str):
    with pytest.raises(ParameterError, match="no ascending list of whole seconds"):
        asked([waited("A", 3)], [answer("A", 5.0)], band_seconds=text)


def test_bands_held_back_are_left_out():
    given = asked(*world(1, turn=60))
    name = given.result.bands[0].name
    left, lost = given.result.without(lambda key, n=None: key == f"top_box:{name}")
    assert lost == 1
    assert left is not None
    assert name not in {band.name for band in left.bands}
    assert given.result.without(lambda key, n=None: True)[0] is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(59, "59 s"), (60, "1 min"), (3599, "59 min 59 s"), (3600, "1 h")]
)
def test_waits_are_read_in_the_unit_that_says_something(seconds: int, text: str):
    assert readable(seconds) == text


def test_an_audit_records_every_exhibit(tmp_path: Path):
    spoken = asked(*world(1, turn=60), demands=Demands(EDITION), speed_item="q_speed")
    audit = Audit(run(), company(), notebook="07_service_levels", question="Q", work=tmp_path)
    audit.figure("a", by_wait, spoken, title=spoken.title)
    audit.table("b", spoken.bands())
    (limits,) = spoken.targets()
    audit.table("c", limits)
    audit.say(spoken)
    audit.limits(*spoken.limits())
    audit.close()
    assert (tmp_path / "results" / "07_service_levels.json").is_file()
