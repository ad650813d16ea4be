"""A researcher's bench: the effect of a pay link at every turn of a dial, and what a design could show.

Nothing here is recorded: a laboratory has no exhibits, no findings and no results file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditlib.audit.laboratory import Opened
from auditlib.errors import ParameterError, Problem
from auditlib.records import Refusal, Sentence
from auditlib.time.months import month_text

if TYPE_CHECKING:
    import pandas as pd

    from auditlib.compensation import Covariates, Panel
    from auditlib.compensation.plan import DetectableEffect
    from auditlib.compensation.specification import EffectEstimate

UNNAMED = "kind not named"
_STYLE = {"description_width": "9em"}
_ROWS = 6


@dataclass(frozen=True, slots=True, eq=False)
class CompensationLaboratory:
    """Dials, and what they show.

    Parameters
    ----------
    controls
        One widget per choice: role, estimator, weighting, anticipation, compared (kinds of never-linked
        units), window (months), figure.
    panel
        The dials with figure and sentences below, to be shown as the last line of a cell.
    """

    audit: Opened
    controls: Mapping[str, Any]
    panel: Any
    scores: Panel
    register: pd.DataFrame
    covariates: Covariates
    kinds: Mapping[str, str]
    known: Mapping[str, Mapping[str, str]]

    def estimate(self) -> EffectEstimate | Refusal:
        """Return the effect by the choice the dials stand at."""
        from auditlib.compensation.procedure import Choices
        from auditlib.compensation.specification import specified

        values = {name: widget.value for name, widget in self.controls.items()}
        first, last = (self.scores.months.index(month) for month in values["window"])
        chosen = values["compared"]
        return specified(
            self.scores,
            self.register,
            role=values["role"],
            estimator=values["estimator"],
            choices=Choices(values["weighting"], values["anticipation"]),
            window=(first, last + 1),
            compared={unit for unit in self.scores.units if self.kinds.get(unit, UNNAMED) in chosen},
            covariates=self.covariates,
            known=self.known,
            level=self.audit.run.thresholds.confidence,
            seed=self.audit.run.seed,
        )

    def refresh(self, _: object = None) -> None:
        """Compute and show again."""
        figure, words = self.panel.children[1:]
        effect = self.estimate()
        if isinstance(effect, Refusal):
            figure.value, words.value = "", f"<p>{escape(f'{effect.reason} {effect.remedy}'.strip())}</p>"
            return
        figure.value = _picture(effect, self.controls["figure"].value)
        words.value = _paragraphs(effect.summary())


@dataclass(frozen=True, slots=True, eq=False)
class Planner:
    """Dials of a design, and the smallest effect it would show.

    Parameters
    ----------
    controls
        One widget per field of `compensation.plan.LinkDesign`.
    panel
        The dials with the sentence below.
    """

    controls: Mapping[str, Any]
    panel: Any

    def plan(self) -> DetectableEffect | Refusal:
        """Return what the design could show."""
        from auditlib.compensation.plan import LinkDesign, plan

        return plan(LinkDesign(**{name: widget.value for name, widget in self.controls.items()}))

    def refresh(self, _: object = None) -> None:
        """Compute and show again."""
        design = self.plan()
        if isinstance(design, Refusal):
            sentences: tuple[Sentence, ...] = (Sentence(f"{design.reason} {design.remedy}"),)
        else:
            sentences = design.summary()
        self.panel.children[1].value = _paragraphs(sentences)


def compensation_lab(audit: Opened) -> CompensationLaboratory:
    """Return the laboratory of linked pay, showing the choices of the audit first.

    Parameters
    ----------
    audit
        An open audit with responses and a register of pay links; nothing is written to it.
    """
    import ipywidgets

    from auditlib.compensation.assigned import groupings
    from auditlib.compensation.covariates import covariates

    evidence = audit.evidence
    scores, register = _paid(audit)
    units = evidence.frame("units", columns=["unit_id", "unit_type"]).fillna(UNNAMED)
    kinds = dict(zip(units["unit_id"].astype(str), units["unit_type"].astype(str), strict=True))
    controls = _controls(scores, register, sorted({kinds.get(unit, UNNAMED) for unit in scores.units}))
    rows = list(controls.values())
    dials = ipywidgets.HBox([ipywidgets.VBox(rows[:4]), ipywidgets.VBox(rows[4:])])
    panel = ipywidgets.VBox([dials, ipywidgets.HTML(), ipywidgets.HTML()])
    lab = CompensationLaboratory(
        audit=audit,
        controls=MappingProxyType(controls),
        panel=panel,
        scores=scores,
        register=register,
        covariates=covariates(evidence, scores),
        kinds=kinds,
        known=groupings(evidence, register),
    )
    _watched(controls, lab.refresh)
    return lab


def _paid(audit: Opened) -> tuple[Panel, pd.DataFrame]:
    """Return the scores that pay is tied to, and the register of links.

    Raises
    ------
    ParameterError
        Where no link names a survey type and item of the audit.
    """
    from auditlib.compensation.effect import paid_panel, register_of

    register = register_of(audit.evidence)
    scores = paid_panel(register, audit.evidence.cells(), audit.evidence.instruments)
    if isinstance(scores, Refusal):
        raise ParameterError(Problem(scores.reason, remedy=scores.remedy))
    return scores, register


def power_planner(audit: Opened) -> Planner:
    """Return the planner of linked pay, beginning with the design of the audit itself.

    Parameters
    ----------
    audit
        An open audit with responses and a register of pay links.
    """
    import ipywidgets

    controls = _design(*_paid(audit))
    panel = ipywidgets.VBox([ipywidgets.VBox(list(controls.values())), ipywidgets.HTML()])
    planner = Planner(MappingProxyType(controls), panel)
    _watched(controls, planner.refresh)
    return planner


def _watched(controls: Mapping[str, Any], refresh: Callable[[object], None]) -> None:
    for widget in controls.values():
        widget.observe(refresh, names="value")
    refresh(None)


def _controls(scores: Panel, register: pd.DataFrame, kinds: list[str]) -> dict[str, Any]:
    """Return the dials, set to what an audit chooses."""
    import ipywidgets as w

    from auditlib.compensation.register import NOUNS, roles_in, running
    from auditlib.compensation.specification_curve import ANTICIPATIONS, ESTIMATORS, WEIGHTINGS

    roles = [role for role in roles_in(register) if not running(register, role=role).empty]
    estimators = [(text, name) for name, text in ESTIMATORS.items()]
    return {
        "role": w.Dropdown(
            options=[(NOUNS[role], role) for role in roles], description="Pay of", style=_STYLE
        ),
        "estimator": w.Dropdown(
            options=estimators, value="imputation", description="Estimator", style=_STYLE
        ),
        "weighting": w.Dropdown(options=list(WEIGHTINGS), description="Weighted by", style=_STYLE),
        "anticipation": w.Dropdown(
            options=list(ANTICIPATIONS), value=ANTICIPATIONS[1], description="Months set aside", style=_STYLE
        ),
        "compared": w.SelectMultiple(
            options=kinds, value=kinds, rows=min(_ROWS, len(kinds)), description="Compare with", style=_STYLE
        ),
        "window": w.SelectionRangeSlider(
            options=[(month_text(month), month) for month in scores.months],
            index=(0, len(scores.months) - 1), description="Months", style=_STYLE, continuous_update=False,
        ),
        "figure": w.Dropdown(
            options=[("every choice", "choices"), ("by quarter", "events")], description="Figure",
            style=_STYLE,
        ),
    }  # fmt: skip


def _design(scores: Panel, register: pd.DataFrame) -> dict[str, Any]:
    """Return the dials of a design, set to the party's own numbers."""
    import ipywidgets as w

    from auditlib.compensation.plan import LinkDesign

    months, units = len(scores.months), len(scores.units)
    linked = min(units - 1, register.loc[register["weight"] > 0, "unit_id"].nunique())
    usual = LinkDesign(units, linked, months, months // 2, 1.0)
    answers = round(scores.answers / max(1, int((scores.n > 0).sum())), 1)
    spread = round(scores.variance**0.5, 2)
    whole = {
        "units": (units, 4, 5000, "Units"), "linked": (linked, 1, 5000, "of them linked"),
        "months": (months, 2, 240, "Months"), "before": (months // 2, 1, 239, "of them before"),
        "anticipation": (usual.anticipation, 0, 24, "months set aside"),
    }  # fmt: skip
    part = {
        "responses": (answers, 0.1, 10_000.0, "Answers a month"),
        "response_sd": (spread, 0.01, 10.0, "Spread of answers"),
        "drift_sd": (usual.drift_sd, 0.0, 5.0, "Units wander by"),
        "memory": (usual.memory, 0.0, 0.99, "and remember"),
    }
    dials = {
        name: w.BoundedIntText(value=value, min=least, max=most, description=text, style=_STYLE)
        for name, (value, least, most, text) in whole.items()
    }
    return dials | {
        name: w.BoundedFloatText(value=value, min=least, max=most, step=0.05, description=text, style=_STYLE)
        for name, (value, least, most, text) in part.items()
    }


def _picture(effect: EffectEstimate, name: str) -> str:
    from auditlib import figures

    drawn = figures.event_study(effect) if name == "events" else figures.specification_curve(effect)
    return figures.svg_of(drawn)


def _paragraphs(sentences: tuple[Sentence, ...]) -> str:
    return "".join(f"<p>{escape(str(sentence))}</p>" for sentence in sentences)
