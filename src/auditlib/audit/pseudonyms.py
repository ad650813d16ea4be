"""Pseudonyms: what stands for the client's ids in everything that is handed over.

The same id has the same pseudonym all over an audit, and another one in the next. It is made with a key that
stays with the evidence: who has no evidence can neither resolve one nor try ids out.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32encode

from auditlib.contracts.identities import LETTERS

SIGNS = 10
"""Signs after the letter, five bits each: of a million ids of one kind two share one in 1 of 2,000 audits."""
FORM = re.compile(rf"[A-Z][A-Z2-7]{{{SIGNS}}}")
_BYTES = 7


class Pseudonyms:
    """Makes the pseudonyms of one audit; without a key, ids stay as they are."""

    def __init__(self, secret: bytes | None) -> None:
        self._secret = secret or bytes(32)
        self.used = secret is not None
        self._made: dict[tuple[str, str], str] = {}

    def of(self, kind: str, value: str) -> str:
        """Return the pseudonym of an id or word of the client.

        Parameters
        ----------
        kind
            What it names: a key of `LETTERS`. One text names different things in different kinds.
        """
        pseudonym = self._made.get((kind, value))
        if pseudonym is None:
            digest = hmac.digest(
                self._secret, f"{kind}\x1f{value}".encode("utf-8", "surrogatepass"), "sha256"
            )
            pseudonym = LETTERS[kind] + b32encode(digest[:_BYTES]).decode("ascii")[:SIGNS]
            self._made[kind, value] = pseudonym
        return pseudonym
