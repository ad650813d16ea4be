"""The signatures of a run: an in-toto statement about its manifest in a DSSE envelope, Ed25519.

The envelope lies beside the manifest, which names every other file by its hash, so one signature covers the
run. It also names the last entry of the ledger, so that entries before it cannot be cut off unnoticed.
DSSE 1.0 signs the type together with the payload; in-toto Statement 1 names its subject by hash.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditlib.errors import Problem, VerificationFailed
from auditlib.files import canonical, hash_bytes
from auditlib.seal.inside import read_plain
from auditlib.seal.keys import key_id, proves, read_public
from auditlib.seal.ledger import LedgerEntry, holds
from auditlib.seal.manifest import NAME, Manifest

SIGNATURE = "manifest.dsse.json"
"""The signature; it is made after the manifest and lies beside it."""
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:auditlib:sealed-run:1"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sound envelope: the text that was signed, and each signature by the id of its key."""

    payload: bytes
    signatures: Mapping[str, bytes]


def read_envelope(directory: Path) -> Envelope | None:
    """Return the envelope beside the manifest; None where the run is not signed.

    Raises
    ------
    VerificationFailed
        Where there is something that is no envelope of this suite, or one that nobody signed.
    """
    try:
        content = read_plain(directory / SIGNATURE)
    except FileNotFoundError:
        return None
    try:
        document = json.loads(content)
        signatures = document["signatures"]
        by_key = {
            signature["keyid"]: base64.b64decode(signature["sig"], validate=True) for signature in signatures
        }
        envelope = Envelope(base64.b64decode(document["payload"], validate=True), by_key)
        sound = envelope_bytes(envelope) == content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        sound = False
    if not sound:
        raise VerificationFailed(
            Problem("was altered: it is no signature envelope of this suite.", SIGNATURE)
        )
    if not by_key:
        remedy = "Remove it, or sign the run."
        raise VerificationFailed(
            Problem("is an envelope without a signature: nobody signed the run.", SIGNATURE, remedy=remedy)
        )
    return envelope


def envelope_bytes(envelope: Envelope) -> bytes:
    """Return the one way an envelope is written."""
    signatures = [
        {"keyid": name, "sig": _base64(signature)} for name, signature in sorted(envelope.signatures.items())
    ]
    document = {
        "payload": _base64(envelope.payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": signatures,
    }
    return canonical(document).encode()


def misfits(
    envelope: Envelope, directory: Path, manifest: Manifest, *, ledger: Sequence[LedgerEntry], name: str
) -> Iterator[Problem]:
    """Yield a problem where an envelope speaks of another manifest, or of a longer ledger.

    Parameters
    ----------
    ledger
        Entries of the ledger, which must hold the one that was the last when it was signed.
    name
        The ledger as it is called in messages.
    """
    ledger_entry = _named_ledger(envelope.payload)
    if envelope.payload != statement(directory, manifest, ledger=ledger_entry):
        yield Problem("the signature is about another manifest.", SIGNATURE, remedy="Sign the run again.")
    elif (
        ledger_entry
        and ledger
        and not holds(ledger, number=ledger_entry["entries"], head=ledger_entry["head"])
    ):
        message = "lacks entries that were there when the run was signed, or is another ledger."
        yield Problem(message, name, remedy="Restore the ledger from a copy.")


def unproven(envelope: Envelope | None, keys: Sequence[Path]) -> Iterator[Problem]:
    """Yield a problem for each signature that none of `keys` proves, and for each key that signed nothing."""
    public = {key_id(key): (path, key) for path in keys for key in [read_public(path)]}
    signatures = envelope.signatures if envelope else {}
    if public and not envelope:
        yield Problem("the run is not signed.", SIGNATURE)
        return
    for name, (path, key) in public.items():
        if name not in signatures:
            yield Problem(f"no signature is by the key in {path}.", SIGNATURE)
        elif envelope and not proves(key, signed_text(envelope.payload), signatures[name]):
            yield Problem(f"the signature by the key in {path} is not good.", SIGNATURE)
    for name in sorted({*signatures} - {*public}):
        yield Problem(
            f"says that key {name[:16]} signed the run, which nobody checked: anyone can write that.",
            SIGNATURE,
            remedy="Give that person's public key with --key, or sign the run anew.",
        )


def statement(directory: Path, manifest: Manifest, *, ledger: Mapping[str, Any] | None) -> bytes:
    """Return the text that is signed: this manifest, and the last entry of the ledger."""
    predicate = {"audit": manifest.audit, "key": manifest.key, "seal": manifest.seal}
    document = {
        "_type": STATEMENT,
        "subject": [{"name": NAME, "digest": {"sha256": hash_bytes(read_plain(directory / NAME))}}],
        "predicateType": PREDICATE,
        "predicate": predicate | ({"ledger": dict(ledger)} if ledger else {}),
    }
    return canonical(document).encode()


def signed_text(payload: bytes) -> bytes:
    """Return the pre-authentication encoding of DSSE: lengths and contents of type and payload."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _named_ledger(payload: bytes) -> dict[str, Any] | None:
    """Return the entry of the ledger that a statement names; None where it names none."""
    try:
        entry = json.loads(payload)["predicate"].get("ledger")
        sound = entry is None or (isinstance(entry["entries"], int) and isinstance(entry["head"], str))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return entry if sound else None


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
