"""Commands around standards: standards list, show, check, diff, characteristic; restate; what-if."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditlib.cli.arguments import FinishedRun
from auditlib.errors import ParameterError, Problem
from auditlib.errors.values import named

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.standards.edition import Edition

_PANEL = "Standards"
_Standard = Annotated[str, typer.Argument(metavar="STANDARD@YEAR", help="An edition.", show_default=False)]

standards = typer.Typer(no_args_is_help=True, help="Look at editions of a standard, check and compare them.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `app`."""
    app.add_typer(standards, name="standards", rich_help_panel=_PANEL)
    app.command(rich_help_panel=_PANEL)(restate)
    app.command(name="what-if", rich_help_panel=_PANEL)(what_if)


@standards.command(name="list")
def list_editions() -> None:
    """List the editions there are, with their dates."""
    from auditlib.audit.standard import editions, read_edition

    root = _root()
    listing = [read_edition(name, root=root) for name in editions(root=root)]
    _table(
        ("standard", "in effect", "criteria", "must-pass", "pass mark"),
        [
            (
                edition.name,
                f"{edition.effective_from} to {edition.effective_to}",
                str(len(edition.criteria)),
                str(sum(criterion.must_pass for criterion in edition.criteria)),
                f"{edition.rule.pass_mark:.0%}",
            )
            for edition in listing
        ],
    )


@standards.command()
def show(
    standard: _Standard,
    criterion: Annotated[str, typer.Argument(help="One criterion, in full; default: all, briefly.")] = "",
) -> None:
    """Show what an edition demands."""
    from auditlib.audit.standard import read_edition
    from auditlib.standards.words import briefly, in_full

    edition = read_edition(standard, root=_root())
    if criterion:
        if criterion not in edition.ids:
            raise ParameterError(
                Problem(
                    f"{edition.name} has no criterion {named(criterion)}.",
                    remedy=f"It has {', '.join(edition.ids)}.",
                )
            )
        _table(("", ""), in_full(edition.criterion(criterion)))
        return
    _table(
        ("criterion", "demand", "target", "kind", "grade", "weight"),
        [briefly(criterion) for criterion in edition.criteria],
    )


@standards.command()
def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STANDARD@YEAR|PROFILE|POLICY|DEFINITIONS]...", help="Default: every one of the project."
        ),
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Day on which waivers must hold; default: none is asked for."
        ),
    ] = None,
) -> None:
    """Check editions, profiles, policies with calendars and definitions; name every problem at once."""
    from auditlib.audit.law import checked, law_names

    root = _root()
    chosen = tuple(names or law_names(root=root))
    problems = [problem for name in chosen for problem in checked(name, root=root, day=_day(on))]
    if problems:
        raise ParameterError(*problems)
    typer.echo(f"Sound: {', '.join(chosen)}.")


@standards.command()
def diff(before: _Standard, after: _Standard) -> None:
    """Show what changed between two editions, and why."""
    from auditlib.audit.standard import read_edition
    from auditlib.standards.difference import difference
    from auditlib.standards.rule_changes import rule_difference

    root = _root()
    old, new = (read_edition(name, root=root) for name in (before, after))
    rule, criteria = rule_difference(old, new), difference(old, new)
    _table(
        ("what", "change", "before", "after", "reason"),
        [
            (change.criterion, change.change.value, change.before, change.after, change.reason)
            for change in (*rule, *criteria)
        ],
    )
    typer.echo(_counted([criterion.change.value for criterion in criteria], new))
    if rule:
        beside = ", ".join(f"{change.criterion} {change.change}" for change in rule)
        typer.echo(f"Beside the criteria: {beside}.")


@standards.command()
def characteristic(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[STANDARD@YEAR]...", help="Default: every edition of the project."),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Draw it too, as two pictures for each edition and size."),
    ] = None,
) -> None:
    """Write beside an edition how likely each of its outcomes is, by what is true and at stated sizes.

    The chance of met, not met and left open is computed for every criterion that chance has a part in, and
    drawn for the decision. Make it again whenever an edition changes.

    """
    from auditlib.audit.standard import editions, write_characteristic

    root = _root()
    for name in names or editions(root=root):
        typer.echo(f"Written: {write_characteristic(name, root=root)}.")
        if figures is not None:
            _draw_characteristic(name, root, figures)


def _draw_characteristic(name: str, root: Path, folder: Path) -> None:
    from auditlib.audit.standard import measures, read_edition
    from auditlib.figures.characteristic import pictures
    from auditlib.files import write_text
    from auditlib.standards.edition_characteristic import SIZES, edition_characteristic

    edition = read_edition(name, root=root)
    for n in SIZES:
        known = edition_characteristic(edition, measures(), n=n)
        for part, svg in pictures(known).items():
            write_text(folder / f"{edition.standard}-{edition.year}-{n}-{part}.svg", svg)


def restate(
    directory: FinishedRun,
    standard: Annotated[str, typer.Option(metavar="STANDARD@YEAR", help="The other edition.")],
) -> None:
    """Judge a finished run by another edition, from the evidence it kept."""
    from auditlib.seal.restate import restate as restated

    restatement = restated(directory, standard=standard)
    _frame(restatement.differing())
    for sentence in restatement.summary():
        typer.echo(str(sentence))


def what_if(
    directory: FinishedRun,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CRITERION=VALUE", help="Another target, in the unit of the edition: CF-02=0.10."
        ),
    ] = None,
    edition: Annotated[
        str, typer.Option(metavar="STANDARD@YEAR", help="Another edition; default: the run's own.")
    ] = "",
    pass_mark: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Another pass mark, from 0 to 1: 0.75.")
    ] = None,
    beyond_bounds: Annotated[
        bool, typer.Option("--beyond-bounds", help="Allow targets that no profile may choose.")
    ] = False,
) -> None:
    """Suppose other targets, another pass mark or edition for a finished run, and see what would move.

    The measurements the run kept are judged again: the outcome of each criterion, the score and the decision
    are shown where they would be others. The run is only read. Nothing supposed here holds for anybody: to
    change a target in earnest, write a profile (params/profiles) and run the audit again.

    """
    from auditlib.seal.restate import what_if as supposed
    from auditlib.standards.supposed import Suppositions

    chosen = Suppositions(_targets(target or ()), pass_mark, beyond_bounds)
    if not chosen.targets and pass_mark is None and not edition:
        message = "nothing is supposed."
        raise ParameterError(
            Problem(message, remedy="Give --target CRITERION=VALUE, --pass-mark or --edition.")
        )
    for line in supposed(directory, chosen, standard=edition).lines():
        typer.echo(line)


def _targets(texts: Sequence[str]) -> dict[str, float]:
    targets, problems = {}, []
    for text in texts:
        name, _, value = text.partition("=")
        try:
            targets[name.strip()] = _finite(value)
        except ValueError:
            remedy = "Write CRITERION=VALUE with a decimal point, as in CF-02=0.10."
            problems.append(Problem(f"--target {named(text)} is not understood.", remedy=remedy))
    if problems:
        raise ParameterError(*problems)
    return targets


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


def _root() -> Path:
    from auditlib.audit.opening import project_root

    return project_root(Path.cwd())


def _day(on: datetime | None) -> date | None:
    return None if on is None else on.date()


def _counted(changes: list[str], edition: Edition) -> str:
    parts = [f"{changes.count(change)} {change}" for change in dict.fromkeys(changes)]
    unchanged = len(edition.criteria) - len([change for change in changes if change != "removed"])
    return f"{', '.join([*parts, f'{unchanged} unchanged'])}."


def _frame(frame: pd.DataFrame) -> None:
    _table(tuple(frame.columns), [tuple(row) for row in frame.astype(str).itertuples(index=False)])


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from auditlib.cli.messages import columns

    table = Table(box=box.SIMPLE_HEAD, show_header=any(header), pad_edge=False)
    for position, name in enumerate(header):
        table.add_column(name, no_wrap=position == 0)
    for row in columns(rows):
        table.add_row(*row)
    Console(highlight=False).print(table)
