"""One generated company: canonical tables in memory, with the truth that was planted in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlib.contracts import TABLES
from auditlib.contracts.types import ColumnKind
from company.answers_about import answers_about
from company.call_backs import CallBacks, call_backs
from company.clock import DAY, day_number, to_local
from company.complaints import complaints
from company.contacts import contact_status, contacts
from company.courtesies import courtesies
from company.follow_ups import cases
from company.formal_reports import formal_reports
from company.gaming_forms import with_forms
from company.interactions import interactions
from company.matters import described
from company.outages import Outages, outages
from company.people import People, people
from company.places import HEADQUARTERS
from company.published import Published, published
from company.scenario import Scenario
from company.streams import stream
from company.surveys import Surveys, surveys
from company.world import World, world


@dataclass(frozen=True, slots=True)
class Company:
    """A service company and the truth about it.

    Parameters
    ----------
    scenario
        What it was made from.
    world
        Latent satisfaction, links, effects.
    tables
        Canonical tables without broken rows. An instant is one column of its stem, in UTC seconds; days
        are days since 1970-01-01. `invitations` and `responses` also carry ``unit`` (index) and
        ``in_period``, `responses` also ``lowest`` (lowest valid item on the 1-to-5 scale).
    duties
        True status of every duty owed in the period: response_id, duty, status, case.
    promised
        Promised calls and recorded deviations, with the truth of each; None where none were drawn.
    reachable
        Outages, with what is planted in them; None where none were drawn.
    claimed
        Published figures, with the definition behind each; None where there are none.
    """

    scenario: Scenario
    world: World
    tables: Mapping[str, pd.DataFrame]
    duties: pd.DataFrame
    promised: CallBacks | None = None
    reachable: Outages | None = None
    claimed: Published | None = None

    def canonical(self, table: str) -> pd.DataFrame:
        """Return a table in its stored form: instants as UTC microseconds, local day, local second.

        Local means the zone of the unit, found through the row's unit, response or complaint.
        """
        frame = self.tables[table]
        zones = self._zones(frame)
        columns: dict[str, object] = {}
        for column in TABLES[table].columns:
            if column.optional and column.name not in frame:
                continue
            if column.kind is ColumnKind.INSTANT:
                columns |= _spelled_out(column.name, frame[column.name], zones)
            else:
                columns[column.name] = frame.get(column.name)
        extra = [name for name in frame.columns if name.startswith("q_") or name == "in_period"]
        return pd.DataFrame(columns | {name: frame[name] for name in extra})

    def _zones(self, frame: pd.DataFrame) -> npt.NDArray[np.object_]:
        """Return the IANA zone of each row; headquarters where no unit is known."""
        zone_of = dict(zip(self.world.unit_ids, self.world.zones, strict=True))
        units = frame.get("unit_id")
        for key, table in (("response_id", "responses"), ("complaint_id", "complaints")):
            if units is None and key in frame.columns:
                units = frame[key].map(self.tables[table].set_index(key)["unit_id"])
        if units is None:
            return np.full(len(frame), HEADQUARTERS, dtype=object)
        return np.asarray(units.map(zone_of).fillna(HEADQUARTERS).to_numpy(dtype=object))


def _spelled_out(
    name: str, seconds: pd.Series[int], zones: npt.NDArray[np.object_]
) -> dict[str, pd.Series[int]]:
    """Return the three stored columns of an instant."""
    known = seconds.notna().to_numpy()
    utc = np.asarray(seconds.astype("Int64").fillna(0), dtype=np.int64)
    local = to_local(utc, zones)
    parts = {f"{name}_at": utc * 1_000_000, f"{name}_day": local // DAY, f"{name}_second": local % DAY}
    return {key: pd.Series(values, dtype="Int64").where(known, None) for key, values in parts.items()}


def company(scenario: Scenario, rng: np.random.Generator) -> Company:
    """Generate the company of `scenario`; `rng` is not advanced.

    Each table draws from its own stream, so that a new table changes no other one.
    """
    place = world(scenario, rng)
    who = people(scenario, place, rng)
    drawn = planted_surveys(scenario, place, who, rng)
    owed = courtesies(scenario, drawn, rng)
    open_cases = cases(scenario, place, drawn, rng)
    talks = contacts(open_cases, who, rng)
    reports = formal_reports(scenario, open_cases, who, rng)
    unhappy = complaints(scenario, place, who, rng)
    promised = call_backs(scenario, place, who, rng)
    queued = interactions(scenario, place, rng)
    responses = drawn.responses.assign(interaction_id=answers_about(drawn.responses, queued, rng))
    reachable, claimed = outages(scenario, place, rng), published(scenario, place, queued)
    tables = {
        "units": _units(scenario, place, stream(rng, "units")),
        "accounts": who.accounts,
        "customers": who.customers,
        "employees": who.employees,
        "invitations": drawn.invitations,
        "responses": responses,
        "acknowledgements": owed.acknowledgements,
        "follow_ups": talks.follow_ups,
        "attendance": talks.attendance,
        "follow_up_reports": reports.reports,
        "report_actions": reports.actions,
        "rewards": owed.rewards,
        "responsibilities": who.responsibilities,
        "complaints": unhappy.complaints,
        "complaint_events": unhappy.events,
        "fixes": unhappy.fixes,
        "call_backs": promised.calls,
        "deviations": promised.deviations,
        "interactions": described(queued, _named(responses), place, who, rng),
        "outages": reachable.outages,
        "published_figures": claimed.figures,
        "pay_links": pay_links(scenario, place),
    }
    statuses = {
        "contact": contact_status(open_cases),
        "attendance": talks.attended,
        "documentation": talks.documented,
        "report": reports.status,
    }
    label = np.where(reports.case == "", open_cases["case"], reports.case)
    vacant = (talks.attended == "wrong_party") & (label == "")
    label = np.where(vacant, "vacant_role", label)
    owed_after = [
        pd.DataFrame(
            {"response_id": open_cases["response_id"], "duty": duty, "status": status, "case": label}
        )
        for duty, status in statuses.items()
    ]
    duties = pd.concat([owed.duties, *owed_after], ignore_index=True)
    duties = duties.sort_values(["response_id", "duty"], kind="stable", ignore_index=True)
    return Company(scenario, place, MappingProxyType(tables), duties, promised, reachable, claimed)


def _named(responses: pd.DataFrame) -> pd.Series[str]:
    """Return the customer of each contact that answers are about."""
    known = responses[responses["interaction_id"].notna()]
    return known.set_index("interaction_id")["customer_id"].dropna()


def planted_surveys(scenario: Scenario, place: World, who: People, rng: np.random.Generator) -> Surveys:
    """Draw invitations and responses, with the further forms of gaming where any is switched on."""
    drawn = surveys(scenario, place, who, rng)
    if scenario.gaming is None:
        return drawn
    threshold = dict(scenario.links)[scenario.gaming.role].threshold
    draws, forms = stream(rng, "gaming forms"), scenario.gaming.forms
    told = complaints(scenario, place, who, rng).complaints.rename(columns={"received": "known"})
    return with_forms(forms, drawn, told, place, threshold=threshold, rng=draws)


def _units(scenario: Scenario, place: World, rng: np.random.Generator) -> pd.DataFrame:
    start = day_number(scenario.start)
    opened = start - rng.integers(400, 6000, scenario.units)
    certified = start + rng.integers(-900, scenario.months * 20, scenario.units)
    never = rng.random(scenario.units) < 0.25
    return pd.DataFrame(
        {
            "unit_id": place.unit_ids,
            "name": [entry.name for entry in place.places],
            "region": [entry.region for entry in place.places],
            "country": [entry.country for entry in place.places],
            "unit_type": np.where(place.size > np.median(place.size), "hub", "branch"),
            "time_zone": place.zones,
            "opened_on": opened,
            "certified_on": pd.Series(np.maximum(certified, opened + 200), dtype="Int64").where(~never, None),
        }
    )


def pay_links(scenario: Scenario, place: World) -> pd.DataFrame:
    """Return the register of pay links."""
    rules = dict(scenario.links)
    shapes = ("linear", "step", "capped")
    return pd.DataFrame(
        {
            "link_id": [f"L{index + 1:03d}" for index in range(len(place.links))],
            "role": [link.role for link in place.links],
            "unit_id": [place.unit_ids[link.unit] for link in place.links],
            "metric": "transactional:q_overall:mean",
            "weight": [link.weight for link in place.links],
            "threshold": [rules[link.role].threshold for link in place.links],
            "payout": [shapes[index % 3] for index in range(len(place.links))],
            "starts_on": [day_number(link.starts_on) for link in place.links],
            "ends_on": pd.array([None] * len(place.links), dtype="Int64"),
        }
    )
