"""Executed notebooks in their stable form."""

from __future__ import annotations

import copy
from typing import Any

from auditlib.runs.normalise import as_text, code_of, normalised


def executed(**changes: Any) -> dict[str, Any]:
    code: dict[str, Any] = {
        "cell_type": "code",
        "id": "abc",
        "metadata": {
            "tags": ["keep"],
            "papermill": {"start_time": "2026-01-01T00:00:00Z"},
            "execution": {"iopub.status.busy": "2026-01-01T00:00:00Z"},
        },
        "source": "print(1)",
        "execution_count": 2,
        "outputs": [
            {"output_type": "stream", "name": "stdout", "text": "1\n"},
            {"output_type": "stream", "name": "stdout", "text": "2\n"},
            {"output_type": "stream", "name": "stderr", "text": "!\n"},
            {
                "output_type": "execute_result",
                "execution_count": 2,
                "metadata": {},
                "data": {"text/plain": ["a\n", "b"], "application/json": ["a", "b"]},
            },
        ],
    }
    injected: dict[str, Any] = {
        "cell_type": "code",
        "id": "f3a9b1",
        "metadata": {"tags": ["injected-parameters"]},
        "source": (
            '# Parameters\nrun_file = "params/runs/x.yaml"\ndata = ""\nwork = "/home/me/x"\nlimit = 5\n'
        ),
        "execution_count": 1,
        "outputs": [],
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "papermill": {"duration": 1.25},
            "kernelspec": {"name": "k", "display_name": "Mine"},
            "language_info": {"name": "python", "version": "3.11.7"},
        },
        "cells": [injected, code | changes],
    }


def test_clock_kernel_and_papermill_leave_no_trace() -> None:
    text = as_text(normalised(executed(), hidden=("work", "data")))
    for gone in ("papermill", "2026-01-01", "3.11.7", "Mine", "f3a9b1", "/home/me", "iopub"):
        assert gone not in text
    assert 'run_file = \\"params/runs/x.yaml\\"' in text
    assert "limit = 5" in text


def test_what_a_cell_printed_is_joined_and_kept() -> None:
    outputs = normalised(executed())["cells"][1]["outputs"]
    assert [output.get("text") for output in outputs[:2]] == ["1\n2\n", "!\n"]
    assert outputs[2]["data"] == {"text/plain": "a\nb", "application/json": ["a", "b"]}


def test_how_a_stream_was_cut_makes_no_difference() -> None:
    whole = executed(outputs=[{"output_type": "stream", "name": "stdout", "text": "ab"}])
    cut = executed(outputs=[{"output_type": "stream", "name": "stdout", "text": part} for part in "ab"])
    assert as_text(normalised(whole)) == as_text(normalised(cut))


def test_normalising_changes_nothing_twice_and_not_its_argument() -> None:
    given = executed()
    before = copy.deepcopy(given)
    once = normalised(given, hidden=("work",))
    assert given == before
    assert normalised(once, hidden=("work",)) == once


def test_code_is_what_stays_when_outputs_change() -> None:
    assert code_of(executed()) == code_of(executed(outputs=[], execution_count=None))
    assert code_of(executed()) != code_of(executed(source="print(2)"))
    assert code_of(executed()) != code_of(executed(metadata={"tags": []}))
