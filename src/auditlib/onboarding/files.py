"""Parameter files opened by path."""

from __future__ import annotations

from pathlib import Path

from auditlib.errors import ParameterError, Problem
from auditlib.parameters.strict_yaml import MAXIMUM_BYTES


def parameter_text(path: Path) -> str:
    """Return the text of a parameter file.

    Raises
    ------
    ParameterError
        Where there is no such file, it is no utf-8, or it is too large to be one.
    """
    name = path.as_posix()
    if not path.is_file():
        raise ParameterError(Problem("there is no such file.", name, remedy="Check the path."))
    if path.stat().st_size > MAXIMUM_BYTES:
        message = f"the file is larger than {MAXIMUM_BYTES // 1_000_000} MB."
        raise ParameterError(Problem(message, name, remedy="A parameter file holds choices, never data."))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"the file is not written in utf-8 (byte {error.start})."
        raise ParameterError(Problem(message, name, remedy="Save it as utf-8.")) from None
