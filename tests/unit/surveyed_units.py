"""Whole engagements on units that were surveyed, in memory, and what an answer about them may not say."""

from __future__ import annotations

from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd

from auditlib import benchmark
from auditlib.audit.numerals import orphans
from auditlib.benchmark import BenchmarkAnswer
from auditlib.parameters.engagement import Engagement
from auditlib.parameters.run import Period, Thresholds
from auditlib.records import Instrument, Item, Scale

OVERALL = Item("q_overall", "How satisfied?", Scale(1, 5), True)
SURVEYS = {name: Instrument(name, (OVERALL,)) for name in ("contact", "yearly")}


class Memory:
    """Evidence in memory."""

    def __init__(self, instruments: dict[str, Instrument], **tables: pd.DataFrame) -> None:
        self.instruments, self._rows = instruments, tables
        self.tables = tuple(name for name in tables if name != "cells")

    def lazy(self, table: str) -> Any:
        return nw.from_native(duckdb.connect().from_df(self._rows[table]))

    def frame(self, table: str) -> pd.DataFrame:
        return self._rows[table]

    def cells(self) -> pd.DataFrame:
        return self._rows.get("cells", pd.DataFrame(columns=["unit_id", "survey_type", "item", "score", "n"]))


def responses() -> pd.DataFrame:
    """Return two years of contacts in 14 units, of which U13 is worse and mail is worse in each."""
    rng, parts = np.random.default_rng(8), []
    for unit in range(14):
        for step in range(24):
            channel = np.where(rng.random(12) < 0.4, "mail", "in_person")
            share = (0.35 if unit == 13 else 0.75) - 0.2 * (channel == "mail")
            parts.append(
                pd.DataFrame(
                    {
                        "unit_id": f"U{unit:02d}",
                        "month": (2023 + step // 12) * 100 + step % 12 + 1,
                        "submitted_day": 19_358 + 30 * step + 10,
                        "channel": channel,
                        "account_id": [f"K{unit}{number % 4}" for number in range(12)],
                        "q_overall": np.where(rng.random(12) < share, 5.0, 2.0),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True).assign(survey_type="contact", in_period=True)


def counted(answers: pd.DataFrame) -> pd.DataFrame:
    keys = ["unit_id", "month", "survey_type", "q_overall"]
    cells = answers.groupby(keys, as_index=False).size().rename(columns={"q_overall": "score", "size": "n"})
    return cells.assign(item="q_overall")


@cache
def contacts() -> Engagement:
    answers = responses()
    units = pd.DataFrame({"unit_id": sorted(set(answers["unit_id"]))})
    units["region"] = np.where(units.index % 2 == 0, "North", "South")
    evidence = Memory({"contact": SURVEYS["contact"]}, responses=answers, units=units, cells=counted(answers))
    return engaged(evidence)


def published(*periods: float) -> Engagement:
    """Return an engagement on shares published for some periods; `periods` is how far each lies above 0.7."""
    rows = [
        (f"H{unit:02d}", box, 15_000 + 365 * place, 15_364 + 365 * place, share, 300, 300)
        for place, rise in enumerate(periods)
        for unit in range(14)
        for box, share in (("top", 0.7 + rise + 0.01 * (unit % 3)), ("bottom", 0.1))
    ]
    columns = ["unit_id", "box", "period_start", "period_end", "value", "n_low", "n_high"]
    table = pd.DataFrame(rows, columns=columns).assign(survey_type="yearly", item="q_overall")
    return engaged(Memory({"yearly": SURVEYS["yearly"]}, aggregates=table))


def engaged(evidence: Memory) -> Engagement:
    two_years = Period(start=date(2023, 1, 1), end=date(2024, 12, 31))
    chosen = Thresholds(minimum_n=40, minimum_cell=6, confidence=0.9)
    run: Any = SimpleNamespace(thresholds=chosen, seed=11, period=two_years)
    supplied: Any = evidence
    return Engagement(run, supplied)


@cache
def compared() -> BenchmarkAnswer:
    return benchmark.compare(contacts())


def unfounded(answer: Any) -> list[str]:
    """Return the sentences of an answer that state a number none of their keys has."""
    numbers = {number.key: number for number in answer.numbers()}
    return [
        sentence.text
        for sentence in answer.summary()
        if orphans(sentence.text, [numbers[key] for key in sentence.keys])
    ]
