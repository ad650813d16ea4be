"""The command that says how many answers a comparison needs: plan benchmark."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditlib.errors import ParameterError, Problem
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.benchmark.design import SampleSizes, Wishes

_EPILOG = """
[bold]From an audit's own evidence[/bold], which says how much units differ and how much answers scatter:

[cyan]auditlib plan benchmark params/runs/demo.yaml --statistic mean[/cyan]

[bold]From figures you have[/bold]: answers scatter by 0.9 (sigma), good units differ by 0.15 (tau):

[cyan]auditlib plan benchmark --sigma 0.9 --tau 0.15 --units 40[/cyan]

Reliability below 0.7 means that more than three tenths of what separates two units is chance. \
A gap is shown between two units of equal size. Places: the median of the units' 95% sets; it is \
the dearest of the wishes, because neighbours in the middle hardly differ.
"""


def plan_group(app: typer.Typer) -> typer.Typer:
    """Return the group ``plan`` of `app`, made here where nobody has."""
    groups = (group.typer_instance for group in app.registered_groups if group.name == "plan")
    if (plan := next(groups, None)) is not None:
        return plan
    words = "Plan before data is collected: what could a survey or a comparison show?"
    plan = typer.Typer(no_args_is_help=True, help=words)
    app.add_typer(plan, name="plan", rich_help_panel="Prepare")
    return plan


def register(app: typer.Typer) -> None:
    """Add the command of this module to the group ``plan`` of `app`."""
    plan_group(app).command(name="benchmark", epilog=_EPILOG)(benchmark)


def benchmark(
    run_file: Annotated[
        Path | None,
        typer.Argument(metavar="[RUN.yaml]", help="A run file whose evidence is used.", show_default=False),
    ] = None,
    *,
    data: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The client's files; default: data/<run file>.")
    ] = None,
    statistic: Annotated[str, typer.Option(help="mean, top_box, bottom_box or nps.")] = "mean",
    survey_type: Annotated[str, typer.Option(help="The only survey type to plan for.")] = "",
    sigma: Annotated[
        float | None, typer.Option(min=0, help="Standard deviation of answers within a unit.")
    ] = None,
    tau: Annotated[
        float | None, typer.Option(min=0, help="Standard deviation of true values between units.")
    ] = None,
    units: Annotated[int, typer.Option(min=2, help="Units compared, with --sigma and --tau.")] = 40,
    reliability: Annotated[float, typer.Option(min=0.01, max=0.99, help="Reliability wished for.")] = 0.7,
    gap: Annotated[
        float, typer.Option(min=1e-6, help="Gap wished for: points of the scale, or a share.")
    ] = 0.1,
    power: Annotated[float, typer.Option(min=0.5, max=0.999, help="Chance to show that gap.")] = 0.8,
    places: Annotated[int, typer.Option(min=2, help="Places the middle unit may hold at most.")] = 5,
) -> None:
    """Say how many answers each unit needs: to be compared reliably, to show a gap, to be placed."""
    from auditlib.benchmark.design import Wishes, design

    wishes = Wishes(reliability, gap, power, places)
    if sigma is not None and tau is not None and run_file is None:
        if sigma == 0:
            raise ParameterError(Problem("--sigma 0 means that all answers agree.", remedy="Give its size."))
        _show(design(sigma, tau, units=units, wishes=wishes))
        return
    if run_file is None or sigma is not None or tau is not None:
        raise ParameterError(
            Problem(
                "give either RUN.yaml, or both --sigma and --tau.",
                remedy="See auditlib plan benchmark --help.",
            )
        )
    for sizes in _from_evidence(run_file, data, statistic, survey_type, wishes):
        _show(sizes)


def _from_evidence(
    run_file: Path, data: Path | None, statistic: str, survey_type: str, wishes: Wishes
) -> list[SampleSizes]:
    """Return one design per survey type that can be compared; says on the terminal why one cannot."""
    from auditlib.audit.opening import evidence_of, place, project_root, read_run
    from auditlib.benchmark import compare
    from auditlib.benchmark.design import SampleSizes, design_of
    from auditlib.benchmark.words import title_of
    from auditlib.cli.messages import say, working
    from auditlib.parameters.engagement import Engagement

    root = project_root(run_file.resolve().parent)
    name = run_file.resolve().relative_to(root).as_posix()
    run = read_run(name, root=root)
    where = place(run, run_file=name, data=str(data.resolve()) if data else "", work="", root=root)
    with working() as progress:
        progress("Reading the evidence")
        engagement = Engagement(run, evidence_of(run, where))
        compared = compare(engagement, statistic=statistic, survey_type=survey_type).result
    for kind, refusal in compared.refusals:
        say(f"{kind}: {refusal.reason} {refusal.remedy}".strip())
    designs = []
    for comparison in compared:
        sizes = design_of(comparison, wishes=wishes, seed=run.seed)
        if isinstance(sizes, SampleSizes):
            designs.append(sizes)
        else:
            say(f"{title_of(comparison.measure)}: {sizes.reason}")
    return designs


def _show(sizes: SampleSizes) -> None:
    from rich.console import Console
    from rich.table import Table

    from auditlib.cli.messages import columns, say

    table = Table(box=None, pad_edge=False)
    for heading, side in (("To", "left"), ("answers a unit", "right"), ("all units", "right")):
        table.add_column(heading, justify="right" if side == "right" else "left")
    rows = [_row(row) for row in sizes.to_frame().to_dict("records")]
    for cells in columns(rows):
        table.add_row(*cells)
    if sizes.measured:
        say(sizes.measured)
    spread = f"Answers scatter by {sizes.sigma:.3g} within units; units differ by {sizes.tau:.3g}"
    typer.echo(f"{spread}; {counted(sizes.units, 'unit')}.")
    Console().print(table)
    for sentence in sizes.summary():
        typer.echo(str(sentence))
    typer.echo()


def _row(row: Mapping[Hashable, object]) -> tuple[str, str, str]:
    if row["why"]:
        return str(row["to"]), "none will do", "none will do"
    return str(row["to"]), f"{int(float(str(row['per_unit']))):,}", f"{int(float(str(row['all_units']))):,}"
