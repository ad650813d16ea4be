"""One open audit: parameters and evidence in, recorded numbers, exhibits and findings out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditlib.audit.session import Audit

__all__ = ["open_audit", "results_schema"]


def open_audit(run_file: str, *, data: str = "", work: str = "", notebook: str = "") -> Audit:
    """Open the audit that `run_file` declares, for one notebook.

    Parameters
    ----------
    run_file
        Path of the run file, relative to the project, for example ``params/runs/demo.yaml``.
    data
        Folder of the client's files; default: ``data/`` and the run file's name.
    work
        Folder a run gives to its notebooks. Empty where a person opens the notebook: evidence is then
        prepared in ``outputs/.evidence`` and results go to ``outputs/.by-hand``, never into a run.
    notebook
        Id of the notebook, for example ``01_intake``.

    Raises
    ------
    ParameterError
        Where the run file, the notebook or the folder is not what it must be.
    DataError
        Where the data cannot be used as declared.
    """
    from auditlib.audit.opening import evidence_of, place, project_root, question_of, read_run
    from auditlib.audit.session import Audit
    from auditlib.audit.standard import texts

    root = project_root(Path.cwd())
    run = read_run(run_file, root=root)
    question = question_of(notebook, root=root)
    where = place(run, run_file=run_file, data=data, work=work, root=root)
    return Audit(
        run,
        evidence_of(run, where),
        notebook=notebook,
        question=question,
        work=where.work,
        texts=texts(run, root=root),
    )


def results_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``results/<notebook>.json`` (``auditlib/results@1``)."""
    from auditlib.audit.schema import results_schema as schema

    return schema()
