"""How problems look on a terminal: grouped by file, place first, then what to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from auditlib.errors import Problem
from auditlib.errors.values import holds_secret, without_values
from auditlib.statements import counted

_SHORTEST = 6
"""Characters of a value that is looked for: a shorter one would stand in words by chance."""


def show_problems(problems: Sequence[Problem]) -> None:
    """Print `problems` on standard error, grouped by file in the order they were found."""
    console = Console(stderr=True, highlight=False, soft_wrap=False)
    _show_by_file(problems, console)
    console.print(Text(_count(problems), style="bold red"))


def show_remarks(remarks: Sequence[Problem], title: str) -> None:
    """Print on standard output, as problems are shown, what has a place in a file and is no mistake."""
    console = Console(highlight=False, soft_wrap=False)
    console.print(Text(title, style="bold"))
    _show_by_file(remarks, console)


def say(text: str) -> None:
    """Print a line that holds words of a client, a notebook or a file."""
    typer.echo(plain(text))


def show_sentences(sentences: Iterable[str]) -> None:
    """Print sentences on standard output, broken between words."""
    console = Console(highlight=False, soft_wrap=False)
    for sentence in sentences:
        console.print(Text(plain(sentence)))


def _show_by_file(problems: Sequence[Problem], console: Console) -> None:
    for file in dict.fromkeys(problem.file for problem in problems):
        if file:
            console.print(Text(plain(file), style="bold"), soft_wrap=True)
        for problem in problems:
            if problem.file == file:
                console.print(Padding(_lines(problem), (0, 0, 0, 2 if file else 0)))


def show_system_error(error: OSError) -> None:
    """Print what the operating system refused, without a traceback."""
    where = f"{error.filename}: " if error.filename else ""
    message = Problem(
        f"{where}{error.strerror or error}.", remedy="Check the path, its rights and free space."
    )
    show_problems((message,))


@contextmanager
def working() -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being read, on a terminal only; yield the function to tell it."""
    console = Console(stderr=True)
    with console.status("Looking") as status:
        yield lambda text: status.update(Text(plain(text)))


@contextmanager
def interruptible(consequence: str) -> Iterator[None]:
    """End with exit code 130 where the block is interrupted, and say what follows from that."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo(f"Interrupted. {consequence}", err=True)
        raise typer.Exit(130) from None


def near(path: Path) -> str:
    """Return `path` as seen from the current folder, where it lies below it."""
    current, resolved = Path.cwd(), path.resolve()
    return resolved.relative_to(current).as_posix() if resolved.is_relative_to(current) else str(resolved)


def plain(text: str) -> str:
    """Return `text` with every control character spelled out, so that a file cannot steer a terminal.

    A secret that a variable of the environment holds stands under the variable's name.
    """
    safe = without_values(text, _secrets())
    return "".join(
        letter if letter.isprintable() or letter == "\n" else f"\\x{ord(letter):02x}" for letter in safe
    )


def _secrets() -> dict[str, str]:
    """Return what variables hold whose name says that it is a secret, and addresses with a login."""
    return {
        name: value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST and (holds_secret(name) or ("://" in value and "@" in value))
    }


def place(problem: Problem) -> str:
    """Return where in its file a problem stands, for example ``12:5``."""
    if isinstance(problem.column, str):
        column = f"column {problem.column}"
        return f"line {problem.line}, {column}" if problem.line else column
    return ":".join(str(part) for part in (problem.line, problem.column) if part is not None)


def columns(rows: Iterable[Sequence[str]]) -> list[list[Text]]:
    """Return cells that are shown as they are, never read as markup."""
    return [[Text(plain(cell)) for cell in row] for row in rows]


def _lines(problem: Problem) -> Text:
    where = place(problem)
    text = Text()
    if where:
        text.append(f"{plain(where)}  ", style="cyan")
    text.append(plain(problem.message))
    if problem.remedy:
        text.append(f" {plain(problem.remedy)}", style="green")
    return text


def _count(problems: Sequence[Problem]) -> str:
    return f"{counted(len(problems), 'problem')}."
