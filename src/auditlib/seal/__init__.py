"""The seal: what a finished run is, byte for byte, who stands for it, and the way back from it to the data.

A run is finished when its manifest says so; the ledger beside it says what happened to it since. This room
verifies, signs, traces, restates and releases finished runs. It makes none.
"""

from auditlib.seal.manifest import Manifest, manifest_schema, read_manifest
from auditlib.seal.verifying import Verified, verify

__all__ = ["Manifest", "Verified", "manifest_schema", "read_manifest", "verify"]
