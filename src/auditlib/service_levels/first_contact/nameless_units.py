"""Units of which no contact names its customer: nobody there is known to have come back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from auditlib.contracts.frames import to_pandas
from auditlib.records import Basis, Number

if TYPE_CHECKING:
    import narwhals as nw


@dataclass(frozen=True, slots=True)
class NamelessUnits:
    """Units of which no contact names its customer, in the order of their ids, and their contacts."""

    unit_ids: tuple[str, ...]
    contacts: int

    def facts(self) -> Iterator[Number]:
        """Yield how many units and contacts these are, where there are any."""
        if self.unit_ids:
            basis = (Basis("interactions"),)
            yield Number("units_nameless", len(self.unit_ids), "units", basis=basis)
            yield Number("contacts_nameless", self.contacts, "cases", basis=basis)


NO_NAMELESS_UNITS = NamelessUnits((), 0)


def nameless_units(contacts: nw.LazyFrame[Any]) -> NamelessUnits:
    """Return the units of which no contact names its customer.

    Parameters
    ----------
    contacts
        See `matters.whole_contacts`.
    """
    import narwhals as nw

    named = (~nw.col("customer_id").is_null()).cast(nw.Int64)
    by_unit = contacts.select("unit_id", named=named).group_by("unit_id")
    units = to_pandas(by_unit.agg(contacts=nw.len(), named=nw.col("named").sum()).sort("unit_id"))
    silent = units[units["named"] == 0]
    return NamelessUnits(tuple(silent["unit_id"].astype(str)), int(silent["contacts"].sum()))
