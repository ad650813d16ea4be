"""What linking pay to satisfaction did to the scores, and what would reverse that answer.

`effect` answers what the links in the register did to the paid score: managers and staff separately,
estimated jointly, with the test that can be believed, its error rate on placebo links drawn from the party's
own months, and every defensible choice beside the one made. `fairness` answers whether the link itself is
fair, `plan` says what a design could detect. A question about one role is a `PayQuestion`; every procedure
takes one.
"""

from auditlib.compensation.answer import PayAnswer, RoleExhibits
from auditlib.compensation.covariates import Covariates
from auditlib.compensation.definition import Definition
from auditlib.compensation.effect import effect, fairness, paid_panel
from auditlib.compensation.estimate import estimate
from auditlib.compensation.fair_pay import FairPay, fair_pay
from auditlib.compensation.fair_pay_answer import FairPayAnswer
from auditlib.compensation.naive_comparisons import NaiveComparisons
from auditlib.compensation.panel import Panel, panel
from auditlib.compensation.procedure import Choices, PayQuestion
from auditlib.compensation.published import Published
from auditlib.compensation.register import RoleLinks, role_links
from auditlib.compensation.result import PayEffects, RoleEffect, Unidentified

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
