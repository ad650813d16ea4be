"""Executed notebooks made the same on every day and machine: no clock, no path, no random id.

What is removed is what papermill and the kernel add about themselves; what a cell printed is kept as a
terminal shows it, except that the pieces of one printed stream are joined (how they were cut is chance).
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Notebook = dict[str, Any]

_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_KEPT_CELL_METADATA = ("tags", "slideshow", "collapsed", "editable", "deletable", "jupyter")


def normalised(notebook: Mapping[str, Any], *, hidden: Sequence[str] = ()) -> Notebook:
    """Return an executed notebook in its stable form.

    Parameters
    ----------
    notebook
        As nbformat version 4 holds it.
    hidden
        Names whose assignments are taken out of the injected parameters: the folders of one machine.
    """
    cells = [
        _cell(cell, index=index, hidden=hidden)
        for index, cell in enumerate(notebook["cells"])
        if _from_notebook(cell)
    ]
    return {"cells": cells, "metadata": copy.deepcopy(_METADATA), "nbformat": 4, "nbformat_minor": 5}


def as_text(notebook: Mapping[str, Any]) -> str:
    """Return the notebook's file content, validated, the way Jupyter itself writes it."""
    import nbformat

    node = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]  # nbformat is partly typed
    nbformat.validate(node)
    text = nbformat.writes(node, version=4)  # type: ignore[no-untyped-call]  # nbformat is partly typed
    return f"{text}\n"


def code_of(notebook: Mapping[str, Any]) -> list[list[str]]:
    """Return what a notebook says, outputs and injected parameters left out: kind and source of each cell."""
    return [
        [cell["cell_type"], _text(cell["source"]), *sorted(cell.get("metadata", {}).get("tags", []))]
        for cell in notebook["cells"]
        if "injected-parameters" not in cell.get("metadata", {}).get("tags", [])
    ]


def _from_notebook(cell: Mapping[str, Any]) -> bool:
    return "papermill-error-cell-tag" not in cell.get("metadata", {}).get("tags", [])


def _cell(cell: Mapping[str, Any], *, index: int, hidden: Sequence[str]) -> dict[str, Any]:
    metadata = {
        name: copy.deepcopy(value) for name, value in cell["metadata"].items() if name in _KEPT_CELL_METADATA
    }
    injected = "injected-parameters" in metadata.get("tags", [])
    source = _text(cell["source"])
    stable: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": "injected-parameters" if injected else str(cell.get("id", f"cell-{index:02d}")),
        "metadata": metadata,
        "source": _without(source, hidden) if injected else source,
    }
    if "attachments" in cell:
        stable["attachments"] = copy.deepcopy(cell["attachments"])
    if cell["cell_type"] == "code":
        stable["execution_count"] = cell.get("execution_count")
        stable["outputs"] = [_output(output) for output in _joined(cell.get("outputs", []))]
    return stable


def _without(source: str, names: Sequence[str]) -> str:
    lines = [line for line in source.splitlines() if line.split(" = ")[0] not in names]
    return "\n".join(lines)


def _joined(outputs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return `outputs` with each printed stream in one piece, where its first stood; stdout before stderr."""
    joined: list[dict[str, Any]] = []
    pieces: dict[str, list[str]] = {}
    for output in outputs:
        name = output["name"] if output["output_type"] == "stream" else ""
        if name not in pieces:
            joined.append(dict(output))
        if name:
            pieces.setdefault(name, []).append(_text(output["text"]))
    for output in joined:
        if output["output_type"] == "stream":
            output["text"] = _as_seen("".join(pieces[output["name"]]))
    for place in range(len(joined) - 1):
        if [output.get("name") for output in joined[place : place + 2]] == ["stderr", "stdout"]:
            joined[place : place + 2] = reversed(joined[place : place + 2])
    return joined


def _as_seen(text: str) -> str:
    """Return `text` without what a carriage return wrote over."""
    return "\n".join(line[line.rfind("\r", 0, len(line) - 1) + 1 :] for line in text.split("\n"))


def _output(output: Mapping[str, Any]) -> dict[str, Any]:
    stable = {key: copy.deepcopy(value) for key, value in output.items() if key != "transient"}
    if "text" in stable:
        stable["text"] = _text(stable["text"])
    if "data" in stable:
        stable["data"] = {kind: _datum(kind, value) for kind, value in stable["data"].items()}
    return stable


def _datum(kind: str, value: Any) -> Any:
    is_json = kind == "application/json" or kind.endswith("+json")
    return value if is_json else _text(value)


def _text(source: str | Sequence[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
