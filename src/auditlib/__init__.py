"""Audit a customer-service operation, from raw exports to a report that can be verified.

Importing this package loads no statistics stack; each room imports what it uses.
ARCHITECTURE.md says which room holds what.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__version__ = "0.1.0"


def shown_when_asked(package: str, **homes: str) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a package that loads the module behind a name when it is first asked for.

    Parameters
    ----------
    package
        Its ``__name__``.
    homes
        Name of the module that holds each public name.
    """

    def __getattr__(name: str) -> Any:  # noqa: N807 - the name that Python calls it by
        from importlib import import_module

        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return __getattr__
