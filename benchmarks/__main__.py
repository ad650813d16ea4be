"""Run all benchmarks, or the one that is named: ``python -m benchmarks intake --rows 1000000``.

A benchmark is a module of this folder that offers ``main(argv)``; none needs to be registered.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path


def names() -> tuple[str, ...]:
    """Return the benchmarks of this folder, in alphabetical order."""
    found = (path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))
    return tuple(sorted(found))


def run(argv: list[str]) -> int:
    """Run what `argv` names, all benchmarks where it names none."""
    if argv and argv[0] not in names():
        print(f"There is no benchmark {argv[0]!r}; there are {', '.join(names())}.")
        return 2
    for name in argv[:1] or names():
        import_module(f"benchmarks.{name}").main(argv[1:])
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
