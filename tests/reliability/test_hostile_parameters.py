"""Parameter files written to harm: each refused or neutralised, quickly, with its place named."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlib.errors import ParameterError
from auditlib.onboarding.check import check
from auditlib.parameters.checks import load_run
from auditlib.parameters.load import load
from auditlib.parameters.run import Run
from auditlib.parameters.strict_yaml import MAXIMUM_BYTES, MAXIMUM_DEPTH, MAXIMUM_NODES, read_yaml

ROOT = Path(__file__).parents[2]
SECONDS = 5

GOOD = """\
audit: acme
party: {name: Acme}
period: {start: 2025-01-01, end: 2025-12-31}
as_of: 2026-01-31T18:00:00Z
sources:
  - {table: units, form: csv, file: units.csv, columns: {unit_id: Unit}}
notebooks:
  01_intake: {}
"""


def refusal(text: str) -> str:
    start = time.process_time()
    with pytest.raises(ParameterError) as caught:
        load(Run, text, name="acme.yaml")
    assert time.process_time() - start < SECONDS
    assert all(problem.file == "acme.yaml" for problem in caught.value.problems)
    return str(caught.value)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOMB, "anchors"),
        ("a: &x {b: *x}\n", "anchors"),
        ("audit: *acme\n", "aliases"),
        ("audit: !!python/object/apply:os.system ['touch pwned']\n", "tag"),
        ("!!python/object:os.system {}\n", "tag"),
        ("audit: !!binary aGVsbG8=\n", "tag"),
        ("%TAG ! tag:yaml.org,2002:python/\n---\na: !object:os.system\n", "directive"),
        ("<<: {audit: acme}\n", "merge"),
        ("[" * 100_000, "levels"),
        ("{a: " * 100_000, "levels"),
        ("- " * 100_000, "levels"),
        ("".join(" " * level + "a:\n" for level in range(200)), "levels"),
        ("- a\n" * (MAXIMUM_NODES + 1), "values"),
        ("audit: " + "x" * 10_000_000, "larger"),
        ("\u00e4" * (MAXIMUM_BYTES // 2 + 1), "larger"),
        ("audit: a\x00b\n", "U+0000"),
        ("audit: a\x1b[2Jb\n", "U+001B"),
        ('audit: "a\\e[2Jb"\n', "U+001B"),
        ("audit: a\u202eb\n", "U+202E"),
        ("audit: \ud800\n", "U+D800"),
        ("seed: " + "9" * 5000 + "\n", "18 digits"),
        ("thresholds: {confidence: 1e999}\n", "too large"),
        ("'unclosed", "not valid YAML"),
        ("\t\n", "tab"),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_yaml_written_to_harm_is_refused_quickly(text: str, says: str) -> None:
    assert says in refusal(text)


def test_as_deep_and_as_long_as_allowed_is_read() -> None:
    levels = MAXIMUM_DEPTH + 1  # the file itself is level 0
    assert read_yaml("[" * levels + "]" * levels, name="a").value
    with pytest.raises(ParameterError, match="levels"):
        read_yaml("[" * (levels + 1) + "]" * (levels + 1), name="a")
    long = read_yaml("- a\n" * (MAXIMUM_NODES - 1), name="a").value
    assert isinstance(long, list)
    assert len(long) == MAXIMUM_NODES - 1


@pytest.mark.parametrize(
    "name",
    [
        "x=1;open('pwned','w');y",
        "__import__('os')",
        "a.b",
        "a b",
        "a-b",
        "9a",
        "_private",
        "\u0430lpha",
        "x\\ny",
        "",
        "a" * 64,
    ],
)
def test_code_in_a_parameter_name_is_refused(name: str) -> None:
    text = GOOD.replace("01_intake: {}", f"01_intake: {{{json.dumps(name)}: 1}}")
    assert "A name of letters, digits and underscores" in refusal(text)


@pytest.mark.parametrize(
    "value", ["__import__('os').system('id')", "{x}", "'; drop table x; --", "=1+1", "${HOME}"]
)
def test_code_in_a_parameter_value_stays_text(value: str) -> None:
    run = load(Run, GOOD.replace("01_intake: {}", f"01_intake: {{level: {json.dumps(value)}}}"), name="a")
    assert run.notebooks["01_intake"]["level"] == value


@pytest.mark.parametrize(
    "audit",
    ["../escaped", "a/b", "a\\b", ".", "..", "", "A", "a b", "-a", "a-", "{x}", "a" * 64, "a\n", "caf\u00e9"],
)
def test_an_audit_id_that_could_leave_its_folder_is_refused(audit: str) -> None:
    assert "cannot stand here" in refusal(GOOD.replace("audit: acme", f"audit: {json.dumps(audit)}"))


@pytest.mark.parametrize(
    "file",
    [
        "../units.csv",
        "a/../../b.csv",
        "/etc/passwd",
        "./a.csv",
        "~/a.csv",
        "a//b.csv",
        "a/",
        "..",
        "",
        "C:\\a.csv",
        "C:/a.csv",
    ],
)
def test_a_file_outside_the_data_folder_is_refused(file: str) -> None:
    assert "'file'" in refusal(GOOD.replace("units.csv", json.dumps(file)))


@pytest.mark.parametrize("relation", ["units; drop table x", "a.b.c.d", 'x"y', "(select 1)", "1a", ""])
def test_sql_in_a_database_relation_is_refused(relation: str) -> None:
    source = (
        f"{{table: units, form: database, database: {{connection: DB, relation: {json.dumps(relation)}}}}}"
    )
    refusal(GOOD.replace("{table: units, form: csv, file: units.csv, columns: {unit_id: Unit}}", source))


@pytest.mark.parametrize("key", ["\u0430udit", "audi\u0442", "audit\u200b", "aud\u0131t", "\uff41udit"])
def test_a_key_that_only_looks_right_is_refused_and_its_letter_named(key: str) -> None:
    said = refusal(GOOD.replace("audit:", f"{key}:"))
    assert "Did you mean 'audit'?" in said
    assert "Mind the letters" in said


@pytest.mark.parametrize("value", [".nan", ".inf", "-.inf", "NaN", "Infinity", "1e999", "0x10", "1_0"])
def test_a_number_that_is_none_is_refused(value: str) -> None:
    refusal(GOOD + f"thresholds: {{quarantine_share: {value}}}\n")


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: b\n" * 2_000_001)
    report = check(path)
    assert report.exit_code == 2
    assert "larger" in str(report.parameters[0])


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"audit: \xff\xfe\x00")
    report = check(path)
    assert report.exit_code == 2
    assert "utf-8" in str(report.parameters[0])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_never_anything_else(text: str) -> None:
    with suppress(ParameterError):
        assert read_yaml(text, name="a.yaml").name == "a.yaml"


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_run_file_is_read_or_refused_and_never_anything_else(data: st.DataObject) -> None:
    text = (ROOT / "params/runs/hcahps.yaml").read_text("utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 80)))
    put = data.draw(st.text(alphabet="{}[]:-,'\"#&*!|>%@` \n\tab01.~", max_size=12))
    with suppress(ParameterError):
        assert load_run(text[:start] + put + text[end:], name="a.yaml").sources
