"""A researcher's bench: the benchmark recomputed at every turn of a dial, by the audit's own functions.

Nothing here is recorded: a laboratory has no exhibits, no findings and no results file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from auditlib.benchmark import BenchmarkAnswer, Comparison
    from auditlib.evidence import Evidence
    from auditlib.parameters.run import Run

ADJUSTERS = ("channel", "transaction_type")
"""Columns of the responses that may describe the case mix."""
_ROWS = 20


class Opened(Protocol):
    """As much of an open audit as a laboratory needs."""

    @property
    def run(self) -> Run:
        """What the audit chose."""
        ...

    @property
    def evidence(self) -> Evidence:
        """Its canonical tables."""
        ...


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Dials, and what they show.

    Parameters
    ----------
    controls
        One widget per choice: survey_type, statistic, item, adjust_for, variant, consistent,
        minimum_n, figure.
    panel
        The dials with figure and findings below, to be shown as the last line of a cell.
    """

    audit: Opened
    controls: Mapping[str, Any]
    panel: Any

    @property
    def choices(self) -> dict[str, Any]:
        """What the dials stand at, as `benchmark.compare` takes it."""
        values = {name: widget.value for name, widget in self.controls.items() if name != "figure"}
        return {**values, "adjust_for": tuple(values["adjust_for"])}

    def compare(self) -> BenchmarkAnswer:
        """Return the comparison the dials ask for."""
        from auditlib.benchmark import compare
        from auditlib.parameters.engagement import Engagement

        return compare(Engagement(self.audit.run, self.audit.evidence), **self.choices)

    def refresh(self, _: object = None) -> None:
        """Compute and show again."""
        figure, text = self.panel.children[1:]
        answer = self.compare()
        comparison = next(iter(answer.result), None)
        figure.value = "" if comparison is None else _picture(comparison, self.controls["figure"].value)
        text.value = _in_words(answer)


def benchmark_lab(audit: Opened) -> Laboratory:
    """Return the laboratory of the benchmark, showing the run's own choices first.

    Parameters
    ----------
    audit
        An open audit; nothing is written to it.
    """
    import ipywidgets

    controls = _controls(audit)
    rows = list(controls.values())
    dials = ipywidgets.HBox([ipywidgets.VBox(rows[:4]), ipywidgets.VBox(rows[4:])])
    panel = ipywidgets.VBox([dials, ipywidgets.HTML(), ipywidgets.HTML()])
    lab = Laboratory(audit, MappingProxyType(controls), panel)
    controls["survey_type"].observe(
        lambda change: _offer_items(controls, audit, change["new"]), names="value"
    )
    for widget in controls.values():
        widget.observe(lab.refresh, names="value")
    lab.refresh()
    return lab


def _controls(audit: Opened) -> dict[str, Any]:
    """Return the dials, set to what the run chose."""
    import ipywidgets as w

    style = {"description_width": "9em"}
    types = list(audit.evidence.instruments)
    first = types[0]
    has_responses = "responses" in audit.evidence.tables
    return {
        "survey_type": w.Dropdown(options=types, value=first, description="Survey type", style=style),
        "statistic": w.Dropdown(
            options=["mean", "top_box", "bottom_box", "nps"],
            value="top_box",
            description="Statistic",
            style=style,
        ),
        "item": w.Dropdown(options=_items(audit, first), description="Question", style=style),
        "adjust_for": w.SelectMultiple(
            options=ADJUSTERS if has_responses else (), rows=2, description="Adjust for", style=style
        ),
        "variant": w.Dropdown(
            options=["winsorised", "trimmed"],
            value="winsorised",
            description="Extreme units are",
            style=style,
        ),
        "consistent": w.Checkbox(value=True, description="Allow for having treated them", style=style),
        "minimum_n": w.BoundedIntText(
            value=audit.run.thresholds.minimum_n, min=2, max=100_000, description="Minimum n", style=style
        ),
        "figure": w.Dropdown(options=["funnel", "caterpillar", "ranks"], description="Figure", style=style),
    }


def _items(audit: Opened, survey_type: str) -> list[tuple[str, str]]:
    items = audit.evidence.instruments[survey_type].items
    return [("Headline question", ""), *((entry.wording, entry.item) for entry in items)]


def _offer_items(controls: Mapping[str, Any], audit: Opened, survey_type: str) -> None:
    controls["item"].options = _items(audit, survey_type)


def _picture(comparison: Comparison, name: str) -> str:
    from auditlib import figures

    draw = {"funnel": figures.funnel, "caterpillar": figures.caterpillar, "ranks": figures.ranks}[name]
    return figures.svg_of(draw(comparison))


def _in_words(answer: BenchmarkAnswer) -> str:
    """Return the sentences and the units called out, as HTML."""
    comparison = next(iter(answer), None)
    sentences = answer.summary() if comparison is None else comparison.summary()
    text = "".join(f"<p>{escape(str(sentence))}</p>" for sentence in sentences)
    if comparison is None:
        return text
    rows = comparison.called_out().frame.head(_ROWS)
    if rows.empty:
        return text
    return text + rows.to_html(index=False, float_format="{:.3f}".format, na_rep="")
