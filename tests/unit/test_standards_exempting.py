"""Facts for which a criterion is not applicable: shown by evidence, and by nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from standards_tables import START, SmallTables, context, small_tables

from auditlib.audit.standard import measures
from auditlib.records import Outcome, SourceTotals
from auditlib.standards.answer import VerdictAnswer
from auditlib.standards.document import verdict_document
from auditlib.standards.edition import Edition, load_edition
from auditlib.standards.exempting import Fact, fitting, look_for
from auditlib.standards.profile import demands_on, load_profile
from auditlib.standards.verdict import Verdict, assess

ROOT = Path(__file__).parents[2]
DAY = START // 86_400_000_000
TEXT = (ROOT / "params/standards/service-excellence/2025.yaml").read_text("utf-8")
NEXT = (ROOT / "params/standards/service-excellence/2026.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def edition() -> Edition:
    return load_edition(TEXT, name="2025.yaml")


def contact(channel: str | None, **more: Any) -> dict[str, Any]:
    said = {"channel": channel, "in_period": True, "abandoned": False, "resolved_first": True}
    at = {
        "offered_at": START,
        "offered_day": DAY,
        "offered_second": 0,
        "answered_at": START,
        "ended_at": None,
    }
    return said | at | {"ended_at": None, "unit_id": "A"} | more


def complaint(severity: str | None, **more: Any) -> dict[str, Any]:
    return {"severity": severity, "channel": "phone", "in_period": True} | more


def link(weight: float, starts: int, ends: int | None) -> dict[str, Any]:
    return {"weight": weight, "starts_on": starts, "ends_on": ends}


PHONE = [contact("phone")] * 3
OLD_LINK = link(0.1, DAY - 200, DAY - 1)
NOBODY: list[dict[str, Any]] = []
CONTACTS, SEVERITY = Fact.NO_CONTACTS_IN_CHANNEL, Fact.NO_COMPLAINTS_OF_SEVERITY
KEYS, PROMISES = Fact.NO_KEY_ACCOUNTS, Fact.NO_COMMITMENTS
SEEN = [
    # fact, criterion, tables, whether it is shown, words
    (CONTACTS, "IM-04", {}, False, "has no interactions"),
    (CONTACTS, "IM-04", {"interactions": PHONE}, True, "came by phone, none by chat"),
    (CONTACTS, "IM-01", {"interactions": PHONE}, False, "name the channel phone"),
    (CONTACTS, "IM-04", {"interactions": [*PHONE, contact("Web-Chat")]}, False, "Web-Chat"),
    (CONTACTS, "IM-04", {"interactions": [*PHONE, contact(None)]}, False, "do not say"),
    (
        CONTACTS, "IM-04",
        {"interactions": [contact("phone", in_period=False)]}, False, "no contact of the period",
    ),
    (
        CONTACTS, "IM-04",
        {"interactions": PHONE, "responses": [{"channel": "chat", "in_period": True}]}, False,
        "responses of the period name the channel chat",
    ),
    (
        CONTACTS, "IM-04",
        {"interactions": PHONE, "responses": [{"channel": "chat", "in_period": False}]}, True, "none by chat",
    ),
    (SEVERITY, "CO-02", {"complaints": [complaint("low")]}, True, "none is critical"),
    (SEVERITY, "CO-02", {"complaints": [complaint("Critical")]}, False, "there are"),
    (
        SEVERITY, "CO-02",
        {"complaints": [complaint("low"), complaint(None)]}, False, "do not say their severity",
    ),
    (
        SEVERITY, "CO-02",
        {"complaints": [complaint("low", in_period=False)]}, False, "no complaint of the period",
    ),
    (KEYS, "CF-15", {"accounts": [{"key_account": False}] * 2}, True, "it is no key account"),
    (KEYS, "CF-15", {"accounts": [{"key_account": x} for x in (False, None)]}, False, "not say"),
    (KEYS, "CF-15", {"accounts": [{"key_account": x} for x in (True, None)]}, False, "names key"),
    (
        PROMISES, "CF-18",
        {"visits": [{"held_on": DAY}], "commitments": [{"commitment_id": "P1", "due_on": DAY}]}, False,
        "register of commitments is not empty",
    ),
    (PROMISES, "CF-18", {"visits": [{"held_on": DAY}]}, False, "has no commitments"),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "name", "tables", "shown", "words"), SEEN)
def test_a_fact_is_shown_by_rows_alone(
    fact: Fact, name: str, tables: dict[str, Any], shown: bool, words: str
) -> None:
    edition = load_edition(
        (ROOT / "params/standards/service-excellence/2026.yaml").read_text("utf-8"), name="x"
    )
    seen = look_for(fact, edition.criterion(name), small_tables(**tables), context())
    assert (seen.shown, words in seen.words) == (shown, True), seen


EMPTY = {
    "commitments": {"commitment_id": [], "due_on": []},
    "rewards": {"reward_id": []},
}


def registers(**frames: Any) -> SmallTables:
    import pandas as pd

    return SmallTables({name: pd.DataFrame(rows) for name, rows in frames.items()}, pd.DataFrame())


@pytest.mark.parametrize(
    ("held", "shown"), [(DAY - 1, False), (DAY, True), (DAY + 89, True), (DAY + 90, False)]
)
def test_nothing_was_promised_only_where_visits_were_held(held: int, shown: bool) -> None:
    edition = load_edition(
        (ROOT / "params/standards/service-excellence/2026.yaml").read_text("utf-8"), name="x"
    )
    tables = registers(visits=[{"held_on": held}], commitments=EMPTY["commitments"])
    assert look_for(Fact.NO_COMMITMENTS, edition.criterion("CF-18"), tables, context()).shown is shown


def test_an_empty_register_of_accounts_shows_nothing(edition: Edition) -> None:
    seen = look_for(KEYS, edition.criterion("CF-15"), registers(accounts={"key_account": []}), context())
    assert (seen.shown, seen.words) == (False, "the register of accounts is empty")


def test_an_empty_register_of_rewards_shows_that_none_was_given(edition: Edition) -> None:
    responses = [{"response_id": "R1"}]
    criterion = edition.criterion("CF-14")
    none = registers(responses=responses, rewards=EMPTY["rewards"])
    some = registers(responses=responses, rewards=[{"reward_id": "W1"}])
    assert look_for(Fact.NO_REWARDS, criterion, none, context()).shown
    assert not look_for(Fact.NO_REWARDS, criterion, some, context()).shown
    assert not look_for(Fact.NO_REWARDS, criterion, registers(responses=responses), context()).shown


@pytest.mark.parametrize(
    ("links", "shown"),
    [
        ([OLD_LINK], True),
        ([link(0.1, DAY - 200, DAY)], False),
        ([link(0.1, DAY + 89, None)], False),
        ([link(0.1, DAY + 90, None)], True),
        ([link(0.0, DAY - 9, None)], True),
        ([OLD_LINK, link(0.1, DAY - 9, None)], False),
    ],
)
def test_pay_links_of_the_period_contradict_that_there_are_none(
    edition: Edition, links: list[dict[str, Any]], shown: bool
) -> None:
    import pandas as pd

    frame = pd.DataFrame(links).astype({"ends_on": "Int64"})
    tables = SmallTables({"pay_links": frame}, pd.DataFrame())
    assert look_for(Fact.NO_PAY_LINKS, edition.criterion("PE-03"), tables, context()).shown is shown


@dataclass(frozen=True)
class WithTotals(SmallTables):
    totals: tuple[SourceTotals, ...] = ()


@pytest.mark.parametrize(("aside", "shown"), [(0, True), (2, True), (3, False)])
def test_rows_in_quarantine_could_be_what_there_is_none_of(edition: Edition, aside: int, shown: bool) -> None:
    small = small_tables(interactions=PHONE)
    totals = (SourceTotals("i.csv", "interactions", "0" * 64, 1, 100, 100 - aside, aside, {}),)
    tables = WithTotals(small.frames, small.counts, totals=totals)
    assert look_for(Fact.NO_CONTACTS_IN_CHANNEL, edition.criterion("IM-04"), tables, context()).shown is shown


REGISTERS = [
    (Fact.NO_PAY_LINKS, "PE-03", {"pay_links": [OLD_LINK]}, "pay_links"),
    (Fact.NO_REWARDS, "CF-14", {"responses": PHONE, "rewards": EMPTY["rewards"]}, "rewards"),
    (
        Fact.NO_COMMITMENTS, "CF-18",
        {"visits": [{"held_on": DAY}], "commitments": EMPTY["commitments"]}, "commitments",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "name", "tables", "register"), REGISTERS)
@pytest.mark.parametrize(
    ("sources", "shown"),
    [
        ([], True),  # nothing is said of the sources
        ([(0, 0)], True),  # supplied without a row, which the profile declares
        ([(200, 4)], True),
        ([(200, 5)], False),
        ([(3, 3)], False),  # wholly in quarantine: nobody knows what it held
        ([(400, 0), (4, 4)], False),  # one whole file, however few its rows
    ],
)
def test_a_register_in_quarantine_is_not_an_empty_register(
    fact: Fact, name: str, tables: dict[str, Any], register: str, sources: list[tuple[int, int]], shown: bool
) -> None:
    held = registers(**tables)
    totals = tuple(
        SourceTotals(f"{n}.csv", register, "0" * 64, 1, rows, rows - aside, aside, {})
        for n, (rows, aside) in enumerate(sources)
    )
    seen = look_for(
        fact,
        load_edition(NEXT, name="x").criterion(name),
        WithTotals(held.frames, held.counts, totals=totals),
        context(),
    )
    assert seen.shown is shown, seen
    assert shown or "quarantine" in seen.words


@pytest.mark.parametrize("silent", ["weight", "starts_on"])
def test_a_pay_link_that_does_not_say_whether_it_ran_could_have(edition: Edition, silent: str) -> None:
    import pandas as pd

    links = [OLD_LINK, link(0.1, DAY - 9, DAY - 1), link(0.1, DAY, None) | {silent: None}]
    frame = pd.DataFrame(links).astype({"starts_on": "Int64", "ends_on": "Int64", "weight": "Float64"})
    tables = SmallTables({"pay_links": frame}, pd.DataFrame())
    seen = look_for(Fact.NO_PAY_LINKS, edition.criterion("PE-03"), tables, context())
    assert (seen.shown, "does not say" in seen.words) == (False, True)


def test_facts_fit_criteria_that_ask_about_them(edition: Edition) -> None:
    assert fitting(edition.criterion("IM-01")) == (Fact.NO_CONTACTS_IN_CHANNEL,)
    assert fitting(edition.criterion("CO-02")) == (Fact.NO_COMPLAINTS_OF_SEVERITY,)
    assert fitting(edition.criterion("CO-01")) == (), "it asks about every severity"
    assert fitting(edition.criterion("CF-04")) == ()


def judged(edition: Edition, tables: SmallTables, more: str = "") -> Verdict:
    profile = (
        "profile: acme\nstandard: service-excellence@2025\ntitle: Profile of the Acme desk\n"
        "not_applicable:\n  IM-04: {because: no_contacts_in_channel, reason: The desk offers no chat.}\n"
        + more
    )
    demands = demands_on(edition, date(2025, 3, 31), profile=load_profile(profile, name="acme.yaml"))
    return assess(demands, measures(), tables, context())


WAIVER = (
    "waivers:\n  CO-02: {reason: The new desk opens soon., granted_on: 2025-01-01, expires_on: 2025-12-31}\n"
)


def test_what_is_shown_is_set_aside_and_its_weight_is_told(edition: Edition) -> None:
    found = judged(edition, small_tables(interactions=PHONE), WAIVER)
    assert found.judgement("IM-04").outcome is Outcome.NOT_APPLICABLE
    assert "none by chat: The desk offers no chat." in found.judgement("IM-04").reason
    aside = found.aside.sentence()
    assert aside is not None
    weight = edition.criterion("IM-04").weight + edition.criterion("CO-02").weight
    share = weight / sum(one.weight for one in edition.criteria)
    words = f"The profile sets aside {share:.1%} of the weight: CO-02 waived; IM-04 not applicable."
    assert aside.text == words
    assert words in [each.text for each in VerdictAnswer(found).limits()]
    numbers = {each.key: each.value for each in VerdictAnswer(found).numbers()}
    assert numbers["weight:set_aside"] == pytest.approx(share)
    assert verdict_document(found)["set_aside"]["text"] == words


@pytest.mark.parametrize(
    "contacts", [[contact("chat", answered_at=START + 10**9)] * 400, [], [contact("phone"), contact(None)]]
)
def test_what_is_not_shown_is_judged_as_if_nothing_had_been_said(
    edition: Edition, contacts: list[dict[str, Any]]
) -> None:
    tables = small_tables(interactions=contacts) if contacts else small_tables()
    silent = assess(demands_on(edition, date(2025, 3, 31)), measures(), tables, context())
    found = judged(edition, tables)
    assert found.judgement("IM-04").outcome is silent.judgement("IM-04").outcome
    assert found.judgement("IM-04").outcome in (Outcome.NOT_MET, Outcome.NOT_ASSESSABLE)
    assert found.decision.score == silent.decision.score
    assert "called not applicable by the profile, but" in found.judgement("IM-04").reason
    assert found.aside.sentence() is None
    assert verdict_document(found)["set_aside"] is None
    assert any("calls IM-04 not applicable for a fact" in each.text for each in VerdictAnswer(found).limits())


def test_what_the_edition_does_not_demand_yet_is_set_aside_by_nobody() -> None:
    demands = demands_on(load_edition(NEXT, name="2026.yaml"), date(2026, 6, 30))
    found = assess(demands, measures(), small_tables(interactions=PHONE), context())
    assert found.judgement("PE-09").outcome is Outcome.NOT_APPLICABLE
    assert found.aside.share == 0
    assert found.aside.sentence() is None


@pytest.mark.parametrize("channel", ["phone", "chat"])
def test_the_first_page_says_what_share_was_set_aside(edition: Edition, tmp_path: Path, channel: str) -> None:
    from small_company import company, run

    from auditlib.audit.session import Audit
    from auditlib.report.document import compose, to_html
    from auditlib.report.facts import Provenance
    from auditlib.report.reading import read_results

    evidence, chosen = company(), run()
    found = judged(edition, small_tables(interactions=[contact(channel)]))
    audit = Audit(chosen, evidence, notebook="11_standards", question="Is the standard met?", work=tmp_path)
    answer = VerdictAnswer(found)
    audit.verdict(answer)
    audit.answer(answer)
    audit.limits(*answer.limits())
    audit.close()
    facts = Provenance(chosen, evidence.totals, "small.yaml", "ab" * 32, "cd" * 32, {"auditlib": "0.1.0"})
    page = to_html(compose(read_results(tmp_path), facts))
    box = page.partition('<div class="decision')[2].partition("</div>")[0]
    assert ("The profile sets aside 2.4% of the weight: IM-04 not applicable." in box) is (channel == "phone")
    assert ("calls IM-04 not applicable for a fact" in page) is (channel == "chat")
