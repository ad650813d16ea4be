"""A client's files for a person to look at: columns, proposals, open questions, what would be set aside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from auditlib.errors import ParameterError, Problem
from auditlib.evidence import Evidence, prepare
from auditlib.onboarding.column_facts import ColumnFacts
from auditlib.onboarding.file_looks import FileLook, look_at
from auditlib.onboarding.looks_like import looks_like
from auditlib.onboarding.open_questions import OpenQuestion, walk
from auditlib.onboarding.proposal import Proposal, SourceProposal
from auditlib.onboarding.propose import propose
from auditlib.onboarding.recognisers import recognisers
from auditlib.onboarding.run_file_text import run_file_text
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.seal.project import project_root

if TYPE_CHECKING:
    import pandas as pd

_EXAMPLES = 3
_AUDIT = "first-look"


@dataclass(frozen=True)
class FirstLook:
    """What a folder of a client's files holds.

    Parameters
    ----------
    folder
        The folder.
    root
        The project.
    looks
        Every file and sheet.
    proposal
        What is proposed for them.
    """

    folder: Path
    root: Path
    looks: tuple[FileLook, ...]
    proposal: Proposal

    @cached_property
    def text(self) -> str:
        """The run file that `auditlib new` would write."""
        return run_file_text(self.proposal, audit=_AUDIT, command="auditlib check", notebooks=["01_intake"])

    def columns(self) -> pd.DataFrame:
        """Return one row per column: what it looks like, share filled, different cells, the commonest."""
        return _frame(_column(look, facts) for look in self.looks for facts in look.columns)

    def proposed(self) -> pd.DataFrame:
        """Return one row per mapping: file, table, column, where its cells come from, what to decide."""
        return _frame(row for source in self.proposal.sources for row in _mapped(source))

    def questions(self) -> pd.DataFrame:
        """Return the open questions, each with the line of the run file it is about, and samples."""
        noted: list[OpenQuestion] = []

        def note(question: OpenQuestion) -> str:
            noted.append(question)
            return ""

        walk(self.text, self.looks, ask=note)
        return _frame({"question": item.question, "line": item.line, "holds": item.samples} for item in noted)

    @cached_property
    def evidence(self) -> Evidence:
        """The files taken in as proposed, kept beside the evidence of audits."""
        run = load(Run, self.text, name="proposal")
        return prepare(run, self.folder, self.root / "outputs" / ".evidence")

    def set_aside(self) -> pd.DataFrame:
        """Return one row per source: rows in it, kept, and in quarantine with the reasons."""
        return _frame(
            {
                "file": total.file,
                "table": total.table,
                "rows": total.rows_in,
                "kept": total.rows_kept,
                "quarantine": total.rows_quarantined,
                "why": ", ".join(f"{reason} {count:,}" for reason, count in total.reasons.items() if count),
            }
            for total in self.evidence.totals
        )


def first_look(folder: Path, *, start: Path) -> FirstLook:
    """Look at every file of a folder.

    Parameters
    ----------
    folder
        The client's files, from `start` or from the project's folder on; README files are passed over.
    start
        A folder of the project.

    Raises
    ------
    ParameterError
        Where there is no such folder.
    """
    root = project_root(start / "new.yaml")
    places = (start / folder, root / folder)
    folder = next((place for place in places if place.is_dir()), places[-1])
    if not folder.is_dir():
        raise ParameterError(Problem("there is no such folder.", file=str(folder), remedy="Name another."))
    exports = recognisers(root)
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and not _is_note(path)]
    looks = tuple(look for path in files for look in look_at(path, file=path.name, exports=exports))
    return FirstLook(folder, root, looks, propose(looks, fallback=date(2025, 1, 1), exports=exports))


def _is_note(path: Path) -> bool:
    return path.name.lower().startswith(("readme", "."))


def _frame(rows: Iterator[dict[str, object]] | Sequence[dict[str, object]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows))


def _column(look: FileLook, facts: ColumnFacts) -> dict[str, object]:
    common = [f"{cell} ({count})" for cell, count in facts.distinct.most_common(_EXAMPLES)]
    return {
        "file": f"{look.file}, {look.sheet}" if look.sheet else look.file,
        "column": facts.wording,
        "looks like": looks_like(facts),
        "filled": len(facts.filled) / len(facts.cells) if facts.cells else 0.0,
        "different": len(facts.distinct),
        "commonest": ", ".join(common),
    }


def _mapped(source: SourceProposal) -> Iterator[dict[str, object]]:
    stem = {"file": source.look.file, "table": source.table.name}
    for entry in source.fed:
        yield {**stem, "column": entry.column, "from": str(entry.origin), "to decide": entry.doubt}
    for item in source.items:
        doubts = "; ".join(part for part in (item.scale.doubt, item.scale.direction) if part)
        origin = str(source.origin_of(item))
        yield {**stem, "column": item.item, "from": origin, "to decide": doubts}
