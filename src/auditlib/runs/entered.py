"""What lies beside a run before it begins: the audit before, registers of actions, forms of samples."""

from __future__ import annotations

from dataclasses import dataclass

from auditlib.actions.run_registers import Registers, read_registers
from auditlib.parameters.run import Run
from auditlib.sampling.examined import Examined, read_examined
from auditlib.seal.findings import Before, findings_before
from auditlib.seal.paths import OutputFolders


@dataclass(frozen=True, slots=True)
class Entered:
    """What people have entered beside a run, and the findings of the audit before, where it names one."""

    before: Before | None
    registers: Registers
    examined: Examined

    @property
    def hashes(self) -> dict[str, str]:
        """Hashes of what the run depends on; empty where nothing was entered."""
        before = self.before.sha256 if self.before else ""
        return {"before": before, "registers": self.registers.sha256 + self.examined.sha256}


def read_entered(run: Run, places: OutputFolders) -> Entered:
    """Read what lies beside a run; see `findings_before`, `read_registers` and `read_examined`."""
    before = findings_before(run, places.outputs)
    return Entered(before, read_registers(run, places.outputs), read_examined(places))
