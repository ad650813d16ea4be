"""Content-addressed evidence: prepared once for the same inputs and parameters, verified when opened."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditlib.contracts import ColumnKind
from auditlib.errors import DataError, EvidenceChanged, Problem
from auditlib.evidence import cells, quarantine, quarantined_intervals, quarantined_links
from auditlib.evidence.databases.extracts import extracts
from auditlib.evidence.drafts import discard, draft
from auditlib.evidence.engine import connect, lazy, stored_rows
from auditlib.evidence.evidence import ANSWER_ROWS, CELLS, QUARANTINE, QUARANTINED_LINKS, Evidence
from auditlib.evidence.fast.cell_counter import CellCounter
from auditlib.evidence.identity import content_key
from auditlib.evidence.inputs import SourceInput, check_unchanged, copied_input, input_of, unsteady
from auditlib.evidence.instruments import described_items, instrument_of
from auditlib.evidence.intake import Tally, remember, take_in
from auditlib.evidence.intake_context import IntakeContext
from auditlib.evidence.parquet_files import TableWriter
from auditlib.evidence.pivot import lineage
from auditlib.evidence.plan import SourcePlan, item_ids, plans
from auditlib.evidence.pseudonym_key import store_secret, write_secret
from auditlib.evidence.source_files import source_names, source_path
from auditlib.evidence.supplement import fill
from auditlib.evidence.unit_zones import prepare_zones, zones_named
from auditlib.files import canonical, digest, flush, flush_directory, hash_file, write_text
from auditlib.records import SourceTotals

if TYPE_CHECKING:
    from auditlib.parameters.run import Run

DESCRIPTION = "evidence.json"
SCHEMA = "auditlib/evidence@1"


def prepare(
    run: Run,
    data_folder: Path,
    store: Path,
    *,
    threads: int = 2,
    progress: Callable[[str], None] | None = None,
) -> Evidence:
    """Bring a client's files into canonical form, once.

    Parameters
    ----------
    run
        The run's parameters.
    data_folder
        Folder that holds the client's files.
    store
        Folder of prepared evidence; each lies in a folder named after its content address.
    threads
        Threads to use; the result is the same for any number.
    progress
        Called with one line of text per source.

    Returns
    -------
    Evidence
        Prepared now, or found in the store and verified.

    Raises
    ------
    ParameterError
        When a mapping does not fit the canonical tables.
    DataError
        When a file cannot be used as declared; EvidenceChanged when stored evidence was altered.
    """
    tell = progress or _silent
    source_plans, names = plans(run), source_names(run.sources)
    inputs = {
        plan.number: input_of(source_path(plan.source, data_folder))
        for plan in source_plans
        if plan.source.file
    }
    with extracts(source_plans, names, store=store, progress=tell) as copies:
        inputs |= {number: copied_input(extract) for number, extract in copies.items()}
        return _prepared(run, source_plans, inputs, store=store, threads=threads, progress=tell)


def _prepared(
    run: Run,
    source_plans: tuple[SourcePlan, ...],
    inputs: Mapping[int, SourceInput],
    *,
    store: Path,
    threads: int,
    progress: Callable[[str], None],
) -> Evidence:
    """Return the evidence of these inputs: found in the store, or made now."""
    secret = None if run.ids_shown_because else store_secret(store)
    key = content_key(run, [inputs[number].sha256 for number in sorted(inputs)], secret=secret)
    final = store / key
    if evidence := _prepared_before(final, threads=threads, progress=progress):
        return evidence
    with draft(store, key) as folder:
        write_secret(folder, secret, key=key)
        described = _fill(folder, run, source_plans, inputs, key=key, threads=threads, progress=progress)
        if _publish(folder, final):  # sealed a moment ago, by the hashes of what was read back from the disk
            return _opened(final, described, threads=threads)
    return open_evidence(final, threads=threads)


def _prepared_before(final: Path, *, threads: int, progress: Callable[[str], None]) -> Evidence | None:
    """Return evidence that was prepared before; what is damaged is taken away, so that it is made again."""
    if not os.path.lexists(final):  # it gets its name when it is complete
        return None
    try:
        evidence = open_evidence(final, threads=threads)
    except DataError as error:
        progress(f"Evidence was prepared before and is damaged, so it is taken in again: {error.problems[0]}")
        discard(final)
        return None
    progress("Evidence found: the same files and parameters were taken in before")
    return evidence


def open_evidence(directory: Path, *, threads: int = 2) -> Evidence:
    """Open prepared evidence after hashing every file of it again.

    Raises
    ------
    DataError
        When the folder holds no complete evidence.
    EvidenceChanged
        When a file is missing or differs from what was sealed; the message names it.
    """
    try:
        described = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
        if described.pop("seal") != digest(described):
            raise _changed(DESCRIPTION)
        for name, expected in described["files"].items():
            path = directory / Path(name).name
            if not path.is_file() or hash_file(path)[0] != expected["sha256"]:
                raise _changed(name)
        return _opened(directory, described, threads=threads)
    except (OSError, ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        why = f" ({error})" if isinstance(error, OSError) else ""
        raise DataError(
            Problem(
                f"this folder holds no complete evidence{why}.",
                file=directory.name,
                remedy="Remove it and take the evidence in again.",
            )
        ) from None


def _opened(directory: Path, described: Mapping[str, Any], *, threads: int) -> Evidence:
    return Evidence(
        directory,
        described["key"],
        tuple(SourceTotals(**total) for total in described["totals"]),
        tuple(described["tables"]),
        {name: instrument_of(name, items) for name, items in described["instruments"].items()},
        tuple(described["notes"]),
        threads,
    )


def _fill(
    draft: Path,
    run: Run,
    source_plans: tuple[SourcePlan, ...],
    inputs: Mapping[int, SourceInput],
    *,
    key: str,
    threads: int,
    progress: Callable[[str], None],
) -> Mapping[str, Any]:
    """Write everything that the evidence consists of, the description last; return the description."""
    scratch = draft / "scratch"
    scratch.mkdir(parents=True)
    names = source_names(run.sources)
    files = {number: source.path for number, source in inputs.items()}
    with closing(connect(scratch, threads=threads)) as connection:
        context = IntakeContext(run, connection, draft, files, names, threads, progress)
        counter = CellCounter(item_ids(run), run.period.start, run.period.end)
        context, tallies = _take_in_all(context, source_plans, counter)
        spoken = [f"{names[number]}: {note}" for number in sorted(tallies) for note in tallies[number].notes]
        notes = (
            *_register_note(context),
            *unsteady(inputs),
            *quarantine.explain_mixed_scales(connection, source_plans),
            *spoken,
        )
        _write_cells(context, counter)
        _write_quarantine(context)
        quarantined_intervals.write(context, source_plans)
        _write_answer_rows(context, source_plans)
        reasons = quarantine.reasons(connection)
    shutil.rmtree(scratch)
    check_unchanged(inputs, names)
    totals = [
        _totals(
            plan,
            tallies[plan.number],
            reasons.get(plan.number, {}),
            name=names[plan.number],
            sha256=inputs[plan.number].sha256,
            size=inputs[plan.number].size,
        )
        for plan in sorted(source_plans, key=lambda plan: plan.number)
    ]
    copies = [
        source.extract.described(names[number]) for number, source in sorted(inputs.items()) if source.extract
    ]
    return _describe(draft, run, context.tables_done, totals, notes, key=key, copies=copies)


def _take_in_all(
    context: IntakeContext, source_plans: tuple[SourcePlan, ...], counter: CellCounter
) -> tuple[IntakeContext, dict[int, Tally]]:
    quarantine.create(context.connection)
    quarantined_links.create(context.connection)
    quarantined_intervals.create(context.connection, source_plans)
    tallies: dict[int, Tally] = {}
    order = tuple(dict.fromkeys(plan.target.name for plan in source_plans))
    zoned = False
    for table in order:
        if table != "units" and not zoned:
            context, zoned = _with_zones(context), True
        counted = counter if table == "responses" else None
        of_table = [plan for plan in source_plans if plan.target.name == table]
        tallies |= take_in(context, [plan for plan in of_table if not plan.source.fills], counted)
        context = replace(context, tables_done=(*context.tables_done, table))
        for plan in of_table:
            if plan.source.fills:
                tallies |= fill(_with_zones(context), plan)
        if _looked_up(table, source_plans):
            remember(context, table)
    return context, tallies


def _looked_up(table: str, source_plans: tuple[SourcePlan, ...]) -> bool:
    """Whether rows of another table refer to this one and have instants to compare."""
    return any(
        column.references == table
        and any(neighbour.kind is ColumnKind.INSTANT for neighbour in plan.contract.columns)
        for plan in source_plans
        for column in plan.contract.columns
    )


def _with_zones(context: IntakeContext) -> IntakeContext:
    units = context.folder / "units.parquet" if "units" in context.tables_done else None
    zoned = replace(context, zones=zones_named(context.run, units))
    prepare_zones(zoned)
    return zoned


def _register_note(context: IntakeContext) -> tuple[str, ...]:
    if "units" in context.tables_done:
        return ()
    return ("No register of units was given, so units could not be checked against one.",)


def _write_cells(context: IntakeContext, counter: CellCounter) -> None:
    path = context.folder / f"{CELLS}.parquet"
    with TableWriter(path, cells.cell_schema()) as writer:
        if "responses" not in context.tables_done:
            return
        if not counter.overflown:
            for item in item_ids(context.run):
                writer.write(counter.table(item))
            return
        period = context.run.period
        calendar = lazy(context.connection, cells.months(period.start, period.end))
        stored = stored_rows(context.connection, context.folder / "responses.parquet")
        for item in item_ids(context.run):
            counted = cells.item_cells(stored, item, calendar=calendar)
            writer.write(counted.sort(*cells.CELL_KEY).to_native().to_arrow_table())


def _write_quarantine(context: IntakeContext) -> None:
    import pyarrow as pa

    tables = [source.table for source in context.run.sources]
    with TableWriter(context.folder / f"{QUARANTINE}.parquet", quarantine.stored_schema()) as writer:
        for batch in quarantine.finished(context.connection, tables, context.names):
            writer.write(pa.Table.from_batches([batch]))
    links = quarantined_links.stored_schema()
    with TableWriter(context.folder / f"{QUARANTINED_LINKS}.parquet", links) as writer:
        for batch in quarantined_links.finished(context.connection, tables):
            writer.write(pa.Table.from_batches([batch]))


def _write_answer_rows(context: IntakeContext, source_plans: tuple[SourcePlan, ...]) -> None:
    """Write of which lines responses were made, where a file is in long form."""
    import pyarrow as pa

    if any(plan.answers is not None for plan in source_plans):
        kinds = [("source_file", pa.string()), ("source_line", pa.int64()), ("line", pa.int64())]
        schema = pa.schema([*kinds, ("item", pa.string())])
        with TableWriter(context.folder / f"{ANSWER_ROWS}.parquet", schema) as writer:
            for plan in source_plans:
                for batch in lineage(context.connection, plan, context.names):
                    writer.write(pa.Table.from_batches([batch]))


def _totals(
    plan: SourcePlan, tally: Tally, reasons: Mapping[str, int], *, name: str, sha256: str, size: int
) -> SourceTotals:
    return SourceTotals(
        name, plan.target.name, sha256, size, tally.read, tally.kept, sum(reasons.values()), dict(reasons),
        tally.out_of_period, plan.source.expected_rows, tally.unanswered, dict(tally.left_out),
        tally.named_again,
    )  # fmt: skip


def _describe(
    draft: Path,
    run: Run,
    tables: Sequence[str],
    totals: Sequence[SourceTotals],
    notes: Sequence[str],
    *,
    key: str,
    copies: Sequence[Mapping[str, Any]],
) -> Mapping[str, Any]:
    described: dict[str, Any] = {
        "schema": SCHEMA,
        "key": key,
        "tables": list(tables),
        "files": {path.name: _sealed_file(path) for path in sorted(draft.iterdir())},
        "totals": [asdict(total) for total in totals],
        "instruments": {name: described_items(run.instrument(name)) for name in run.instruments},
        "notes": list(notes),
    }
    if copies:
        described["databases"] = list(copies)
    described["seal"] = digest(described)
    text = canonical(described)
    write_text(draft / DESCRIPTION, text)
    read_back: Mapping[str, Any] = json.loads(text)  # as it is found again, texts and lists alone
    return read_back


def _sealed_file(path: Path) -> dict[str, Any]:
    flush(path)
    sha256, size = hash_file(path)
    return {"sha256": sha256, "size": size}


def _publish(draft: Path, final: Path) -> bool:
    """Give complete evidence its name; False where another process was first, whose result stands."""
    flush_directory(draft)
    ours = True
    try:
        draft.rename(final)
    except OSError:
        if not (final / DESCRIPTION).is_file():
            raise
        ours = False
    flush_directory(final.parent)
    return ours


def _changed(name: str) -> EvidenceChanged:
    return EvidenceChanged(
        Problem(
            "this file is not what was sealed.",
            file=name,
            remedy="Restore it, or remove the folder and take the evidence in again.",
        )
    )


def _silent(_line: str) -> None:
    """Tell nobody."""
