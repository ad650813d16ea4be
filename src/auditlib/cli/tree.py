"""A trace as a tree on the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from auditlib.cli.messages import plain
from auditlib.runs.trace import Node


def show_tree(node: Node) -> None:
    """Print `node` and everything below it."""
    Console(highlight=False, soft_wrap=True).print(_branch(node))


def _branch(node: Node, *, root: bool = True) -> Tree:
    tree = Tree(Text(plain(node.text), style="bold" if root else ""))
    for child in node.children:
        tree.children.append(_branch(child, root=False))
    return tree
