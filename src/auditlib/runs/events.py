"""What a run tells while it works; the command line decides how to show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EvidenceStep:
    """One step of taking the evidence in."""

    text: str


@dataclass(frozen=True, slots=True)
class Planned:
    """Which notebooks will be executed and which are kept from an earlier run."""

    execute: tuple[str, ...]
    cached: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CellStarted:
    """A notebook has come to a cell.

    Parameters
    ----------
    notebook
        Its name.
    cell, cells
        Which cell, counted from 1, of how many.
    section
        The heading the cell stands under.
    """

    notebook: str
    cell: int
    cells: int
    section: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """A notebook is done; `remaining` are those that are running or waiting."""

    notebook: str
    remaining: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """A notebook failed: why, in one line, and where its partly executed copy is kept."""

    notebook: str
    cause: str
    executed_copy: str
    remaining: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssemblyStep:
    """A step of putting the run together."""

    text: str


Event = EvidenceStep | Planned | CellStarted | Finished | Stopped | AssemblyStep
Notify = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Tell nobody."""
