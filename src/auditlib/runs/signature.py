"""The manifest signed: an in-toto statement about it in a DSSE envelope, Ed25519.

The envelope lies beside the manifest, which names every other file by its hash, so one signature covers the
run. DSSE 1.0 signs the type together with the payload; in-toto Statement 1 names its subject by hash.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from auditlib.errors import Problem, VerificationFailed
from auditlib.runs import ed25519
from auditlib.runs.atomic import canonical, hash_file, write_bytes
from auditlib.runs.keys import key_id, read_public, read_secret
from auditlib.runs.manifest import NAME, Manifest
from auditlib.runs.verify import SIGNATURE, verify

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:auditlib:sealed-run:1"


def sign_run(directory: Path, *, key: Path) -> str:
    """Verify a finished run and sign its manifest; return the id of the key.

    A run may carry signatures by several keys. Signing again with the same key changes nothing.
    """
    secret = read_secret(key)
    public = ed25519.public_key(secret)
    manifest = verify(directory).manifest
    path = directory / SIGNATURE
    payload = canonical(_statement(directory, manifest)).encode()
    others = [one for one in _signatures(path) if one["keyid"] != key_id(public)] if path.exists() else []
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
    payload = base64.b64decode(_envelope(path)["payload"])
    own = [one for one in _signatures(path) if one["keyid"] == key_id(public)]
    if not own:
        raise VerificationFailed(Problem(f"no signature is by the key in {key}.", SIGNATURE))
    if not all(ed25519.verify(public, _signed_text(payload), base64.b64decode(one["sig"])) for one in own):
        raise VerificationFailed(Problem(f"the signature by the key in {key} is not good.", SIGNATURE))
    return key_id(public)


def check_envelope(directory: Path, manifest: Manifest) -> tuple[str, ...]:
    """Require that the envelope speaks of this very manifest; return the ids of the keys it names.

    This does not check who signed: that needs a public key.
    """
    path = directory / SIGNATURE
    payload = base64.b64decode(_envelope(path)["payload"])
    if payload != canonical(_statement(directory, manifest)).encode():
        raise VerificationFailed(
            Problem("the signature is about another manifest.", SIGNATURE, remedy="Sign the run again.")
        )
    return tuple(one["keyid"] for one in _signatures(path))


def _statement(directory: Path, manifest: Manifest) -> dict[str, Any]:
    sha256, _ = hash_file(directory / NAME)
    return {
        "_type": STATEMENT,
        "subject": [{"name": NAME, "digest": {"sha256": sha256}}],
        "predicateType": PREDICATE,
        "predicate": {"audit": manifest.audit, "key": manifest.key, "seal": manifest.seal},
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


def _signatures(path: Path) -> list[dict[str, str]]:
    return list(_envelope(path)["signatures"])


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
