"""One canonical JSON, and the hashes of documents and files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

BLOCK = 1 << 20
"""Bytes that are read at a time."""


def canonical(document: Any) -> str:
    """Return the one way this suite writes `document` as JSON: keys sorted, a line per value.

    Examples
    --------
    >>> print(canonical({"b": 1, "a": "ü"}), end="")
    {
     "a": "ü",
     "b": 1
    }
    """
    return json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def compact(document: Any) -> str:
    """Return `document` as the one line that is hashed.

    Examples
    --------
    >>> compact({"b": 1, "a": "x"})
    '{"a":"x","b":1}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(document: Any) -> str:
    """Return the SHA-256 of `document` as compact canonical JSON, in hexadecimal."""
    return hashlib.sha256(compact(document).encode()).hexdigest()


def hash_file(path: Path) -> tuple[str, int]:
    """Return SHA-256 (hexadecimal) and size in bytes of a file, read in blocks."""
    hasher, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            hasher.update(block)
            size += len(block)
    return hasher.hexdigest(), size


def hash_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content`, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
