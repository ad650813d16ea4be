"""The canonical tables and their columns on a terminal, from the contracts alone."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditlib.contracts import TABLES, table
from auditlib.contracts.listing import listed_columns
from auditlib.errors import ParameterError, Problem


def show_tables() -> None:
    """Print every canonical table with its purpose."""
    shown = Table("table", "what an audit relies on it for", box=None)
    for contract in TABLES.values():
        shown.add_row(Text(contract.name), Text(contract.purpose))
    console = Console(highlight=False, markup=False)
    console.print(shown)
    console.print("The columns of one: auditlib columns TABLE")


def show_columns(name: str) -> None:
    """Print the columns of a canonical table.

    Raises
    ------
    ParameterError
        Where there is no table of that name.
    """
    try:
        contract = table(name)
    except KeyError as error:
        remedy = f"There are {', '.join(TABLES)}."
        raise ParameterError(Problem(str(error.args[0]), remedy=remedy)) from None
    shown = Table("column", "holds", "", "meaning", box=None)
    for column in listed_columns(contract):
        required = "required" if column.required else ""
        shown.add_row(Text(column.name), Text(column.holds), required, Text(column.meaning))
    console = Console(highlight=False, markup=False)
    console.print(Text(f"{contract.name}: {contract.purpose}. A row is told by {', '.join(contract.key)}."))
    console.print(shown)
