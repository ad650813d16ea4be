"""Who stands for a finished run: signatures by keys, and sign-offs by name.

A run is signed off by one preparer, then by one reviewer who is another person.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from auditlib.errors import ParameterError, Problem, VerificationFailed
from auditlib.files import hash_bytes, write_bytes
from auditlib.report.signing import Signatory, sign_off_page
from auditlib.report.words import day
from auditlib.seal.envelope import (
    SIGNATURE,
    Envelope,
    envelope_bytes,
    read_envelope,
    signed_text,
    statement,
)
from auditlib.seal.keys import key_id, public_key, read_secret, sign
from auditlib.seal.ledger import SIGN_OFF_PAGE, SIGNED_OFF, LedgerEntry, append, head_of, read_ledger
from auditlib.seal.lock import only_writer
from auditlib.seal.manifest import REPORT, Manifest
from auditlib.seal.paths import OutputFolders
from auditlib.seal.verifying import SealedPlace, place_of, verify, wrong_page


def sign_run(directory: Path, *, key: Path) -> str:
    """Verify a finished run and sign its manifest; return the id of the key.

    A run may carry signatures by several keys. Signing again with the same key changes nothing, but for the
    entries that the ledger has gained since.
    """
    secret = read_secret(key)
    signer = key_id(public_key(secret))
    verified = verify(directory)
    envelope = read_envelope(directory)
    other_signatures = (
        {name: signature for name, signature in envelope.signatures.items() if name != signer}
        if envelope
        else {}
    )
    payload = statement(directory, verified.manifest, ledger=head_of(verified.ledger))
    if (
        envelope and other_signatures
    ):  # signatures of one envelope are of one text: who signs later signs what they signed
        payload = envelope.payload
    signed = Envelope(payload, {**other_signatures, signer: sign(secret, signed_text(payload))})
    write_bytes(directory / SIGNATURE, envelope_bytes(signed))
    return signer


class Role(StrEnum):
    """In which capacity a run is signed off."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who signed a run off, as what, and when (UTC)."""

    role: Role
    name: str
    at: str
    entry: int = 0
    head: str = ""
    """Number and hash of its entry: noted down elsewhere, they show if the ledger is ever cut before it."""


def sign_off(directory: Path, *, role: Role, name: str, at: datetime) -> SignOff:
    """Verify a finished run, enter a sign-off into its ledger, and print it on the page beside the run.

    Whoever signed off already and does it again has the page printed anew, where it is not what was entered.

    Raises
    ------
    ParameterError
        Where the preparer would be the reviewer, nobody prepared yet, or the role is taken.
    VerificationFailed
        Where the run, or the ledger, is not what was sealed.
    """
    manifest = verify(directory).manifest
    place, name = place_of(directory, manifest), " ".join(name.split())
    with only_writer(OutputFolders.around(directory, manifest.audit).lock, audit=manifest.audit):
        entries = read_ledger(place.ledger)
        _require_ledger(entries, place.ledger)
        signed_off = sign_offs(entries, seal=manifest.seal)
        again = any(before.role is role and _person(before.name) == _person(name) for before in signed_off)
        if not again or not any(wrong_page(place, manifest, entries)):
            _require_allowed(signed_off, role, name)
            facts = {"role": role.value, "name": name, "seal": manifest.seal}
            append(place.ledger, SIGNED_OFF, facts, at=at)
        _write_page(place, manifest, at=at)
        now = sign_offs(read_ledger(place.ledger), seal=manifest.seal)
        return next(entered for entered in now if entered.role is role)


def _write_page(place: SealedPlace, manifest: Manifest, *, at: datetime) -> None:
    """Print the sign-offs; the hash of the page is entered first, so that no other page is taken for it."""
    page = _page(manifest, read_ledger(place.ledger)).encode()
    sha256 = hash_bytes(page)
    append(place.ledger, SIGN_OFF_PAGE, {"seal": manifest.seal, "sha256": sha256}, at=at)
    write_bytes(place.page, page)


def _page(manifest: Manifest, entries: Sequence[LedgerEntry]) -> str:
    run, signed_off = manifest.run, sign_offs(entries, seal=manifest.seal)
    return sign_off_page(
        party=run.party.name,
        audit=run.audit,
        period=f"{day(run.period.start)} to {day(run.period.end)}",
        seal=manifest.seal,
        report=manifest.files[REPORT].sha256,
        signed=[
            Signatory(entered.role.value, entered.name, entered.at, entered.entry, entered.head)
            for entered in signed_off
        ],
    )


def sign_offs(entries: Sequence[LedgerEntry], *, seal: str) -> tuple[SignOff, ...]:
    """Return the sign-offs of the run sealed under `seal`."""
    return tuple(
        SignOff(Role(entry.facts["role"]), entry.facts["name"], entry.at, entry.number, entry.hash)
        for entry in entries
        if entry.event == SIGNED_OFF and entry.facts["seal"] == seal and entry.facts["role"] in tuple(Role)
    )


def _require_ledger(entries: Sequence[LedgerEntry], path: Path) -> None:
    if not entries:
        raise VerificationFailed(
            Problem("the ledger of the run is not beside it.", path.name, remedy="Sign off where it is kept.")
        )


def _require_allowed(signed_off: Sequence[SignOff], role: Role, name: str) -> None:
    by_role = {before.role: before.name for before in signed_off}
    if not name:
        raise ParameterError(Problem("a sign-off needs a name.", remedy="Give --name."))
    if role in by_role:
        raise ParameterError(Problem(f"{by_role[role]} has signed this run off as {role.value} already."))
    if role is Role.REVIEWER and Role.PREPARER not in by_role:
        raise ParameterError(
            Problem("nobody has signed this run off as preparer yet.", remedy="The preparer signs first.")
        )
    if any(_person(name) == _person(signatory) for signatory in by_role.values()):
        raise ParameterError(
            Problem(f"{name} prepared this run and cannot review it.", remedy="Another person reviews.")
        )


def _person(name: str) -> str:
    """Return `name` so that case, accents' encoding and spacing make nobody another person."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
