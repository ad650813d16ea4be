"""The command that says which effect of linking pay a design could show: plan linkage."""

from __future__ import annotations

from typing import Annotated

import typer

from auditlib.cli.plan_benchmark import plan_group
from auditlib.errors import ParameterError, Problem


def register(app: typer.Typer) -> None:
    """Add the command of this module to the group ``plan`` of `app`."""
    plan_group(app).command(name="linkage")(linkage)


def linkage(
    *,
    units: Annotated[int, typer.Option(min=2, help="Units in all.")] = 40,
    linked: Annotated[int, typer.Option(min=1, help="Units whose pay will be linked.")] = 20,
    months: Annotated[int, typer.Option(min=2, help="Months in all.")] = 36,
    before: Annotated[int, typer.Option(min=1, help="Months before the link.")] = 12,
    responses: Annotated[float, typer.Option(min=0.1, help="Answers per unit and month.")] = 13.0,
    response_sd: Annotated[float, typer.Option(min=0.01, help="Spread of single answers, in points.")] = 0.9,
    drift_sd: Annotated[float, typer.Option(min=0.0, help="How far units wander by themselves.")] = 0.12,
    memory: Annotated[float, typer.Option(min=0.0, max=0.99, help="How much of it stays a month.")] = 0.55,
) -> None:
    """Show the smallest effect of linking pay that a design would detect."""
    from auditlib.compensation.plan import LinkDesign
    from auditlib.compensation.plan import plan as planned
    from auditlib.records import Refusal

    power = planned(LinkDesign(units, linked, months, before, responses, response_sd, drift_sd, memory))
    if isinstance(power, Refusal):
        raise ParameterError(Problem(power.reason, remedy=power.remedy))
    for sentence in power.summary():
        typer.echo(str(sentence))
