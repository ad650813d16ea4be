"""What notebooks find around them: no secret, no setting of a person, no folder but those of the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from auditlib.parameters.run import Run

_THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_OWN_FOLDERS = {
    "IPYTHONDIR": "ipython", "JUPYTER_RUNTIME_DIR": "jupyter/runtime", "JUPYTER_DATA_DIR": "jupyter/data",
    "JUPYTER_CONFIG_DIR": "jupyter/config", "MPLCONFIGDIR": "matplotlib", "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state",
}  # fmt: skip
"""Variables that say where libraries keep what is theirs, and folders of the scratch in their place."""


def secrets_of(run: Run) -> dict[str, str]:
    """Return the secrets this run refers to and this environment holds: variable and value."""
    names = {source.database.connection for source in run.sources if source.database}
    return {name: os.environ[name] for name in sorted(names) if os.environ.get(name)}


def worker_environment(*, threads: int, scratch: Path, without: Sequence[str] = ()) -> dict[str, str]:
    """Return the environment notebooks run in: this process's, less secrets and personal settings.

    Parameters
    ----------
    threads
        Threads numerical libraries may use.
    scratch
        Folder for settings and caches, instead of the user's home: that may not be writable, and what is
        set there is no part of the audit. A list of the machine's fonts is put into it.
    without
        Variables that hold secrets; a notebook reads evidence, never a source.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in without}
    settings = {
        "AUDITLIB_THREADS": str(threads),
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        **{name: str(scratch / ".own" / folder) for name, folder in _OWN_FOLDERS.items()},
    }
    environment = inherited | settings | dict.fromkeys(_THREAD_COUNTS, str(threads))
    _list_fonts(Path(settings["MPLCONFIGDIR"]), environment)
    return environment


def _list_fonts(folder: Path, environment: Mapping[str, str]) -> None:
    """Put the list of fonts into `folder` that matplotlib keeps in the user's home, or a new one.

    Without it every notebook makes its own, which takes seconds; where it takes many, matplotlib says so, and
    the notebook would show it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with suppress(OSError, RuntimeError):
        if usual := _usual_lists():
            for fonts in usual:
                shutil.copyfile(fonts, folder / fonts.name)
            return
    command = [sys.executable, "-c", "import matplotlib.font_manager"]
    subprocess.run(command, env=dict(environment), capture_output=True, check=False)  # noqa: S603 - fixed


def _usual_lists() -> list[Path]:
    """Return the lists of fonts in the first place that matplotlib chooses by itself and that holds one."""
    homes = {"MPLCONFIGDIR": "", "XDG_CACHE_HOME": "matplotlib"}
    places = [Path(os.environ[name], folder) for name, folder in homes.items() if os.environ.get(name)]
    places += [Path("~/.cache/matplotlib").expanduser(), Path("~/.matplotlib").expanduser()]
    lists = (sorted(place.glob("fontlist-*.json")) for place in places)
    return next((fonts for fonts in lists if fonts), [])
