"""A number that is none is recorded as missing where the room says why, and named where it does not."""

from __future__ import annotations

import math

import pytest

from auditlib.audit.recorder import Recorder
from auditlib.audit.suppression import Suppression
from auditlib.disclosure import MinimumFrequency
from auditlib.errors import AuditError
from auditlib.records import Interval, Number


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_what_is_no_number_is_missing_with_its_reason(value: float) -> None:
    recorder = Recorder(
        notebook="05_escalation", party="A desk", suppression=Suppression(minimum=MinimumFrequency(1))
    )
    recorder.number(Number("limit", value, "hours", reason="The flag never varies."))
    assert recorder.numbers["limit"].value is None
    assert recorder.numbers["limit"].reason == "The flag never varies."
    with pytest.raises(AuditError, match=r"'other' is .* which is no number, and nothing says why"):
        recorder.number(Number("other", value, "hours"))


def test_an_interval_without_an_end_is_dropped_with_the_reason_and_the_value_stays() -> None:
    recorder = Recorder(
        notebook="05_escalation", party="A desk", suppression=Suppression(minimum=MinimumFrequency(1))
    )
    open_ended = Interval(0.1, math.inf)
    recorder.number(Number("ratio", 2.0, "times", 9, open_ended, reason="No upper limit can be had."))
    assert (recorder.numbers["ratio"].value, recorder.numbers["ratio"].interval) == (2.0, None)
    with pytest.raises(AuditError, match="which is no number"):
        recorder.number(Number("bare", 2.0, "times", 9, open_ended))
