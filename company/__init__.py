"""A service company with planted truth, for demonstrations and for measuring the suite itself.

`company` draws every canonical table, `cells` only unit-month counts (fast, for calibration),
`survey_tables` surveys and complaints row by row, `write_company` the exports as a client would send
them with the truth beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditlib import shown_when_asked

if TYPE_CHECKING:
    from company.calibration import SurveyTables, survey_tables
    from company.generate import Company, company
    from company.scenario import Scenario
    from company.sketch import Sketch, cells
    from company.write import Written, write_company

__all__ = [
    "Company",
    "Scenario",
    "Sketch",
    "SurveyTables",
    "Written",
    "cells",
    "company",
    "survey_tables",
    "write_company",
]

__getattr__ = shown_when_asked(
    __name__,
    Company="generate",
    company="generate",
    Scenario="scenario",
    Sketch="sketch",
    cells="sketch",
    SurveyTables="calibration",
    survey_tables="calibration",
    Written="write",
    write_company="write",
)
