"""The canonical table of pay that is tied to satisfaction."""

from __future__ import annotations

from types import MappingProxyType

from auditlib.contracts.columns import CODE, DAY, NUMBER, SHARE, UNIT, key, link
from auditlib.contracts.types import Column, Table

LEVEL_NOUNS = MappingProxyType(
    {
        "unit": ("unit", "units"),
        "region": ("region", "regions"),
        "unit_type": ("kind of unit", "kinds of unit"),
        "country": ("country", "countries"),
        "subdivision": ("state", "states"),
        "ownership": ("kind of owner", "kinds of owner"),
        "manager": ("manager", "managers"),
    }
)
"""What pay may be linked by, unit by unit or as one, with its words."""
GROUPINGS = tuple(name for name in LEVEL_NOUNS if name != "unit")
"""What linked units are looked at by, where the register of links does not say what was linked as one."""


def assignment_level(said: str) -> str:
    """Return what a register says that pay was assigned by, as columns are named.

    Examples
    --------
    >>> assignment_level(" Unit type")
    'unit_type'
    """
    return said.strip().lower().replace(" ", "_")


PAY_LINKS = Table(
    "pay_links",
    "the register of pay tied to satisfaction",
    ("link_id",),
    (
        key("link_id", "Link; the line number where the register has none."),
        Column(
            "role",
            CODE,
            "Whose pay is linked: a role's, or the unit's own.",
            required=True,
            codes=("manager", "staff", "unit"),
        ),
        UNIT,
        link("person_id", "employees", "Person paid, where the register names persons."),
        Column(
            "metric",
            CODE,
            "Metric that pay is tied to, as survey type:item:statistic (transactional:q_overall:mean): the "
            "statistic is mean, top_box, bottom_box or, on a scale of 0 to 10, nps; :n>=30 for the fewest "
            "answers and :adjusted(channel+region) for case mix may follow.",
            required=True,
        ),
        Column("weight", SHARE, "Share of variable pay tied to it; 0 where none is.", required=True),
        Column(
            "pay_period",
            CODE,
            "How often a bonus is worked out.",
            codes=("month", "quarter", "half_year", "year"),
        ),
        Column(
            "threshold",
            NUMBER,
            "Value of the metric at which the bonus starts: a mean in points of the scale, a share from 0 to "
            "1, an nps in points from -100 to 100.",
        ),
        Column("payout", CODE, "Shape of the payout curve.", codes=("linear", "step", "capped")),
        Column("starts_on", DAY, "First day of the link.", required=True),
        Column("ends_on", DAY, "Last day; empty while it runs.", empty="still running"),
        Column(
            "assigned_by",
            CODE,
            "What was linked as one: unit, manager, or a column of the register of units such as region.",
            optional=True,
        ),
    ),
    people=False,
)
