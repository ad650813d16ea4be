"""How long matters take: by hand, against statsmodels, at the bounds, and where nothing can be said."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from small_company import Evidence, engaged, rows, run
from statsmodels.duration.survfunc import SurvfuncRight
from test_first_contact import END, call, unfounded
from test_interval_measures import span

from auditlib.service_levels.first_contact import RepeatRule, resolution_times
from auditlib.service_levels.first_contact.resolution_time import ResolutionTimesAnswer
from auditlib.statistics.clustered_survival import CountedSurvival, quantile_limits
from auditlib.time.epoch import DAY, SECOND

HOURS = 3600


def asked(*calls: dict[str, Any], without: tuple[str, ...] = (), **how: Any) -> Any:
    held = {"interactions": rows("interactions", *calls).drop_columns(list(without))}
    return resolution_times(engaged(Evidence(held, ()), run()), **how)


def entry(answer: ResolutionTimesAnswer, kind: str = "all", name: str = "every matter", way: str = "silence"):
    return next(
        part for part in answer.result.entries if (part.way, part.kind, part.name) == (way, kind, name)
    )


def test_a_matter_lasts_from_its_first_offer_to_its_last_end():
    answer = asked(
        call("A", 1, customer_id="K1"),
        call("B", 3, customer_id="K1", lasts=600),
        call("C", 2, customer_id="K2"),
        call("D", 20, customer_id="K1", lasts=900),
        call("E", 2, customer_id="K1", matter="move", channel="chat"),
    )
    every = entry(answer)
    assert (every.matters, every.resolved) == (4, 4)
    assert every.mean is not None
    # Times of two hours and more are whole minutes: two days and ten minutes are.
    assert every.mean.seconds == (2 * 86_400 + 600 + 300 + 900 + 300) / 4
    assert every.quantiles["median"].seconds == 300
    assert every.quantiles["p90"].seconds == 2 * 86_400 + 600
    assert entry(answer, "channel", "chat").matters == 1
    assert entry(answer, "matter", "bill").matters == 3
    assert unfounded(answer) == []


@pytest.mark.parametrize(("beyond", "matters"), [(0, 1), (1, 2)])
def test_silence_of_exactly_so_many_days_does_not_end_a_matter(beyond: int, matters: int):
    later = call("B", 1) | {"offered_at": call("A", 1)["ended_at"] + 7 * DAY + beyond}
    later |= {"ended_at": later["offered_at"] + 60 * SECOND}
    assert entry(asked(call("A", 1), later)).matters == matters


@pytest.mark.parametrize(("beyond", "resolved"), [(-1, 1), (0, 1), (1, 0)])
def test_a_matter_whose_silence_is_not_over_when_the_evidence_ends_is_open(beyond: int, resolved: int):
    ended = END - 7 * DAY + beyond
    answer = asked(call("A", 40), call("B", 45, ended_at=ended))
    every = entry(answer)
    assert (every.matters, every.resolved) == (1, resolved)
    assert (every.mean is None) is (not resolved)


def test_what_began_too_late_to_be_followed_is_left_out_and_counted():
    late = call("L", 55, customer_id="K9")
    answer = asked(call("A", 20), late)
    assert (entry(answer).matters, answer.result.late, answer.result.early) == (1, 1, 1)
    assert "1 matter that began later than that before the evidence ends is left out" in " ".join(
        sentence.text for sentence in answer.limits()
    )
    assert unfounded(answer) == []


def test_a_time_that_is_not_reached_says_so_instead_of_a_unit():
    given_up = {"answered_at": None, "abandoned": True}
    answer = asked(call("A", 1), *(call(f"B{n}", 1, customer_id=f"K{n}", **given_up) for n in range(2, 5)))
    row = answer.times().frame.iloc[0]
    assert (row["median_in"], row["p90_in"]) == ("not reached", "not reached")
    assert row["mean_in"] not in ("not reached", "none resolved")
    nobody = asked(call("A", 1, **given_up)).times().frame.iloc[0]
    assert nobody["mean_in"] == "none resolved"


@pytest.mark.parametrize("outcome", [{"answered_at": None, "abandoned": True}, {"abandoned": True}])
def test_a_matter_whose_last_contact_was_given_up_is_not_resolved(outcome: dict[str, Any]):
    answer = asked(call("A", 1), call("B", 2, **outcome), call("C", 3, customer_id="K2"))
    assert (entry(answer).matters, entry(answer).resolved) == (2, 1)


def test_by_the_mark_a_matter_is_resolved_with_the_first_contact_marked():
    calls = [
        call("A", 1, resolved_first=False), call("B", 2, resolved_first=True, lasts=600),
        call("C", 4, resolved_first=True), call("D", 1, customer_id="K2", resolved_first=False),
    ]  # fmt: skip
    answer = asked(*calls)
    marked = entry(answer, way="mark")
    assert (marked.matters, marked.resolved) == (2, 1)
    assert marked.mean is not None
    assert marked.mean.seconds == 86_400 + 600
    assert "By the party's own mark, of 2 matters half within" in str(answer)
    assert unfounded(answer) == []
    unmarked = asked(*(row | {"resolved_first": None} for row in calls))
    assert {part.way for part in unmarked.result.entries} == {"silence"}


def test_the_mark_of_a_contact_said_to_be_both_answered_and_given_up_resolves_no_matter():
    both = {"abandoned": True, "resolved_first": True}
    calls = [call("A", 1, **both), call("B", 2, customer_id="K2", resolved_first=True)]
    assert entry(asked(*calls), way="mark").resolved == 1


def generated(seed: int, contacts: int) -> list[dict[str, Any]]:
    """Return calls at random of customers with matters of two kinds."""
    rng = np.random.default_rng(seed)
    return [
        call(
            f"C{place}", float(rng.uniform(0, 59)), lasts=int(rng.integers(30, 9000)),
            customer_id=f"K{rng.integers(0, contacts // 3)}", matter=str(rng.choice(["bill", "move"])),
            channel=str(rng.choice(["phone", "chat"])), unit_id=f"U{rng.integers(0, 3)}",
        )
        for place in range(contacts)
    ]  # fmt: skip


def plainly(calls: list[dict[str, Any]], days: int) -> list[tuple[float, bool, str]]:
    """Return seconds followed, whether resolved, and the channel of each matter, as one would count them."""
    of_matter = defaultdict(list)
    for row in sorted(calls, key=lambda row: (row["offered_at"], row["interaction_id"])):
        of_matter[row["customer_id"], row["matter"]].append(row)
    cases = []
    for contacts in of_matter.values():
        runs: list[list[dict[str, Any]]] = []
        for row in contacts:
            reach = max((past["ended_at"] for past in runs[-1]), default=None) if runs else None
            if reach is None or row["offered_at"] - reach > days * DAY:
                runs.append([])
            runs[-1].append(row)
        for matter in runs:
            followed = END - days * DAY - matter[0]["offered_at"]
            time = max(row["ended_at"] for row in matter) - matter[0]["offered_at"]
            if followed >= 0:
                seconds = min(time, followed) // SECOND
                coarse = seconds if seconds < 7200 else seconds // 60 * 60
                cases.append((float(coarse), time <= followed, matter[0]["channel"]))
    return cases


@pytest.mark.parametrize("seed", [1, 2])
def test_quantiles_are_those_of_statsmodels_over_matters_counted_plainly(seed: int):
    calls = generated(seed, 240)
    answer = asked(*calls)
    every = plainly(calls, RepeatRule().days)
    for kind, name, cases in (
        ("all", "every matter", every),
        ("channel", "chat", [case for case in every if case[2] == "chat"]),
    ):
        part = entry(answer, kind, name)
        assert (part.matters, part.resolved) == (len(cases), sum(done for _, done, _ in cases))
        times, done = (np.array([case[place] for case in cases]) for place in (0, 1))
        plain = SurvfuncRight(times.astype(float), done.astype(int))
        for quantile, share in (("median", 0.5), ("p90", 0.9)):
            # The smallest time that at least the share did not exceed, as of waits: not that beyond it.
            reached = plain.surv_times[plain.surv_prob <= 1 - share + 1e-9]
            estimate = part.quantiles[quantile]
            assert (estimate is None) == (not len(reached))
            if estimate is not None:
                assert estimate.seconds == reached[0]


def test_limits_of_a_quantile_cover_the_truth_where_matters_of_a_day_are_alike():
    rng, days, inside = np.random.default_rng(11), 60, []
    truth = np.quantile(rng.exponential(500, 400_000) * np.exp(rng.normal(0, 0.4, 400_000)), 0.5)
    for _ in range(300):
        day = np.repeat(np.arange(days), 15)
        times = np.ceil(rng.exponential(500, len(day)) * np.exp(rng.normal(0, 0.4, days))[day])
        followed = np.ceil(rng.uniform(0, 3000, len(day)))
        done, seconds = times <= followed, np.minimum(times, followed)
        distinct, place = np.unique(seconds, return_inverse=True)
        curve = CountedSurvival(
            distinct, *(np.bincount(place, weights=flag).astype(np.float64) for flag in (done, ~done))
        )
        own, gone = curve.influences(curve.quantile(0.5) or 0.0)
        sums = np.bincount(day, weights=np.where(done, own[place], gone[place]))
        limits = quantile_limits(
            curve, sums, np.bincount(day), np.zeros(len(sums), dtype=np.int64), share=0.5, level=0.95
        )
        assert limits is not None
        inside.append(limits.low <= truth <= limits.high)
    assert 0.92 <= np.mean(inside) <= 0.98


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        ((), "neither single contacts nor interval counts"),
        ((call("A", 1, customer_id=None),), "which customer it was with"),
        ((call("A", 1, matter=None),), "No contact says what it was about"),
        ((call("A", 58),), "No matter of the period was silent for long enough"),
    ],
)
def test_what_cannot_be_answered_says_what_to_ask_for(calls: tuple[Any, ...], words: str):
    answer = asked(*calls)
    assert not answer.answered
    assert words in answer.summary()[0].text
    assert "Ask for" in answer.summary()[0].text


def test_counts_alone_are_not_called_absent():
    counts = {"interval_counts": rows("interval_counts", span(0, 10, 9, 8, 1))}
    said = resolution_times(engaged(Evidence(counts, ()), run())).summary()[0].text
    assert "counts by interval alone, and these do not say who came back" in said


def test_contacts_that_name_no_matter_are_in_none_and_counted():
    answer = asked(call("A", 1), call("B", 1, customer_id=None), call("C", 2, matter=None))
    assert (entry(answer).matters, answer.result.nameless) == (1, 2)
    assert "2 contacts name no customer or no kind of matter" in " ".join(
        sentence.text for sentence in answer.limits()
    )


def test_channels_that_are_apart_are_said_to_be_and_the_table_has_every_group():
    quick = [call(f"A{n}", 1 + n / 10, customer_id=f"K{n}") for n in range(80)]
    slow = [call(f"B{n}", 1 + n / 10, customer_id=f"L{n}", channel="email") for n in range(80)]
    again = [call(f"C{n}", 3 + n / 10, customer_id=f"L{n}", channel="email") for n in range(60)]
    answer = asked(*quick, *slow, *again)
    assert "Half of the matters that begin by phone were resolved within" in str(answer)
    frame = answer.times().frame
    assert list(frame["group"]) == ["every matter", "email", "phone", "bill"]
    for _, row in frame.iterrows():
        key = f"time_median:{row['way']}:{row['kind']}:{row['group']}"
        assert answer.facts[key].value == row["time_median"]
    assert unfounded(answer) == []
