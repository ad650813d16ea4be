"""check lists the lines of a run file that are still to be decided, and ends with 2 until they are."""

from __future__ import annotations

from auditlib.errors import Problem
from auditlib.onboarding.check import CheckReport
from auditlib.onboarding.open_questions import open_lines
from auditlib.parameters.strict_yaml import read_yaml

TEXT = """# DECIDE, only you can know.
audit: small
# DECIDE: the name printed on the report.

# another remark
party: {name: small}
items:
  - wording: "# DECIDE: is no mark"
  - headline: true   # DECIDE: is this compared?
# DECIDE: nothing fits
"""


def test_each_open_line_is_named_with_what_it_asks_and_is_about() -> None:
    found = open_lines(TEXT, read_yaml(TEXT, name="run.yaml"))
    assert [(each.line, each.message, each.remedy) for each in found] == [
        (3, "the name printed on the report.", "It is about: party: {name: small}"),
        (9, "is this compared?", "It is about: - headline: true"),
        (10, "nothing fits", ""),
    ]


def test_what_is_wrong_goes_before_what_is_open() -> None:
    one = (Problem("x"),)
    assert CheckReport(undecided=one).exit_code == 2
    assert CheckReport(data=one, undecided=one).exit_code == 3
    assert CheckReport(parameters=one, data=one).exit_code == 2
    assert CheckReport(aside=one).exit_code == 0
    assert CheckReport(undecided=one).problems == ()
