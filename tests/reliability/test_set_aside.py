"""What a profile sets aside stands once on the first page of a sealed report, with its share of weight."""

from __future__ import annotations

from pathlib import Path

import pytest
from decided_project import decided_project, page, verdict

from auditlib.cli import main

pytestmark = pytest.mark.usefixtures("notebooks_here", "no_paper")

PROFILE = """\
profile: acme
standard: service-excellence@2025
title: Profile of the Acme service desk
waivers:
  CF-15: {reason: The 3 visitors were away., granted_on: 2025-01-01, expires_on: 2025-12-31}
"""


def test_a_waiver_is_told_with_its_share_beside_the_decision(tmp_path: Path) -> None:
    tiny = decided_project(tmp_path, raised={})
    (tmp_path / "params/profiles").mkdir()
    (tmp_path / "params/profiles/acme.yaml").write_text(PROFILE, "utf-8")
    tiny.run_file.write_text(tiny.run_file.read_text("utf-8") + "profile: acme\n", "utf-8")
    judge = tmp_path / "notebooks/11_standards.ipynb"
    own = judge.read_text("utf-8").replace('profile=\\"\\"', "profile=audit.run.profile")
    assert own != judge.read_text("utf-8")
    judge.write_text(own.replace("audit.close()", "audit.limits(*verdict.limits())\\naudit.close()"), "utf-8")
    assert main(["run", str(tiny.run_file), "--jobs", "1"]) == 0
    share = verdict(tiny)["set_aside"]
    assert share["text"] == "The profile sets aside 1.2% of the weight: CF-15 waived."
    report = (tiny.finished / "report.html").read_text("utf-8").replace("\N{NO-BREAK SPACE}", " ")
    box = report.partition('<div class="decision')[2].partition("</div>")[0]
    assert box.count("The profile sets aside 1.2% of the weight: CF-15 waived.") == 1
    assert page(tiny).count(share["text"]) == 2, "once in the box, once among the limits"
