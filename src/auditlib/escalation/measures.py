"""What standards ask about following up on what customers said."""

from __future__ import annotations

import narwhals as nw

from auditlib.records import Basis, EvidenceLevel, Measurement, Statistic
from auditlib.standards.measure import Context, Tables, measure
from auditlib.standards.observed import counted, day_number, whole_of


@measure("responsibilities_filled", needs=("responsibilities",), statistic=Statistic.COUNT)
def responsibilities_filled(tables: Tables, context: Context) -> Measurement:
    """Share of the responsibility matrix on the last day of the period with a holder or a listed delegate."""
    day = day_number(context.run.period.end)
    valid = tables.lazy("responsibilities").filter(
        nw.col("valid_from") <= day, nw.col("valid_to").is_null() | (nw.col("valid_to") >= day)
    )
    filled = ~nw.col("person_id").is_null() | ~nw.col("delegate_id").is_null()
    found = counted(valid, filled=filled)
    return whole_of(
        found["filled"] / max(1, found["n"]),
        found["n"],
        basis=[Basis("responsibilities")],
        none="no entry of the responsibility matrix is valid on the last day of the period",
        level=EvidenceLevel.REGISTER,
    )
