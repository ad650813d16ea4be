"""The manifest signed: an in-toto statement about it in a DSSE envelope, Ed25519.

The envelope lies beside the manifest, which names every other file by its hash, so one signature covers the
run. It also names the last entry of the ledger, so that entries before it cannot be cut off unnoticed.
DSSE 1.0 signs the type together with the payload; in-toto Statement 1 names its subject by hash.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auditlib.errors import Problem, VerificationFailed
from auditlib.runs import ed25519
from auditlib.runs.atomic import canonical, hash_file, write_bytes
from auditlib.runs.keys import key_id, read_public, read_secret
from auditlib.runs.ledger import Entry, head_of, holds, ledger_path
from auditlib.runs.manifest import NAME, Manifest
from auditlib.runs.verify import SIGNATURE, verify

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:auditlib:sealed-run:1"


def sign_run(directory: Path, *, key: Path) -> str:
    """Verify a finished run and sign its manifest; return the id of the key.

    A run may carry signatures by several keys. Signing again with the same key changes nothing, but for the
    entries that the ledger has gained since.
    """
    secret = read_secret(key)
    public = ed25519.public_key(secret)
    verified = verify(directory)
    path = directory / SIGNATURE
    others = [one for one in _signatures(path) if one["keyid"] != key_id(public)] if path.exists() else []
    statement = _statement(directory, verified.manifest, ledger=head_of(verified.ledger))
    # signatures of one envelope are of one text: who signs after others signs what they signed
    payload = _payload(path) if others else canonical(statement).encode()
    made = {"keyid": key_id(public), "sig": _base64(ed25519.sign(secret, _signed_text(payload)))}
    envelope = {
        "payload": _base64(payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": sorted([*others, made], key=lambda one: one["keyid"]),
    }
    write_bytes(path, canonical(envelope).encode())
    return key_id(public)


def check_signature(directory: Path, manifest: Manifest, *, key: Path) -> str:
    """Require that the manifest in `directory` is signed by `key`, a public key; return the key's id.

    Raises
    ------
    VerificationFailed
        Where there is no signature, none by this key, or one that is not good.
    """
    public = read_public(key)
    path = directory / SIGNATURE
    if not path.is_file():
        raise VerificationFailed(Problem("the run is not signed.", SIGNATURE))
    check_envelope(directory, manifest)
    payload = _payload(path)
    own = [one for one in _signatures(path) if one["keyid"] == key_id(public)]
    if not own:
        raise VerificationFailed(Problem(f"no signature is by the key in {key}.", SIGNATURE))
    if not all(ed25519.verify(public, _signed_text(payload), base64.b64decode(one["sig"])) for one in own):
        raise VerificationFailed(Problem(f"the signature by the key in {key} is not good.", SIGNATURE))
    return key_id(public)


def check_envelope(directory: Path, manifest: Manifest, *, ledger: Sequence[Entry] = ()) -> tuple[str, ...]:
    """Require that the envelope speaks of this very manifest; return the ids of the keys it names.

    This does not check who signed: that needs a public key.

    Parameters
    ----------
    ledger
        Entries of the ledger beside the run, which must hold the one that was the last when it was signed;
        none where the run was handed over without.
    """
    path = directory / SIGNATURE
    payload = _payload(path)
    named = _named_ledger(payload)
    if payload != canonical(_statement(directory, manifest, ledger=named)).encode():
        raise VerificationFailed(
            Problem("the signature is about another manifest.", SIGNATURE, remedy="Sign the run again.")
        )
    if named and ledger and not holds(ledger, number=named["entries"], head=named["head"]):
        name = ledger_path(Path(), manifest.audit).name
        message = "lacks entries that were there when the run was signed, or is another ledger."
        raise VerificationFailed(Problem(message, name, remedy="Restore the ledger from a copy."))
    return tuple(one["keyid"] for one in _signatures(path))


def _named_ledger(payload: bytes) -> dict[str, Any] | None:
    """Return the entry of the ledger that a statement names; None where it names none."""
    try:
        named = json.loads(payload)["predicate"].get("ledger")
        sound = named is None or (isinstance(named["entries"], int) and isinstance(named["head"], str))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return named if sound else None


def _statement(directory: Path, manifest: Manifest, *, ledger: Mapping[str, Any] | None) -> dict[str, Any]:
    sha256, _ = hash_file(directory / NAME)
    predicate = {"audit": manifest.audit, "key": manifest.key, "seal": manifest.seal}
    return {
        "_type": STATEMENT,
        "subject": [{"name": NAME, "digest": {"sha256": sha256}}],
        "predicateType": PREDICATE,
        "predicate": predicate | ({"ledger": dict(ledger)} if ledger else {}),
    }


def _signed_text(payload: bytes) -> bytes:
    """Return the pre-authentication encoding of DSSE: lengths and contents of type and payload."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _envelope(path: Path) -> Mapping[str, Any]:
    try:
        envelope = json.loads(path.read_bytes())
        base64.b64decode(envelope["payload"], validate=True)
        sound = envelope["payloadType"] == PAYLOAD_TYPE and canonical(envelope).encode() == path.read_bytes()
        for one in envelope["signatures"]:
            base64.b64decode(one["sig"], validate=True)
            sound = sound and isinstance(one["keyid"], str) and set(one) == {"keyid", "sig"}
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        sound, envelope = False, {}
    if not sound:
        raise VerificationFailed(
            Problem("was altered: it is no signature envelope of this suite.", SIGNATURE)
        )
    return dict(envelope)


def _payload(path: Path) -> bytes:
    return base64.b64decode(_envelope(path)["payload"])


def _signatures(path: Path) -> list[dict[str, str]]:
    return list(_envelope(path)["signatures"])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
