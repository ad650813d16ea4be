"""The pages of docs/law are those the tables print."""

from __future__ import annotations

import pytest
from law_page import CaseTable
from printed import PAGES, SUBJECTS, page


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_page_is_in_step_with_its_tables(subject: str) -> None:
    """Print them again by ``python -m tests.spec.printed --write``."""
    assert (PAGES / f"{subject}.md").read_text("utf-8") == page(subject)


def test_there_is_no_other_page() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(SUBJECTS)


TEXT = """
    A band runs up to its end.

    answers | band
    --------+----------
    2.9     | executive
            | unscored
"""


def test_a_table_is_read_as_it_stands_and_printed_as_markdown() -> None:
    table = CaseTable.read("Where each band ends", TEXT)
    assert table.rows == ({"answers": "2.9", "band": "executive"}, {"answers": "", "band": "unscored"})
    assert table["band"] == ["executive", "unscored"]
    assert "\n".join(table.printed()) == (
        "## Where each band ends\n\nA band runs up to its end.\n\n"
        "| answers | band |\n| --- | --- |\n| 2.9 | executive |\n|  | unscored |"
    )


@pytest.mark.parametrize("line", ["2.9", "2.9 | executive | more"])
def test_a_line_with_other_cells_than_the_columns_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="zip"):
        CaseTable.read("Bands", f"{TEXT}    {line}\n")


def test_a_table_without_its_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="stands a rule"):
        CaseTable.read("Bands", TEXT.replace("--------+----------", "2 | executive"))
