"""What customers say of a contact: whether their matter was resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auditlib.contracts import CanonicalTables
from auditlib.contracts.frames import rows_in
from auditlib.parameters.run import Run
from auditlib.records import Instrument, Refusal, Scale
from auditlib.service_levels.first_contact.matters import legs_of

if TYPE_CHECKING:
    import narwhals as nw

NO_LINKS = Refusal(
    "No response says which contact it is about.",
    "Ask for the id of the contact beside each response, and map it as interaction_id.",
)
UNDECLARED = Refusal(
    "No question is declared by which customers say whether their matter was resolved.",
    "Declare it for this notebook in the run file, as in resolved_item: q_resolution.",
)


def resolved_from(scale: Scale) -> float:
    """Return the lowest score that says yes: the lowest of the top box.

    Examples
    --------
    >>> resolved_from(Scale(0, 1)), resolved_from(Scale(1, 5)), resolved_from(Scale(1, 3, top=3))
    (1, 4, 3)
    """
    return scale.top_box


def instruments_with(run: Run, item: str) -> dict[str, Scale]:
    """Return the survey types that ask `item`, each with its scale."""
    surveys: Mapping[str, Instrument] = {kind: run.instrument(kind) for kind in run.instruments}
    return {
        kind: question.scale
        for kind, survey in surveys.items()
        for question in survey.items
        if question.item == item
    }


def links_lacking(tables: CanonicalTables) -> Refusal | None:
    """Return what is lacking to know which contact a response is about; None where it is known."""
    import narwhals as nw

    if "responses" not in tables.tables or "interactions" not in tables.tables:
        return NO_LINKS
    responses = tables.lazy("responses")
    if "interaction_id" not in responses.collect_schema().names():
        return NO_LINKS
    return None if rows_in(responses.filter(~nw.col("interaction_id").is_null()).head(1)) else NO_LINKS


def survey_lacking(tables: CanonicalTables, run: Run, item: str) -> Refusal | None:
    """Return why customers cannot be asked by `item`; None where they can."""
    lacking = links_lacking(tables)
    if lacking is not None or not item:
        return lacking or UNDECLARED
    asks = instruments_with(run, item) and item in tables.lazy("responses").collect_schema().names()
    if not asks:
        return Refusal(f"No survey of the run asks '{item}'.", UNDECLARED.remedy)
    return None


def said_by_contact(
    tables: CanonicalTables, interactions: nw.LazyFrame[Any], run: Run, item: str
) -> nw.LazyFrame[Any]:
    """Return ``said``: whether customers call the matter of a ``contact`` resolved.

    Of several answers about one contact, a no counts.
    """
    import narwhals as nw

    unknown = nw.lit(None, dtype=nw.Boolean)
    said = unknown
    for kind, scale in instruments_with(run, item).items():
        yes = nw.col(item) >= resolved_from(scale)
        said = nw.when(nw.col("survey_type") == kind).then(yes).otherwise(said)
    answers = tables.lazy("responses").select("interaction_id", said=said)
    linked = answers.filter(~nw.col("said").is_null()).join(
        legs_of(interactions), on="interaction_id", how="inner"
    )
    lowest = linked.group_by("contact").agg(lowest=nw.col("said").cast(nw.Int64).min())
    return lowest.select("contact", said=nw.col("lowest") == 1)
