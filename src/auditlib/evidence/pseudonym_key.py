"""The key that an audit's pseudonyms are made with: random, kept in the evidence, made once for a store."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from auditlib.errors import EvidenceChanged, Problem
from auditlib.files import flush

FILE = "pseudonyms.key"
"""Its name, in the store and in the evidence of one audit."""
_BYTES = 32


def store_secret(store: Path) -> bytes:
    """Return the key of a store of evidence; it is made at random where there is none yet.

    Evidence that is made again in the same store then gives the same pseudonyms.
    """
    path = store / FILE
    if not path.is_file():
        store.mkdir(parents=True, exist_ok=True)
        draft = store / f".{FILE}.{os.getpid()}"
        _write(draft, secrets.token_bytes(_BYTES))
        try:
            os.link(draft, path)  # another process may have been first: its key holds
        except FileExistsError:
            pass
        except OSError:  # a file system without links
            draft.replace(path)
        draft.unlink(missing_ok=True)
    return _read(path)


def write_secret(folder: Path, secret: bytes | None, *, key: str) -> None:
    """Make the folder of evidence whose content address is `key`, with a key of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    if secret is not None:
        _write(folder / FILE, hmac.digest(secret, key.encode(), "sha256"))


def read_secret(folder: Path) -> bytes | None:
    """Return the key of evidence; None where its ids are shown as they are."""
    path = folder / FILE
    return _read(path) if path.is_file() else None


def _read(path: Path) -> bytes:
    try:
        content = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        content = b""
    if len(content) != _BYTES:
        remedy = "Remove it and take the evidence in again: pseudonyms will be others."
        raise EvidenceChanged(Problem("this key of pseudonyms is damaged.", file=path.name, remedy=remedy))
    return content


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii", newline="\n") as stream:
        stream.write(content.hex() + "\n")
    flush(path)
