"""The first page of planted companies, by the real command: what failed, by how much, the worst first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whole_company import ONE_OF_EACH, instant, row_of, write_company

from auditlib.cli import main

pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")
SINGULAR = frozenset(
    re.findall(
        r"\w+",
        "access address analysis anonymous answers basis belongs business carries class differs does "
        "follows gives has "
        "holds is its less lies looks moves names needs news plus process rests says series shows "
        "stands status "
        "takes this thus was",
    )
)
"""Words with a final s that may stand behind the number one."""
_ONE = re.compile(r"(?<![\w.,:/+\-\N{MINUS SIGN}\N{EN DASH}%])1 ((?:(?!of |is |in )[a-z-]+ )?)([a-z-]+)\b")
_ONE_AND_MANY = re.compile(r"(?<![\w.,:/+\-%])1 (?:more |other )?[a-z-]+ (are|were|have|do)\b")


def audited(root: Path, tables: dict[str, list[dict[str, Any]]], **changes: Any) -> str:
    """Run the audit of a company by the command and return its report."""
    path = write_company(root, tables, **changes)
    assert main(["run", str(path), "--data", str(root / "data")]) == 0
    return (root / "outputs" / "whole" / "report.html").read_text(encoding="utf-8")


def words(page: str) -> str:
    """Return the text of a page as it is read."""
    bare = re.sub(r"<(style|svg|sup|code)\b.*?</\1>", " ", page, flags=re.DOTALL)
    broken = re.sub(r"</(p|li|td|th|dd|dt|h\d|figcaption)>", " | ", bare)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", broken)))


def first_page(page: str) -> str:
    found = re.search(r'<section id="summary".*?</section>', page, re.DOTALL)
    assert found is not None
    return found.group()


def three_failing() -> dict[str, list[dict[str, Any]]]:
    """Return a company of which three majors fail by different gaps, and in the order of their ids otherwise.

    150 of 500 calls are answered in time; 30 of 50 critical complaints are solved in five days; 170 of 200
    complaints are solved in ten days.
    """
    severe = [{"severity": "critical" if number <= 50 else "low"} for number in range(1, 201)]
    days = [2 if 20 < number <= 190 else 40 for number in range(1, 201)]
    waits = [30 if number <= 150 else 300 for number in range(1, 501)]
    return {
        "units": [row_of("units", 1)],
        "interactions": [
            row_of(
                "interactions", number, unit_id="units-1", channel="phone", offered=instant(hours=number),
                answered=instant(hours=number, seconds=wait), ended=instant(hours=number, seconds=wait + 60),
                abandoned="false",
            )
            for number, wait in enumerate(waits, start=1)
        ],
        "complaints": [
            row_of("complaints", number, unit_id="units-1", received=instant(), **severity)
            for number, severity in enumerate(severe, start=1)
        ],
        "complaint_events": [
            row_of("complaint_events", number, occurred=instant(days=lasted), state="resolved")
            for number, lasted in enumerate(days, start=1)
        ],
    }  # fmt: skip


def test_the_first_page_says_what_failed_and_by_how_much_the_worst_first(tmp_path: Path) -> None:
    kept = {"notebooks": {"11_standards": {}}, "policies": [], "instruments": {}}
    whole = audited(tmp_path, three_failing(), **kept)
    page = first_page(whole)
    majors = re.search(r'<span class="grade major">.*?<ol>(.*?)</ol>', page, re.DOTALL)
    assert majors is not None
    lines = re.findall(r'<span class="no">(\d+)</span> <a href="#finding-(\d+)">(.*?)</a>', majors[1])
    assert [(label, link, words(text).replace("\N{NO-BREAK SPACE}", " ")) for label, link, text in lines] == [
        ("1", "1", "30% of 500 phone contacts answered within the limit; at least 80% is demanded"),
        ("2", "2", "60% of 50 critical complaints solved in time; at least 90% is demanded"),
        ("3", "3", "85% of 200 complaints solved in time; at least 90% is demanded"),
    ]
    assert "3 findings, not met: to be fixed" in words(page)
    many = len(re.findall(r'<article class="finding"', whole))
    assert f"{many} findings, the worst first: " in words(page)


def broken_numbers(text: str) -> Iterator[str]:
    """Yield each place where one thing is said as if it were several."""
    for found in _ONE.finditer(text):
        first, last = found[1].strip(), found[2]
        noun = first if first.endswith("s") and not first.endswith("ss") else last
        if noun.endswith("s") and not noun.endswith("ss") and noun not in SINGULAR:
            yield text[max(0, found.start() - 40) : found.end() + 30]
    for found in _ONE_AND_MANY.finditer(text):
        yield text[max(0, found.start() - 40) : found.end() + 30]


@pytest.mark.parametrize("smallest", [1, 5])
def test_a_company_with_one_of_everything_is_told_of_in_the_singular(tmp_path: Path, smallest: int) -> None:
    """Cells below the smallest are suppressed, so that other sentences are said."""
    tables = {name: [row_of(name, 1)] for name in ONE_OF_EACH}
    limits = {"minimum_n": smallest, "minimum_cell": smallest}
    assert list(broken_numbers(words(audited(tmp_path, tables, thresholds=limits)))) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("1 units", True),
        ("of 1 linked units, none", True),
        ("1 month are", True),
        ("1 unit is", False),
        ("1 unit lies", False),
        ("in 1 process", False),
        ("0.1 units", False),
        ("21 units", False),
        ("1 of 12 units", False),
        ("edition 2025-1 rows", False),
    ],
)
def test_the_test_sees_it(text: str, wrong: bool) -> None:
    assert bool(list(broken_numbers(f" {text} "))) is wrong
