"""The results of the runs the project ships, as hashes: a step that claims to change nothing changes none.

After a step that changes results on purpose, and says so:

    python tests/golden/recorded.py outputs/demo-2025 outputs/hcahps outputs/hcahps-pay outputs/uci-incidents
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from auditlib.files import digest, write_json

FILE = Path(__file__).with_name("results.json")
PARTS = ("numbers", "exhibits", "findings", "verdict")
SAID = ("answer", "sentences")
Hashes = dict[str, dict[str, str]]


def hashes(run: Path) -> Hashes:
    """Return the hash of each part of each results file of a finished run; of libraries none."""
    documents = {path.stem: json.loads(path.read_text("utf-8")) for path in (run / "results").glob("*.json")}
    return {name: _of(document) for name, document in sorted(documents.items())}


def _of(document: dict[str, Any]) -> dict[str, str]:
    """Return a hash for each part; of what is said, its words and the keys they name apart."""
    parts = {part: digest(document[part]) for part in PARTS if part in document}
    for part in SAID:
        parts[f"{part}, words"] = digest([sentence["text"] for sentence in document[part]])
        parts[f"{part}, keys"] = digest([sentence["keys"] for sentence in document[part]])
    return parts


def changed(run: Path) -> list[str]:
    """Return the parts of the results of `run` that are not as they were recorded."""
    recorded: dict[str, Hashes] = json.loads(FILE.read_text("utf-8"))
    before, now = recorded[run.name], hashes(run)
    pairs = {
        (name, part)
        for recorded_now in (before, now)
        for name, parts in recorded_now.items()
        for part in parts
    }
    return sorted(
        f"{name}: {part}"
        for name, part in pairs
        if before.get(name, {}).get(part) != now.get(name, {}).get(part)
    )


def main(folders: list[str]) -> None:
    """Record the results of these runs beside those of the others."""
    recorded: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
    write_json(FILE, recorded | {Path(folder).name: hashes(Path(folder)) for folder in folders})


if __name__ == "__main__":
    main(sys.argv[1:])
