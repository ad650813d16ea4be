"""Make a service company with planted truth: ``python -m company params/scenarios/demo.yaml data/demo``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from auditlib.cli.messages import show_problems, working
from auditlib.errors import AuditError
from auditlib.files import write_text
from auditlib.onboarding.check import parameter_text
from auditlib.parameters.load import load
from auditlib.statements import counted
from company import Scenario, write_company
from company.scenario import scenario_schema

SCHEMA = Path("params/schemas/scenario.schema.json")


def main(words: Sequence[str] | None = None) -> int:
    """Write the exports of a company, or the schema of a scenario; return the exit code."""
    arguments = _parser().parse_args(words)
    if arguments.schema:
        write_text(SCHEMA, schema_text())
        return 0
    if not (arguments.scenario and arguments.out):
        _parser().error("name a scenario, and the folder its exports go to")
    try:
        _make(arguments.scenario, arguments.out)
    except AuditError as error:
        show_problems(error.problems)
        return error.exit_code
    return 0


def schema_text() -> str:
    """Return the JSON Schema of a scenario as it is stored."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m company", description=__doc__)
    parser.add_argument("scenario", type=Path, nargs="?", help="what the company is like")
    parser.add_argument(
        "out", type=Path, nargs="?", help="where its exports go; what is true lies beside them"
    )
    parser.add_argument("--schema", action="store_true", help=f"write {SCHEMA}, for editors")
    return parser


def _make(scenario: Path, out: Path) -> None:
    wanted = load(Scenario, parameter_text(scenario), name=scenario.as_posix())
    with working() as progress:
        progress("Making the company")
        written = write_company(wanted, out)
    count = f"{counted(len(written.rows), 'export')} with {counted(sum(written.rows.values()), 'record')}"
    sys.stdout.write(f"{count} in {written.folder}, {written.broken} of them broken on purpose\n")


if __name__ == "__main__":
    sys.exit(main())
