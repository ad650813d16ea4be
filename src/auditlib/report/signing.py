"""The sign-off page: who signed a sealed run off, as what and when; made after the seal, kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditlib.report.document import environment, sheet_for


@dataclass(frozen=True, slots=True)
class Signatory:
    """One person's sign-off, as the ledger holds it."""

    role: str
    name: str
    at: str
    entry: int = 0
    head: str = ""
    """Number and hash of the entry in the ledger."""


def sign_off_page(
    *,
    party: str,
    audit: str,
    period: str,
    seal: str,
    report: str,
    signed: Sequence[Signatory],
) -> str:
    """Return one page that names the sealed run and everybody who signed it off.

    Parameters
    ----------
    party, audit, period
        As on the cover of the report.
    seal
        Seal of the manifest that was signed off.
    report
        SHA-256 of its ``report.html``.
    signed
        Preparer first.
    """
    heading = f"{party}, {period}"
    sheet, digest = sheet_for(heading)
    return (
        environment()
        .get_template("signing.html.j2")
        .render(
            party=party,
            audit=audit,
            period=period,
            seal=seal,
            report=report,
            signed=signed,
            missing=[
                role
                for role in ("preparer", "reviewer")
                if role not in {signature.role for signature in signed}
            ],
            sheet=sheet,
            sheet_digest=digest,
        )
    )
