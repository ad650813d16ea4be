"""The manifest: sealed, canonical, and refused when a single byte differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditlib.errors import ParameterError, VerificationFailed
from auditlib.seal.manifest import (
    Manifest,
    as_document,
    manifest_schema,
    read_manifest,
    sealed,
    write_manifest,
)
from auditlib.seal.project import versions

ZERO = "0" * 64


def facts(**changes: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "audit": "tiny",
        "key": ZERO,
        "parameters": {
            "file": "parameters/tiny.yaml",
            "sha256": ZERO,
            "run": {"title": "Größe", "share": 0.1},
        },
        "sources": (),
        "law": {},
        "evidence": ZERO,
        "notebooks": {"01_one": {"question": "Q?", "parameters": {"limit": 5, "on": True}, "key": ZERO}},
        "versions": versions(),
        "seed": 0,
        "files": {"a.txt": {"sha256": ZERO, "size": 1}},
        "started": "2026-01-01T00:00:00Z",
        "ended": "2026-01-01T00:01:00Z",
    }
    return usual | changes


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write_manifest(tmp_path, sealed(facts()))
    return tmp_path


def test_what_was_written_is_read_back(directory: Path) -> None:
    assert read_manifest(directory) == sealed(facts())


def test_every_fact_is_under_the_seal() -> None:
    other = [
        facts(audit="other"),
        facts(seed=1),
        facts(ended="2026-01-01T00:01:01Z"),
        facts(files={}),
        facts(law={"standards/x.yaml": ZERO}),
    ]
    assert len({sealed(one).seal for one in [facts(), *other]}) == 6


def test_any_flipped_byte_is_noticed(directory: Path) -> None:
    path = directory / "manifest.json"
    content = path.read_bytes()
    for position in range(0, len(content), 7):
        for mask in (0x01, 0x20, 0xFF):
            path.write_bytes(content[:position] + bytes([content[position] ^ mask]) + content[position + 1 :])
            with pytest.raises(VerificationFailed) as caught:
                read_manifest(directory)
            assert caught.value.problems[0].file == "manifest.json"


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{}", b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_manifest_is_refused(directory: Path, content: bytes) -> None:
    (directory / "manifest.json").write_bytes(content)
    with pytest.raises(VerificationFailed):
        read_manifest(directory)


def test_a_folder_without_manifest_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="not a complete run"):
        read_manifest(tmp_path)
    with pytest.raises(ParameterError, match="no folder"):
        read_manifest(tmp_path / "absent")


def test_the_schema_accepts_a_manifest_and_refuses_another_status() -> None:
    import jsonschema

    schema = manifest_schema()
    document = json.loads(json.dumps(as_document(sealed(facts()))))
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document | {"status": "running"}, schema)
    assert set(schema["properties"]) == set(document)
    assert Manifest.model_fields["status"].default == "done"
