"""Arguments and options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_FINISHED = "A finished run, for example outputs/demo-2025."

RunFile = Annotated[Path, typer.Argument(metavar="RUN.yaml", help="The run file.", show_default=False)]
Data = Annotated[
    Path | None, typer.Option(metavar="DIR", help="The client's files; default: data/<run file>.")
]
Directory = Annotated[Path, typer.Argument(metavar="DIR", help=_FINISHED, show_default=False)]
FinishedRun = Annotated[Path, typer.Argument(metavar="RUN", help=_FINISHED, show_default=False)]
"""The same, where another folder is named beside it."""
Jobs = Annotated[int, typer.Option(min=1, max=64, help="Notebooks executed side by side.")]
Threads = Annotated[int, typer.Option(min=1, max=256, help="Threads each of them may use.")]
Timeout = Annotated[float, typer.Option(min=1, metavar="SECONDS", help="Time one cell may take.")]
