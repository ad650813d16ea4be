"""What further evidence criteria wait for, on a terminal: a line for each thing, or for each criterion."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditlib.cli.messages import plain, show_sentences
from auditlib.onboarding.unjudged import UnjudgedCriterion, awaited, unjudged_sentences


def show_unjudged(criteria: Sequence[UnjudgedCriterion], *, by_name: bool) -> None:
    """Print what criteria wait for, with how many; nothing where every criterion can be judged."""
    if not criteria:
        return
    if by_name:
        show_sentences(unjudged_sentences(criteria))
        return
    title = "Criteria that wait for evidence (each by name: --verbose)"
    shown = Table("lacking", box=None, title=title, title_justify="left")
    shown.add_column("criteria", justify="right")
    shown.add_column("of them for\nit alone", justify="right")
    for entry in awaited(criteria):
        shown.add_row(Text(plain(entry.lacking)), f"{len(entry.criteria):,}", f"{entry.alone:,}")
    Console(highlight=False, markup=False).print(shown)
