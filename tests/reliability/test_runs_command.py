"""The command line of a run on real evidence: what it says, and how it ends."""

from __future__ import annotations

import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress, TextColumn
from tiny_project import notebook, tiny_project

from auditlib.cli import main
from auditlib.cli.progress import Bars, ProgressLines, as_line
from auditlib.runs.events import AssemblyStep, CellStarted, EvidenceStep, Finished, Planned, Stopped

EVENTS = (
    EvidenceStep("units.csv: 1 record read"),
    Planned(("01_one", "02_two"), ("03_three",)),
    CellStarted("01_one", 4, 9, "Who is [bold]first[/bold]?"),
    Finished("01_one", ("02_two",)),
    Stopped("02_two", "02_two stopped in cell 2 of 3: no.", "kept.ipynb", ()),
    AssemblyStep("sealing"),
)


def test_a_run_says_what_it_does_and_names_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    assert main(["run", str(tiny.run_file)]) == 0
    told = capsys.readouterr()
    assert "01_one: cell 1 of 6, What does 01_one say?" in told.err
    assert "01_one: done; none left" in told.err
    assert told.out.splitlines()[-1] == f"Report: {tiny.finished / 'report.html'}"
    assert (tiny.finished / "evidence" / "units.parquet").is_file()

    assert main(["run", str(tiny.run_file)]) == 0
    assert "unchanged since it was sealed" in capsys.readouterr().out
    tiny.write_notebook("01_one", notebook("01_one", "1 / 0"))
    assert main(["run", str(tiny.run_file)]) == 4
    shown = " ".join(capsys.readouterr().err.split())
    assert (
        "01_one stopped in cell 5 of 6 ('What does 01_one say?'): ZeroDivisionError: division by zero."
        in shown
    )
    assert "Traceback" not in shown
    assert main(["verify", str(tiny.finished)]) == 0
    (tmp_path / "data/tiny/units.csv").unlink()
    assert main(["run", str(tiny.run_file)]) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_interrupted_it_says_that_it_can_go_on(tmp_path: Path) -> None:
    tiny = tiny_project(tmp_path, names=("01_one",))
    waiting = tmp_path / "waiting"
    body = f"import time; open({str(waiting)!r}, 'w').close(); time.sleep(600)"
    tiny.write_notebook("01_one", notebook("01_one", body))
    # a job started in the background ignores interrupts, and its children inherit that
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = f"{heard}import sys; from auditlib.cli import main; sys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-c", command, "run", str(tiny.run_file)], stderr=subprocess.PIPE, text=True
    ) as process:
        end = time.monotonic() + 120
        while not waiting.exists() and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        try:
            _, errors = process.communicate(timeout=120)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "Interrupted. Finished notebooks are kept; run again to go on."


def test_every_event_is_one_plain_line_in_a_log() -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    lines = ProgressLines(console)
    for event in (*EVENTS, EVENTS[2]):
        lines.show(event)
    assert console.export_text().splitlines() == [as_line(event) for event in EVENTS]
    assert as_line(EVENTS[1]) == "notebooks to execute: 01_one, 02_two; unchanged: 03_three"
    assert as_line(EVENTS[2]) == "01_one: cell 4 of 9, Who is [bold]first[/bold]?"
    assert as_line(EVENTS[3]) == "01_one: done; left: 02_two"


def test_on_a_terminal_each_notebook_has_a_bar() -> None:
    console = Console(width=200, record=True, quiet=True)
    progress = Progress(TextColumn("{task.description} {task.fields[state]}"), console=console)
    bars = Bars(progress)
    for event in EVENTS:
        bars.show(event)
    first, second = progress.tasks
    assert (first.completed, first.total, first.fields["state"]) == (9, 9, "done")
    assert (second.description, second.fields["state"]) == ("02_two", "[red]stopped[/red]")
