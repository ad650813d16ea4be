"""Where one audit is written: the finished folder, and the hidden ones beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class OutputFolders:
    """Folders of one audit below the folder of outputs.

    Everything but `finished` and `failed` is hidden, lies on the same file system and may be deleted at any
    time: it only saves work.
    """

    outputs: Path
    audit: str

    @classmethod
    def around(cls, directory: Path, audit: str) -> OutputFolders:
        """Return the folders around the finished run in `directory`."""
        return cls(directory.resolve().parent, audit)

    @property
    def finished(self) -> Path:
        """The last complete run."""
        return self.outputs / self.audit

    @property
    def failed(self) -> Path:
        """Partly executed copies of notebooks that stopped; no audit id contains a dot."""
        return self.outputs / f"{self.audit}.failed"

    @property
    def samples(self) -> Path:
        """Forms of the samples drawn from the run; a filled one is read when the run is made again."""
        return self.outputs / f"{self.audit}.samples"

    @property
    def evidence(self) -> Path:
        """The store of prepared evidence, shared by all audits."""
        return self.outputs / ".evidence"

    @property
    def work(self) -> Path:
        """Everything hidden of this audit."""
        return self.outputs / ".work" / self.audit

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.outputs / ".work" / f"{self.audit}.lock"

    @property
    def running(self) -> Path:
        """Private folders of the notebooks that are being executed."""
        return self.work / "running"

    @property
    def notebook_cache(self) -> Path:
        """Results of single notebooks, for the next run."""
        return self.work / "kept"

    @property
    def withheld(self) -> Path:
        """What the latest run found must be held back besides the small counts."""
        return self.work / "withheld.json"

    @property
    def stage(self) -> Path:
        """The run that is being put together."""
        return self.work / "stage"

    @property
    def aside(self) -> Path:
        """Where the previous run stands for the moment in which it is replaced."""
        return self.work / "previous"
