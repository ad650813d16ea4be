"""Lines to copy, and exit codes, below the help of every command."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import typer
from typer.models import CommandInfo

_CODES: Mapping[int, str] = {
    0: "done",
    2: "parameters or command line",
    3: "data",
    4: "a notebook failed",
    5: "not what was sealed, or not the same again",
    6: "another run is writing",
    130: "interrupted",
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the help of one command ends with.

    Parameters
    ----------
    lines
        Command line: what it does.
    exits
        Exit codes besides 1, which any command may stop with.
    """

    lines: Mapping[str, str]
    exits: tuple[int, ...]


LESSONS: Mapping[str, Lesson] = {
    "new": Lesson(
        {
            "auditlib new acme data/acme/*": "looks at the files and writes params/runs/acme.yaml",
            "auditlib new acme data/acme/* --force": "writes it anew; what was decided in it is lost",
            "auditlib new acme --database ACME_DB": "looks at the database whose address it holds",
        },
        (0, 2, 3),
    ),
    "check": Lesson(
        {
            "auditlib check params/runs/demo.yaml": "reads everything, runs nothing",
            "auditlib check params/runs/hcahps.yaml --data ../shared/data": "files that lie elsewhere",
        },
        (0, 2, 3),
    ),
    "columns": Lesson(
        {
            "auditlib columns": "prints the tables that a run file can feed",
            "auditlib columns interval_counts": "prints the columns of one, with their meaning and unit",
        },
        (0, 2),
    ),
    "schema": Lesson(
        {
            "auditlib schema run": "prints the schema of a run file",
            "auditlib schema --write params/schemas": "writes all of them, for editors",
        },
        (0, 2),
    ),
    "run": Lesson(
        {
            "auditlib run params/runs/demo.yaml": "names the report; again: goes on",
            "auditlib run params/runs/demo.yaml --only 02_benchmark": "one notebook, nothing is sealed",
            "auditlib run params/runs/hcahps.yaml --data ../shared/data": "files that lie elsewhere",
        },
        (0, 2, 3, 4, 6, 130),
    ),
    "verify": Lesson(
        {
            "auditlib verify outputs/demo-2025": "hashes every file again and names what was altered",
            "auditlib verify outputs/demo-2025 --reperform": "also compares all numbers",
            "auditlib verify outputs/demo-2025 --reperform --data data/demo": "and reads the files again",
            "auditlib verify outputs/demo-2025 --key reviewer.pub": "also asks who signed",
            "auditlib verify outputs/demo-2025.release": "a package, by who receives it",
            "auditlib verify outputs/demo-2025 --head 1a2b3c4d5e6f7890": "the ledger must hold this entry",
        },
        (0, 2, 3, 4, 5, 130),
    ),
    "trace": Lesson(
        {
            "auditlib trace outputs/demo-2025 01_intake/rows_in:all": "from a number to the rows behind it",
            "auditlib trace outputs/demo-2025 responses:responses_transactional.csv:1187": "its traces",
            "auditlib trace outputs/demo-2025 responses:responses_transactional.csv:1187 --json": "as JSON",
        },
        (0, 2, 5),
    ),
    "store-notebooks": Lesson(
        {
            "auditlib store-notebooks params/runs/demo.yaml": "all; look at every figure",
            "auditlib store-notebooks params/runs/demo.yaml --only 05_escalation": "one of them",
        },
        (0, 2, 3, 4, 6, 130),
    ),
    "keygen": Lesson({"auditlib keygen reviewer": "reviewer.key, kept secret, and reviewer.pub"}, (0, 2)),
    "sign": Lesson({"auditlib sign outputs/demo-2025 --key reviewer.key": "signs it"}, (0, 2, 5)),
    "signoff": Lesson(
        {
            "auditlib signoff outputs/demo-2025 --role preparer --name 'A. Auditor'": "first who prepared it",
            "auditlib signoff outputs/demo-2025 --role reviewer --name 'B. Reviewer'": "then somebody else",
        },
        (0, 2, 5),
    ),
    "release": Lesson(
        {
            "auditlib release outputs/demo-2025": "makes the package, or names what it gives away",
            "auditlib release outputs/demo-2025 --out acme-2025": "under another name",
        },
        (0, 2, 3, 5, 6),
    ),
    "actions": Lesson(
        {
            "auditlib actions outputs/demo-2025": "writes the register beside the run, or reads it back",
            "auditlib actions outputs/demo-2025 --register actions.xlsx": "reads one filled in",
        },
        (0, 2, 3, 5),
    ),
    "oscal": Lesson({"auditlib oscal outputs/demo-2025": "writes a folder beside it"}, (0, 2, 5)),
    "restate": Lesson(
        {"auditlib restate outputs/demo-2025 --standard service-excellence@2026": "the same evidence"},
        (0, 2, 5),
    ),
    "what-if": Lesson(
        {
            "auditlib what-if outputs/demo-2025 --target CF-02=0.10 --pass-mark 0.75": "what would move",
            "auditlib what-if outputs/demo-2025 --edition service-excellence@2026": "the next edition",
        },
        (0, 2, 5),
    ),
    "sample draw": Lesson(
        {
            "auditlib sample draw outputs/demo-2025 --sites surveillance --central U001": "sites to visit",
            "auditlib sample draw outputs/demo-2025 --rows follow_ups": "which rows to look up",
        },
        (0, 2, 3, 5),
    ),
    "sample evaluate": Lesson(
        {"auditlib sample evaluate rows-follow_ups.xlsx --run outputs/demo-2025": "the result"},
        (0, 2, 3, 5),
    ),
    "standards list": Lesson({"auditlib standards list": "every edition with its dates"}, (0, 2)),
    "standards show": Lesson(
        {
            "auditlib standards show service-excellence@2025": "all criteria, briefly",
            "auditlib standards show service-excellence@2025 CF-02": "one of them, in full",
        },
        (0, 2),
    ),
    "standards check": Lesson(
        {
            "auditlib standards check": "every edition and every profile",
            "auditlib standards check small-b2b --on 2025-12-31": "waivers must still hold on that day",
        },
        (0, 2),
    ),
    "standards diff": Lesson(
        {"auditlib standards diff service-excellence@2025 service-excellence@2026": "what became stricter"},
        (0, 2),
    ),
    "standards characteristic": Lesson(
        {
            "auditlib standards characteristic service-excellence@2026": "how likely each outcome is",
            "auditlib standards characteristic --figures outputs/characteristic": "every edition, drawn too",
        },
        (0, 2),
    ),
    "plan linkage": Lesson(
        {"auditlib plan linkage --units 60 --linked 30 --months 24": "what so many show"},
        (0, 2),
    ),
}


def teach(app: typer.Typer) -> None:
    """End the help of every command with its lesson; a command that ends with words of its own keeps them."""
    for words, command in commands(app):
        lesson = LESSONS.get(words)
        if lesson is not None and not isinstance(command.epilog, str):
            command.epilog = _epilog(lesson)


def commands(app: typer.Typer, *, above: str = "") -> Iterator[tuple[str, CommandInfo]]:
    """Yield every command with the words that call it."""
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "").replace("_", "-")
        yield f"{above}{name}", command
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from commands(group.typer_instance, above=f"{above}{group.name} ")


def _epilog(lesson: Lesson) -> str:
    lines = [f"[cyan]{line}[/cyan]  {does}" for line, does in lesson.lines.items()]
    exits = " · ".join(f"{code} {_CODES[code]}" for code in lesson.exits)
    return "\n\n".join([*lines, f"[bold]Exit codes[/bold]  {exits}."])
