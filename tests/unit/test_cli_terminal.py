"""What a notebook, an exception or a client's name says cannot steer the terminal it is shown on."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console
from rich.progress import Progress

from auditlib.cli.messages import say
from auditlib.cli.progress import Bars, ProgressLines
from auditlib.runs.causes import plain, section_of
from auditlib.runs.events import AssemblyStep, CellStarted, Event, EvidenceStep, Finished, Planned, Stopped

STEERING = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp.exe\r\nnext [red]line[/red]"
"""Clears the screen, sets the title, turns letters round, goes to the beginning of the line."""
EVENTS: tuple[Event, ...] = (
    EvidenceStep(f"units.csv {STEERING}"),
    Planned(("01_one",), ()),
    CellStarted("01_one", 1, 2, STEERING),
    AssemblyStep(STEERING),
    Stopped("01_one", f"it stopped: {STEERING}", "", ()),
    Finished("01_one", ()),
)


def unsafe(text: str) -> set[str]:
    return {letter for letter in text if not letter.isprintable() and letter != "\n"}


def test_lines_in_a_log_hold_no_command() -> None:
    stream = io.StringIO()
    lines = ProgressLines(Console(file=stream, highlight=False, soft_wrap=True))
    for event in EVENTS:
        lines.show(event)
    assert unsafe(stream.getvalue()) == set()
    assert len(stream.getvalue().splitlines()) == len(EVENTS)
    assert "next [red]line[/red]" in stream.getvalue()


def test_bars_hold_no_command_of_others() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=200, color_system=None, legacy_windows=False)
    with Progress("{task.description}", "{task.fields[state]}", console=console, auto_refresh=False) as bars:
        shown = Bars(bars)
        for event in EVENTS:
            shown.show(event)
            bars.refresh()
    assert not {"\x9b", "\u202e", "\x07"} & set(stream.getvalue())
    assert "\x1b[2J" not in stream.getvalue()
    assert "\x1b]0" not in stream.getvalue()


def test_words_of_a_client_are_spelled_out(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"Customer\x1b[2J \u202e {'x' * 3}")
    assert capsys.readouterr().out == "Customer\\x1b[2J \\x202e xxx\n"


def test_a_cause_and_a_heading_are_one_legible_line() -> None:
    assert plain("Value\x1b[2JError", STEERING) == (
        "ValueError: \N{REPLACEMENT CHARACTER}31m\N{REPLACEMENT CHARACTER}gnp.exe next [red]line[/red]"
    )
    assert plain("ValueError", " \n") == "ValueError"
    cells = [{"cell_type": "markdown", "source": "text\n##  A\x1b[2J heading \u202e ## \nmore"}]
    assert section_of(cells, 0) == "A heading \N{REPLACEMENT CHARACTER}"


def test_long_messages_and_headings_take_no_time() -> None:
    began = time.process_time()
    plain("ValueError", "\x1b[" * 3_000_000)
    section_of(
        [{"cell_type": "markdown", "source": "# a" + " " * 1_000_000 + "b" + "#" * 1_000_000 + "b"}], 0
    )
    assert time.process_time() - began < 2
