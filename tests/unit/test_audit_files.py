"""Names of files made of names from outside: they lead nowhere else, and no two meet."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from small_company import company, run

from auditlib.audit.files import Slugs
from auditlib.audit.session import Audit
from auditlib.records import Sentence, Ungrouped
from auditlib.report.reading import read_results

HOSTILE = ("../../../tmp/x", "a/b", "nul\0l", "客服", "x" * 5000, "A/B")


def test_a_plain_name_stands_for_itself() -> None:
    slugs = Slugs()
    for name in ("funnel-transactional", "groups-region-after_sales", "T2"):
        assert slugs.of(name) == name


def test_names_that_meet_are_numbered_on_every_file_system() -> None:
    slugs = Slugs()
    assert [slugs.of(name) for name in ("a/b", "a b", "A-B", "a-b-2", "a/b")] == [
        "a-b", "a-b-2", "A-B-3", "a-b-2-2", "a-b",
    ]  # fmt: skip


@given(st.lists(st.text()))
def test_slugs_lead_nowhere_and_never_meet(names: list[str]) -> None:
    slugs = Slugs()
    made = {name: slugs.of(name) for name in names}
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,90}", slug) for slug in made.values())
    assert len({slug.lower() for slug in made.values()}) == len(made)
    assert {name: slugs.of(name) for name in names} == made


def test_exhibits_of_any_name_are_written_below_their_folder_and_read_back(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    work = tmp_path / "deep" / "work"
    drawn = Figure()

    class Register:
        rows = pd.DataFrame({"unit_id": ["U1"]})

        def to_frame(self) -> pd.DataFrame:
            return self.rows

        def summary(self) -> tuple[Sentence, ...]:
            return (Sentence("It is handed over."),)

        def numbers(self) -> tuple[()]:
            return ()

    audit = Audit(run(), company(), notebook="02_benchmark", question="Q", work=work)
    for name in (*HOSTILE, HOSTILE[0]):  # a cell may be run again
        audit.figure(name, lambda _: drawn, Ungrouped(), title="T", alt="A")
        audit.table(f"table {name}", Register.rows, title="T")
        audit.say(Sentence(f"It reads {name}."))
        audit.hand_over(name, Register())
    audit.answer(Sentence("It is so."))
    audit.close()
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent for path in written} == {work / "exhibits", work / "results"}
    assert len(written) == 1 + 2 * len(HOSTILE)
    assert all(path.name.startswith("02_benchmark") for path in written)
    results = json.loads((work / "results" / "02_benchmark.json").read_text())
    assert {one["section"] for one in results["sentences"]} <= {one["id"] for one in results["exhibits"]}
    assert len(read_results(work)[0].figures) == len(HOSTILE)
