"""A trace as a tree on the terminal."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from auditlib.cli.messages import plain
from auditlib.seal.trace import Node

_ONE_LINE = 4000
"""Width that keeps every step on one line where the output is a file or another program."""


def show_tree(node: Node) -> None:
    """Print `node` and everything below it."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _ONE_LINE
    with console.capture() as captured:
        console.print(_branch(node))
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def _branch(node: Node, *, root: bool = True) -> Tree:
    tree = Tree(Text(plain(node.text), style="bold" if root else ""))
    for child in node.children:
        tree.children.append(_branch(child, root=False))
    return tree
