"""How much of what a cell puts out is kept: a cell that prints without end ends by its time limit."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from papermill.clientwrap import PapermillNotebookClient

from auditlib.statements import counted

MOST_PRINTED = 1_000_000
"""Characters that are kept of each stream of one cell."""
MOST_SHOWN = 20_000_000
"""Characters that are kept of the tables, figures and values of one cell."""
_LEAST = 1000
"""Characters that anything shown counts at least, so that a million small ones are too many as well."""
_MOST_OF_ERROR = 10_000
_LINES_OF_ERROR = 100

Message = dict[str, Any]


class BoundedClient(PapermillNotebookClient):  # type: ignore[misc]  # papermill carries no types
    """Executes cells and keeps of their output no more than the bounds; a line says where it was cut."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept: Counter[tuple[int, str]] = Counter()

    def process_message(self, message: Message, cell: Any, cell_index: int) -> Any:
        """Take in a message of the kernel, as much of it as still fits."""
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            text = self._fitting(content["text"], (cell_index, content["name"]))
            if not text:
                return None
            message = {**message, "content": {**content, "text": text}}
        elif kind in ("execute_result", "display_data", "update_display_data"):
            data = self._fitting_data(content["data"], (cell_index, "shown"))
            if not data:
                return None
            message = {**message, "content": {**content, "data": data}}
        elif kind == "error":
            message = {**message, "content": {**content, **_short(content)}}
        return super().process_message(message, cell, cell_index)

    def _fitting(self, text: str, stream: tuple[int, str]) -> str:
        room = MOST_PRINTED - self._kept[stream]
        self._kept[stream] += len(text)
        if len(text) <= room:
            return text
        return text[:room] + left_out(MOST_PRINTED, "printed") if room >= 0 else ""

    def _fitting_data(self, data: Mapping[str, Any], place: tuple[int, str]) -> Mapping[str, Any]:
        before = self._kept[place]
        self._kept[place] += max(_LEAST, sum(map(_size, data.values())))
        if self._kept[place] <= MOST_SHOWN:
            return data
        return {"text/plain": left_out(MOST_SHOWN, "shown")} if before <= MOST_SHOWN else {}


def left_out(most: int, verb: str) -> str:
    """Return the line that stands where output was cut."""
    return f"\n[What this cell has {verb} beyond {counted(most, 'character')} is left out.]\n"


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(json.dumps(value))


def _short(content: Mapping[str, Any]) -> dict[str, Any]:
    lines = content["traceback"][-_LINES_OF_ERROR:]
    return {
        "evalue": content["evalue"][:_MOST_OF_ERROR],
        "traceback": [line[:_MOST_OF_ERROR] for line in lines],
    }
