"""The middle path: surveys, complaints and pay links of a company as canonical tables in memory.

For calibration where single rows matter: about a second a company. The same draws as `company`, without
the tables that follow from the surveys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from auditlib.records import SourceTotals
from company.complaints import complaints
from company.generate import Company, pay_links, planted_surveys
from company.instruments import QUESTIONS
from company.people import people
from company.scenario import Scenario
from company.world import world

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True)
class SurveyTables:
    """Canonical tables that answer the questions evidence answers.

    Parameters
    ----------
    held
        units, pay_links, invitations, responses, complaints and the cells of the headline items.
    """

    held: Mapping[str, pd.DataFrame]

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables."""
        return tuple(name for name in self.held if name != "cells")

    @property
    def totals(self) -> tuple[SourceTotals, ...]:
        """Control totals: none, for these rows came from no file."""
        return ()

    def frame(
        self,
        table: str,
        *,
        columns: Sequence[str] | None = None,
        where: Sequence[tuple[str, str | int | float | bool]] = (),
    ) -> pd.DataFrame:
        """Return rows of one table."""
        found = self.held[table]
        for name, value in where:
            found = found[found[name] == value]
        return found if columns is None else found[list(columns)]

    def lazy(self, table: str) -> nw.LazyFrame[Any]:
        """Return one table as a lazy frame."""
        import narwhals as nw

        return nw.from_native(self.held[table]).lazy()

    def in_quarantine(self, table: str, link: str) -> Mapping[str, str]:
        """Return no case, for none of these rows came from a file."""
        return {}

    def without(self, *names: str) -> SurveyTables:
        """Return the same without some tables."""
        return SurveyTables({name: frame for name, frame in self.held.items() if name not in names})


def survey_tables(scenario: Scenario, rng: np.random.Generator) -> SurveyTables:
    """Draw the surveys, complaints and pay links of `scenario`; `rng` is not advanced."""
    place = world(scenario, rng)
    who = people(scenario, place, rng)
    drawn = planted_surveys(scenario, place, who, rng)
    received = complaints(scenario, place, who, rng).complaints.assign(in_period=True)
    raw = {"invitations": drawn.invitations, "responses": drawn.responses, "complaints": received}
    made = Company(scenario, place, MappingProxyType(raw), pd.DataFrame())
    held = {name: made.canonical(name) for name in raw}
    held["units"] = pd.DataFrame({"unit_id": place.unit_ids})
    held["pay_links"] = pay_links(scenario, place)
    held["cells"] = _cells(held["responses"])
    return SurveyTables(held)


def _cells(responses: pd.DataFrame) -> pd.DataFrame:
    inside = responses[responses["in_period"]]
    days = pd.to_datetime(inside["submitted_day"].astype("int64"), unit="D")
    months = (days.dt.year * 100 + days.dt.month).to_numpy()
    parts = []
    for survey_type, questions in QUESTIONS.items():
        item = questions[0].item
        own = (inside["survey_type"] == survey_type).to_numpy() & inside[item].notna().to_numpy()
        keys = {
            "unit_id": inside["unit_id"].to_numpy()[own],
            "month": months[own],
            "score": inside[item].to_numpy()[own],
        }
        counted = pd.DataFrame(keys).groupby(["unit_id", "month", "score"], as_index=False).size()
        parts.append(counted.rename(columns={"size": "n"}).assign(survey_type=survey_type, item=item))
    return pd.concat(parts, ignore_index=True)[["unit_id", "month", "survey_type", "item", "score", "n"]]
