"""A sealed run of a few small files with its ledger, made in milliseconds and without a single notebook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from auditlib.files import hash_file, write_bytes
from auditlib.files.folders import files_below
from auditlib.seal.ledger import SEALED, append, ledger_path
from auditlib.seal.manifest import FileSeal, Fixed, Manifest, sealed, write_manifest
from auditlib.seal.project import versions

ZERO = "0" * 64
FILES: Mapping[str, bytes] = {
    "report.html": b"<p>Report</p>\n",
    "findings.json": b"{}\n",
    "results/01_one.json": b'{"numbers": []}\n',
    "evidence/evidence.json": b"{}\n",
    "evidence/units.parquet": b"PAR1",
}
RUN: Mapping[str, Any] = {
    "audit": "small",
    "title": "Small",
    "party": {"name": "Small & Sons"},
    "period": {"start": "2025-01-01", "end": "2025-12-31"},
    "as_of": "2026-01-31T18:00:00Z",
    "sources": [{"table": "units", "file": "units.csv", "form": "csv", "columns": {"unit_id": "unit"}}],
    "notebooks": {"01_one": {}},
}


def sealed_run(
    outputs: Path, files: Mapping[str, bytes] = FILES, *, run: Mapping[str, Any] = RUN, **facts: Any
) -> Path:
    """Write a finished run that holds `files`, with its ledger beside it."""
    directory = outputs / "small"
    for name, content in files.items():
        write_bytes(directory / name, content)
    for event in ("parameters", "data read"):
        entry = append(ledger_path(outputs, "small"), event, {}, at=datetime.now(UTC))
    fixed = Fixed(at=entry.at, before_data=True, changes=(), entries=entry.number, head=entry.hash)
    manifest = seal_again(directory, run=run, fixed=fixed, **facts)
    append(ledger_path(outputs, "small"), SEALED, {"seal": manifest.seal}, at=datetime.now(UTC))
    return directory


def seal_again(directory: Path, *, run: Mapping[str, Any] = RUN, **changes: Any) -> Manifest:
    """Seal the files of `directory` as they stand, with other facts."""
    seals = {
        name: FileSeal(sha256=sha256, size=size)
        for name, path in files_below(directory)
        if name != "manifest.json"
        for sha256, size in [hash_file(path)]
    }
    usual = {
        "audit": "small",
        "key": ZERO,
        "parameters": {"file": "parameters/small.yaml", "sha256": ZERO, "run": dict(run)},
        "sources": (),
        "law": {},
        "evidence": ZERO,
        "notebooks": {},
        "versions": versions(),
        "seed": 0,
        "files": seals,
        "started": "2026-01-01T00:00:00Z",
        "ended": "2026-01-01T00:01:00Z",
    }
    manifest = sealed(usual | changes)
    write_manifest(directory, manifest)
    return manifest
