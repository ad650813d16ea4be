"""Why nothing can be said of what a link did: in the place of the result, so that a run goes on."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from auditlib.linkage.register import ROLES, roles_in
from auditlib.records import Basis, Finding, Number, Refusal, Sentence

NOT_ASSESSABLE = "not assessable"
KEY, FAIR_KEY = "not_assessable:pay_link", "not_assessable:fair_pay"


@dataclass(frozen=True, slots=True, eq=False)
class UnansweredLinkage:
    """No effect and no comparison, with the reason.

    Parameters
    ----------
    why
        What is lacking, and what would make the question answerable.
    register
        The canonical table ``pay_links``; without rows where there is none.
    """

    why: Refusal
    register: pd.DataFrame

    by = ("role",)
    panel = None
    roles: tuple[()] = ()
    readings: tuple[()] = ()
    fewest: tuple[()] = ()

    @property
    def basis(self) -> Basis:
        """The register of links: all there is, if it is there."""
        return Basis("pay_links")

    @property
    def links_basis(self) -> Basis:
        """The register of links."""
        return Basis("pay_links")

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role: role, claim, and why there is no estimate."""
        asked = ROLES if self.register.empty else roles_in(self.register)
        rows = [(role, NOT_ASSESSABLE, self.why.reason) for role in asked]
        return pd.DataFrame(rows, columns=["role", "claim", "why"])

    def adoption(self) -> pd.DataFrame:
        """Return no row: without a paid question there are no months to place a link on."""
        return pd.DataFrame(columns=["role", "month", "units", "weight"])

    def simple(self) -> pd.DataFrame:
        """Return no row: there are no scores to compare."""
        return pd.DataFrame(columns=["role", "reading", "estimate"])

    def shifted(self) -> pd.DataFrame:
        """Return no row: what else moved is asked beside the paid question only."""
        return pd.DataFrame(columns=["role", "what", "meaning"])

    def summary(self) -> tuple[Sentence, ...]:
        """Return that the question cannot be answered, why, and what would change it."""
        text = f"What linking pay to satisfaction did to the scores is not assessable: {self.why.reason}"
        return (Sentence(f"{text} {self.why.remedy}".strip(), (KEY,)),)

    def numbers(self) -> tuple[Number, ...]:
        """Return one number without value, with the reason."""
        return (Number(KEY, None, reason=f"{self.why.reason} {self.why.remedy}".strip()),)

    def said(self, subject: str) -> tuple[Sentence, ...]:
        """Return nothing: there is no exhibit to read."""
        return ()

    def advice(self) -> tuple[Sentence, ...]:
        """Return what would make the question answerable."""
        return (Sentence(self.why.remedy),) if self.why.remedy else ()

    def limits(self) -> tuple[Sentence, ...]:
        """Return that an unanswered question speaks for nobody."""
        text = "That no effect is stated here is no sign that there was none, and no sign that there was one."
        return (Sentence(text),)

    def findings(self, *, notebook: str) -> tuple[Finding, ...]:
        """Return none: what was not measured is no finding."""
        return ()


@dataclass(frozen=True, slots=True, eq=False)
class UnansweredPay:
    """Why nothing can be said of whether pay is fair: there is no register to judge."""

    why: Refusal

    by = ("role",)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per role a standard asks for, with the reason."""
        rows = [(role, NOT_ASSESSABLE, self.why.reason) for role in ROLES]
        return pd.DataFrame(rows, columns=["role", "claim", "why"])

    def compared(self) -> pd.DataFrame:
        """Return no row: no paid metric is known."""
        return pd.DataFrame(columns=["metric", "links", "hash", "audited", "differs"])

    def numbers(self) -> tuple[Number, ...]:
        """Return one number without value, with the reason."""
        return (Number(FAIR_KEY, None, reason=f"{self.why.reason} {self.why.remedy}".strip()),)

    def summary(self) -> tuple[Sentence, ...]:
        """Return that fairness cannot be judged, and why."""
        return (Sentence(f"Whether the links are fair is not assessable: {self.why.reason}", (FAIR_KEY,)),)

    def findings(self, *, notebook: str) -> tuple[Finding, ...]:
        """Return none: what was not measured is no finding."""
        return ()
