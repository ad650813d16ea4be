"""What verify says of a run that is not what was sealed: each fault by name, never first that all is well."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sealed_run import FILES, seal_again, sealed_run

from auditlib.cli import main
from auditlib.errors import AuditError, ParameterError, VerificationFailed
from auditlib.files import canonical
from auditlib.seal import ledger, verify
from auditlib.seal.envelope import SIGNATURE
from auditlib.seal.keys import make_keys
from auditlib.seal.ledger import append, ledger_path, page_path, read_ledger
from auditlib.seal.manifest import FileSeal, read_manifest
from auditlib.seal.signing import Role, sign_off, sign_run
from auditlib.seal.verifying import verify_all

SECRET = b"what lies outside the folder"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that was signed off; beside its outputs lies a file that is none of its business."""
    (tmp_path / "outside.txt").write_bytes(SECRET)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "units.parquet").write_bytes(FILES["evidence/units.parquet"])
    (tmp_path / "folder" / "evidence.json").write_bytes(FILES["evidence/evidence.json"])
    directory = sealed_run(tmp_path / "outputs")
    sign_off(directory, role=Role.PREPARER, name="Ada Lind", at=datetime.now(UTC))
    return directory


def book(run: Path) -> Path:
    return ledger_path(run.parent, "small")


def page(run: Path) -> Path:
    return page_path(run.parent, "small")


def gone(path: Path) -> Path:
    """Remove what stands at `path`, so that something else can be put there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
    return path


def signed_by_nobody(run: Path) -> None:
    secret, _ = make_keys(run.parents[1] / "key")
    sign_run(run, key=secret)
    document = json.loads((run / SIGNATURE).read_bytes())
    (run / SIGNATURE).write_text(canonical(document | {"signatures": []}))


def signed_and_unchecked(run: Path) -> None:
    sign_run(run, key=make_keys(run.parents[1] / "key")[0])


def time_runs_backwards(run: Path) -> None:
    """Write a chain that is whole and whose last entry is dated before the one before it."""
    entry = read_ledger(book(run))[-1]
    document = ledger._document(entry.number + 1, "2020-01-01T00:00:00Z", "one more", {}, entry.hash)
    line = ledger._line(document | {"hash": ledger.digest(document)})
    with book(run).open("ab") as stream:
        stream.write(line + b"\n")


def undated(run: Path) -> None:
    document = ledger._document(1, "2026-01-01T00:00:00", "parameters", {}, ledger.START)
    book(run).write_bytes(ledger._line(document | {"hash": ledger.digest(document)}) + b"\n")


def names_outside(name: str) -> Callable[[Path], object]:
    def act(run: Path) -> None:
        named = name.format(there=run.parents[1])
        seal_again(run, files={named: FileSeal(sha256="0" * 64, size=1)})

    return act


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "ledger emptied": (
        lambda run: book(run).write_bytes(b""),
        "holds no entry, and the run was sealed with 2",
    ),
    "ledger removed": (lambda run: gone(book(run)), "is missing, and the run was sealed with 2 entries"),
    "ledger a dangling link": (lambda run: gone(book(run)).symlink_to("nowhere"), "is a link"),
    "ledger a folder": (lambda run: gone(book(run)).mkdir(), "is a folder"),
    "ledger of one newline": (lambda run: book(run).write_bytes(b"\n"), "chain of the ledger breaks"),
    "ledger without its last newline": (
        lambda run: book(run).write_bytes(book(run).read_bytes()[:-1]),
        "its last line is unfinished",
    ),
    "ledger that runs backwards": (time_runs_backwards, "time runs backwards"),
    "ledger without instants": (undated, "which is no instant"),
    "file a dangling link": (
        lambda run: gone(run / "report.html").symlink_to("nowhere"),
        "report.html is a link",
    ),
    "file a link to outside": (
        lambda run: gone(run / "report.html").symlink_to(run.parents[1] / "outside.txt"),
        "report.html is a link",
    ),
    "file a folder": (lambda run: gone(run / "report.html").mkdir(), "report.html is a folder"),
    "file a pipe": (lambda run: os.mkfifo(gone(run / "report.html")), "neither a file nor a folder"),
    "folder a link to the same files": (
        lambda run: gone(run / "evidence").symlink_to(run.parents[1] / "folder"),
        "evidence should be a folder and is a link",
    ),
    "folder a file": (
        lambda run: gone(run / "evidence").write_bytes(b""),
        "should be a folder and is a file",
    ),
    "folder missing": (lambda run: gone(run / "results"), "results/01_one.json is missing"),
    "another empty folder": (lambda run: (run / "more").mkdir(), "more is a folder, and not of the run"),
    "another dangling link": (lambda run: (run / "more").symlink_to("nowhere"), "more is a link"),
    "file named outside": (
        names_outside("../../outside.txt"),
        "outside.txt is named as a file of the run and lies outside",
    ),
    "manifest missing": (lambda run: gone(run / "manifest.json"), "is missing among sealed files"),
    "manifest a dangling link": (lambda run: gone(run / "manifest.json").symlink_to("nowhere"), "is a link"),
    "manifest a folder": (lambda run: gone(run / "manifest.json").mkdir(), "is a folder"),
    "signature of nobody": (signed_by_nobody, "an envelope without a signature: nobody signed"),
    "signature unchecked": (signed_and_unchecked, "which nobody checked: anyone can write that"),
    "signature a folder": (lambda run: (run / SIGNATURE).mkdir(), "manifest.dsse.json is a folder"),
    "signature a dangling link": (lambda run: (run / SIGNATURE).symlink_to("nowhere"), "is a link"),
    "sign-off page altered": (
        lambda run: page(run).write_text(
            page(run).read_text("utf-8").replace("Ada Lind", "Eve Lind"), "utf-8"
        ),
        "is not the sign-off page that the ledger names",
    ),
    "sign-off page removed": (lambda run: gone(page(run)), "is missing, and the run was signed off"),
    "sign-off page a folder": (lambda run: gone(page(run)).mkdir(), "small.signoff.html is a folder"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_named_and_none_called_intact_before(
    fault: str, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(run)]) == 0
    capsys.readouterr()
    act, words = FAULTS[fault]
    act(run)
    assert main(["verify", str(run)]) == 5
    captured = capsys.readouterr()
    assert captured.out.startswith("Not checked: ")
    assert "Intact" not in captured.out
    assert words in " ".join(captured.err.split())


def test_what_is_not_checked_is_said_first_and_less_of_it_with_each_option(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret, public = make_keys(tmp_path / "key")
    head = read_ledger(book(run))[-1].hash

    def left(*words: str) -> list[str]:
        capsys.readouterr()
        assert main(["verify", str(run), *words]) == 0
        lines = capsys.readouterr().out.splitlines()
        said = [line for line in lines if line.startswith("Not checked: ")]
        assert lines[: len(said)] == said
        return said

    assert len(left()) == 4
    assert len(left("--head", head)) == 3
    sign_run(run, key=secret)
    assert [line for line in left("--head", head, "--key", str(public)) if "who made" in line] == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the owner of the machine reads everything")
def test_what_cannot_be_read_is_named(run: Path) -> None:
    (run / "evidence").chmod(0)
    with pytest.raises(VerificationFailed, match="evidence: should be a folder and is a folder that cannot"):
        verify(run)
    (run / "evidence").chmod(0o700)


_WATCHED: list[set[Path]] = []


def _remember(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and _WATCHED and isinstance(arguments[0], str | bytes | os.PathLike):
        _WATCHED[-1].add(Path(os.path.realpath(os.fsdecode(arguments[0]))))


sys.addaudithook(_remember)  # it cannot be taken away again, so it costs nothing where nobody watches


@contextmanager
def opened() -> Iterator[set[Path]]:
    """Give the files that are opened while the block runs, links followed."""
    _WATCHED.append(set())
    try:
        yield _WATCHED[-1]
    finally:
        _WATCHED.pop()


LEADING_OUT: dict[str, Callable[[Path], object]] = {
    "named upwards": names_outside("../../outside.txt"),
    "named from the root": names_outside("{there}/outside.txt"),
    "named through a folder": names_outside("results/../../../outside.txt"),
    "file": lambda run: gone(run / "report.html").symlink_to(run.parents[1] / "outside.txt"),
    "folder": lambda run: gone(run / "evidence").symlink_to(run.parents[1] / "folder"),
    "manifest": lambda run: gone(run / "manifest.json").symlink_to(run.parents[1] / "outside.txt"),
    "signature": lambda run: (run / SIGNATURE).symlink_to(run.parents[1] / "outside.txt"),
    "ledger": lambda run: gone(book(run)).symlink_to(run.parents[1] / "outside.txt"),
    "page": lambda run: gone(page(run)).symlink_to(run.parents[1] / "outside.txt"),
}


@pytest.mark.parametrize("way", LEADING_OUT)
def test_nothing_outside_the_folder_is_read(way: str, run: Path) -> None:
    LEADING_OUT[way](run)
    with opened() as files:
        assert (run.parents[1] / "outside.txt").read_bytes() == SECRET
    assert files == {run.parents[1] / "outside.txt"}, "what is opened is noticed"
    with opened() as files, pytest.raises(VerificationFailed):
        verify_all(run)
    assert {
        path for path in files if run.parents[1] in path.parents and run.parent not in path.parents
    } == set()


def test_a_folder_that_never_was_a_run_is_a_mistake_and_no_failed_verification(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="not a complete run"):
        verify(tmp_path)


@pytest.mark.parametrize("which", ["ledger", "signature", "page"])
def test_a_flipped_bit_beside_the_sealed_files_is_named(which: str, run: Path, tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "key")
    sign_run(run, key=secret)
    path = {"ledger": book(run), "signature": run / SIGNATURE, "page": page(run)}[which]
    content = path.read_bytes()
    verify_all(run, keys=[public])
    for place in range(0, len(content), max(1, len(content) // 400)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        with pytest.raises(VerificationFailed):
            verify_all(run, keys=[public])
    for place in range(8):
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1 << place]))
        with pytest.raises(VerificationFailed):
            verify_all(run, keys=[public])


def test_a_sign_off_made_again_prints_its_page_again(run: Path) -> None:
    printed = page(run).read_bytes()
    gone(page(run))
    again = sign_off(run, role=Role.PREPARER, name="ada  lind", at=datetime.now(UTC))
    assert (again.name, again.entry) == ("Ada Lind", 4)
    assert page(run).read_bytes() == printed
    verify_all(run)
    with pytest.raises(ParameterError, match="already"):
        sign_off(run, role=Role.PREPARER, name="Ada Lind", at=datetime.now(UTC))


def test_the_page_of_an_earlier_sealing_is_known(run: Path) -> None:
    fixed = read_manifest(run).fixed
    manifest = seal_again(run, fixed=fixed, seed=1)
    append(book(run), ledger.SEALED, {"seal": manifest.seal}, at=datetime.now(UTC))
    verify_all(run)


@pytest.mark.parametrize(("behind", "refused"), [(59, False), (60, False), (61, True)])
def test_an_entry_is_never_dated_before_the_one_before(behind: int, refused: bool, tmp_path: Path) -> None:
    path, noon = tmp_path / "a.ledger.jsonl", datetime(2026, 1, 1, 12, tzinfo=UTC)
    append(path, "one", {}, at=noon)
    if refused:
        with pytest.raises(AuditError, match="Set the clock right"):
            append(path, "two", {}, at=noon - timedelta(seconds=behind))
    else:
        assert append(path, "two", {}, at=noon - timedelta(seconds=behind)).at == "2026-01-01T12:00:00Z"
