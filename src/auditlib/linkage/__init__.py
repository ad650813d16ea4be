"""What linking pay to satisfaction did to the scores, and what would reverse that answer.

`effect` answers what the links in the register did to the paid score: managers and staff separately,
estimated jointly, with the test that can be believed, its error rate on placebo links drawn from the party's
own months, and every defensible choice beside the one made. `fairness` answers whether the link itself is
fair, `plan` says what a design could detect. A question about one role is a `PayQuestion`; every procedure
takes one.
"""

from auditlib.linkage.answer import PayAnswer, RoleExhibits
from auditlib.linkage.covariates import Covariates
from auditlib.linkage.definition import Definition
from auditlib.linkage.effect import effect, fairness, paid_panel
from auditlib.linkage.estimate import estimate
from auditlib.linkage.fair_pay import FairPay, fair_pay
from auditlib.linkage.fair_pay_answer import FairPayAnswer
from auditlib.linkage.naive_comparisons import NaiveComparisons
from auditlib.linkage.panel import Panel, panel
from auditlib.linkage.procedure import Choices, PayQuestion
from auditlib.linkage.published import Published
from auditlib.linkage.register import RoleLinks, role_links
from auditlib.linkage.result import PayEffects, RoleEffect, Unidentified

__all__ = [
    "Choices",
    "Covariates",
    "Definition",
    "FairPay",
    "FairPayAnswer",
    "NaiveComparisons",
    "Panel",
    "PayAnswer",
    "PayEffects",
    "PayQuestion",
    "Published",
    "RoleEffect",
    "RoleExhibits",
    "RoleLinks",
    "Unidentified",
    "effect",
    "estimate",
    "fair_pay",
    "fairness",
    "paid_panel",
    "panel",
    "role_links",
]
