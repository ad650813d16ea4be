"""Ed25519 signatures (RFC 8032, section 5.1) on raw keys, made and checked by the library `cryptography`."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_FIELD = 2**255 - 19
_EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_SMALL_ORDER = frozenset({0, 1, _EIGHTH, _FIELD - _EIGHTH, _FIELD - 1})
"""The y coordinates of the eight points whose order divides 8: under such a key anyone can sign anything."""


def public_key(secret: bytes) -> bytes:
    """Return the public key (32 bytes) of a secret key (32 random bytes)."""
    return Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def sign(secret: bytes, message: bytes) -> bytes:
    """Return the signature (64 bytes) of `message`."""
    return Ed25519PrivateKey.from_private_bytes(secret).sign(message)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
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
