"""What linking pay to satisfaction did to the scores, and what would reverse that answer.

`panel` sums cells up to one value per unit and month, `estimate` says what the links in the register did to
it: managers and staff separately, estimated jointly, with the test that can be believed, its error rate on
placebo links drawn from the party's own months, and every defensible choice beside the one made. `fair_pay`
asks whether the link itself is fair, `plan` what a design could detect.
"""

from auditlib.linkage.beside import Beside
from auditlib.linkage.definition import Definition
from auditlib.linkage.estimate import estimate
from auditlib.linkage.fairness import FairPay, fair_pay
from auditlib.linkage.opened import estimate_evidence, fair_pay_evidence, paid_panel
from auditlib.linkage.panel import Panel, panel
from auditlib.linkage.procedure import Choices
from auditlib.linkage.published import Published
from auditlib.linkage.readings import NaiveComparisons
from auditlib.linkage.register import RoleLinks, role_links
from auditlib.linkage.result import LinkageResult, RoleEffect
from auditlib.linkage.unanswered import UnansweredLinkage, UnansweredPay
from auditlib.linkage.unidentified import PublishedLinkage

__all__ = [
    "Beside",
    "Choices",
    "Definition",
    "FairPay",
    "LinkageResult",
    "NaiveComparisons",
    "Panel",
    "Published",
    "PublishedLinkage",
    "RoleEffect",
    "RoleLinks",
    "UnansweredLinkage",
    "UnansweredPay",
    "estimate",
    "estimate_evidence",
    "fair_pay",
    "fair_pay_evidence",
    "paid_panel",
    "panel",
    "role_links",
]
