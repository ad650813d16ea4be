"""Signatures against the vectors of RFC 8032, section 7.1, and against another implementation."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from auditlib.seal import keys
from auditlib.seal.keys import make_keys, read_public, read_secret

VECTORS = [
    # secret key, public key, message, signature: RFC 8032, 7.1, tests 1 to 3
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), VECTORS)
def test_published_vectors(secret: str, public: str, message: str, signature: str) -> None:
    key, text, made = bytes.fromhex(secret), bytes.fromhex(message), bytes.fromhex(signature)
    assert keys.public_key(key).hex() == public
    assert keys.sign(key, text) == made
    assert keys.proves(bytes.fromhex(public), text, made)


def test_whatever_is_changed_the_signature_fails() -> None:
    secret, public, message, signature = (bytes.fromhex(part) for part in VECTORS[2])
    for index in range(0, 64, 7):
        for bit in (1, 128):
            wrong = signature[:index] + bytes([signature[index] ^ bit]) + signature[index + 1 :]
            assert not keys.proves(public, message, wrong)
    assert not keys.proves(public, message + b"x", signature)
    assert not keys.proves(keys.public_key(bytes(32)), message, signature)
    assert not keys.proves(public[:-1], message, signature)
    assert not keys.proves(public, message, signature + b"x")
    assert keys.sign(secret, message) == signature


def test_an_oversized_scalar_is_refused() -> None:
    """The same signature with the group order added to S must not pass: signatures have one form."""
    _, public, message, signature = (bytes.fromhex(part) for part in VECTORS[2])
    order = 2**252 + 27742317777372353535851937790883648493
    large = int.from_bytes(signature[32:], "little") + order
    assert not keys.proves(public, message, signature[:32] + large.to_bytes(32, "little"))


EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022  # a point of order 8


@pytest.mark.parametrize("y", [0, 1, EIGHTH, 2**255 - 19 - EIGHTH, 2**255 - 20])
def test_a_public_key_of_small_order_is_refused(y: int) -> None:
    weak = y.to_bytes(32, "little")
    assert not keys.proves(weak, b"anything", (1).to_bytes(32, "little") + bytes(32))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_our_keys_and_signatures(tmp_path: Path) -> None:
    secret, public = make_keys(tmp_path / "a")
    message, signature = tmp_path / "message", tmp_path / "signature"
    message.write_bytes(b"sealed")
    signature.write_bytes(keys.sign(read_secret(secret), b"sealed"))
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", public, "-rawin", "-in", message]
    done = subprocess.run([*words, "-sigfile", signature], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    other = tmp_path / "theirs"
    subprocess.run(
        ["openssl", "pkeyutl", "-sign", "-inkey", secret, "-rawin", "-in", message, "-out", other], check=True
    )
    assert keys.proves(read_public(public), b"sealed", other.read_bytes())
