"""Progress of a run: bars on a terminal, plain lines in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from auditlib.cli.messages import plain
from auditlib.runs.events import (
    AssemblyStep,
    CellStarted,
    Event,
    EvidenceStep,
    Finished,
    Notify,
    Planned,
    Stopped,
)

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SECONDS_BETWEEN_LINES = 2.0


@contextmanager
def showing_progress() -> Iterator[Notify]:
    """Give a function that shows events on standard error while the block runs."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if not console.is_terminal:
        yield ProgressLines(console).show
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield Bars(progress).show


@dataclass(slots=True)
class ProgressLines:
    """One plain line per step; of running cells at most one per notebook in two seconds."""

    console: Console
    _last: dict[str, float] = field(default_factory=dict)
    _remaining: tuple[str, ...] = ()

    def show(self, event: Event) -> None:
        """Print `event`."""
        if isinstance(event, CellStarted):
            now = time.monotonic()
            if now - self._last.get(event.notebook, -_SECONDS_BETWEEN_LINES) < _SECONDS_BETWEEN_LINES:
                return
            self._last[event.notebook] = now
        self.console.print(_legible(as_line(event)))


@dataclass(slots=True)
class Bars:
    """One bar per notebook."""

    progress: Progress
    _tasks: dict[str, TaskID] = field(default_factory=dict)

    def show(self, event: Event) -> None:
        """Move the bars for `event`, or print it above them."""
        if isinstance(event, Planned):
            for notebook in event.execute:
                self._tasks[notebook] = self.progress.add_task(notebook, total=None, state="waiting")
        if isinstance(event, CellStarted):
            state = _legible(f"cell {event.cell} of {event.cells} · {event.section}")
            task = self._tasks[event.notebook]
            self.progress.update(task, completed=event.cell - 1, total=event.cells, state=state)
        elif isinstance(event, Finished):
            task = self._tasks[event.notebook]
            total = self.progress.tasks[task].total or 1
            self.progress.update(task, completed=total, total=total, state="done")
        elif isinstance(event, Stopped):
            self.progress.update(self._tasks[event.notebook], state="[red]stopped[/red]")
        else:
            self.progress.console.print(_legible(as_line(event)))


def as_line(event: Event) -> str:
    """Return `event` as one line."""
    match event:
        case EvidenceStep(text):
            return f"evidence: {text}"
        case Planned(execute, kept):
            unchanged = f"; unchanged: {', '.join(kept)}" if kept else ""
            return f"notebooks to execute: {', '.join(execute) or 'none'}{unchanged}"
        case CellStarted(notebook, cell, cells, section):
            return f"{notebook}: cell {cell} of {cells}" + (f", {section}" if section else "")
        case Finished(notebook, left):
            return f"{notebook}: done; {_still(left)}"
        case Stopped(notebook, cause, _, left):
            return f"{notebook}: stopped: {cause} {_still(left).capitalize()}"
        case AssemblyStep(text):
            return text


def _legible(text: str) -> str:
    """Return `text` as one line that steers no terminal, whatever put it there."""
    return escape(plain(" ".join(text.splitlines())))


def _still(remaining: tuple[str, ...]) -> str:
    return f"left: {', '.join(remaining)}" if remaining else "none left"
