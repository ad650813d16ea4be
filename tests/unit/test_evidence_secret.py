"""The key of pseudonyms: made once for a store, another for each audit, sealed with its evidence."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from auditlib.errors import EvidenceChanged
from auditlib.evidence import open_evidence, prepare
from auditlib.evidence.pseudonym_key import FILE
from auditlib.parameters.run import Run


def run_of(**more: object) -> Run:
    return Run.model_validate(
        {
            "audit": "keyed",
            "party": {"name": "P"},
            "period": {"start": "2025-01-01", "end": "2025-12-31"},
            "as_of": "2026-01-31T18:00:00Z",
            "sources": [{"table": "units", "file": "u.csv", "form": "csv", "columns": {"unit_id": "u"}}],
            "notebooks": {"01_intake": {}},
            **more,
        }
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "u.csv").write_text("u\nU1\n")
    return folder


def test_the_same_store_gives_the_same_key_and_another_store_another(data: Path, tmp_path: Path) -> None:
    first = prepare(run_of(), data, tmp_path / "store")
    assert first.secret is not None
    for path in first.directory.iterdir():
        path.unlink()
    first.directory.rmdir()
    again = prepare(run_of(), data, tmp_path / "store")
    elsewhere = prepare(run_of(), data, tmp_path / "elsewhere")
    assert again.secret == first.secret != elsewhere.secret
    assert again.key == first.key != elsewhere.key


def test_another_audit_has_another_key(data: Path, tmp_path: Path) -> None:
    first = prepare(run_of(), data, tmp_path / "store")
    later = prepare(run_of(as_of="2026-02-28T18:00:00Z"), data, tmp_path / "store")
    assert first.secret != later.secret


def test_ids_that_are_shown_need_none_and_give_the_same_bytes_anywhere(data: Path, tmp_path: Path) -> None:
    shown = run_of(ids_shown_because="Invented.")
    one, other = (prepare(shown, data, tmp_path / name) for name in ("store", "elsewhere"))
    assert one.secret is None
    assert not list((tmp_path / "store").glob(FILE))
    assert (one.directory / "evidence.json").read_bytes() == (other.directory / "evidence.json").read_bytes()
    assert prepare(run_of(), data, tmp_path / "store").key != one.key


def test_it_is_readable_by_its_owner_alone_and_sealed(data: Path, tmp_path: Path) -> None:
    made = prepare(run_of(), data, tmp_path / "store")
    for path in (tmp_path / "store" / FILE, made.directory / FILE):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert FILE in json.loads((made.directory / "evidence.json").read_text())["files"]
    (made.directory / FILE).write_text("00" * 32 + "\n")
    with pytest.raises(EvidenceChanged, match=FILE):
        open_evidence(made.directory)


def test_a_damaged_key_of_a_store_is_said_in_words(data: Path, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / FILE).write_text("no key")
    with pytest.raises(EvidenceChanged, match="this key of pseudonyms is damaged"):
        prepare(run_of(), data, tmp_path / "store")
