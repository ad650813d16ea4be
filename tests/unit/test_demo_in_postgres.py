"""The demo company in PostgreSQL gives the demo's evidence and results, to the byte.

What comes after the evidence stands on it alone, but for the notebook that shows the sources; so that one
is executed, and one that re-performs clocks. A whole audit: ``python -m benchmarks same_bytes --postgres``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import database_servers as servers
import pandas as pd
import pytest
from demo_in_postgres import ROOT, VARIABLE, Moved, as_filed, demo_run, moved, parted, written
from project_copy import project_copy
from pyarrow import parquet

from auditlib.runs import Options, perform

ONLY = ("01_intake", "10_promises")


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moved]:
    with servers.postgres() as server:
        monkeypatch.setenv(VARIABLE, server.address())
        yield moved(server, demo_run(), tmp_path / "files")


def audited(run_file: Path, company: Moved, outputs: Path) -> Path:
    perform(run_file, options=Options(data=company.files, outputs=outputs, only=ONLY, jobs=1, threads=1))
    return outputs


def quarantined(folder: Path) -> pd.DataFrame:
    """Return what is in quarantine; an odd score stands with a point in a table."""
    (path,) = (folder / ".evidence").glob("*/quarantine.parquet")
    rows: pd.DataFrame = parquet.read_table(path).to_pandas()
    return rows.sort_values(["table", "file", "line"], ignore_index=True)


@pytest.mark.usefixtures("notebooks_here", "no_paper")
def test_the_demo_company_in_postgres_gives_the_demo_s_results(company: Moved, tmp_path: Path) -> None:
    project_copy(tmp_path / "project", "params", "notebooks")
    theirs = audited(ROOT / "params" / "runs" / "demo.yaml", company, tmp_path / "theirs")
    run_file = written(company.run, tmp_path / "project" / "params" / "runs")
    ours = audited(run_file, company, tmp_path / "ours")
    (mine,), (yours,) = ((folder / ".evidence").iterdir() for folder in (ours, theirs))
    assert parted(mine, yours, company.lines) == ["evidence.json", "quarantine.parquet"]
    assert len(list(mine.glob("*.parquet"))) > 20
    held, filed = quarantined(ours), quarantined(theirs)
    columns = ["table", "file", "column", "reason"]
    assert held[columns].equals(filed[columns])
    assert [company.lines[row.file][row.line - 1] for row in held.itertuples()] == filed["line"].tolist()
    assert len(held) > 80
    results = {path.name: path for path in theirs.rglob("results/*.json")}
    assert len(results) == len(ONLY)
    for path in ours.rglob("results/*.json"):
        assert recorded(as_filed(path.read_text("utf-8"), company.lines)) == recorded(
            results[path.name].read_text("utf-8")
        )


def recorded(text: str) -> str:
    """Return results without the libraries loaded: in one process they are those of both audits.

    Nor with the number of files: a workbook of several sheets is a single one, and several tables.
    """
    content: dict[str, Any] = json.loads(re.sub(r"received in \d+ files", "received", text))
    del content["libraries"]
    content["numbers"] = [number for number in content["numbers"] if number["key"] != "files:all"]
    return json.dumps(content)
