"""The evidence of a sealed run held to the client's files: taken in again, and compared row by row."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from auditlib.errors import Problem, VerificationFailed
from auditlib.evidence import open_evidence, prepare
from auditlib.evidence.comparison import unlike
from auditlib.evidence.source_files import source_path
from auditlib.files import hash_file
from auditlib.parameters.checks import load_run
from auditlib.parameters.run import Run
from auditlib.seal.manifest import Manifest, read_manifest
from auditlib.statements import counted


@dataclass(frozen=True, slots=True)
class SourceComparison:
    """Evidence that is what the client's files hold: how many files, and the databases read again."""

    files: int
    databases: int

    def __str__(self) -> str:
        read = [counted(self.files, "file")] if self.files else []
        read += [counted(self.databases, "table of a database", "tables of a database")] * bool(
            self.databases
        )
        return " and ".join(read)


def compare_sources(
    directory: Path, data: Path, *, threads: int = 2, progress: Callable[[str], None] | None = None
) -> SourceComparison:
    """Require that the evidence of a verified run is what the client's files in `data` give again.

    Evidence that was forged before the run is sealed like any other, and only this finds it.

    Parameters
    ----------
    directory, data
        The run, and the folder of the client's files.
    threads
        Threads the intake may use.
    progress
        Told what is being read.

    Raises
    ------
    VerificationFailed
        Where a file is not the one whose hash the manifest names, or the evidence not what it gives.
    DataError
        Where a file is missing.
    """
    manifest = read_manifest(directory)
    run_file = (
        manifest.parameters.file
    )  # the manifest sorts its keys, and the order of items is that of columns
    run = load_run((directory / run_file).read_text("utf-8-sig"), name=run_file)
    if differing := [*_other_files(manifest, run, data)]:
        raise VerificationFailed(*differing)
    with tempfile.TemporaryDirectory(prefix="auditlib-") as store:
        again = prepare(run, data, Path(store), threads=threads, progress=progress)
        differences = [*unlike(open_evidence(directory / "evidence", threads=threads), again)]
    if differences:
        raise VerificationFailed(*differences)
    files = {source.file for source in run.sources if source.file}
    return SourceComparison(len(files), sum(source.database is not None for source in run.sources))


def _other_files(manifest: Manifest, run: Run, data: Path) -> Iterator[Problem]:
    if len(run.sources) != len(manifest.sources):
        yield Problem("names other sources than its run file.", "manifest.json")
        return
    for source, seal in zip(run.sources, manifest.sources, strict=True):
        if source.file is None:
            continue
        sha256, _ = hash_file(source_path(source, data))
        if sha256 != seal.sha256:
            yield Problem(
                f"is not the file that the run read, whose hash is {seal.sha256[:16]}...",
                source.file,
                remedy="Give the folder with the files as they were handed in.",
            )
