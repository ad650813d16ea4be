"""Commands around samples: sample draw, sample evaluate."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditlib.cli.arguments import FinishedRun
from auditlib.errors import ParameterError, Problem
from auditlib.statements import counted

if TYPE_CHECKING:
    from auditlib.sampling.sites import Programme

sample = typer.Typer(no_args_is_help=True, help="Draw samples, write forms to fill in, and evaluate them.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.add_typer(sample, name="sample", rich_help_panel="Audit")


@sample.command()
def draw(
    directory: FinishedRun,
    sites: Annotated[
        str, typer.Option(metavar="PROGRAMME", help="Sites: initial, surveillance or recertification.")
    ] = "",
    rows: Annotated[str, typer.Option(metavar="TABLE", help="Or rows of a canonical table.")] = "",
    *,
    central: Annotated[str, typer.Option(metavar="UNIT", help="Sites: the central function.")] = "",
    choose: Annotated[
        list[str] | None, typer.Option(metavar="UNIT", help="Sites: one the auditor wants to see.")
    ] = None,
    tolerable: Annotated[float, typer.Option(help="Rows: deviation rate that would still do.")] = 0.05,
    expected: Annotated[float, typer.Option(help="Rows: deviation rate that is expected.")] = 0.0,
    confidence: Annotated[float, typer.Option(help="Rows: one-sided confidence.")] = 0.95,
    stratify: Annotated[str, typer.Option(metavar="COLUMN", help="Rows: draw from each of its values.")] = "",
    question: Annotated[str, typer.Option(help="Rows: what to ask of each row.")] = "Is the record in order?",
    seed: Annotated[int | None, typer.Option(min=0, help="Default: the seed of the run.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE.xlsx", help="Default: beside the run.")] = None,
) -> None:
    """Draw sites or rows from a finished run and write the form to fill in."""
    from auditlib.cli.messages import say
    from auditlib.sampling.sampled_run import SampleRates, cases_of, open_source, sites_of, write_form

    if bool(sites) == bool(rows):
        raise ParameterError(Problem("give either --sites PROGRAMME or --rows TABLE."))
    source = open_source(directory, seed=seed)
    if sites:
        drawn = sites_of(source, programme=_programme(sites), central=central, chosen=tuple(choose or ()))
    else:
        rates = SampleRates(tolerable, expected, confidence)
        drawn = cases_of(source, rows, rates=rates, question=question, stratify=stratify)
    path = write_form(source, drawn, at=datetime.now(UTC), out=out)
    say(f"{drawn.title}. Form: {path}")
    typer.echo(f"Sample {drawn.digest}, seed {source.seed}.")


@sample.command(name="evaluate")
def evaluate_command(
    form: Annotated[Path, typer.Argument(metavar="FORM.xlsx", help="The filled form.", show_default=False)],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Require that the sample was drawn from this run.")
    ] = None,
) -> None:
    """Read a filled form back: exact upper limit, conclusion, projection, and what else was altered.

    A filled form in the folder of samples beside its run enters the report with the next run.
    """
    from auditlib.cli.messages import say
    from auditlib.sampling.results import visited
    from auditlib.sampling.sampled_run import evaluate_form, require_entered

    filled, evaluation = evaluate_form(form)
    if run is not None:
        require_entered(filled.drawn, run)
        typer.echo("The sample is the one entered in the ledger of the run.")
    if evaluation is None:
        count, missed = visited(filled)
        remark = f" Not visited: {', '.join(missed)}." if missed else ""
        say(f"{count} of {counted(len(filled.answers), 'site was', 'sites were')} visited.{remark}")
    else:
        for sentence in evaluation.summary():
            say(sentence)
    _show_altered(filled.altered)


def _show_altered(altered: tuple[str, ...]) -> None:
    from auditlib.cli.messages import say

    typer.echo("Altered besides the answers:" if altered else "Nothing but the answers was altered.")
    for change in altered:
        say(f"  {change}")


def _programme(name: str) -> Programme:
    from auditlib.sampling.sites import Programme

    try:
        return Programme(name)
    except ValueError:
        programmes = ", ".join(programme.value for programme in Programme)
        raise ParameterError(
            Problem(f"there is no programme {name!r}.", remedy=f"There are {programmes}.")
        ) from None
