"""The documentation of the law, printed from the tables that its tests execute.

python -m tests.spec.printed            # names the pages that are not in step; ends with 1 where one is not
python -m tests.spec.printed --write    # writes docs/law
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "law"
SUBJECTS = {
    "bands": "test_bands",
    "statuses": "test_obligations",
    "clocks": "test_clock_cases",
    "outcomes": "test_outcomes",
    "decision": "test_decision",
    "quarantine": "test_quarantine",
    "suppression": "test_held_back",
}
"""Each page, and the module its tables stand in as ``LAW``."""


def pages() -> dict[Path, str]:
    """Return every page with its text."""
    return {PAGES / f"{subject}.md": page(subject) for subject in SUBJECTS}


def page(subject: str) -> str:
    """Return the text of one page."""
    module = SUBJECTS[subject]
    return str(import_module(module).LAW.printed(source=f"tests/spec/{module}.py"))


def main(argv: list[str]) -> int:
    """Write the pages, or name those that are not in step."""
    stale = [path for path, text in pages().items() if not path.is_file() or path.read_text("utf-8") != text]
    for path in stale:
        if "--write" in argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages()[path], encoding="utf-8", newline="\n")
        sys.stdout.write(f"{'written' if '--write' in argv else 'not in step'}: {path.relative_to(ROOT)}\n")
    return int(bool(stale) and "--write" not in argv)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))  # where pytest finds the modules of a folder too
    sys.exit(main(sys.argv[1:]))
