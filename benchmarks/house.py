"""The house in figures: size, rooms, imports, names, circles, and how many modules one score passes.

    python -m benchmarks house

What the redesign of the house was measured by; `tests/test_architecture.py` holds the figures that may not
grow again.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "src" / "auditlib"
FILLER = frozenset(
    {
        "one", "ones", "each", "both", "some", "others", "other", "same", "such", "that", "this",
        "these", "those", "them", "it", "thing", "things", "stuff", "known", "own", "named", "asked",
        "given", "kept", "left", "seen", "rest", "what", "which", "who", "whose", "made", "more",
        "less", "mine", "done", "here", "there", "taken", "took", "found", "told", "said", "gone",
        "got", "put", "once", "tmp", "temp", "obj", "foo", "val", "vals", "res", "ret", "info", "misc",
    }
)  # fmt: skip
"""Names that say nothing of what they hold; *held* (back) and *shown* are terms of the glossary."""


@dataclass(frozen=True, slots=True)
class ModuleSize:
    """Lines of one module by what they hold."""

    lines: int
    documented: int
    comments: int
    imported: int


def modules() -> dict[str, Path]:
    """Return the modules of the house by dotted name."""
    return {
        ".".join(path.relative_to(HOUSE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(HOUSE.rglob("*.py"))
    }


def size_of(path: Path) -> ModuleSize:
    """Return how many lines of a module are docstrings, comments and imports of the house."""
    text = path.read_text("utf-8")
    lines, tree = text.splitlines(), ast.parse(text)
    documented = {line for node in ast.walk(tree) for line in _docstring_lines(node)}
    comments = sum(line.strip().startswith("#") for line in lines)
    imported = sum(isinstance(node, ast.ImportFrom) and _is_own(node) for node in ast.walk(tree))
    return ModuleSize(len(lines), len(documented), comments, imported)


def _docstring_lines(node: ast.AST) -> range:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) or not node.body:
        return range(0)
    first = node.body[0]
    if not (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)):
        return range(0)
    return range(first.lineno, (first.end_lineno or first.lineno) + 1)


def _is_own(node: ast.ImportFrom) -> bool:
    return (node.module or "").startswith("auditlib")


def bindings(path: Path) -> Iterator[str]:
    """Yield every name a module binds: variables, parameters, functions and classes."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def is_filler(name: str) -> bool:
    """Whether a name, with or without the underscores around it, says nothing of what it holds."""
    return name.strip("_") in FILLER


def filler() -> tuple[Counter[str], int]:
    """Return how often each filler name is bound, and how many bindings there are."""
    names = Counter(name for path in modules().values() for name in bindings(path))
    return Counter({name: count for name, count in names.items() if is_filler(name)}), names.total()


def imports() -> dict[str, set[str]]:
    """Return the modules of the house that each of them imports, anywhere in it."""
    known = modules()
    imported: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                inner = (f"{node.module}.{alias.name}" for alias in node.names)
                imported[name] |= {target if target in known else node.module for target in inner}
    return {name: (targets & known.keys()) - {name} for name, targets in imported.items()}


def circles(imported: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Return the groups of modules of which each imports every other, through whatever lies between."""
    reached = {name: _reached(name, imported) for name in imported}
    return {
        frozenset(other for other in reached[name] if name in reached[other])
        for name in imported
        if name in reached[name]
    }


def _reached(start: str, imported: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        new = imported[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def public_classes() -> dict[str, list[str]]:
    """Return the modules that define a public class, by its name."""
    homes: dict[str, list[str]] = defaultdict(list)
    for name, path in modules().items():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(name)
    return homes


def naming(word: str) -> set[str]:
    """Return the modules whose text holds `word`, as dotted names."""
    return {name for name, path in modules().items() if re.search(rf"\b{word}\b", path.read_text("utf-8"))}


def rooms_of(names: Iterable[str]) -> set[str]:
    """Return the rooms of modules."""
    return {name.split(".")[1] for name in names if "." in name}


def main(_argv: list[str]) -> None:
    """Print the house in figures."""
    known = modules()
    sizes = {name: size_of(path) for name, path in known.items()}
    lines = sum(size.lines for size in sizes.values())
    tests = sum(len(path.read_text("utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py"))
    by_room: Counter[str] = Counter()
    for name, size in sizes.items():
        by_room[name.split(".")[1] if "." in name else name] += size.lines
    names, bound = filler()
    repeated = [name for name, homes in public_classes().items() if len(homes) > 1]
    documented, comments, imported = (
        sum(getattr(size, part) for size in sizes.values()) for part in ("documented", "comments", "imported")
    )
    print(f"lines                         {lines:>8,}   docstrings {documented:,}, comments {comments:,}")
    print(
        f"modules                       {len(known):>8,}   the longest {max(s.lines for s in sizes.values())}"
    )
    print(f"imports of the house a module {imported / len(known):>8.1f}")
    print(f"filler among names bound      {names.total() / bound:>8.1%}   {dict(names.most_common())}")
    print(f"circles of imports            {len(circles(imports())):>8}")
    print(f"class names used twice        {len(repeated):>8}   {', '.join(repeated)}")
    print(f"lines of tests a line         {tests / lines:>8.2f}   {tests:,}")
    deciding, asking = naming("minimum_cell"), naming("MinimumFrequency")
    print(f"modules that name minimum_cell{len(deciding):>8}   {', '.join(sorted(deciding))}")
    print(f"rooms that ask what is shown  {len(rooms_of(asking)):>8}   {', '.join(sorted(rooms_of(asking)))}")
    print("\n".join(f"  {room:<28}{count:>8,}" for room, count in by_room.most_common()))
