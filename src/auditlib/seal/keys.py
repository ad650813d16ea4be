"""Ed25519 (RFC 8032, section 5.1): keys as PEM files that other tools read, and signatures on raw bytes."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from auditlib.errors import ParameterError, Problem
from auditlib.files import hash_bytes

_FIELD = 2**255 - 19
_EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset({0, 1, _EIGHTH, _FIELD - _EIGHTH, _FIELD - 1})
"""The y coordinates of the eight points whose order divides 8: under such a key anyone can sign anything."""


def make_keys(stem: Path) -> tuple[Path, Path]:
    """Write a new key pair: ``<stem>.key`` (secret, for its owner alone) and ``<stem>.pub``."""
    key = Ed25519PrivateKey.generate()
    secret, public = stem.with_name(f"{stem.name}.key"), stem.with_name(f"{stem.name}.pub")
    for path in (secret, public):
        if path.exists():
            remedy = "Choose another name; keys are not replaced."
            raise ParameterError(Problem("there is a key already.", str(path), remedy=remedy))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(secret, pem, mode=0o600)
    _write_new(public, _public_form(key.public_key(), Encoding.PEM), mode=0o644)
    return secret, public


def read_secret(path: Path) -> bytes:
    """Return the secret key (32 bytes) in `path`."""
    try:
        key = load_pem_private_key(_content(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it is encrypted
        raise _no_key(path, "secret") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise _no_key(path, "secret")
    return key.private_bytes_raw()


def read_public(path: Path) -> bytes:
    """Return the public key (32 bytes) in `path`."""
    try:
        key = load_pem_public_key(_content(path))
    except (ValueError, UnsupportedAlgorithm):
        raise _no_key(path, "public") from None
    if not isinstance(key, Ed25519PublicKey):
        raise _no_key(path, "public")
    return key.public_bytes_raw()


def key_id(public: bytes) -> str:
    """Return the name of a public key: the SHA-256 of its DER form."""
    return hash_bytes(_public_form(Ed25519PublicKey.from_public_bytes(public), Encoding.DER))


def public_key(secret: bytes) -> bytes:
    """Return the public key of a secret key."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def sign(secret: bytes, message: bytes) -> bytes:
    """Return the signature (64 bytes) of `message`."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def proves(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether `signature` is that of `message` by the owner of `public`.

    A key of small order, which the library lets pass, is refused.
    """
    if int.from_bytes(public, "little") % 2**255 % _FIELD in _SMALL_ORDER:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _public_form(key: Ed25519PublicKey, encoding: Encoding) -> bytes:
    return key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParameterError(Problem(f"it cannot be read: {error.strerror}.", str(path))) from None


def _no_key(path: Path, kind: str) -> ParameterError:
    message, remedy = f"this is no {kind} Ed25519 key in PEM form.", "Make keys with auditlib keygen."
    return ParameterError(Problem(message, str(path), remedy=remedy))
