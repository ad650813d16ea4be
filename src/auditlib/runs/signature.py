"""Signing a finished run."""

from __future__ import annotations

from pathlib import Path

from auditlib.files import write_bytes
from auditlib.runs import ed25519
from auditlib.runs.envelope import (
    SIGNATURE,
    Envelope,
    envelope_bytes,
    read_envelope,
    signed_text,
    statement,
)
from auditlib.runs.keys import key_id, read_secret
from auditlib.runs.ledger import head_of
from auditlib.runs.verifying import verify


def sign_run(directory: Path, *, key: Path) -> str:
    """Verify a finished run and sign its manifest; return the id of the key.

    A run may carry signatures by several keys. Signing again with the same key changes nothing, but for the
    entries that the ledger has gained since.
    """
    secret = read_secret(key)
    own = key_id(ed25519.public_key(secret))
    verified = verify(directory)
    there = read_envelope(directory)
    others = {name: made for name, made in there.signatures.items() if name != own} if there else {}
    payload = statement(directory, verified.manifest, ledger=head_of(verified.ledger))
    if there and others:  # signatures of one envelope are of one text: who signs later signs what they signed
        payload = there.payload
    signed = Envelope(payload, {**others, own: ed25519.sign(secret, signed_text(payload))})
    write_bytes(directory / SIGNATURE, envelope_bytes(signed))
    return own
