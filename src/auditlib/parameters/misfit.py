"""What the validator of a block refuses: words, place inside the block, and what to do."""

from __future__ import annotations

from auditlib.parameters.strict_yaml import Path


class Misfit(ValueError):
    """Raised by the validator of a model for parts that do not fit each other.

    Parameters
    ----------
    message
        What is wrong, in words of the file.
    remedy
        What to do about it.
    at
        The part it is about, from the validated block on; empty for the block itself. A part that does not
        exist stands for the place where it belongs.
    """

    def __init__(self, message: str, *, remedy: str, at: Path = ()) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.at = at
