"""Signing keys as PEM files that other tools read: PKCS #8 (secret) and SubjectPublicKeyInfo (public)."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from pathlib import Path

from auditlib.errors import ParameterError, Problem
from auditlib.runs.ed25519 import public_key

_SECRET, _PUBLIC = "PRIVATE KEY", "PUBLIC KEY"
# RFC 8410: the DER before the 32 bytes of an Ed25519 key is always the same
_BEFORE = {
    _SECRET: bytes.fromhex("302e020100300506032b657004220420"),
    _PUBLIC: bytes.fromhex("302a300506032b6570032100"),
}


def make_keys(stem: Path) -> tuple[Path, Path]:
    """Write a new key pair: ``<stem>.key`` (secret, for its owner alone) and ``<stem>.pub``."""
    secret = secrets.token_bytes(32)
    paths = stem.with_name(f"{stem.name}.key"), stem.with_name(f"{stem.name}.pub")
    for path in paths:
        if path.exists():
            raise ParameterError(
                Problem(
                    "there is a key already.", str(path), remedy="Choose another name; keys are not replaced."
                )
            )
    _write_new(paths[0], _pem(_SECRET, secret), mode=0o600)
    _write_new(paths[1], _pem(_PUBLIC, public_key(secret)), mode=0o644)
    return paths


def read_secret(path: Path) -> bytes:
    """Return the secret key in `path`."""
    return _read(path, _SECRET)


def read_public(path: Path) -> bytes:
    """Return the public key in `path`."""
    return _read(path, _PUBLIC)


def key_id(public: bytes) -> str:
    """Return the name of a public key: the SHA-256 of its DER form."""
    return hashlib.sha256(_BEFORE[_PUBLIC] + public).hexdigest()


def _pem(kind: str, key: bytes) -> str:
    body = base64.b64encode(_BEFORE[kind] + key).decode()
    return f"-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n"


def _write_new(path: Path, text: str, *, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)


def _read(path: Path, kind: str) -> bytes:
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        first, last = lines.index(f"-----BEGIN {kind}-----"), lines.index(f"-----END {kind}-----")
        content = base64.b64decode("".join(lines[first + 1 : last]), validate=True)
    except OSError as error:
        raise ParameterError(Problem(f"it cannot be read: {error.strerror}.", str(path))) from None
    except ValueError:
        raise _no_key(path, kind) from None
    before = _BEFORE[kind]
    if not content.startswith(before) or len(content) != len(before) + 32:
        raise _no_key(path, kind)
    return content[len(before) :]


def _no_key(path: Path, kind: str) -> ParameterError:
    words = "secret" if kind == _SECRET else "public"
    return ParameterError(
        Problem(
            f"this is no {words} Ed25519 key in PEM form.",
            str(path),
            remedy="Make keys with auditlib keygen.",
        )
    )
