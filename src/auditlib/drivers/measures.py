"""What standards ask about drivers of dissatisfaction and the actions on them."""

from __future__ import annotations

from auditlib.contracts import CanonicalTables
from auditlib.drivers.causes import COMPLAINTS, FOLLOW_UPS, counted_causes
from auditlib.drivers.coverage import Covered, covered, fixes_of
from auditlib.drivers.statements import plain
from auditlib.records import Basis, EvidenceLevel, Measurement, Statistic
from auditlib.standards.measure import Context, measure, nothing
from auditlib.standards.observed import IN_PERIOD, whole_of
from auditlib.standards.supplied import lacking
from auditlib.statements import listed

_NEEDED = {
    COMPLAINTS: ("complaints.cause_code",),
    FOLLOW_UPS: ("follow_ups.cause_code", "follow_ups.reached", "responses"),
}
"""What a source of causes must say, where it is supplied at all."""


@measure(
    "drivers_covered",
    needs=("fixes", "fixes.owner_id", "fixes.action_type", "fixes.unit_id"),
    statistic=Statistic.COUNT,
    register=True,
)
def drivers_covered(tables: CanonicalTables, context: Context, *, top: int) -> Measurement:
    """Share of the causes that customers name most often which an owned action covers for every unit.

    Named in coded complaints and follow-up contacts of the period. An action covers a cause where the
    register of fixes names it, with one owner and a change of policy, procedure or system.
    """
    sources = [name for name in (COMPLAINTS, FOLLOW_UPS) if name in tables.tables]
    needed = [need for name in sources for need in (name, *_NEEDED[name])]
    missing = lacking(needed, tables, context.run, {})
    if missing:
        return nothing(missing)
    causes = list(counted_causes(tables))[:top]
    fixes = fixes_of(tables)
    open_ = [cause for cause in causes if covered([cause], fixes) is not Covered.YES]
    return whole_of(
        1 - len(open_) / max(1, len(causes)),
        len(causes),
        basis=[Basis("fixes"), *(Basis(name, IN_PERIOD) for name in sources)],
        none="no complaint or follow-up contact of the period names a coded cause",
        level=EvidenceLevel.REGISTER,
        reason=f"not covered: {listed([plain(cause) for cause in open_])}" if open_ else "",
    )
