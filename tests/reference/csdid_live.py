"""Run in the environment of `make bench-oracles`: long panels in, csdid's averages out, both as JSON."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO

import pandas as pd
from csdid.att_gt import ATTgt  # type: ignore[import-not-found]  # only .venv-oracles has it

KINDS = ("simple", "dynamic", "group", "calendar")


def averages(rows: pd.DataFrame, *, control: str, anticipation: int) -> dict[str, tuple[float, float]]:
    """Return estimate and analytic error of every average."""
    with redirect_stdout(StringIO()):
        fitted = ATTgt(
            yname="y", tname="time", idname="unit", gname="first", data=rows, control_group=[control],
            xformla="y~1", anticipation=anticipation,
        ).fit(est_method="reg", bstrap=False)  # fmt: skip
        found = {kind: fitted.aggte(kind, bstrap=False).atte for kind in KINDS}
    return {kind: (float(one["overall_att"]), float(one["overall_se"])) for kind, one in found.items()}


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    answers = [
        averages(pd.DataFrame(one["rows"]), control=one["control"], anticipation=one["anticipation"])
        for one in asked
    ]
    json.dump(answers, sys.stdout)
